"""Order, level and stability of stored scores, from counts by grade."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from netterms.scoring.validation import (
    FEWEST_CASES,
    FEWEST_DEFAULTS,
    Backtested,
    Level,
    MatrixRow,
    Moved,
    by_grade,
    by_vintage,
    grade_auc,
    matrix,
    ordered_auc,
    outcomes,
    stability_index,
)

D = Decimal
LINES = [
    Backtested(24_300, 2, 100, D("0.2"), 0),
    Backtested(24_300, 7, 10, D("0.6"), 2),
    Backtested(24_301, 2, 50, D("0.1"), 1),
]
GRADES = st.integers(1, 9)


def test_vintages_and_grades_are_sums_of_the_same_lines():
    assert [(v.name, v.buyers, v.defaults) for v in by_vintage(LINES)] == [
        (24_300, 110, 2),
        (24_301, 50, 1),
    ]
    assert [(g.name, g.buyers, g.expected, g.defaults) for g in by_grade(LINES)] == [
        (2, 150, D("0.3"), 1),
        (7, 10, D("0.6"), 2),
    ]


def test_forecast_and_outcome_are_shares():
    level = Level(7, 10, D("0.6"), 2)
    assert (level.forecast, level.observed) == (D("0.0600"), D("0.2000"))


def test_only_more_defaults_than_chance_explains_are_flagged():
    # 4 expected: a standard deviation of at most 2.
    assert [Level(5, 1000, D(4), n).is_too_low for n in (0, 4, 8, 9)] == [False, False, False, True]


@given(st.lists(st.tuples(GRADES, st.booleans()), min_size=1, max_size=40))
def test_the_auc_of_grades_is_the_share_of_pairs_in_the_right_order(buyers):
    counted = [(grade, 1, int(failed)) for grade, failed in buyers]
    bad = [grade for grade, failed in buyers if failed]
    good = [grade for grade, failed in buyers if not failed]
    if not bad or not good:
        assert ordered_auc(counted) is None
        return
    won = sum(Fraction(2 if b > g else b == g, 2) for b in bad for g in good)
    assert abs(Fraction(ordered_auc(counted)) - won / (len(bad) * len(good))) <= Fraction(1, 20_000)


def test_an_auc_of_few_defaults_is_not_told():
    def level(grade, defaults):
        return Level(grade, 50, D(1), defaults)

    few = FEWEST_DEFAULTS - 1  # of one more: 10 bad ones beat 50 and tie with 40, of 90
    assert grade_auc([level(3, 0), level(7, few)]) is None
    assert grade_auc([level(3, 0), level(7, FEWEST_DEFAULTS)]) == D("0.7778")
    lines = [{"pd": D(n.name) / 100, "buyers": n.buyers, "defaults": n.defaults}
             for n in (level(3, 0), level(7, few))]  # fmt: skip
    assert outcomes(lines).auc is None


def test_an_auc_is_the_same_however_the_buyers_of_one_risk_are_split_into_lines():
    whole = [(D("0.01"), 30, 2), (D("0.02"), 20, 3), (D("0.05"), 10, 6)]
    split = [
        (D("0.02"), 12, 0), (D("0.01"), 30, 2), (D("0.02"), 8, 3),
        (D("0.05"), 4, 4), (D("0.05"), 6, 2),
    ]  # fmt: skip
    # By hand: 28, 17 and 4 good ones; (2 x 14 + 3 x (28 + 8.5) + 6 x (45 + 2)) / (11 x 49).
    assert ordered_auc(whole) == D("0.7783")
    assert ordered_auc(split) == ordered_auc(whole)


def test_a_population_that_did_not_move_has_no_stability_index():
    assert stability_index([Moved(3, 3, 50), Moved(5, 5, 50)]) == 0
    # The same shares by other buyers are the same population.
    assert stability_index([Moved(3, 5, 50), Moved(5, 3, 50)]) == 0


def test_a_population_that_moved_has_a_large_one():
    # 0.5 -> 0.9 and 0.5 -> 0.1: 0.4 ln 1.8 + 0.4 ln 5 = 0.8789
    assert stability_index([Moved(3, 3, 50), Moved(5, 3, 40), Moved(5, 5, 10)]) == D("0.8789")


def test_without_scores_on_one_of_the_days_there_is_none():
    assert stability_index([Moved(None, 3, 7)]) is None
    assert stability_index([]) is None


def test_the_matrix_has_only_buyers_scored_on_both_days():
    found = matrix([Moved(2, 2, 8), Moved(2, 4, 1), Moved(None, 3, 5), Moved(9, 10, 2)])
    assert found == [
        MatrixRow(2, [0, 8, 0, 1, 0, 0, 0, 0, 0, 0]),
        MatrixRow(9, [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]),
    ]


def test_a_row_tells_its_shares_and_whether_it_says_little():
    row = MatrixRow(2, [1, FEWEST_CASES - 4, 0, 2, 0, 0, 0, 0, 0, 1])
    assert row.buyers == FEWEST_CASES
    assert (row.better, row.worse) == (D("0.0333"), D("0.1000"))
    assert row.same == D("0.8667")
    assert not row.says_little
    assert MatrixRow(2, [0, FEWEST_CASES - 1, 0, 0, 0, 0, 0, 0, 0, 0]).says_little
