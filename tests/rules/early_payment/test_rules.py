"""What is offered for paying early, by the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.early_payment.rules import (
    Brought,
    Debt,
    Hindrance,
    Offer,
    Policy,
    Step,
    dso_days,
    yearly_cost,
)
from netterms.kernel.money import Money
from netterms.terms.offers import Discount, discount_cost

TODAY, DUE = date(2026, 7, 1), date(2026, 7, 31)
POLICY = Policy(offered=True, yearly_percent=Decimal(12), least_minor=0)


def debt(minor: int = 1_000_000, due_on: date = DUE, **more: object) -> Debt:
    told = Debt(uuid4(), uuid4(), "Buyer", "INV-1", due_on, Money(minor, "EUR"), Decimal(1))
    return replace(told, **more)


def offer(*debts: Debt, left: int | None = None, **policy: object) -> Offer:
    return Offer(replace(POLICY, **policy), TODAY, left, debts)


def test_a_sliding_scale_from_today_to_the_last_day_that_is_early_enough():
    one = debt()
    scale = offer(one).scale(one)
    assert [step.pay_by for step in scale] == [TODAY + timedelta(days=n) for n in range(26)]
    # 12 % over 30 days: 10,000.00 ÷ (1 + 0.12 × 30 ÷ 365).
    assert scale[0].pay == Money(990_233, "EUR")
    assert scale[-1].days == 5


def test_days_beyond_the_most_give_no_more():
    far = debt(due_on=TODAY + timedelta(days=90))
    scale = offer(far, most_days=60).scale(far)
    assert len({step.off for step in scale[:31]}) == 1
    assert scale[31].off < scale[30].off


@pytest.mark.parametrize(
    ("pay_by", "policy", "one", "why"),
    [
        (TODAY, {"offered": False}, {}, Hindrance.OFF),
        (TODAY, {}, {"hindrance": Hindrance.DISPUTED}, Hindrance.DISPUTED),
        (TODAY, {}, {"rate": None}, Hindrance.RATE),
        (TODAY - timedelta(days=1), {}, {}, Hindrance.DAY),
        (DUE - timedelta(days=4), {}, {}, Hindrance.DAY),
        (TODAY, {"least_minor": 9_768}, {}, Hindrance.TOO_SMALL),
        (TODAY, {}, {"open": Money(1, "EUR")}, Hindrance.TOO_SMALL),
    ],
)
def test_why_nothing_is_offered(pay_by, policy, one, why):
    told = debt(**one)
    assert offer(told, **policy).step(told, pay_by) is why


def test_the_budget_goes_to_those_first_in_line():
    first, second = debt(), debt(2_000_000)
    assert [step.debt for step in offer(first, second, left=20_000).on(TODAY)] == [first]
    assert offer(second, left=19_532).step(second, TODAY) is Hindrance.BUDGET
    assert isinstance(offer(second, left=19_533).step(second, TODAY), Step)


def test_what_is_worth_it_is_measured_in_the_sellers_currency():
    yen = debt(open=Money(1_000_000, "JPY"), rate=Decimal("0.6"))
    step = offer(yen).step(yen, TODAY)
    assert isinstance(step, Step)
    assert (step.off, step.home_minor) == (Money(9_767, "JPY"), 5_860)


@settings(deadline=None)
@given(
    st.integers(1, 10**12),
    st.integers(1, 120),
    st.decimals("0.001", 100, places=3),
    st.integers(1, 90),
    st.integers(1, 365),
)
def test_who_pays_later_never_pays_less_and_nobody_more_than_it_owes(
    minor, wait, percent, least, most
):
    one = debt(minor, TODAY + timedelta(days=wait))
    scale = offer(one, yearly_percent=percent, least_days=least, most_days=max(least, most)).scale(
        one
    )
    pays = [step.pay.minor for step in scale]
    assert pays == sorted(pays)
    assert all(0 < pay < minor for pay in pays)
    assert all(step.days >= least for step in scale)


@given(st.integers(10**6, 10**12), st.integers(1, 10**5), st.integers(1, 365))
def test_the_cost_of_one_discount_is_trm_01(owed, off, days):
    cost = yearly_cost([Brought(owed, owed - off, days)])
    simple = discount_cost(Discount(Decimal(100 * off) / owed, 0, days)).simple_365
    assert cost is not None
    assert abs(cost - simple) < Decimal("1e-9")


def test_the_cost_of_many_weighs_money_by_the_days_it_came_early():
    taken = [Brought(10_000, 9_900, 30), Brought(10_000, 9_950, 10)]
    # 150 ÷ (9,900 × 30 + 9,950 × 10) × 365.
    assert round(yearly_cost(taken) or 0, 4) == Decimal("13.8083")
    assert yearly_cost([]) is None
    # 10,000 × 40 days less outstanding, of sales of 100,000.
    assert dso_days(taken, 100_000) == 4
    assert dso_days(taken, 0) is None
