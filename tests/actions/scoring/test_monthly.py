"""Cards are measured on the first business day of a month, and what was measured is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import versions
from netterms.scoring.actions import refresh_scores
from netterms.scoring.figures import Concern, FigureKind, Role
from netterms.scoring.monthly import concerns, figures, measure_month
from netterms.scoring.moves import CardMove
from netterms.scoring.scorecard import CARD
from netterms.scoring.shadow import refresh_shadow
from tests.actions.books import Line, bring_in, insolvent, on, rows
from tests.actions.scoring.test_own_card import card, other

FIRST = date(2026, 6, 1)
YEAR = timedelta(days=365)


def grown_up(ctx, *, defaults: int = 4, others: int = 16) -> None:
    """A book scored for more than a year; some buyers of a year ago stopped paying after it."""
    then = FIRST - YEAR
    before, due = {"issued_on": then - timedelta(days=90)}, then - timedelta(days=60)
    paid = due + timedelta(days=1)
    lines = [Line(f"g{n}", due, settled_on=paid, **before) for n in range(others)]
    lines += [Line(f"b{n}", then - timedelta(days=40), **before) for n in range(defaults)]
    bring_in(ctx, *lines)
    for day in (then - timedelta(days=40), then, FIRST):
        scored(on(ctx, day))


def scored(ctx, *, shadow: bool = False) -> None:
    """Score the whole book: to everybody something happened since these books began."""
    refresh_scores(ctx, since=FIRST - 2 * YEAR)
    if shadow:
        refresh_shadow(ctx)


def found(ctx, kind, role=Role.CHAMPION):
    return [f for f in figures(ctx, FIRST) if f.figure is kind and f.role is role]


def test_a_month_keeps_a_row_for_each_figure_of_the_card_in_force(ctx):
    grown_up(ctx)
    done = measure_month(on(ctx, FIRST), FIRST - timedelta(days=3))
    told = figures(ctx, FIRST)
    assert done["figures"] == len(told) > 8
    assert {f.card for f in told} == {CARD}
    assert {(f.month, f.measured_on) for f in told} == {(FIRST, FIRST)}
    (score,) = found(ctx, FigureKind.SCORE_SHIFT)
    assert score.cases == 20
    parts = {f.part for f in found(ctx, FigureKind.ATTRIBUTE_SHIFT)}
    assert {"payment_index", "relationship_months", "late_share"} <= parts
    (auc,) = found(ctx, FigureKind.AUC)
    assert (auc.value, auc.cases, auc.defaults, auc.since) == (None, 20, 4, FIRST - YEAR)
    grades = found(ctx, FigureKind.CALIBRATION)
    assert sum(g.cases for g in grades) == 20
    assert sum(g.defaults for g in grades) == 4
    (bad,) = [g for g in grades if g.defaults]
    assert (bad.value, bad.concern) == (Decimal(1), Concern.ALARM)


def test_the_order_is_told_of_ten_defaults_and_more(ctx):
    grown_up(ctx, defaults=10)
    measure_month(on(ctx, FIRST), FIRST - timedelta(days=3))
    (auc,) = found(ctx, FigureKind.AUC)
    assert (auc.value, auc.concern) == (Decimal(1), Concern.OK)


def test_who_was_lost_is_a_default_whatever_is_overdue(ctx):
    grown_up(ctx)
    insolvent(on(ctx, FIRST - timedelta(days=30)), "g1")
    measure_month(on(ctx, FIRST), FIRST - timedelta(days=3))
    (auc,) = found(ctx, FigureKind.AUC)
    assert (auc.cases, auc.defaults) == (20, 5)


def test_a_crossing_is_announced_once_and_stands_among_the_concerns(ctx):
    grown_up(ctx)
    assert concerns(ctx, FIRST) == []
    done = measure_month(on(ctx, FIRST), None)
    worse = concerns(ctx, FIRST)
    assert done["crossed"] == len(worse) > 0
    assert worse[0].concern is Concern.ALARM
    again = measure_month(on(ctx, FIRST), None)
    assert again == {"figures": 0, "crossed": 0}
    events = rows(ctx, "select facts from event where kind = 'scoring.figure_crossed'")
    assert len(events) == len(worse)
    assert {e["facts"]["concern"] for e in events} <= {"watch", "alarm"}


@pytest.mark.parametrize(
    ("today", "since", "is_due"),
    [
        (date(2026, 6, 1), date(2026, 5, 29), True),
        # The run before was on the first business day, or this is no business day.
        (date(2026, 6, 2), date(2026, 6, 1), False),
        (date(2026, 8, 1), date(2026, 7, 31), False),
        # A run on a Saturday does not take the place of the first business day.
        (date(2026, 8, 3), date(2026, 8, 1), True),
        # Nothing ran on it: the next run makes up for it.
        (date(2026, 6, 4), date(2026, 5, 29), True),
    ],
)
def test_the_first_business_day_measures(ctx, today, since, is_due):
    grown_up(ctx)
    scored(on(ctx, today))
    assert (measure_month(on(ctx, today), since)["figures"] > 0) is is_due


def test_an_own_card_is_watched_from_its_first_score_on(ctx):
    grown_up(ctx)
    start = FIRST - timedelta(days=60)
    versions.keep_candidate(on(ctx, start), card(1, 480), {}, "")
    versions.decide(other(on(ctx, start)), 1, CardMove.APPROVE)
    scored(on(ctx, start + timedelta(days=1)))
    later = on(ctx, FIRST + timedelta(days=1))
    scored(later)
    measure_month(later, None)
    told = figures(ctx, later.today)
    assert {f.card for f in told} == {"own_v1"}
    assert {f.since for f in told} == {start + timedelta(days=31)}
    assert FigureKind.CALIBRATION not in {f.figure for f in told}


def test_the_challenger_is_measured_beside_the_card_in_force(ctx):
    grown_up(ctx)
    start = FIRST - timedelta(days=50)
    versions.keep_candidate(on(ctx, start), card(1, 470), {}, "")
    versions.decide(on(ctx, start), 1, CardMove.SHADOW)
    for day in (start, FIRST):
        scored(on(ctx, day), shadow=True)
    measure_month(on(ctx, FIRST), None)
    told = [f for f in figures(ctx, FIRST) if f.role is Role.CHALLENGER]
    assert {f.card for f in told} == {"own_v1"}
    assert {f.figure for f in told} == {
        FigureKind.SCORE_SHIFT, FigureKind.ATTRIBUTE_SHIFT, FigureKind.AUC,
    }  # fmt: skip


def test_a_book_without_scores_keeps_nothing(ctx):
    assert measure_month(on(ctx, FIRST), None) == {"figures": 0, "crossed": 0}
    assert figures(ctx, FIRST) == []


def test_another_seller_sees_no_figure(ctx, new_seller):
    grown_up(ctx)
    measure_month(on(ctx, FIRST), None)
    stranger = new_seller(name="Stranger")
    assert figures(stranger, FIRST) == []
    assert concerns(stranger, FIRST) == []


def test_a_reader_measures_nothing(ctx):
    with pytest.raises(Refusal) as refused:
        measure_month(replace(ctx, may=frozenset({Permission.READ})), None)
    assert refused.value.code is Code.NOT_ALLOWED
