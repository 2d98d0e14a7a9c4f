"""Plans in instalments: offered, checked, judged by the day, planned anew once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from netterms.collection.instalments import Offer, judge_instalments, offer_plan
from netterms.collection.moves import PlanMove, PlanState
from netterms.collection.plans import move_plan
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.schedules import Check, Shape
from tests.actions.small_book import put, rows

DUE = date(2026, 4, 30)
OFFER = Offer(6, Decimal(8), 240_000, date(2026, 5, 20))


@pytest.fixture
def debt(ctx):
    """EUR 12,000.00 of a German buyer, late."""
    return put(ctx, "A", "R-1", 1_200_000, due_on=DUE)


def collector(ctx):
    return replace(ctx, may=frozenset({Permission.COLLECT, Permission.READ}))


def run(ctx, plan):
    for move in (PlanMove.ACCEPT, PlanMove.START):
        move_plan(ctx, plan, move)


def state(ctx, plan):
    [found] = rows(ctx, "select state from payment_plan where id = %(plan)s", plan=plan)
    return found["state"]


def pay(ctx, invoice, minor):
    with book(ctx):
        sql.execute(
            "update invoice set open_minor = open_minor - %(minor)s, settled_on ="
            " case when open_minor = %(minor)s then %(day)s::date end, state ="
            " case when open_minor = %(minor)s then 'paid' else 'part_paid' end"
            " where seller_id = %(seller)s and id = %(invoice)s",
            {"seller": ctx.seller, "invoice": invoice, "minor": minor, "day": ctx.today},
        )


def on(ctx, day):
    return ctx.on(date.fromisoformat(day))


def test_an_offer_keeps_its_schedule_with_the_down_payment_first(ctx, debt):
    buyer, invoice = debt
    made = offer_plan(collector(ctx), buyer, [invoice], OFFER)
    assert (made.state, made.debt.minor, made.approved) == (PlanState.PROPOSED, 1_200_000, ())
    kept = rows(ctx, "select number, due_on, interest_minor, principal_minor from plan_instalment"
                     " order by number")  # fmt: skip
    assert [line["number"] for line in kept] == [0, 1, 2, 3, 4, 5, 6]
    assert sum(line["interest_minor"] for line in kept) == 22_524
    assert sum(line["principal_minor"] for line in kept) == 1_200_000
    assert (kept[0]["due_on"], kept[6]["due_on"]) == (ctx.today, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"acknowledged_on": None}, "no_acknowledgment"),
        ({"acknowledged_on": date(2026, 6, 2)}, "no_acknowledgment"),
        ({"down_minor": 119_999}, "down_payment_small"),
        ({"months": 7}, "tenor_needs_approval"),
        ({"months": 13}, "tenor_too_long"),
    ],
)
def test_what_stands_against_a_plan_blocks_it(ctx, debt, change, check):
    with pytest.raises(Refusal) as refused:
        offer_plan(collector(ctx), debt[0], [debt[1]], replace(OFFER, **change))
    assert (refused.value.code, refused.value.facts["check"]) == (Code.PLAN_BLOCKED, check)
    assert rows(ctx, "select id from payment_plan") == []


def test_who_manages_policies_may_waive_some_of_it(ctx, debt):
    made = offer_plan(ctx, debt[0], [debt[1]], replace(OFFER, months=9, down_minor=0))
    assert made.approved == (Check.DOWN_PAYMENT_SMALL, Check.TENOR_NEEDS_APPROVAL)
    assert len(made.instalments) == 9


@pytest.mark.parametrize(
    "change",
    [{"months": 0}, {"months": 121}, {"yearly_percent": Decimal(-1)}, {"down_minor": 1_200_000}],
)
def test_figures_out_of_range_are_refused(ctx, debt, change):
    with pytest.raises(Refusal) as refused:
        offer_plan(ctx, debt[0], [debt[1]], replace(OFFER, **change))
    assert refused.value.code is Code.VALUE_INVALID


def test_a_plan_that_is_paid_in_time_completes(ctx, debt):
    made = offer_plan(ctx, debt[0], [debt[1]], OFFER)
    run(ctx, made.id)
    pay(ctx, debt[1], 240_000)
    # The first instalment's principal is 1,573.54; a day before the end of its grace.
    assert judge_instalments(on(ctx, "2026-07-08")) == {"completed": 0, "accelerated": 0}
    pay(ctx, debt[1], 960_000)
    assert judge_instalments(on(ctx, "2026-07-09")) == {"completed": 1, "accelerated": 0}
    assert state(ctx, made.id) == "completed"


def test_a_missed_instalment_calls_the_plan_in_after_five_business_days(ctx, debt):
    made = offer_plan(ctx, debt[0], [debt[1]], OFFER)
    run(ctx, made.id)
    pay(ctx, debt[1], 240_000)
    # Due on Wednesday 1 July: the fifth business day after it is the 8th.
    assert judge_instalments(on(ctx, "2026-07-08"))["accelerated"] == 0
    assert judge_instalments(on(ctx, "2026-07-09"))["accelerated"] == 1
    assert state(ctx, made.id) == "accelerated"
    assert judge_instalments(on(ctx, "2026-07-10")) == {"completed": 0, "accelerated": 0}


def test_nothing_is_called_in_where_the_law_forbids_it(ctx, debt):
    with book(ctx):
        sql.execute("update buyer set country = 'TH' where seller_id = %(s)s", {"s": ctx.seller})
    made = offer_plan(ctx, debt[0], [debt[1]], OFFER)
    run(ctx, made.id)
    assert judge_instalments(on(ctx, "2026-10-01"))["accelerated"] == 0
    assert state(ctx, made.id) == "running"


def test_a_debt_is_planned_anew_once_and_again_only_by_who_may(ctx, debt):
    plan = offer_plan(ctx, debt[0], [debt[1]], OFFER).id
    run(ctx, plan)
    again = offer_plan(collector(ctx), debt[0], [debt[1]], OFFER, replaces=plan)
    assert state(ctx, plan) == "replanned"
    run(ctx, again.id)
    with pytest.raises(Refusal) as refused:
        offer_plan(collector(ctx), debt[0], [debt[1]], OFFER, replaces=again.id)
    assert refused.value.facts["check"] == "second_replan"
    assert state(ctx, again.id) == "running"
    third = offer_plan(ctx, debt[0], [debt[1]], OFFER, replaces=again.id)
    assert third.approved == (Check.SECOND_REPLAN,)


def test_equal_principal_is_kept_as_offered(ctx, debt):
    made = offer_plan(ctx, debt[0], [debt[1]], replace(OFFER, shape=Shape.EQUAL_PRINCIPAL))
    assert {i.principal.minor for i in made.instalments} == {160_000}
