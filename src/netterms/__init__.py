"""netterms: sell to businesses on credit without losing the money."""

__version__ = "0.1.0"
