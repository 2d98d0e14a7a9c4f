"""Instalment plans: the worked examples, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.money import Money
from netterms.terms.schedules import (
    Check,
    Proposal,
    Shape,
    accelerate,
    checks,
    missed,
    needs_consent,
    schedule,
)

START = date(2026, 7, 1)


def plan(shape=Shape.LEVEL):
    return schedule(shape, Money.of(9600, "EUR"), Decimal(8), 6, START)


def test_ex_5_4_level_payment():
    told = [
        tuple(str(money.major) for money in (i.payment, i.interest, i.principal, i.balance))
        for i in plan()
    ]
    assert told == [
        ("1637.54", "64.00", "1573.54", "8026.46"),
        ("1637.54", "53.51", "1584.03", "6442.43"),
        ("1637.54", "42.95", "1594.59", "4847.84"),
        ("1637.54", "32.32", "1605.22", "3242.62"),
        ("1637.54", "21.62", "1615.92", "1626.70"),
        ("1637.54", "10.84", "1626.70", "0.00"),
    ]
    assert sum(i.interest.minor for i in plan()) == 22524
    assert 240000 + sum(i.payment.minor for i in plan()) == 1222524


def test_ex_5_4_equal_principal():
    told = [str(i.interest.major) for i in plan(Shape.EQUAL_PRINCIPAL)]
    assert told == ["65.23", "54.36", "42.08", "32.61", "21.04", "10.87"]


def test_ex_5_5():
    end = date(2026, 6, 29)
    assert not needs_consent(date(2026, 6, 25), end)
    assert needs_consent(date(2026, 6, 30), end)
    assert not needs_consent(date(2026, 6, 30), None)


def test_ex_5_6():
    told = plan()
    paid = Money(sum(i.payment.minor for i in told[:5]), "EUR")
    # Friday 1 January 2027; the fifth business day after it is Friday 8 January.
    assert told[5].due_on == date(2027, 1, 1)
    calendar = BusinessCalendar()
    assert missed(told, paid, date(2027, 1, 8), calendar) == ()
    [late] = missed(told, paid, date(2027, 1, 11), calendar)
    found = accelerate(told, late, date(2027, 1, 11), Decimal(8), country="DE")
    # 1,626.70 at 8 % for the 41 days since 1 December.
    assert (str(found.principal), found.interest_from) == ("1626.70 EUR", date(2026, 12, 1))
    assert str(found.interest) == "14.62 EUR"


def test_no_acceleration_where_the_law_forbids_it():
    told = plan()
    asked = (told, told[0], date(2026, 9, 1), Decimal(8))
    assert accelerate(*asked, country="TH") is None
    assert accelerate(*asked, country="IT").principal == Money.of(9600, "EUR")
    price = Money.of("13100.32", "EUR")
    assert accelerate(*asked, country="IT", retention_price=price) is None
    assert accelerate(*asked, country="IT", retention_price=price - Money(1, "EUR"))


GOOD = Proposal(
    Money.of(12000, "EUR"), Money.of(2400, "EUR"), 6, date(2026, 6, 25), acknowledged=True,
    extension_ends_on=date(2026, 6, 29),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, ()),
        ({"acknowledged": False}, (Check.NO_ACKNOWLEDGMENT,)),
        ({"down_payment": Money.of("1199.99", "EUR")}, (Check.DOWN_PAYMENT_SMALL,)),
        ({"months": 7}, (Check.TENOR_NEEDS_APPROVAL,)),
        ({"months": 13}, (Check.TENOR_TOO_LONG,)),
        ({"last_due_on": date(2026, 6, 30)}, (Check.NEEDS_INSURER_CONSENT,)),
        ({"last_due_on": date(2026, 6, 30), "insurer_consented": True}, ()),
        ({"replans": 1}, ()),
        ({"replans": 2}, (Check.SECOND_REPLAN,)),
    ],
)
def test_what_stands_against_a_plan(change, found):
    assert checks(replace(GOOD, **change)) == found


@settings(deadline=None)
@given(
    st.sampled_from(Shape), st.integers(1, 10**11), st.integers(0, 4000), st.integers(1, 36),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.fractions(0, 1, max_denominator=97),
)  # fmt: skip
def test_a_plan_pays_the_debt_and_nothing_more(shape, minor, hundredths, months, start, share):
    rate, free = Decimal(hundredths) / 100, Money(int(minor * share), "EUR")
    told = schedule(shape, Money(minor, "EUR"), rate, months, start, free=free)
    if minor > free.minor:
        # What bears none changes nothing of the interest on the rest.
        alone = schedule(shape, Money(minor, "EUR") - free, rate, months, start)
        assert [i.interest for i in told] == [i.interest for i in alone]
    assert len(told) == months
    assert sum(i.principal.minor for i in told) == minor
    assert told[-1].balance.minor == 0
    for each in told:
        assert each.payment == each.interest + each.principal
        assert min(each.interest.minor, each.principal.minor, each.balance.minor) >= 0
