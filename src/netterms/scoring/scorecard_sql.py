"""A scorecard compiled to portable SQL: a whole book scored in one pass, equal to `evaluate`."""

# Names and codes come from a parsed card, which lets only identifiers through.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from netterms.scoring.rules import DEFAULT_GRADE, GRADE_BOUNDS, WORST_FORECAST, grade
from netterms.scoring.scorecard import (
    DEFAULTED,
    LOWERED_SHOWN,
    RAISED_SHOWN,
    Attribute,
    Scorecard,
    rounded_pd,
)

# A reason's weight and its place in the card share one integer: weight * 100 + (99 - place). The
# largest is the first reason, and the next is the largest below it; 0 is no reason.
_PLACES = 100
# PostgreSQL would copy a layer's expressions into every use of them, layer by layer: thousands of
# times slower. It does not merge a query that has an OFFSET; the other engines drop it.
_BARRIER = " OFFSET 0"


def compile_sql(
    card: Scorecard,
    source: str = "behaviour",
    keep: Sequence[str] = ("buyer", "currency"),
    defaulted: str = "FALSE",
) -> str:
    """A SELECT over `source` with the `keep` columns, the card's attributes and the results.

    `source` is a table, view, or a bracketed query with one DECIMAL or integer column per
    attribute. Results: score (integer), pd DECIMAL(9,6), grade, confidence DECIMAL(3,2),
    reason_1..reason_3 (what cost most points, heaviest first; NULL when there are no more) and
    raised_1..raised_2 (what gave most). `defaulted` is a boolean SQL expression over `source`.
    """
    columns = ", ".join([*keep, *(a.name for a in card.attributes)])
    pointed = (
        f"SELECT {columns}, {defaulted} AS is_defaulted, "
        + ", ".join(f"{_points(a)} AS points_{a.name}" for a in card.attributes)
        + f" FROM {source} AS facts"
    )
    weighed = (
        f"SELECT *, {card.base_points} + "
        + " + ".join(f"points_{a.name}" for a in card.attributes)
        + " AS score, "
        + ", ".join(
            f"{_lost(a, i)} AS lost_{a.name}, {_gained(a, i)} AS gained_{a.name}"
            for i, a in enumerate(card.attributes)
        )
        + f" FROM ({pointed}{_BARRIER}) AS pointed"
    )
    ranked = _ranked(_ranked(weighed, card, "lost", LOWERED_SHOWN), card, "gained", RAISED_SHOWN)
    reasons = [f"{_lowered(card, n)} AS reason_{n}" for n in range(1, LOWERED_SHOWN + 1)]
    reasons += [f"{_raised(card, n)} AS raised_{n}" for n in range(1, RAISED_SHOWN + 1)]
    return (
        f"SELECT {columns}, score, {_pd(card)} AS pd, {_grade(card)} AS grade, "
        f"{_confidence(card)} AS confidence, {', '.join(reasons)} "
        f"FROM ({ranked}{_BARRIER}) AS ranked"
    )


def _points(a: Attribute) -> str:
    arms = [f"WHEN {a.name} <= {b.up_to:f} THEN {b.points}" for b in a.bins if b.up_to is not None]
    first = f"WHEN {a.name} IS NULL THEN {a.missing_points}"
    return f"CASE {first} {' '.join(arms)} ELSE {a.bins[-1].points} END"


def _lost(a: Attribute, place: int) -> str:
    key = f"({a.best} - points_{a.name}) * {_PLACES} + {_PLACES - 1 - place}"
    return f"CASE WHEN points_{a.name} < {a.best} THEN {key} ELSE 0 END"


def _gained(a: Attribute, place: int) -> str:
    if a.best == a.worst:
        return "0"
    key = (a.best - a.worst) * _PLACES + _PLACES - 1 - place
    return f"CASE WHEN {a.name} IS NOT NULL AND points_{a.name} = {a.best} THEN {key} ELSE 0 END"


def _ranked(inner: str, card: Scorecard, kind: str, count: int) -> str:
    """Wrap `inner` once per rank: each layer finds the largest weight below the last one."""
    for rank in range(1, count + 1):
        below = [f"{kind}_{a.name}" for a in card.attributes]
        if rank > 1:
            last = f"{kind}_top_{rank - 1}"
            below = [f"CASE WHEN {name} < {last} THEN {name} ELSE 0 END" for name in below]
        # GREATEST of one thing is not SQL everywhere; 0 never wins over a reason.
        largest = f"GREATEST(0, {', '.join(below)})"
        layer = f"({inner}{_BARRIER}) AS {kind}_{rank}"
        inner = f"SELECT *, {largest} AS {kind}_top_{rank} FROM {layer}"
    return inner


def _coded(top: str, arms: Sequence[str]) -> str:
    branches = " ".join(
        f"WHEN MOD({top}, {_PLACES}) = {_PLACES - 1 - place} THEN {arm}"
        for place, arm in enumerate(arms)
    )
    return f"CASE WHEN {top} = 0 THEN NULL {branches} END"


def _lowered(card: Scorecard, number: int) -> str:
    arms = [
        f"CASE WHEN {a.name} IS NULL THEN '{a.missing.code}' ELSE '{a.lowered.code}' END"
        for a in card.attributes
    ]
    own = _coded(f"lost_top_{number}", arms)
    # Of a buyer in default that is the first reason; the others move down one.
    moved = f"'{DEFAULTED}'" if number == 1 else _coded(f"lost_top_{number - 1}", arms)
    return f"CASE WHEN is_defaulted THEN {moved} ELSE {own} END"


def _raised(card: Scorecard, number: int) -> str:
    return _coded(f"gained_top_{number}", [f"'{a.raised.code}'" for a in card.attributes])


def _pd(card: Scorecard) -> str:
    factor, offset = (_double(x) for x in (card.scaling.factor, card.scaling.offset))
    odds = f"EXP((CAST(score AS DOUBLE) - {offset}) / {factor})"
    pd = f"CAST({_double(Decimal(1))} / ({_double(Decimal(1))} + {odds}) AS DECIMAL(9, 6))"
    return f"CASE WHEN is_defaulted THEN CAST(1 AS DECIMAL(9, 6)) ELSE {pd} END"


def _double(value: Decimal) -> str:
    return f"CAST({value:.20f} AS DOUBLE)"


def _grade(card: Scorecard) -> str:
    """The lowest score of each grade, found by trying every score the card can give."""
    arms = []
    for number, _ in GRADE_BOUNDS:
        good = (s for s in card.scores if grade(rounded_pd(card.scaling, s)) <= number)
        lowest = next(iter(good), None)
        if lowest is not None:
            arms.append(f"WHEN score >= {lowest} THEN {number}")
    graded = " ".join(arms)
    return f"CASE WHEN is_defaulted THEN {DEFAULT_GRADE} {graded} ELSE {WORST_FORECAST} END"


def _confidence(card: Scorecard) -> str:
    column = card.confidence_attribute
    arms = [f"WHEN {column} IS NULL THEN {card.confidence_missing}"]
    arms += [
        f"WHEN {column} <= {step.up_to:f} THEN {step.confidence}"
        for step in card.confidence_steps
        if step.up_to is not None
    ]
    last = card.confidence_steps[-1].confidence
    return f"CAST(CASE {' '.join(arms)} ELSE {last} END AS DECIMAL(3, 2))"
