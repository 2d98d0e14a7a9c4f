"""Invoices and notes written here, payments and what they settle, disputes, accounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Schema, Status

from netterms.doors.api.once import (
    NO_NUL,
    Amount,
    Code,
    Made,
    Short,
    Signed,
    Strict,
    money,
    once,
    some,
)
from netterms.doors.api.receivables import router
from netterms.doors.api.shapes import KEYED, ApiRequest, Day, Flag, Id, PageSize, Skip, Text
from netterms.doors.api.shapes import Money as MoneyShown
from netterms.doors.api.shapes import money as shown_money
from netterms.receivables import reading
from netterms.receivables.invoicing import issue, offset
from netterms.receivables.papers import LineIn, PaperIn, PaperKind, TaxCategory
from netterms.receivables.payments import PaymentIn, allocate, record_payment, undo_allocation
from netterms.receivables.returns import return_payment
from netterms.receivables.rules import Part
from netterms.receivables.write_offs import WriteOffReason, recover, write_off

# Decimals come as text, so that no program rounds them on the way.
Figure = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,10})(\.[0-9]{1,6})?$")]
Percent = Annotated[str, Field(pattern=r"^(100(\.0{1,3})?|[1-9]?[0-9](\.[0-9]{1,3})?)$")]


class LineWanted(Strict):
    """A line. `unit_price` in major units; `tax_rate` in percent; category as in UNCL5305."""

    description: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
    quantity: Figure
    unit_price: Figure
    unit: Annotated[str, Field(max_length=20, pattern=NO_NUL)] = ""
    allowance_minor: Signed = 0
    tax_category: TaxCategory = TaxCategory.STANDARD
    tax_rate: Percent = "0"


class PaperWanted(Strict):
    """An invoice, debit note or credit note; `total` is checked where it is given.

    A note without a number gets one. A credit note for an invoice is set off against it.
    """

    buyer_id: UUID
    invoice_number: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = ""
    kind: PaperKind = PaperKind.INVOICE
    currency: Code
    issued_on: Day
    due_on: Day
    lines: Annotated[list[LineWanted], Field(min_length=1, max_length=1_000)]
    note_of: UUID | None = None
    reason: Short = ""
    reference: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    total: Amount | None = None


class PaymentWanted(Strict):
    """Money that moved: in (`receipt`) or out (`refund`, of a receipt where `refund_of` says)."""

    buyer_id: UUID
    amount: Amount
    paid_on: Day
    kind: Literal["receipt", "refund"] = "receipt"
    reference: Short = ""
    channel: Annotated[str, Field(max_length=50, pattern=NO_NUL)] = "api"
    refund_of: UUID | None = None


class PartWanted(Strict):
    """What of the payment goes to one invoice; in another currency, what it covers of it."""

    invoice_id: UUID
    amount: Amount
    discount: Amount | None = None
    write_off: Amount | None = None
    invoice_amount: Amount | None = None


class AllocationWanted(Strict):
    """All of `parts` or none."""

    parts: Annotated[list[PartWanted], Field(min_length=1, max_length=1_000)]


class UndoWanted(Strict):
    """Of one invoice, or of all where it is left out."""

    invoice_id: UUID | None = None
    reason: Short


class ReturnWanted(Strict):
    """When the bank took it back, and why."""

    returned_on: Day
    reason: Short


class SetOffWanted(Strict):
    """An invoice of the same buyer, and how much of it."""

    invoice_id: UUID
    amount: Amount


class RecoveryWanted(Strict):
    """How much of the receipt is for what was written off of an invoice of its buyer."""

    invoice_id: UUID
    amount: Amount


class WriteOffWanted(Strict):
    """Above the authority of the key a second person has to agree, in the console."""

    amount: Amount
    reason: WriteOffReason
    note: Short = ""


class LineShown(Schema):
    """A line with its net and its part of the tax of its group, in minor units."""

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


class SettlementShown(Schema):
    """What settled an invoice; below zero where it was taken back."""

    payment_id: UUID
    kind: str
    allocated_on: date
    settled_minor: int
    discount_minor: int
    write_off_minor: int
    stands: bool
    reason: str


class PaperShown(Schema):
    """An invoice or note, its lines (where they are known) and what settled it."""

    id: UUID
    buyer_id: UUID
    invoice_number: str
    kind: str
    is_debit_note: bool
    amount: MoneyShown
    open: MoneyShown
    tax_minor: int | None
    disputed_minor: int
    issued_on: date
    due_on: date
    state: str
    settled_on: date | None
    note_of: UUID | None
    reason: str
    reference: str
    lines: list[LineShown]
    settlements: list[SettlementShown]


class PaymentShown(Schema):
    """A payment and what of it settles nothing yet."""

    id: UUID
    buyer_id: UUID
    kind: str
    amount: MoneyShown
    unallocated: MoneyShown
    paid_on: date
    reference: str
    channel: str


class AllocationShown(Schema):
    """What a payment settled; below zero where it was taken back."""

    invoice_id: UUID
    invoice_number: str
    allocated_on: date
    taken_minor: int
    settled: MoneyShown
    discount_minor: int
    write_off_minor: int
    realised_minor: int | None
    stands: bool
    reason: str


class PaymentDetail(PaymentShown):
    """With its allocations in the order they count."""

    allocations: list[AllocationShown]


class Payments(Schema):
    """A page of payments, those that wait for their invoices first."""

    items: list[PaymentShown]
    count: int
    waiting: int


@router.post(
    "/invoices",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Write an invoice or note",
)
def write(request: ApiRequest, response: HttpResponse, wanted: PaperWanted) -> Status[Made]:
    """It is booked at once; its number is refused where there is one like it."""
    paper = PaperIn(
        wanted.buyer_id,
        wanted.invoice_number,
        wanted.currency,
        wanted.issued_on,
        wanted.due_on,
        tuple(_line(line) for line in wanted.lines),
        wanted.kind,
        wanted.note_of,
        wanted.reason,
        wanted.reference,
        money(wanted.total) if wanted.total else None,
    )
    return once(request, response, {"issue": paper}, lambda: issue(request.auth, paper))


@router.get("/invoices/{invoice_id}", response=PaperShown, summary="One invoice or note")
def paper(request: ApiRequest, invoice_id: Id) -> dict[str, Any]:
    """With its lines and what settled it."""
    found = reading.paper(request.auth, invoice_id)
    told = (
        "id", "buyer_id", "invoice_number", "kind", "is_debit_note", "tax_minor", "disputed_minor",
        "issued_on", "due_on", "state", "settled_on", "note_of", "reason", "reference",
    )  # fmt: skip
    return {
        **{name: getattr(found, name) for name in told},
        "amount": shown_money(found.amount_minor, found.currency),
        "open": shown_money(found.open_minor, found.currency),
        "lines": reading.lines_of(request.auth, invoice_id),
        "settlements": [
            {**line, "settled_minor": line["amount_minor"]}
            for line in reading.settlements_of(request.auth, invoice_id)
        ],
    }


@router.post(
    "/invoices/{invoice_id}/set-off",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Set a credit note off",
)
def set_off(
    request: ApiRequest, response: HttpResponse, invoice_id: Id, wanted: SetOffWanted
) -> Status[Made]:
    """Against an invoice of its buyer; no money moves."""
    part = Part(wanted.invoice_id, money(wanted.amount))
    return once(
        request,
        response,
        {"set_off": invoice_id, "part": part},
        lambda: offset(request.auth, invoice_id, [part]),
    )


@router.post(
    "/invoices/{invoice_id}/write-off",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Write an invoice off",
)
def lose(
    request: ApiRequest, response: HttpResponse, invoice_id: Id, wanted: WriteOffWanted
) -> Status[Made]:
    """Within the key's authority at once; above it a person agrees in the console."""
    amount = money(wanted.amount)
    return once(
        request,
        response,
        {"write_off": invoice_id, "wanted": wanted.model_dump(mode="json")},
        lambda: write_off(request.auth, invoice_id, amount, wanted.reason, wanted.note)[0],
    )


