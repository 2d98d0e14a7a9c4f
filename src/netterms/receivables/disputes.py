"""Disputes: a buyer says that a part of an invoice is wrong, and it is settled one way or another.

The disputed part is off the ladder, and the policy's clock stands still for it, until it is settled
(COL-01, TCI-12). The rest of the invoice stays payable.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.kernel import moves as machine
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.receivables.invoicing import issue
from netterms.receivables.moves import DISPUTE_MOVES, DisputeMove, DisputeState
from netterms.receivables.papers import PaperIn, PaperKind
from netterms.receivables.tax import credit_lines
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

LONGEST_NOTE, LONGEST_OWNER = 2_000, 200


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


def raise_dispute(
    ctx: Context, invoice_id: UUID, reason: DisputeReason, amount: Money, note: str = ""
) -> UUID:
    """Note that a buyer disputes `amount` of an invoice since `ctx.today`; returns the dispute.

    NOT_FOUND for an invoice the seller does not have; VALUE_INVALID for an amount that is not
    between nothing and what is open and not disputed yet.
    """
    ctx.require(Permission.COLLECT)
    note = _text("note", note, LONGEST_NOTE)
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
            insert into dispute (seller_id, id, invoice_id, reason, amount_minor, raised_on,
                                 raised_by, note)
            values (%(seller)s, %(id)s, %(invoice)s, %(reason)s, %(minor)s, %(today)s, %(actor)s,
                    %(note)s)
            """,
            {
                "seller": ctx.seller,
                "id": dispute,
                "invoice": invoice_id,
                "reason": DisputeReason(reason).value,
                "minor": amount.minor,
                "today": ctx.today,
                "actor": ctx.actor,
                "note": note,
            },
        )
        record(ctx, events.DisputeRaised(invoice_id, dispute, amount, DisputeReason(reason).value))
    return dispute


