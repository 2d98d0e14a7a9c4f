"""A closed period is a refusal by every way in, and what comes late is booked after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from netterms.checkout.actions import authorise, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.receivables import actions, invoicing
from netterms.receivables.invoicing import issue
from netterms.receivables.matching.actions import Matched, match_lines, undo
from netterms.receivables.payments import PaymentIn, record_payment, undo_allocation
from netterms.receivables.periods import close_period, is_as_stored, periods
from netterms.receivables.write_offs import WriteOffReason, write_off
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, rows, value
from tests.actions.receivables import test_matching as bank
from tests.actions.receivables.test_invoicing import paper
from tests.actions.receivables.test_payments import euros


@pytest.fixture
def closed(ctx):
    """A seller with an open invoice and an order, whose books are closed until yesterday."""
    bring_in(ctx, Line(number="INV-2026-00042", amount=50_000))
    set_line(ctx, buyer_id(ctx), "EUR", LineTerms(100_000))
    close_period(ctx, ctx.today - timedelta(days=1))
    return ctx


def refused(use_case, *given):
    with pytest.raises(Refusal) as no:
        use_case(*given)
    assert no.value.code is Code.PERIOD_CLOSED
    return no.value.facts


def test_a_bank_line_of_a_closed_day_is_posted_on_the_first_open_one(closed):
    bank.load(closed, bank.line(50_000, "INV-2026-00042"))
    assert closed.today > bank.DAY
    assert match_lines(closed) == Matched(1, 1, 0)
    late = "select distinct booked_on from journal_entry where source_kind <> 'invoice'"
    assert rows(closed, late) == [{"booked_on": closed.today}]
    # The payment itself keeps the day the bank says.
    assert value(closed, "select paid_on from payment") == bank.DAY
    undo(closed, bank.standing(closed)["id"], "another's")
    assert rows(closed, late) == [{"booked_on": closed.today}]
    [period] = periods(closed)
    assert is_as_stored(closed, period)


def test_new_invoices_of_a_closed_day_are_refused_by_every_way_in(closed):
    day = closed.today - timedelta(days=3)
    facts = refused(
        bring_in,
        closed,
        Line(number="NEW-1", issued_on=closed.today, due_on=closed.today),
        Line(number="NEW-2", issued_on=day, due_on=closed.today),
    )
    assert (facts["value"], facts["closed_until"]) == (
        day.isoformat(),
        (closed.today - timedelta(days=1)).isoformat(),
    )
    refused(issue, closed, paper(closed, "R-1", issued_on=day))
    note = {"kind": "credit_note", "note_of": invoice_id(closed, "INV-2026-00042"), "reason": "x"}
    refused(issue, closed, paper(closed, "", issued_on=day, **note))
    order = order_of(authorise(closed, [OrderRequest("a", "a", buyer_id(closed), euros(900))])[0])
    for key, of in (("b", OrderMove.CAPTURE), ("c", OrderMove.REFUND)):
        if of is OrderMove.REFUND:
            move(closed, [MoveRequest("d", order, OrderMove.CAPTURE, 500, None)])
        [answer] = move(closed, [MoveRequest(key, order, of, 100, None, day)])
        assert answer.status == 409
        assert refused(lambda answer=answer: answer.order)["field"] == "issued_on"


def test_what_comes_late_is_booked_on_the_first_open_day(closed):
    invoice = invoice_id(closed, "INV-2026-00042")
    write_off(closed, invoice, euros(1_000), WriteOffReason.SETTLEMENT)
    gone = value(closed, "select id from payment where kind = 'write_off'")
    undo_allocation(closed, gone, None, "no")
    early = closed.today - timedelta(days=20)
    record_payment(closed, PaymentIn(buyer_id(closed), euros(100), early))
    bring_in(closed, Line(number="INV-2026-00042", amount=50_000, settled_on=early))
    late = "select distinct booked_on from journal_entry where source_kind <> 'invoice'"
    assert rows(closed, late) == [{"booked_on": closed.today}]


def test_a_period_that_is_closed_meanwhile_is_the_same_refusal(closed, monkeypatch):
    """The journal itself has the last word: between the question and the booking time passes."""
    monkeypatch.setattr(invoicing, "require_open", lambda ctx, day: None)
    monkeypatch.setattr(actions, "_require_open", lambda ctx, staged: None)
    day = closed.today - timedelta(days=3)
    facts = refused(issue, closed, paper(closed, "R-1", issued_on=day))
    assert facts == {
        "field": "booked_on",
        "value": day.isoformat(),
        "closed_until": (closed.today - timedelta(days=1)).isoformat(),
    }
    refused(bring_in, closed, Line(number="NEW-2", issued_on=day, due_on=closed.today))
    assert value(closed, "select count(*) from invoice") == 1
