"""Collection in figures: each from rows whose answer is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from netterms.collection.contacts import log_contact
from netterms.collection.figures import collection_figures
from netterms.kernel.money import Money
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.store.portable import DuckEngine
from tests.actions.books import Line, bring_in, buyer_id, on, pay
from tests.actions.collection.test_contacts_and_ranking import DUE, call, climb, promised


def test_what_a_small_book_adds_up_to(ctx):
    lines = [
        Line(buyer=n, due_on=DUE, amount=500_000, number=f"N{n}") for n in ("1", "2", "3", "4")
    ]
    bring_in(on(ctx, DUE - timedelta(days=30)), *lines)
    today = climb(ctx, 31)
    log_contact(today, replace(promised(today, 400_000, 2), minutes=10), "1")
    log_contact(today, replace(call(today, "2"), minutes=5), "2")
    log_contact(today, replace(call(today, "2"), minutes=5), "3")
    paid = on(ctx, today.today + timedelta(days=2))
    payment = PaymentIn(buyer_id(ctx, "1"), Money(390_000, "EUR"), paid.today, "R1")
    record_payment(paid, payment)
    pay(paid, lines[2])
    end = climb(ctx, 36)
    found = collection_figures(end, DUE, end.today)
    assert [(c.stage, c.reached, c.cured, c.still_open) for c in found.cures] == [
        (1, 4, 0, 0), (2, 4, 1, 3), (3, 0, 0, 0), (4, 0, 0, 0),
    ]  # fmt: skip
    assert found.first_two == Decimal("0.25")
    assert found.cures[2].rate is None
    [kept] = found.promises
    assert (kept.promises, kept.kept, kept.rate) == (1, 1, 1)
    [day] = found.days
    assert (day.cases, day.attempts, day.calls, day.right_parties, day.minutes) == (2, 3, 3, 1, 20)
    assert (day.promised_minor, day.collected_minor) == (400_000, 390_000)
    assert found.right_party_rate == Decimal(1) / 3
    assert found.minutes_cost_minor == 20 * 60
    assert found.cost_minor == 20 * 60 + sum(c.cost_minor for c in found.costs)


def test_an_empty_book_has_no_rates(ctx):
    found = collection_figures(ctx, ctx.today, ctx.today)
    assert (found.first_two, found.right_party_rate, found.days, found.cost_minor) == (
        None,
        None,
        (),
        0,
    )


def test_the_questions_answer_alike_on_duckdb():
    engine = duckdb.connect()
    engine.execute(
        "create table contact_fact as select * from (values"
        " ('a', date '2026-06-01', 1, 'phone', true, 10, 400000),"
        " ('a', date '2026-06-01', 2, 'email', false, 5, null),"
        " ('a', date '2026-06-01', 2, 'phone', false, 5, null))"
        " t(made_by, made_on, buyer_id, channel, right_party, minutes, promised_minor)"
    )
    engine.execute(
        "create table receipt_fact as select * from (values (1, date '2026-06-15', 7),"
        " (1, date '2026-06-16', 100)) t(buyer_id, paid_on, home_minor)"
    )
    engine.execute(
        "create table case_fact as select * from (values (1, 'closed_paid', date '2026-06-01',"
        " date '2026-06-02'), (3, 'open', date '2026-06-01', null))"
        " t(stage, state, opened_on, closed_on)"
    )
    engine.execute(
        "create table promise_fact as select * from (values ('EUR', 'kept', 3, date '2026-06-02'),"
        " ('EUR', 'broken', 1, date '2026-06-02')) t(currency, state, amount_minor, closed_on)"
    )
    engine.execute("create table done_fact as select 'call' as step, date '2026-06-01' as done_on")
    engine.execute("create table step_cost as select 'call' as step, 50 as cost")
    span = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    duck = DuckEngine(engine)
    [day] = duck.ask("collection/collector_days", **span)
    assert (day["cases"], day["attempts"], day["calls"], day["collected_minor"]) == (2, 3, 2, 7)
    cures = duck.ask("collection/cure", **span)
    assert [(c["reached"], c["cured"]) for c in cures] == [(2, 1), (1, 0), (1, 0), (0, 0)]
    [rate] = duck.ask("collection/promise_rates", **span)
    assert (rate["kept_minor"], rate["promised_minor"]) == (3, 4)
    assert duck.ask("collection/step_costs", **span) == [
        {"step": "call", "steps": 1, "cost_minor": 50}
    ]
