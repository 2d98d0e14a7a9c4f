"""Discounts, term ceilings and recommended terms."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.money import Money
from netterms.terms.jurisdictions import jurisdictions
from netterms.terms.offers import (
    Bound,
    Discount,
    Limit,
    allowed_term,
    discount_cost,
    dynamic_discount,
    recommend,
    statutory_limit,
    worth_offering,
)
from netterms.terms.rules import Parties


def two(value):
    return str(round(value, 2))


def test_ex_5_1():
    cost = discount_cost(Discount(Decimal(2), 10, 30))
    assert (two(cost.simple_360), two(cost.simple_365), two(cost.effective)) == (
        "36.73", "37.24", "44.59",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "net", "effective"), [(20, 45, "34.31"), (10, 50, "20.24")], ids=["5_2", "5_3"]
)
def test_ex(days, net, effective):
    assert two(discount_cost(Discount(Decimal(2), days, net)).effective) == effective


def test_a_discount_is_worth_it_when_money_costs_more():
    offer = Discount(Decimal(2), 10, 50)
    assert worth_offering(offer, Decimal(25))
    assert not worth_offering(offer, Decimal(20))


def test_a_dynamic_discount_slides_to_nothing():
    owed, due = Money.of(10000, "EUR"), date(2026, 7, 31)
    off = [
        str(dynamic_discount(owed, due, day, Decimal(12)).major)
        for day in (date(2026, 7, 1), date(2026, 7, 30), due, date(2026, 8, 5))
    ]
    assert off == ["97.67", "3.29", "0.00", "0.00"]


@given(st.integers(1, 10**12), st.integers(0, 4000), st.integers(0, 500))
def test_a_dynamic_discount_lies_between_nothing_and_the_whole(minor, days, percent):
    due = date(2026, 7, 31)
    pay_on = date.fromordinal(due.toordinal() - days)
    off = dynamic_discount(Money(minor, "EUR"), due, pay_on, Decimal(percent)).minor
    assert 0 <= off <= minor
    later = dynamic_discount(Money(minor, "EUR"), due, pay_on + timedelta(days=1), Decimal(percent))
    assert later.minor <= off


@given(st.integers(10**13, 10**15), st.integers(1, 365), st.integers(1, 100))
def test_a_dynamic_discount_costs_the_yearly_rate_of_trm_01_whatever_the_day(minor, days, percent):
    due = date(2026, 7, 31)
    off = dynamic_discount(
        Money(minor, "EUR"), due, due - timedelta(days=days), Decimal(percent)
    ).minor
    share = Decimal(100 * off) / minor
    cost = discount_cost(Discount(share, 0, days)).simple_365
    # Half a cent of rounding is all there is between them.
    assert abs(cost - percent) < Decimal("1e-6")


def test_the_smallest_of_agreed_policy_and_statute_is_allowed():
    france = statutory_limit(jurisdictions()["FR"], Parties())
    assert france == Limit(Bound.STATUTE, 60)
    assert allowed_term(90, 120, france) == (60, Bound.STATUTE)
    assert allowed_term(90, 45, france) == (45, Bound.POLICY)
    assert allowed_term(30, None, None) == (30, Bound.AGREED)


def test_a_statute_for_small_creditors_counts_unless_the_seller_is_none():
    india = jurisdictions()["IN"]
    assert statutory_limit(india, Parties(creditor_small=True)) == Limit(Bound.STATUTE, 45)
    assert statutory_limit(india, Parties()) == Limit(Bound.STATUTE, 45, certain=False)
    assert statutory_limit(india, Parties(creditor_small=False)) is None


def advice(**more):
    asked = {
        "grade": 3, "custom_days": 75, "standard_days": 30, "policy_days": None, "statute": None,
        "cost_of_money": Decimal(9),
    }  # fmt: skip
    return recommend(**asked | more)


def test_what_is_customary_is_cut_by_grade_policy_and_statute():
    assert (advice().days, advice().decided_by) == (60, Bound.GRADE)
    assert (advice(policy_days=50).days, advice(policy_days=50).decided_by) == (50, Bound.POLICY)
    statute = Limit(Bound.STATUTE, 45)
    assert advice(policy_days=50, statute=statute).decided_by is Bound.STATUTE
    assert advice(grade=10).days == 0
    assert advice(grade=None).days == 30
    assert [each.bound for each in advice(statute=statute).limits] == [
        Bound.CUSTOM, Bound.GRADE, Bound.STATUTE,
    ]  # fmt: skip


def test_the_wait_costs_money_and_may_cost_a_tenth_of_the_margin():
    assert two(advice().cost_percent) == "1.48"
    assert advice(cost_of_money=None).cost_percent is None
    thin = advice(margin_percent=Decimal(10))
    assert (thin.days, thin.decided_by) == (40, Bound.COST)
