"""What to offer: a discount for paying early (TRM-01), how long to wait (TRM-02). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from netterms.kernel.money import Money, half_up
from netterms.terms.jurisdictions import Jurisdiction
from netterms.terms.rules import Parties, in_scope

PRECISION = 40
DAYS_A_YEAR = 365
BANKERS_YEAR = 360
# Convention: the weaker the grade, the shorter the wait. Days by grade, 1 the best; 10 has failed.
GRADE_DAYS: Mapping[int, int] = {
    1: 90, 2: 90, 3: 60, 4: 60, 5: 45, 6: 30, 7: 30, 8: 14, 9: 7, 10: 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discount:
    """`percent` off for who pays within `days`; the whole is due after `net_days`."""

    percent: Decimal
    days: int
    net_days: int


@dataclass(frozen=True, slots=True)
class DiscountCost:
    """What a discount costs the seller a year, in percent; unrounded."""

    simple_360: Decimal
    simple_365: Decimal
    effective: Decimal


def discount_cost(offer: Discount) -> DiscountCost:
    """Annualised cost of an early-payment discount (TRM-01).

    Needs 0 < percent < 100 and days < net_days: money given for nothing has no yearly rate.
    """
    assert 0 < offer.percent < 100, offer
    assert offer.days < offer.net_days, offer
    with localcontext() as context:
        context.prec = PRECISION
        share = offer.percent / (100 - offer.percent)
        wait = Decimal(offer.net_days - offer.days)
        return DiscountCost(
            simple_360=100 * share * BANKERS_YEAR / wait,
            simple_365=100 * share * DAYS_A_YEAR / wait,
            effective=100 * ((1 + share) ** (DAYS_A_YEAR / wait) - 1),
        )


def worth_offering(offer: Discount, cost_of_money: Decimal) -> bool:
    """Whether the seller's own money costs more than the discount (TRM-01)."""
    return discount_cost(offer).effective < cost_of_money


def dynamic_discount(amount: Money, due_on: date, pay_on: date, yearly_percent: Decimal) -> Money:
    """What is taken off for payment on `pay_on`: it slides by the day and is none on the due date.

    Whatever the day, it costs the seller `yearly_percent` by TRM-01: off ÷ paid × 365 ÷ days. So
    off = amount × rt ÷ (1 + rt), rounded half-up once; never more than the amount.
    """
    days = max(0, (due_on - pay_on).days)
    growth = Fraction(yearly_percent) / 100 * days / DAYS_A_YEAR
    return Money(half_up(amount.minor * growth / (1 + growth)), amount.currency)


class Bound(StrEnum):
    """What a number of days comes from."""

    AGREED = "agreed"
    STANDARD = "standard"
    CUSTOM = "custom"
    GRADE = "grade"
    POLICY = "policy"
    STATUTE = "statute"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Limit:
    """`days` at most, because of `bound`. `certain` is False for a statute nobody checked, or
    whose scope is not proven.
    """

    bound: Bound
    days: int
    certain: bool = True


def statutory_limit(place: Jurisdiction | None, parties: Parties) -> Limit | None:
    """The longest term the buyer's country allows; None where none is known, or it is not for
    these parties. An unproven scope counts as met: the shorter term is safe.
    """
    if place is None or place.max_term_days is None:
        return None
    met = in_scope(place.max_term_scope, parties)
    if met is False:
        return None
    return Limit(Bound.STATUTE, place.max_term_days, certain=bool(met))


def allowed_term(
    agreed_days: int, policy_days: int | None, statute: Limit | None
) -> tuple[int, Bound]:
    """TRM-02: the smallest of agreed, the policy's longest credit period, and the statute's."""
    limits = [Limit(Bound.AGREED, agreed_days)]
    if policy_days is not None:
        limits.append(Limit(Bound.POLICY, policy_days))
    if statute is not None:
        limits.append(statute)
    smallest = min(limits, key=lambda each: each.days)
    return smallest.days, smallest.bound


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A term in days, what decided it, all bounds looked at, and what the wait costs.

    `cost_percent` is the cost of money of these days in percent of the invoice, None when unknown.
    """

    days: int
    decided_by: Bound
    limits: tuple[Limit, ...]
    cost_percent: Decimal | None


def recommend(
    *,
    grade: int | None,
    custom_days: int | None,
    standard_days: int,
    policy_days: int | None,
    statute: Limit | None,
    cost_of_money: Decimal | None,
    margin_percent: Decimal | None = None,
) -> Recommendation:
    """A term for one buyer (convention): what is customary, cut by grade, policy and statute.

    Where the margin of a sale is known, the wait may not cost more than a tenth of it. A buyer
    without a grade is given the standard term at most.
    """
    if custom_days is None:
        limits = [Limit(Bound.STANDARD, standard_days)]
    else:
        limits = [Limit(Bound.CUSTOM, custom_days)]
    if grade is not None:
        limits.append(Limit(Bound.GRADE, GRADE_DAYS[grade]))
    elif custom_days is not None:
        limits.append(Limit(Bound.STANDARD, standard_days))
    if policy_days is not None:
        limits.append(Limit(Bound.POLICY, policy_days))
    if statute is not None:
        limits.append(statute)
    if cost_of_money and margin_percent is not None:
        affordable = margin_percent / 10 / cost_of_money * DAYS_A_YEAR
        limits.append(Limit(Bound.COST, int(affordable)))
    smallest = min(limits, key=lambda each: each.days)
    cost = None if cost_of_money is None else cost_of_money * smallest.days / DAYS_A_YEAR
    return Recommendation(smallest.days, smallest.bound, tuple(limits), cost)
