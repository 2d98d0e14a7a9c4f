"""Interest of plans as papers of the ledger, and money that settles them by itself (TRM-03, 04)."""

from dataclasses import replace
from datetime import date

import pytest

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.collection.instalments import Acceptance, accept, approve, propose, track_plans
from netterms.collection.page import PageSettings, set_page_settings
from netterms.collection.plan_ends import NewTerms, cancel, close_paid, replan
from netterms.collection.plan_offers import Offer
from netterms.collection.plan_reads import instalments_of, plan
from netterms.collection.plan_settling import settle_receipt, waiting_money
from netterms.collection.promises import Channel
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code
from netterms.receivables.matching.actions import undo
from netterms.receivables.payments import undo_allocation
from netterms.receivables.queries import trial_balance
from netterms.terms.actions import claimable, set_buyer_terms
from netterms.terms.queries import BuyerTerms
from netterms.wiring import match_bank_lines
from tests.actions.books import on
from tests.actions.collection.test_instalments import (
    START,
    YES,
    debt,  # noqa: F401 - a fixture
    five_kept,
    offer,
    open_of,
    pay,
    refused,
    running,
)
from tests.actions.receivables.test_matching import line as bank_line
from tests.actions.receivables.test_matching import load
from tests.actions.small_book import kinds, put, rows

NOTES = """
select i.invoice_number, i.kind, i.is_debit_note, i.amount_minor, i.open_minor, i.issued_on,
       i.due_on, n.number, n.credit_note_id is not null as credited
from plan_interest n join invoice i on i.seller_id = n.seller_id and i.id = n.invoice_id
where n.seller_id = %(seller)s order by n.plan_id, n.number nulls last
"""
DUE_DATES = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]


def balances(ctx, day):
    """Each account's balance; the journal balances, and receivables are what is open."""
    found = {line["account"]: line["balance_minor"] for line in trial_balance(ctx, day)}
    assert sum(found.values()) == 0
    signed = "sum(case kind when 'invoice' then open_minor else -open_minor end)::bigint"
    [line] = rows(ctx, f"select {signed} as minor from invoice where seller_id = %(seller)s")
    assert found["receivable"] == line["minor"]
    return found


def test_ex_5_4_paid_as_agreed_every_cent_of_it_is_settled_and_225_24_is_income(debt):  # noqa: F811
    ctx, buyer, invoice = debt
    made = running(debt)
    schedule = instalments_of(ctx, made)
    for part in schedule:
        pay(ctx, buyer, part.payment_minor, part.due_on)
        track_plans(on(ctx, part.due_on))
        # The ledger's principal is the schedule's balance.
        assert open_of(ctx, invoice) == part.balance_minor
    last = schedule[-1].due_on
    assert plan(ctx, made).state == "completed"
    notes = rows(ctx, NOTES)
    assert [n["amount_minor"] for n in notes] == [64_00, 53_51, 42_95, 32_32, 21_62, 10_84]
    assert [(n["issued_on"], n["due_on"]) for n in notes[:2]] == [(d, d) for d in DUE_DATES[:2]]
    assert {n["open_minor"] for n in notes} == {0}
    assert notes[0]["invoice_number"] == "A-D1"
    found = balances(on(ctx, last), last)
    assert (found["receivable"], found["unallocated"]) == (0, 0)
    assert (found["interest"], found["bank"]) == (-225_24, 12_225_24)
    assert kinds(ctx).count("collection.plan_interest_booked") == 6
    track_plans(on(ctx, last))
    assert len(rows(ctx, NOTES)) == 6, "the same day again books nothing"


def test_interest_is_booked_when_it_falls_due_and_its_note_is_not_dunned(debt):  # noqa: F811
    from netterms.collection.actions import climb_ladder

    ctx, buyer, _ = debt
    running(debt)
    pay(ctx, buyer, 2_400_00, date(2026, 7, 8))
    track_plans(on(ctx, date(2026, 7, 31)))
    assert rows(ctx, NOTES) == []
    day = date(2026, 8, 3)
    track_plans(on(ctx, day))
    climb_ladder(on(ctx, date(2026, 8, 5)))
    [note] = rows(ctx, NOTES)
    assert (note["amount_minor"], note["is_debit_note"]) == (64_00, True)
    assert note["due_on"] == day, "it falls due on the day it is written"
    stages = (
        "select i.is_debit_note, s.stage from invoice_stage s join invoice i on i.id = s.invoice_id"
    )
    assert {line["is_debit_note"] for line in rows(ctx, stages)} == {False}


