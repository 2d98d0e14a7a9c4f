"""Receipts that come back: a direct debit or a cheque that the bank did not honour.

The receipt stays as it was booked. What it settled is undone, so that the invoices are owed again
since their due day, and its money leaves by a refund that points to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables import events
from netterms.receivables.payments import (
    LONGEST_REASON,
    PaymentIn,
    locked_payment,
    record_payment,
    undo_allocation,
)
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

# How long after a receipt a bank takes it back: the 13 months in which a payer may ask its bank to
# refund a direct debit that it did not authorise are the longest we know (SEPA).
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A line of a bank statement that takes a receipt back, and which one it most likely is."""

    line_id: UUID
    booked_on: date
    currency: str
    amount_minor: int
    payer_name: str
    words: str
    payment_id: UUID | None
    paid_on: date | None
    buyer_id: UUID | None
    buyer_name: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """That a receipt came back, when and why."""

    returned_on: date
    known_on: date
    reason: str
    refund_id: UUID
    entered_by: str


@once_more
def return_payment(
    ctx: Context,
    payment_id: UUID,
    returned_on: date,
    reason: str,
    *,
    line_id: UUID | None = None,
    key: str = "",
) -> tuple[UUID, bool]:
    """Book that the bank took a receipt back; the refund's id, and whether `key` had done so.

    `line_id`: the line of the bank statement that says so; its amount is the receipt's. NOT_FOUND;
    MOVE_NOT_ALLOWED for one that came back already; AMOUNT_OUT_OF_RANGE where part of its money
    went elsewhere since; VALUE_INVALID names the field.
    """
    ctx.require(Permission.BOOK)
    reason = reason.strip()
    if not reason:
        raise invalid("reason", "", Mend.SAY_WHY)
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise invalid("reason", "…", Mend.CHARACTERS, least=1, most=LONGEST_REASON)

    def act() -> str:
        payment = locked_payment(ctx, payment_id)
        _check(ctx, payment, returned_on, line_id)
        if _settles(ctx, payment_id):
            undo_allocation(ctx, payment_id, None, reason)
        amount = Money(payment["amount_minor"], payment["currency"])
        refund = record_payment(
            ctx,
            PaymentIn(
                payment["buyer_id"], amount, returned_on, reason, "refund", "bank", line_id,
                payment_id,
            ),
        )  # fmt: skip
        sql.execute(
            _INSERT,
            {
                "seller": ctx.seller, "payment": payment_id, "buyer": payment["buyer_id"],
                "refund": refund, "line": line_id, "returned_on": returned_on,
                "today": ctx.today, "reason": reason, "actor": ctx.actor, "now": ctx.now,
            },
        )  # fmt: skip
        told = events.PaymentReturned(payment_id, payment["buyer_id"], amount, returned_on, reason)
        record(ctx, told)
        return str(refund)

    asked = {"return": payment_id, "on": returned_on, "reason": reason, "line": line_id}
    found, repeated = done_once(ctx, key, asked, act)
    return UUID(str(found)), repeated


def returned(ctx: Context, payment_id: UUID) -> Returned | None:
    """Whether a receipt came back."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select returned_on, known_on, reason, refund_id, entered_by from payment_return"
            " where seller_id = %(seller)s and payment_id = %(payment)s",
            {"seller": ctx.seller, "payment": payment_id},
        )
    return next(iter(sql.typed(found, Returned)), None)


def returns_of(ctx: Context, buyer_id: UUID) -> list[date]:
    """The days on which receipts of a buyer came back, the newest first, as known by today."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select returned_on from payment_return where seller_id = %(seller)s"
            " and buyer_id = %(buyer)s and known_on <= %(today)s order by returned_on desc",
            {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today},
        )
    return [line["returned_on"] for line in found]


def taken_back(ctx: Context, *, most: int = 50) -> list[TakenBack]:
    """Lines by which the bank takes money back and that nobody booked yet, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            sql.statement("receivables/taken_back"),
            {"seller": ctx.seller, "days": MOST_DAYS, "most": most},
        )
    return sql.typed(found, TakenBack)


def _check(ctx: Context, payment: dict[str, Any], returned_on: date, line_id: UUID | None) -> None:
    if payment["kind"] != "receipt":
        raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment["id"]))
    if not payment["paid_on"] <= returned_on <= ctx.today:
        bounds = {"least": payment["paid_on"], "most": ctx.today}
        raise invalid("returned_on", returned_on, Mend.BETWEEN, **bounds)
    if returned(ctx, payment["id"]) is not None:
        raise Refusal(Code.MOVE_NOT_ALLOWED, state="returned", move="return")
    if line_id is not None and not sql.value(
        "select exists (select from bank_line where seller_id = %(seller)s and id = %(line)s"
        " and amount_minor = -%(minor)s and currency = %(currency)s)",
        {
            "seller": ctx.seller, "line": line_id, "minor": payment["amount_minor"],
            "currency": payment["currency"],
        },
    ):  # fmt: skip
        raise Refusal(Code.NOT_FOUND, field="bank_line", value=str(line_id))


def _settles(ctx: Context, payment_id: UUID) -> bool:
    found = sql.rows(
        sql.statement("receivables/standing_allocations"),
        {"seller": ctx.seller, "payment": payment_id, "invoice": None},
    )
    return bool(found)


_INSERT = """
insert into payment_return (seller_id, payment_id, buyer_id, refund_id, line_id, returned_on,
                            known_on, reason, entered_by, entered_at)
values (%(seller)s, %(payment)s, %(buyer)s, %(refund)s, %(line)s, %(returned_on)s, %(today)s,
        %(reason)s, %(actor)s, %(now)s)
"""
