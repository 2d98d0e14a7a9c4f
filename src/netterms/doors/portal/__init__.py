"""The buyer's own page: by a signed link, without an account, in the buyer's language."""
