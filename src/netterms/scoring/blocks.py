"""What is known of a buyer comes in blocks, a scorecard each; this combines them into one score.

Level blocks (payments, accounts, company facts) each say how good the buyer is. Their scores are
log odds on one scale, so their mean, weighted by what each block knows, is the mean of the log
odds. Adjusting blocks (events, a site visit) take points off that mean: bad news can never raise
it. Last come the factors of country and sector (`overlay`, SCR-16).

Everything is whole hundredths of a point, and PD and grade follow from that whole number alone;
so `blocks_sql` gives the same answers for a whole book.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, cached_property
from importlib import resources

from netterms.kernel.mends import Mend
from netterms.kernel.money import half_up
from netterms.kernel.refusal import Code, Refusal
from netterms.kernel.sentence import gettext_noop
from netterms.scoring.overlay import NEUTRAL, Overlay
from netterms.scoring.rules import DEFAULT_GRADE, HOUSE_SCALING, grade
from netterms.scoring.scorecard import (
    DEFAULTED,
    DEFAULTED_TEXT,
    LOWERED_SHOWN,
    MICRO,
    OWN,
    RAISED_SHOWN,
    Meaning,
    Reason,
    Scorecard,
    Value,
    built_in,
    lowered_by,
    parse,
    raised_by,
)

# Scores end here, in hundredths of a point: a PD of 0.000020 at best, of 0.998477 at worst.
LOWEST, HIGHEST = 300_00, 800_00
POINT = 100
# A block's weight, in per cent, times its confidence, in per cent.
WHOLE = 10_000
# More of them, and the confidence of all would be too long for a binary fraction.
MOST_LEVELS = 3
MOST_ATTRIBUTES = 31
# The combination that scores today; scores made by earlier ones still name theirs.
CURRENT = "blocks_v2"
PRIOR = "prior"
NOTHING_KNOWN = "nothing_known"
NOTHING_KNOWN_TEXT = gettext_noop(
    "Nothing is known of the company yet: the grade is that of unknown companies in general."
)


@dataclass(frozen=True, slots=True)
class Block:
    """One card's part. `weight` is its say in per cent when all is known.

    A block that `adjusts` only takes away. One that `holds_prior` has an answer for the buyer of
    whom little is known in its own points for missing values, so it needs no other. Above
    `oldest_months` of its confidence attribute a level block is no longer known.
    """

    name: str
    card: Scorecard
    weight: int = 100
    holds_prior: bool = False
    adjusts: bool = False
    oldest_months: int | None = None

    @property
    def best(self) -> int:
        """The score with the most points of every known value."""
        return self.card.base_points + sum(a.best for a in self.card.attributes)

    def weight_of(self, attributes: Mapping[str, Value]) -> int:
        """Weight times confidence, 0 to `WHOLE`; 0 when nothing of the block is known any more."""
        known = attributes.get(self.card.confidence_attribute)
        if known is None or (self.oldest_months is not None and known > self.oldest_months):
            return 0
        return self.weight * int(100 * self.card.confidence(known))


@dataclass(frozen=True)
class Combination:
    """Blocks, and the prior: a score in hundredths that fills what the levels lack to `least`."""

    id: str
    version: int
    blocks: tuple[Block, ...]
    prior: int
    least: int

    def __post_init__(self) -> None:
        _validate(self)

    @property
    def name(self) -> str:
        """Id and version as stored with every score, e.g. `blocks_v1`."""
        return f"{self.id}_v{self.version}"

    @property
    def levels(self) -> tuple[Block, ...]:
        """The blocks that say how good a buyer is."""
        return tuple(b for b in self.blocks if not b.adjusts)

    @property
    def adjusting(self) -> tuple[Block, ...]:
        """The blocks that only take away."""
        return tuple(b for b in self.blocks if b.adjusts)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Every attribute's name, block by block."""
        return tuple(a.name for b in self.blocks for a in b.card.attributes)

    @property
    def prior_grade(self) -> int:
        """The grade of whom nothing is known, in a country and sector of factor 1."""
        return grade(pd_of(self.prior))

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """What each reason code says."""
        found = {NOTHING_KNOWN: Meaning("", "", "lowered", NOTHING_KNOWN_TEXT)}
        return found | {code: said for b in self.blocks for code, said in b.card.meanings.items()}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a block did: its score, and its share of the mean (0 to 1) or its points taken off."""

    block: str
    card: str
    score: int
    confidence: Decimal
    share: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class Combined:
    """One buyer's answer. `score` has 2 decimals; `pd` is a fraction over 12 months, 6 decimals."""

    score: Decimal
    pd: Decimal
    grade: int
    confidence: Decimal
    reasons: tuple[Reason, ...]
    contributions: tuple[Contribution, ...]
    prior_share: Decimal
    overlay_points: Decimal


