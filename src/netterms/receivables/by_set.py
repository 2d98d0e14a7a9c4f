"""Notes for interest, and what money or credit settles, many at once: for the rooms above.

The caller has decided what goes where, holds the locks (payments, then invoices) and asks for the
permission; these write and announce. The same triggers as for one keep balances and the journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.kernel.context import Context
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money, exponent
from netterms.receivables import events
from netterms.receivables.papers import PaperKind
from netterms.receivables.rules import PaymentKind
from netterms.store import sql
from netterms.store.outbox import record_all, stamp

# Minor units by invoice or credit note, by payment.
Uses = Mapping[UUID, Mapping[UUID, int]]


@dataclass(frozen=True, slots=True)
class InterestNote:
    """A debit or credit note for interest: `of` is the invoice it adds to or takes from."""

    id: UUID
    of: UUID
    amount: Money
    due_on: date
    description: str
    reason: str
    kind: PaperKind = PaperKind.DEBIT_NOTE


def issue_interest(ctx: Context, notes: Sequence[InterestNote]) -> None:
    """Write the notes of today and book each: receivables against interest, or back.

    A debit note is due on its day, or today if that is past. PERIOD_CLOSED cannot be: today is not.
    """
    if not notes:
        return
    written = sql.rows(
        sql.statement("receivables/interest_notes"),
        stamp(ctx)
        | {
            "ids": [note.id for note in notes],
            "kinds": [note.kind.value for note in notes],
            "of": [note.of for note in notes],
            "minors": [note.amount.minor for note in notes],
            "due_ons": [note.due_on for note in notes],
            "descriptions": [note.description for note in notes],
            "reasons": [note.reason for note in notes],
            "exponents": [exponent(note.amount.currency) for note in notes],
        },
    )
    assert len(written) == len(notes), "a note of an invoice the seller does not have"
    told = {note.id: note for note in notes}
    record_all(
        ctx,
        [
            events.InvoiceIssued(
                line["id"],
                line["buyer_id"],
                told[line["id"]].kind.value,
                line["invoice_number"],
                Money(line["amount_minor"], line["currency"]),
                line["note_of"],
                told[line["id"]].reason,
            )
            for line in written
        ],
    )


def allocate_receipts(ctx: Context, buyers: Mapping[UUID, UUID], uses: Uses, currency: str) -> None:
    """Let receipts settle invoices of their buyers; `buyers` by payment.

    The database refuses more than is open or left, and an invoice of another buyer.
    """
    rows = [
        (payment, entry, invoice, minor)
        for payment, used in uses.items()
        for entry in [new_id(ctx.now)]
        for invoice, minor in used.items()
    ]
    if not rows:
        return
    payments, entries, invoices, minors = map(list, zip(*rows, strict=True))
    sql.execute(
        sql.statement("receivables/allocate_many"),
        stamp(ctx)
        | {"payments": payments, "entries": entries, "invoices": invoices, "minors": minors},
    )
    record_all(
        ctx,
        [
            events.PaymentAllocated(
                payment,
                buyers[payment],
                tuple(
                    events.AllocatedPart(invoice, Money(minor, currency), Money(minor, currency))
                    for invoice, minor in used.items()
                ),
            )
            for payment, used in uses.items()
            if used
        ],
    )


def set_off(ctx: Context, buyer_id: UUID, by_note: Uses, currency: str) -> None:
    """Set credit notes of a buyer off against its invoices: no money moves.

    `by_note` says by credit note what goes to which invoice.
    """
    made = {new_id(ctx.now): (note, used) for note, used in by_note.items() if used}
    if not made:
        return
    sql.execute(
        "insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on)"
        " select %(seller)s, unnest(%(ids)s::uuid[]), %(buyer)s, %(kind)s, %(currency)s, 0,"
        " %(as_of)s",
        stamp(ctx)
        | {
            "ids": list(made),
            "buyer": buyer_id,
            "kind": PaymentKind.OFFSET.value,
            "currency": currency,
        },
    )
    uses = {payment: {**used, note: sum(used.values())} for payment, (note, used) in made.items()}
    allocate_receipts(ctx, dict.fromkeys(made, buyer_id), uses, currency)
