"""Late interest and compensation: the worked examples, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.terms.jurisdictions import (
    Cell,
    Floor,
    Law,
    Reset,
    Scope,
    Standing,
    jurisdictions,
    series_names,
    shipped_rates,
)
from netterms.terms.rates import table
from netterms.terms.rules import (
    Debt,
    Method,
    OneRate,
    Part,
    Parties,
    Why,
    applied,
    claim,
    compensation,
    late_interest,
    start_of,
)
from tests.rules.terms.rates import RATES, rate

PLACES = jurisdictions()
PROVEN = Parties(creditor_small=True, debtor_large=True)
DUE_ON = date(2026, 1, 31)


def law(country, parties=PROVEN, **more):
    found = applied(PLACES[country], parties, DUE_ON, **more).law
    assert found is not None
    return found


def interest(country, amount, currency, start, until, rates=RATES, **more):
    start, until = date.fromisoformat(start), date.fromisoformat(until)
    return late_interest(law(country), Money.of(amount, currency), start, until, rates, **more)


def days(country, amount, currency, count, rates=RATES, start="2026-02-01", **more):
    first = date.fromisoformat(start)
    until = first + timedelta(days=count)
    return interest(country, amount, currency, start, until.isoformat(), rates, **more)


def fixed(country, amount, start="2026-02-01"):
    place = PLACES[country]
    return str(compensation(place, amount, date.fromisoformat(start)))


def base(percent):
    return table([rate("GB_BASE", "2025-12-31", percent)])


def test_ex_2_1_exact_and_by_rounded_days():
    told = base("0.5")
    assert str(days("GB", 1000, "GBP", 50, told).total) == "11.64 GBP"
    assert str(days("GB", 1000, "GBP", 50, told, method=Method.DAILY).total) == "11.50 GBP"
    assert str(days("GB", 1000, "GBP", 50, told).daily) == "0.23 GBP"


def test_ex_2_2():
    assert str(days("GB", 1000, "GBP", 60, base("0.25")).total) == "13.56 GBP"


def test_ex_2_3():
    found = interest("GB", 12500, "GBP", "2026-03-31", "2026-06-09")
    assert [(line.days, line.percent) for line in found.lines] == [(70, Decimal("11.75"))]
    assert str(found.total) == "281.68 GBP"
    # What the base rate does after 31 December counts for the next half-year alone.
    later = ("2026-01-01", "4.00"), ("2026-05-01", "5.00")
    told = table([rate("GB_BASE", *one) for one in (("2025-12-31", "3.75"), *later)])
    assert interest("GB", 12500, "GBP", "2026-03-31", "2026-06-09", told) == found
    assert fixed("GB", Money.of(12500, "GBP")) == "100.00 GBP"


@pytest.mark.parametrize(
    ("amount", "fixed_sum"), [("999.99", 40), ("1000", 70), ("9999.99", 70), ("10000", 100)]
)
def test_ex_2_4(amount, fixed_sum):
    assert fixed("GB", Money.of(amount, "GBP")) == f"{fixed_sum}.00 GBP"


def test_ex_2_5():
    found = interest("IT", 10000, "EUR", "2026-05-15", "2026-08-13")
    told = [(line.days, str(line.percent), str(line.amount.major)) for line in found.lines]
    assert told == [(46, "10.15", "127.92"), (44, "10.40", "125.37")]
    assert str(found.total) == "253.29 EUR"
    assert fixed("IT", Money.of(10000, "EUR")) == "40.00 EUR"


def test_ex_2_6():
    stays = replace(law("IT"), kind=Reset.FIXED_AT_DEFAULT_HALF)
    found = late_interest(
        stays, Money.of(10000, "EUR"), date(2026, 5, 15), date(2026, 8, 13), RATES
    )
    assert str(found.total) == "250.27 EUR"


def test_ex_2_7():
    found = days("FR", 20000, "EUR", 45, start="2026-07-10")
    assert (found.percent, str(found.total)) == (Decimal("12.40"), "305.75 EUR")
    assert fixed("FR", Money.of(20000, "EUR")) == "40.00 EUR"


def test_ex_2_8():
    assert str(days("DE", 10000, "EUR", 30).total) == "84.41 EUR"
    assert fixed("DE", Money.of(10000, "EUR")) == "40.00 EUR"


def test_ex_2_9():
    assert str(days("CN", 100000, "CNY", 45).total) == "2250.00 CNY"


@pytest.mark.parametrize(("multiple", "total"), [("1.5", "554.79"), ("1.3", "480.82")])
def test_ex_2_10(multiple, total):
    court = Law(Reset.FIXED_AT_START, Decimal(0), "CN_LPR_1Y", Decimal(multiple))
    found = late_interest(
        court, Money.of(100000, "CNY"), date(2026, 2, 1), date(2026, 3, 18), RATES
    )
    assert str(found.total) == f"{total} CNY"


def test_ex_2_11():
    found = interest("IN", 1000000, "INR", "2026-02-01", "2026-05-01")
    assert str(found.total) == "51484.10 INR"
    balances = [str(interest("IN", 1000000, "INR", "2026-02-01", day).total.major)
                for day in ("2026-03-01", "2026-04-01")]  # fmt: skip
    assert balances == ["16875.00", "34034.77"]


def test_ex_2_12():
    told = table([rate("IN_BANK", "2026-01-01", "6.75"), rate("IN_BANK", "2026-02-15", "6.50")])
    found = interest("IN", 1000000, "INR", "2026-02-01", "2026-05-01", told)
    assert str(found.total) == "50191.96 INR"


def test_ex_2_13():
    start = start_of(law("JP"), date(2026, 3, 31), date(2026, 2, 1))
    assert start == date(2026, 4, 2)
    found = late_interest(law("JP"), Money(2000000, "JPY"), start, date(2026, 5, 2), RATES)
    assert (found.lines[0].days, found.total) == (30, Money(24000, "JPY"))


def test_ex_2_14():
    assert str(days("TR", 500000, "TRY", 60).total) == "35342.47 TRY"
    assert fixed("TR", Money.of(500000, "TRY")) == "2020.00 TRY"
    assert fixed("TR", Money.of(500000, "TRY"), "2025-03-01") == "0.00 TRY"


def test_ex_2_15_the_rate_at_the_start_stays():
    told = table([rate("ZA_REPO", "2026-01-01", "7.5"), rate("ZA_REPO", "2026-03-01", "7")])
    assert str(days("ZA", 250000, "ZAR", 90, told).total) == "6780.82 ZAR"


def test_ex_2_16_a_missed_instalment_bears_interest_and_nothing_else_of_the_plan():
    assert law("TH").instalment_only
    assert str(days("TH", 50000, "THB", 30).total) == "205.48 THB"


@pytest.mark.parametrize(
    ("country", "amount", "currency", "count", "total"),
    [
        ("CH", 20000, "CHF", 73, "200.00"),
        ("KR", 10000000, "KRW", 90, "147945"),
        ("MX", 100000, "MXN", 30, "493.15"),
    ],
)
def test_ex_2_17_to_2_19(country, amount, currency, count, total):
    assert str(days(country, amount, currency, count).total.major) == total


@pytest.mark.parametrize(
    ("amount", "fixed_sum"), [("5000.00", 40), ("5000.01", 70), ("49999.99", 70), ("50000.00", 100)]
)
def test_ex_2_20(amount, fixed_sum):
    assert fixed("PL", Money.of(amount, "PLN")) == f"{fixed_sum}.00 EUR"


@pytest.mark.parametrize("contract", [None, Decimal(12)])
def test_ex_2_21(contract):
    owed = debt("SA", "SAR", 10_000, contract_percent=contract)
    found = claim(owed, PLACES["SA"], RATES)
    assert (found.interest.minor, found.daily.minor, found.why) == (0, 0, Why.NOT_ENFORCEABLE)


def debt(country, currency, minor, parties=PROVEN, **more):
    parts = (Part(minor, date(2026, 6, 1)),)
    return Debt(country, currency, date(2026, 3, 1), parts, parties, **more)


def said(country, currency, parties=PROVEN, minor=1_000_000, **more):
    owed = debt(country, currency, minor, parties, **more)
    return claim(owed, PLACES.get(country), RATES)


@pytest.mark.parametrize("country", ["CN", "IN", "JP"])
def test_without_proof_of_who_the_parties_are_no_interest_is_named(country):
    found = said(country, "USD", Parties())
    assert (found.interest.minor, found.why) == (0, Why.SCOPE_UNPROVEN)


def test_between_other_parties_china_and_india_have_no_rule_and_japan_its_general_one():
    other = Parties(creditor_small=False, debtor_large=False)
    assert said("CN", "CNY", other).why is Why.SCOPE_NOT_MET
    assert said("IN", "INR", other).why is Why.SCOPE_NOT_MET
    found = said("JP", "JPY", other)
    assert (found.why, found.interest) == (None, Money(7562, "JPY"))


def test_japan_waits_for_the_day_of_receipt():
    assert said("JP", "JPY").why is Why.RECEIPT_UNKNOWN


def test_an_agreed_rate_counts_unless_the_statute_overrides_it():
    eight = Decimal(8)
    assert said("DE", "EUR", contract_percent=eight).interest == Money(20164, "EUR")
    assert said("US", "USD", contract_percent=eight).interest == Money(20164, "USD")
    statute = said("IN", "INR")
    assert said("IN", "INR", contract_percent=eight) == statute
    assert statute.interest.minor > 0


def test_an_agreed_rate_below_the_floor_is_raised_to_it_and_above_a_cap_cut():
    assert applied(PLACES["FR"], PROVEN, DUE_ON, contract_percent=Decimal(1)).law.floor == Floor(
        "FR_LEGAL", Decimal(3)
    )
    three_times = said("FR", "EUR", contract_percent=Decimal("7.86"))
    assert said("FR", "EUR", contract_percent=Decimal(1)) == three_times
    assert said("FR", "EUR", contract_percent=Decimal(9)).interest > three_times.interest
    assert said("EG", "EGP", contract_percent=Decimal(9)) == said(
        "EG", "EGP", contract_percent=Decimal(7)
    )


def test_who_agreed_on_interest_has_no_statutory_compensation_in_the_united_kingdom():
    assert said("GB", "GBP").compensation == Money.of(100, "GBP")
    assert said("GB", "GBP", contract_percent=Decimal(8)).compensation.minor == 0
    assert said("DE", "EUR", contract_percent=Decimal(8)).compensation == Money.of(40, "EUR")


def test_ireland_needs_a_choice_and_both_readings_are_there():
    owed = Debt("IE", "EUR", date(2026, 6, 1), (Part(1_000_000, date(2026, 8, 1)),))
    place = PLACES["IE"]
    unsaid = claim(owed, place, RATES)
    assert (unsaid.why, unsaid.compensation) == (Why.CHOICE_NEEDED, Money.of(40, "EUR"))
    start = claim(owed, place, RATES, one_rate=OneRate.START).interest
    assert start == Money(16963, "EUR")  # 61 days at 10.15
    end = claim(owed, place, RATES, one_rate=OneRate.END).interest
    assert end == Money(17381, "EUR")  # 61 days at 10.40


def test_no_rate_beyond_the_last_known_date():
    told = table(shipped_rates())
    assert interest("IT", 100, "EUR", "2026-06-01", "2026-06-30", told).total.minor == 81
    with pytest.raises(Refusal) as past:
        interest("IT", 100, "EUR", "2026-06-01", "2026-07-01", told)
    assert past.value.code is Code.RATE_PAST_LAST_DATE
    assert past.value.facts["last_day"] == date(2026, 6, 30)
    with pytest.raises(Refusal) as early:
        interest("IT", 100, "EUR", "2019-01-01", "2019-12-01", told)
    assert early.value.code is Code.RATE_BEFORE_FIRST_DATE
    with pytest.raises(Refusal) as none:
        interest("GB", 100, "GBP", "2026-01-01", "2026-02-01", told)
    assert none.value.code is Code.RATE_MISSING


def test_a_fixed_sum_is_due_though_the_rate_is_not_known():
    owed = Debt("DE", "EUR", date(2028, 1, 1), (Part(100, date(2028, 2, 1)),))
    found = claim(owed, PLACES["DE"], RATES)
    assert (found.why, str(found.compensation)) == (Why.RATE_PAST_LAST_DATE, "40.00 EUR")


def test_only_the_lowest_tier_is_certain_in_another_currency():
    assert fixed("GB", Money.of(50000, "EUR")) == "40.00 GBP"


def test_a_debt_paid_in_parts_bears_interest_on_what_was_open():
    parts = (Part(400_000, date(2026, 3, 31), is_open=False), Part(600_000, date(2026, 5, 30)))
    owed = Debt("IT", "EUR", date(2026, 3, 1), parts)
    found = claim(owed, PLACES["IT"], RATES)
    # 4,000 for 30 days and 6,000 for 90 days at 10.15 %; a day more is of the 6,000.
    assert (found.interest.minor, found.daily.minor) == (18353, 167)


def test_paid_on_the_due_date_is_not_late():
    owed = Debt("IT", "EUR", date(2026, 3, 1), (Part(100, date(2026, 3, 1), is_open=False),))
    found = claim(owed, PLACES["IT"], RATES)
    assert (found.interest.minor, found.compensation.minor, found.why) == (0, 0, None)


def test_what_nobody_read_is_unverified():
    assert PLACES["DE"].standing(Cell.MARGIN) is Standing.CHECKED
    assert PLACES["DE"].standing(Cell.LIMITATION) is Standing.UNVERIFIED
    assert PLACES["CA"].standing(Cell.INTEREST) is Standing.PARTLY
    assert not any(
        place.standing(cell) is Standing.CHECKED for cell in Cell for place in (PLACES["HR"],)
    )


def test_a_law_counts_for_invoices_late_from_its_first_day_on():
    def due(country, day):
        owed = replace(debt(country, "EUR", 1_000_000), due_on=date.fromisoformat(day))
        return claim(replace(owed, received_on=owed.due_on), PLACES[country], RATES)

    for country, last, first in (
        ("BG", "2025-12-30", "2025-12-31"),
        ("CN", "2025-05-30", "2025-05-31"),
        ("JP", "2025-12-30", "2025-12-31"),
    ):
        before = due(country, last)
        assert (before.why, before.interest.minor) == (Why.NOT_IN_FORCE, 0), country
        assert due(country, first).why is None, country
    assert due("BG", "2025-12-30").compensation == Money.of(40, "EUR")


def test_a_bill_changes_nothing_until_its_law_is_entered_with_a_day():
    place = PLACES["GB"]
    (bill,) = place.bills
    assert (bill.introduced_on, bill.earliest_year) == (date(2026, 5, 19), 2027)
    before = said("GB", "GBP", contract_percent=Decimal(8))
    assert before == claim(
        debt("GB", "GBP", 1_000_000, contract_percent=Decimal(8)), replace(place, bills=()), RATES
    )
    assert before.compensation.minor == 0
    # This is all that a reform takes: the new law with its first day, the old one with its last.
    (old,) = place.laws
    new = replace(old, overrides_contract=True, valid_from=date(2026, 3, 2))
    switched = replace(place, laws=(new, replace(old, valid_until=date(2026, 3, 1))))
    rule = applied(switched, PROVEN, date(2026, 3, 1), contract_percent=Decimal(8))
    assert rule.law is new
    rule = applied(switched, PROVEN, date(2026, 2, 28), contract_percent=Decimal(8))
    assert rule.by_contract


def test_every_country_has_a_rule_or_says_why_not():
    assert len(PLACES) == 92
    for place in PLACES.values():
        assert bool(place.laws) != bool(place.refused), place.country
        found = applied(place, PROVEN, DUE_ON, one_rate=OneRate.START)
        assert (found.law is None) == (found.why is not None)
    assert {law.kind for place in PLACES.values() for law in place.laws} == set(Reset)
    assert {Scope.SMALL_CREDITOR, Scope.SMALL_CREDITOR_LARGE_DEBTOR} <= {
        law.scope for place in PLACES.values() for law in place.laws
    }
    assert {rate.series for rate in shipped_rates()} <= set(series_names())


SIMPLE = ("IT", "DE", "FR", "CZ", "CH", "ZA", "TR", "KR")
DUE = st.dates(date(2026, 1, 2), date(2026, 9, 1))


@given(
    st.sampled_from(SIMPLE), st.integers(1, 10**12), DUE, st.integers(0, 200), st.integers(0, 99)
)
def test_interest_is_additive_over_sub_periods(country, minor, start, first, more):
    """For simple kinds: what grew until a day and what grew after it are what grew in all."""
    rule, middle = law(country), start + timedelta(days=first)
    until = min(middle + timedelta(days=more), date(2026, 12, 31))
    middle = min(middle, until)
    if rule.kind is not Reset.FLOAT_HALF_YEAR:
        # A rate fixed at the start would be another one for a second part of its own.
        rule = Law(Reset.FIXED_AT_START, Decimal("7.5"))
    whole = late_interest(rule, Money(minor, "EUR"), start, until, RATES).total.minor
    parts = [
        late_interest(rule, Money(minor, "EUR"), *span, RATES).total.minor
        for span in ((start, middle), (middle, until))
    ]
    # Each total is rounded once.
    assert abs(whole - sum(parts)) <= 1


@given(
    st.sampled_from((*SIMPLE, "IN", "GB", "NO")), st.integers(1, 10**11), DUE,
    st.integers(1, 300), st.integers(1, 60),
)  # fmt: skip
def test_interest_never_shrinks_with_time(country, minor, start, first, more):
    rule = law(country)
    told = table([*shipped_rates(), *(rate(name, "2026-01-01", "2") for name in series_names())])
    if rule.kind is Reset.PRIOR_HALF_END:
        told = base("3.75")
    until = min(start + timedelta(days=first), date(2026, 12, 1))
    later = min(until + timedelta(days=more), date(2026, 12, 31))
    totals = [
        late_interest(rule, Money(minor, "EUR"), start, day, told).total.minor
        for day in (until, later)
    ]
    assert 0 <= totals[0] <= totals[1]
