"""Limits that other suppliers give, as a list.

Columns: `buyer_number`, `supplier`, `currency`, `limit` in major units (empty: it gives none any
more), `given_on` (2026-05-31).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from netterms.connectors.columns import Lines, day, read_lines
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, exponent
from netterms.kernel.refusal import invalid
from netterms.limits.references import ReferenceIn

NEEDED = ("buyer_number", "supplier", "currency", "limit", "given_on")
# Beyond any amount of money, and few enough to be written out.
MOST_DIGITS = 30


def read(path: Path) -> Lines[ReferenceIn]:
    """The references of a list. COLUMN_MISSING, FILE_EMPTY, FILE_UNREADABLE, FILE_TOO_LARGE."""
    return read_lines(path, NEEDED, _line)


def _line(cells: Mapping[str, str]) -> ReferenceIn:
    currency = cells["currency"].upper()
    if currency not in CURRENCIES:
        raise invalid("currency", cells["currency"], Mend.CURRENCY_CODE)
    given_on = day(cells, "given_on")
    limit = _minor(cells["limit"], currency)
    return ReferenceIn(cells["buyer_number"], cells["supplier"], currency, limit, given_on)


def _minor(text: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        minor = Decimal(text).scaleb(exponent(currency))
    except ArithmeticError:
        minor = Decimal("NaN")
    # A comma may be one of thousands or of decimals: nobody guesses.
    fits = minor.is_finite() and minor.adjusted() < MOST_DIGITS
    if not fits or minor != minor.to_integral_value():
        raise invalid("limit_minor", text, Mend.AMOUNT, currency=currency)
    return int(minor)
