"""A receipt that the bank takes back: owed again, paid out again, and counted once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching.actions import Matched, match_lines
from netterms.receivables.payments import PaymentIn, allocate, record_payment
from netterms.receivables.returns import return_payment, returned, returns_of
from netterms.receivables.rules import Part
from tests.actions.receivables.test_matching import balances, line, load, opens
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as no:
        act(*args, **kwargs)
    return no.value


def test_a_receipt_that_came_back_leaves_every_balance_as_before(ctx):
    buyer, invoice = put(ctx, "1", "A", 50_000, due_on=DUE)
    before = balances(ctx), opens(ctx)
    payment = record_payment(ctx, PaymentIn(buyer, Money(50_200, "EUR"), date(2026, 5, 20)))
    allocate(ctx, payment, [Part(invoice, Money(50_000, "EUR"))])
    day = ctx.today - timedelta(days=2)
    refund, repeated = return_payment(ctx, payment, day, "no funds", key="k")
    assert (repeated, return_payment(ctx, payment, day, "no funds", key="k")) == (
        False, (refund, True),
    )  # fmt: skip
    assert (balances(ctx), opens(ctx)) == before
    kept = returned(ctx, payment)
    assert (kept.returned_on, kept.known_on, kept.refund_id) == (day, ctx.today, refund)
    assert returns_of(ctx, buyer) == [day]
    assert returned(ctx, refund) is None
    assert kinds(ctx).count("receivables.payment_returned") == 1
    # The invoice can be paid anew; the receipt comes back once only, and a refund never.
    assert refused(return_payment, ctx, payment, day, "again").code is Code.MOVE_NOT_ALLOWED
    assert refused(return_payment, ctx, refund, day, "again").code is Code.NOT_FOUND
    again = record_payment(ctx, PaymentIn(buyer, Money(50_000, "EUR"), ctx.today))
    allocate(ctx, again, [Part(invoice, Money(50_000, "EUR"))])
    assert opens(ctx)["A"] == (0, "paid")


def test_what_a_person_booked_is_not_returned_by_the_banks_line_too(ctx):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    before = balances(ctx), opens(ctx)
    load(ctx, line(50_000, "INV-2026-00042", name="Buyer 1", account="DE99", end_to_end="E-1"))
    assert match_lines(ctx).posted == 1
    [receipt] = rows(ctx, "select id, buyer_id from payment where seller_id = %(seller)s")
    return_payment(ctx, receipt["id"], ctx.today, "AC04")
    back = line(-50_000, "RETURN AC04", reversal=True, name="Buyer 1", end_to_end="E-1")
    load(ctx, back, opening=50_000)
    assert match_lines(ctx) == Matched(0, 0, 0)
    assert (balances(ctx), opens(ctx)) == before


def test_what_cannot_come_back_is_refused_by_field(ctx, new_seller):
    buyer, _ = put(ctx, "1", "A", 50_000, due_on=DUE)
    payment = record_payment(ctx, PaymentIn(buyer, Money(100, "EUR"), date(2026, 5, 20)))
    late, early = ctx.today + timedelta(days=1), date(2026, 5, 19)
    for day in (late, early):
        assert refused(return_payment, ctx, payment, day, "x").facts["field"] == "returned_on"
    assert refused(return_payment, ctx, payment, ctx.today, " ").facts["field"] == "reason"
    reader = replace(ctx, may=frozenset({Permission.READ}))
    assert refused(return_payment, reader, payment, ctx.today, "x").code is Code.NOT_ALLOWED
    other = new_seller("Other")
    assert refused(return_payment, other, payment, other.today, "x").code is Code.NOT_FOUND
    # Part of its money went back to the buyer meanwhile.
    part = PaymentIn(buyer, Money(40, "EUR"), ctx.today, kind="refund", refund_of=payment)
    record_payment(ctx, part)
    assert refused(return_payment, ctx, payment, ctx.today, "x").code is Code.AMOUNT_OUT_OF_RANGE