def test_money_that_comes_early_brings_its_interest_with_it(debt):  # noqa: F811
    ctx, buyer, invoice = debt
    running(debt)
    pay(ctx, buyer, 2_400_00, date(2026, 7, 2))
    pay(ctx, buyer, 1_637_54, date(2026, 7, 28))
    track_plans(on(ctx, date(2026, 7, 28)))
    [note] = rows(ctx, NOTES)
    assert (note["amount_minor"], note["open_minor"], note["due_on"]) == (64_00, 0, DUE_DATES[0])
    assert open_of(ctx, invoice) == 8_026_46


@pytest.fixture
def owing_elsewhere(debt):  # noqa: F811
    """The buyer owes another invoice that is not in the plan: (debt, plan, that invoice)."""
    ctx = debt[0]
    _, other = put(ctx, "1", "OTHER-7", 5_000_00, due_on=date(2026, 12, 31))
    return debt, running(debt), other


def test_only_what_is_to_the_cent_an_instalment_is_sure_beside_other_debts(owing_elsewhere):
    (ctx, buyer, invoice), made, _ = owing_elsewhere
    day = date(2026, 7, 3)
    pay(ctx, buyer, 2_400_01, day)
    track_plans(on(ctx, day))
    assert open_of(ctx, invoice) == 12_000_00
    [waiting] = waiting_money(on(ctx, day), made)
    assert waiting.minor == 2_400_01
    pay(ctx, buyer, 2_400_00 + 1_637_54, day)
    track_plans(on(ctx, day))
    assert open_of(ctx, invoice) == 8_026_46, "two instalments in one sum"


def test_a_person_says_that_other_money_is_the_plans(owing_elsewhere):
    (ctx, buyer, invoice), made, _ = owing_elsewhere
    day = date(2026, 7, 3)
    money = pay(ctx, buyer, 2_000_00, day)
    ctx = on(ctx, day)
    collector = replace(ctx, may=frozenset({Permission.READ, Permission.COLLECT}))
    refused(Code.NOT_ALLOWED, settle_receipt, collector, made, money)
    assert settle_receipt(ctx, made, money) == money
    assert open_of(ctx, invoice) == 10_000_00
    refused(Code.NOT_FOUND, settle_receipt, ctx, made, money)
    [event] = rows(ctx, "select facts from event where kind = 'collection.plan_money_settled'")
    assert event["facts"]["by_hand"] is True


def test_money_that_names_another_invoice_or_that_somebody_took_back_is_left_alone(owing_elsewhere):
    from netterms.receivables.payments import PaymentIn, record_payment

    (ctx, buyer, invoice), _, _ = owing_elsewhere
    day = date(2026, 7, 3)
    ctx = on(ctx, day)
    named = PaymentIn(buyer, Money(2_400_00, "EUR"), day, reference="for other-7, thanks")
    record_payment(ctx, named)
    track_plans(ctx)
    assert open_of(ctx, invoice) == 12_000_00
    money = pay(ctx, buyer, 2_400_00, day)
    track_plans(ctx)
    assert open_of(ctx, invoice) == 9_600_00
    undo_allocation(ctx, money, None, "another seller's")
    track_plans(ctx)
    assert open_of(ctx, invoice) == 12_000_00


def test_ex_5_6_called_in_the_missed_interest_is_credited_and_that_until_today_booked(debt):  # noqa: F811
    ctx, buyer, invoice = debt
    made = five_kept(debt)
    # A part of the sixth instalment: its interest and 89.16 of the principal.
    pay(ctx, buyer, 100_00, date(2027, 1, 4))
    day = date(2027, 1, 11)
    track_plans(on(ctx, day))
    found = plan(ctx, made)
    assert (found.state, found.due_now_minor) == ("accelerated", 1_626_70 - 89_16)
    # 8 % of it for the 41 days since 1 December, when the fifth was due.
    assert found.due_now_interest_minor == 13_82
    *_, sixth, last = rows(ctx, NOTES)
    assert (sixth["number"], sixth["amount_minor"], sixth["credited"]) == (6, 10_84, True)
    # What had been paid of the old note is set off against the new one.
    assert (last["number"], last["amount_minor"]) == (None, 13_82)
    assert last["open_minor"] == 13_82 - 10_84
    assert open_of(ctx, invoice) == 1_626_70 - 89_16
    balance = balances(on(ctx, day), day)
    assert balance["interest"] == -(64_00 + 53_51 + 42_95 + 32_32 + 21_62 + 13_82)
    assert balance["receivable"] == 1_537_54 + 2_98


