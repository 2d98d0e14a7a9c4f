"""What will never be paid: written off by who may, agreed to by a second person, recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.access.queries import same_person
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, half_up
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables import events
from netterms.receivables.ledger_policy import policy_in_force
from netterms.receivables.payments import (
    PaymentIn,
    insert_allocations,
    insert_payment,
    locked_payment,
)
from netterms.receivables.rules import PaymentKind, Settled, out_of_range
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

LONGEST_NOTE = 500


class WriteOffReason(StrEnum):
    """Why nobody will pay it."""

    INSOLVENT = "insolvent"
    UNCOLLECTABLE = "uncollectable"
    TIME_BARRED = "time_barred"
    SETTLEMENT = "settlement"
    NOT_WORTH_IT = "not_worth_it"


class WriteOffState(StrEnum):
    """Waits for a second person, was booked, or was refused by one."""

    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A write-off as it stands. `taken_back_on`: the day a booked one was undone, if it was."""

    id: UUID
    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    buyer_name: str
    currency: str
    amount_minor: int
    reason: str
    note: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    payment_id: UUID | None
    taken_back_on: date | None


@dataclass(frozen=True, slots=True)
class LostPaper:
    """An invoice that something stands written off of."""

    id: UUID
    invoice_number: str
    due_on: date
    lost_minor: int


@once_more
def write_off(
    ctx: Context, invoice_id: UUID, amount: Money, reason: WriteOffReason, note: str = ""
) -> tuple[UUID, WriteOffState]:
    """Write `amount` of an invoice off: at once within the caller's authority, else proposed.

    Who may collect or book has the amount of the ledger policy, for all of an invoice that was
    written off without a second person together; above it a second person decides.
    NOT_FOUND; AMOUNT_OUT_OF_RANGE beyond what is open and not proposed yet; VALUE_INVALID.
    """
    if Permission.COLLECT not in ctx.may:
        ctx.require(Permission.BOOK)
    note = _note(note)
    with book(ctx):
        invoice = _locked(ctx, invoice_id)
        waiting = sql.value(
            "select coalesce(sum(amount_minor), 0)::bigint from write_off"
            " where seller_id = %(seller)s and invoice_id = %(invoice)s and state = 'proposed'",
            {"seller": ctx.seller, "invoice": invoice_id},
        )
        most = invoice["open_minor"] - waiting
        if amount.currency != invoice["currency"]:
            raise invalid("amount", amount, Mend.AMOUNT, currency=invoice["currency"])
        if not 0 < amount.minor <= most:
            raise out_of_range("amount", amount, min(1, most), most)
        number = new_id(ctx.now)
        sql.execute(
            """
            insert into write_off (seller_id, id, invoice_id, amount_minor, reason, note, state,
                                   proposed_by, proposed_at)
            values (%(seller)s, %(id)s, %(invoice)s, %(minor)s, %(reason)s, %(note)s, 'proposed',
                    %(actor)s, %(now)s)
            """,
            {
                "seller": ctx.seller,
                "id": number,
                "invoice": invoice_id,
                "minor": amount.minor,
                "reason": WriteOffReason(reason).value,
                "note": note,
                "actor": ctx.actor,
                "now": ctx.now,
            },
        )
        record(ctx, events.WriteOffProposed(invoice_id, number, amount, WriteOffReason(reason)))
        # Else ten small ones would do what one large one may not.
        if _may_alone(ctx, amount + _alone_before(ctx, invoice)):
            _book(ctx, number, invoice, amount, reason)
            return number, WriteOffState.DONE
    return number, WriteOffState.PROPOSED


@once_more
def decide_write_off(ctx: Context, write_off_id: UUID, *, agree: bool, note: str = "") -> None:
    """A second person agrees to a write-off that waits, and it is booked; or refuses it.

    NOT_FOUND; SAME_PERSON for who proposed it; MOVE_NOT_ALLOWED for one that was decided;
    AMOUNT_OUT_OF_RANGE where less is open since.
    """
    ctx.require(Permission.BOOK)
    note = _note(note)
    with book(ctx):
        invoice_id = sql.value(
            "select invoice_id from write_off where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": write_off_id},
        )
        if invoice_id is None:
            raise Refusal(Code.NOT_FOUND, field="write_off", value=str(write_off_id))
        # The invoice before its write-off, as when it was proposed.
        invoice = _locked(ctx, invoice_id)
        asked = sql.row(
            "select * from write_off where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": write_off_id},
        )
        assert asked is not None
        move = "agree" if agree else "disagree"
        if asked["state"] != WriteOffState.PROPOSED:
            raise Refusal(Code.MOVE_NOT_ALLOWED, state=asked["state"], move=move, allowed=[])
        if same_person(ctx, asked["proposed_by"], ctx.actor):
            raise Refusal(Code.SAME_PERSON, field="write_off", value=ctx.actor)
        amount = Money(asked["amount_minor"], invoice["currency"])
        if not agree:
            _decide(ctx, write_off_id, WriteOffState.REFUSED, None)
            record(ctx, events.WriteOffRefused(invoice_id, write_off_id, amount, note))
            return
        if amount.minor > invoice["open_minor"]:
            raise out_of_range("amount", amount, 0, invoice["open_minor"])
        _book(ctx, write_off_id, invoice, amount, WriteOffReason(asked["reason"]))


