"""How stored scores did: order, level and stability, from counts by grade. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from netterms.scoring.rules import DEFAULT_GRADE, rounded

# Usual reading of the population stability index: below 0.10 stable, above 0.25 another population.
SHIFTED, MOVED = Decimal("0.10"), Decimal("0.25")
# An empty grade has no logarithm: it counts as this share.
SMALLEST_SHARE = Decimal("0.0001")
# A grade is flagged when its defaults are this many standard deviations above what was expected.
FLAGGED = 2
# With fewer defaults an AUC is mostly chance and is not told (convention).
FEWEST_DEFAULTS = 10


@dataclass(frozen=True, slots=True)
class Backtested:
    """Buyers scored in `vintage` (months since year 0) with `grade`; `expected` is a sum of PDs."""

    vintage: int
    grade: int
    buyers: int
    expected: Decimal
    defaults: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Buyers whose grade went from `before_grade` to `after_grade`; None: not scored by then."""

    before_grade: int | None
    after_grade: int | None
    buyers: int


@dataclass(frozen=True, slots=True)
class Level:
    """Forecast against outcome of one grade or vintage; shares with 4 decimals."""

    name: int
    buyers: int
    expected: Decimal
    defaults: int

    @property
    def forecast(self) -> Decimal:
        """Mean default probability."""
        return rounded(Fraction(self.expected) / self.buyers, 4)

    @property
    def observed(self) -> Decimal:
        """Share that defaulted."""
        return rounded(Fraction(self.defaults, self.buyers), 4)

    @property
    def is_too_low(self) -> bool:
        """The forecast was too low, by more than chance explains.

        Defaults as independent draws: their variance is at most what was expected.
        """
        above = self.defaults - self.expected
        return above > 0 and above**2 > FLAGGED**2 * self.expected


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of buyers that a card scored; `auc` is None where too few defaulted to say."""

    buyers: int
    defaults: int
    expected: Decimal
    auc: Decimal | None


def outcomes(lines: Iterable[Mapping[str, Any]]) -> Outcomes:
    """Sums and AUC of lines of `pd`, `buyers` and `defaults`."""
    counted = [(line["pd"], line["buyers"], line["defaults"]) for line in lines]
    defaults = sum(line[2] for line in counted)
    return Outcomes(
        buyers=sum(line[1] for line in counted),
        defaults=defaults,
        expected=sum((pd * buyers for pd, buyers, _ in counted), Decimal(0)),
        auc=ordered_auc(counted) if defaults >= FEWEST_DEFAULTS else None,
    )


def ordered_auc(counted: Iterable[tuple[Decimal | int, int, int]]) -> Decimal | None:
    """AUC of (risk, buyers, defaults), ties half, 4 decimals; None without both outcomes."""
    lines = sorted(counted)
    defaults = sum(line[2] for line in lines)
    others = sum(line[1] for line in lines) - defaults
    if not defaults or not others:
        return None
    won, better = Fraction(0), 0
    for _, buyers, bad in lines:
        won += bad * (better + Fraction(buyers - bad, 2))
        better += buyers - bad
    return rounded(won / (defaults * others), 4)


def by_grade(lines: Iterable[Backtested]) -> list[Level]:
    """All vintages together, by grade."""
    return _levels((line.grade, line) for line in lines)


def by_vintage(lines: Iterable[Backtested]) -> list[Level]:
    """All grades together, by vintage."""
    return _levels((line.vintage, line) for line in lines)


def grade_auc(levels: Sequence[Level]) -> Decimal | None:
    """AUC of the grades, ties half, 4 decimals; None without both outcomes."""
    return ordered_auc((level.name, level.buyers, level.defaults) for level in levels)


def stability_index(lines: Sequence[Moved]) -> Decimal | None:
    """PSI of the grades between the two days, 4 decimals; None where one had no scores."""
    before = _shares((line.before_grade, line.buyers) for line in lines)
    after = _shares((line.after_grade, line.buyers) for line in lines)
    if not before or not after:
        return None
    index = Decimal(0)
    for grade in range(1, DEFAULT_GRADE + 1):
        old, new = (
            max(shares.get(grade, Decimal(0)), SMALLEST_SHARE) for shares in (before, after)
        )
        index += (new - old) * (new / old).ln()
    return rounded(Fraction(index), 4)


def matrix(lines: Iterable[Moved]) -> list[tuple[int, list[int]]]:
    """Rows of the migration matrix: a grade before, and how many went to each grade after it.

    Only buyers scored on both days; rows without any are left out.
    """
    counts: dict[tuple[int, int], int] = {}
    for line in lines:
        if line.before_grade is not None and line.after_grade is not None:
            counts[line.before_grade, line.after_grade] = line.buyers
    grades = range(1, DEFAULT_GRADE + 1)
    rows = [(old, [counts.get((old, new), 0) for new in grades]) for old in grades]
    return [row for row in rows if any(row[1])]


def _levels(named: Iterable[tuple[int, Backtested]]) -> list[Level]:
    sums: dict[int, Level] = {}
    for name, line in named:
        so_far = sums.get(name, Level(name, 0, Decimal(0), 0))
        sums[name] = Level(
            name,
            so_far.buyers + line.buyers,
            so_far.expected + line.expected,
            so_far.defaults + line.defaults,
        )
    return [sums[name] for name in sorted(sums)]


def _shares(counted: Iterable[tuple[int | None, int]]) -> Mapping[int, Decimal]:
    sums: dict[int, int] = {}
    for grade, buyers in counted:
        if grade is not None:
            sums[grade] = sums.get(grade, 0) + buyers
    whole = sum(sums.values())
    return {grade: Decimal(buyers) / whole for grade, buyers in sums.items()}
