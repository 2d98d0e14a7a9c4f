"""Payments and what they settle: record, allocate, take back.

The rows of `payment` and `allocation` are all these write. Triggers of the database keep what is
unallocated and open, and the journal (`sql/post_payments.sql`, `sql/post_allocations.sql`), so
that a statement that adds many at once holds the same laws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables import events
from netterms.receivables.ledger_policy import policy_in_force
from netterms.receivables.rules import (
    InvoiceKind,
    OpenInvoice,
    Part,
    PaymentKind,
    Settled,
    out_of_range,
    realised,
    settle,
)
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

MOST_MINOR = 10**15
FIRST_DAY = date(1990, 1, 1)
LONGEST_REFERENCE, LONGEST_CHANNEL = 500, 50
MOST_PARTS = 1_000
MONEY_KINDS = (PaymentKind.RECEIPT, PaymentKind.REFUND)


@dataclass(frozen=True, slots=True)
class PaymentIn:
    """Money that moved: in from a buyer (`receipt`), or out to it (`refund`).

    `source_id` is what it was read from (the line of a bank statement): taken in once for a buyer.
    `refund_of` is the receipt of which a refund gives back an unallocated part. `charge` is what
    the bank took beside it: the seller's cost, in the same currency.
    """

    buyer_id: UUID
    amount: Money
    paid_on: date
    reference: str = ""
    kind: str = "receipt"
    channel: str = ""
    source_id: UUID | None = None
    refund_of: UUID | None = None
    charge: Money | None = None


@once_more
def record_payment(ctx: Context, payment: PaymentIn) -> UUID:
    """Book a payment; all of it is unallocated (but for a refund of a receipt). Returns its id.

    The same `source_id` of the same buyer again returns the payment it made before. NOT_FOUND for a
    buyer or receipt the seller does not have; VALUE_INVALID names the field; AMOUNT_OUT_OF_RANGE
    for a refund of more than its receipt has unallocated.
    """
    ctx.require(Permission.BOOK)
    _check(ctx, payment)
    with book(ctx):
        require_buyer(ctx, payment.buyer_id)
        if payment.source_id is not None and (known := _known(ctx, payment)):
            return known
        if payment.refund_of is not None:
            _check_refund(ctx, payment, payment.refund_of)
        found = insert_payment(ctx, payment)
        if found is None:
            # Another took the same line in at this very moment.
            known = _known(ctx, payment)
            assert known is not None
            return known
        made = events.PaymentRecorded if payment.kind == "receipt" else events.RefundRecorded
        record(ctx, made(found, payment.buyer_id, payment.amount, payment.paid_on))
    return found


@once_more
def allocate(ctx: Context, payment_id: UUID, parts: Sequence[Part]) -> None:
    """Let a payment settle invoices and credit notes of its buyer: all of `parts` or none.

    It counts from the day the money moved, or the invoice's if that is later. NOT_FOUND for a
    payment or invoice that is not the buyer's; AMOUNT_OUT_OF_RANGE beyond what is open or left;
    VALUE_INVALID names the field.
    """
    ctx.require(Permission.BOOK)
    if len(parts) > MOST_PARTS:
        raise invalid("parts", len(parts), Mend.AT_MOST, most=MOST_PARTS)
    with book(ctx):
        payment = locked_payment(ctx, payment_id)
        kind = PaymentKind(payment["kind"])
        if kind not in MONEY_KINDS:
            raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment_id))
        currency = payment["currency"]
        invoices = locked_invoices(ctx, payment["buyer_id"], [part.invoice_id for part in parts])
        small = _small_before(ctx, list(invoices)) if any(p.write_off for p in parts) else {}
        settled = settle(
            kind,
            Money(payment["unallocated_minor"], currency),
            Money(payment["amount_minor"], currency),
            {key: open_invoice(line, small.get(key, 0)) for key, line in invoices.items()},
            parts,
            policy_in_force(ctx).tolerance,
        )
        insert_allocations(
            ctx,
            payment_id,
            _with_differences(ctx, payment, invoices, settled),
            {i: max(payment["paid_on"], line["issued_on"]) for i, line in invoices.items()},
        )
        record(ctx, events.PaymentAllocated(payment_id, payment["buyer_id"], _told(settled)))


@once_more
def undo_allocation(ctx: Context, payment_id: UUID, invoice_id: UUID | None, reason: str) -> UUID:
    """Take back what a payment settled: of one invoice, or of all where `invoice_id` is None.

    Every balance is as it was: the next row of each allocation has its amounts below zero, dated as
    it was, and the journal points back. An offset and a recovery are taken back whole. Returns the
    entry of the journal. NOT_FOUND where nothing stands; AMOUNT_OUT_OF_RANGE where a credit note
    settled beside it would be left over; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.BOOK)
    reason = checked_reason(reason, "reason")
    with book(ctx):
        payment = locked_payment(ctx, payment_id)
        standing = _standing(ctx, payment_id, invoice_id)
        if not standing:
            raise Refusal(Code.NOT_FOUND, field="allocation", value=str(invoice_id or payment_id))
        _check_undo(payment, standing)
        # Locked in one order, as by every other use case.
        locked_invoices(ctx, payment["buyer_id"], [line["invoice_id"] for line in standing])
        entry = new_id(ctx.now)
        sql.execute(
            sql.statement("receivables/undo_allocations"),
            {
                "seller": ctx.seller,
                "entry": entry,
                "reason": reason,
                "payments": [line["payment_id"] for line in standing],
                "invoices": [line["invoice_id"] for line in standing],
                "sequences": [line["sequence"] for line in standing],
            },
        )
        undone = sorted({str(line["invoice_id"]) for line in standing})
        record(ctx, events.AllocationUndone(payment_id, payment["buyer_id"], tuple(undone), reason))
    return entry


