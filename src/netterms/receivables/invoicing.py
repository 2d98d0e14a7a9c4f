"""Invoices and notes written here, and credit notes set off against invoices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.receivables.papers import PaperIn, PaperKind, Totals, check, totals
from netterms.receivables.payments import (
    PaymentIn,
    insert_allocations,
    insert_payment,
    locked_invoices,
    open_invoice,
)
from netterms.receivables.periods import require_open
from netterms.receivables.rules import (
    InvoiceKind,
    Part,
    PaymentKind,
    Tolerance,
    settle,
)
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more


@once_more
def issue(ctx: Context, paper: PaperIn, *, set_off: bool = True) -> UUID:
    """Write an invoice or note with its lines and book it; returns its id.

    A credit note for an invoice is set off against what that has open, unless `set_off` is False.
    NOT_FOUND for a buyer or invoice the seller does not have; INVOICE_NUMBER_TAKEN;
    AMOUNT_OUT_OF_RANGE for a credit of more than the invoice and its debit notes;
    PERIOD_CLOSED for a day that is closed; VALUE_INVALID names the field.
    """
    ctx.require(Permission.BOOK)
    check(paper, ctx.today)
    found = totals(paper)
    with book(ctx):
        require_open(ctx, paper.issued_on)
        require_buyer(ctx, paper.buyer_id)
        of = _noted(ctx, paper) if paper.note_of is not None else None
        if of is not None and paper.kind == PaperKind.CREDIT_NOTE:
            _check_credit(ctx, of, found.amount)
        number = new_id(ctx.now)
        shown = _insert(ctx, number, paper, found, of)
        _insert_lines(ctx, number, found)
        record(
            ctx,
            events.InvoiceIssued(
                number, paper.buyer_id, paper.kind, shown, found.amount, paper.note_of, paper.reason
            ),
        )
        if of is not None and paper.kind == PaperKind.CREDIT_NOTE and set_off:
            least = min(found.amount.minor, _open(ctx, of["id"]))
            if least:
                part = Part(of["id"], Money(least, paper.currency))
                offset(ctx, number, [part])
    return number


@once_more
def offset(ctx: Context, credit_note_id: UUID, parts: Sequence[Part]) -> UUID:
    """Set a credit note off against invoices of its buyer: no money moves. Returns the payment.

    Errors as of `allocate`. Taken back by `undo_allocation` of what is returned.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        note = sql.row(
            "select buyer_id, currency::text as currency from invoice"
            " where seller_id = %(seller)s and id = %(id)s and kind = 'credit_note'",
            {"seller": ctx.seller, "id": credit_note_id},
        )
        if note is None:
            raise Refusal(Code.NOT_FOUND, field="credit_note", value=str(credit_note_id))
        nothing = Money(0, note["currency"])
        used = sum((part.amount for part in parts), nothing)
        both = [*parts, Part(credit_note_id, used)]
        lines = locked_invoices(ctx, note["buyer_id"], [part.invoice_id for part in both])
        for part in parts:
            line = lines.get(part.invoice_id)
            if line is not None and line["kind"] != InvoiceKind.INVOICE:
                raise Refusal(Code.NOT_FOUND, field="invoice", value=str(part.invoice_id))
        settled = settle(
            PaymentKind.OFFSET,
            nothing,
            nothing,
            {key: open_invoice(line) for key, line in lines.items()},
            both,
            Tolerance(),
        )
        made = insert_payment(
            ctx, PaymentIn(note["buyer_id"], nothing, ctx.today, kind=PaymentKind.OFFSET)
        )
        assert made is not None
        day = max([ctx.today, *(line["issued_on"] for line in lines.values())])
        insert_allocations(ctx, made, settled, dict.fromkeys(lines, day))
        told = tuple(events.AllocatedPart(s.invoice_id, s.settled, s.taken) for s in settled)
        record(ctx, events.PaymentAllocated(made, note["buyer_id"], told))
    return made


