"""Payment index, scaling, grades, overlay and expected loss."""

from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.money import Money
from netterms.scoring import rules
from netterms.scoring.rules import Experience, Scaling

D = Decimal
SCALING = Scaling(D(20), D(600), D(50))
PLACES_4 = D("0.0001")


def usd(amount):
    return Money.of(amount, "USD")


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (-400, 100),
        (-30, 100),
        (-20, 90),
        (-10, 85),
        (0, 80),
        (15, 70),
        (22, 60),
        (30, 50),
        (60, 40),
        (90, 30),
        (120, 20),
        (150, 10),
        (180, 0),
        (1000, 0),
    ],
)
def test_scr_07_points_at_the_anchors_and_beyond(days, points):
    assert rules.payment_points(days) == points


def test_ex_3_6_mixed_experiences_weigh_by_amount():
    seen = [Experience(1_000_000, 0), Experience(500_000, 30), Experience(500_000, 15)]
    assert rules.payment_index(seen) == D("70.00")


def test_ex_3_7_single_debt_45_days_late():
    assert rules.payment_index([Experience(1, 45)]) == D("45.00")


def test_ex_3_8_26_days_late():
    assert rules.payment_index([Experience(777, 26)]) == D("55.00")


def test_no_experience_is_no_index_and_thin_below_three():
    assert rules.payment_index([]) is None
    assert [rules.is_thin(n) for n in (0, 2, 3)] == [True, True, False]


@given(st.integers(-400, 400))
def test_points_fall_with_lateness_and_stay_in_range(days):
    here, later = rules.payment_points(days), rules.payment_points(days + 1)
    assert 0 <= later <= here <= 100
    assert (here * rules.POINTS_SCALE).denominator == 1


def test_points_in_sql_equal_python():
    rows = (
        duckdb.connect()
        .execute(
            f"SELECT d, {rules.scaled_points_sql('d')} "
            "FROM (SELECT CAST(i AS INTEGER) - 300 AS d FROM range(700) t(i))"
        )
        .fetchall()
    )
    assert len(rows) == 700
    for days, scaled in rows:
        assert Fraction(scaled, rules.POINTS_SCALE) == rules.payment_points(days)


@given(st.lists(st.tuples(st.integers(1, 10**12), st.integers(-60, 300)), min_size=1))
def test_index_lies_between_the_best_and_worst_payment(pairs):
    index = rules.payment_index([Experience(*pair) for pair in pairs])
    points = [rules.payment_points(days) for _, days in pairs]
    assert rules.rounded(min(points), 2) <= index <= rules.rounded(max(points), 2)


def test_ex_3_12_scaling():
    assert SCALING.factor.quantize(PLACES_4) == D("28.8539")
    assert SCALING.offset.quantize(PLACES_4) == D("487.1229")
    assert SCALING.score(D(1) / D(51)).quantize(PLACES_4) == D("600.0000")
    assert SCALING.score(D("0.02")).quantize(D("0.01")) == D("599.42")
    assert SCALING.score(D(1) / D(101)).quantize(D("0.01")) == D("620.00")
    assert SCALING.score(D("0.01")).quantize(D("0.01")) == D("619.71")


@given(st.integers(200, 900))
def test_scr_14_scaling_goes_both_ways(score):
    assert SCALING.score(SCALING.pd(D(score))).quantize(D("1e-9")) == score


@pytest.mark.parametrize("pd", [D(0), D(1), D(-1), D(2)])
def test_no_odds_no_score(pd):
    with pytest.raises(ValueError, match="no odds"):
        SCALING.score(pd)


@pytest.mark.parametrize(
    ("pd", "grade"),
    [
        ("0", 1),
        ("0.000999", 1),
        ("0.001", 2),
        ("0.0025", 3),
        ("0.005", 4),
        ("0.01", 5),
        ("0.02", 6),
        ("0.04", 7),
        ("0.08", 8),
        ("0.16", 9),
        ("0.999999", 9),
        ("1", 9),
    ],
)
def test_internal_grade_boundaries(pd, grade):
    assert rules.grade(D(pd)) == grade


def test_ex_3_13_expected_loss():
    assert rules.expected_loss(D("0.02"), D("0.6"), usd(250_000)) == usd(3_000)


def test_ex_3_14_expected_loss_of_an_insured_buyer():
    net = rules.net_exposure(usd(250_000), usd(200_000), D("0.9"))
    assert net == usd(70_000)
    assert rules.expected_loss(D("0.02"), D("0.6"), net) == usd(840)


def test_scr_16_overlay_multiplies_odds():
    assert rules.overlay(D("0.5"), D(3), D(1)) == D("0.75")
    assert rules.overlay(D("0.2"), D(1), D(1)) == D("0.2")
    assert rules.overlay(D(1), D("0.1"), D(1)) == 1
    assert rules.overlay(D("0.3"), D(0), D(1)) == 0


@given(st.decimals(0, 1, places=6), st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2))
def test_overlay_stays_a_probability_and_is_monotone(pd, country, sector):
    here = rules.overlay(pd, country, sector)
    assert 0 <= here <= 1
    assert rules.overlay(pd, country + 1, sector) >= here


@given(st.fractions(-(10**18), 10**18), st.integers(0, 6))
def test_rounding_is_to_the_nearest_and_symmetric(value, places):
    near = rules.rounded(value, places)
    assert abs(Fraction(near) - value) <= Fraction(1, 2 * 10**places)
    assert rules.rounded(-value, places) == -near
