"""The legal router, limitation, fees and the gate of costs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.collection.legal.rules import (
    EU,
    Counting,
    Matter,
    Paper,
    Reason,
    Step,
    fee,
    fee_schedules,
    fees_read_on,
    gate,
    lacking,
    last_day_to_oppose,
    limitation,
    routes,
)
from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.money import Money


def euro(minor):
    return Money(minor, "EUR")


def matter(seller="DE", buyer="FR", undisputed=1_000_000, disputed=0, **more):
    more.setdefault("disputed_euro", euro(disputed))
    return Matter(seller, buyer, euro(undisputed), euro(disputed), **more)


def the_route(**told):
    [found] = routes(matter(**told))
    return found.step, found.reasons


def test_across_borders_in_the_union_what_is_undisputed_goes_to_the_european_order():
    assert the_route() == (Step.EUROPEAN_ORDER, (Reason.CROSS_BORDER_UNDISPUTED,))


@pytest.mark.parametrize(("minor", "step"), [(500_000, Step.SMALL_CLAIMS), (500_001, Step.COUNSEL)])
def test_what_is_disputed_goes_to_small_claims_up_to_5000_euro(minor, step):
    assert the_route(undisputed=0, disputed=minor)[0] is step


def test_a_claim_in_part_disputed_has_two_routes():
    found = routes(matter(disputed=300_000))
    assert [(route.step, route.amount, route.disputed) for route in found] == [
        (Step.EUROPEAN_ORDER, euro(1_000_000), False),
        (Step.SMALL_CLAIMS, euro(300_000), True),
    ]


def test_without_a_rate_to_the_euro_nobody_guesses():
    told = {"undisputed": 0, "disputed": 100, "disputed_euro": None}
    assert the_route(**told) == (Step.COUNSEL, (Reason.EURO_VALUE_UNKNOWN,))


@pytest.mark.parametrize(("seller", "buyer"), [("DK", "DE"), ("DE", "DK")])
def test_denmark_takes_no_part(seller, buyer):
    told = {"seller": seller, "buyer": buyer}
    assert the_route(**told) == (Step.COUNSEL, (Reason.NOT_TAKING_PART,))


def test_at_home_the_national_order_and_counsel_where_there_is_none_or_it_is_disputed():
    home = {"buyer": "DE", "order": "Mahnverfahren"}
    assert the_route(**home, order_verified=True) == (
        Step.NATIONAL_ORDER, (Reason.SAME_COUNTRY,),
    )  # fmt: skip
    assert the_route(**home)[1] == (Reason.SAME_COUNTRY, Reason.ORDER_NOT_VERIFIED)
    assert the_route(buyer="DE")[1] == (Reason.SAME_COUNTRY, Reason.NO_ORDER_KNOWN)
    assert the_route(**home, undisputed=0, disputed=5)[1] == (
        Reason.SAME_COUNTRY, Reason.DISPUTED_AT_HOME,
    )  # fmt: skip


def test_elsewhere_counsel():
    assert the_route(buyer="CN") == (Step.COUNSEL, (Reason.OUTSIDE_UNION,))
    assert the_route(buyer="") == (Step.COUNSEL, (Reason.COUNTRY_UNKNOWN,))


def test_insolvency_and_limitation_come_before_every_court():
    assert the_route(insolvent=True, time_barred=True)[0] is Step.LODGE_CLAIM
    assert the_route(time_barred=True) == (Step.COUNSEL, (Reason.TIME_BARRED,))


@given(st.sampled_from(sorted(EU | {"CN", "US", ""})), st.sampled_from(sorted(EU | {"GB"})),
       st.integers(0, 10**9), st.integers(0, 10**9))  # fmt: skip
def test_every_part_has_one_route_with_a_reason(buyer, seller, undisputed, disputed):
    found = routes(matter(seller, buyer, undisputed, disputed))
    assert sum(route.amount.minor for route in found) == undisputed + disputed
    assert all(route.reasons for route in found)
    assert len(found) == (undisputed > 0) + (disputed > 0)


def test_ex_6_3_the_last_day_to_oppose_an_order_served_on_2026_09_10():
    assert date(2026, 9, 10) + timedelta(days=30) == date(2026, 10, 10)
    assert last_day_to_oppose(date(2026, 9, 10), BusinessCalendar()) == date(2026, 10, 12)
    holiday = BusinessCalendar(closed=frozenset({date(2026, 10, 12)}))
    assert last_day_to_oppose(date(2026, 9, 10), holiday) == date(2026, 10, 13)


@pytest.mark.parametrize(
    ("country", "due", "last", "counting"),
    [
        ("FR", date(2021, 3, 31), date(2026, 3, 31), Counting.FROM_DUE),
        # German periods run from the end of the year.
        ("DE", date(2023, 1, 5), date(2028, 12, 31), Counting.FROM_YEAR_END),
        ("PL", date(2023, 1, 5), date(2028, 12, 31), Counting.TO_YEAR_END),
    ],
)
def test_the_last_day_of_limitation(country, due, last, counting):
    found = limitation(country, 5, due, date(2026, 1, 1))
    assert (found.last_day, found.counting) == (last, counting)


@pytest.mark.parametrize(
    ("left", "warning"),
    [(181, None), (180, 180), (91, 180), (90, 90), (31, 90), (30, 30), (0, 30), (-1, None)],
)
def test_limitation_warns_180_90_and_30_days_before(left, warning):
    last = date(2026, 3, 31)
    found = limitation("FR", 5, date(2021, 3, 31), last - timedelta(days=left))
    assert (found.warning, found.barred) == (warning, left < 0)


def test_a_due_day_in_a_leap_year_ends_on_a_day_that_exists():
    assert limitation("FR", 5, date(2024, 2, 29), date(2026, 1, 1)).last_day == date(2029, 2, 28)


def by_name(name):
    return next(one for one in fee_schedules() if one.name == name)


@pytest.mark.parametrize(
    ("name", "age", "expected"),
    [("nacm_tampa", 90, 100_000), ("msccm", 90, 109_000), ("stevens_ricci", 150, 125_000)],
)
def test_ex_6_4_fees_on_5000_collected(name, age, expected):
    assert fee(by_name(name), Money(500_000, "USD"), age) == Money(expected, "USD")


@pytest.mark.parametrize(
    ("name", "minor", "age", "foreign", "expected"),
    [
        ("nacm_tampa", 29_999, 1, False, 15_000),
        ("nacm_tampa", 30_000, 1, False, 8_400),
        ("nacm_tampa", 200_000, 1, False, 56_000),
        ("nacm_tampa", 200_001, 1, False, 40_000),
        ("nacm_tampa", 500_000, 366, False, 250_000),
        ("msccm", 20_000, 1, False, 10_000),
        ("stevens_ricci", 100_000, 120, False, 20_000),
        ("stevens_ricci", 100_000, 121, False, 25_000),
        ("stevens_ricci", 100_000, 730, False, 30_000),
        ("stevens_ricci", 99_999, 1, False, 35_000),
        ("stevens_ricci", 500_000, 1, True, 175_000),
    ],
)
def test_the_edges_of_fees(name, minor, age, foreign, expected):
    assert fee(by_name(name), Money(minor, "USD"), age, foreign=foreign).minor == expected


def test_where_a_schedule_is_silent_no_fee_is_made_up():
    assert fee(by_name("stevens_ricci"), Money(500_000, "USD"), 731) is None


def test_fees_are_dated_and_have_a_source():
    assert fees_read_on() == date(2026, 11, 23)
    assert all(one.source.startswith("http") for one in fee_schedules())


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(0, 700))
def test_a_tiered_fee_never_falls_with_more_collected(one, other, age):
    low, high = sorted((one, other))
    schedule = by_name("msccm")
    assert fee(schedule, Money(low, "USD"), age) <= fee(schedule, Money(high, "USD"), age)


def test_the_gate_asks_for_more_than_the_cost():
    claim, cost = euro(1_000_000), euro(200_000)
    assert gate(claim, Decimal("0.2"), cost, insolvent=False).go is False
    found = gate(claim, Decimal("0.21"), cost, insolvent=False)
    assert (found.expected, found.go) == (euro(10_000), True)
    assert gate(claim, Decimal(1), cost, insolvent=True).go is False


def test_a_pack_lacks_what_there_is_none_of():
    full = dict.fromkeys(Paper, 1)
    assert lacking(full) == ()
    assert lacking(full | {Paper.CONTRACT: 0}) == (Paper.CONTRACT,)
    assert lacking(full | {Paper.DISPUTES: 0, Paper.PROMISES: 0}) == ()
    assert Paper.DELIVERY in lacking({})
