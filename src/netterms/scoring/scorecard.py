"""A scorecard is data: bins and points by attribute. This module reads it and applies it.

A score is an integer: base points and one bin's points per attribute. The default probability is a
function of that integer alone (SCR-14), rounded to 6 decimals, and the grade is read off the
rounded probability; so the same card compiled to SQL (`scorecard_sql`) gives the same answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, cached_property
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.kernel.sentence import gettext_noop
from netterms.scoring.rules import DEFAULT_GRADE, Scaling, grade

Value = Decimal | int | None
Direction = Literal["lowered", "raised"]

LOWERED_SHOWN = 3
RAISED_SHOWN = 2
MICRO = Decimal("0.000001")
# An engine computes EXP in binary: keep every probability this far from a rounding tie.
TIE_MARGIN = Decimal("0.000001")
UNITS = frozenset({"days", "points", "share", "count", "months", "times"})
DEFAULTED = "defaulted"
# The card of payment behaviour: in force where a seller has no other.
CARD = "payment_behaviour_v1"
# Id of the cards that sellers train on their own outcomes.
OWN = "own"
DEFAULTED_TEXT = gettext_noop("The buyer is insolvent or in default.")


@dataclass(frozen=True, slots=True)
class Wording:
    """A reason's stable code and its English sentence, with `%(value)s` where the value goes."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Values up to and including `up_to` (None: all the rest) give `points`."""

    up_to: Decimal | None
    points: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column of the card. Bins are ascending; the last one is open."""

    name: str
    unit: str
    bins: tuple[Bin, ...]
    missing_points: int
    lowered: Wording
    raised: Wording
    missing: Wording

    @property
    def best(self) -> int:
        """Most points a known value can give."""
        return max(b.points for b in self.bins)

    @property
    def worst(self) -> int:
        """Fewest points a known value can give."""
        return min(b.points for b in self.bins)

    @property
    def reachable(self) -> tuple[int, int]:
        """Fewest and most points, a missing value included."""
        return min(self.worst, self.missing_points), max(self.best, self.missing_points)

    def points(self, value: Value) -> int:
        """Points of a value; None is missing."""
        if value is None:
            return self.missing_points
        return next(b.points for b in self.bins if b.up_to is None or value <= b.up_to)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reason code of a card says, and about which attribute ("" for a default)."""

    attribute: str
    unit: str
    direction: Direction
    text: str


@dataclass(frozen=True, slots=True)
class ConfidenceStep:
    """Up to and including `up_to` of the card's confidence attribute: `confidence` 0..1."""

    up_to: Decimal | None
    confidence: Decimal


@dataclass(frozen=True)
class Scorecard:
    """A versioned card. `low`..`high` are the scores it can give."""

    id: str
    version: int
    provenance: Mapping[str, object]
    scaling: Scaling
    base_points: int
    attributes: tuple[Attribute, ...]
    confidence_attribute: str
    confidence_missing: Decimal
    confidence_steps: tuple[ConfidenceStep, ...]

    @property
    def name(self) -> str:
        """Id and version as stored with every score, e.g. `payment_behaviour_v1`."""
        return f"{self.id}_v{self.version}"

    @cached_property
    def scores(self) -> range:
        """Every integer score the card could give."""
        low = self.base_points + sum(a.reachable[0] for a in self.attributes)
        high = self.base_points + sum(a.reachable[1] for a in self.attributes)
        return range(low, high + 1)

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """What each reason code says."""
        found = {DEFAULTED: Meaning("", "", "lowered", DEFAULTED_TEXT)}
        for a in self.attributes:
            found[a.lowered.code] = Meaning(a.name, a.unit, "lowered", a.lowered.text)
            found[a.missing.code] = Meaning(a.name, a.unit, "lowered", a.missing.text)
            found[a.raised.code] = Meaning(a.name, a.unit, "raised", a.raised.text)
        return found

    def confidence(self, value: Value) -> Decimal:
        """How far to trust the score, 0..1, by the confidence attribute's value."""
        if value is None:
            return self.confidence_missing
        return next(
            step.confidence
            for step in self.confidence_steps
            if step.up_to is None or value <= step.up_to
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is what it is. `points` were lost against the best bin, or gained over the worst.

    `text` is an English msgid: translate it, then fill `%(value)s` with `shown`.
    """

    code: str
    direction: Direction
    attribute: str
    points: int
    value: Value
    text: str
    unit: str

    @property
    def shown(self) -> str:
        """The value as a person reads it: shares in percent, others to one decimal."""
        return shown(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with its working. `pd` is a fraction over the card's horizon, 6 decimals."""

    score: int
    pd: Decimal
    grade: int
    confidence: Decimal
    reasons: tuple[Reason, ...]
    points: Mapping[str, int]


def shown(value: Value, unit: str) -> str:
    """`value` as a person reads it: shares in percent, others to at most one decimal."""
    if value is None:
        return ""
    if unit == "share":
        return f"{(100 * Decimal(value)).quantize(Decimal(1), ROUND_HALF_UP)}%"
    text = f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}"
    return text.removesuffix(".0")


