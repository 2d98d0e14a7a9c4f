"""Invoices, payments and disputes one by one, as pages and programs show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.kernel.calendar import add_days
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.clocks import Clock, Due, clocks, escalation
from netterms.store import sql
from netterms.store.calendars import calendar_of
from netterms.store.tenancy import book

MOST_OPEN, MOST_DISPUTES = 500, 500


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice or note. Amounts in minor units, above zero whatever its kind."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    buyer_number: str
    invoice_number: str
    kind: str
    is_debit_note: bool
    currency: str
    amount_minor: int
    open_minor: int
    tax_minor: int | None
    issued_on: date
    due_on: date
    state: str
    settled_on: date | None
    note_of: UUID | None
    note_of_number: str | None
    reason: str
    reference: str
    disputed_minor: int


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of an invoice; `unit_price` in major units."""

    place: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    allowance_minor: int
    net_minor: int
    tax_category: str
    tax_rate: Decimal
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment and what of it settles nothing yet, in minor units of its currency."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    buyer_number: str
    kind: str
    currency: str
    amount_minor: int
    unallocated_minor: int
    paid_on: date
    reference: str
    channel: str
    source_id: UUID | None
    refund_of: UUID | None


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """What a payment may settle."""

    id: UUID
    invoice_number: str
    kind: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute with its clocks (COL-01); `escalations` counts the steps up that are due."""

    id: UUID
    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    buyer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    invoice_minor: int
    due_on: date
    reason: str
    note: str
    state: str
    raised_on: date
    raised_by: str
    acknowledged_on: date | None
    owner: str
    owner_on: date | None
    position: str
    position_on: date | None
    litigated_on: date | None
    settled_on: date | None
    outcome_note: str
    credit_note_id: UUID | None
    is_after_due: bool
    clocks: tuple[Due, ...] = ()
    escalations: int = 0


def paper(ctx: Context, invoice_id: UUID) -> Paper:
    """One invoice or note; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.read("receivables/paper", Paper, {"seller": ctx.seller, "id": invoice_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
    return found[0]


def invoice_of(ctx: Context, buyer_id: UUID, number: str) -> UUID:
    """The buyer's invoice with that number; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.value(
            "select id from invoice where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " and kind = 'invoice' and invoice_number = %(number)s order by company_code limit 1",
            {"seller": ctx.seller, "buyer": buyer_id, "number": number},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=number)
    return UUID(str(found))


def lines_of(ctx: Context, invoice_id: UUID) -> list[PaperLine]:
    """Its lines in their order; none where nobody told them."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/paper_lines", PaperLine, {"seller": ctx.seller, "id": invoice_id}
        )


def settlements_of(ctx: Context, invoice_id: UUID) -> list[dict[str, Any]]:
    """What settled an invoice and what was taken back, in the order it counts."""
    return _rows(ctx, "receivables/paper_allocations", invoice_id)


def allocations_of(ctx: Context, payment_id: UUID) -> list[dict[str, Any]]:
    """What a payment settled and what was taken back, in the order it counts."""
    return _rows(ctx, "receivables/payment_allocations", payment_id)


def notes_of(ctx: Context, invoice_id: UUID) -> list[dict[str, Any]]:
    """Credit and debit notes of an invoice, in the order they were written."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(
            "select id, invoice_number, kind, currency::text as currency, amount_minor, open_minor,"
            " issued_on, reason from invoice"
            " where seller_id = %(seller)s and note_of = %(id)s order by issued_on, id",
            {"seller": ctx.seller, "id": invoice_id},
        )


def payment(ctx: Context, payment_id: UUID) -> Payment:
    """One payment of any kind; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.read("receivables/payment", Payment, {"seller": ctx.seller, "id": payment_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment_id))
    return found[0]


def payments(
    ctx: Context,
    *,
    buyer_id: UUID | None = None,
    text: str = "",
    only_waiting: bool = False,
    most: int = 50,
    skip: int = 0,
) -> list[Payment]:
    """Receipts and refunds, those with something unallocated first, then the newest."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/payments",
            Payment,
            {
                "seller": ctx.seller,
                "buyer": buyer_id,
                "text": text,
                "waiting": only_waiting,
                "most": most,
                "skip": skip,
            },
        )


def count_payments(
    ctx: Context, *, buyer_id: UUID | None = None, text: str = ""
) -> tuple[int, int]:
    """How many there are, and how many of them have something unallocated."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            sql.statement("receivables/payment_count"),
            {"seller": ctx.seller, "buyer": buyer_id, "text": text},
        )
    assert found is not None
    return found["all"], found["waiting"]


def open_papers(ctx: Context, buyer_id: UUID, most: int = MOST_OPEN) -> list[OpenPaper]:
    """What the buyer has open: invoices, the oldest due first, then credit notes."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/open_papers",
            OpenPaper,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )


def disputes(
    ctx: Context,
    *,
    dispute_id: UUID | None = None,
    buyer_id: UUID | None = None,
    invoice_id: UUID | None = None,
    only_open: bool = False,
    most: int = MOST_DISPUTES,
    skip: int = 0,
) -> list[Dispute]:
    """Disputes with their clocks: open ones first, the oldest of them on top."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            sql.statement("receivables/disputes"),
            {
                "seller": ctx.seller,
                "id": dispute_id,
                "buyer": buyer_id,
                "invoice": invoice_id,
                "only_open": only_open,
                "most": most,
                "skip": skip,
            },
        )
        country = sql.value(
            "select country::text from seller where seller_id = %(seller)s", {"seller": ctx.seller}
        )
        days = [line["raised_on"] for line in found] or [ctx.today]
        # Two business days are over within three weeks, whatever the holidays.
        calendar = calendar_of(country, min(days), add_days(max(days), 21))
    return [
        Dispute(
            **line,
            clocks=clocks(
                line["raised_on"],
                {
                    Clock.ACKNOWLEDGE: line["acknowledged_on"],
                    Clock.OWNER: line["owner_on"],
                    Clock.POSITION: line["position_on"],
                    Clock.RESOLVE: line["settled_on"],
                },
                calendar,
            ),
            escalations=escalation(line["raised_on"], line["settled_on"], ctx.today),
        )
        for line in found
    ]


def dispute(ctx: Context, dispute_id: UUID) -> Dispute:
    """One dispute; NOT_FOUND."""
    found = disputes(ctx, dispute_id=dispute_id)
    if not found:
        raise Refusal(Code.NOT_FOUND, field="dispute", value=str(dispute_id))
    return found[0]


def _rows(ctx: Context, name: str, number: UUID) -> list[dict[str, Any]]:
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(sql.statement(name), {"seller": ctx.seller, "id": number})
