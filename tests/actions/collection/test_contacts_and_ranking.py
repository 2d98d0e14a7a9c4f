"""A collector's work: ranked by money a minute, logged once, and followed by what was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import duckdb
import pytest

from netterms.collection.actions import climb_ladder, judge_promises
from netterms.collection.contacts import Contact, Outcome, contacts_made, log_contact, right_parties
from netterms.collection.promises import Channel, PromiseGiven
from netterms.collection.ranking import (
    CollectorRule,
    assign_case,
    collector_rules,
    next_case,
    rank_work,
    set_collector_rules,
    task_counts,
    tasks,
)
from netterms.collection.work_settings import set_work_setting, work_settings
from netterms.kernel.context import EVERYTHING, Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineStatus, LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.store.portable import DuckEngine
from tests.actions.books import Line, bring_in, buyer_id, cases, change, kinds, on, rows, value

DUE = date(2026, 4, 30)


def climb(ctx, dpd):
    today = on(ctx, DUE + timedelta(days=dpd))
    judge_promises(today)
    climb_ladder(today)
    rank_work(today)
    return today


@pytest.fixture
def late(ctx):
    """Three buyers 31 days late: 1 owes most, 2 little, 3 in a currency no test gives a rate."""
    bring_in(
        on(ctx, DUE - timedelta(days=30)),
        Line(buyer="1", due_on=DUE, amount=900_000),
        Line(buyer="2", due_on=DUE, amount=10_000, country="FR"),
        Line(buyer="3", due_on=DUE, amount=900_000, currency="KES"),
    )
    return climb(ctx, 31)


def case(ctx, number="1"):
    return value(
        ctx, "select id from collection_case where buyer_id = %(b)s", b=buyer_id(ctx, number)
    )


def listed(ctx, **asked):
    return [t.buyer_name for t in tasks(ctx, ctx.today, **asked)]


def call(ctx, number="1", **more):
    return Contact(case(ctx, number), Channel.PHONE, Outcome.NOT_REACHED, **more)


def promised(ctx, minor=500_000, days=3):
    amount = Money(minor, "EUR")
    by = ctx.today + timedelta(days=days)
    return replace(
        call(ctx, right_party=True, person="Ms Pay"),
        outcome=Outcome.PROMISED,
        promise=PromiseGiven(uuid4(), amount, by, "Ms Pay", Channel.PHONE),
    )


def test_the_list_is_by_expected_money_a_minute_and_says_what_it_is_made_of(late):
    assert listed(late) == ["Buyer 1", "Buyer 2", "Buyer 3"]
    first, second, third = tasks(late, late.today)
    # 9,000.00 x (1 - 0.40) x 0.30 / 8 minutes, by the conventions of a call at stage 2.
    assert first.worth == Decimal("20250.0000")
    assert first.worth_facts == {
        "open_minor": 900_000, "at_stake_minor": 540_000, "in_danger_minor": 0, "promise_minor": 0,
        "foretold": False,
    }  # fmt: skip
    assert second.worth == Decimal("225.0000")
    assert third.worth == 0
    assert task_counts(late, late.today) == {2: 3}


def test_a_duty_of_the_policy_and_a_promise_due_today_weigh_as_money(late):
    policy = uuid4()
    change(
        late,
        "insert into insurance_policy (seller_id, id, insurer, policy_number, currency, starts_on,"
        " ends_on, terms) values (%(seller)s, %(p)s, 'X', '1', 'EUR', '2026-01-01',"
        " '2026-12-31', '{}')",
        p=policy,
    )
    two = buyer_id(late, "2")
    change(
        late,
        "insert into insured_limit (seller_id, policy_id, buyer_id, kind, amount_minor, starts_on)"
        " values (%(seller)s, %(p)s, %(b)s, 'named', 8000, '2026-01-01')",
        p=policy, b=two,
    )  # fmt: skip
    change(
        late,
        "insert into policy_deadline (seller_id, policy_id, buyer_id, invoice_id, kind, due_on,"
        " rule)"
        " select seller_id, %(p)s, buyer_id, id, 'overdue_notice', %(d)s, 'TCI-08' from invoice"
        " where buyer_id = %(b)s",
        p=policy, b=two, d=late.today + timedelta(days=3),
    )  # fmt: skip
    rank_work(late)
    task = next(t for t in tasks(late, late.today) if t.buyer_id == two)
    # The insured 80.00 with 3 of 8 days gone: 8000 x (1 - 3/8) = 5,000.
    assert task.worth_facts["in_danger_minor"] == 5_000
    assert task.worth == (Decimal(10_000) * Decimal("0.6") * Decimal("0.3") + 5_000) / 8
    assert (task.duty, task.deadline_on) == ("overdue_notice", late.today + timedelta(days=3))
    log_contact(late, promised(late, 400_000, 0), "k")
    rank_work(late)
    first = tasks(late, late.today)[0]
    assert first.worth_facts["promise_minor"] == 80_000
    assert first.promised_for == late.today


def test_a_forecast_goes_before_the_convention_while_it_can_speak(ctx):
    bring_in(on(ctx, DUE - timedelta(days=30)), Line(buyer="1", due_on=DUE, amount=100_000))
    change(
        ctx,
        "insert into payer_model (seller_id, version, trained_on, trained_at, trained_by, invoices,"
        " trees, measures) values (%(seller)s, 'v', '2026-04-01', '2026-04-01', 'x', 1,"
        " '{}', '{}')",
    )
    change(
        ctx,
        "insert into invoice_forecast (seller_id, invoice_id, model_id, forecast_on, days_late,"
        " late_chance, late_30_chance) select i.seller_id, i.id, m.id, '2026-04-02', 9, 0.8, 0.2"
        " from invoice i join payer_model m using (seller_id) where i.seller_id = %(seller)s",
    )
    change(ctx, "update seller set name = name where false")
    today = climb(ctx, 20)
    change(ctx, "update collection_action set state = 'failed' where step = 'email_reminder'")
    rank_work(today)
    facts = tasks(today, today.today)[0].worth_facts
    # Of 80 % expected late at all, 20 % are later than 30 days: 75 % pay by themselves.
    assert (facts["at_stake_minor"], facts["foretold"]) == (25_000, True)


def test_the_portable_question_answers_alike_on_duckdb(late):
    engine = duckdb.connect()
    engine.execute(
        "create table late as select * from (values"
        " ('a', 'EUR', 900000, 31, null::double, null::double),"
        " ('b', 'USD', 5000, 10, 0.8, 0.2))"
        " t(buyer_id, currency, minor, days_past_due, late_chance, late_30_chance)"
    )
    engine.execute(
        "create table rate as select * from (values ('EUR', 1), ('USD', 2)) t(currency, rate)"
    )
    owed = DuckEngine(engine).ask(
        "collection/worth_owed", self_pay_1=0.7, self_pay_2=0.4, self_pay_3=0.2, self_pay_4=0.05
    )
    engine.execute(
        "create table owed (buyer_id text, currency text, open_minor int,"
        " at_stake_minor decimal(38, 4), is_foretold int)"
    )
    engine.executemany(
        "insert into owed values"
        " ($buyer_id, $currency, $open_minor, $at_stake_minor, $is_foretold)",
        owed,
    )
    engine.execute(
        "create table task as select * from (values ('t1', 'a', 'call', null::int, 0, 0),"
        " ('t2', 'b', 'call', 3, 8000, 0)) t(action_id, buyer_id, step, deadline_days,"
        " insured_minor, promised_minor)"
    )
    engine.execute(
        "create table step_setting as select 'call' as step, 8 as minutes, 0.3 as effect"
    )
    found = DuckEngine(engine).ask(
        "collection/worth",
        notice_days=7, deadline_weight=1, promise_weight=0.2,
    )  # fmt: skip
    by_task = {line["action_id"]: line for line in found}
    assert float(by_task["t1"]["worth"]) == 20250
    assert float(by_task["t2"]["at_stake_minor"]) == pytest.approx(2500)
    assert float(by_task["t2"]["worth"]) == pytest.approx((2500 * 0.3 + 5000) / 8)


def test_settings_are_data_with_bounds(late):
    before = tasks(late, late.today)[0].worth
    set_work_setting(late, "minutes_call", Decimal(4))
    rank_work(late)
    assert tasks(late, late.today)[0].worth == before * 2
    set_work_setting(late, "call_from_hour", Decimal(10), "FR")
    assert work_settings(late, "FR")["call_from_hour"] == 10
    assert work_settings(late)["call_from_hour"] == 9
    assert work_settings(late).own == {"minutes_call"}
    for name, number, country in (
        ("nothing", 1, ""), ("minutes_call", 0, ""), ("effect_call", 2, ""),
        ("call_to_hour", 25, ""), ("effect_call", "nan", ""), ("effect_call", "0.5", "FR"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            set_work_setting(late, name, Decimal(number), country)
        assert refused.value.code is Code.VALUE_INVALID


def test_cases_go_to_the_person_of_the_first_rule_and_may_be_given_to_another(late):
    set_collector_rules(late, [CollectorRule("fr@x.example", country="FR"), CollectorRule("all@x")])
    assert collector_rules(late)[0].country == "FR"
    assert rank_work(late)["assigned"] == 3
    assert listed(late, owner="fr@x.example") == ["Buyer 2"]
    assert next_case(late, late.today, "all@x", case(late)) == case(late, "3")
    assign_case(late, case(late), "me@x")
    assign_case(late, case(late), "me@x")
    assert listed(late, owner="me@x") == ["Buyer 1"]
    assert kinds(late).count("collection.case_assigned") == 1
    assert rank_work(late)["assigned"] == 0
    with pytest.raises(Refusal) as refused:
        assign_case(late, uuid4(), "me@x")
    assert refused.value.code is Code.NOT_FOUND


def test_a_contact_is_logged_once_with_promise_task_and_next_call(late):
    task = tasks(late, late.today)[0]
    friday = late.today + timedelta(days=4)
    contact = replace(
        promised(late), action_id=task.id, next_on=friday, minutes=7, script="call-2",
        language="de", note="will pay half",
    )  # fmt: skip
    made = log_contact(late, contact, "key")
    assert log_contact(late, contact, "key") == made
    [line] = contacts_made(late, task.buyer_id)
    assert (line.right_party, line.person, line.minutes) == (True, "Ms Pay", 7)
    [promise] = rows(late, "select amount_minor, channel from promise")
    assert promise == {"amount_minor": 500_000, "channel": "phone"}
    done = rows(late, "select state, outcome from collection_action where id = %(i)s", i=task.id)
    assert done == [{"state": "done", "outcome": "promised: will pay half"}]
    later = on(late, friday)
    assert any(t.facts.get("agreed") and t.due_on == friday for t in tasks(later, friday))
    assert [k for k in kinds(late) if k == "collection.contact_made"] == ["collection.contact_made"]
    with pytest.raises(Refusal) as refused:
        log_contact(late, replace(contact, note="other"), "key")
    assert refused.value.code is Code.KEY_REUSED
    hidden = replace(late, may=EVERYTHING - {Permission.READ_PERSONAL})
    assert contacts_made(hidden, task.buyer_id)[0].person == ""


def test_a_refused_promise_leaves_no_trace_of_the_contact(late):
    with pytest.raises(Refusal):
        log_contact(late, promised(late, days=40), "key")
    assert rows(late, "select id from contact_made") == []


def test_what_a_contact_must_say(late):
    for field, contact in (
        ("person", call(late, right_party=True)),
        ("outcome", call(late, right_party=True, person="x")),
        ("promise", replace(call(late), outcome=Outcome.PROMISED)),
        ("next_on", call(late, next_on=late.today)),
        ("minutes", call(late, minutes=601)),
    ):
        with pytest.raises(Refusal) as refused:
            log_contact(late, contact, field)
        assert refused.value.facts["field"] == field
    for contact in (replace(call(late), case_id=uuid4()), call(late, action_id=uuid4())):
        with pytest.raises(Refusal) as refused:
            log_contact(late, contact, "unknown")
        assert refused.value.code is Code.NOT_FOUND


def test_the_right_party_is_who_was_met_as_such_last(late):
    person = uuid4()
    met = replace(
        call(late, right_party=True, person="x", contact_id=person), outcome=Outcome.REACHED
    )
    log_contact(late, met, "1")
    buyer = buyer_id(late, "1")
    assert right_parties(late, buyer) == {person}
    log_contact(late, call(late, contact_id=person), "2")
    assert right_parties(late, buyer) == {person}, "not reaching anybody says nothing of a person"
    later = replace(late, now=late.now + timedelta(hours=1))
    log_contact(later, replace(met, right_party=False), "3")
    assert right_parties(late, buyer) == frozenset()


def broken(ctx, made_on, key):
    """A promise of one day, judged when its grace is over; returns that day's context."""
    log_contact(made_on, promised(made_on, days=1), key)
    judged = made_on.today + timedelta(days=5)
    return climb(ctx, (judged - DUE).days)