def test_closed_as_paid_early_interest_to_come_is_not_asked_for(debt):  # noqa: F811
    ctx, buyer, _ = debt
    made = running(debt)
    day = date(2026, 7, 20)
    pay(ctx, buyer, 2_400_00 + 1_637_54, day)
    track_plans(on(ctx, day))
    close_paid(on(ctx, day), made)
    [note] = rows(ctx, NOTES)
    assert (note["credited"], note["open_minor"]) == (True, 0)
    balance = balances(on(ctx, day), day)
    assert balance["interest"] == 0
    assert balance["receivable"] == 12_000_00 - 4_037_54, "its 64.00 went to the invoice"


def test_cancelled_the_days_since_the_last_due_date_are_booked(debt):  # noqa: F811
    ctx, buyer, invoice = debt
    made = running(debt)
    # The first instalment comes early, with its interest; then the plan is ended.
    pay(ctx, buyer, 2_400_00 + 1_637_54, date(2026, 7, 2))
    ctx = on(ctx, date(2026, 7, 20))
    track_plans(ctx)
    refused(Code.VALUE_INVALID, cancel, ctx, made, " ")
    assert cancel(ctx, made, "sold the business") == "cancelled"
    refused(Code.MOVE_NOT_ALLOWED, cancel, ctx, made, "again")
    first, last = rows(ctx, NOTES)
    assert (first["number"], first["credited"]) == (1, True)
    # 8 % of 8,026.46 for 19 days; paid by what the interest of July had been paid.
    assert (last["amount_minor"], last["open_minor"]) == (33_43, 0)
    assert open_of(ctx, invoice) == 8_026_46 - (64_00 - 33_43)
    balance = balances(ctx, ctx.today)
    assert (balance["interest"], balance["receivable"]) == (-33_43, 8_026_46 - 30_57)
    found = plan(ctx, made)
    assert (found.state, found.due_now_interest_minor) == ("cancelled", 33_43)
    assert found.close_note == "sold the business"


def test_check_7_another_plan_takes_the_place_of_one_that_runs_once(debt):  # noqa: F811
    from decimal import Decimal

    ctx, buyer, _ = debt
    made = running(debt)
    pay(ctx, buyer, 2_400_00, date(2026, 7, 3))
    ctx = on(ctx, date(2026, 7, 20))
    terms = NewTerms(3, 20, Decimal(8))
    second = replan(ctx, made, terms)
    assert plan(ctx, made).state == "replanned"
    # 9,600 and 8 % of it for 19 days.
    assert plan(ctx, second).debt_minor == 9_600_00 + 39_98
    assert plan(ctx, second).state == "proposed"
    accept(ctx, second, YES)
    third = replan(ctx, second, terms)
    accept(ctx, third, YES)
    assert plan(ctx, third).state == "proposed", "it needs another person now"
    balances(ctx, ctx.today)


@pytest.mark.parametrize(
    ("settings", "country", "first"),
    [
        ({}, "DE", 64_00),
        # 8 % of 9,639.98 for a month: agreed once the interest had fallen due.
        ({"interest_on_interest": True}, "DE", 64_27),
        ({"interest_on_interest": True}, "FR", 64_00),
        # Of Spain nobody has read the law.
        ({"interest_on_interest": True}, "ES", 64_27),
    ],
)
def test_interest_of_an_earlier_plan_bears_none_in_a_new_one_unless_the_seller_and_the_law_say_so(
    ctx, settings, country, first
):
    from decimal import Decimal

    buyer, invoice = put(ctx, "1", "A", 12_000_00, due_on=date(2026, 4, 30), country=country)
    set_page_settings(ctx, PageSettings(**settings))
    ctx = on(ctx, START)
    made = running((ctx, buyer, invoice))
    pay(ctx, buyer, 2_400_00, date(2026, 7, 3))
    ctx = on(ctx, date(2026, 7, 20))
    second = replan(ctx, made, NewTerms(3, 0, Decimal(8)))
    parts = instalments_of(ctx, second)
    assert parts[0].interest_minor == first
    assert sum(part.principal_minor for part in parts) == 9_639_98
    accept(ctx, second, YES)
    if plan(ctx, second).state == "proposed":
        # No down payment: another person has to agree.
        approve(replace(ctx, actor="head of credit"), second)
    if first == 64_00:
        # Called in for want of the first instalment: 8 % of 9,600 for 39 days, and no more.
        day = date(2026, 8, 28)
        pay(ctx, buyer, 10_00, day)
        track_plans(on(ctx, day))
        found = plan(ctx, second)
        assert (found.state, found.due_now_interest_minor) == ("accelerated", 82_06)