@cache
def rounded_pd(scaling: Scaling, score: int) -> Decimal:
    """PD of an integer score, half-up to 6 decimals (SCR-14)."""
    return scaling.pd(Decimal(score)).quantize(MICRO, ROUND_HALF_UP)


def evaluate(
    card: Scorecard, attributes: Mapping[str, Value], *, defaulted: bool = False
) -> Scored:
    """Apply a card. Every attribute of the card must be a key; None says it is not known.

    `defaulted` (insolvent, or default as the seller defines it) overrides PD and grade: points
    alone never give grade 10.
    """
    points = {a.name: a.points(attributes[a.name]) for a in card.attributes}
    score = card.base_points + sum(points.values())
    pd = Decimal(1).quantize(MICRO) if defaulted else rounded_pd(card.scaling, score)
    lowered = _top(lowered_by(card, attributes, points), LOWERED_SHOWN)
    if defaulted:
        said = Reason(DEFAULTED, "lowered", "", 0, None, DEFAULTED_TEXT, "")
        lowered = (said, *lowered)[:LOWERED_SHOWN]
    return Scored(
        score=score,
        pd=pd,
        grade=DEFAULT_GRADE if defaulted else grade(pd),
        confidence=card.confidence(attributes[card.confidence_attribute]),
        reasons=lowered + _top(raised_by(card, attributes, points), RAISED_SHOWN),
        points=points,
    )


def lowered_by(
    card: Scorecard, attributes: Mapping[str, Value], points: Mapping[str, int]
) -> Iterable[Reason]:
    """What cost points against the best bin, in the card's order."""
    for a in card.attributes:
        value, lost = attributes[a.name], a.best - points[a.name]
        if lost > 0:
            words = a.missing if value is None else a.lowered
            yield Reason(words.code, "lowered", a.name, lost, value, words.text, a.unit)


def raised_by(
    card: Scorecard, attributes: Mapping[str, Value], points: Mapping[str, int]
) -> Iterable[Reason]:
    """What gave most points. Only a value in its best bin raises: none does both."""
    for a in card.attributes:
        value, gained = attributes[a.name], points[a.name] - a.worst
        if value is not None and points[a.name] == a.best and gained > 0:
            yield Reason(a.raised.code, "raised", a.name, gained, value, a.raised.text, a.unit)


def _top(reasons: Iterable[Reason], count: int) -> tuple[Reason, ...]:
    """The heaviest; of equals the one the card lists first (sorting is stable)."""
    return tuple(sorted(reasons, key=lambda r: -r.points)[:count])


def built_in(name: str) -> Scorecard:
    """A card shipped with the platform, e.g. `payment_behaviour_v1`."""
    return parse(built_in_text(name))


def built_in_text(name: str) -> str:
    """The JSON of a card shipped with the platform."""
    return resources.files("netterms.scoring").joinpath("data", f"{name}.json").read_text("utf-8")


