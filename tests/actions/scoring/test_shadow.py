"""A challenger in shadow: scores beside the card in force, decides nothing, and is compared."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.kernel.refusal import Code, Refusal
from netterms.limits.actions import refresh_limits
from netterms.scoring import versions
from netterms.scoring.actions import refresh_scores
from netterms.scoring.moves import CardMove, CardState
from netterms.scoring.scorecard import CARD, evaluate, parse
from netterms.scoring.shadow import compare, refresh_shadow, require_comparison
from netterms.scoring.validation import FEWEST_DEFAULTS, Moved
from tests.actions.books import Line, bring_in, insolvent, on, rows
from tests.actions.scoring.test_own_card import TODAY, card, other

STOP = 9


def in_shadow(ctx, number: int = 1, base_points: int = 380) -> None:
    versions.keep_candidate(ctx, card(number, base_points), {"buyers": 1, "defaults": 1}, "")
    versions.decide(ctx, number, CardMove.SHADOW)


def test_a_challenger_scores_the_same_facts_by_its_own_points_and_moves_nothing_else(ctx):
    bring_in(ctx, Line(), Line(buyer="200", due_on=date(2026, 1, 2)))
    in_shadow(ctx)
    refresh_scores(ctx)
    events = rows(ctx, "select count(*) from event")
    assert refresh_shadow(ctx) == {"buyers": 2}
    assert refresh_shadow(ctx) == {"buyers": 0}
    assert rows(ctx, "select count(*) from event") == events
    assert {s["scorecard"] for s in rows(ctx, "select scorecard from score")} == {CARD}
    found = rows(
        ctx,
        "select c.score, c.pd, c.grade, s.attributes"
        " from shadow_score c join score s using (seller_id, buyer_id, currency, scored_on)",
    )
    assert len(found) == 2
    for s in found:
        known = {n: None if v is None else Decimal(str(v)) for n, v in s["attributes"].items()}
        said = evaluate(parse(card(1, 380)), known)
        assert (s["score"], s["pd"], s["grade"]) == (said.score, said.pd, said.grade)


def test_limits_follow_the_card_in_force_with_or_without_a_challenger(ctx, new_seller):
    told = []
    for seller, has_challenger in ((ctx, True), (new_seller(name="Other"), False)):
        bring_in(seller, Line(), Line(buyer="200", due_on=date(2026, 1, 2)))
        if has_challenger:
            in_shadow(seller)
        refresh_scores(seller)
        refresh_shadow(seller)
        refresh_limits(seller)
        told.append(rows(seller, "select grade, recommended_minor from limit_decision order by 1"))
    assert told[0] == told[1] != []


def test_the_first_day_takes_the_whole_book_and_later_ones_whom_the_card_in_force_scores(ctx):
    day = TODAY - timedelta(days=3)
    due, issued = TODAY + timedelta(days=60), TODAY - timedelta(days=10)
    bring_in(ctx, *(Line(f"{n}", due, issued_on=issued) for n in range(30)))
    refresh_scores(on(ctx, day))
    in_shadow(ctx)
    refresh_scores(on(ctx, TODAY - timedelta(days=1)), since=day)
    assert refresh_shadow(on(ctx, TODAY - timedelta(days=1))) == {"buyers": 30}
    scored = refresh_scores(ctx, since=TODAY)["buyers"]
    assert 0 < scored < 30
    assert refresh_shadow(ctx) == {"buyers": scored}


def test_without_a_challenger_nothing_is_scored_and_nothing_compared(ctx):
    bring_in(ctx, Line())
    refresh_scores(ctx)
    assert refresh_shadow(ctx) == {"buyers": 0}
    assert compare(ctx, TODAY, STOP) is None
    with pytest.raises(Refusal) as refused:
        require_comparison(ctx, TODAY, STOP)
    assert refused.value.code is Code.NOT_FOUND


def test_one_card_is_in_shadow_and_its_trainer_still_cannot_put_it_in_force(ctx):
    in_shadow(ctx, 1)
    in_shadow(ctx, 2)
    assert [v.state for v in versions.versions(ctx)] == [CardState.SHADOW, CardState.RETIRED]
    with pytest.raises(Refusal):
        versions.decide(ctx, 2, CardMove.APPROVE)
    assert versions.decide(other(ctx), 2, CardMove.APPROVE) is CardState.CHAMPION


def test_the_swap_set_names_who_would_be_turned_away(ctx):
    bring_in(ctx, Line(), Line(buyer="200"))
    in_shadow(ctx)
    refresh_scores(ctx)
    refresh_shadow(ctx)
    found = compare(ctx, TODAY, STOP)
    (before,) = {s["grade"] for s in rows(ctx, "select grade from score")}
    assert before < STOP
    assert found.moved == [Moved(before, 9, 2)]
    assert (found.buyers, found.would_approve, found.would_decline) == (2, 0, 2)
    assert [(s.challenger_grade, s.of_all) for s in found.swaps] == [(9, 2), (9, 2)]
    assert found.stability_index > 1


def test_outcomes_count_defaults_since_the_first_shadow_score_and_tell_no_auc_of_a_few(ctx):
    day = TODAY - timedelta(days=200)
    due, before = day + timedelta(days=10), {"issued_on": day - timedelta(days=40)}
    good = [Line(f"g{n}", due, settled_on=due, **before) for n in range(3)]
    late = {"issued_on": day - timedelta(days=90)}
    bring_in(
        ctx,
        *good,
        *(Line(f"b{n}", day - timedelta(days=40), **late) for n in range(FEWEST_DEFAULTS - 1)),
        Line("already", day - timedelta(days=95), issued_on=day - timedelta(days=120)),
    )
    in_shadow(on(ctx, day), base_points=480)
    refresh_scores(on(ctx, day))
    refresh_shadow(on(ctx, day))
    found = compare(ctx, TODAY, STOP)
    assert (found.challenger.buyers, found.challenger.defaults) == (12, FEWEST_DEFAULTS - 1)
    assert found.challenger.auc is None
    bring_in(ctx, Line("g0", due, number="later", **before))
    found = compare(ctx, TODAY, STOP)
    assert found.challenger.defaults == FEWEST_DEFAULTS
    # Nine of ten stood 40 days past due when they were scored, the two good ones did not.
    assert found.challenger.auc == found.champion.auc == Decimal("0.9500")
    insolvent(on(ctx, TODAY - timedelta(days=1)), "g1")
    assert compare(ctx, TODAY, STOP).challenger.defaults == FEWEST_DEFAULTS + 1


def test_another_seller_sees_no_challenger(ctx, new_seller):
    bring_in(ctx, Line())
    in_shadow(ctx)
    refresh_scores(ctx)
    refresh_shadow(ctx)
    stranger = new_seller(name="Stranger")
    assert compare(stranger, TODAY, STOP) is None
    assert rows(stranger, "select * from shadow_score") == []