def test_days_of_a_plan_bear_the_plans_interest_and_none_by_law(debt):  # noqa: F811
    from decimal import Decimal

    ctx, buyer, invoice = debt
    set_buyer_terms(ctx, buyer, BuyerTerms(contract_percent=Decimal("7.3")))

    def late(day):
        found = claimable(on(ctx, day), [invoice], day)[invoice]
        return found.interest.minor, found.daily.minor, str(found.compensation)

    # EUR 2.40 a day at 7.3 %, since 30 April; the plan begins on 1 July, the 62nd day.
    assert late(START) == (62 * 240, 240, "40.00 EUR")
    made = running(debt)
    assert late(date(2026, 7, 10)) == (62 * 240, 0, "40.00 EUR"), "the plan's own interest runs"
    cancel(on(ctx, date(2026, 7, 20)), made, "sold the business")
    assert late(date(2026, 7, 30)) == ((62 + 10) * 240, 240, "40.00 EUR")
    assert late(date(2026, 7, 10)) == (62 * 240, 0, "40.00 EUR"), "as it stood then"


def test_a_plan_without_interest_books_none(debt):  # noqa: F811
    from decimal import Decimal

    ctx, buyer, invoice = debt
    made = propose(ctx, replace(offer(debt), yearly_percent=Decimal(0)))
    accept(ctx, made, YES)
    pay(ctx, buyer, 12_000_00, START)
    assert track_plans(ctx)["completed"] == 1
    assert rows(ctx, NOTES) == []
    assert open_of(ctx, invoice) == 0


def test_a_disputed_part_stays_open_beside_the_plan(ctx):
    from decimal import Decimal

    from netterms.receivables.disputes import DisputeReason, raise_dispute

    buyer, invoice = put(ctx, "1", "A", 1_000_00, due_on=date(2026, 4, 30))
    raise_dispute(ctx, invoice, DisputeReason.PRICE, Money(100_00, "EUR"), "")
    ctx = on(ctx, START)
    made = propose(ctx, Offer(buyer, (invoice,), 2, 50, Decimal(0)))
    accept(ctx, made, Acceptance("A", Channel.PHONE, "owed"))
    pay(ctx, buyer, 1_000_00, START)
    assert track_plans(ctx)["completed"] == 1
    assert open_of(ctx, invoice) == 100_00


BANK = "DE89370400440532013000"


def paid_in(ctx, minor, text="", account=BANK):
    """A bank line of the buyer, matched on the day it came."""
    load(ctx, replace(bank_line(minor, text), booked_on=ctx.today, account=account))
    return match_bank_lines(ctx)


@pytest.mark.parametrize("text", ["thank you", "instalment for A"])
def test_a_bank_line_of_just_an_instalment_is_matched_and_settles_the_plan(owing_elsewhere, text):
    (ctx, buyer, invoice), made, _ = owing_elsewhere
    ctx = on(ctx, date(2026, 7, 6))
    set_bank_account(ctx, buyer, BankAccount(BANK))
    assert paid_in(ctx, 2_400_00, text).posted == 1
    assert open_of(ctx, invoice) == 9_600_00
    track_plans(ctx)
    assert instalments_of(ctx, made)[0].settled_on == ctx.today
    # Taken back, all of it is as before, and nobody takes it for the plan's again.
    [match] = rows(ctx, "select id from bank_match where seller_id = %(seller)s")
    undo(ctx, match["id"], "another firm of that name")
    assert open_of(ctx, invoice) == 12_000_00
    assert match_bank_lines(ctx).posted == 0
    balances(ctx, ctx.today)


def test_a_bank_line_of_an_instalment_from_nobody_known_is_left_open(owing_elsewhere):
    (ctx, *_), _, _ = owing_elsewhere
    assert paid_in(on(ctx, date(2026, 7, 6)), 2_400_00, account="").unknown == 1
