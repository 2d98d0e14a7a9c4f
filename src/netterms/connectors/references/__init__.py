"""Limits that other suppliers give, as a list: CSV or Parquet.

Columns: `buyer_number`, `supplier`, `currency`, `limit` in major units (empty: it gives none any
more), `given_on` (2026-05-31).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from netterms.connectors.columns import read_columns
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, exponent
from netterms.kernel.refusal import Refusal, invalid
from netterms.limits.references import ReferenceIn

NEEDED = ("buyer_number", "supplier", "currency", "limit", "given_on")


@dataclass(frozen=True, slots=True)
class Read:
    """What a list holds, the row of each line, and by row what cannot be used."""

    lines: tuple[ReferenceIn, ...]
    rows: tuple[int, ...]
    bad: tuple[tuple[int, Refusal], ...]


def read(path: Path) -> Read:
    """The references of a list. COLUMN_MISSING, FILE_UNREADABLE, FILE_TOO_LARGE."""
    lines, rows, bad = [], [], []
    for row, cells in read_columns(path, NEEDED):
        try:
            lines.append(_line(cells))
            rows.append(row)
        except Refusal as refusal:
            bad.append((row, refusal))
    return Read(tuple(lines), tuple(rows), tuple(bad))


def _line(cells: Mapping[str, str]) -> ReferenceIn:
    currency = cells["currency"].upper()
    if currency not in CURRENCIES:
        raise invalid("currency", cells["currency"], Mend.CURRENCY_CODE)
    try:
        given_on = date.fromisoformat(cells["given_on"][:10])
    except ValueError:
        raise invalid("given_on", cells["given_on"], Mend.DAY) from None
    limit = _minor(cells["limit"], currency)
    return ReferenceIn(cells["buyer_number"], cells["supplier"], currency, limit, given_on)


def _minor(text: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        minor = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        minor = Decimal("NaN")
    # A comma may be one of thousands or of decimals: nobody guesses.
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise invalid("limit_minor", text, Mend.AMOUNT, currency=currency)
    return int(minor)
