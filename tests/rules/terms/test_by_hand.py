"""Late interest of sixteen countries, day by day with fractions and nothing of the project.

The rate of every single day is written down here as the law's reset gives it (LAW-01); the project
has to come to the same cent, and has to refuse the first day that no rate is known for.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from netterms.kernel.money import Money, exponent
from netterms.terms.jurisdictions import jurisdictions
from netterms.terms.rates import table
from netterms.terms.rules import Debt, OneRate, Part, Parties, Why, claim
from tests.rules.terms.rates import rate

KNOWN_UNTIL = date(2026, 12, 31)
PLACES = jurisdictions()
PROVEN = Parties(creditor_small=True, debtor_large=True)
OTHERS = Parties(creditor_small=False, debtor_large=False)


def changes(series, *points):
    """The dated table of a reference as a central bank publishes it."""
    return [rate(series, day, str(percent), KNOWN_UNTIL) for day, percent in points]


def by_hand(principal, currency, due, paid, percents):
    """Every day after `due` to `paid`: principal x percent / 100 / 365; rounded half-up once."""
    first, last = date.fromisoformat(due), date.fromisoformat(paid)
    total, day = Fraction(0), first + timedelta(days=1)
    while day <= last:
        [percent] = [p for since, until, p in percents if since <= day.isoformat() <= until]
        total += Fraction(principal) * Fraction(percent) / 36500
        day += timedelta(days=1)
    scaled = total * 10 ** exponent(currency)
    return (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)


# country, principal, currency, due, paid, the reference's table, the rate of each day, parties
CASES = {
    "DE: base + 9, anew on 1 July, and not on 1 August": (
        "DE", 12345, "EUR", "2026-03-10", "2026-10-20",
        changes("DE_BASE", ("2026-01-01", "1.27"), ("2026-07-01", "1.52"), ("2026-08-01", "9")),
        [("2026-01-01", "2026-06-30", "10.27"), ("2026-07-01", "2026-12-31", "10.52")], OTHERS,
    ),
    "IT: ECB + 8; a change in the half counts from the next": (
        "IT", 9999, "EUR", "2026-05-15", "2026-08-13",
        changes("ECB_MRO", ("2026-01-01", "2.15"), ("2026-06-10", "2.40")),
        [("2026-01-01", "2026-06-30", "10.15"), ("2026-07-01", "2026-12-31", "10.40")], OTHERS,
    ),
    "FR: ECB + 10": (
        "FR", 20001, "EUR", "2025-12-20", "2026-07-02",
        changes("ECB_MRO", ("2025-06-11", "2.15"), ("2026-06-10", "2.40")),
        [("2025-07-01", "2026-06-30", "12.15"), ("2026-07-01", "2026-12-31", "12.40")], OTHERS,
    ),
    "AT: base + 9.2, a base below zero": (
        "AT", 777, "EUR", "2026-01-31", "2026-07-31",
        changes("AT_BASE", ("2026-01-01", "-0.62"), ("2026-07-01", "0.13")),
        [("2026-01-01", "2026-06-30", "8.58"), ("2026-07-01", "2026-12-31", "9.33")], OTHERS,
    ),
    "PL: reference + 10": (
        "PL", 50000, "PLN", "2026-06-29", "2026-07-02",
        changes("PL_REFERENCE", ("2026-01-01", "4.00"), ("2026-07-01", "3.75")),
        [("2026-01-01", "2026-06-30", "14"), ("2026-07-01", "2026-12-31", "13.75")], OTHERS,
    ),
    "CZ: the rate of the half in which delay began stays": (
        "CZ", 345678, "CZK", "2026-05-20", "2026-11-30",
        changes("CZ_REPO", ("2026-01-01", "3.50"), ("2026-05-07", "3.25"), ("2026-07-01", "3")),
        [("2026-01-01", "2026-12-31", "11.50")], OTHERS,
    ),
    "ZA: the rate of the first day stays": (
        "ZA", 250000, "ZAR", "2026-02-28", "2026-09-30",
        changes("ZA_REPO", ("2026-01-01", "7.50"), ("2026-03-01", "7.25"), ("2026-06-01", "7")),
        [("2026-01-01", "2026-12-31", "10.75")], OTHERS,
    ),
    "SK: ECB of the first day + 9 stays": (
        "SK", 8008, "EUR", "2026-06-09", "2026-09-09",
        changes("ECB_MRO", ("2026-01-01", "2.15"), ("2026-06-10", "2.40")),
        [("2026-01-01", "2026-12-31", "11.40")], OTHERS,
    ),
    "GB: late in May, so the base rate of 31 December, for all of it": (
        "GB", 12500, "GBP", "2026-05-31", "2026-08-31",
        changes("GB_BASE", ("2025-12-18", "3.75"), ("2026-02-05", "3.50"), ("2026-06-30", "3.25")),
        [("2026-01-01", "2026-12-31", "11.75")], OTHERS,
    ),
    "GB: late on 1 July, so the base rate of 30 June": (
        "GB", 12500, "GBP", "2026-06-30", "2026-08-31",
        changes("GB_BASE", ("2025-12-18", "3.75"), ("2026-02-05", "3.50"), ("2026-07-01", "3.25")),
        [("2026-01-01", "2026-12-31", "11.50")], OTHERS,
    ),
    "IE: one rate, that of the start": (
        "IE", 4321, "EUR", "2026-06-01", "2026-08-01",
        changes("ECB_MRO", ("2026-01-01", "2.15"), ("2026-07-01", "2.40")),
        [("2026-01-01", "2026-12-31", "10.15")], OTHERS,
    ),
    "TR: the notice of each year": (
        "TR", 500000, "TRY", "2025-12-01", "2026-01-30",
        changes("TR_NOTICE", ("2025-01-01", "53.25"), ("2026-01-01", "43")),
        [("2025-01-01", "2025-12-31", "53.25"), ("2026-01-01", "2026-12-31", "43")], OTHERS,
    ),
    "CN: 0.05 % a day to a small seller": (
        "CN", 100003, "CNY", "2026-01-15", "2026-04-01", [],
        [("2026-01-01", "2026-12-31", "18.25")], PROVEN,
    ),
    "CH: fixed": (
        "CH", 20000, "CHF", "2026-01-01", "2026-12-31", [],
        [("2026-01-01", "2026-12-31", "5")], OTHERS,
    ),
    "KR: no decimals": (
        "KR", 10_000_000, "KRW", "2026-01-15", "2026-04-14", [],
        [("2026-01-01", "2026-12-31", "6")], OTHERS,
    ),
    "KW: three decimals, and a leap year has 366 days of a 365th": (
        "KW", 1000, "KWD", "2023-12-31", "2024-12-31", [],
        [("2024-01-01", "2024-12-31", "7")], OTHERS,
    ),
}  # fmt: skip


def debt(country, principal, currency, due, until, parties):
    parts = (Part(Money.of(principal, currency).minor, until),)
    return Debt(country, currency, date.fromisoformat(due), parts, parties)


@pytest.mark.parametrize("name", CASES)
def test_the_cent_is_the_same(name):
    country, principal, currency, due, paid, known, percents, parties = CASES[name]
    owed = debt(country, principal, currency, due, date.fromisoformat(paid), parties)
    found = claim(owed, PLACES[country], table(known), one_rate=OneRate.START)
    assert found.why is None
    assert found.interest.minor == by_hand(principal, currency, due, paid, percents)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[5]])
def test_nothing_is_worked_out_past_the_last_day_that_a_rate_is_known_for(name):
    country, principal, currency, _, _, known, _, parties = CASES[name]
    # The rate of a fixed rule is that of its first day; of a floating one every day needs its own.
    # The United Kingdom's for the first half of 2027 is that of 31 December 2026, which is known.
    last = date(2027, 6, 30) if country == "GB" else KNOWN_UNTIL
    for due, days in ((last, 1), (last - timedelta(days=9), 10)):
        owed = debt(
            country, principal, currency, due.isoformat(), due + timedelta(days=days), parties
        )
        found = claim(owed, PLACES[country], table(known), one_rate=OneRate.START)
        floats = country in {"DE", "IT", "FR", "AT", "PL", "TR"}
        refused = due == last or floats
        assert found.why is (Why.RATE_PAST_LAST_DATE if refused else None), (due, days)


def test_india_month_by_month_by_hand():
    known = changes("IN_BANK", ("2026-01-01", "6.75"), ("2026-03-20", "6.50"), ("2026-05-01", "6"))
    until = date(2026, 5, 25)
    owed = debt("IN", 1_000_000, "INR", "2026-02-10", until, PROVEN)
    balance = Fraction(1_000_000)
    # Months from 11 February, 11 March and 11 April, each at the rate of its first day.
    for percent in ("20.25", "20.25", "19.50"):
        balance *= 1 + Fraction(percent) / 1200
    # 15 days of the fourth month, from 11 May on.
    balance *= 1 + Fraction(18) * 15 / 36500
    interest = (balance - 1_000_000) * 100
    found = claim(owed, PLACES["IN"], table(known))
    assert found.why is None
    assert found.interest.minor == round(interest)
