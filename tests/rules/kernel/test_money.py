"""Money: whole minor units, one rounding rule, one currency at a time."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.money import EXPONENTS, Money, exponent, half_up, total, zero

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])
MINOR = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("currency", "places"), [("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)]
)
def test_exponents_are_iso_4217s(currency, places):
    assert exponent(currency) == places


def test_every_listed_currency_is_a_code():
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)


@pytest.mark.parametrize(
    ("amount", "whole"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1), ("-2.5", -3), ("-2.4", -2)],
)
def test_half_up_is_away_from_zero(amount, whole):
    assert half_up(Decimal(amount)) == half_up(Fraction(amount)) == whole


@given(st.fractions())
def test_half_up_is_the_nearest(amount):
    assert abs(half_up(amount) - amount) <= Fraction(1, 2)
    assert half_up(-amount) == -half_up(amount)


@given(MINOR, CURRENCIES)
def test_major_units_and_back(minor, currency):
    money = Money(minor, currency)
    assert Money.of(money.major, currency) == money
    assert Money.of(str(money.major), currency) == money


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("0.5", "JPY")])
def test_finer_than_the_minor_unit_is_an_error(amount, currency):
    with pytest.raises(ValueError, match="finer"):
        Money.of(amount, currency)


@given(MINOR, st.integers(1, 40))
def test_a_split_loses_nothing_and_is_even(minor, parts):
    cut = Money(minor, "USD").split(parts)
    assert len(cut) == parts
    assert total(cut, "USD") == Money(minor, "USD")
    assert max(cut).minor - min(cut).minor <= 1


@given(MINOR, st.fractions(0, 1))
def test_a_share_and_the_rest_differ_by_one_at_most(minor, share):
    money = Money(minor, "USD")
    rest = money.share(share) + money.share(1 - share) - money
    assert abs(rest.minor) <= 1


@given(MINOR, st.decimals(0, 2, places=4))
def test_a_share_is_the_same_by_decimal_and_fraction(minor, share):
    money = Money(minor, "KWD")
    assert money.share(share) == money.share(Fraction(share))


@given(MINOR, MINOR, MINOR)
def test_sums(first, second, third):
    a, b, c = (Money(minor, "EUR") for minor in (first, second, third))
    assert (a + b) + c == a + (b + c) == total([c, a, b], "EUR")
    assert a - b == -(b - a)
    assert a + zero("EUR") == a
    assert bool(a) == (first != 0)


@given(MINOR, MINOR)
def test_order_is_that_of_the_minor_units(first, second):
    a, b = Money(first, "EUR"), Money(second, "EUR")
    assert (a < b, a <= b, a > b, a >= b) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )


def test_two_currencies_never_meet():
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for meeting in (
        lambda: euro + yen,
        lambda: euro - yen,
        lambda: euro < yen,
        lambda: euro <= yen,
        lambda: total([euro, yen], "EUR"),
    ):
        with pytest.raises(AssertionError, match="meets"):
            meeting()
    assert euro != yen


def test_money_is_whole_and_names_a_currency():
    for minor, currency in ((1.5, "EUR"), (1, "eur"), (1, "EURO")):
        with pytest.raises(AssertionError):
            Money(minor, currency)


def test_money_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Money(1, "EUR").minor = 2


def test_money_as_text():
    assert [str(Money(5, c)) for c in ("USD", "JPY", "KWD")] == ["0.05 USD", "5 JPY", "0.005 KWD"]