def test_a_broken_promise_brings_an_action_of_the_next_stage_on_a_business_day(ctx, late):
    climbed = broken(ctx, late, "1")
    [action] = rows(
        ctx,
        "select stage, step, who, due_on, state from collection_action"
        " where facts ? 'broken_promise'",
    )
    assert action == {
        "stage": 3, "step": "legal_step", "who": "legal", "due_on": climbed.today,
        "state": "planned",
    }  # fmt: skip
    assert [c["stage"] for c in cases(ctx)][:1] == [2]
    again = climb(ctx, (climbed.today - DUE).days)
    assert again.today == climbed.today
    assert len(rows(ctx, "select 1 from collection_action where facts ? 'broken_promise'")) == 1


def test_two_broken_in_the_window_freeze_the_line_and_end_promises(ctx, late):
    buyer = buyer_id(ctx, "1")
    set_line(late, buyer, "EUR", LineTerms(limit_minor=1_000_000), "opened")
    second = broken(ctx, late, "1")
    assert lines_of(ctx, buyer)["EUR"].terms.status is LineStatus.OPEN
    third = broken(ctx, second, "2")
    assert lines_of(ctx, buyer)["EUR"].terms.status is LineStatus.ON_HOLD
    with pytest.raises(Refusal) as refused:
        log_contact(third, promised(third, days=1), "3")
    assert "no_more_promises" in refused.value.facts["objections"]
