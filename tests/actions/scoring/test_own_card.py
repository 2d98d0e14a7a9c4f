"""A seller's own card: trained on its outcomes, approved by another person, then used."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from uuid import UUID

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import payments
from netterms.receivables.write_offs import WriteOffReason, write_off
from netterms.scoring import versions
from netterms.scoring.actions import refresh_scores
from netterms.scoring.experience import (
    HORIZON,
    backtest,
    days_to_look,
    migration,
    observed,
    rebuilt,
)
from netterms.scoring.moves import CardMove, CardState
from netterms.scoring.scorecard import CARD, evaluate, parse
from netterms.scoring.validation import Moved, by_vintage
from tests.actions.books import Line, bring_in, insolvent, on, pay, rows

TODAY = date(2026, 6, 1)
NAMES = ["payment_experiences", "payment_index", "worst_open_days_past_due"]


def card(number: int = 1, base_points: int = 480) -> str:
    file = resources.files("netterms.scoring") / "data" / f"{CARD}.json"
    raw = json.loads(file.read_text("utf-8"))
    return json.dumps(raw | {"id": "own", "version": number, "base_points": base_points})


def kept(ctx, number: int = 1) -> int:
    return versions.keep_candidate(ctx, card(number), {"buyers": 40, "defaults": 30}, "test")


def other(ctx):
    return replace(ctx, actor="somebody else")


def events(ctx):
    return rows(ctx, "select kind, facts from event where kind like 'scoring.card%%' order by id")


# Deciding


def test_a_candidate_counts_for_nothing(ctx):
    bring_in(ctx, Line())
    kept(ctx)
    assert versions.champion(ctx) is None
    refresh_scores(ctx)
    assert [s["scorecard"] for s in rows(ctx, "select scorecard from score")] == [CARD]


def test_who_trained_a_card_cannot_approve_it(ctx):
    kept(ctx)
    with pytest.raises(Refusal) as refused:
        versions.decide(ctx, 1, CardMove.APPROVE)
    assert refused.value.facts["mend"] is Mend.ANOTHER_PERSON
    assert versions.version(ctx, 1).state is CardState.CANDIDATE


def test_an_approved_card_scores_the_sellers_buyers(ctx):
    bring_in(ctx, Line(), Line(buyer="200", due_on=date(2026, 1, 2)))
    kept(ctx)
    assert versions.decide(other(ctx), 1, CardMove.APPROVE) is CardState.CHAMPION
    refresh_scores(ctx)
    found = rows(ctx, "select * from score")
    assert {s["scorecard"] for s in found} == {"own_v1"}
    for s in found:
        known = {n: None if v is None else Decimal(str(v)) for n, v in s["attributes"].items()}
        said = evaluate(parse(card()), known)
        assert (s["score"], s["pd"], s["grade"]) == (said.score, said.pd, said.grade)


def test_the_next_champion_retires_the_last_and_retiring_it_brings_the_delivered_one_back(ctx):
    for number in (1, 2):
        kept(ctx, number)
        versions.decide(other(ctx), number, CardMove.APPROVE)
    assert [(v.version, v.state) for v in versions.versions(ctx)] == [
        (2, "champion"),
        (1, "retired"),
    ]
    versions.decide(ctx, 2, CardMove.RETIRE)
    assert versions.champion(ctx) is None
    assert [
        (e["kind"], e["facts"].get("before"), e["facts"].get("after")) for e in events(ctx)
    ] == [
        ("scoring.card_trained", None, None),
        ("scoring.card_decided", 0, 1),
        ("scoring.card_trained", None, None),
        ("scoring.card_decided", 1, 2),
        ("scoring.card_decided", 2, 0),
    ]


def test_a_champion_is_not_approved_twice(ctx):
    kept(ctx)
    versions.decide(other(ctx), 1, CardMove.APPROVE)
    with pytest.raises(Refusal) as refused:
        versions.decide(other(ctx), 1, CardMove.APPROVE)
    assert refused.value.code is Code.MOVE_NOT_ALLOWED


def test_a_card_under_another_number_or_of_another_id_is_refused(ctx):
    for text in (card(7), card().replace('"own"', '"mine"')):
        with pytest.raises(Refusal) as refused:
            versions.keep_candidate(ctx, text, {}, "")
        assert refused.value.code is Code.SCORECARD_INVALID


@pytest.mark.parametrize("base_points", [200, 900])
def test_a_card_that_leaves_the_scale_is_refused_before_the_day_meets_it(ctx, base_points):
    with pytest.raises(Refusal) as refused:
        versions.keep_candidate(ctx, card(1, base_points), {}, "")
    assert refused.value.code is Code.SCORECARD_INVALID
    assert (refused.value.facts["least"], refused.value.facts["most"]) == (300, 800)
    assert versions.versions(ctx) == []


def test_another_seller_sees_and_uses_none_of_it(ctx, new_seller):
    kept(ctx)
    versions.decide(other(ctx), 1, CardMove.APPROVE)
    stranger = new_seller(name="Stranger")
    assert versions.versions(stranger) == []
    assert versions.champion(stranger) is None
    with pytest.raises(Refusal) as refused:
        versions.version(stranger, 1)
    assert refused.value.code is Code.NOT_FOUND


def test_a_reader_may_neither_keep_nor_decide(ctx):
    reader = replace(ctx, may=frozenset({Permission.READ}))
    for act in (lambda: kept(reader), lambda: versions.decide(reader, 1, CardMove.RETIRE)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_ALLOWED


# What cards are trained on


def test_a_default_is_an_invoice_90_days_past_due_or_an_insolvency_within_the_horizon(ctx):
    day = days_to_look(TODAY, 1)[0]
    before = {"issued_on": day - timedelta(days=40)}
    due = day + timedelta(days=10)
    bring_in(
        ctx,
        Line("on time", due, settled_on=due, **before),
        Line("late", due, settled_on=due + timedelta(days=90), **before),
        Line("default", due, settled_on=due + timedelta(days=91), **before),
        Line("open", due, **before),
        Line("lost", due, settled_on=due, **before),
        Line("already", day - timedelta(days=91), issued_on=day - timedelta(days=120)),
        Line("new", day + timedelta(days=20), issued_on=day + timedelta(days=1)),
    )
    insolvent(on(ctx, day + timedelta(days=5)), "lost")
    names = {b["id"]: b["n"] for b in rows(ctx, "select id::text, buyer_number as n from buyer")}
    seen = {names[o.buyer]: o.defaulted for o in observed(ctx, [day], NAMES)}
    assert seen == {"on time": False, "late": False, "default": True, "open": True, "lost": True}


def test_what_nobody_will_pay_is_a_default_though_its_day_came_early(ctx):
    """A write-off closes an invoice on its day: that alone must not look like a payment."""
    day = days_to_look(TODAY, 1)[0]
    due = day + timedelta(days=10)
    made = {"issued_on": day - timedelta(days=40), "amount": 20_00}
    early = {"issued_on": day - timedelta(days=60), "amount": 20_00}
    bring_in(
        ctx,
        *(Line(name, due, **made) for name in ("gone", "failed", "small")),
        mistaken := Line("mistaken", due, number="M", **made),
        Line("already", day - timedelta(days=30), **early),
        Line("already", due, number="second", settled_on=due, **made),
    )
    then = on(ctx, day + timedelta(days=60))
    lose(on(ctx, day - timedelta(days=2)), "already", WriteOffReason.UNCOLLECTABLE)
    lose(then, "gone", WriteOffReason.UNCOLLECTABLE)
    lose(then, "failed", WriteOffReason.INSOLVENT)
    lose(then, "small", WriteOffReason.NOT_WORTH_IT)
    payment = lose(then, "mistaken", WriteOffReason.UNCOLLECTABLE)
    payments.undo_allocation(then, payment, None, "it was paid")
    pay(on(ctx, day + timedelta(days=70)), mistaken)
    names = {b["id"]: b["n"] for b in rows(ctx, "select id::text, buyer_number as n from buyer")}
    seen = {names[o.buyer]: o.defaulted for o in observed(ctx, [day], NAMES)}
    assert seen == {"gone": True, "failed": True, "small": False, "mistaken": False}


def lose(ctx, number: str, reason: WriteOffReason) -> UUID:
    """Write all off that the buyer owes; the settlement that it became."""
    [invoice] = rows(
        ctx,
        "select i.id, i.open_minor from invoice i join buyer b on b.id = i.buyer_id"
        " where b.buyer_number = %(number)s and i.open_minor > 0 order by i.due_on limit 1",
        number=number,
    )
    write_off(ctx, invoice["id"], Money(invoice["open_minor"], "EUR"), reason)
    [done] = rows(
        ctx, "select payment_id from write_off where invoice_id = %(id)s", id=invoice["id"]
    )
    return done["payment_id"]


def test_what_happens_after_the_day_changes_no_attribute(ctx):
    day = days_to_look(TODAY, 1)[0]
    due, issued = day - timedelta(days=20), day - timedelta(days=50)
    bring_in(ctx, Line("a", due, issued_on=issued, number="1"))
    first = observed(ctx, [day], NAMES)
    bring_in(
        ctx, Line("a", due, issued_on=issued, number="1", settled_on=day + timedelta(days=30)),
        Line(
            "a", day + timedelta(days=40), issued_on=day + timedelta(days=10),
            settled_on=day + timedelta(days=60),
        ),
    )  # fmt: skip
    second = observed(ctx, [day], NAMES)
    assert [o.attributes for o in first] == [o.attributes for o in second]
    assert [o.defaulted for o in first] == [True]
    assert [o.defaulted for o in second] == [False]


def test_every_look_has_its_whole_horizon_behind_it():
    assert max(days_to_look(TODAY, 4)) + HORIZON <= TODAY


# Back-test


def test_a_back_test_counts_scores_whose_year_is_over_and_what_came_of_them(ctx):
    day = TODAY - timedelta(days=365)
    due, before = day + timedelta(days=10), {"issued_on": day - timedelta(days=40)}
    bring_in(
        ctx,
        Line("paid", due, settled_on=due, **before),
        Line("default", due, **before),
        Line("already", day - timedelta(days=95), issued_on=day - timedelta(days=120)),
    )
    refresh_scores(on(ctx, day))
    assert backtest(ctx, TODAY - timedelta(days=1)) == []
    found = backtest(ctx, TODAY)
    assert {line.vintage for line in found} == {12 * day.year + day.month - 1}
    assert sum(line.buyers for line in found) == 2
    assert sum(line.defaults for line in found) == 1
    pds = rows(ctx, "select sum(pd) as pd from score where grade < 8")
    assert sum(line.expected for line in found) == pds[0]["pd"]
    insolvent(on(ctx, TODAY - timedelta(days=1)), "paid")
    assert sum(line.defaults for line in backtest(ctx, TODAY)) == 2


def test_scores_worked_out_now_are_those_that_would_have_been_stored(ctx):
    """A book whose invoices go back further than its scores is measured at once."""
    day = TODAY - HORIZON
    due, before = day + timedelta(days=10), {"issued_on": day - timedelta(days=40)}
    late = {"issued_on": day - timedelta(days=200), "settled_on": day - timedelta(days=20)}
    bring_in(
        ctx,
        Line("paid", due, settled_on=due, **before),
        Line("late", day - timedelta(days=80), number="first", **late),
        Line("late", due, number="second", **before),
        Line("already", day - timedelta(days=95), issued_on=day - timedelta(days=120)),
    )
    assert backtest(ctx, TODAY) == []
    found = rebuilt(ctx)
    looked = [
        (level.name - vintage(day), level.buyers, level.defaults) for level in by_vintage(found)
    ]
    # "late" has an invoice from the first look on, "already" from the second.
    assert looked == [(-6, 1, 1), (-3, 2, 2), (0, 2, 1)]
    refresh_scores(on(ctx, day))
    stored = backtest(ctx, TODAY)
    assert [line for line in found if line.vintage == vintage(day)] == stored


def vintage(day: date) -> int:
    return 12 * day.year + day.month - 1


def test_a_buyer_that_was_lost_before_its_score_is_no_default_of_it(ctx):
    day = TODAY - timedelta(days=365)
    due, before = day - timedelta(days=10), {"issued_on": day - timedelta(days=40), "amount": 20_00}
    bring_in(
        ctx,
        Line("gone", due, **before),
        Line("gone", day + timedelta(days=9), number="second", **before),
        Line("later", due, settled_on=due, **before),
    )
    lose(on(ctx, day - timedelta(days=1)), "gone", WriteOffReason.UNCOLLECTABLE)
    refresh_scores(on(ctx, day))
    [found] = backtest(ctx, TODAY)
    assert (found.buyers, found.defaults) == (1, 0)


def test_a_migration_tells_where_each_grade_went(ctx):
    day = TODAY - timedelta(days=100)
    bring_in(ctx, Line(due_on=day - timedelta(days=5), issued_on=day - timedelta(days=40)))
    refresh_scores(on(ctx, day))
    refresh_scores(ctx, since=day)
    grades = [s["grade"] for s in rows(ctx, "select grade from score order by scored_on")]
    assert len(grades) == 2
    assert grades[1] > grades[0]
    assert migration(ctx, day, TODAY) == [Moved(grades[0], grades[1], 1)]


# Training


def habits(ctx, buyers: int) -> None:
    """Buyers that pay late before they stop paying, and buyers that pay on time."""
    dice, lines = random.Random(3), []
    for n in range(buyers):
        is_bad = n % 3 == 0
        for month in range(30):
            due = TODAY - timedelta(days=30 * month + 20)
            stops = is_bad and due > TODAY - timedelta(days=300)
            late = dice.randrange(10, 60) if is_bad and dice.random() < 0.9 else dice.randrange(6)
            settled = due + timedelta(days=late)
            lines.append(
                Line(
                    str(n), due, 1000 + dice.randrange(9000), issued_on=due - timedelta(days=30),
                    settled_on=None if stops or settled > TODAY else settled,
                )
            )  # fmt: skip
    bring_in(ctx, *lines)


def test_a_card_trained_on_the_sellers_outcomes_finds_who_stops_paying(ctx):
    pytest.importorskip("optbinning")
    from netterms.scoring.training import own

    habits(ctx, 120)
    trained = own.train(ctx, 2, own.Refused(340, 12, 40, 5))
    read = parse(trained.text)
    assert "12 of 340 orders and 5 of 40 newcomers were declined" in read.provenance["rejects"]
    assert trained.measures["newcomers_declined"] == 5
    assert read.name == "own_v1"
    assert "no reject inference" in read.provenance["statement"]
    assert float(trained.measures["auc"]) > 0.8
    assert trained.measures["defaults"] >= own.FEWEST_DEFAULTS
    number = versions.keep_candidate(ctx, trained.text, trained.measures, "")
    versions.decide(other(ctx), number, CardMove.APPROVE)
    refresh_scores(ctx)
    assert {s["scorecard"] for s in rows(ctx, "select scorecard from score")} == {"own_v1"}


def test_too_few_defaults_are_refused_with_how_many_it_takes(ctx):
    pytest.importorskip("optbinning")
    from netterms.scoring.training import own

    bring_in(ctx, Line(due_on=date(2025, 1, 1), issued_on=date(2024, 12, 1)))
    with pytest.raises(Refusal) as refused:
        own.train(ctx, 2)
    assert refused.value.facts["mend"] is Mend.MORE_DEFAULTS
    assert refused.value.facts["least"] == own.FEWEST_DEFAULTS
