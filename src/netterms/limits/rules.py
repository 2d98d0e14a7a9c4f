"""How much credit to recommend for a buyer: need, capacity, cover, concentration and stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from netterms.kernel.money import Money, exponent, half_up
from netterms.kernel.sentence import gettext_noop
from netterms.limits.formulas import Formula, Trading, heuristic, money_in, three_way

DAYS_IN_YEAR = 365
MONTHS_IN_YEAR = 12
SHARE_PLACES = 4
MOST_SHARE = 100


class LimitReason(StrEnum):
    """Why a recommended limit is what it is. Caps first, then stops, then remarks."""

    NEED = "need"
    NEED_SHARE = "need_share"
    NET_WORTH = "net_worth"
    TURNOVER = "turnover"
    NET_WORTH_RULE = "net_worth_rule"
    THREE_WAY = "three_way"
    HEURISTIC = "heuristic"
    INSURED = "insured"
    CONCENTRATION = "concentration"
    SANCTIONS_HIT = "sanctions_hit"
    GRADE_UNKNOWN = "grade_unknown"
    GRADE_TOO_WEAK = "grade_too_weak"
    STAGE_TOO_LATE = "stage_too_late"
    ACCOUNTS_UNKNOWN = "accounts_unknown"
    REFERENCES_UNKNOWN = "references_unknown"
    TRADING_UNKNOWN = "trading_unknown"


SENTENCES: Mapping[LimitReason, str] = MappingProxyType(
    {
        LimitReason.NEED: gettext_noop("The limit covers the whole credit need."),
        LimitReason.NEED_SHARE: gettext_noop("The grade allows a part of the credit need only."),
        LimitReason.NET_WORTH: gettext_noop(
            "The buyer's tangible net worth bears no more at this grade."
        ),
        LimitReason.TURNOVER: gettext_noop("The buyer's turnover bears no more at this grade."),
        LimitReason.NET_WORTH_RULE: gettext_noop(
            "The fixed share of the buyer's net worth is reached."
        ),
        LimitReason.THREE_WAY: gettext_noop(
            "The mean of net worth, trade references and need bears no more."
        ),
        LimitReason.HEURISTIC: gettext_noop(
            "The way the buyer trades allows no larger part of its net worth."
        ),
        LimitReason.INSURED: gettext_noop(
            "The insured limit and the uninsured share you tolerate allow no more."
        ),
        LimitReason.CONCENTRATION: gettext_noop(
            "One buyer may not have a larger share of your annual credit sales."
        ),
        LimitReason.SANCTIONS_HIT: gettext_noop("No limit: the buyer matched a sanctions list."),
        LimitReason.GRADE_UNKNOWN: gettext_noop("No limit: the buyer has no grade yet."),
        LimitReason.GRADE_TOO_WEAK: gettext_noop("No limit: grade %(value)s is too weak."),
        LimitReason.STAGE_TOO_LATE: gettext_noop(
            "No limit: collection of overdue invoices is at stage %(value)s."
        ),
        LimitReason.ACCOUNTS_UNKNOWN: gettext_noop(
            "The buyer's accounts are not known: the limit follows need and grade alone."
        ),
        LimitReason.REFERENCES_UNKNOWN: gettext_noop(
            "The mean with trade references bounds nothing: net worth or references are not known."
        ),
        LimitReason.TRADING_UNKNOWN: gettext_noop(
            "The table of how the buyer trades bounds nothing: not all it asks for is known."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class GradeShares:
    """Fractions by grade: of tangible net worth, of turnover, and of the need without accounts."""

    net_worth: Decimal
    turnover: Decimal
    need: Decimal


def _table() -> Mapping[int, GradeShares]:
    """Our convention but for grade 4, which is the source's grade B: 35 % and 5 % (SCR-08)."""
    percent = {
        1: (60, 8, 100),
        2: (50, 7, 100),
        3: (40, 6, 100),
        4: (35, 5, 100),
        5: (30, 4, 100),
        6: (20, 3, 75),
        7: (15, 2, 50),
        8: (10, 1, 25),
        9: (0, 0, 0),
        10: (0, 0, 0),
    }
    return MappingProxyType(
        {
            grade: GradeShares(*(Decimal(share).scaleb(-2) for share in shares))
            for grade, shares in percent.items()
        }
    )


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What the seller may change. Shares are fractions with at most 4 decimals.

    `net_worth_rule` is the first half of SCR-09 (10 % of the buyer's net worth); None is off, as
    the table by grade answers the same question. `formulas` are those the policy uses (SCR-13,
    "formulas chosen"): what is not chosen is no cap, need, cover and concentration always are.
    """

    formulas: frozenset[Formula] = frozenset({Formula.CAPACITY})
    shares: Mapping[int, GradeShares] = field(default_factory=_table)
    tolerated_uninsured_share: Decimal = Decimal(0)
    concentration_share: Decimal = Decimal("0.10")
    net_worth_rule: Decimal | None = None
    stop_from_grade: int = 9
    stop_from_stage: int = 3
    need_step_major: int = 1000

    def __post_init__(self) -> None:
        given = [self.tolerated_uninsured_share, self.concentration_share]
        given += [self.net_worth_rule] if self.net_worth_rule is not None else []
        given += [
            s for row in self.shares.values() for s in (row.net_worth, row.turnover, row.need)
        ]
        assert all(0 <= s <= MOST_SHARE and s == round(s, SHARE_PLACES) for s in given), (
            "shares: 4 decimals"
        )
        assert self.tolerated_uninsured_share < 1, "a tolerated share of 1 is no cap at all"


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """What is known of a buyer; all money in the currency of the need. None is "not known".

    `insured_limit` None: the buyer is outside any policy; zero: the insurer gave nothing.
    `open_stage` is the collection stage 0..4 of its open invoices. `trade_references` are limits
    that other suppliers gave; none is "not known".
    """

    need: Money
    grade: int | None
    tangible_net_worth: Money | None = None
    annual_turnover: Money | None = None
    seller_annual_sales: Money | None = None
    insured_limit: Money | None = None
    sanctions_hit: bool = False
    open_stage: int = 0
    trade_references: tuple[Money, ...] = ()
    trading: Trading | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and its value: the amount of a cap, the grade or stage of a stop."""

    code: LimitReason
    value: Money | int | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A limit and why. The first reason is the cap that bound; `caps` is every cap computed."""

    limit: Money
    reasons: tuple[Reason, ...]
    caps: tuple[Reason, ...]


def busiest_pace(annual_sales: Money, busiest_month: Money) -> Money:
    """Sales of a year at the pace of the busiest month, where that is more (TCI-06: the peak).

    A limit for the mean of the year would stop a buyer whenever it buys most.
    """
    peak = Money(MONTHS_IN_YEAR * busiest_month.minor, busiest_month.currency)
    return peak if peak.minor > annual_sales.minor else annual_sales


def credit_need(annual_sales: Money, credit_days: int) -> Money:
    """Credit in use on average: sales x days / 365, rounded half-up (TCI-06).

    `annual_sales` to this buyer (a peak year's pace for seasonal trade); `credit_days` as really
    taken, not as agreed.
    """
    return annual_sales.share(Fraction(credit_days, DAYS_IN_YEAR))


def limit_needed(
    annual_sales: Money, credit_days: int, settings: LimitSettings | None = None
) -> Money:
    """The need rounded up to the next 1,000 major units of the currency (TCI-06)."""
    step_major = (settings or LimitSettings()).need_step_major
    step = step_major * 10 ** exponent(annual_sales.currency)
    exact = Fraction(annual_sales.minor * credit_days, DAYS_IN_YEAR)
    return Money(-(-exact // step) * step, annual_sales.currency)


def recommend(facts: LimitFacts, settings: LimitSettings) -> Recommendation:
    """The final limit (SCR-13): the smallest cap, or zero when something forbids credit."""
    zero = Money(0, facts.need.currency)
    stops = _stops(facts, settings)
    if facts.grade is None:
        return Recommendation(zero, stops, ())
    caps = _caps(facts, facts.grade, settings)
    if stops:
        return Recommendation(zero, stops, caps)
    # Of equal caps the one listed first is named: min keeps the first.
    bound = min(caps, key=lambda cap: _minor(cap))
    reasons = (bound, *_remarks(facts, caps, settings))
    return Recommendation(Money(_minor(bound), facts.need.currency), reasons, caps)


def _remarks(
    facts: LimitFacts, caps: tuple[Reason, ...], settings: LimitSettings
) -> tuple[Reason, ...]:
    """What is not known, and which formula chosen bounds nothing for that."""
    given = {cap.code for cap in caps}
    missing = [LimitReason.ACCOUNTS_UNKNOWN] if _without_accounts(facts) else []
    missing += [
        remark
        for formula, code, remark in (
            (Formula.THREE_WAY, LimitReason.THREE_WAY, LimitReason.REFERENCES_UNKNOWN),
            (Formula.HEURISTIC, LimitReason.HEURISTIC, LimitReason.TRADING_UNKNOWN),
        )
        if formula in settings.formulas and code not in given
    ]
    return tuple(map(Reason, missing))


def _minor(cap: Reason) -> int:
    assert isinstance(cap.value, Money)
    return cap.value.minor


def _without_accounts(facts: LimitFacts) -> bool:
    return facts.tangible_net_worth is None and facts.annual_turnover is None


def _stops(facts: LimitFacts, settings: LimitSettings) -> tuple[Reason, ...]:
    stops = []
    if facts.sanctions_hit:
        stops.append(Reason(LimitReason.SANCTIONS_HIT))
    if facts.grade is None:
        stops.append(Reason(LimitReason.GRADE_UNKNOWN))
    elif facts.grade >= settings.stop_from_grade:
        stops.append(Reason(LimitReason.GRADE_TOO_WEAK, facts.grade))
    if facts.open_stage >= settings.stop_from_stage:
        stops.append(Reason(LimitReason.STAGE_TOO_LATE, facts.open_stage))
    return tuple(stops)


def _caps(facts: LimitFacts, grade: int, settings: LimitSettings) -> tuple[Reason, ...]:
    return tuple(
        Reason(code, amount)
        for code, amount in (
            *_need_caps(facts, settings.shares[grade]),
            *_capacity_caps(facts, settings.shares[grade], settings),
            *_cover_caps(facts, settings),
        )
        if amount is not None
    )


_Cap = tuple[LimitReason, Money | None]


def _need_caps(facts: LimitFacts, shares: GradeShares) -> list[_Cap]:
    part = _share_of(facts.need, shares.need, facts) if _without_accounts(facts) else None
    return [(LimitReason.NEED, _share_of(facts.need, 1, facts)), (LimitReason.NEED_SHARE, part)]


def _capacity_caps(facts: LimitFacts, shares: GradeShares, settings: LimitSettings) -> list[_Cap]:
    """What the buyer can bear, by the formulas chosen."""
    worth, chosen = facts.tangible_net_worth, settings.formulas
    caps: list[_Cap] = []
    if Formula.CAPACITY in chosen:
        caps = [
            (LimitReason.NET_WORTH, _share_of(worth, shares.net_worth, facts)),
            (LimitReason.TURNOVER, _share_of(facts.annual_turnover, shares.turnover, facts)),
        ]
    if settings.net_worth_rule is not None:
        rule = _share_of(worth, settings.net_worth_rule, facts)
        caps.append((LimitReason.NET_WORTH_RULE, rule))
    if worth is not None and Formula.THREE_WAY in chosen and facts.trade_references:
        mean = three_way(worth, facts.trade_references, facts.need)
        caps.append((LimitReason.THREE_WAY, mean))
    if worth is not None and Formula.HEURISTIC in chosen and facts.trading is not None:
        caps.append((LimitReason.HEURISTIC, heuristic(worth, facts.trading)))
    return caps


def _cover_caps(facts: LimitFacts, settings: LimitSettings) -> list[_Cap]:
    cover = 1 / (1 - Fraction(settings.tolerated_uninsured_share))
    most = _share_of(facts.seller_annual_sales, settings.concentration_share, facts)
    return [
        (LimitReason.INSURED, _share_of(facts.insured_limit, cover, facts)),
        (LimitReason.CONCENTRATION, most),
    ]


def _share_of(
    amount: Money | None, share: Decimal | Fraction | int, facts: LimitFacts
) -> Money | None:
    """A negative net worth bears nothing; amounts of another currency must be converted before."""
    if amount is None:
        return None
    currency = facts.need.currency
    return Money(max(0, half_up(money_in(amount, currency) * Fraction(share))), currency)
