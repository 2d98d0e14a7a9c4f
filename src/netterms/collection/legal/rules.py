"""Which legal step, until which day, and whether it pays (COL-05, COL-06, COL-08, COL-09). Pure.

A router for people to decide with, never advice: every route says why, and what is not verified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from netterms.kernel.calendar import BusinessCalendar, add_days, add_months
from netterms.kernel.money import Money, exponent, half_up

# Member states; Regulations 1896/2006 and 861/2007 do not apply in Denmark.
EU = frozenset(
    {
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
        "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    }
)  # fmt: skip
NOT_TAKING_PART = frozenset({"DK"})
# COL-06: without interest and costs, since 2017-07-14.
SMALL_CLAIM = Money(500_000, "EUR")
# COL-05: from the day after service.
DAYS_TO_OPPOSE = 30
WARN_DAYS = (180, 90, 30)


class Step(StrEnum):
    """What may be done for a part of the claim."""

    EUROPEAN_ORDER = "european_order"
    SMALL_CLAIMS = "small_claims"
    NATIONAL_ORDER = "national_order"
    COUNSEL = "counsel"
    LODGE_CLAIM = "lodge_claim"


class Reason(StrEnum):
    """Why a step is proposed."""

    CROSS_BORDER_UNDISPUTED = "cross_border_undisputed"
    CROSS_BORDER_DISPUTED_SMALL = "cross_border_disputed_small"
    CROSS_BORDER_DISPUTED_LARGE = "cross_border_disputed_large"
    EURO_VALUE_UNKNOWN = "euro_value_unknown"
    NOT_TAKING_PART = "not_taking_part"
    SAME_COUNTRY = "same_country"
    NO_ORDER_KNOWN = "no_order_known"
    ORDER_NOT_VERIFIED = "order_not_verified"
    DISPUTED_AT_HOME = "disputed_at_home"
    OUTSIDE_UNION = "outside_union"
    COUNTRY_UNKNOWN = "country_unknown"
    INSOLVENT = "insolvent"
    TIME_BARRED = "time_barred"


@dataclass(frozen=True, slots=True)
class Matter:
    """What the router asks. `order` is the national procedure by name, '' where none is known.

    `disputed_euro` is what is disputed in euro, None where no rate is known.
    """

    seller_country: str
    buyer_country: str
    undisputed: Money
    disputed: Money
    disputed_euro: Money | None = None
    order: str = ""
    order_verified: bool = False
    insolvent: bool = False
    time_barred: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A step for a part of the claim, and why."""

    step: Step
    amount: Money
    disputed: bool
    reasons: tuple[Reason, ...]
    order: str = ""


def routes(matter: Matter) -> tuple[Route, ...]:
    """A route for what is undisputed and one for what is disputed, as far as there is either."""
    found = []
    if matter.undisputed.minor > 0:
        found.append(_route(matter, matter.undisputed, disputed=False))
    if matter.disputed.minor > 0:
        found.append(_route(matter, matter.disputed, disputed=True))
    return tuple(found)


def _route(matter: Matter, amount: Money, *, disputed: bool) -> Route:
    if matter.insolvent:
        return Route(Step.LODGE_CLAIM, amount, disputed, (Reason.INSOLVENT,))
    if matter.time_barred:
        return Route(Step.COUNSEL, amount, disputed, (Reason.TIME_BARRED,))
    if not matter.buyer_country or not matter.seller_country:
        return Route(Step.COUNSEL, amount, disputed, (Reason.COUNTRY_UNKNOWN,))
    if matter.buyer_country == matter.seller_country:
        return _at_home(matter, amount, disputed=disputed)
    if not {matter.buyer_country, matter.seller_country} <= EU:
        return Route(Step.COUNSEL, amount, disputed, (Reason.OUTSIDE_UNION,))
    if {matter.buyer_country, matter.seller_country} & NOT_TAKING_PART:
        return Route(Step.COUNSEL, amount, disputed, (Reason.NOT_TAKING_PART,))
    if not disputed:
        return Route(Step.EUROPEAN_ORDER, amount, False, (Reason.CROSS_BORDER_UNDISPUTED,))
    if matter.disputed_euro is None:
        return Route(Step.COUNSEL, amount, True, (Reason.EURO_VALUE_UNKNOWN,))
    if matter.disputed_euro <= SMALL_CLAIM:
        return Route(Step.SMALL_CLAIMS, amount, True, (Reason.CROSS_BORDER_DISPUTED_SMALL,))
    return Route(Step.COUNSEL, amount, True, (Reason.CROSS_BORDER_DISPUTED_LARGE,))