def acknowledge(ctx: Context, dispute_id: UUID) -> None:
    """Tell that the dispute was noticed. Again changes nothing."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = _locked(ctx, dispute_id)
        if found["acknowledged_on"] is None:
            _move(ctx, found, DisputeMove.ACKNOWLEDGE, acknowledged_on=ctx.today)


def assign(ctx: Context, dispute_id: UUID, owner: str) -> None:
    """Say who sees to it; whoever takes it on has noticed it."""
    ctx.require(Permission.COLLECT)
    owner = _text("owner", owner, LONGEST_OWNER, least=1)
    with book(ctx):
        found = _locked(ctx, dispute_id)
        _move(
            ctx,
            found,
            DisputeMove.ASSIGN,
            owner=owner,
            owner_on=found["owner_on"] or ctx.today,
            acknowledged_on=found["acknowledged_on"] or ctx.today,
        )


def state_position(ctx: Context, dispute_id: UUID, position: str) -> None:
    """Write down what the seller says to it; a later position takes the place of an earlier one."""
    ctx.require(Permission.COLLECT)
    position = _text("position", position, LONGEST_NOTE, least=1)
    with book(ctx):
        found = _locked(ctx, dispute_id)
        _move(
            ctx,
            found,
            DisputeMove.STATE_POSITION,
            position=position,
            position_on=found["position_on"] or ctx.today,
            acknowledged_on=found["acknowledged_on"] or ctx.today,
        )


def litigate(ctx: Context, dispute_id: UUID, note: str = "") -> None:
    """A court is to decide. The part stays disputed until it has, and the dispute is settled."""
    ctx.require(Permission.COLLECT)
    note = _text("note", note, LONGEST_NOTE)
    with book(ctx):
        found = _locked(ctx, dispute_id)
        _move(ctx, found, DisputeMove.LITIGATE, litigated_on=ctx.today, outcome_note=note)


@once_more
def settle_dispute(
    ctx: Context, dispute_id: UUID, outcome: DisputeOutcome, note: str = "", number: str = ""
) -> UUID | None:
    """End a dispute today; returns the credit note where it ended for the buyer.

    That one is written in the same transaction, over the disputed amount with the tax of the
    invoice's lines, and set off; `number` is its number. It needs the right to book. Settling the
    same way again changes nothing. NOT_FOUND for an unknown one; MOVE_NOT_ALLOWED when it ended
    otherwise before; AMOUNT_OUT_OF_RANGE where so much was credited already.
    """
    ctx.require(Permission.COLLECT)
    outcome = DisputeOutcome(outcome)
    if outcome is DisputeOutcome.CREDITED:
        ctx.require(Permission.BOOK)
    note = _text("note", note, LONGEST_NOTE)
    with book(ctx):
        found = _locked(ctx, dispute_id)
        if found["state"] == outcome.value:
            credit: UUID | None = found["credit_note_id"]
            return credit
        credit = None
        if outcome is DisputeOutcome.CREDITED:
            machine.after(DISPUTE_MOVES, DisputeState(found["state"]), DisputeMove.CREDIT)
            credit = issue(ctx, _credit_note(ctx, found, note, number))
        _move(
            ctx,
            found,
            DisputeMove(outcome.value),
            settled_on=ctx.today,
            outcome_note=note,
            credit_note_id=credit,
        )
        record(ctx, events.DisputeSettled(found["invoice_id"], dispute_id, outcome.value))
    return credit


def _credit_note(ctx: Context, dispute: dict[str, Any], note: str, number: str) -> PaperIn:
    invoice = sql.row(
        "select buyer_id, invoice_number, currency::text as currency, amount_minor, tax_minor"
        " from invoice where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": dispute["invoice_id"]},
    )
    assert invoice is not None
    groups = sql.rows(
        sql.statement("receivables/tax_groups"),
        {"seller": ctx.seller, "invoice": dispute["invoice_id"]},
    )
    currency = invoice["currency"]
    lines = credit_lines(Money(dispute["amount_minor"], currency), groups, dispute["reason"])
    return PaperIn(
        buyer_id=invoice["buyer_id"],
        invoice_number=number,
        currency=currency,
        issued_on=ctx.today,
        due_on=ctx.today,
        lines=lines,
        kind=PaperKind.CREDIT_NOTE,
        note_of=dispute["invoice_id"],
        reason=note or dispute["reason"],
    )


def _move(ctx: Context, found: dict[str, Any], move: DisputeMove, **changes: object) -> None:
    state = machine.after(DISPUTE_MOVES, DisputeState(found["state"]), move)
    given = ", ".join(f"{column} = %({column})s" for column in ("state", *changes))
    sql.execute(
        f"update dispute set {given}"  # noqa: S608 - the columns are named above
        " where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": found["id"], "state": state.value, **changes},
    )
    if move not in {DisputeMove.CREDIT, DisputeMove.CONFIRM}:
        record(
            ctx,
            events.DisputeMoved(
                found["invoice_id"], found["id"], move.value, str(changes.get("owner", ""))
            ),
        )


def _locked(ctx: Context, dispute_id: UUID) -> dict[str, Any]:
    # The invoice first: whoever raises a dispute or pays locks it, too.
    invoice = sql.value(
        "select i.id from invoice i join dispute d on d.seller_id = i.seller_id"
        " and d.invoice_id = i.id where d.seller_id = %(seller)s and d.id = %(id)s for update of i",
        {"seller": ctx.seller, "id": dispute_id},
    )
    if invoice is None:
        raise Refusal(Code.NOT_FOUND, field="dispute", value=str(dispute_id))
    found = sql.row(
        "select * from dispute where seller_id = %(seller)s and id = %(id)s for update",
        {"seller": ctx.seller, "id": dispute_id},
    )
    assert found is not None
    return found


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


def _text(field: str, given: str, most: int, least: int = 0) -> str:
    text = given.strip()
    if not least <= len(text) <= most or "\0" in text:
        raise Refusal(
            Code.VALUE_INVALID,
            field=field,
            value="…" if text else "",
            mend=Mend.CHARACTERS if text else Mend.GIVE_IT,
            **({"least": least, "most": most} if text else {}),
        )
    return text