def parse(text: str) -> Scorecard:
    """Read and validate a card from JSON; SCORECARD_INVALID names the field and what mends it."""
    try:
        raw = json.loads(text)
        card = Scorecard(
            id=str(raw["id"]),
            version=int(raw["version"]),
            provenance=dict(raw["provenance"]),
            scaling=Scaling(**{k: Decimal(v) for k, v in raw["scaling"].items()}),
            base_points=_whole(raw["base_points"]),
            attributes=tuple(_attribute(item) for item in raw["attributes"]),
            confidence_attribute=str(raw["confidence"]["attribute"]),
            confidence_missing=Decimal(raw["confidence"]["missing"]),
            confidence_steps=tuple(
                ConfidenceStep(_bound(item["up_to"]), Decimal(item["confidence"]))
                for item in raw["confidence"]["bins"]
            ),
        )
    except KeyError as missing:
        raise _invalid(str(missing.args[0]), None, Mend.GIVE_IT) from None
    except (ValueError, TypeError, AttributeError, InvalidOperation) as wrong:
        raise _invalid("json", str(wrong), Mend.AS_BUILT_IN) from None
    _validate(card)
    return card


def _attribute(raw: Mapping[str, Any]) -> Attribute:
    return Attribute(
        name=str(raw["name"]),
        unit=str(raw["unit"]),
        bins=tuple(Bin(_bound(item["up_to"]), _whole(item["points"])) for item in raw["bins"]),
        missing_points=_whole(raw["missing_points"]),
        **{key: Wording(**raw[key]) for key in ("lowered", "raised", "missing")},
    )


def _bound(raw: str | None) -> Decimal | None:
    if raw is None:
        return None
    if not isinstance(raw, str) or not Decimal(raw).is_finite():
        raise ValueError(f"a bound is a number written as text, not {raw!r}")
    return Decimal(raw)


def _whole(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise ValueError(f"points must be whole numbers, not {raw!r}")
    return raw


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.SCORECARD_INVALID, field=field, value=value, mend=mend, **facts)


def _validate(card: Scorecard) -> None:
    names = [a.name for a in card.attributes]
    if not 1 <= len(names) <= 99 or len(set(names)) < len(names):
        raise _invalid("attributes", names, Mend.OWN_NAMES, most=99)
    if len(card.meanings) != 3 * len(names) + 1:
        raise _invalid("code", sorted(card.meanings), Mend.OWN_CODES)
    for word in (*names, *card.meanings):
        # They become SQL columns and literals.
        if not (word.isascii() and word.isidentifier() and word.islower()):
            raise _invalid("name", word, Mend.LOWER_CASE)
    for a in card.attributes:
        if a.unit not in UNITS:
            allowed = ", ".join(sorted(UNITS))
            raise _invalid(f"{a.name}.unit", a.unit, Mend.ONE_OF, allowed=allowed)
        _ascending(f"{a.name}.bins", [b.up_to for b in a.bins])
    _validate_confidence(card)
    _validate_scaling(card)


def _validate_confidence(card: Scorecard) -> None:
    if card.confidence_attribute not in {a.name for a in card.attributes}:
        raise _invalid("confidence.attribute", card.confidence_attribute, Mend.AN_ATTRIBUTE)
    _ascending("confidence.bins", [step.up_to for step in card.confidence_steps])
    for given in (card.confidence_missing, *(step.confidence for step in card.confidence_steps)):
        if not 0 <= given <= 1 or given != given.quantize(Decimal("0.01")):
            raise _invalid("confidence", str(given), Mend.BETWEEN, least="0.00", most="1.00")


def _validate_scaling(card: Scorecard) -> None:
    if min(card.scaling.pdo, card.scaling.base_odds) <= 0:
        raise _invalid("scaling", str(card.scaling), Mend.MORE_THAN, least=0)
    for score in card.scores:
        millionths = card.scaling.pd(Decimal(score)) / MICRO
        if abs(millionths % 1 - Decimal("0.5")) < TIE_MARGIN:
            raise _invalid("base_points", card.base_points, Mend.SHIFT_BASE)
        if rounded_pd(card.scaling, score) >= 1:
            raise _invalid("points", score, Mend.NO_CERTAIN_DEFAULT)


def _ascending(field: str, bounds: list[Decimal | None]) -> None:
    known = [b for b in bounds if b is not None]
    if not bounds or bounds[-1] is not None or len(known) != len(bounds) - 1:
        raise _invalid(field, len(bounds), Mend.LAST_BIN)
    if any(low >= high for low, high in pairwise(known)):
        raise _invalid(field, [str(b) for b in known], Mend.ASCENDING)
