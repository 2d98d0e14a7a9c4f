"""An e-invoice as the book takes it: lines that come to its totals to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from netterms.connectors.einvoices.model import EInvoice
from netterms.kernel.money import Money, exponent, half_up
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.einvoices import Told
from netterms.receivables.papers import LONGEST_DESCRIPTION, LineIn, PaperIn, totals

ZERO = Decimal(0)
_NOBODY = UUID(int=0)


def told(invoice: EInvoice) -> Told:
    """What the invoice says for the book.

    EINVOICE_INVALID where neither its lines nor its VAT breakdown come to its totals;
    VALUE_INVALID for amounts that no invoice of the book can have, such as below zero.
    """
    assert invoice.issued_on is not None
    assert invoice.total is not None
    total = _minor(invoice.total, invoice.currency)
    lines = next(
        (
            some
            for some in (_lines(invoice), _breakdown(invoice))
            if _comes_to(invoice, some, total)
        ),
        None,
    )
    if lines is None:
        raise Refusal(Code.EINVOICE_INVALID, number=invoice.number, rules=["BR-CO-17"])
    return Told(
        numbers=tuple(filter(None, (invoice.buyer.legal_id, invoice.buyer.vat_id))),
        name=invoice.buyer.name,
        country=invoice.buyer.country,
        email=invoice.buyer.email,
        invoice_number=invoice.number,
        kind="credit_note" if invoice.is_credit_note else "invoice",
        currency=invoice.currency,
        issued_on=invoice.issued_on,
        due_on=max(invoice.due_on or invoice.issued_on, invoice.issued_on),
        reference=invoice.order_number[:200],
        corrects=invoice.corrects,
        lines=tuple(lines),
        total_minor=total,
        paid_minor=_minor(invoice.paid or ZERO, invoice.currency),
    )


def _minor(amount: Decimal, currency: str) -> int:
    return half_up(amount.scaleb(exponent(currency)))


def _comes_to(invoice: EInvoice, lines: Sequence[LineIn] | None, total: int) -> bool:
    if not lines:
        return False
    assert invoice.issued_on is not None
    paper = PaperIn(
        _NOBODY, "x", invoice.currency, invoice.issued_on, invoice.issued_on, tuple(lines)
    )
    # A refusal names what no invoice of the book can be.
    return totals(paper).amount == Money(total, invoice.currency)


def _lines(invoice: EInvoice) -> list[LineIn] | None:
    """The lines as they are, where the document adds and takes off nothing beside them."""
    if invoice.allowances or invoice.charges:
        return None
    found = []
    for line in invoice.lines:
        net = _minor(line.net or ZERO, invoice.currency)
        quantity, price = line.quantity or ZERO, line.price or ZERO
        if net < 0:
            return None
        if quantity <= 0:
            quantity, price = Decimal(1), line.net or ZERO
        gross = half_up((quantity * price).scaleb(exponent(invoice.currency)))
        found.append(
            LineIn(
                (line.name or line.id)[:LONGEST_DESCRIPTION],
                quantity.quantize(Decimal("0.000001")),
                price.quantize(Decimal("0.000001")),
                line.rate or ZERO,
                line.category or "S",
                line.unit,
                gross - net,
            )
        )
    return found


def _breakdown(invoice: EInvoice) -> list[LineIn] | None:
    """One line for each category and rate: what its VAT breakdown says."""
    if any((tax.basis or ZERO) < 0 for tax in invoice.taxes):
        return None
    names = ", ".join(line.name for line in invoice.lines if line.name)
    return [
        LineIn(
            (names or invoice.number)[:LONGEST_DESCRIPTION],
            Decimal(1),
            tax.basis or ZERO,
            tax.rate or ZERO,
            tax.category,
        )
        for tax in invoice.taxes
        if tax.basis
    ]
