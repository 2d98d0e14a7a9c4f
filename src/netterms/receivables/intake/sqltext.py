"""Pieces of SQL text that several readers share."""

from __future__ import annotations

from collections.abc import Iterable

_FULL = "０１２３４５６７８９．，－／：（）＋￥＄％＇　\u00a0\u2007\u2009\u202f−–—‐‑’‘`´\t\r\n"
_HALF = "0123456789.,-/:()+¥$%'     -----''''   "
assert len(_FULL) == len(_HALF)


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """`texts` as SQL strings with commas between."""
    return ", ".join(literal(text) for text in texts)


# SQL for a cell, half-width and without surrounding blanks; to be formatted with the cell.
HALF_WIDTH = f"trim(translate({{}}, {literal(_FULL)}, {literal(_HALF)}))"
BLANKS = literal(" \t\r\n\u00a0\u3000\ufeff")


def fill(template: str, **pieces: str) -> str:
    """`template` with its {names} filled in; other braces, as of patterns, are left alone."""
    for name, piece in pieces.items():
        template = template.replace("{" + name + "}", piece)
    return template


def text(cell: str) -> str:
    """SQL for a cell's text without surrounding blanks; NULL when nothing is left."""
    return f"nullif(trim({cell}, {BLANKS}), '')"