@cache
def pd_of(score: int) -> Decimal:
    """Default probability of a score in hundredths of a point, half-up to 6 decimals (SCR-14)."""
    return HOUSE_SCALING.pd(Decimal(score).scaleb(-2)).quantize(MICRO, ROUND_HALF_UP)


def combine(
    combination: Combination,
    attributes: Mapping[str, Value],
    *,
    country: str = "",
    sector: str = "",
    overlay: Overlay = NEUTRAL,
    defaulted: bool = False,
) -> Combined:
    """Score one buyer. An attribute left out or None is not known.

    `defaulted` overrides PD and grade, as for a single card.
    """
    scores = {
        b.name: b.card.base_points
        + sum(a.points(attributes.get(a.name)) for a in b.card.attributes)
        for b in combination.blocks
    }
    weights = {b.name: b.weight_of(attributes) for b in combination.blocks}
    prior_weight = _prior_weight(combination, weights)
    total = prior_weight + sum(weights[b.name] for b in combination.levels)
    taken = sum(b.best - scores[b.name] for b in combination.adjusting)
    shift = overlay.points(country, sector)
    mean = POINT * sum(weights[b.name] * scores[b.name] for b in combination.levels)
    mean = half_up(Fraction(mean + prior_weight * combination.prior, total))
    score = min(HIGHEST, max(LOWEST, mean - POINT * taken + shift))
    pd = Decimal(1).quantize(MICRO) if defaulted else pd_of(score)
    return Combined(
        score=_points(score),
        pd=pd,
        grade=DEFAULT_GRADE if defaulted else grade(pd),
        confidence=_confidence(combination, weights),
        reasons=_reasons(combination, attributes, weights, total, defaulted=defaulted),
        contributions=tuple(
            _contribution(b, scores[b.name], weights[b.name], total) for b in combination.blocks
        ),
        prior_share=_share(prior_weight, total),
        overlay_points=_points(shift),
    )


def _prior_weight(combination: Combination, weights: Mapping[str, int]) -> int:
    if any(b.holds_prior and weights[b.name] for b in combination.levels):
        return 0
    return max(0, combination.least - sum(weights[b.name] for b in combination.levels))


def _confidence(combination: Combination, weights: Mapping[str, int]) -> Decimal:
    """One less what no level block knows: 1 - (1 - a)(1 - b)..., half-up to 2 decimals."""
    unknown = Fraction(1)
    for b in combination.levels:
        unknown *= 1 - Fraction(weights[b.name], WHOLE)
    return _points(half_up(100 * (1 - unknown)))


