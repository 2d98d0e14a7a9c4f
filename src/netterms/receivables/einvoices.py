"""An e-invoice of the seller's own into the book: its buyer, the paper, what was paid before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.invoicing import issue
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import PaymentIn, allocate, record_payment
from netterms.receivables.rules import Part
from netterms.store import sql
from netterms.store.tenancy import book, once_more

LONGEST_BUYER_NUMBER, LONGEST_NAME = 60, 200


@dataclass(frozen=True, slots=True)
class Told:
    """What an e-invoice says. `numbers` of the buyer, the surest first; amounts in minor units.

    `paid_minor` was paid before it was written; `corrects` is the number of an earlier invoice.
    """

    numbers: tuple[str, ...]
    name: str
    country: str
    email: str
    invoice_number: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    reference: str
    corrects: str
    lines: tuple[LineIn, ...]
    total_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The invoice in the book; not `new`: it was there already, just so."""

    invoice: UUID
    buyer: UUID
    new: bool
    new_buyer: bool


@once_more
def take_in(ctx: Context, told: Told, *, dry_run: bool = False) -> TakenIn:
    """Bring an e-invoice into the book, with its buyer where nobody knows it yet.

    With `dry_run` the same is done and told, then taken back: nothing of it stays.

    The same one again changes nothing. INVOICE_NUMBER_TAKEN where the book has another invoice of
    this number; VALUE_INVALID, AMOUNT_OUT_OF_RANGE and PERIOD_CLOSED as of `issue`.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        known = _known(ctx, told)
        if known is not None:
            return known
        buyer, opened = _buyer(ctx, told)
        is_credit = told.kind == "credit_note"
        paper = PaperIn(
            buyer,
            told.invoice_number,
            told.currency,
            told.issued_on,
            told.due_on,
            told.lines,
            kind=told.kind,
            note_of=_noted(ctx, told, buyer) if is_credit else None,
            reason=(told.corrects or told.invoice_number) if is_credit else "",
            reference=told.reference,
            total=Money(told.total_minor, told.currency),
        )
        number = issue(ctx, paper)
        if told.paid_minor > 0 and not is_credit:
            _pay(ctx, told, buyer, number)
        if dry_run:
            transaction.set_rollback(True)
    return TakenIn(number, buyer, new=True, new_buyer=opened)


def _known(ctx: Context, told: Told) -> TakenIn | None:
    found = sql.row(
        "select id, buyer_id, kind, currency::text as currency, amount_minor, issued_on"
        " from invoice where seller_id = %(seller)s and company_code = ''"
        " and invoice_number = %(number)s",
        {"seller": ctx.seller, "number": told.invoice_number},
    )
    if found is None:
        return None
    same = (told.kind, told.currency, told.total_minor, told.issued_on)
    if (found["kind"], found["currency"], found["amount_minor"], found["issued_on"]) != same:
        raise Refusal(Code.INVOICE_NUMBER_TAKEN, field="invoice_number", value=told.invoice_number)
    return TakenIn(found["id"], found["buyer_id"], new=False, new_buyer=False)


def _buyer(ctx: Context, told: Told) -> tuple[UUID, bool]:
    """The buyer by one of its numbers, else by its name and country; else it is opened."""
    params: dict[str, Any] = {
        "seller": ctx.seller,
        "id": new_id(ctx.now),
        "numbers": [number[:LONGEST_BUYER_NUMBER] for number in told.numbers],
        "number": (*told.numbers, told.name)[0][:LONGEST_BUYER_NUMBER],
        "name": told.name[:LONGEST_NAME],
        "country": told.country,
        "email": told.email,
    }
    found = sql.value(
        """
        select id from buyer
        where seller_id = %(seller)s
          and (buyer_number = any(%(numbers)s) or registration_number = any(%(numbers)s)
               or lower(name) = lower(%(name)s) and country in (%(country)s, ''))
        order by buyer_number = any(%(numbers)s) desc, id limit 1
        """,
        params,
    )
    if found is not None:
        return UUID(str(found)), False
    sql.execute(
        "insert into buyer (seller_id, id, buyer_number, name, country, email)"
        " values (%(seller)s, %(id)s, %(number)s, %(name)s, %(country)s, %(email)s)",
        params,
    )
    return params["id"], True


def _noted(ctx: Context, told: Told, buyer: UUID) -> UUID | None:
    found = sql.value(
        "select id from invoice where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " and kind = 'invoice' and company_code = '' and invoice_number = %(number)s"
        " and currency = %(currency)s",
        {
            "seller": ctx.seller,
            "buyer": buyer,
            "number": told.corrects,
            "currency": told.currency,
        },
    )
    return None if found is None else UUID(str(found))


def _pay(ctx: Context, told: Told, buyer: UUID, invoice: UUID) -> None:
    """What was paid before: a receipt of the invoice's day, settled as far as the invoice goes."""
    paid = Money(told.paid_minor, told.currency)
    payment = record_payment(
        ctx,
        PaymentIn(
            buyer,
            paid,
            told.issued_on,
            reference=told.invoice_number,
            channel="einvoice",
            source_id=invoice,
        ),
    )
    part = Money(min(told.paid_minor, told.total_minor), told.currency)
    allocate(ctx, payment, [Part(invoice, part)])