@once_more
def take_back_refund(ctx: Context, refund_id: UUID, reason: str) -> UUID:
    """Say that a refund was none: a receipt that points at it; every balance is as before it.

    What it settled is undone first. Returns the receipt. NOT_FOUND; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.BOOK)
    reason = checked_reason(reason, "reason")
    with book(ctx):
        refund = locked_payment(ctx, refund_id)
        if refund["kind"] != PaymentKind.REFUND:
            raise Refusal(Code.NOT_FOUND, field="payment", value=str(refund_id))
        undo_all(ctx, refund_id, reason)
        amount = Money(refund["amount_minor"], refund["currency"])
        made = insert_payment(
            ctx,
            PaymentIn(
                refund["buyer_id"],
                amount,
                refund["paid_on"],
                reference=reason,
                channel="bank",
                refund_of=refund_id,
                charge=Money(refund["charge_minor"], refund["currency"]),
            ),
        )
        if made is None:  # it was taken back before
            raise Refusal(Code.NOT_FOUND, field="payment", value=str(refund_id))
        record(ctx, events.RefundTakenBack(refund_id, refund["buyer_id"], amount, reason))
    return made


@once_more
def settle_again(ctx: Context, payment_id: UUID, entry: UUID) -> None:
    """Settle again just what an entry took back (`undo_allocation`), as a new entry.

    AMOUNT_OUT_OF_RANGE where an invoice is no longer open by so much.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        payment = locked_payment(ctx, payment_id)
        params = {"seller": ctx.seller, "payment": payment_id, "undone": entry}
        parts = sql.rows(sql.statement("receivables/undone_parts"), params)
        for part in parts:
            if part["minor"] > part["open_minor"]:
                amount = Money(part["minor"], part["currency"])
                raise out_of_range("amount", amount, 0, part["open_minor"])
        sql.execute(sql.statement("receivables/settle_again"), params | {"entry": new_id(ctx.now)})
        told = tuple(
            events.AllocatedPart(
                part["invoice_id"],
                Money(part["minor"], part["currency"]),
                Money(part["taken_minor"], payment["currency"]),
            )
            for part in parts
        )
        record(ctx, events.PaymentAllocated(payment_id, payment["buyer_id"], told))


def undo_all(ctx: Context, payment_id: UUID, reason: str) -> UUID | None:
    """Take back all that a payment settles, as `undo_allocation`; None where nothing stands."""
    if not _standing(ctx, payment_id, None):
        return None
    return undo_allocation(ctx, payment_id, None, reason)


