"""Levels of our grades against default rates that a rating agency published. Pure.

Figures: S&P, global corporate average one-year default rates by rating, 1981 to 2016, in percent,
withdrawn ratings left in. Bond issuers, mostly large: a check of the order of size, no target.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from netterms.scoring.rules import grade

SOURCE = "S&P 1981-2016"
RATES = {
    "AAA": "0", "AA+": "0", "AA": "0.02", "AA-": "0.03", "A+": "0.06", "A": "0.06", "A-": "0.07",
    "BBB+": "0.12", "BBB": "0.17", "BBB-": "0.26", "BB+": "0.36", "BB": "0.58", "BB-": "1.05",
    "B+": "2.15", "B": "3.89", "B-": "7.49", "CCC": "26.78",
}  # fmt: skip
LEAST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating, the rate observed, the rate smoothed, and the grade that the latter is."""

    rating: str
    observed: Decimal
    smoothed: Decimal
    grade: int


def rated() -> list[Rated]:
    """Every rating, the best first.

    At the top nobody defaulted, and neighbours have one rate: the figures do not order ratings
    there. Smoothed is the line of least squares of ln(rate) over the ratings with any default but
    the last: CCC is several ratings in one, far above the line, and stays as observed.
    """
    observed = [Decimal(rate) / 100 for rate in RATES.values()]
    seen = [(Decimal(n), rate.ln()) for n, rate in enumerate(observed[:-1]) if rate]
    mean_x = sum((x for x, _ in seen), Decimal(0)) / len(seen)
    mean_y = sum((y for _, y in seen), Decimal(0)) / len(seen)
    top = sum(((x - mean_x) * (y - mean_y) for x, y in seen), Decimal(0))
    slope = top / sum(((x - mean_x) ** 2 for x, _ in seen), Decimal(0))
    found = []
    for n, (name, rate) in enumerate(zip(RATES, observed, strict=True)):
        line = (mean_y + slope * (n - mean_x)).exp().quantize(LEAST)
        smoothed = line if n < len(observed) - 1 else rate
        found.append(Rated(name, rate, smoothed, grade(smoothed)))
    return found