def _contribution(block: Block, score: int, weight: int, total: int) -> Contribution:
    return Contribution(
        block=block.name,
        card=block.card.name,
        score=score,
        confidence=_points(weight // block.weight),
        share=Decimal(0) if block.adjusts else _share(weight, total),
        points=score - block.best if block.adjusts else 0,
    )


def _reasons(
    combination: Combination,
    attributes: Mapping[str, Value],
    weights: Mapping[str, int],
    total: int,
    *,
    defaulted: bool,
) -> tuple[Reason, ...]:
    """Reasons by what they moved: points of their card times the block's part in the score."""
    lowered: list[tuple[int, Reason]] = []
    raised: list[tuple[int, Reason]] = []
    for b in combination.blocks:
        # What an adjusting block takes off, it takes off the whole.
        part = total if b.adjusts else weights[b.name]
        if not part:
            continue
        known = {a.name: attributes.get(a.name) for a in b.card.attributes}
        points = {a.name: a.points(known[a.name]) for a in b.card.attributes}
        lowered += [(part * r.points, r) for r in lowered_by(b.card, known, points)]
        # That no bad news came is nothing to praise.
        if not b.adjusts:
            raised += [(part * r.points, r) for r in raised_by(b.card, known, points)]
    first = _top(lowered, LOWERED_SHOWN)
    if defaulted:
        said = Reason(DEFAULTED, "lowered", "", 0, None, DEFAULTED_TEXT, "")
        first = (said, *first)[:LOWERED_SHOWN]
    elif not any(weights[b.name] for b in combination.levels):
        said = Reason(NOTHING_KNOWN, "lowered", "", 0, None, NOTHING_KNOWN_TEXT, "")
        first = (said, *first)[:LOWERED_SHOWN]
    return first + _top(raised, RAISED_SHOWN)


def _top(weighed: Iterable[tuple[int, Reason]], count: int) -> tuple[Reason, ...]:
    """The heaviest; of equals the one listed first (sorting is stable)."""
    return tuple(reason for _, reason in sorted(weighed, key=lambda w: -w[0])[:count])


def _points(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _share(weight: int, total: int) -> Decimal:
    return Decimal(half_up(Fraction(WHOLE * weight, total))).scaleb(-4)


@cache
def combination(name: str = CURRENT) -> Combination:
    """The combination shipped under that name: a list of blocks, each naming its card, as data."""
    text = resources.files("netterms.scoring").joinpath("data", f"{name}.json").read_text("utf-8")
    raw = json.loads(text)
    prior = HOUSE_SCALING.score(Decimal(raw["prior"]["pd"]))
    return Combination(
        id=raw["id"],
        version=raw["version"],
        blocks=tuple(
            Block(
                name=item["name"],
                card=built_in(item["card"]),
                weight=int(100 * Decimal(item["weight"])),
                holds_prior=item.get("holds_prior", False),
                adjusts=item.get("adjusts", False),
                oldest_months=item.get("oldest_months"),
            )
            for item in raw["blocks"]
        ),
        prior=int((POINT * prior).to_integral_value(ROUND_HALF_UP)),
        least=int(WHOLE * Decimal(raw["prior"]["least_weight"])),
    )


@cache
def with_payment_card(card: str) -> Combination:
    """The combination shipped, with a seller's own card (JSON) in place of the payment block's."""
    made = combination()
    payment, *others = made.blocks
    return replace(made, blocks=(replace(payment, card=parse(card)), *others))


@cache
def named(name: str) -> Scorecard | Combination:
    """The card or combination that a stored score names, with its `meanings`."""
    if name.startswith("blocks_"):
        return combination(name)
    # A seller's own card has the attributes and the words of the one delivered.
    return combination().blocks[0].card if name.startswith(f"{OWN}_v") else built_in(name)


def _validate(made: Combination) -> None:
    names = list(made.attributes)
    if len(set(names)) < len(names):
        raise _invalid("attributes", names, Mend.OWN_NAMES, most=len(set(names)))
    if len(made.meanings) != 2 + sum(len(b.card.meanings) - 1 for b in made.blocks):
        raise _invalid("code", sorted(made.meanings), Mend.OWN_CODES)
    if not 1 <= len(made.levels) <= MOST_LEVELS:
        raise _invalid("blocks", len(made.levels), Mend.BETWEEN, least=1, most=MOST_LEVELS)
    if not (LOWEST <= made.prior <= HIGHEST and 1 <= made.least <= WHOLE):
        raise _invalid("prior", made.prior, Mend.BETWEEN, least=LOWEST, most=HIGHEST)
    for b in made.blocks:
        _validate_block(b)


def _validate_block(b: Block) -> None:
    card = b.card
    if card.scaling != HOUSE_SCALING:
        # A mean of log odds needs one scale.
        raise _invalid("scaling", str(card.scaling), Mend.ONE_OF, allowed=str(HOUSE_SCALING))
    if not 1 <= b.weight <= 100:
        raise _invalid(f"{b.name}.weight", b.weight, Mend.BETWEEN, least=1, most=100)
    if len(card.attributes) > MOST_ATTRIBUTES:
        raise _invalid("attributes", len(card.attributes), Mend.AT_MOST, most=MOST_ATTRIBUTES)
    if not all(step.confidence for step in card.confidence_steps):
        raise _invalid("confidence", "0", Mend.MORE_THAN, least=0)
    for a in card.attributes:
        if a.missing_points > a.best:
            field = f"{a.name}.missing_points"
            raise _invalid(field, a.missing_points, Mend.AT_MOST, most=a.best)
    if not b.adjusts and not LOWEST <= POINT * card.scores[0] <= POINT * card.scores[-1] <= HIGHEST:
        limits = {"least": LOWEST // POINT, "most": HIGHEST // POINT}
        raise _invalid("points", [card.scores[0], card.scores[-1]], Mend.BETWEEN, **limits)


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.SCORECARD_INVALID, field=field, value=value, mend=mend, **facts)