@router.get("/payments", response=Payments, summary="Payments")
def payments(
    request: ApiRequest,
    q: Text = "",
    buyer_id: Id | None = None,
    only_waiting: Flag = False,
    skip: Skip = 0,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Receipts and refunds, those with something unallocated first, then the newest."""
    found = reading.payments(
        request.auth,
        buyer_id=buyer_id,
        text=q,
        only_waiting=only_waiting,
        most=limit,
        skip=skip,
    )
    count, waiting = reading.count_payments(request.auth, buyer_id=buyer_id, text=q)
    return {"items": [_payment(each) for each in found], "count": count, "waiting": waiting}


@router.post(
    "/payments",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Book a payment",
)
def receive(request: ApiRequest, response: HttpResponse, wanted: PaymentWanted) -> Status[Made]:
    """All of it is unallocated, but for a refund of a receipt."""
    told = PaymentIn(
        wanted.buyer_id,
        money(wanted.amount),
        wanted.paid_on,
        wanted.reference,
        wanted.kind,
        wanted.channel,
        refund_of=wanted.refund_of,
    )
    return once(request, response, {"pay": told}, lambda: record_payment(request.auth, told))


@router.get("/payments/{payment_id}", response=PaymentDetail, summary="One payment")
def payment(request: ApiRequest, payment_id: Id) -> dict[str, Any]:
    """With what it settled, and what was taken back."""
    found = reading.payment(request.auth, payment_id)
    lines = reading.allocations_of(request.auth, payment_id)
    return {
        **_payment(found),
        "allocations": [
            {**line, "settled": shown_money(line["amount_minor"], line["currency"])}
            for line in lines
        ],
    }


@router.post(
    "/payments/{payment_id}/allocations",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Let a payment settle invoices",
)
def settle(
    request: ApiRequest, response: HttpResponse, payment_id: Id, wanted: AllocationWanted
) -> Status[Made]:
    """Every part or none; nothing beyond what is open or left."""
    parts = [
        Part(
            part.invoice_id,
            money(part.amount),
            some(part.discount),
            some(part.write_off),
            some(part.invoice_amount),
        )
        for part in wanted.parts
    ]
    return once(
        request,
        response,
        {"allocate": payment_id, "parts": parts},
        lambda: allocate(request.auth, payment_id, parts),
    )


@router.post(
    "/payments/{payment_id}/recoveries",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Let a payment recover what was written off",
)
def recovered(
    request: ApiRequest, response: HttpResponse, payment_id: Id, wanted: RecoveryWanted
) -> Status[Made]:
    """It lessens the bad debt; the invoice stays closed."""
    amount = money(wanted.amount)
    return once(
        request,
        response,
        {"recover": payment_id, "wanted": wanted.model_dump(mode="json")},
        lambda: recover(request.auth, payment_id, wanted.invoice_id, amount),
    )


@router.post(
    "/payments/{payment_id}/undo",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Take an allocation back",
)
def undo(
    request: ApiRequest, response: HttpResponse, payment_id: Id, wanted: UndoWanted
) -> Status[Made]:
    """Every balance is as it was before."""
    return once(
        request,
        response,
        {"undo": payment_id, "wanted": wanted.model_dump(mode="json")},
        lambda: undo_allocation(request.auth, payment_id, wanted.invoice_id, wanted.reason),
    )


@router.post(
    "/payments/{payment_id}/return",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Book that the bank took a payment back",
)
def return_(
    request: ApiRequest, response: HttpResponse, payment_id: Id, wanted: ReturnWanted
) -> Status[Made]:
    """What it settled is owed again, and its money leaves by a refund, whose id is returned."""
    told = (wanted.returned_on, wanted.reason)
    return once(
        request,
        response,
        {"return": payment_id, "wanted": wanted.model_dump(mode="json")},
        lambda: return_payment(request.auth, payment_id, *told)[0],
    )


def _line(wanted: LineWanted) -> LineIn:
    return LineIn(
        wanted.description,
        Decimal(wanted.quantity),
        Decimal(wanted.unit_price),
        Decimal(wanted.tax_rate),
        wanted.tax_category,
        wanted.unit,
        wanted.allowance_minor,
    )


def _payment(found: reading.Payment) -> dict[str, Any]:
    told = ("id", "buyer_id", "kind", "paid_on", "reference", "channel")
    return {
        **{name: getattr(found, name) for name in told},
        "amount": shown_money(found.amount_minor, found.currency),
        "unallocated": shown_money(found.unallocated_minor, found.currency),
    }
