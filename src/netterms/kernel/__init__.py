"""Words every room shares. Standard library only; knows no business step and no framework."""