def _at_home(matter: Matter, amount: Money, *, disputed: bool) -> Route:
    if disputed:
        reasons = (Reason.SAME_COUNTRY, Reason.DISPUTED_AT_HOME)
        return Route(Step.COUNSEL, amount, True, reasons)
    if not matter.order:
        return Route(Step.COUNSEL, amount, False, (Reason.SAME_COUNTRY, Reason.NO_ORDER_KNOWN))
    doubt = () if matter.order_verified else (Reason.ORDER_NOT_VERIFIED,)
    reasons = (Reason.SAME_COUNTRY, *doubt)
    return Route(Step.NATIONAL_ORDER, amount, False, reasons, matter.order)


def last_day_to_oppose(served_on: date, calendar: BusinessCalendar) -> date:
    """COL-05: 30 days from the day after service; a day off moves it to the next working day."""
    return calendar.on_or_after(add_days(served_on, DAYS_TO_OPPOSE))


class Counting(StrEnum):
    """How a limitation period is counted."""

    FROM_DUE = "from_due"
    FROM_YEAR_END = "from_year_end"
    TO_YEAR_END = "to_year_end"


@dataclass(frozen=True, slots=True)
class Limitation:
    """The last day on which a claim is not barred. `warning` is 180, 90 or 30, or None."""

    last_day: date
    days_left: int
    counting: Counting
    warning: int | None

    @property
    def barred(self) -> bool:
        """Whether that day is over."""
        return self.days_left < 0


def counting_of(country: str) -> Counting:
    """How a country counts, from `limitation.json`."""
    told = _limitation()
    for counting in (Counting.FROM_YEAR_END, Counting.TO_YEAR_END):
        if country in told[counting.value]:
            return counting
    return Counting.FROM_DUE


def limitation(country: str, years: int, due_on: date, today: date) -> Limitation:
    """Until when a claim that fell due on `due_on` can be brought; warned of 180, 90, 30 before."""
    counting = counting_of(country)
    start = date(due_on.year, 12, 31) if counting is Counting.FROM_YEAR_END else due_on
    last = add_months(start, 12 * years)
    if counting is Counting.TO_YEAR_END:
        last = date(last.year, 12, 31)
    left = (last - today).days
    reached = [days for days in WARN_DAYS if left <= days]
    return Limitation(last, left, counting, min(reached) if reached and left >= 0 else None)


@cache
def _limitation() -> dict[str, Any]:
    return _data("limitation.json")


@dataclass(frozen=True, slots=True)
class Gate:
    """COL-09: whether a legal step is worth it. `expected` is what is left after costs."""

    expected: Money
    go: bool


