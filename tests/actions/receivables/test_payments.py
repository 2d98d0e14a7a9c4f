"""Payments settle invoices to the cent, and whatever they settled can be taken back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError

from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.rates import Rate, load_rates
from netterms.receivables.payments import (
    Part,
    PaymentIn,
    allocate,
    record_payment,
    undo_allocation,
)
from netterms.receivables.queries import buyer_statement
from tests.actions.books import Line, bring_in, buyer_id, change, invoice_id, kinds, on, rows, value

PAID = date(2026, 5, 20)


def euros(minor):
    return Money(minor, "EUR")


def received(ctx, minor, currency="EUR", **given):
    return record_payment(
        ctx, PaymentIn(buyer_id(ctx), Money(minor, currency), PAID, "R-1", **given)
    )


def accounts(ctx):
    """Balance of every account: debits less credits, by account and currency."""
    found = rows(
        ctx,
        """
        select account, currency::text as currency, sum(minor)::bigint as minor from (
          select debit_account as account, currency, amount_minor as minor from journal_entry
          union all
          select credit_account, currency, -amount_minor from journal_entry) x
        group by 1, 2 having sum(minor) <> 0
        """,
    )
    return {(line["account"], line["currency"]): line["minor"] for line in found}


def standing(ctx):
    """What a reader of the book sees of invoices and payments."""
    return (
        rows(
            ctx,
            "select invoice_number, open_minor, state, settled_on from invoice"
            " order by invoice_number",
        ),
        rows(ctx, "select id, unallocated_minor from payment order by id"),
    )


def refusal(call, *args):
    with pytest.raises(Refusal) as refused:
        call(*args)
    return refused.value.code, refused.value.facts.get("field")


def test_one_payment_settles_many_invoices_and_keeps_the_rest(ctx):
    bring_in(ctx, Line(number="A", amount=10_000), Line(number="B", amount=5_000))
    payment = received(ctx, 14_000)
    assert accounts(ctx)["unallocated", "EUR"] == -14_000
    a, b = invoice_id(ctx, "A"), invoice_id(ctx, "B")
    allocate(ctx, payment, [Part(a, euros(10_000)), Part(b, euros(1_500))])
    invoices, payments = standing(ctx)
    assert invoices == [
        {"invoice_number": "A", "open_minor": 0, "state": "paid", "settled_on": PAID},
        {"invoice_number": "B", "open_minor": 3_500, "state": "part_paid", "settled_on": None},
    ]
    assert payments == [{"id": payment, "unallocated_minor": 2_500}]
    assert accounts(ctx) == {
        ("bank", "EUR"): 14_000,
        ("sales", "EUR"): -15_000,
        ("receivable", "EUR"): 3_500,
        ("unallocated", "EUR"): -2_500,
    }
    assert kinds(ctx)[-2:] == ["receivables.payment_recorded", "receivables.payment_allocated"]


def test_undo_restores_every_balance_and_points_back(ctx):
    bring_in(ctx, Line(number="A", amount=10_000), Line(number="B", amount=5_000))
    payment = received(ctx, 14_000)
    before, were = standing(ctx), accounts(ctx)
    a, b = invoice_id(ctx, "A"), invoice_id(ctx, "B")
    allocate(ctx, payment, [Part(a, euros(9_000), discount=euros(1_000)), Part(b, euros(5_000))])
    undo_allocation(ctx, payment, b, "another's invoice")
    assert value(ctx, "select unallocated_minor from payment") == 5_000
    undo_allocation(ctx, payment, None, "all of it")
    assert standing(ctx) == before
    assert accounts(ctx) == were
    [entry] = rows(ctx, "select distinct entry_id from allocation where amount_minor > 0")
    found = rows(ctx, "select distinct reverses from journal_entry where source_kind = 'undo'")
    assert [line["reverses"] for line in found] == [entry["entry_id"]]
    assert refusal(undo_allocation, ctx, payment, None, "again") == (Code.NOT_FOUND, "allocation")
    allocate(ctx, payment, [Part(b, euros(5_000))])
    assert value(ctx, "select state from invoice where invoice_number = 'B'") == "paid"


def test_what_an_import_paid_can_be_taken_back_too(ctx):
    bring_in(ctx, Line(number="A", amount=10_000, settled_on=PAID))
    payment = value(ctx, "select id from payment")
    undo_allocation(ctx, payment, None, "paid by another")
    assert standing(ctx)[0][0]["open_minor"] == 10_000
    assert accounts(ctx) == {
        ("bank", "EUR"): 10_000,
        ("sales", "EUR"): -10_000,
        ("receivable", "EUR"): 10_000,
        ("unallocated", "EUR"): -10_000,
    }


def test_nothing_beyond_what_is_open_or_left(ctx):
    bring_in(ctx, Line(number="A", amount=10_000), Line(buyer="200", number="X"))
    payment = received(ctx, 12_000)
    a = invoice_id(ctx, "A")
    beyond = (Code.AMOUNT_OUT_OF_RANGE, "amount")
    for amount in (0, 10_001):
        assert refusal(allocate, ctx, payment, [Part(a, euros(amount))]) == beyond
    other = received(ctx, 9_999)
    assert refusal(allocate, ctx, other, [Part(a, euros(10_000))]) == beyond
    invalid = Code.VALUE_INVALID
    assert refusal(allocate, ctx, payment, [Part(a, euros(-1))]) == (invalid, "amount")
    assert refusal(allocate, ctx, payment, [Part(a, Money(1, "USD"))]) == (invalid, "amount")
    assert refusal(allocate, ctx, payment, []) == (invalid, "parts")
    assert refusal(allocate, ctx, payment, [Part(a, euros(1))] * 2) == (invalid, "parts")
    assert refusal(allocate, ctx, payment, [Part(a, euros(9_000), write_off=euros(101))]) == (
        invalid,
        "write_off",
    )
    unknown = (Code.NOT_FOUND, "invoice")
    assert refusal(allocate, ctx, payment, [Part(invoice_id(ctx, "X"), euros(1))]) == unknown
    assert refusal(allocate, ctx, uuid4(), [Part(a, euros(1))]) == (Code.NOT_FOUND, "payment")
    assert value(ctx, "select count(*) from allocation") == 0


def test_the_database_itself_refuses_what_does_not_add_up(ctx):
    bring_in(ctx, Line(number="A", amount=10_000), Line(buyer="200", number="X"))
    payment = received(ctx, 5_000)
    for number, settled, taken in (("A", 5_001, 5_001), ("A", 5_000, 4_999), ("X", 1, 1)):
        with pytest.raises(IntegrityError):
            change(
                ctx,
                """
                insert into allocation (seller_id, invoice_id, payment_id, entry_id, amount_minor,
                                        taken_minor, allocated_on)
                values (%(seller)s, %(invoice)s, %(payment)s, uuidv7(), %(settled)s, %(taken)s,
                        current_date)
                """,
                invoice=invoice_id(ctx, number),
                payment=payment,
                settled=settled,
                taken=taken,
            )


def test_a_credit_note_settled_beside_an_invoice_lowers_what_has_to_come(ctx):
    bring_in(
        ctx, Line(number="A", amount=10_000), Line(number="C", amount=1_000, kind="credit_note")
    )
    payment = received(ctx, 9_000)
    a, c = invoice_id(ctx, "A"), invoice_id(ctx, "C")
    allocate(ctx, payment, [Part(a, euros(10_000)), Part(c, euros(1_000))])
    assert [line["open_minor"] for line in standing(ctx)[0]] == [0, 0]
    assert ("receivable", "EUR") not in accounts(ctx)
    beyond = (Code.AMOUNT_OUT_OF_RANGE, "amount")
    assert refusal(undo_allocation, ctx, payment, c, "alone") == beyond
    undo_allocation(ctx, payment, None, "both")
    assert accounts(ctx)["receivable", "EUR"] == 9_000


def test_a_refund_gives_back_what_was_too_much_or_pays_a_credit_note(ctx):
    bring_in(ctx, Line(number="C", amount=1_000, kind="credit_note"))
    buyer = buyer_id(ctx)
    receipt = received(ctx, 5_000)
    back = PaymentIn(buyer, euros(2_000), PAID, kind="refund", refund_of=receipt)
    record_payment(ctx, back)
    assert accounts(ctx)["unallocated", "EUR"] == -3_000
    beyond = (Code.AMOUNT_OUT_OF_RANGE, "amount")
    assert refusal(record_payment, ctx, replace(back, amount=euros(3_001))) == beyond
    refund = record_payment(ctx, PaymentIn(buyer, euros(1_000), PAID, kind="refund"))
    allocate(ctx, refund, [Part(invoice_id(ctx, "C"), euros(1_000))])
    assert accounts(ctx) == {
        ("bank", "EUR"): 2_000,
        ("sales", "EUR"): 1_000,
        ("unallocated", "EUR"): -3_000,
    }
    [account] = buyer_statement(ctx, buyer, PAID, PAID)
    told = sorted((line.kind, line.minor) for line in account.lines)
    assert told == [("payment", -5_000), ("refund", 1_000), ("refund", 2_000)]


def test_another_currency_gives_way_to_the_invoices_and_shows_its_difference(ctx):
    bring_in(ctx, Line(number="A", amount=10_000, issued_on=date(2026, 4, 30)))
    # A currency of this test alone: rates are facts that the tests of a file share.
    load_rates(
        [
            Rate("NZD", date(2026, 4, 30), Decimal("1.10"), "test"),
            Rate("NZD", PAID, Decimal("1.25"), "test"),
        ]
    )
    payment = received(ctx, 12_600, "NZD")
    a = invoice_id(ctx, "A")
    part = Part(a, Money(12_600, "NZD"))
    assert refusal(allocate, ctx, payment, [part]) == (Code.VALUE_INVALID, "invoice_amount")
    allocate(ctx, payment, [replace(part, invoice_amount=euros(10_000))])
    # NZD 126.00 at 1.25 are EUR 100.80: EUR 0.80 more than the invoice.
    assert accounts(ctx) == {
        ("bank", "NZD"): 12_600,
        ("exchange", "NZD"): -12_600,
        ("exchange", "EUR"): 10_080,
        ("exchange_difference", "EUR"): -80,
        ("sales", "EUR"): -10_000,
    }
    undo_allocation(ctx, payment, None, "no")
    assert accounts(ctx)["unallocated", "NZD"] == -12_600


def test_an_invoice_kept_back_from_a_refund_has_the_difference_of_money_that_came(ctx):
    day = date(2026, 4, 30)
    bring_in(
        ctx,
        Line(number="A", amount=5_000, currency="PEN", issued_on=day),
        Line(number="C", amount=15_000, currency="PEN", kind="credit_note", issued_on=day),
    )
    rates = {day: "4.00", PAID: "5.00"}
    load_rates([Rate("PEN", on_day, Decimal(rate), "test") for on_day, rate in rates.items()])
    back = PaymentIn(buyer_id(ctx), Money(10_000, "PEN"), PAID, kind="refund")
    refund = record_payment(ctx, back)
    parts = [
        Part(invoice_id(ctx, "C"), Money(15_000, "PEN")),
        Part(invoice_id(ctx, "A"), Money(5_000, "PEN")),
    ]
    allocate(ctx, refund, parts)
    # PEN 100.00 net were EUR 25.00 when they were invoiced, and cost EUR 20.00 to give back.
    assert accounts(ctx)["exchange_difference", "EUR"] == -500


def test_a_prepayment_waits_for_its_invoice(ctx):
    bring_in(ctx, Line(number="OLD", amount=1))
    payment = received(ctx, 10_000)
    later = on(ctx, ctx.today + timedelta(days=30))
    bring_in(later, Line(number="A", amount=10_000, issued_on=later.today, due_on=later.today))
    allocate(later, payment, [Part(invoice_id(ctx, "A"), euros(10_000))])
    found = value(ctx, "select settled_on from invoice where invoice_number = 'A'")
    assert found == later.today


def test_a_line_owes_what_is_open_after_every_move(ctx):
    bring_in(ctx, Line(number="A", amount=10_000))
    buyer = buyer_id(ctx)
    set_line(ctx, buyer, "EUR", LineTerms(100_000))
    owed = "select owed_minor from credit_line"
    payment = received(ctx, 4_000)
    allocate(ctx, payment, [Part(invoice_id(ctx, "A"), euros(4_000))])
    assert value(ctx, owed) == 6_000
    undo_allocation(ctx, payment, None, "no")
    assert value(ctx, owed) == 10_000


def test_a_source_is_taken_in_once(ctx):
    bring_in(ctx, Line(number="A", amount=10_000))
    source = uuid4()
    first = received(ctx, 4_000, source_id=source)
    assert received(ctx, 4_000, source_id=source) == first
    assert value(ctx, "select count(*) from payment") == 1


def test_what_is_not_a_payment_is_refused(ctx):
    bring_in(ctx, Line(number="A", amount=10_000))
    good = PaymentIn(buyer_id(ctx), euros(1), PAID)
    invalid = Code.VALUE_INVALID
    for bad, field in (
        (replace(good, amount=euros(0)), "amount"),
        (replace(good, amount=Money(1, "XXX")), "currency"),
        (replace(good, kind="offset"), "kind"),
        (replace(good, paid_on=ctx.today + timedelta(days=1)), "paid_on"),
        (replace(good, reference="x" * 501), "reference"),
        (replace(good, refund_of=uuid4()), "refund_of"),
    ):
        assert refusal(record_payment, ctx, bad) == (invalid, field)
    assert refusal(record_payment, ctx, replace(good, buyer_id=uuid4())) == (
        Code.NOT_FOUND,
        "buyer",
    )
    payment = record_payment(ctx, good)
    assert refusal(undo_allocation, ctx, payment, None, " ") == (invalid, "reason")


def test_who_may_not_book_is_refused(ctx):
    reader = replace(ctx, may=frozenset({Permission.READ, Permission.COLLECT}))
    for call in (
        lambda: record_payment(reader, PaymentIn(uuid4(), euros(1), PAID)),
        lambda: allocate(reader, uuid4(), []),
        lambda: undo_allocation(reader, uuid4(), None, "x"),
    ):
        assert refusal(call)[0] is Code.NOT_ALLOWED