def _insert(
    ctx: Context, number: UUID, paper: PaperIn, found: Totals, of: dict[str, Any] | None
) -> str:
    is_credit = paper.kind == PaperKind.CREDIT_NOTE
    shown = paper.invoice_number.strip() or _next_number(ctx, paper, of)
    added = sql.execute(
        sql.statement("receivables/issue"),
        {
            "seller": ctx.seller,
            "id": number,
            "buyer": paper.buyer_id,
            "number": shown,
            "kind": "credit_note" if is_credit else "invoice",
            "is_debit_note": paper.kind == PaperKind.DEBIT_NOTE,
            "currency": paper.currency,
            "net": found.net.minor,
            "tax": found.tax.minor,
            "issued_on": paper.issued_on,
            "due_on": paper.issued_on if is_credit else paper.due_on,
            "note_of": paper.note_of,
            "reason": paper.reason.strip(),
            "reference": paper.reference.strip(),
        },
    )
    if not added:
        raise Refusal(Code.INVOICE_NUMBER_TAKEN, field="invoice_number", value=shown)
    return shown


def _next_number(ctx: Context, paper: PaperIn, of: dict[str, Any] | None) -> str:
    """A number for a note without one: the invoice's, a letter, and how many there were."""
    letter = "C" if paper.kind == PaperKind.CREDIT_NOTE else "D"
    stem = f"{of['invoice_number']}-{letter}" if of else f"{letter}N-{paper.issued_on:%Y%m%d}-"
    last = sql.value(
        "select max(substr(invoice_number, length(%(stem)s) + 1)::bigint) from invoice"
        " where seller_id = %(seller)s and company_code = ''"
        " and starts_with(invoice_number, %(stem)s)"
        " and substr(invoice_number, length(%(stem)s) + 1) ~ '^[0-9]{1,9}$'",
        {"seller": ctx.seller, "stem": stem},
    )
    return f"{stem}{(last or 0) + 1}"


def _insert_lines(ctx: Context, number: UUID, found: Totals) -> None:
    sql.execute_many(
        "insert into invoice_line (seller_id, invoice_id, place, description, quantity, unit,"
        " unit_price, allowance_minor, net_minor, tax_category, tax_rate, tax_minor)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                ctx.seller,
                number,
                place,
                line.told.description.strip(),
                line.told.quantity,
                line.told.unit.strip(),
                line.told.unit_price,
                line.told.allowance_minor,
                line.net_minor,
                line.told.tax_category,
                line.told.tax_rate,
                line.tax_minor,
            )
            for place, line in enumerate(found.lines, 1)
        ],
    )


def _noted(ctx: Context, paper: PaperIn) -> dict[str, Any]:
    found = sql.row(
        "select id, invoice_number, amount_minor, currency::text as currency from invoice"
        " where seller_id = %(seller)s and id = %(id)s and buyer_id = %(buyer)s"
        " and kind = 'invoice' for update",
        {"seller": ctx.seller, "id": paper.note_of, "buyer": paper.buyer_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(paper.note_of))
    if found["currency"] != paper.currency:
        raise Refusal(
            Code.VALUE_INVALID,
            field="currency",
            value=paper.currency,
            mend=Mend.ONE_OF,
            allowed=found["currency"],
        )
    return found


def _check_credit(ctx: Context, of: dict[str, Any], credit: Money) -> None:
    """No more is credited than the invoice and its debit notes came to."""
    noted = sql.value(
        "select coalesce(sum(case kind when 'credit_note' then -amount_minor"
        " else amount_minor end), 0)::bigint from invoice"
        " where seller_id = %(seller)s and note_of = %(id)s",
        {"seller": ctx.seller, "id": of["id"]},
    )
    most = of["amount_minor"] + noted
    if credit.minor > most:
        raise Refusal(
            Code.AMOUNT_OUT_OF_RANGE,
            field="amount",
            value=str(credit),
            least_minor=min(1, most),
            most_minor=most,
            currency=credit.currency,
        )


def _open(ctx: Context, invoice_id: UUID) -> int:
    found = sql.value(
        "select open_minor from invoice where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": invoice_id},
    )
    return int(found)
