"""The ladder on the book: day by day, with its overrides, and equal to `collection.rules`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.collection.actions import climb_ladder, judge_promises, prepare_claim_files
from netterms.collection.moves import PlanMove
from netterms.collection.plans import move_plan, propose_plan
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.collection.rules import (
    LadderSettings,
    OpenInvoice,
    Promise,
    buyer_stage,
    invoice_position,
)
from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.money import Money
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from tests.actions.books import (
    Line,
    actions,
    bring_in,
    buyer_id,
    cases,
    change,
    days,
    fingerprint,
    insolvent,
    invoice_id,
    kinds,
    on,
    pay,
    rows,
    stages,
    value,
)

DUE = date(2026, 4, 30)  # the invoice of rule book 0.1: 2026-03-01, 60 days net
NO_HOLIDAYS = BusinessCalendar()
CONVENTIONS = LadderSettings()


def day(dpd: int) -> date:
    return DUE + timedelta(days=dpd)


def climb(ctx, dpd: int):
    today = on(ctx, day(dpd))
    judge_promises(today)
    done = climb_ladder(today)
    prepare_claim_files(today)
    return done


@pytest.mark.parametrize(
    ("dpd", "at"),
    [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (400, 4)],
)
def test_first_look_at_every_boundary(ctx, dpd, at):
    bring_in(on(ctx, day(-30)), Line(number="A", due_on=DUE))
    climb(ctx, dpd)
    assert stages(ctx) == ({"A": at} if at else {})
    assert [case["stage"] for case in cases(ctx)] == ([at] if at else [])


def test_one_invoice_climbs_day_by_day_with_one_case_and_each_step_once(ctx):
    bring_in(on(ctx, day(-30)), Line(number="A", due_on=DUE))
    reached = {}
    for dpd in range(-1, 93):
        climb(ctx, dpd)
        for at in stages(ctx).values():
            reached.setdefault(at, dpd)
    assert reached == {1: 1, 2: 31, 3: 61, 4: 91}
    assert [(c["opened_on"], c["stage"], c["stage_since"]) for c in cases(ctx)] == [
        (day(1), 4, day(91))
    ]
    planned = [(a["stage"], a["step"], (a["planned_on"] - DUE).days) for a in actions(ctx)]
    assert planned == [
        (1, "email_reminder", 1), (1, "email_reminder", 11), (1, "email_reminder", 21),
        (2, "call", 31), (2, "letter", 38), (2, "call", 45), (3, "legal_step", 61),
        (4, "claim_file", 91),
    ]  # fmt: skip
    # A task of a stage that was left is off the list: only the last one still waits.
    assert [a["state"] for a in actions(ctx)] == ["cancelled"] * 7 + ["planned"]
    told = [kind for kind in kinds(ctx) if kind.startswith("collection")]
    assert told == ["collection.case_opened"] + ["collection.stage_reached"] * 3


def test_the_worst_invoice_gives_the_buyers_stage_and_there_is_one_case_a_buyer(ctx):
    bring_in(
        on(ctx, day(-90)),
        Line("1", day(-40), number="old"), Line("1", day(-1), number="new"),
        Line("1", day(20), number="current"), Line("2", day(-1), number="other", currency="USD"),
    )  # fmt: skip
    climb(ctx, 0)
    assert stages(ctx) == {"old": 2, "new": 1, "other": 1}
    assert [(c["buyer"], c["stage"]) for c in cases(ctx)] == [("1", 2), ("2", 1)]


@pytest.mark.parametrize(
    ("country", "late_on", "due_on"),
    [
        ("DE", date(2026, 5, 2), date(2026, 5, 4)),  # a Saturday
        ("DE", date(2026, 5, 1), date(2026, 5, 4)),  # Labour Day, a Friday
        ("US", date(2026, 5, 1), date(2026, 5, 1)),
        ("SA", date(2026, 5, 1), date(2026, 5, 3)),  # Friday and Saturday are the weekend
        ("", date(2026, 5, 3), date(2026, 5, 4)),
    ],
)
def test_steps_fall_on_a_business_day_of_the_buyers_country(ctx, country, late_on, due_on):
    change(
        ctx,
        "insert into closed_day values ('DE', '2026-05-01', 'Labour Day') on conflict do nothing",
    )
    bring_in(ctx, Line(due_on=late_on - timedelta(days=1), country=country))
    for today in days(late_on, late_on + timedelta(days=4)):
        climb_ladder(on(ctx, today))
    assert [(a["planned_on"], a["due_on"]) for a in actions(ctx)] == [(late_on, due_on)]


def test_climbing_twice_on_a_day_changes_nothing(ctx):
    bring_in(ctx, Line(), Line("2", day(-100)), Line("2", day(-5)))
    climb(ctx, 3)
    before = fingerprint(ctx)
    climb(ctx, 3)
    assert fingerprint(ctx) == before


def test_paid_in_full_closes_the_case_and_takes_everything_off_the_list(ctx):
    line = Line(number="A")
    bring_in(ctx, line)
    climb(ctx, 31)
    # A reminder that failed for good is on the list as well.
    change(ctx, "update collection_action set state = 'failed'")
    climb(ctx, 38)
    pay(on(ctx, day(40)), line)
    climb(ctx, 40)
    assert [(c["state"], c["closed_on"]) for c in cases(ctx)] == [("closed_paid", day(40))]
    assert {(a["state"], a["outcome"]) for a in actions(ctx)} == {("cancelled", "paid")}
    assert stages(ctx) == {}
    bring_in(on(ctx, day(41)), Line(due_on=day(45)))
    climb(ctx, 46)
    assert [c["state"] for c in cases(ctx)] == ["closed_paid", "open"]


def test_part_paid_stays_late_and_the_case_follows_the_worst_that_is_left(ctx):
    old, new = Line(number="old"), Line(number="new", due_on=day(35))
    bring_in(ctx, old, new)
    climb(ctx, 40)
    assert cases(ctx)[0]["stage"] == 2
    bring_in(on(ctx, day(41)), Line(number="old", open=1))
    climb(ctx, 41)
    assert (stages(ctx), cases(ctx)[0]["stage"]) == ({"old": 2, "new": 1}, 2)
    pay(on(ctx, day(42)), old)
    climb(ctx, 42)
    assert (stages(ctx), cases(ctx)[0]["stage"]) == ({"new": 1}, 1)


def test_override_1_insolvency_takes_all_invoices_to_stage_4_due_or_not(ctx):
    bring_in(ctx, Line(number="late"), Line(number="disputed"), Line(number="planned"),
             Line(number="future", due_on=day(300), issued_on=day(-9)))  # fmt: skip
    raise_dispute(on(ctx, day(5)), invoice_id(ctx, "disputed"), DisputeReason.PRICE,
                  Money(100_000, "EUR"))  # fmt: skip
    running_plan(on(ctx, day(5)), "planned")
    insolvent(on(ctx, day(6)))
    climb(ctx, 6)
    assert stages(ctx) == dict.fromkeys(["late", "disputed", "planned", "future"], 4)
    assert [a["step"] for a in actions(ctx)] == ["claim_file"]


def test_override_1_holds_when_every_invoice_is_in_a_plan(ctx):
    bring_in(ctx, Line(number="planned"))
    running_plan(on(ctx, day(5)), "planned")
    insolvent(on(ctx, day(6)))
    climb(ctx, 6)
    assert [a["step"] for a in actions(ctx)] == ["claim_file"]


def test_override_2_the_disputed_part_leaves_the_ladder(ctx):
    bring_in(ctx, Line(number="part"), Line("2", number="whole"))
    raise_dispute(on(ctx, day(1)), invoice_id(ctx, "part"), DisputeReason.PRICE,
                  Money(40_000, "EUR"))  # fmt: skip
    dispute = raise_dispute(on(ctx, day(1)), invoice_id(ctx, "whole"), DisputeReason.QUALITY,
                            Money(100_000, "EUR"))  # fmt: skip
    climb(ctx, 2)
    assert stages(ctx) == {"part": 1}
    assert [a["facts"]["overdue_minor"] for a in actions(ctx)] == [{"EUR": 60_000}]
    settle_dispute(on(ctx, day(35)), dispute, DisputeOutcome.CONFIRMED)
    climb(ctx, 35)
    # Its clock ran on: it stands where its original due date puts it.
    assert stages(ctx) == {"part": 2, "whole": 2}


def test_a_case_whose_last_invoice_is_disputed_is_not_closed_as_paid(ctx):
    bring_in(ctx, Line(number="A"))
    climb(ctx, 5)
    dispute = raise_dispute(on(ctx, day(6)), invoice_id(ctx, "A"), DisputeReason.PRICE,
                            Money(100_000, "EUR"))  # fmt: skip
    climb(ctx, 6)
    assert [(c["state"], c["closed_on"]) for c in cases(ctx)] == [("disputed", None)]
    assert [(a["state"], a["outcome"]) for a in actions(ctx)] == [("cancelled", "stage_left")]
    settle_dispute(on(ctx, day(12)), dispute, DisputeOutcome.CONFIRMED)
    climb(ctx, 12)
    assert [(c["state"], c["stage"]) for c in cases(ctx)] == [("open", 1)]
    climb(ctx, 15)
    assert [(a["planned_on"], a["state"]) for a in actions(ctx)][1:] == [(day(15), "planned")]
    pay(on(ctx, day(16)), Line(number="A"))
    climb(ctx, 16)
    assert [c["state"] for c in cases(ctx)] == ["closed_paid"]


def test_override_3_a_running_plan_freezes_the_stage_of_its_day(ctx):
    bring_in(ctx, Line(number="A"))
    climb(ctx, 20)
    plan = running_plan(on(ctx, day(25)), "A")
    for dpd in (25, 40, 100):
        climb(ctx, dpd)
        assert stages(ctx) == {"A": 1}
    assert [a["state"] for a in actions(ctx)] == ["cancelled"]
    # TRM-04: broken, it resumes at the stage of the original due date.
    move_plan(on(ctx, day(101)), plan, PlanMove.ACCELERATE)
    climb(ctx, 101)
    assert stages(ctx) == {"A": 4}


def test_beside_a_frozen_invoice_a_new_late_one_has_all_its_steps(ctx):
    bring_in(ctx, Line(number="old"), Line(number="new", due_on=day(99), issued_on=DUE))
    climb(ctx, 65)
    running_plan(on(ctx, day(66)), "old")
    for dpd in range(99, 126):
        climb(ctx, dpd)
    assert stages(ctx) == {"old": 3, "new": 1}
    assert [a["planned_on"] for a in actions(ctx, "email_reminder")] == [
        day(100), day(110), day(120),
    ]  # fmt: skip


def test_override_4_an_open_promise_holds_reminders_and_the_stage_still_ages(ctx):
    bring_in(ctx, Line(number="A"))
    promise = PromiseGiven(buyer_id(ctx), Money(100_000, "EUR"), day(28), "Anna", Channel.PHONE)
    record_promise(on(ctx, day(15)), promise)
    climb(ctx, 15)
    assert actions(ctx) == []
    climb(ctx, 31)
    assert stages(ctx) == {"A": 2}
    # Only reminders are paused: a call is for people.
    assert [a["step"] for a in actions(ctx)] == ["call"]


def test_override_6_a_policy_duty_is_on_the_list_before_its_day(ctx):
    bring_in(ctx, Line(number="A", due_on=DUE))
    policy = value(
        ctx,
        """
        insert into insurance_policy (seller_id, insurer, policy_number, currency, starts_on,
                                      ends_on, terms)
        values (%(seller)s, 'X', '1', 'EUR', '2026-01-01', '2026-12-31', '{"currency": "EUR"}')
        returning id
        """,
    )
    for kind, dpd in (("overdue_notice", 12), ("hand_over", 12), ("claim_filing", 14)):
        change(
            ctx,
            """
            insert into policy_deadline (seller_id, policy_id, buyer_id, invoice_id, kind, due_on,
                                         rule)
            values (%(seller)s, %(policy)s, %(buyer)s, %(invoice)s, %(kind)s, %(due)s, 'TCI-10')
            """,
            policy=policy,
            buyer=buyer_id(ctx),
            invoice=invoice_id(ctx, "A"),
            kind=kind,
            due=day(dpd),
        )
    for dpd in range(1, 5):
        climb(ctx, dpd)
    assert actions(ctx, "policy_notice") == []
    for dpd in range(5, 10):
        climb(ctx, dpd)
    notices = actions(ctx, "policy_notice")
    # Both duties of one day are one task, and each task shows from its first day on.
    assert [(a["planned_on"], a["due_on"], a["facts"]["duty"]) for a in notices] == [
        (day(5), day(12), "overdue_notice"),
        (day(7), day(14), "claim_filing"),
    ]
    change(ctx, "update policy_deadline set state = 'done', closed_on = due_on")
    climb(ctx, 10)
    assert {a["state"] for a in actions(ctx, "policy_notice")} == {"cancelled"}


def running_plan(ctx, *numbers: str):
    plan, _ = propose_plan(
        ctx, buyer_id(ctx), [invoice_id(ctx, n) for n in numbers], ctx.today + timedelta(days=150)
    )
    move_plan(ctx, plan, PlanMove.ACCEPT)
    move_plan(ctx, plan, PlanMove.START)
    return plan


# Random books: the statement over the whole book says what the rules say of each invoice and buyer.

AS_OF = date(2026, 6, 1)


@st.composite
def invoices(draw):
    amount = draw(st.integers(1, 1000))
    left = draw(st.integers(1, amount))
    return {
        "late": draw(st.sampled_from([-40, -1, 0, 1, 2, 29, 30, 31, 45, 60, 61, 90, 91, 92, 200])),
        "amount": amount,
        "open": left,
        "disputed": draw(st.sampled_from([0, 0, 0, left, (left + 1) // 2])),
        "settled_dispute": draw(st.booleans()),
        "plan": draw(st.sampled_from([None, None, None, 0, 3, 33])),
    }


@st.composite
def buyers(draw):
    return {
        "insolvent": draw(st.sampled_from([None, None, None, 0, 5])),
        "promised": draw(st.sampled_from([None, None, -5, -3, -1, 0, 4])),
        "invoices": draw(st.lists(invoices(), min_size=1, max_size=4)),
    }


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(book_of=st.lists(buyers(), min_size=1, max_size=6))
def test_the_ladder_of_a_random_book_equals_the_rules(new_seller, book_of):
    ctx = new_seller(today=AS_OF)
    fill(ctx, book_of)
    judge_promises(ctx)
    climb_ladder(ctx)
    expected, standing, reminded = {}, {}, set()
    for n, buyer in enumerate(book_of):
        positions = [
            invoice_position(
                as_rule(f"{n}-{k}", invoice, buyer), AS_OF, CONVENTIONS, NO_HOLIDAYS,
                insolvent=buyer["insolvent"] is not None,
            )
            for k, invoice in enumerate(buyer["invoices"])
        ]  # fmt: skip
        expected |= {p.number: int(p.stage) for p in positions if p.stage}
        at = buyer_stage(positions, "EUR", CONVENTIONS)
        if at.stage:
            standing[str(n)] = int(at.stage)
        if at.step_stage == 1 and at.paused_until is None:
            reminded.add(str(n))
    assert stages(ctx) == expected
    assert {c["buyer"]: c["stage"] for c in cases(ctx)} == standing
    assert {a["buyer"] for a in actions(ctx, "email_reminder")} == reminded


turns = st.lists(
    st.fixed_dictionaries(
        {
            # A day is run every day, or some are skipped.
            "days_on": st.sampled_from([1, 1, 1, 2, 3, 29, 30, 31]),
            "paid": st.lists(st.integers(0, 23), max_size=3),
            "failed": st.sampled_from([None, None, None, 0, 1]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(book_of=st.lists(buyers(), min_size=1, max_size=4), history=turns)
def test_run_daily_or_with_days_skipped_it_stands_where_one_look_puts_it(
    new_seller, book_of, history
):
    daily, once = new_seller(today=AS_OF), new_seller(today=AS_OF)
    named = lines(book_of)
    today = AS_OF
    for ctx in (daily, once):
        fill(ctx, book_of)
    climb_ladder(daily)
    for turn in history:
        today += timedelta(days=turn["days_on"])
        paid = sorted({list(named)[place % len(named)] for place in turn["paid"]})
        for ctx in (on(daily, today), on(once, today)):
            if paid:
                pay(ctx, *(named[number] for number in paid))
            if turn["failed"] is not None and turn["failed"] < len(book_of):
                insolvent(ctx, str(turn["failed"]))
        climb_ladder(on(daily, today))
    before = remembered(daily)
    assert climb_ladder(on(daily, today))["invoices_moved"] == 0
    assert remembered(daily) == before
    climb_ladder(on(once, today))
    assert stages(daily) == stages(once)
    assert chased(daily) == chased(once)


def remembered(ctx):
    return rows(ctx, "select invoice_id, stage, since, xmin::text from invoice_stage order by 1")


def chased(ctx):
    return {
        (c["buyer"], c["stage"]) for c in cases(ctx) if not c["closed_on"] and c["state"] == "open"
    }


def as_rule(number: str, invoice, buyer) -> OpenInvoice:
    promised = buyer["promised"]
    plan = invoice["plan"]
    return OpenInvoice(
        number=number,
        due_on=AS_OF - timedelta(days=invoice["late"]),
        open=Money(invoice["open"], "EUR"),
        disputed=Money(invoice["disputed"], "EUR"),
        plan_since=None if plan is None else AS_OF - timedelta(days=plan),
        promise=None if promised is None else Promise(
            Money(10**9, "EUR"), AS_OF - timedelta(days=20), AS_OF + timedelta(days=promised)
        ),
    )  # fmt: skip


def lines(book_of) -> dict[str, Line]:
    return {
        f"{n}-{k}": Line(
            str(n), AS_OF - timedelta(days=i["late"]), i["amount"], i["open"], f"{n}-{k}",
            issued_on=AS_OF - timedelta(days=300), country="ZZ",
        )
        for n, buyer in enumerate(book_of)
        for k, i in enumerate(buyer["invoices"])
    }  # fmt: skip


def fill(ctx, book_of) -> None:
    bring_in(on(ctx, AS_OF - timedelta(days=60)), *lines(book_of).values())
    for n, buyer in enumerate(book_of):
        if buyer["insolvent"] is not None:
            insolvent(on(ctx, AS_OF - timedelta(days=buyer["insolvent"])), str(n))
        if buyer["promised"] is not None:
            change(
                ctx,
                """
                insert into promise (seller_id, buyer_id, currency, amount_minor, made_on,
                                     promised_for, payer, channel)
                select %(seller)s, id, 'EUR', 1000000000, %(made)s, %(by)s, 'Anna', 'phone'
                from buyer where buyer_number = %(number)s
                """,
                number=str(n),
                made=AS_OF - timedelta(days=20),
                by=AS_OF + timedelta(days=buyer["promised"]),
            )
        for k, invoice in enumerate(buyer["invoices"]):
            hold(ctx, invoice_id(ctx, f"{n}-{k}"), invoice)


def hold(ctx, invoice, facts) -> None:
    if facts["disputed"]:
        raise_dispute(ctx, invoice, DisputeReason.PRICE, Money(facts["disputed"], "EUR"))
    elif facts["settled_dispute"]:
        dispute = raise_dispute(ctx, invoice, DisputeReason.PRICE, Money(1, "EUR"))
        settle_dispute(ctx, dispute, DisputeOutcome.CONFIRMED)
    if facts["plan"] is not None:
        started = on(ctx, ctx.today - timedelta(days=facts["plan"]))
        buyer = value(ctx, "select buyer_id from invoice where id = %(id)s", id=invoice)
        plan, _ = propose_plan(started, buyer, [invoice], ctx.today + timedelta(days=90))
        move_plan(started, plan, PlanMove.ACCEPT)
