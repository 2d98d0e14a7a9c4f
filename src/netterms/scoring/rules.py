"""Scoring arithmetic: payment index, scaling, grades, overlay and expected loss.

All of it is exact (Fraction) where the source is, and Decimal where a logarithm is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import lcm

from netterms.kernel.money import Money, half_up

# SCR-07: (days late, points). The table of the best-known index of this kind down to 120 days;
# below 20 it only says "over 120 days", so we go straight on to 0 at 180 days (our convention).
PAYMENT_ANCHORS: tuple[tuple[int, int], ...] = (
    (-30, 100),
    (-20, 90),
    (0, 80),
    (15, 70),
    (22, 60),
    (30, 50),
    (60, 40),
    (90, 30),
    (120, 20),
    (180, 0),
)
THIN_BELOW = 3

# Section 3.3: grade g holds every PD below its bound; grade 10 is default itself, never a forecast.
GRADE_BOUNDS: tuple[tuple[int, Decimal], ...] = (
    (1, Decimal("0.001")),
    (2, Decimal("0.0025")),
    (3, Decimal("0.005")),
    (4, Decimal("0.01")),
    (5, Decimal("0.02")),
    (6, Decimal("0.04")),
    (7, Decimal("0.08")),
    (8, Decimal("0.16")),
)
WORST_FORECAST = 9
DEFAULT_GRADE = 10

_EXACT = Context(prec=34, rounding=ROUND_HALF_UP)


def _scale() -> int:
    slopes = [
        Fraction(y1 - y0, x1 - x0).denominator for (x0, y0), (x1, y1) in pairwise(PAYMENT_ANCHORS)
    ]
    return lcm(*slopes)


# Points at whole days are whole multiples of 1/POINTS_SCALE: so Python and SQL agree exactly.
POINTS_SCALE = _scale()


@dataclass(frozen=True, slots=True)
class Experience:
    """One payment seen: minor units of one currency, and days late (negative is early).

    An invoice still open and overdue counts with the days it is late so far.
    """

    amount_minor: int
    days_late: int


@dataclass(frozen=True, slots=True)
class Scaling:
    """SCR-14: `pdo` points double the odds; `base_score` stands at `base_odds` to 1 (good:bad)."""

    pdo: Decimal
    base_score: Decimal
    base_odds: Decimal

    @property
    def factor(self) -> Decimal:
        """Points per unit of log odds: PDO / ln 2."""
        return _factor(self.pdo)

    @property
    def offset(self) -> Decimal:
        """Score at odds 1:1."""
        return _offset(self)

    def score(self, pd: Decimal) -> Decimal:
        """Unrounded score of a default probability strictly between 0 and 1."""
        if not 0 < pd < 1:
            raise ValueError(f"a PD of {pd} has no odds")
        odds = _EXACT.divide(1 - pd, pd)
        return self.offset + _EXACT.multiply(self.factor, _EXACT.ln(odds))

    def pd(self, score: Decimal) -> Decimal:
        """Unrounded default probability of a score."""
        log_odds = _EXACT.divide(score - self.offset, self.factor)
        return _EXACT.divide(Decimal(1), 1 + _EXACT.exp(log_odds))


@cache
def _factor(pdo: Decimal) -> Decimal:
    return _EXACT.divide(pdo, _EXACT.ln(Decimal(2)))


@cache
def _offset(scaling: Scaling) -> Decimal:
    return scaling.base_score - _EXACT.multiply(scaling.factor, _EXACT.ln(scaling.base_odds))


# The one scale that scores of several cards meet on.
HOUSE_SCALING = Scaling(pdo=Decimal(20), base_score=Decimal(600), base_odds=Decimal(50))


def payment_points(days_late: int) -> Fraction:
    """Points 0..100 of one payment (SCR-07): linear between the anchors, flat beyond them."""
    first, last = PAYMENT_ANCHORS[0], PAYMENT_ANCHORS[-1]
    if days_late <= first[0]:
        return Fraction(first[1])
    for (x0, y0), (x1, y1) in pairwise(PAYMENT_ANCHORS):
        if days_late <= x1:
            return y0 + Fraction((y1 - y0) * (days_late - x0), x1 - x0)
    return Fraction(last[1])


def payment_index(experiences: Sequence[Experience]) -> Decimal | None:
    """Amount-weighted mean of points, half-up to 2 decimals (SCR-07); None without any amount.

    Amounts must be positive: a credit note is no payment experience.
    """
    weight = sum(e.amount_minor for e in experiences)
    if not weight:
        return None
    points = sum((e.amount_minor * payment_points(e.days_late) for e in experiences), Fraction(0))
    return rounded(points / weight, 2)


def is_thin(experiences: int) -> bool:
    """True when there are too few experiences to trust an index (SCR-07)."""
    return experiences < THIN_BELOW


def scaled_points_sql(column: str) -> str:
    """SQL for `payment_points(column) * POINTS_SCALE`: a whole number, from the same anchors.

    `column` is a column's name, or an integer expression in brackets.
    """
    first, last = PAYMENT_ANCHORS[0], PAYMENT_ANCHORS[-1]
    lines = [f"WHEN {column} <= {first[0]} THEN {first[1] * POINTS_SCALE}"]
    for (x0, y0), (x1, y1) in pairwise(PAYMENT_ANCHORS):
        slope = Fraction(y1 - y0, x1 - x0) * POINTS_SCALE
        start = y0 * POINTS_SCALE - slope * x0
        lines.append(f"WHEN {column} <= {x1} THEN {start} - {-slope} * {column}")
    body = " ".join(lines)
    return f"CASE WHEN {column} IS NULL THEN NULL {body} ELSE {last[1] * POINTS_SCALE} END"


def grade(pd: Decimal) -> int:
    """Internal grade 1..9 of a default probability (section 3.3). 10 needs a default, not a PD."""
    return next((number for number, bound in GRADE_BOUNDS if pd < bound), WORST_FORECAST)


def overlay(pd: Decimal, country: Decimal, sector: Decimal) -> Decimal:
    """PD after multiplying the odds of default by country and sector factors (SCR-16).

    Unrounded. Factors are 0 or more; a PD of 1 stays 1.
    """
    if pd >= 1:
        return Decimal(1)
    odds = _EXACT.multiply(_EXACT.divide(pd, 1 - pd), _EXACT.multiply(country, sector))
    return min(Decimal(1), _EXACT.divide(odds, 1 + odds))


def net_exposure(exposure: Money, insured_limit: Money, insured_share: Decimal) -> Money:
    """EAD_net (SCR-15): the layer above the limit, and what the insured keeps of the layer below.

    Deductibles are left out. `insured_share` is a fraction (0.90).
    """
    layer = min(exposure.minor, insured_limit.minor)
    below = Money(layer, exposure.currency)
    return exposure - below + below.share(1 - insured_share)


def expected_loss(pd: Decimal, lgd: Decimal, exposure: Money) -> Money:
    """EL = PD x LGD x EAD, rounded once (SCR-15). PD and LGD are fractions."""
    return exposure.share(Fraction(pd) * Fraction(lgd))


def rounded(value: Fraction, places: int) -> Decimal:
    """`value` half-up (halves away from zero) to `places` decimals; exact up to 34 digits."""
    return Decimal(half_up(value * 10**places)).scaleb(-places, _EXACT)
