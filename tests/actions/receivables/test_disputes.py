"""A dispute is about what is open and not disputed yet, and ends once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    acknowledge,
    assign,
    litigate,
    raise_dispute,
    settle_dispute,
    state_position,
)
from netterms.receivables.evidence import MOST_BYTES, attach, evidence_file, evidence_of
from netterms.receivables.invoicing import issue
from netterms.receivables.papers import LineIn, PaperIn
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)


def euros(minor):
    return Money(minor, "EUR")


def test_raised_and_settled_with_their_days(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    dispute = raise_dispute(ctx, invoice, DisputeReason.PRICE, euros(4_000))
    later = ctx.on(ctx.today + timedelta(days=9))
    settle_dispute(later, dispute, DisputeOutcome.CONFIRMED)
    settle_dispute(later, dispute, DisputeOutcome.CONFIRMED)
    [line] = rows(ctx, "select state, amount_minor, raised_on, settled_on from dispute")
    assert line == {
        "state": "confirmed",
        "amount_minor": 4_000,
        "raised_on": ctx.today,
        "settled_on": later.today,
    }
    assert kinds(ctx)[-2:] == ["receivables.dispute_raised", "receivables.dispute_settled"]
    with pytest.raises(Refusal) as refused:
        settle_dispute(later, dispute, DisputeOutcome.CREDITED)
    assert refused.value.code is Code.MOVE_NOT_ALLOWED


def test_only_what_is_open_and_free_can_be_disputed(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE, paid=3_000)
    raise_dispute(ctx, invoice, DisputeReason.QUALITY, euros(5_000))
    for amount in (euros(2_001), euros(0), euros(-1), Money(100, "USD")):
        with pytest.raises(Refusal) as refused:
            raise_dispute(ctx, invoice, DisputeReason.QUALITY, amount)
        assert refused.value.code is Code.VALUE_INVALID
    raise_dispute(ctx, invoice, DisputeReason.QUANTITY, euros(2_000))


def test_what_is_not_there_is_not_found(ctx, new_seller):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    for caller, number in ((ctx, uuid4()), (new_seller(), invoice)):
        with pytest.raises(Refusal) as refused:
            raise_dispute(caller, number, DisputeReason.PRICE, euros(1))
        assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal, match="not_found"):
        settle_dispute(ctx, uuid4(), DisputeOutcome.CREDITED)


def test_readers_raise_nothing(ctx):
    with pytest.raises(Refusal, match="not_allowed"):
        raise_dispute(
            replace(ctx, may=frozenset({Permission.READ})), uuid4(), DisputeReason.PRICE, euros(1)
        )


def test_a_dispute_goes_its_way_and_ends_in_a_credit_note(ctx):
    buyer, _ = put(ctx, "1", "A", 10_000, due_on=DUE)
    line = LineIn("Goods", Decimal(1), Decimal("84.03"), Decimal(19))
    invoice = issue(
        ctx, PaperIn(buyer, "B", "EUR", ctx.today, ctx.today, (line,), total=euros(10_000))
    )
    dispute = raise_dispute(ctx, invoice, DisputeReason.QUALITY, euros(3_333), "scratched")
    acknowledge(ctx, dispute)
    acknowledge(ctx, dispute)
    assign(ctx, dispute, "owner@example.com")
    state_position(ctx, dispute, "We look at it.")
    number = settle_dispute(ctx, dispute, DisputeOutcome.CREDITED, "agreed")
    assert settle_dispute(ctx, dispute, DisputeOutcome.CREDITED) == number
    [credit] = rows(
        ctx,
        "select invoice_number, amount_minor, tax_minor, open_minor from invoice"
        " where kind = 'credit_note'",
    )
    assert credit == {
        "invoice_number": "B-C1",
        "amount_minor": 3_333,
        "tax_minor": 532,
        "open_minor": 0,
    }
    [left] = rows(ctx, "select open_minor from invoice where invoice_number = 'B'")
    assert left["open_minor"] == 6_667
    [told] = rows(ctx, "select state, owner, credit_note_id, acknowledged_on from dispute")
    assert told == {
        "state": "credited",
        "owner": "owner@example.com",
        "credit_note_id": number,
        "acknowledged_on": ctx.today,
    }


def test_a_court_keeps_a_dispute_open(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    dispute = raise_dispute(ctx, invoice, DisputeReason.PRICE, euros(4_000))
    litigate(ctx, dispute, "claim filed")
    [found] = rows(ctx, "select state, settled_on, litigated_on from dispute")
    assert found == {"state": "litigated", "settled_on": None, "litigated_on": ctx.today}
    with pytest.raises(Refusal) as refused:
        state_position(ctx, dispute, "again")
    assert refused.value.code is Code.MOVE_NOT_ALLOWED
    settle_dispute(ctx, dispute, DisputeOutcome.CONFIRMED, "judgment")


def test_crediting_needs_the_right_to_book(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    dispute = raise_dispute(ctx, invoice, DisputeReason.PRICE, euros(4_000))
    collector = replace(ctx, may=frozenset({Permission.READ, Permission.COLLECT}))
    with pytest.raises(Refusal) as refused:
        settle_dispute(collector, dispute, DisputeOutcome.CREDITED)
    assert refused.value.code is Code.NOT_ALLOWED


PDF = b"%PDF-1.7\n%test"


def test_evidence_is_known_by_its_content_and_kept_once(ctx, new_seller):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    dispute = raise_dispute(ctx, invoice, DisputeReason.QUALITY, euros(1))
    first = attach(ctx, dispute, "../../etc/pass<wd.exe", PDF)
    assert attach(ctx, dispute, "other.pdf", PDF) == first
    [kept] = evidence_of(ctx, dispute)
    assert (kept.name, kept.kind, kept.bytes) == ("pass_wd.pdf", "application/pdf", len(PDF))
    assert evidence_file(ctx, first).content == PDF
    for bad in (b"", b"<html>", b"MZ\x90", PDF + b"x" * MOST_BYTES):
        with pytest.raises(Refusal) as refused:
            attach(ctx, dispute, "x.pdf", bad)
        assert refused.value.facts["field"] == "evidence"
    for caller in (new_seller(), ctx):
        with pytest.raises(Refusal) as refused:
            evidence_file(caller, first if caller is not ctx else uuid4())
        assert refused.value.code is Code.NOT_FOUND
