"""What a payment may settle, in pure figures: nothing beyond what is open or what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, half_up
from netterms.kernel.refusal import Code, Refusal, invalid


class PaymentKind(StrEnum):
    """Money in, money out, and the two that move none."""

    RECEIPT = "receipt"
    REFUND = "refund"
    OFFSET = "offset"
    WRITE_OFF = "write_off"


class InvoiceKind(StrEnum):
    """What adds to the debt (invoices, debit notes) and what takes from it."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to one invoice or credit note.

    `amount` is taken of the payment, in its currency. `discount` and `write_off` (a difference too
    small to ask for) settle the rest, in the invoice's currency. Where that is another than the
    payment's, `invoice_amount` says what `amount` covers of it, and `realised` the gain (below
    zero: the loss) by exchange rates in the seller's currency; None lets the dated rates say it.
    """

    invoice_id: UUID
    amount: Money
    discount: Money | None = None
    write_off: Money | None = None
    invoice_amount: Money | None = None
    realised: Money | None = None


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice or credit note as the book holds it.

    `small_minor` of it was written off as small differences before.
    """

    kind: InvoiceKind
    amount: Money
    open: Money
    small_minor: int = 0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Our convention: a difference is small that is within both bounds.

    `percent` of the invoice's amount, and `most_minor` minor units of its currency. All differences
    of an invoice together are: many small ones are no small one.
    """

    percent: Decimal = Decimal(1)
    most_minor: int = 5_000

    def of(self, invoice: OpenInvoice) -> Money:
        """The largest difference that may be written off beside a payment of `invoice`."""
        left = self.most(invoice.amount.minor) - invoice.small_minor
        return Money(max(0, left), invoice.amount.currency)

    def most(self, minor: int) -> int:
        """The same of an invoice of `minor`, both in minor units of its currency."""
        return min(half_up(Fraction(self.percent) * minor / 100), self.most_minor)


@dataclass(frozen=True, slots=True)
class Settled:
    """A part that may be booked. Minor units; `settled` is the sum of what covers the invoice."""

    invoice_id: UUID
    settled: Money
    taken: Money
    discount_minor: int
    write_off_minor: int
    realised: Money | None


def settle(
    kind: PaymentKind,
    left: Money,
    amount: Money,
    invoices: Mapping[UUID, OpenInvoice],
    parts: Sequence[Part],
    tolerance: Tolerance,
) -> list[Settled]:
    """The parts as they are booked; conserves every minor unit of the payment.

    `left` of the payment's `amount` is unallocated. NOT_FOUND for an invoice that is not among the
    buyer's; AMOUNT_OUT_OF_RANGE beyond what an invoice has open or a payment left; VALUE_INVALID
    names the field.
    """
    if not parts:
        raise invalid("parts", "", Mend.GIVE_IT)
    named = [part.invoice_id for part in parts]
    if len(set(named)) < len(named):
        raise invalid("parts", str(next(i for i in named if named.count(i) > 1)), Mend.ONCE_EACH)
    settled = [_part(kind, left.currency, invoices, part, tolerance) for part in parts]
    used = sum(line.taken.minor * sign(kind, invoices[line.invoice_id].kind) for line in settled)
    # A credit note adds to what there is to allocate, but no more than came in can be left of it.
    least, most = left.minor - amount.minor, left.minor
    if not least <= used <= most:
        raise out_of_range("amount", Money(used, left.currency), least, most)
    return settled


def sign(kind: PaymentKind, of: InvoiceKind) -> int:
    """1 where the payment is used up by it; -1 where it adds to what can be allocated."""
    same = (kind is PaymentKind.REFUND) == (of is InvoiceKind.CREDIT_NOTE)
    return 1 if same else -1


def _part(
    kind: PaymentKind,
    currency: str,
    invoices: Mapping[UUID, OpenInvoice],
    part: Part,
    tolerance: Tolerance,
) -> Settled:
    invoice = invoices.get(part.invoice_id)
    if invoice is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(part.invoice_id))
    if part.amount.currency != currency:
        raise invalid("amount", part.amount, Mend.AMOUNT, currency=currency)
    if part.amount.minor < 0:
        raise invalid("amount", part.amount, Mend.MORE_THAN, least=0)
    if kind is PaymentKind.REFUND and part.discount:
        # Nobody is given a discount for money that goes out.
        raise invalid("discount", part.discount, Mend.LEAVE_OUT)
    covered = _covered(currency, invoice, part)
    discount = _beside("discount", invoice, part.discount)
    write_off = _beside("write_off", invoice, part.write_off)
    if write_off > tolerance.of(invoice):
        raise invalid("write_off", write_off, Mend.AT_MOST, most=str(tolerance.of(invoice)))
    settled = covered + discount + write_off
    if not 0 < settled.minor <= invoice.open.minor:
        raise out_of_range("amount", settled, 1, invoice.open.minor)
    return Settled(
        part.invoice_id, settled, part.amount, discount.minor, write_off.minor, part.realised
    )


def _covered(currency: str, invoice: OpenInvoice, part: Part) -> Money:
    own = invoice.amount.currency
    if own == currency:
        if part.invoice_amount not in {None, part.amount}:
            raise invalid("invoice_amount", part.invoice_amount, Mend.LEAVE_OUT)
        return part.amount
    given = part.invoice_amount
    # Of two currencies neither may be given for nothing.
    if given is None or given.currency != own or (given.minor > 0) != (part.amount.minor > 0):
        raise invalid("invoice_amount", "" if given is None else given, Mend.AMOUNT, currency=own)
    return given


def _beside(field: str, invoice: OpenInvoice, given: Money | None) -> Money:
    if given is None:
        return Money(0, invoice.amount.currency)
    if given.currency != invoice.amount.currency or given.minor < 0:
        raise invalid(field, given, Mend.AMOUNT, currency=invoice.amount.currency)
    if given and invoice.kind is InvoiceKind.CREDIT_NOTE:
        raise invalid(field, given, Mend.LEAVE_OUT)
    return given


def realised(
    taken: Money, settled: Money, taken_rate: Decimal, settled_rate: Decimal, home: str
) -> Money:
    """Gain (or loss, below zero) in `home` of `taken` for `settled`, rounded half-up once.

    `taken_rate` is home minor units for one of the payment's on the day it was paid, `settled_rate`
    for one of the invoice's on the day it was issued.
    """
    worth = Fraction(taken_rate) * taken.minor - Fraction(settled_rate) * settled.minor
    return Money(half_up(worth), home)


def out_of_range(field: str, value: Money, least: int, most: int) -> Refusal:
    """AMOUNT_OUT_OF_RANGE with bounds in minor units of the value's currency."""
    return Refusal(
        Code.AMOUNT_OUT_OF_RANGE,
        field=field,
        value=str(value),
        least_minor=least,
        most_minor=most,
        currency=value.currency,
    )
