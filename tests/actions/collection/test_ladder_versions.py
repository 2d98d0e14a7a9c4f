"""The ladder as data: drafts, a second person, conditions, and a trial that writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.collection.actions import climb_ladder, judge_promises
from netterms.collection.ladder import LADDER, Doer, LadderStep, StepKind, Way
from netterms.collection.ladder_versions import (
    draft,
    live_steps,
    live_version,
    put_live,
    try_ladder,
    version,
    versions,
)
from netterms.kernel.context import EVERYTHING, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.actions import refresh_scores
from netterms.store.tenancy import book
from tests.actions.books import (
    Line,
    actions,
    bring_in,
    change,
    fingerprint,
    kinds,
    on,
    rows,
    value,
)

DUE = date(2026, 4, 30)
CALL_AT_ONCE = LadderStep(1, StepKind.CALL, 0, Way.PHONE, Doer.COLLECTOR)
LARGE = replace(CALL_AT_ONCE, currency="EUR", from_minor=500_000)


def climb(ctx, dpd):
    today = on(ctx, DUE + timedelta(days=dpd))
    judge_promises(today)
    return climb_ladder(today)


def second(ctx):
    return replace(ctx, actor="second")


def live(ctx, *steps, dpd=0):
    today = on(ctx, DUE + timedelta(days=dpd))
    number = draft(today, steps, "")
    put_live(second(today), number, today.today, "agreed")
    return number


def told(ctx):
    return [kind for kind in kinds(ctx) if kind.startswith("collection.")]


def planned(ctx):
    return [(a["buyer_number"], a["step"]) for a in _joined(ctx)]


def _joined(ctx):
    return rows(
        ctx,
        "select b.buyer_number, a.step, a.channel, a.who from collection_action a"
        " join buyer b on b.seller_id = a.seller_id and b.id = a.buyer_id"
        " order by b.buyer_number, a.step",
    )


def test_without_a_version_the_shipped_ladder_counts(ctx):
    assert [v.version for v in versions(ctx)] == [0]
    assert live_version(ctx, ctx.today) == 0
    with book(ctx):
        assert live_steps(ctx, ctx.today) == LADDER


def test_a_draft_counts_for_nothing_and_the_same_again_is_the_same(ctx):
    number = draft(ctx, [CALL_AT_ONCE], "call at once")
    assert (number, draft(ctx, [CALL_AT_ONCE], "again")) == (1, 1)
    assert version(ctx, 1).is_draft
    assert version(ctx, 1).steps == (CALL_AT_ONCE,)
    assert live_version(ctx, ctx.today) == 0
    assert told(ctx) == ["collection.ladder_drafted"]


def test_who_wrote_it_may_not_put_it_live_and_another_may(ctx):
    draft(ctx, [CALL_AT_ONCE], "")
    with pytest.raises(Refusal) as refused:
        put_live(ctx, 1, ctx.today, "good")
    assert refused.value.code is Code.SAME_PERSON
    later = ctx.today + timedelta(days=3)
    put_live(second(ctx), 1, later, "good")
    put_live(second(ctx), 1, later, "good")
    assert [live_version(ctx, ctx.today + timedelta(days=n)) for n in (0, 2, 3)] == [0, 0, 1]
    put_live(ctx, 0, later, "back to the shipped one")
    assert live_version(ctx, later) == 0
    assert told(ctx)[1:] == ["collection.ladder_put_live"] * 2


def test_refusals_of_going_live(ctx):
    draft(ctx, [CALL_AT_ONCE], "")
    other = second(ctx)
    for code, act in (
        (Code.NOT_FOUND, lambda: put_live(other, 9, ctx.today, "x")),
        (Code.VALUE_INVALID, lambda: put_live(other, 1, ctx.today, " ")),
        (Code.VALUE_INVALID, lambda: put_live(other, 1, ctx.today - timedelta(days=1), "x")),
        (
            Code.NOT_ALLOWED,
            lambda: put_live(
                replace(other, may=EVERYTHING - {Permission.MANAGE_POLICY}), 1, ctx.today, "x"
            ),
        ),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is code


@pytest.mark.parametrize(
    ("changed", "field", "mend"),
    [
        ({"after_days": 30}, "after_days", Mend.BETWEEN),
        ({"stage": 5}, "stage", Mend.BETWEEN),
        ({"step": StepKind.POLICY_NOTICE}, "step", Mend.ONE_OF),
        ({"channel": Way.LETTER}, "channel", Mend.ONE_OF),
        ({"who": Doer.MACHINE}, "who", Mend.ONE_OF),
        ({"country": "Germany"}, "country", Mend.COUNTRY_CODE),
        ({"currency": "euro"}, "currency", Mend.CURRENCY_CODE),
        ({"from_minor": 1}, "currency", Mend.GIVE_IT),
        ({"from_minor": 9, "to_minor": 8, "currency": "EUR"}, "to_minor", Mend.AT_LEAST),
        ({"from_minor": -1, "currency": "EUR"}, "from_minor", Mend.AT_LEAST),
        ({"best_grade": 5, "worst_grade": 4}, "grade", Mend.BETWEEN),
        ({"worst_grade": 11}, "grade", Mend.BETWEEN),
    ],
)
def test_a_step_that_cannot_be_is_refused(ctx, changed, field, mend):
    with pytest.raises(Refusal) as refused:
        draft(ctx, [replace(CALL_AT_ONCE, **changed)], "")
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"] is mend
    assert told(ctx) == []


def test_a_ladder_has_steps_and_each_once(ctx):
    for steps, mend in (([], Mend.BETWEEN), ([CALL_AT_ONCE] * 2, Mend.OTHER_STEP)):
        with pytest.raises(Refusal) as refused:
            draft(ctx, steps, "")
        assert refused.value.facts["mend"] is mend


def test_the_day_plans_what_the_live_ladder_says_for_whom_it_says(ctx):
    bring_in(
        on(ctx, DUE - timedelta(days=30)),
        Line(buyer="1", due_on=DUE, amount=499_999),
        Line(buyer="2", due_on=DUE, amount=500_000),
        Line(buyer="3", due_on=DUE, amount=900_000, currency="USD"),
        Line(buyer="4", due_on=DUE, amount=900_000, country="FR"),
    )
    change(ctx, "update buyer set key_account = true, sector = 'steel' where buyer_number = '1'")
    live(
        ctx,
        replace(LARGE, to_minor=899_999),
        LadderStep(1, StepKind.LETTER, 0, Way.LETTER, Doer.LEGAL, country="FR"),
        LadderStep(1, StepKind.LETTER, 1, Way.EMAIL, Doer.COLLECTOR, segment="key_account"),
        LadderStep(1, StepKind.LEGAL_STEP, 0, Way.LETTER, Doer.LEGAL, segment="steel"),
        LadderStep(1, StepKind.CLAIM_FILE, 0, Way.PAGE, Doer.LEGAL, worst_grade=10),
    )
    climb(ctx, 1)
    assert planned(ctx) == [("1", "legal_step"), ("2", "call"), ("4", "letter")]
    climb(ctx, 2)
    assert ("1", "letter") in planned(ctx)
    assert {(a["channel"], a["who"]) for a in _joined(ctx)} == {
        ("letter", "legal"),
        ("phone", "collector"),
        ("email", "collector"),
    }


def test_a_graded_step_meets_the_worst_of_a_buyers_newest_grades(ctx):
    bring_in(on(ctx, DUE - timedelta(days=30)), Line(buyer="1", due_on=DUE))
    graded = replace(CALL_AT_ONCE, best_grade=6)
    live(ctx, graded)
    climb(ctx, 1)
    assert planned(ctx) == []
    refresh_scores(on(ctx, DUE + timedelta(days=1)), since=None)
    grade = value(ctx, "select max(grade) from score")
    live(ctx, replace(CALL_AT_ONCE, best_grade=grade, worst_grade=grade), dpd=1)
    climb(ctx, 2)
    assert planned(ctx) == [("1", "call")]


def test_a_trial_says_what_the_next_day_does_and_writes_nothing(ctx):
    bring_in(
        on(ctx, DUE - timedelta(days=30)),
        Line(buyer="1", due_on=DUE, amount=499_999),
        Line(buyer="2", due_on=DUE, amount=500_000),
        Line(buyer="3", due_on=DUE - timedelta(days=30)),
    )
    climb(ctx, 0)
    today = on(ctx, DUE)
    number = draft(today, [LARGE], "")
    before = fingerprint(ctx)
    trial = try_ladder(today, number, DUE)
    assert fingerprint(ctx) == before
    assert (trial.on, trial.version, trial.live) == (DUE + timedelta(days=1), 1, 0)
    assert [(g.buyer_name, g.step) for g in trial.given] == [("Buyer 2", "call")]
    assert [(g.buyer_name, g.step) for g in trial.added] == [("Buyer 2", "call")]
    assert trial.given[0].overdue_minor == {"EUR": 500_000}
    # The reminder of buyer 3 was planned when it came into stage 1; at 31 days it is called.
    assert sorted((g.buyer_name, g.step) for g in trial.dropped) == [
        ("Buyer 1", "email_reminder"),
        ("Buyer 2", "email_reminder"),
        ("Buyer 3", "call"),
    ]
    assert trial.counts == ((1, "call", 1, 0), (1, "email_reminder", 0, 2), (2, "call", 0, 1))
    put_live(second(today), number, DUE + timedelta(days=1), "tried")
    done = len(actions(ctx))
    climb(ctx, 1)
    assert [a["step"] for a in actions(ctx)[done:]] == ["call"]


def test_a_trial_of_the_live_ladder_shows_no_difference(ctx):
    bring_in(on(ctx, DUE - timedelta(days=30)), Line(due_on=DUE))
    climb(ctx, 0)
    trial = try_ladder(on(ctx, DUE), 0, DUE)
    assert (len(trial.given), trial.added, trial.dropped) == (1, (), ())
