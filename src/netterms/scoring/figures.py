"""The figures by which cards are watched each month, and when they call for a look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from netterms.scoring import validation
from netterms.scoring.rules import rounded

# A buyer is scored at least once in ten business days: a month holds a score of each.
POPULATION_DAYS = 31
# What later months are held against is who was there when the card had been in force for a month.
REFERENCE_AFTER = timedelta(days=30)
HORIZON = timedelta(days=365)
# Conventions, as the field reads an AUC: below 0.70 weak, below 0.60 hardly better than chance.
WEAK_AUC, POOR_AUC = Decimal("0.70"), Decimal("0.60")


# The bin of an attribute that is not known.
UNKNOWN = 0


class Role(StrEnum):
    """Whether a card decides or is on trial."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


class FigureKind(StrEnum):
    """What is measured. The last two need outcomes."""

    SCORE_SHIFT = "score_shift"
    ATTRIBUTE_SHIFT = "attribute_shift"
    AUC = "auc"
    CALIBRATION = "calibration"


class Concern(StrEnum):
    """How a figure stands against its bounds."""

    OK = "ok"
    WATCH = "watch"
    ALARM = "alarm"


WORSE = {Concern.OK: 0, Concern.WATCH: 1, Concern.ALARM: 2}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a card in a month. `value` None: too few defaulted to say.

    PSI: `value`, of the buyers of `measured_on` against those of `since`; `part` is the attribute.
    AUC: `value`, of the scores of `since` by what came of them until `measured_on`. Calibration:
    `part` is the grade, `value` the share that defaulted, between `low` and `high` at 95 %, and
    `expected` the mean default probability. `cases` are buyers (per currency).
    """

    month: date
    role: Role
    card: str
    figure: FigureKind
    part: str
    value: Decimal | None
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    cases: int
    defaults: int | None
    concern: Concern
    since: date
    measured_on: date


@dataclass(frozen=True, slots=True)
class Watched:
    """A card, the first day it scored, and the days that are compared with `day`."""

    role: Role
    card: str
    first: date
    day: date

    @property
    def reference(self) -> date:
        """The day whose buyers later ones are held against."""
        return min(self.first + REFERENCE_AFTER, self.day)

    @property
    def cohort(self) -> date:
        """The day whose scores are held against what came of them: a year ago, if it can be."""
        return max(self.day - HORIZON, self.reference)

    @property
    def month(self) -> date:
        """The first day of the month."""
        return self.day.replace(day=1)


def shifts(watched: Watched, counts: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """PSI of the score ("" as `name`) and of each attribute, of lines of side, name, bin, buyers.

    `side` is `reference` or `now`. Nothing where the card is too new to have a reference,
    nor of an attribute that is known of nobody.
    """
    if watched.reference >= watched.day:
        return []
    sides: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for line in counts:
        named = sides.setdefault(line["name"], {"reference": [], "now": []})
        named[line["side"]].append((line["bin"], line["buyers"]))
    found = []
    for name, side in sorted(sides.items()):
        index = validation.shift_index(side["reference"], side["now"])
        if index is None or (name and _is_never_known(side)):
            continue
        kind = FigureKind.ATTRIBUTE_SHIFT if name else FigureKind.SCORE_SHIFT
        cases = sum(buyers for _, buyers in side["now"])
        found.append(
            _figure(
                watched, kind, name, index, cases, shift_concern(index), since=watched.reference
            )
        )
    return found


def outcomes(watched: Watched, counts: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """AUC, and where a year is over the calibration of each grade.

    `counts` are lines of grade, pd, buyers and defaults. Nothing where the card is too
    new to have an outcome.
    """
    if watched.cohort >= watched.day or not counts:
        return []
    whole = validation.outcomes(counts)
    concern = Concern.OK if whole.auc is None else auc_concern(whole.auc)
    found = [
        _figure(
            watched, FigureKind.AUC, "", whole.auc, whole.buyers, concern, defaults=whole.defaults
        )
    ]
    if watched.cohort == watched.day - HORIZON:
        found += [_calibration(watched, g, counts) for g in sorted({c["grade"] for c in counts})]
    return found


def shift_concern(index: Decimal) -> Concern:
    """Of a PSI: above 0.10 a look, above 0.25 another population (convention of the field)."""
    if index > validation.MOVED:
        return Concern.ALARM
    return Concern.WATCH if index > validation.SHIFTED else Concern.OK


def auc_concern(auc: Decimal) -> Concern:
    """Of an AUC (convention)."""
    if auc < POOR_AUC:
        return Concern.ALARM
    return Concern.WATCH if auc < WEAK_AUC else Concern.OK


def calibration_concern(expected: Decimal, low: Decimal, high: Decimal) -> Concern:
    """A forecast below the interval of what was observed is an alarm, one above it a look."""
    if expected < low:
        return Concern.ALARM
    return Concern.WATCH if expected > high else Concern.OK


def crossed(figures: Iterable[Figure], before: Iterable[Figure]) -> list[Figure]:
    """Those that stand worse than in the month before; a figure new this month was well before."""
    stood = {_place(f): f.concern for f in before}
    return [f for f in figures if WORSE[f.concern] > WORSE[stood.get(_place(f), Concern.OK)]]


def _is_never_known(side: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    return {name for counts in side.values() for name, _ in counts} == {UNKNOWN}


def _place(figure: Figure) -> tuple[Role, str, FigureKind, str]:
    return figure.role, figure.card, figure.figure, figure.part


def _calibration(watched: Watched, grade: int, counts: Sequence[Mapping[str, Any]]) -> Figure:
    lines = [c for c in counts if c["grade"] == grade]
    cases, defaults = (sum(c[name] for c in lines) for name in ("buyers", "defaults"))
    expected = rounded(Fraction(sum(c["pd"] * c["buyers"] for c in lines)) / cases, 4)
    low, high = validation.wilson(defaults, cases)
    return _figure(
        watched,
        FigureKind.CALIBRATION,
        str(grade),
        rounded(Fraction(defaults, cases), 4),
        cases,
        calibration_concern(expected, low, high),
        expected=expected,
        low=low,
        high=high,
        defaults=defaults,
    )


def _figure(
    watched: Watched,
    kind: FigureKind,
    part: str,
    value: Decimal | None,
    cases: int,
    concern: Concern,
    *,
    since: date | None = None,
    expected: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    defaults: int | None = None,
) -> Figure:
    return Figure(
        month=watched.month,
        role=watched.role,
        card=watched.card,
        figure=kind,
        part=part,
        value=value,
        expected=expected,
        low=low,
        high=high,
        cases=cases,
        defaults=defaults,
        concern=concern,
        since=since or watched.cohort,
        measured_on=watched.day,
    )
