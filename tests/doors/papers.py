"""Invoices, notes, payments, disputes and a closed period of one buyer, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from netterms.kernel.context import Context
from netterms.kernel.money import Money
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    assign,
    litigate,
    raise_dispute,
    settle_dispute,
    state_position,
)
from netterms.receivables.evidence import attach
from netterms.receivables.invoicing import issue
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import PaymentIn, allocate, record_payment, undo_allocation
from netterms.receivables.periods import ask_to_reopen, close_period, reopen
from netterms.receivables.rules import Part
from netterms.receivables.write_offs import WriteOffReason, write_off

PDF = b"%PDF-1.7\n%test"
ODD = "<b>Bold</b> & 'co'"


@dataclass
class Papers:
    """What was written."""

    invoices: list[UUID]
    payments: list[UUID]
    disputes: list[UUID]
    files: list[UUID]
    write_off: UUID
    period: UUID


def papers(ctx: Context, buyer: UUID) -> Papers:
    """Something in every state."""
    days = timedelta(days=1)

    def paper(number: str, net: str, **told: object) -> PaperIn:
        line = LineIn(ODD, Decimal(2), Decimal(net), Decimal(19), unit="h")
        return PaperIn(
            buyer, number, "EUR", ctx.today - 20 * days, ctx.today - 5 * days, (line,),
            reference=ODD, **told,
        )  # fmt: skip

    first = issue(ctx, paper(f"{ODD} 1", "500.00"))
    second = issue(ctx, paper("LEDGER-2", "800.00"))
    credit = issue(ctx, paper("", "50.00", kind="credit_note", note_of=first, reason=ODD))
    free = issue(ctx, paper("", "30.00", kind="credit_note", reason=ODD))
    debit = issue(ctx, paper("", "5.00", kind="debit_note", note_of=first, reason=ODD))
    payment = record_payment(
        ctx, PaymentIn(buyer, Money(100_000, "EUR"), ctx.today - 3 * days, ODD)
    )
    part = Part(first, Money(40_000, "EUR"), Money(500, "EUR"), Money(100, "EUR"))
    allocate(ctx, payment, [part])
    undo_allocation(ctx, payment, first, ODD)
    allocate(ctx, payment, [part])
    refund = record_payment(
        ctx, PaymentIn(buyer, Money(1_000, "EUR"), ctx.today, kind="refund", refund_of=payment)
    )
    dollars = record_payment(ctx, PaymentIn(buyer, Money(100_00, "USD"), ctx.today, "dollars"))
    reasons = DisputeReason.PRICE, DisputeReason.QUALITY, DisputeReason.TERMS
    told = [raise_dispute(ctx, second, each, Money(1_000, "EUR"), ODD) for each in reasons]
    file = attach(ctx, told[0], f"{ODD}.pdf", PDF)
    assign(ctx, told[0], ODD)
    state_position(ctx, told[0], ODD)
    settle_dispute(ctx, told[1], DisputeOutcome.CREDITED, ODD)
    litigate(ctx, told[2], ODD)
    waiting, _ = write_off(ctx, second, Money(150_000, "EUR"), WriteOffReason.UNCOLLECTABLE, ODD)
    write_off(ctx, first, Money(1_000, "EUR"), WriteOffReason.SETTLEMENT)
    early = close_period(ctx, ctx.today - 400 * days)
    ask_to_reopen(ctx, early, ODD)
    reopen(replace(ctx, actor="second"), early)
    period = close_period(ctx, ctx.today - 390 * days)
    return Papers(
        [first, second, credit, free, debit],
        [payment, refund, dollars],
        told,
        [file],
        waiting,
        period,
    )
