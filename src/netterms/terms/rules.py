"""Late interest and compensation by law or contract (LAW-01 to LAW-09). Pure.

Simple interest is principal times rate times days over 365; the first day is the one after the due
date, and the day of payment counts. Rounding is once, half-up, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from netterms.kernel.calendar import add_months
from netterms.kernel.money import Money, exponent, half_up, zero
from netterms.kernel.refusal import Code, Refusal
from netterms.terms.jurisdictions import Jurisdiction, Law, Reset, Scope, Start, Tier
from netterms.terms.rates import RateTable, Series

DAYS_A_YEAR = 365
MONTHS_A_YEAR = 12
RECEIPT_DAYS = 60
# The balance factor of monthly rests is carried with so many decimals, here and in `rules_sql`.
FACTOR_DECIMALS = 13
# Nobody claims interest on older debts, and lists of steps end somewhere.
FIRST_DAY = date(1990, 1, 1)
FLOATING = frozenset({Reset.FLOAT_HALF_YEAR, Reset.ANNUAL_NOTICE})


class Method(StrEnum):
    """EXACT rounds once; DAILY rounds the interest of one day and multiplies (gov.uk, EX-2.1)."""

    EXACT = "exact"
    DAILY = "daily"


class OneRate(StrEnum):
    """Whose half-year gives the one rate of a debt: the sources differ, so the seller chooses."""

    START = "start"
    END = "end"


class Why(StrEnum):
    """Why no interest is claimed."""

    CHOICE_NEEDED = "choice_needed"
    CONTRACT_ONLY = "contract_only"
    COUNTRY_UNKNOWN = "country_unknown"
    COURT_ONLY = "court_only"
    CEILING_ONLY = "ceiling_only"
    INDEX_NEEDED = "index_needed"
    MARGIN_UNKNOWN = "margin_unknown"
    MARKET_RATE = "market_rate"
    NOT_ENFORCEABLE = "not_enforceable"
    NOT_IN_FORCE = "not_in_force"
    RATE_BEFORE_FIRST_DATE = "rate_before_first_date"
    RATE_MISSING = "rate_missing"
    RATE_PAST_LAST_DATE = "rate_past_last_date"
    RECEIPT_UNKNOWN = "receipt_unknown"
    RESET_UNKNOWN = "reset_unknown"
    RULE_UNKNOWN = "rule_unknown"
    SCOPE_NOT_MET = "scope_not_met"
    SCOPE_UNPROVEN = "scope_unproven"


# Interest that cannot be worked out does not take the fixed sum away; what is not owed does.
RATE_REASONS = frozenset(
    {
        Why.CHOICE_NEEDED,
        Why.MARGIN_UNKNOWN,
        Why.NOT_IN_FORCE,
        Why.RATE_BEFORE_FIRST_DATE,
        Why.RATE_MISSING,
        Why.RATE_PAST_LAST_DATE,
        Why.RESET_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Parties:
    """What scope tests ask (LAW-09). None: nobody has said."""

    creditor_small: bool | None = None
    debtor_large: bool | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """The rule that counts: a law, or the contract's rate as one; or why there is none."""

    law: Law | None
    why: Why | None = None
    by_contract: bool = False
    compensation: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """`percent` a year counts from `first` to `last`, both days included."""

    first: date
    last: date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """Interest of one sub-period; `amount` is rounded for reading and never summed."""

    first: date
    last: date
    days: int
    percent: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class Interest:
    """`total` of all `lines`, rounded once; `daily` is what another day adds."""

    lines: tuple[Line, ...]
    total: Money
    daily: Money
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a debt that stays unpaid until `until`: the day it was paid, or the day asked."""

    amount_minor: int
    until: date
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice as its parts, with what the law asks of it."""

    country: str
    currency: str
    due_on: date
    parts: tuple[Part, ...]
    parties: Parties = field(default_factory=Parties)
    contract_percent: Decimal | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be claimed; the compensation may be in another currency than the interest."""

    interest: Money
    compensation: Money
    daily: Money
    why: Why | None = None


def applied(
    place: Jurisdiction,
    parties: Parties,
    due_on: date,
    *,
    contract_percent: Decimal | None = None,
    one_rate: OneRate | None = None,
) -> Applied:
    """Which rule counts between these parties for an invoice due on `due_on`.

    A contract before a statute, unless that overrides it.
    """
    if place.refused == Why.NOT_ENFORCEABLE:
        return Applied(None, Why.NOT_ENFORCEABLE)
    law, why = _statute(place, parties, due_on)
    if contract_percent is not None and not (law and law.overrides_contract):
        return _contract(law, why, contract_percent)
    if law is None:
        return Applied(None, why, compensation=why in RATE_REASONS)
    if law.kind is Reset.ONE_RATE_PER_DEBT and one_rate is None:
        return Applied(None, Why.CHOICE_NEEDED, compensation=True)
    return Applied(law, compensation=True)


def _statute(place: Jurisdiction, parties: Parties, due_on: date) -> tuple[Law | None, Why]:
    for law in place.laws:
        met = in_scope(law.scope, parties)
        if met is None:
            return None, Why.SCOPE_UNPROVEN
        if met:
            versions = (one for one in place.laws if one.scope is law.scope)
            return next((one for one in versions if in_force(one, due_on)), None), Why.NOT_IN_FORCE
    return None, Why.SCOPE_NOT_MET if place.laws else Why(place.refused)


def _contract(law: Law | None, why: Why, percent: Decimal) -> Applied:
    agreed = Law(Reset.FIXED_AT_START, percent)
    if law is None:
        return Applied(agreed, by_contract=True, compensation=why in RATE_REASONS)
    if law.contract_cap is not None:
        agreed = replace(agreed, margin=min(percent, law.contract_cap))
    agreed = replace(agreed, floor=law.floor, instalment_only=law.instalment_only)
    return Applied(agreed, by_contract=True, compensation=not law.contract_ends_compensation)


def in_force(law: Law, due_on: date) -> bool:
    """Whether `law` is the one for an invoice due on `due_on`: it is law on its first day late."""
    return law.valid_from <= due_on + timedelta(days=1) <= law.valid_until


def in_scope(scope: Scope, parties: Parties) -> bool | None:
    """Whether the parties are those the rule is for; None when that is not proven."""
    asked = {
        Scope.ALL: (),
        Scope.SMALL_CREDITOR: (parties.creditor_small,),
        Scope.SMALL_CREDITOR_LARGE_DEBTOR: (parties.creditor_small, parties.debtor_large),
    }[scope]
    if False in asked:
        return False
    return None if None in asked else True


def steps(law: Law, rates: RateTable) -> tuple[Step, ...]:
    """The rates of `law` by day, as far as its reference is known. `rules_sql` sends these along.

    For a rate that floats, the day is a day of the delay; for a fixed one, its first.
    """
    if not law.series:
        return (Step(FIRST_DAY, date.max - timedelta(days=1), law.margin),)
    series = rates.of(law.series)
    if law.kind in (Reset.FIXED_AT_START, Reset.MONTHLY_RESTS):
        return _by_change(law, series)
    return _by_period(law, series)


def _by_change(law: Law, series: Series) -> tuple[Step, ...]:
    ends = [*(day - timedelta(days=1) for day in series.days[1:]), series.known_until]
    return tuple(
        Step(first, last, _percent(law, reference))
        for first, last, reference in zip(series.days, ends, series.percents, strict=False)
    )


def _by_period(law: Law, series: Series) -> tuple[Step, ...]:
    months = MONTHS_A_YEAR if law.kind is Reset.ANNUAL_NOTICE else 6
    found = []
    first = date(series.days[0].year, 1, 1) if series.days else date.max
    while first <= series.known_until + timedelta(days=1):
        following = add_months(first, months)
        read = first - timedelta(days=1) if law.kind is Reset.PRIOR_HALF_END else first
        if series.days[0] <= read <= series.known_until:
            last = following - timedelta(days=1)
            found.append(Step(first, last, _percent(law, series.at(read))))
        first = following
    return tuple(found)


def _percent(law: Law, reference: Decimal) -> Decimal:
    return max(Decimal(0), reference * law.multiple + law.margin)


def late_interest(
    law: Law,
    principal: Money,
    start: date,
    until: date,
    rates: RateTable,
    *,
    method: Method = Method.EXACT,
    one_rate: OneRate = OneRate.START,
) -> Interest:
    """Interest on `principal` for the days after `start` up to and including `until`.

    RATE_PAST_LAST_DATE, RATE_BEFORE_FIRST_DATE or RATE_MISSING when the reference is not known.
    """
    if until <= start:
        return Interest((), zero(principal.currency), zero(principal.currency), Decimal(0))
    pieces = _pieces(law, start, until, rates, one_rate)
    lines = tuple(
        Line(step.first, step.last, days, step.percent, _money(principal, share))
        for step, days, share, _ in pieces
    )
    percent = pieces[-1][0].percent
    daily = _money(principal, _growth(pieces) * _day(percent))
    if method is Method.DAILY and law.kind is not Reset.MONTHLY_RESTS:
        total = Money(
            sum(line.days * _money(principal, _day(line.percent)).minor for line in lines),
            principal.currency,
        )
    else:
        total = _money(principal, _sum(pieces))
    return Interest(lines, total, daily, percent)


def _money(principal: Money, share: Fraction) -> Money:
    return Money(half_up(principal.minor * share), principal.currency)


def _fraction(percent: Decimal) -> Fraction:
    return Fraction(percent) / 100


def _day(percent: Decimal) -> Fraction:
    return _fraction(percent) / DAYS_A_YEAR


# Days of one rate, their interest on one unit of principal, and what that had grown to before.
Piece = tuple[Step, int, Fraction, Fraction]


def _sum(pieces: Sequence[Piece]) -> Fraction:
    return sum((share for _, _, share, _ in pieces), Fraction(0))


def _growth(pieces: Sequence[Piece]) -> Fraction:
    return pieces[-1][3]


def _pieces(law: Law, start: date, until: date, rates: RateTable, one_rate: OneRate) -> list[Piece]:
    if law.kind is Reset.MONTHLY_RESTS:
        return list(_compound(law, start, until, rates))
    return list(_simple(law, start, until, rates, one_rate))


def _simple(
    law: Law, start: date, until: date, rates: RateTable, one_rate: OneRate
) -> Iterator[Piece]:
    first = start + timedelta(days=1)
    known = steps(law, rates)
    if law.kind in FLOATING:
        _on(known, first, law)
        _on(known, until, law)
        for step in known:
            piece = Step(max(step.first, first), min(step.last, until), step.percent)
            if piece.first <= piece.last:
                days = (piece.last - piece.first).days + 1
                yield piece, days, days * _day(piece.percent), Fraction(1)
        return
    by_end = law.kind is Reset.ONE_RATE_PER_DEBT and one_rate is OneRate.END
    percent = _on(known, until if by_end else first, law).percent
    percent = max(percent, floor_percent(law, first, rates) or percent)
    days = (until - start).days
    yield Step(first, until, percent), days, days * _day(percent), Fraction(1)


def floor_percent(law: Law, day: date, rates: RateTable) -> Decimal | None:
    """Below this an agreed rate is not valid; None without a floor, or where it is not known."""
    if law.floor is None:
        return None
    try:
        return rates.of(law.floor.series).at(day) * law.floor.multiple
    except Refusal:
        # An agreed rate that is not raised to the floor claims too little, never too much.
        return None


def _on(known: Sequence[Step], day: date, law: Law) -> Step:
    for step in known:
        if step.first <= day <= step.last:
            return step
    if not known:
        raise Refusal(Code.RATE_MISSING, series=law.series)
    if day < known[0].first:
        raise Refusal(
            Code.RATE_BEFORE_FIRST_DATE, series=law.series, day=day, first_day=known[0].first
        )
    raise Refusal(Code.RATE_PAST_LAST_DATE, series=law.series, day=day, last_day=known[-1].last)


@dataclass(frozen=True, slots=True)
class Rest:
    """A month of rests: a unit has grown to `factor` on `first`, to `grown` at its end."""

    first: date
    following: date
    percent: Decimal
    factor: Fraction
    grown: Fraction


def rests(law: Law, start: date, until: date, rates: RateTable) -> Iterator[Rest]:
    """The months from `start` that begin before `until`, as far as the reference is known (LAW-05).

    The rate of a month is the one in force on its first day; a whole month is a twelfth of a year.
    """
    known = steps(law, rates)
    factor, month, first = Fraction(1), 0, start
    while first < until:
        step = next((s for s in known if s.first <= first + timedelta(days=1) <= s.last), None)
        if step is None:
            return
        month += 1
        following = add_months(start, month)
        grown = factor * (1 + _fraction(step.percent) / MONTHS_A_YEAR)
        grown = Fraction(half_up(grown * 10**FACTOR_DECIMALS), 10**FACTOR_DECIMALS)
        yield Rest(first, following, step.percent, factor, grown)
        factor, first = grown, following


def _compound(law: Law, start: date, until: date, rates: RateTable) -> Iterator[Piece]:
    months = list(rests(law, start, until, rates))
    last_known = months[-1].following if months else start
    if last_known < until:
        _on(steps(law, rates), last_known + timedelta(days=1), law)
    for month in months:
        last = min(until, month.following)
        days = (last - month.first).days
        whole = until >= month.following
        stub = month.factor * days * _day(month.percent)
        yield (
            Step(month.first + timedelta(days=1), last, month.percent),
            days,
            month.grown - month.factor if whole else stub,
            month.grown if whole else month.factor,
        )


def compensation(place: Jurisdiction, debt: Money, start: date) -> Money:
    """The fixed sum for a debt late since the day after `start`; zero where none is known.

    Tiers are in one currency: of a debt in another one only the lowest tier is certain.
    """
    first = start + timedelta(days=1)
    size = debt.major if place.tier_currency in ("", debt.currency) else Decimal(0)
    found: Tier | None = None
    for tier in place.compensation:
        if tier.at_least <= size and tier.valid_from <= first <= tier.valid_until:
            found = tier
    if found is None:
        return zero(debt.currency)
    return Money(int(found.amount.scaleb(exponent(found.currency))), found.currency)


def start_of(law: Law, due_on: date, received_on: date | None) -> date | None:
    """The day after which interest runs; None when it hangs on a receipt that nobody told."""
    if law.start is Start.DUE:
        return due_on
    return None if received_on is None else received_on + timedelta(days=RECEIPT_DAYS)


def claim(
    debt: Debt, place: Jurisdiction | None, rates: RateTable, *, one_rate: OneRate | None = None
) -> Claim:
    """What may be claimed for one invoice. `sql/claims.sql` says the same of a whole book."""
    nothing = zero(debt.currency)
    law, start, why, pays = None, debt.due_on, Why.COUNTRY_UNKNOWN, False
    if place is not None:
        rule = applied(
            place,
            debt.parties,
            debt.due_on,
            contract_percent=debt.contract_percent,
            one_rate=one_rate,
        )
        law, pays, why = rule.law, rule.compensation, rule.why or Why.RULE_UNKNOWN
    if law is not None:
        begins = start_of(law, debt.due_on, debt.received_on)
        if begins is None:
            law, pays, why = None, False, Why.RECEIPT_UNKNOWN
        else:
            start = begins
    late = [part for part in debt.parts if part.until > start]
    if not late:
        return Claim(nothing, nothing, nothing)
    owed = Money(sum(part.amount_minor for part in late), debt.currency)
    fixed = compensation(place, owed, start) if place is not None and pays else nothing
    if law is None:
        return Claim(nothing, fixed, nothing, why)
    try:
        interest, daily = _of_parts(law, debt.currency, late, start, rates, one_rate)
    except Refusal as refusal:
        return Claim(nothing, fixed, nothing, Why(refusal.code.value))
    return Claim(interest, fixed, daily)


def _of_parts(
    law: Law,
    currency: str,
    parts: Sequence[Part],
    start: date,
    rates: RateTable,
    one_rate: OneRate | None,
) -> tuple[Money, Money]:
    """Interest and a day's interest of parts, each rounded once over all of them."""
    total, daily = Fraction(0), Fraction(0)
    # The latest first: of two reasons the question names the one of the later day.
    for part in sorted(parts, key=lambda each: each.until, reverse=True):
        pieces = _pieces(law, start, part.until, rates, one_rate or OneRate.START)
        total += part.amount_minor * _sum(pieces)
        if part.is_open:
            daily += part.amount_minor * _growth(pieces) * _day(pieces[-1][0].percent)
    return Money(half_up(total), currency), Money(half_up(daily), currency)
