"""Figures by which cards are watched: computed from counts, judged by bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.scoring import figures
from netterms.scoring.figures import Concern, FigureKind, Role, Watched
from netterms.scoring.validation import FEWEST_DEFAULTS, shift_index, wilson

DAY = date(2026, 6, 1)
OLD = Watched(Role.CHAMPION, "own_v1", date(2024, 1, 1), DAY)


def count(side, name, bin_, buyers):
    return {"side": side, "name": name, "bin": bin_, "buyers": buyers}


def became(grade, pd, buyers, defaults):
    return {"grade": grade, "pd": Decimal(pd), "buyers": buyers, "defaults": defaults}


def test_the_index_of_a_population_that_moved_is_the_sum_over_its_bins():
    found = shift_index([(1, 50), (2, 50)], [(1, 70), (2, 30)])
    # (0.7 - 0.5) ln 1.4 + (0.3 - 0.5) ln 0.6
    assert found == Decimal("0.1695")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 999)), min_size=1))
def test_the_index_of_a_population_that_stayed_is_nothing(counts):
    assert shift_index(counts, counts) == 0


def test_the_index_of_nobody_is_not_known():
    assert shift_index([], [(1, 5)]) is None


@pytest.mark.parametrize(
    ("defaults", "cases", "low", "high"),
    # Computed by hand from Wilson's formula; 0 and all do not shrink to a point.
    [(0, 10, "0", "0.2775"), (5, 100, "0.0215", "0.1118"), (10, 10, "0.7225", "1")],
)
def test_the_interval_of_a_share(defaults, cases, low, high):
    assert wilson(defaults, cases) == (Decimal(low), Decimal(high))


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(of):
    low, high = wilson(*of)
    assert 0 <= low <= round(Decimal(of[0]) / of[1], 4) <= high <= 1


@pytest.mark.parametrize(
    ("index", "concern"),
    [("0.1", "ok"), ("0.1001", "watch"), ("0.25", "watch"), ("0.2501", "alarm")],
)
def test_a_shift_is_judged_by_the_usual_bounds(index, concern):
    assert figures.shift_concern(Decimal(index)) == concern


@pytest.mark.parametrize(
    ("auc", "concern"), [("0.70", "ok"), ("0.6999", "watch"), ("0.60", "watch"), ("0.59", "alarm")]
)
def test_an_auc_is_judged(auc, concern):
    assert figures.auc_concern(Decimal(auc)) == concern


def test_shifts_are_of_the_score_and_of_each_attribute():
    found = figures.shifts(
        OLD,
        [
            count("reference", "", 1, 50), count("reference", "", 2, 50),
            count("now", "", 1, 70), count("now", "", 2, 30),
            count("reference", "late_share", 0, 100), count("now", "late_share", 3, 100),
            # Nobody's: no figure.
            count("reference", "employees", 0, 100), count("now", "employees", 0, 100),
        ],
    )  # fmt: skip
    assert [(f.figure, f.part, f.cases, f.concern) for f in found] == [
        (FigureKind.SCORE_SHIFT, "", 100, Concern.WATCH),
        (FigureKind.ATTRIBUTE_SHIFT, "late_share", 100, Concern.ALARM),
    ]
    assert found[0].value == Decimal("0.1695")
    assert (found[0].since, found[0].month) == (date(2024, 1, 31), DAY)


def test_calibration_holds_the_forecast_against_the_interval_of_what_came():
    found = figures.outcomes(
        OLD, [became(3, "0.01", 900, 9), became(3, "0.02", 100, 1), became(8, "0.05", 100, 30)]
    )
    auc, three, eight = found
    assert (auc.figure, auc.cases, auc.defaults) == (FigureKind.AUC, 1100, 40)
    assert auc.value is not None
    assert auc.value > Decimal("0.8")
    assert (three.part, three.value, three.expected) == ("3", Decimal("0.0100"), Decimal("0.0110"))
    assert three.low < three.expected < three.high
    assert three.concern is Concern.OK
    assert (eight.part, eight.concern) == ("8", Concern.ALARM)
    assert auc.since == DAY - timedelta(days=365)


def test_a_forecast_too_high_is_worth_a_look():
    found = figures.outcomes(OLD, [became(8, "0.30", 200, 20)])
    assert found[1].concern is Concern.WATCH


def test_of_a_few_defaults_no_auc_is_told():
    found = figures.outcomes(
        OLD, [became(3, "0.01", 90, FEWEST_DEFAULTS - 1), became(4, "0.02", 10, 0)]
    )
    assert (found[0].value, found[0].concern) == (None, Concern.OK)


def test_a_card_younger_than_a_year_tells_its_order_but_no_level():
    young = Watched(Role.CHALLENGER, "own_v2", DAY - timedelta(days=200), DAY)
    found = figures.outcomes(young, [became(3, "0.01", 90, 10)])
    assert [f.figure for f in found] == [FigureKind.AUC]
    assert found[0].since == DAY - timedelta(days=170)


def test_a_card_of_its_first_month_tells_nothing():
    new = Watched(Role.CHALLENGER, "own_v2", DAY - timedelta(days=30), DAY)
    assert figures.shifts(new, [count("now", "", 1, 5), count("reference", "", 1, 5)]) == []
    assert figures.outcomes(new, [became(3, "0.01", 90, 10)]) == []


def test_a_crossing_is_a_figure_that_stands_worse_than_a_month_ago():
    found = figures.outcomes(OLD, [became(3, "0.01", 90, 10)])[0]
    calm, watch, alarm = (replace(found, concern=c) for c in Concern)
    assert figures.crossed([calm, watch], []) == [watch]
    assert figures.crossed([watch], [watch]) == []
    assert figures.crossed([alarm], [watch]) == [alarm]
    assert figures.crossed([watch], [alarm]) == []
    other = replace(watch, card="own_v2")
    assert figures.crossed([other], [watch]) == [other]
