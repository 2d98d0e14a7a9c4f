"""Disputes: a buyer says an invoice is wrong, and it is settled one way or the other."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book


class DisputeReason(StrEnum):
    """What the buyer says is wrong."""

    PRICE = "price"
    QUANTITY = "quantity"
    QUALITY = "quality"
    DELIVERY = "delivery"
    TERMS = "terms"
    DUPLICATE = "duplicate"
    NO_PURCHASE_ORDER = "no_purchase_order"


class DisputeOutcome(StrEnum):
    """How a dispute ended: for the buyer, or for the seller."""

    CREDITED = "credited"
    CONFIRMED = "confirmed"


def raise_dispute(ctx: Context, invoice_id: UUID, reason: DisputeReason, amount: Money) -> UUID:
    """Note that a buyer disputes `amount` of an invoice since `ctx.today`; returns the dispute.

    NOT_FOUND for an invoice the seller does not have; VALUE_INVALID for an amount that is not
    between nothing and what is open and not disputed yet.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        free = _free(ctx, invoice_id)
        if not (amount.currency == free.currency and 0 < amount.minor <= free.minor):
            raise Refusal(
                Code.VALUE_INVALID,
                field="amount",
                value=str(amount),
                mend=Mend.NOT_DISPUTED,
                most=str(free),
            )
        dispute = new_id(ctx.now)
        sql.execute(
            """
            insert into dispute (seller_id, id, invoice_id, reason, amount_minor, raised_on)
            values (%(seller)s, %(id)s, %(invoice)s, %(reason)s, %(minor)s, %(today)s)
            """,
            {
                "seller": ctx.seller,
                "id": dispute,
                "invoice": invoice_id,
                "reason": DisputeReason(reason).value,
                "minor": amount.minor,
                "today": ctx.today,
            },
        )
        record(ctx, events.DisputeRaised(invoice_id, dispute, amount, DisputeReason(reason).value))
    return dispute


def settle_dispute(ctx: Context, dispute_id: UUID, outcome: DisputeOutcome) -> None:
    """End a dispute today. Settling it the same way again changes nothing.

    NOT_FOUND for an unknown one; MOVE_NOT_ALLOWED when it ended otherwise before.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select invoice_id, state, settled_on from dispute"
            " where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": dispute_id},
        )
        if found is None:
            raise Refusal(Code.NOT_FOUND, field="dispute", value=str(dispute_id))
        if found["settled_on"] is not None:
            if found["state"] == outcome.value:
                return
            raise Refusal(
                Code.MOVE_NOT_ALLOWED, state=found["state"], move=outcome.value, allowed=[]
            )
        sql.execute(
            "update dispute set state = %(state)s, settled_on = %(today)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {
                "seller": ctx.seller,
                "id": dispute_id,
                "state": outcome.value,
                "today": ctx.today,
            },
        )
        record(ctx, events.DisputeSettled(found["invoice_id"], dispute_id, outcome.value))


def _free(ctx: Context, invoice_id: UUID) -> Money:
    """What is open of an invoice and not in dispute; the invoice is locked."""
    found = sql.row(
        "select currency::text as currency, open_minor from invoice"
        " where seller_id = %(seller)s and id = %(id)s and kind = 'invoice' for update",
        {"seller": ctx.seller, "id": invoice_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
    disputed = sql.value(
        "select coalesce(sum(amount_minor), 0)::bigint from dispute"
        " where seller_id = %(seller)s and invoice_id = %(id)s and settled_on is null",
        {"seller": ctx.seller, "id": invoice_id},
    )
    return Money(max(0, found["open_minor"] - disputed), found["currency"])
