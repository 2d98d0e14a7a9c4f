"""Workbooks of annual accounts: our own template, and papers as accountants make them."""

from netterms.connectors.accounts.reader import BadLine, Paper, Problem, Read, read

__all__ = ["BadLine", "Paper", "Problem", "Read", "read"]
