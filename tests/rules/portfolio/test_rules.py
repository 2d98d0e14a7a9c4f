"""Receivables metrics: the worked examples and what must always hold."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.portfolio import rules
from netterms.portfolio.rules import Month

D = Decimal
F = Fraction
CENT = 100


def test_ex_4_1_dso_simple():
    assert rules.dso(200_000 * CENT, 2_000_000 * CENT, 365) == D("36.50")


def test_ex_4_2_dso_countback():
    sales = [100_000, 80_000, 70_000]
    thirty = [Month(s, 30) for s in sales]
    calendar = [Month(s, d) for s, d in zip(sales, [31, 28, 31], strict=True)]
    assert rules.dso_countback(212_000, thirty) == D("73.71")
    assert rules.dso_countback(212_000, calendar) == D("73.17")


def test_ex_4_3_best_possible_dso_and_add():
    assert rules.best_possible_dso(140_000, 2_000_000, 365) == D("25.55")
    assert rules.average_days_delinquent(200_000, 140_000, 2_000_000, 365) == D("10.95")


def test_ex_4_4_collection_effectiveness():
    figures = (500_000, 900_000, 450_000, 300_000)
    assert rules.collection_effectiveness(*figures) == D("86.36")
    assert rules.collection_effectiveness(*figures, months=3) == D("70.00")


def test_ex_4_5_turnover():
    assert rules.turnover(2_000_000, 180_000, 220_000) == D("10.00")
    assert rules.turnover_days(2_000_000, 180_000, 220_000) == D("36.50")


def test_ex_4_6_roll_rates():
    rates = rules.roll_rates(
        [1_000_000, 120_000, 40_000, 15_000], [150_000, 36_000, 20_000, 12_000]
    )
    assert rates == [F(15, 100), F(30, 100), F(50, 100), F(80, 100)]
    assert rules.rolled_to_loss(rates) == F(180, 10_000)
    assert rules.roll_rates([0], [5]) == [None]
    assert rules.rolled_to_loss([F(1, 2), None]) is None


def test_ex_4_7_bad_debt_to_sales():
    assert rules.bad_debt_to_sales(30_000, 6_000, 2_000_000) == D("1.20")
    assert rules.bad_debt_to_sales(30_000, 6_000, 0) is None


def test_ex_4_8_cash_ratio():
    assert rules.cash_ratio(120_000, 30_000, 500_000) == D("0.30")
    assert rules.cash_ratio(120_000, 30_000, 500_000, 400_000, F(9, 10)) == D("1.02")
    assert rules.cash_ratio(1, 1, 0) is None


def test_ex_4_10_expected_credit_losses():
    rates = [F(n, 1_000) for n in (3, 16, 36, 66, 106)]
    millions = [15_000_000, 7_500_000, 4_000_000, 2_500_000, 1_000_000]
    found = rules.expected_credit_losses(millions, rates)
    assert found == [45_000, 120_000, 144_000, 165_000, 106_000]
    assert sum(found) == 580_000


LOST = rules.historic_loss_rates([50_000, 27_000, 15_000, 6_000], 2_000)


def test_ex_4_11_historic_loss_rates():
    assert [F(2, 100), F(4, 100), F(2, 23), F(1, 4), F(1)] == LOST
    assert rules.historic_loss_rates([0], 0) == [None, None]


def test_ex_4_12_provision_from_historic_rates():
    cents = [amount * CENT for amount in (300_000, 140_000, 60_000, 23_000, 5_000)]
    found = rules.expected_credit_losses(cents, LOST)
    assert found == [600_000, 560_000, 521_739, 575_000, 500_000]
    assert sum(found) == 2_756_739


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(1, 10**9))
def test_ar_11_the_later_the_bucket_the_more_is_lost(paid, lost):
    rates = rules.historic_loss_rates(paid, lost)
    assert rates == sorted(rates)
    assert rates[-1] == 1


def test_ex_4_9_hhi():
    found = rules.concentration([40, 30, 20, 10])
    assert (found.hhi, found.normalised) == (D("3000.00"), D("0.0667"))


def test_ar_14_one_buyer_and_nobody():
    assert rules.concentration([5]).normalised == 1
    assert rules.concentration([7] * 50).normalised == 0
    assert rules.concentration([0, -3]) is None


def test_ar_15_top_share():
    assert rules.top_share([50, 30, 20], 2) == D("0.8000")
    assert rules.top_share([]) is None


def test_without_sales_there_is_no_ratio():
    assert rules.dso(1, 0, 365) is None
    assert rules.turnover(1, 0, 0) is None
    assert rules.turnover_days(0, 1, 1) is None
    assert rules.collection_effectiveness(100, 0, 100, 100) is None


def test_ar_02_count_back_edges():
    assert rules.dso_countback(0, []) == 0
    assert rules.dso_countback(100, [Month(100, 30)]) == 30
    assert rules.dso_countback(100, [Month(0, 30), Month(-5, 31), Month(200, 30)]) == D("76.00")
    assert rules.dso_countback(100, [Month(99, 30)]) is None


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-9, "current"),
        (0, "current"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91-120"),
        (120, "91-120"),
        (121, "over-120"),
    ],
)
def test_ar_06_bucket_boundaries(days, bucket):
    assert rules.ageing_bucket(days) == bucket


MONTHS = st.lists(st.builds(Month, st.integers(-50, 10**6), st.integers(28, 31)), max_size=12)


@given(st.integers(1, 10**6), MONTHS)
def test_countback_never_counts_more_days_than_there_are(receivables, months):
    found = rules.dso_countback(receivables, months)
    if found is None:
        assert sum(max(0, m.sales) for m in months) < receivables
    else:
        assert 0 <= found <= sum(m.days for m in months)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=50))
def test_hhi_lies_between_even_shares_and_one_buyer(exposures):
    found = rules.concentration(exposures)
    assert round(10_000 / len(exposures), 2) - 0.01 <= float(found.hhi) <= 10_000
    assert 0 <= found.normalised <= 1