@once_more
def recover(ctx: Context, payment_id: UUID, invoice_id: UUID, amount: Money) -> None:
    """Money came for what was written off: it lessens the bad debt, and the invoice stays closed.

    NOT_FOUND for a receipt or invoice that is not the buyer's; AMOUNT_OUT_OF_RANGE beyond what is
    written off or what the receipt has left. Taken back by `undo_allocation`.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        payment = locked_payment(ctx, payment_id)
        if payment["kind"] != PaymentKind.RECEIPT:
            raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment_id))
        invoice = _locked(ctx, invoice_id)
        if invoice["buyer_id"] != payment["buyer_id"]:
            raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
        if not amount.currency == payment["currency"] == invoice["currency"]:
            raise invalid("amount", amount, Mend.AMOUNT, currency=invoice["currency"])
        lost = sql.rows(
            sql.statement("receivables/written_off"), {"seller": ctx.seller, "invoice": invoice_id}
        )
        most = min(payment["unallocated_minor"], sum(line["lost_minor"] for line in lost))
        if not 0 < amount.minor <= most:
            raise out_of_range("amount", amount, min(1, most), most)
        sql.execute(
            sql.statement("receivables/recover"),
            {
                "seller": ctx.seller,
                "entry": new_id(ctx.now),
                "invoice": invoice_id,
                "receipt": payment_id,
                "amount": amount.minor,
                "paid_on": payment["paid_on"],
            },
        )
        record(ctx, events.BadDebtRecovered(invoice_id, payment["buyer_id"], payment_id, amount))


def write_offs(
    ctx: Context, *, invoice_id: UUID | None = None, only_waiting: bool = False, most: int = 200
) -> list[WriteOff]:
    """Write-offs, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/write_offs",
            WriteOff,
            {"seller": ctx.seller, "invoice": invoice_id, "waiting": only_waiting, "most": most},
        )


def lost_papers(ctx: Context, buyer_id: UUID, currency: str, most: int = 200) -> list[LostPaper]:
    """What a receipt of the buyer in `currency` may recover, the oldest due first."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "receivables/lost_papers",
            LostPaper,
            {"seller": ctx.seller, "buyer": buyer_id, "currency": currency, "most": most},
        )


def _may_alone(ctx: Context, amount: Money) -> bool:
    """Within the authority of who asks. Without a rate to the seller's currency nobody is."""
    policy = policy_in_force(ctx)
    rate = sql.value(
        "select newest_minor_rate(%(code)s, (select currency from seller"
        " where seller_id = %(seller)s), %(today)s)",
        {"code": amount.currency, "seller": ctx.seller, "today": ctx.today},
    )
    if rate is None:
        return False
    most = policy.manager_minor if Permission.BOOK in ctx.may else policy.collector_minor
    return half_up(Decimal(amount.minor) * rate) <= most


def _alone_before(ctx: Context, invoice: dict[str, Any]) -> Money:
    """What of an invoice stands written off that nobody else agreed to."""
    minor = sql.value(
        "select coalesce(sum(a.write_off_minor), 0)::bigint from write_off w"
        " join allocation a on a.seller_id = w.seller_id and a.payment_id = w.payment_id"
        " where w.seller_id = %(seller)s and w.invoice_id = %(invoice)s"
        " and w.decided_by = w.proposed_by",
        {"seller": ctx.seller, "invoice": invoice["id"]},
    )
    return Money(minor, invoice["currency"])


def _book(
    ctx: Context, number: UUID, invoice: dict[str, Any], amount: Money, reason: WriteOffReason
) -> None:
    nothing = Money(0, amount.currency)
    made = insert_payment(
        ctx,
        PaymentIn(invoice["buyer_id"], nothing, ctx.today, kind=PaymentKind.WRITE_OFF),
    )
    assert made is not None
    lost = Settled(invoice["id"], amount, nothing, 0, amount.minor, None)
    day = max(ctx.today, invoice["issued_on"])
    insert_allocations(ctx, made, [lost], {invoice["id"]: day})
    _decide(ctx, number, WriteOffState.DONE, made)
    record(ctx, events.WrittenOff(invoice["id"], invoice["buyer_id"], number, amount, reason))


def _decide(ctx: Context, number: UUID, state: WriteOffState, payment: UUID | None) -> None:
    sql.execute(
        "update write_off set state = %(state)s, decided_by = %(actor)s, decided_at = %(now)s,"
        " payment_id = %(payment)s where seller_id = %(seller)s and id = %(id)s",
        {
            "seller": ctx.seller,
            "id": number,
            "state": state.value,
            "actor": ctx.actor,
            "now": ctx.now,
            "payment": payment,
        },
    )


def _locked(ctx: Context, invoice_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select id, buyer_id, currency::text as currency, open_minor, issued_on from invoice"
        " where seller_id = %(seller)s and id = %(id)s and kind = 'invoice' for update",
        {"seller": ctx.seller, "id": invoice_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
    return found


def _note(given: str) -> str:
    note = given.strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise invalid("note", "…", Mend.CHARACTERS, least=0, most=LONGEST_NOTE)
    return note