def gate(claim: Money, p_recover: Decimal, cost: Money, *, insolvent: bool) -> Gate:
    """Go where chance times claim exceeds the cost that nobody reimburses, and no insolvency."""
    assert 0 <= p_recover <= 1
    gain = half_up(Fraction(p_recover) * claim.minor)
    expected = Money(gain, claim.currency) - cost
    return Gate(expected, expected.minor > 0 and not insolvent)


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What an agency asks of what it collects; `rules` as in `fees.json`."""

    name: str
    title: str
    source: str
    kind: str
    currency: str
    rules: Mapping[str, Any] = field(default_factory=dict)


@cache
def fee_schedules() -> tuple[FeeSchedule, ...]:
    """The published examples (COL-08)."""
    plain = ("name", "title", "source", "kind", "currency")
    return tuple(
        FeeSchedule(
            **{name: told[name] for name in plain},
            rules={name: value for name, value in told.items() if name not in plain},
        )
        for told in _data("fees.json")["schedules"]
    )


def fees_read_on() -> date:
    """The day the examples were read."""
    return date.fromisoformat(_data("fees.json")["read_on"])


def fee(
    schedule: FeeSchedule, collected: Money, age_days: int, *, foreign: bool = False
) -> Money | None:
    """The fee on what was collected of a debt `age_days` old; None where the schedule is silent.

    Limits of a schedule are in its own currency and are taken as they stand for another one.
    """
    whole = Fraction(collected.minor, 10 ** exponent(collected.currency))
    found = {"bracket": _bracket, "tiers": _tiers, "age": _by_age}[schedule.kind](
        schedule.rules, whole, age_days, foreign
    )
    if found is None:
        return None
    return Money(half_up(found * 10 ** exponent(collected.currency)), collected.currency)


def _bracket(
    rules: Mapping[str, Any], whole: Fraction, age: int, _foreign: bool
) -> Fraction | None:
    if age > rules["older_than_days"]:
        return whole * _share(rules["older_percent"])
    for one in rules["brackets"]:
        below = "below" in one and whole < Fraction(one["below"])
        within = "up_to" in one and whole <= Fraction(one["up_to"])
        if below or within or not {"below", "up_to"} & set(one):
            return whole * _share(one["percent"])
    return None


def _tiers(rules: Mapping[str, Any], whole: Fraction, _age: int, _foreign: bool) -> Fraction | None:
    asked, done = Fraction(0), Fraction(0)
    for one in rules["tiers"]:
        until = min(whole, Fraction(one["up_to"])) if "up_to" in one else whole
        asked += (until - done) * _share(one["percent"])
        done = until
    return asked


def _by_age(rules: Mapping[str, Any], whole: Fraction, age: int, foreign: bool) -> Fraction | None:
    if foreign:
        return whole * _share(rules["foreign_percent"])
    if whole < Fraction(rules["small_below"]):
        return whole * _share(rules["small_percent"])
    for one in rules["ages"]:
        if age <= one["up_to_days"]:
            return whole * _share(one["percent"])
    return None


def _share(percent: str) -> Fraction:
    return Fraction(percent) / 100


@cache
def _data(name: str) -> dict[str, Any]:
    text = (files("netterms.collection.legal") / name).read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


class Paper(StrEnum):
    """What a hand-over pack holds (COL-07), in the order of its index."""

    STATEMENT = "statement"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    JOURNAL = "journal"
    INTEREST = "interest"
    CORRESPONDENCE = "correspondence"
    DISPUTES = "disputes"
    PROMISES = "promises"
    DEBTOR = "debtor"
    LIMITATION = "limitation"
    INSURANCE = "insurance"
    CONTRACT = "contract"
    ORDERS = "orders"
    DELIVERY = "delivery"
    GUARANTEES = "guarantees"


# Files that a person has to bring; the book itself holds the others.
BROUGHT = frozenset({Paper.CONTRACT, Paper.ORDERS, Paper.DELIVERY, Paper.GUARANTEES})
# An empty list says something here: none was raised, made or found.
MAY_BE_EMPTY = frozenset({Paper.PAYMENTS, Paper.DISPUTES, Paper.PROMISES, Paper.INSURANCE})


def lacking(there: Mapping[Paper, int]) -> tuple[Paper, ...]:
    """What blocks a hand-over unless a reason is given: papers of which there are none."""
    return tuple(paper for paper in Paper if paper not in MAY_BE_EMPTY and not there.get(paper, 0))
