"""Published default rates of ratings beside our grades."""

from itertools import pairwise

from netterms.scoring.ratings import RATES, rated


def test_smoothed_rates_rise_from_each_rating_to_the_next_where_those_observed_do_not():
    found = rated()
    assert [r.rating for r in found] == list(RATES)
    assert all(one.smoothed < two.smoothed for one, two in pairwise(found))
    assert any(one.observed == two.observed for one, two in pairwise(found))
    assert all(one.grade <= two.grade for one, two in pairwise(found))


def test_grades_reach_from_the_best_to_the_worst_rating():
    found = rated()
    assert (found[0].grade, found[-1].grade) == (1, 9)
    # Smoothing moves no rating with defaults by more than a factor of two and a half.
    assert all(0.4 < float(r.smoothed / r.observed) < 2.5 for r in found if r.observed)
