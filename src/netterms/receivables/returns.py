"""Receipts that come back: a direct debit or a cheque that the bank did not honour.

The receipt stays as it was booked. What it settled is undone, so that the invoices are owed again
since their due day, and its money leaves by a refund that points to it. A person books it, or the
bank's line does (`matching/returns.py`). Once a receipt takes that refund back, for the bank was
wrong, the payment came back no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables import events
from netterms.receivables.payments import (
    PaymentIn,
    locked_payment,
    record_payment,
    undo_all,
)
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more


@dataclass(frozen=True, slots=True)
class Returned:
    """That a receipt came back, when and why."""

    returned_on: date
    known_on: date
    reason: str
    refund_id: UUID
    entered_by: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The refund by which a receipt left, and the entry that took back what it had settled."""

    refund: UUID
    entry: UUID | None


@once_more
def return_payment(
    ctx: Context, payment_id: UUID, returned_on: date, reason: str, *, key: str = ""
) -> tuple[UUID, bool]:
    """Book that the bank took a receipt back; the refund's id, and whether `key` had done so.

    NOT_FOUND; MOVE_NOT_ALLOWED for one that came back already; AMOUNT_OUT_OF_RANGE where part of
    its money went elsewhere since; VALUE_INVALID names the field.
    """
    ctx.require(Permission.BOOK)
    reason = checked_reason(reason, "reason")

    def act() -> str:
        return str(book_return(ctx, payment_id, returned_on, reason).refund)

    asked = {"return": payment_id, "on": returned_on, "reason": reason}
    found, repeated = done_once(ctx, key, asked, act)
    return UUID(str(found)), repeated


def book_return(
    ctx: Context,
    payment_id: UUID,
    returned_on: date,
    reason: str,
    *,
    charge: Money | None = None,
    line_id: UUID | None = None,
    source_id: UUID | None = None,
) -> Gone:
    """Undo what a receipt settled and let its money out, within a transaction of the book.

    `charge` is what the bank took beside it, `line_id` the line of its statement, `source_id` the
    match that says so. Refuses as `return_payment`.
    """
    payment = locked_payment(ctx, payment_id)
    _check(ctx, payment, returned_on)
    entry = undo_all(ctx, payment_id, reason)
    buyer, amount = payment["buyer_id"], Money(payment["amount_minor"], payment["currency"])
    refund = record_payment(
        ctx,
        PaymentIn(
            buyer,
            amount,
            returned_on,
            reason,
            kind="refund",
            channel="bank",
            source_id=source_id,
            refund_of=payment_id,
            charge=charge,
        ),
    )
    sql.execute(
        _INSERT,
        {
            "seller": ctx.seller, "payment": payment_id, "buyer": buyer, "refund": refund,
            "line": line_id, "returned_on": returned_on, "today": ctx.today, "reason": reason,
            "actor": ctx.actor, "now": ctx.now,
        },
    )  # fmt: skip
    told = events.PaymentReturned(payment_id, buyer, amount, returned_on, reason, charge)
    record(ctx, told)
    return Gone(refund, entry)


def returned(ctx: Context, payment_id: UUID) -> Returned | None:
    """Whether a receipt came back, and that stands."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select r.returned_on, r.known_on, r.reason, r.refund_id, r.entered_by"
            " from payment_return r"
            " where r.seller_id = %(seller)s and r.payment_id = %(payment)s and not exists ("
            "select from payment t where t.seller_id = r.seller_id and t.refund_of = r.refund_id"
            " and t.kind = 'receipt')",
            {"seller": ctx.seller, "payment": payment_id},
        )
    return next(iter(sql.typed(found, Returned)), None)


def returns_of(ctx: Context, buyer_id: UUID) -> list[date]:
    """The days on which receipts of a buyer came back, the newest first, as known by today."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select r.returned_on from payment_return r where r.seller_id = %(seller)s"
            " and r.buyer_id = %(buyer)s and r.known_on <= %(today)s and not exists ("
            "select from event v where v.seller_id = r.seller_id and v.subject_id = r.refund_id"
            " and v.kind = 'receivables.refund_taken_back' and v.business_date <= %(today)s)"
            " order by r.returned_on desc",
            {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today},
        )
    return [line["returned_on"] for line in found]


def _check(ctx: Context, payment: dict[str, Any], returned_on: date) -> None:
    if payment["kind"] != "receipt":
        raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment["id"]))
    if not payment["paid_on"] <= returned_on <= ctx.today:
        bounds = {"least": payment["paid_on"], "most": ctx.today}
        raise invalid("returned_on", returned_on, Mend.BETWEEN, **bounds)
    if returned(ctx, payment["id"]) is not None:
        raise Refusal(Code.MOVE_NOT_ALLOWED, state="returned", move="return")


_INSERT = """
insert into payment_return (seller_id, payment_id, buyer_id, refund_id, line_id, returned_on,
                            known_on, reason, entered_by, entered_at)
values (%(seller)s, %(payment)s, %(buyer)s, %(refund)s, %(line)s, %(returned_on)s, %(today)s,
        %(reason)s, %(actor)s, %(now)s)
"""