def insert_payment(ctx: Context, payment: PaymentIn) -> UUID | None:
    """Add the row; None where its source is known. For use cases that check it themselves."""
    number = new_id(ctx.now)
    added = sql.execute(
        """
        insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on,
                             reference, channel, source_id, refund_of, charge_minor)
        values (%(seller)s, %(id)s, %(buyer)s, %(kind)s, %(currency)s, %(minor)s, %(paid_on)s,
                %(reference)s, %(channel)s, %(source)s, %(refund_of)s, %(charge)s)
        on conflict do nothing
        """,
        {
            "seller": ctx.seller,
            "id": number,
            "buyer": payment.buyer_id,
            "kind": payment.kind,
            "currency": payment.amount.currency,
            "minor": payment.amount.minor,
            "paid_on": payment.paid_on,
            "reference": payment.reference.strip(),
            "channel": payment.channel.strip(),
            "source": payment.source_id,
            "refund_of": payment.refund_of,
            "charge": payment.charge.minor if payment.charge else 0,
        },
    )
    return number if added else None


def insert_allocations(
    ctx: Context,
    payment_id: UUID,
    settled: Sequence[Settled],
    days: dict[UUID, date],
) -> UUID:
    """Add the rows as one entry of the journal. For use cases that hold the locks."""
    entry = new_id(ctx.now)
    sql.execute(
        sql.statement("receivables/allocate"),
        {
            "seller": ctx.seller,
            "payment": payment_id,
            "entry": entry,
            "invoices": [line.invoice_id for line in settled],
            "settled": [line.settled.minor for line in settled],
            "taken": [line.taken.minor for line in settled],
            "discounts": [line.discount_minor for line in settled],
            "write_offs": [line.write_off_minor for line in settled],
            "realised": [line.realised.minor if line.realised else None for line in settled],
            "days": [days[line.invoice_id] for line in settled],
        },
    )
    return entry


