"""How stored scores did: order, level and stability, from counts by grade. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
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
# A share of fewer buyers than that says little, and is told as such (convention).
FEWEST_CASES = 30
# 97.5 % of a normal distribution lie below: an interval of 95 % has as much on either side.
NORMAL_95 = Decimal("1.959964")


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
    def interval(self) -> tuple[Decimal, Decimal]:
        """Where the true share lies, at 95 %."""
        return wilson(self.defaults, self.buyers)

    @property
    def says_little(self) -> bool:
        """Of fewer than `FEWEST_CASES` buyers."""
        return self.buyers < FEWEST_CASES

    @property
    def is_too_low(self) -> bool:
        """The forecast was too low, by more than chance explains.

        Defaults as independent draws: their variance is at most what was expected.
        """
        above = self.defaults - self.expected
        return above > 0 and above**2 > FLAGGED**2 * self.expected


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Where buyers of one grade went: `counts` by grade 1 to 10; shares with 4 decimals."""

    grade: int
    counts: Sequence[int]

    @property
    def buyers(self) -> int:
        """All that were in the grade."""
        return sum(self.counts)

    @property
    def better(self) -> Decimal:
        """Share that went to a better grade."""
        return rounded(Fraction(sum(self.counts[: self.grade - 1]), self.buyers), 4)

    @property
    def same(self) -> Decimal:
        """Share that stayed."""
        return rounded(Fraction(self.counts[self.grade - 1], self.buyers), 4)

    @property
    def worse(self) -> Decimal:
        """Share that went to a worse grade."""
        return rounded(Fraction(sum(self.counts[self.grade :]), self.buyers), 4)

    @property
    def says_little(self) -> bool:
        """Of fewer than `FEWEST_CASES` buyers."""
        return self.buyers < FEWEST_CASES


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
        auc=told_auc(counted),
    )


def told_auc(counted: Sequence[tuple[Decimal | int, int, int]]) -> Decimal | None:
    """AUC as `ordered_auc`; None of fewer than `FEWEST_DEFAULTS` defaults."""
    enough = sum(defaults for _, _, defaults in counted) >= FEWEST_DEFAULTS
    return ordered_auc(counted) if enough else None


def ordered_auc(counted: Iterable[tuple[Decimal | int, int, int]]) -> Decimal | None:
    """AUC of (risk, buyers, defaults), ties half, 4 decimals; None without both outcomes."""
    lines = sorted(counted)
    defaults = sum(line[2] for line in lines)
    others = sum(line[1] for line in lines) - defaults
    if not defaults or not others:
        return None
    won, better = Fraction(0), 0
    # Lines of one risk are ties, however many they are.
    for _, alike in groupby(lines, key=itemgetter(0)):
        good, bad = (sum(counts) for counts in zip(*((n - d, d) for _, n, d in alike), strict=True))
        won += bad * (better + Fraction(good, 2))
        better += good
    return rounded(won / (defaults * others), 4)


def by_grade(lines: Iterable[Backtested]) -> list[Level]:
    """All vintages together, by grade."""
    return _levels((line.grade, line) for line in lines)


def by_vintage(lines: Iterable[Backtested]) -> list[Level]:
    """All grades together, by vintage."""
    return _levels((line.vintage, line) for line in lines)


def grade_auc(levels: Sequence[Level]) -> Decimal | None:
    """AUC of the grades as it is told: None of few defaults."""
    return told_auc([(level.name, level.buyers, level.defaults) for level in levels])


def stability_index(lines: Sequence[Moved]) -> Decimal | None:
    """PSI of the grades between the two days, 4 decimals; None where one had no scores."""
    return shift_index(
        ((line.before_grade, line.buyers) for line in lines if line.before_grade is not None),
        ((line.after_grade, line.buyers) for line in lines if line.after_grade is not None),
    )


def shift_index(
    before: Iterable[tuple[int, int]], after: Iterable[tuple[int, int]]
) -> Decimal | None:
    """PSI of two counts by bin, 4 decimals; None where one of them is of nobody.

    A bin that one of them lacks counts there as `SMALLEST_SHARE`.
    """
    old_shares, new_shares = _shares(before), _shares(after)
    if not old_shares or not new_shares:
        return None
    index = Decimal(0)
    for name in old_shares.keys() | new_shares.keys():
        old, new = (max(s.get(name, Decimal(0)), SMALLEST_SHARE) for s in (old_shares, new_shares))
        index += (new - old) * (new / old).ln()
    return rounded(Fraction(index), 4)


def wilson(defaults: int, cases: int) -> tuple[Decimal, Decimal]:
    """The interval of a share observed, as Wilson computes it, at 95 %; 4 decimals.

    Of few cases it is wide, and of none that defaulted it does not shrink to nothing. `cases` is
    one or more.
    """
    share, square = Decimal(defaults) / cases, NORMAL_95**2
    middle = share + square / (2 * cases)
    spread = NORMAL_95 * (share * (1 - share) / cases + square / (4 * cases**2)).sqrt()
    scale = 1 + square / cases
    low, high = (rounded(Fraction(x / scale), 4) for x in (middle - spread, middle + spread))
    return max(low, Decimal(0)), min(high, Decimal(1))


def matrix(lines: Iterable[Moved]) -> list[MatrixRow]:
    """Rows of the migration matrix: of each grade before, how many went to each grade.

    Only buyers scored on both days; rows without any are left out.
    """
    counts: dict[tuple[int, int], int] = {}
    for line in lines:
        if line.before_grade is not None and line.after_grade is not None:
            counts[line.before_grade, line.after_grade] = line.buyers
    grades = range(1, DEFAULT_GRADE + 1)
    rows = [MatrixRow(old, [counts.get((old, new), 0) for new in grades]) for old in grades]
    return [row for row in rows if row.buyers]


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


def _shares(counted: Iterable[tuple[int, int]]) -> Mapping[int, Decimal]:
    sums: dict[int, int] = {}
    for name, buyers in counted:
        sums[name] = sums.get(name, 0) + buyers
    whole = sum(sums.values())
    return {name: Decimal(buyers) / whole for name, buyers in sums.items()}
