"""Payment plans with a schedule: proposed, agreed, started, tracked, called in (TRM-03, TRM-04)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.collection.instalments import (
    Acceptance,
    accept,
    approve,
    decline,
    note_consent,
    propose,
    track_plans,
)
from netterms.collection.moves import PlanState
from netterms.collection.plan_offers import Offer, draw_up
from netterms.collection.plan_reads import instalments_of, invoices_of, plan, plans
from netterms.collection.promises import Channel
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.schedules import Check, Shape, accelerate, schedule
from tests.actions.books import Line, bring_in, on
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 4, 30)
START = date(2026, 7, 1)
YES = Acceptance("A. Lindqvist", Channel.PAGE, "We owe EUR 12,000.00")


@pytest.fixture
def debt(ctx):
    """EUR 12,000 late since April, on the day a plan is talked about: (context, buyer, invoice)."""
    buyer, invoice = put(ctx, "1", "A", 12_000_00, due_on=DUE)
    return on(ctx, START), buyer, invoice


def offer(debt, **changes):
    _, buyer, invoice = debt
    return replace(Offer(buyer, (invoice,), 6, 20, Decimal(8)), **changes)


def running(debt, **changes):
    ctx = debt[0]
    made = propose(ctx, offer(debt, **changes))
    assert accept(ctx, made, YES) is PlanState.RUNNING
    return made


def pay(ctx, buyer, minor, day):
    return record_payment(on(ctx, day), PaymentIn(buyer, Money(minor, "EUR"), day))


def open_of(ctx, invoice):
    return rows(ctx, "select open_minor from invoice where id = %(i)s", i=invoice)[0]["open_minor"]


def refused(code, act, *arguments, **named):
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **named)
    assert refusal.value.code is code
    return refusal.value.facts


def test_ex_5_4_down_payment_and_six_level_payments(debt):
    ctx = debt[0]
    made = propose(ctx, offer(debt))
    rows_kept = instalments_of(ctx, made)
    assert [
        (r.number, r.payment_minor, r.interest_minor, r.principal_minor, r.balance_minor)
        for r in rows_kept
    ] == [
        (0, 2_400_00, 0, 2_400_00, 9_600_00),
        (1, 1_637_54, 64_00, 1_573_54, 8_026_46),
        (2, 1_637_54, 53_51, 1_584_03, 6_442_43),
        (3, 1_637_54, 42_95, 1_594_59, 4_847_84),
        (4, 1_637_54, 32_32, 1_605_22, 3_242_62),
        (5, 1_637_54, 21_62, 1_615_92, 1_626_70),
        (6, 1_637_54, 10_84, 1_626_70, 0),
    ]
    found = plan(ctx, made)
    assert (found.interest_minor, found.total_minor) == (225_24, 12_225_24)
    assert [r.due_on for r in rows_kept[1:3]] == [date(2026, 8, 1), date(2026, 9, 1)]


def test_ex_5_4_equal_principal_by_days(debt):
    drawn = draw_up(debt[0], offer(debt, shape=Shape.EQUAL_PRINCIPAL))
    assert [one.interest.minor for one in drawn.instalments] == [
        65_23, 54_36, 42_08, 32_61, 21_04, 10_87,
    ]  # fmt: skip
    assert drawn.interest == Money(226_19, "EUR")


def test_nothing_is_written_by_drawing_up(debt):
    draw_up(debt[0], offer(debt))
    assert plans(debt[0]) == []


def test_a_plan_starts_when_both_have_agreed_and_lines_are_held(debt):
    ctx, buyer, invoice = debt
    set_line(ctx, buyer, "EUR", LineTerms(50_000_00))
    made = propose(ctx, offer(debt), approved=False)
    assert accept(ctx, made, YES) is PlanState.PROPOSED, "the seller has not agreed yet"
    assert accept(ctx, made, YES) is PlanState.PROPOSED, "again changes nothing"
    assert approve(ctx, made) is PlanState.RUNNING
    # TRM-04 check 4: new deliveries for cash only.
    assert lines_of(ctx, buyer)["EUR"].terms.status == "on_hold"
    [held] = rows(ctx, "select facts from event where kind = 'limits.line_changed'")
    assert held["facts"]["why"] == "payment_plan"
    found = plan(ctx, made)
    assert (found.accepted_by, found.accepted_how) == ("A. Lindqvist", "page")
    assert found.acknowledged_text == "We owe EUR 12,000.00"
    assert [i.id for i in invoices_of(ctx, made)] == [invoice]
    assert kinds(ctx).count("collection.plan_agreed") == 2
    refused(Code.MOVE_NOT_ALLOWED, accept, ctx, made, YES)
    refused(Code.MOVE_NOT_ALLOWED, decline, ctx, made, "too late")


def test_check_1_no_plan_without_a_written_acknowledgment(debt):
    ctx = debt[0]
    made = propose(ctx, offer(debt))
    for lacking in (replace(YES, text=" "), replace(YES, name="")):
        refused(Code.VALUE_INVALID, accept, ctx, made, lacking)
    assert plan(ctx, made).state == "proposed"


@pytest.mark.parametrize(
    ("changes", "check"),
    [({"down_percent": 9}, Check.DOWN_PAYMENT_SMALL), ({"months": 7}, Check.TENOR_NEEDS_APPROVAL)],
)
def test_check_2_what_is_beyond_the_usual_takes_another_person_with_the_right(debt, changes, check):
    ctx = debt[0]
    assert check in draw_up(ctx, offer(debt, **changes)).checks
    made = propose(ctx, offer(debt, **changes))
    assert plan(ctx, made).approved_by is None
    accept(ctx, made, YES)
    refused(Code.SAME_PERSON, approve, ctx, made)
    collector = replace(ctx, actor="c", may=frozenset({Permission.COLLECT}))
    refused(Code.NOT_ALLOWED, approve, collector, made)
    assert approve(replace(ctx, actor="manager"), made) is PlanState.RUNNING


def test_check_2_more_than_twelve_months_cannot_be(debt):
    refused(Code.VALUE_INVALID, propose, debt[0], offer(debt, months=13))


def insured(ctx):
    terms = PolicyTerms(currency="EUR")
    schedule_of = PolicySchedule("N", "1", date(2026, 1, 1), date(2026, 12, 31), terms)
    policy = open_policy(ctx, schedule_of)
    grant_limits(ctx, policy, [GrantedLimit("1", 1_000, date(2026, 1, 1))])


@pytest.mark.parametrize(("day", "waits"), [(date(2026, 5, 29), False), (date(2026, 5, 30), True)])
def test_ex_5_5_consent_when_the_last_instalment_is_past_the_extension_period(ctx, day, waits):
    """Oldest due 30 April, the period ends on 29 June: a plan until then needs no consent."""
    buyer, invoice = put(ctx, "1", "A", 12_000_00, due_on=DUE)
    insured(ctx)
    made = propose(on(ctx, day), Offer(buyer, (invoice,), 1, 20, Decimal(8)))
    found = plan(ctx, made)
    assert found.extension_ends_on == date(2026, 6, 29)
    assert (found.ends_on > date(2026, 6, 29)) is waits
    assert (found.state == "awaiting_insurer_consent") is waits


def test_check_3_the_plan_waits_until_the_insurer_has_consented_in_writing(debt):
    ctx = debt[0]
    insured(ctx)
    made = propose(ctx, offer(debt))
    assert accept(ctx, made, YES) is PlanState.AWAITING_INSURER_CONSENT
    assert approve(ctx, made) is PlanState.AWAITING_INSURER_CONSENT
    refused(Code.VALUE_INVALID, note_consent, ctx, made, " ")
    assert note_consent(ctx, made, "letter of 2 July, file 7") is PlanState.RUNNING
    found = plan(ctx, made)
    assert (found.consent_note, found.consented_on) == ("letter of 2 July, file 7", START)
    refused(Code.MOVE_NOT_ALLOWED, note_consent, ctx, made, "again")


def test_receipts_pay_the_earliest_instalment_first(debt):
    ctx, buyer, invoice = debt
    made = running(debt)
    pay(ctx, buyer, 2_000_00, date(2026, 7, 3))
    track_plans(on(ctx, date(2026, 7, 4)))
    assert [i.paid_minor for i in instalments_of(ctx, made)][:2] == [2_000_00, 0]
    pay(ctx, buyer, 1_500_00, date(2026, 7, 5))
    counted = track_plans(on(ctx, date(2026, 7, 6)))
    assert counted == {"plans": 1, "missed": 0, "accelerated": 0, "completed": 0}
    first, after, *_ = instalments_of(ctx, made)
    assert (first.paid_minor, first.settled_on) == (2_400_00, date(2026, 7, 6))
    assert after.paid_minor == 1_100_00
    # It is settled by then, and counts once.
    assert open_of(ctx, invoice) == 12_000_00 - 3_500_00 + 64_00
    track_plans(on(ctx, date(2026, 7, 7)))
    assert instalments_of(ctx, made)[1].paid_minor == 1_100_00


def test_money_from_before_the_plan_or_of_others_does_not_count(debt):
    ctx, buyer, _ = debt
    pay(ctx, buyer, 500_00, date(2026, 6, 30))
    made = running(debt)
    other, _ = put(ctx, "2", "B", 10_00, due_on=DUE)
    pay(ctx, other, 700_00, date(2026, 7, 2))
    track_plans(on(ctx, date(2026, 7, 3)))
    assert sum(i.paid_minor for i in instalments_of(ctx, made)) == 0


def test_a_plan_paid_whole_is_completed(debt):
    ctx, buyer, _ = debt
    made = running(debt)
    pay(ctx, buyer, 12_225_24, date(2026, 7, 3))
    assert track_plans(on(ctx, date(2026, 7, 4)))["completed"] == 1
    found = plan(ctx, made)
    assert (found.state, found.closed_on) == ("completed", date(2026, 7, 4))
    assert track_plans(on(ctx, date(2026, 7, 5)))["plans"] == 0
    assert kinds(ctx).count("collection.plan_completed") == 1


def five_kept(debt, **changes):
    """Down payment and five instalments are in; the sixth is due on 1 January 2027, a holiday."""
    ctx, buyer, _ = debt
    with book(ctx):
        sql.execute(
            "insert into closed_day (country, day, name) values ('DE', '2027-01-01', 'New Year')"
            " on conflict do nothing"
        )
    made = running(debt, **changes)
    pay(ctx, buyer, 2_400_00 + 5 * 1_637_54, date(2026, 7, 3))
    return made


def test_ex_5_6_the_sixth_instalment_missed_by_six_business_days(debt):
    ctx = debt[0]
    made = five_kept(debt)
    # Business days after 1 January: 4, 5, 6, 7, 8 are the grace; the sixth is Monday the 11th.
    last_of_grace = date(2027, 1, 8)
    assert track_plans(on(ctx, last_of_grace))["missed"] == 0
    assert plan(ctx, made).state == "running"
    day = date(2027, 1, 11)
    assert track_plans(on(ctx, day)) == {
        "plans": 1, "missed": 1, "accelerated": 1, "completed": 0,
    }  # fmt: skip
    found = plan(ctx, made)
    parts = schedule(Shape.LEVEL, Money(9_600_00, "EUR"), Decimal(8), 6, START)
    same = accelerate(parts, parts[-1], day, Decimal(8), country="DE")
    assert same is not None
    assert (found.due_now_minor, found.due_now_interest_minor) == (1_626_70, same.interest.minor)
    assert same.principal == Money(1_626_70, "EUR")
    [event] = rows(ctx, "select facts from event where kind = 'collection.plan_accelerated'")
    assert event["facts"]["is_insured"] is False
    assert track_plans(on(ctx, day + timedelta(days=1)))["plans"] == 0


def test_check_5_the_ladder_resumes_by_the_original_due_date(debt):
    from netterms.collection.actions import climb_ladder

    ctx, _buyer, invoice = debt
    made = running(debt)
    climb_ladder(on(ctx, START))
    stage = "select stage, is_frozen from invoice_stage where invoice_id = %(i)s"
    assert rows(ctx, stage, i=invoice) == [{"stage": 3, "is_frozen": True}]
    day = date(2026, 8, 3)
    track_plans(on(ctx, day))
    assert plan(ctx, made).state == "accelerated"
    climb_ladder(on(ctx, day))
    assert rows(ctx, stage, i=invoice) == [{"stage": 4, "is_frozen": False}]


def in_country(ctx, buyer, country):
    with book(ctx):
        sql.execute(
            "update buyer set country = %(c)s where seller_id = %(s)s and id = %(b)s",
            {"c": country, "s": ctx.seller, "b": buyer},
        )


def test_check_5_thai_law_leaves_it_at_the_missed_instalment(debt):
    ctx, buyer, _ = debt
    in_country(ctx, buyer, "TH")
    made = five_kept(debt)
    found = track_plans(on(ctx, date(2027, 1, 20)))
    assert (found["missed"], found["accelerated"]) == (1, 0)
    assert plan(ctx, made).state == "running"
    assert instalments_of(ctx, made)[-1].missed_on == date(2027, 1, 20)
    assert track_plans(on(ctx, date(2027, 1, 21)))["missed"] == 0, "told once"


@pytest.mark.parametrize(("price", "called"), [(13_100_32, False), (13_100_31, True), (None, True)])
def test_check_5_an_eighth_of_an_italian_price_ends_no_sale(debt, price, called):
    ctx, buyer, _ = debt
    in_country(ctx, buyer, "IT")
    made = five_kept(debt, retention=Money(price, "EUR") if price else None)
    track_plans(on(ctx, date(2027, 1, 20)))
    assert (plan(ctx, made).state == "accelerated") is called


def test_check_7_one_replan_and_the_second_is_another_persons_decision(debt):
    ctx, _buyer, _ = debt
    first = running(debt)
    later = on(ctx, date(2026, 8, 3))
    track_plans(later)
    assert draw_up(later, offer(debt)).replans == 1
    second = propose(later, offer(debt))
    assert accept(later, second, YES) is PlanState.RUNNING
    assert plan(ctx, first).state == "replanned"
    again = on(ctx, date(2026, 9, 10))
    track_plans(again)
    drawn = draw_up(again, offer(debt))
    assert Check.SECOND_REPLAN in drawn.checks
    third = propose(again, offer(debt))
    accept(again, third, YES)
    assert plan(again, third).state == "proposed"
    refused(Code.SAME_PERSON, approve, again, third)
    assert approve(replace(again, actor="manager"), third) is PlanState.RUNNING


def test_offers_that_cannot_be(debt):
    ctx, _buyer, invoice = debt
    other, theirs = put(ctx, "2", "B", 10_000, due_on=DUE)
    bring_in(ctx, Line(buyer="1", number="USD", currency="USD", due_on=DUE))
    [dollars] = rows(ctx, "select id from invoice where invoice_number = 'USD'")
    _, cents = put(ctx, "1", "C", 5, due_on=DUE)
    refused(Code.NOT_FOUND, propose, ctx, offer(debt, invoices=(theirs,)))
    refused(Code.NOT_FOUND, propose, ctx, offer(debt, buyer_id=other))
    refused(Code.VALUE_INVALID, propose, ctx, offer(debt, invoices=()))
    refused(Code.VALUE_INVALID, propose, ctx, offer(debt, invoices=(invoice, dollars["id"])))
    refused(Code.VALUE_INVALID, propose, ctx, offer(debt, invoices=(cents,)))
    for field, wrong in (("months", 0), ("down_percent", 100), ("yearly_percent", Decimal(-1))):
        refused(Code.VALUE_INVALID, propose, ctx, offer(debt, **{field: wrong}))
    made = propose(ctx, offer(debt))
    refused(Code.VALUE_INVALID, propose, ctx, offer(debt))
    decline(ctx, made, "no")
    assert plan(ctx, made).close_note == "no"
    running(debt)
    # One that runs is in the way of another in its currency.
    second = propose(ctx, offer(debt, invoices=(cents,), months=1))
    refused(Code.VALUE_INVALID, accept, ctx, second, YES)


def test_an_offer_whose_first_payment_is_past_is_over(debt):
    ctx = debt[0]
    made = propose(ctx, offer(debt))
    refused(Code.VALUE_INVALID, accept, on(ctx, START + timedelta(days=8)), made, YES)