def locked_payment(ctx: Context, payment_id: UUID) -> dict[str, Any]:
    """The payment, locked until the transaction ends; NOT_FOUND."""
    found = sql.row(
        "select id, buyer_id, kind, currency::text as currency, amount_minor, unallocated_minor,"
        " charge_minor, paid_on from payment"
        " where seller_id = %(seller)s and id = %(id)s for update",
        {"seller": ctx.seller, "id": payment_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="payment", value=str(payment_id))
    return found


def locked_invoices(
    ctx: Context, buyer_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Those of `ids` that are the buyer's, locked in the order of every lock."""
    found = sql.rows(
        "select id, buyer_id, kind, currency::text as currency, amount_minor, open_minor,"
        " issued_on, due_on, state from invoice"
        " where seller_id = %(seller)s and buyer_id = %(buyer)s and id = any(%(ids)s)"
        " order by id for update",
        {"seller": ctx.seller, "buyer": buyer_id, "ids": list(ids)},
    )
    return {line["id"]: line for line in found}


def open_invoice(line: dict[str, Any], small_minor: int = 0) -> OpenInvoice:
    """A row of `invoice` as the rules see it."""
    currency = line["currency"]
    return OpenInvoice(
        InvoiceKind(line["kind"]),
        Money(line["amount_minor"], currency),
        Money(line["open_minor"], currency),
        small_minor,
    )


def _small_before(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, int]:
    """What of each was written off beside payments: read once the invoices are locked."""
    found = sql.rows(
        "select a.invoice_id, sum(a.write_off_minor)::bigint as minor from allocation a"
        " join payment p on p.seller_id = a.seller_id and p.id = a.payment_id"
        " where a.seller_id = %(seller)s and a.invoice_id = any(%(ids)s)"
        " and a.write_off_minor <> 0 and p.kind <> 'write_off' group by a.invoice_id",
        {"seller": ctx.seller, "ids": list(ids)},
    )
    return {line["invoice_id"]: line["minor"] for line in found}


def _with_differences(
    ctx: Context,
    payment: dict[str, Any],
    invoices: dict[UUID, dict[str, Any]],
    settled: Sequence[Settled],
) -> list[Settled]:
    """With the exchange difference of each part that meets another currency than the seller's.

    Where no rate was published for one of the two days, none is booked.
    """
    home = sql.value(
        "select currency::text from seller where seller_id = %(seller)s", {"seller": ctx.seller}
    )
    return [_with_difference(payment, invoices[line.invoice_id], line, home) for line in settled]


def _with_difference(
    payment: dict[str, Any], invoice: dict[str, Any], line: Settled, home: str
) -> Settled:
    if line.realised is not None:
        if line.realised.currency != home:
            raise invalid("realised", line.realised, Mend.AMOUNT, currency=home)
        return line
    if payment["currency"] == invoice["currency"] == home:
        return line
    rates = sql.row(
        "select minor_rate(%(paid)s, %(home)s, %(paid_on)s) as taken,"
        " minor_rate(%(owed)s, %(home)s, %(issued_on)s) as settled",
        {
            "paid": payment["currency"],
            "owed": invoice["currency"],
            "home": home,
            "paid_on": payment["paid_on"],
            "issued_on": invoice["issued_on"],
        },
    )
    assert rates is not None
    if rates["taken"] is None or rates["settled"] is None:
        return line
    covered = Money(
        line.settled.minor - line.discount_minor - line.write_off_minor, line.settled.currency
    )
    gain = realised(line.taken, covered, rates["taken"], rates["settled"], home)
    # Beside a refund, too, an invoice is money that came: it is kept back.
    outward = invoice["kind"] == InvoiceKind.CREDIT_NOTE
    return Settled(
        line.invoice_id,
        line.settled,
        line.taken,
        line.discount_minor,
        line.write_off_minor,
        -gain if outward else gain,
    )


def _standing(ctx: Context, payment_id: UUID, invoice_id: UUID | None) -> list[dict[str, Any]]:
    return sql.rows(
        sql.statement("receivables/standing_allocations"),
        {"seller": ctx.seller, "payment": payment_id, "invoice": invoice_id},
    )


def _check_undo(payment: dict[str, Any], standing: Sequence[dict[str, Any]]) -> None:
    back = sum(line["used_minor"] for line in standing if line["payment_id"] == payment["id"])
    left = Money(payment["unallocated_minor"] + back, payment["currency"])
    if not 0 <= left.minor <= payment["amount_minor"]:
        raise Refusal(
            Code.AMOUNT_OUT_OF_RANGE,
            field="amount",
            value=str(left),
            least_minor=0,
            most_minor=payment["amount_minor"],
            currency=left.currency,
        )


def _check(ctx: Context, payment: PaymentIn) -> None:
    if payment.kind not in {kind.value for kind in MONEY_KINDS}:
        raise invalid(
            "kind", payment.kind, Mend.ONE_OF, allowed=", ".join(k.value for k in MONEY_KINDS)
        )
    if payment.amount.currency not in CURRENCIES:
        raise invalid("currency", payment.amount.currency, Mend.CURRENCY_CODE)
    if not 0 < payment.amount.minor <= MOST_MINOR:
        raise invalid("amount", payment.amount, Mend.MORE_THAN, least=0)
    if not FIRST_DAY <= payment.paid_on <= ctx.today:
        raise invalid("paid_on", payment.paid_on, Mend.BETWEEN, least=FIRST_DAY, most=ctx.today)
    for field, most in (("reference", LONGEST_REFERENCE), ("channel", LONGEST_CHANNEL)):
        given = getattr(payment, field).strip()
        if len(given) > most or "\0" in given:
            raise invalid(field, "…", Mend.CHARACTERS, least=0, most=most)
    if payment.refund_of is not None and payment.kind != PaymentKind.REFUND:
        raise invalid("refund_of", payment.refund_of, Mend.LEAVE_OUT)


def _check_refund(ctx: Context, payment: PaymentIn, receipt_id: UUID) -> None:
    receipt = locked_payment(ctx, receipt_id)
    if receipt["buyer_id"] != payment.buyer_id or receipt["kind"] != PaymentKind.RECEIPT:
        raise Refusal(Code.NOT_FOUND, field="payment", value=str(receipt_id))
    if receipt["currency"] != payment.amount.currency:
        raise invalid("amount", payment.amount, Mend.AMOUNT, currency=receipt["currency"])
    if payment.amount.minor > receipt["unallocated_minor"]:
        raise Refusal(
            Code.AMOUNT_OUT_OF_RANGE,
            field="amount",
            value=str(payment.amount),
            least_minor=min(1, receipt["unallocated_minor"]),
            most_minor=receipt["unallocated_minor"],
            currency=receipt["currency"],
        )


def _known(ctx: Context, payment: PaymentIn) -> UUID | None:
    found: UUID | None = sql.value(
        "select id from payment where seller_id = %(seller)s and source_id = %(source)s"
        " and buyer_id = %(buyer)s",
        {"seller": ctx.seller, "source": payment.source_id, "buyer": payment.buyer_id},
    )
    return found


def _told(settled: Sequence[Settled]) -> tuple[events.AllocatedPart, ...]:
    return tuple(
        events.AllocatedPart(line.invoice_id, line.settled, line.taken) for line in settled
    )
