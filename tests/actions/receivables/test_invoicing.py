"""Invoices and notes add up, are booked with their tax, and are set off."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.kernel.refusal import Code
from netterms.limits.lines import LineTerms, set_line
from netterms.receivables.invoicing import issue, offset
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import Part, PaymentIn, allocate, record_payment, undo_allocation
from netterms.receivables.periods import (
    ask_to_reopen,
    close_period,
    is_as_stored,
    periods,
    reopen,
)
from netterms.receivables.write_offs import (
    WriteOffReason,
    WriteOffState,
    decide_write_off,
    recover,
    write_off,
    write_offs,
)
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, on, rows, value
from tests.actions.receivables.test_payments import accounts, euros, refusal

NET = LineIn("Bearings", Decimal(3), Decimal("33.33"), Decimal(19))


def paper(ctx, number, *lines, **given):
    told = {"issued_on": ctx.today, "due_on": ctx.today + timedelta(days=30), **given}
    return PaperIn(buyer_id(ctx), number, "EUR", lines=lines or (NET,), **told)


@pytest.fixture
def met(ctx):
    """A seller whose buyer 100 is known, with a line."""
    bring_in(ctx, Line(number="OLD", amount=1))
    set_line(ctx, buyer_id(ctx), "EUR", LineTerms(100_000))
    return ctx


def test_an_invoice_of_lines_owes_net_and_tax(met):
    lines = (NET, LineIn("Book", Decimal(1), Decimal("10.00"), Decimal(7)))
    issue(met, paper(met, "R-1", *lines, total=euros(99_99 + 19_00 + 10_70)))
    found = rows(
        met,
        "select amount_minor, tax_minor, state from invoice where invoice_number = 'R-1'",
    )
    assert found == [{"amount_minor": 129_69, "tax_minor": 19_70, "state": "open"}]
    assert accounts(met) == {
        ("receivable", "EUR"): 129_70,
        ("sales", "EUR"): -110_00,
        ("sales_tax", "EUR"): -19_70,
    }
    assert value(met, "select owed_minor from credit_line") == 129_70


def test_an_invoice_that_cannot_be_is_refused_by_its_field(met):
    good = paper(met, "R-1")
    issue(met, good)
    invalid = Code.VALUE_INVALID
    line = replace
    for bad, field in (
        (replace(good, total=euros(1)), "total"),
        (replace(good, lines=()), "lines"),
        (replace(good, lines=(line(NET, quantity=Decimal(0)),)), "quantity"),
        (replace(good, lines=(line(NET, unit_price=Decimal(-1)),)), "unit_price"),
        (replace(good, lines=(line(NET, tax_category="X"),)), "tax_category"),
        (replace(good, lines=(line(NET, tax_category="E"),)), "tax_rate"),
        (replace(good, lines=(line(NET, allowance_minor=100_00),)), "allowance"),
        (replace(good, lines=(line(NET, description=" "),)), "description"),
        (replace(good, currency="EEE"), "currency"),
        (replace(good, issued_on=met.today + timedelta(days=1)), "issued_on"),
        (replace(good, due_on=met.today - timedelta(days=1)), "due_on"),
        (replace(good, kind="credit_note"), "reason"),
        (replace(good, kind="bill"), "kind"),
        (replace(good, invoice_number=" "), "invoice_number"),
        (replace(good, note_of=uuid4()), "note_of"),
    ):
        assert refusal(issue, met, bad) == (invalid, field)
    assert refusal(issue, met, good) == (Code.INVOICE_NUMBER_TAKEN, "invoice_number")
    assert refusal(issue, met, replace(good, buyer_id=uuid4())) == (Code.NOT_FOUND, "buyer")


def test_a_credit_note_for_an_invoice_is_set_off_and_numbers_itself(met):
    invoice = issue(met, paper(met, "R-1"))
    note = paper(
        met, "", replace(NET, quantity=Decimal(1)),
        kind="credit_note", note_of=invoice, reason="one was broken",
    )  # fmt: skip
    made = issue(met, note)
    found = rows(
        met,
        "select invoice_number, open_minor, note_of from invoice where id = %(id)s",
        id=made,
    )
    assert found == [{"invoice_number": "R-1-C1", "open_minor": 0, "note_of": invoice}]
    left = 118_99 - 39_66
    assert value(met, "select open_minor from invoice where invoice_number = 'R-1'") == left
    assert accounts(met)["sales_tax", "EUR"] == -(19_00 - 6_33)
    assert value(met, "select owed_minor from credit_line") == left + 1
    most = (Code.AMOUNT_OUT_OF_RANGE, "amount")
    assert refusal(issue, met, replace(note, lines=(NET,))) == most
    undo_allocation(met, value(met, "select id from payment where kind = 'offset'"), None, "no")
    assert value(met, "select open_minor from invoice where invoice_number = 'R-1'") == 118_99
    assert value(met, "select open_minor from invoice where invoice_number = 'R-1-C1'") == 39_66


def test_a_debit_note_adds_to_what_is_owed(met):
    invoice = issue(met, paper(met, "R-1"))
    issue(met, paper(met, "", NET, kind="debit_note", note_of=invoice, reason="freight"))
    found = rows(met, "select kind, is_debit_note from invoice where invoice_number = 'R-1-D1'")
    assert found == [{"kind": "invoice", "is_debit_note": True}]
    assert accounts(met)["receivable", "EUR"] == 2 * 118_99 + 1


def test_a_free_credit_note_is_set_off_by_hand(met):
    invoice = issue(met, paper(met, "R-1"))
    note = issue(met, paper(met, "", NET, kind="credit_note", reason="bonus"))
    assert value(met, "select open_minor from invoice where id = %(i)s", i=invoice) == 118_99
    offset(met, note, [Part(invoice, euros(18_99))])
    assert value(met, "select open_minor from invoice where id = %(i)s", i=invoice) == 100_00
    assert value(met, "select open_minor from invoice where id = %(i)s", i=note) == 100_00
    assert refusal(offset, met, invoice, []) == (Code.NOT_FOUND, "credit_note")
    assert refusal(offset, met, note, [Part(note, euros(1))])[0] is Code.NOT_FOUND


def test_a_write_off_beyond_the_authority_waits_for_a_second_person(met):
    bring_in(met, Line(number="BIG", amount=500_000))
    invoice = invoice_id(met, "BIG")
    number, state = write_off(met, invoice, euros(100_001), WriteOffReason.INSOLVENT, "gone")
    assert state is WriteOffState.PROPOSED
    assert ("bad_debt", "EUR") not in accounts(met)
    # What waits cannot be proposed twice.
    assert refusal(write_off, met, invoice, euros(400_000), WriteOffReason.INSOLVENT)[0] is (
        Code.AMOUNT_OUT_OF_RANGE
    )
    assert refusal(lambda: decide_write_off(met, number, agree=True))[0] is Code.SAME_PERSON
    # A program is no second person beside who made its key.
    create_key(met, "mine", ["read"])
    program = replace(met, actor="key:mine")
    assert refusal(lambda: decide_write_off(program, number, agree=True))[0] is Code.SAME_PERSON
    second = replace(met, actor="second")
    decide_write_off(second, number, agree=True)
    assert accounts(met)["bad_debt", "EUR"] == 100_001
    assert refusal(lambda: decide_write_off(second, number, agree=True))[0] is Code.MOVE_NOT_ALLOWED
    other, _ = write_off(met, invoice, euros(399_999), WriteOffReason.INSOLVENT)
    decide_write_off(second, other, agree=False, note="try again")
    assert {each.state for each in write_offs(met, invoice_id=invoice)} == {"refused", "done"}
    assert refusal(lambda: decide_write_off(second, uuid4(), agree=True))[0] is Code.NOT_FOUND


def test_many_small_write_offs_are_no_way_round_the_authority(met):
    bring_in(met, Line(number="BIG", amount=500_000))
    invoice = invoice_id(met, "BIG")
    _, state = write_off(met, invoice, euros(60_000), WriteOffReason.NOT_WORTH_IT)
    assert state is WriteOffState.DONE
    other = replace(met, actor="another")
    second, state = write_off(other, invoice, euros(40_001), WriteOffReason.NOT_WORTH_IT)
    assert state is WriteOffState.PROPOSED
    decide_write_off(met, second, agree=True)
    # What two agreed to counts for nobody's own.
    _, state = write_off(met, invoice, euros(40_000), WriteOffReason.NOT_WORTH_IT)
    assert state is WriteOffState.DONE


def test_small_differences_of_an_invoice_add_up(met):
    bring_in(met, Line(number="A", amount=100_000))
    invoice = invoice_id(met, "A")
    payment = record_payment(met, PaymentIn(buyer_id(met), euros(90_000), met.today))
    small = Part(invoice, euros(10_000), write_off=euros(600))
    allocate(met, payment, [small])
    assert refusal(allocate, met, payment, [small])[0] is Code.VALUE_INVALID
    allocate(met, payment, [replace(small, write_off=euros(400))])
    undo_allocation(met, payment, None, "again")
    allocate(met, payment, [replace(small, write_off=euros(1_000))])


def test_what_was_written_off_may_be_recovered_and_all_of_it_taken_back(met):
    bring_in(met, Line(number="BAD", amount=10_000))
    invoice = invoice_id(met, "BAD")
    _, state = write_off(met, invoice, euros(10_000), WriteOffReason.TIME_BARRED)
    assert state is WriteOffState.DONE
    assert value(met, "select state from invoice where id = %(i)s", i=invoice) == "written_off"
    assert value(met, "select owed_minor from credit_line") == 1
    receipt = record_payment(met, PaymentIn(buyer_id(met), euros(12_000), met.today))
    recover(met, receipt, invoice, euros(4_000))
    assert accounts(met)["bad_debt", "EUR"] == 6_000
    recover(met, receipt, invoice, euros(6_000))
    assert value(met, "select state from invoice where id = %(i)s", i=invoice) == "recovered"
    assert accounts(met)["unallocated", "EUR"] == -2_000
    assert refusal(recover, met, receipt, invoice, euros(1))[0] is Code.AMOUNT_OUT_OF_RANGE
    undo_allocation(met, receipt, None, "not for this")
    assert value(met, "select state from invoice where id = %(i)s", i=invoice) == "written_off"
    assert accounts(met)["bad_debt", "EUR"] == 10_000
    assert [each.taken_back_on for each in write_offs(met, invoice_id=invoice)] == [None]
    undo_allocation(met, value(met, "select id from payment where kind='write_off'"), None, "alive")
    assert [each.taken_back_on for each in write_offs(met, invoice_id=invoice)] == [met.today]
    assert value(met, "select state from invoice where id = %(i)s", i=invoice) == "open"
    assert ("bad_debt", "EUR") not in accounts(met)


def test_nothing_is_booked_in_a_closed_period(met):
    bring_in(met, Line(number="A", amount=10_000))
    invoice = invoice_id(met, "A")
    early = met.today - timedelta(days=40)
    assert refusal(close_period, met, met.today) == (Code.VALUE_INVALID, "closed_until")
    payment = record_payment(met, PaymentIn(buyer_id(met), euros(1_000), early))
    allocate(met, payment, [Part(invoice, euros(1_000))])
    closed = met.today - timedelta(days=10)
    period = close_period(met, closed)
    closing = Code.PERIOD_CLOSED
    assert refusal(close_period, met, closed)[0] is closing
    assert refusal(issue, met, paper(met, "R-9", issued_on=closed))[0] is closing
    assert refusal(bring_in, met, Line(number="LATE", due_on=closed))[0] is closing
    # What comes late is booked on the first open day, and so is what takes an old booking back.
    late = record_payment(met, PaymentIn(buyer_id(met), euros(500), early))
    allocate(met, late, [Part(invoice, euros(500))])
    undo_allocation(met, payment, None, "no")
    days = rows(met, "select distinct booked_on from journal_entry where source_kind <> 'invoice'")
    assert {line["booked_on"] for line in days} >= {closed + timedelta(days=1)}
    [stored] = periods(met)
    assert is_as_stored(met, stored)
    assert stored.balances
    # The receivable account of the closed day is as it was.
    [was] = [b for b in stored.balances if b["account"] == "receivable"]
    assert was["balance_minor"] == value(
        met,
        "select sum(case when debit_account = 'receivable' then amount_minor"
        " else -amount_minor end)::bigint from journal_entry where booked_on <= %(d)s"
        " and 'receivable' in (debit_account, credit_account)",
        d=closed,
    )
    ask_to_reopen(met, period, "an invoice was forgotten")
    assert refusal(reopen, met, period)[0] is Code.SAME_PERSON
    create_key(met, "mine", ["read"])
    assert refusal(reopen, replace(met, actor="key:mine"), period)[0] is Code.SAME_PERSON
    reopen(replace(met, actor="second"), period)
    issue(met, paper(met, "R-9", issued_on=closed))
    assert not is_as_stored(met, stored)
    assert refusal(reopen, met, period)[0] is Code.MOVE_NOT_ALLOWED
    assert refusal(ask_to_reopen, met, uuid4(), "x")[0] is Code.NOT_FOUND


def test_the_database_refuses_a_booking_in_a_closed_period(met):
    from tests.actions.books import change

    closed = met.today - timedelta(days=10)
    close_period(met, closed)
    found = refusal(
        lambda: change(
            met,
            "insert into journal_entry (seller_id, source_id, source_kind, booked_on,"
            " debit_account, credit_account, currency, amount_minor, buyer_id) values (%(seller)s,"
            " uuidv7(), 'invoice', %(day)s, 'receivable', 'sales', 'EUR', 1, uuidv7())",
            day=closed,
        )
    )
    assert found == (Code.PERIOD_CLOSED, "booked_on")


def test_as_of_any_day_open_items_are_the_receivable_account(met):
    from netterms.portfolio.live import ageing

    bring_in(met, Line(number="A", amount=10_000, issued_on=met.today - timedelta(days=60)))
    invoice = invoice_id(met, "A")
    payment = record_payment(
        met, PaymentIn(buyer_id(met), euros(10_000), met.today - timedelta(days=30))
    )
    allocate(met, payment, [Part(invoice, euros(10_000))])
    close_period(met, met.today - timedelta(days=20))
    undo_allocation(met, payment, None, "another's")
    later = on(met, met.today + timedelta(days=5))
    write_off(later, invoice, euros(3_000), WriteOffReason.SETTLEMENT)
    for back in range(-6, 61):
        for each in ageing(met, met.today - timedelta(days=back)).values():
            assert each.balance_minor == each.journal_minor
