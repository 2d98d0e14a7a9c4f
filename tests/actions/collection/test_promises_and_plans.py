"""Promises as COL-02 wants them, and payment plans from proposal to running."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from netterms.collection.moves import PlanMove, PlanState
from netterms.collection.plans import move_plan, propose_plan
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)
EUROS = Money(10_000, "EUR")


def given(buyer, days, ctx, **changes):
    made = PromiseGiven(
        buyer, EUROS, ctx.today + timedelta(days=days), "A. Lindqvist", Channel.PHONE
    )
    return replace(made, **changes)


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as refusal:
        act(*arguments)
    assert refusal.value.code is code
    return refusal.value.facts


def test_a_promise_is_noted_and_the_next_replaces_it(ctx):
    buyer, _ = put(ctx, "1", "A", 10_000, due_on=DUE)
    record_promise(ctx, given(buyer, 7, ctx))
    record_promise(ctx, given(buyer, 3, ctx, channel=Channel.EMAIL))
    record_promise(ctx, given(buyer, 3, ctx, amount=Money(5, "USD")))
    found = rows(ctx, "select state, channel, made_on, currency from promise order by id")
    assert sorted(line["state"] for line in found) == ["open", "open", "replaced"]
    assert {line["made_on"] for line in found} == {ctx.today}
    assert kinds(ctx).count("collection.promise_made") == 3


def test_objections_of_col_02(ctx):
    buyer, _ = put(ctx, "1", "A", 10_000, due_on=DUE)
    # 2026-06-01 is a Monday: ten business days end on the 15th.
    record_promise(ctx, given(buyer, 14, ctx))
    facts = refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 15, ctx))
    assert facts["objections"] == ["too_far_ahead"]
    facts = refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, -1, ctx))
    assert facts["objections"] == ["in_the_past"]
    broken(ctx, buyer, 1)
    facts = refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 8, ctx))
    assert facts["objections"] == ["too_far_ahead"], "after a broken one five days are the most"
    record_promise(ctx, given(buyer, 7, ctx))
    broken(ctx, buyer, 1)
    facts = refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 2, ctx))
    assert facts["objections"] == ["no_more_promises"]


def broken(ctx, buyer, days_ago):
    with book(ctx):
        sql.execute(
            "insert into promise (seller_id, buyer_id, currency, amount_minor, made_on,"
            " promised_for, payer, channel, state, closed_on)"
            " values (%(s)s, %(b)s, 'EUR', 1, %(d)s, %(d)s, 'x', 'phone', 'broken', %(d)s)",
            {"s": ctx.seller, "b": buyer, "d": ctx.today - timedelta(days=days_ago)},
        )


def test_no_promise_past_a_deadline_of_the_policy(ctx):
    buyer, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    policy = open_policy(
        ctx,
        PolicySchedule("N", "1", date(2026, 1, 1), date(2026, 12, 31), PolicyTerms(currency="EUR")),
    )
    with book(ctx):
        sql.execute(
            "insert into policy_deadline (seller_id, policy_id, buyer_id, invoice_id, kind, due_on,"
            " rule) values (%(s)s, %(p)s, %(b)s, %(i)s, 'overdue_notice', %(d)s, 'TCI-10')",
            {
                "s": ctx.seller,
                "p": policy,
                "b": buyer,
                "i": invoice,
                "d": ctx.today + timedelta(days=3),
            },
        )
    facts = refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 4, ctx))
    assert facts["objections"] == ["past_policy_deadline"]
    record_promise(ctx, given(buyer, 3, ctx))


def test_promises_that_say_too_little(ctx):
    buyer, _ = put(ctx, "1", "A", 10_000, due_on=DUE)
    assert refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 3, ctx, payer=" "))[
        "field"
    ] == ("payer")
    refused(Code.VALUE_INVALID, record_promise, ctx, given(buyer, 3, ctx, amount=Money(0, "EUR")))
    refused(Code.NOT_FOUND, record_promise, ctx, given(uuid4(), 3, ctx))
    reader = replace(ctx, may=frozenset({Permission.READ}))
    refused(Code.NOT_ALLOWED, record_promise, reader, given(buyer, 3, ctx))


def test_a_plan_runs_and_ends(ctx):
    buyer, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    plan, state = propose_plan(ctx, buyer, [invoice], date(2026, 9, 1))
    assert state is PlanState.PROPOSED
    for move, then in (
        (PlanMove.ACCEPT, PlanState.ACCEPTED),
        (PlanMove.START, PlanState.RUNNING),
        (PlanMove.COMPLETE, PlanState.COMPLETED),
    ):
        assert move_plan(ctx, plan, move) is then
    refused(Code.MOVE_NOT_ALLOWED, move_plan, ctx, plan, PlanMove.START)
    assert kinds(ctx).count("collection.plan_moved") == 3


def test_an_insured_buyers_plan_waits_for_the_insurer(ctx):
    buyer, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    schedule = PolicySchedule(
        "N", "1", date(2026, 1, 1), date(2026, 12, 31), PolicyTerms(currency="EUR")
    )
    policy = open_policy(ctx, schedule)
    grant_limits(ctx, policy, [GrantedLimit("1", 1_000, date(2026, 1, 1))])
    _, state = propose_plan(ctx, buyer, [invoice], date(2026, 9, 1))
    assert state is PlanState.AWAITING_INSURER_CONSENT


def test_plans_that_cannot_be(ctx):
    buyer, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    other, _ = put(ctx, "2", "B", 10_000, due_on=DUE)
    _, paid = put(ctx, "1", "C", 500, due_on=DUE, paid=500, settled_on=date(2026, 3, 1))
    end = date(2026, 9, 1)
    refused(Code.VALUE_INVALID, propose_plan, ctx, buyer, [invoice], ctx.today)
    refused(Code.VALUE_INVALID, propose_plan, ctx, buyer, [], end)
    refused(Code.NOT_FOUND, propose_plan, ctx, other, [invoice], end)
    refused(Code.NOT_FOUND, propose_plan, ctx, buyer, [paid], end)
    propose_plan(ctx, buyer, [invoice], end)
    refused(Code.VALUE_INVALID, propose_plan, ctx, buyer, [invoice], end)
    refused(Code.NOT_FOUND, move_plan, ctx, uuid4(), PlanMove.START)
