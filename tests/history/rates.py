"""Dated rates between currencies once more, exactly: what `minor_rate` of the database says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from netterms.kernel.money import exponent

OLDEST = timedelta(days=7)
PLACES = Decimal("1e-12")


class Rates:
    """Units of a currency for one euro, by currency and day."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._known = {(row["currency"], row["day"]): row["per_euro"] for row in rows}

    def between(self, one: str, other: str, day: date) -> Fraction | None:
        """Minor units of `other` for one of `one`; None where a rate is too old or not known."""
        if one == other:
            return Fraction(1)
        source, target = self._per_euro(one, day), self._per_euro(other, day)
        if source is None or target is None:
            return None
        with localcontext() as context:
            context.prec = 50
            rate = (target / source).quantize(PLACES, ROUND_HALF_UP)
        return Fraction(rate) * Fraction(10) ** (exponent(other) - exponent(one))

    def _per_euro(self, currency: str, day: date) -> Decimal | None:
        if currency == "EUR":
            return Decimal(1)
        days = [d for code, d in self._known if code == currency and day - OLDEST <= d <= day]
        return self._known[currency, max(days)] if days else None
