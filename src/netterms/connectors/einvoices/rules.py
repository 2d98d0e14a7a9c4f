"""Whether an e-invoice keeps the rules of EN 16931 that a receivable depends on. Pure.

Each rule has the number the standard gives it; the sentences are `doors.look.einvoices`. Source: EN
16931-1 and the validation artefacts of CEN/TC 434. Not all rules are here: those of delivery,
payment means, electronic addresses and of national profiles are left to the sender's validator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal

from netterms.connectors.einvoices.model import CATEGORIES, TYPES, EInvoice
from netterms.kernel.money import CURRENCIES, exponent

Rule = Callable[[EInvoice], bool]
ZERO = Decimal(0)


def broken(invoice: EInvoice) -> list[str]:
    """The rules that the invoice breaks, in the order of the standard."""
    return [name for name, holds in RULES.items() if not holds(invoice)]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount or ZERO for amount in amounts), ZERO)


def _equal(told: Decimal | None, made: Decimal) -> bool:
    """Equal to the minor unit; what is not told breaks another rule."""
    return told is None or abs(told - made) < Decimal("0.005")


def _paid_off(i: EInvoice) -> bool:
    made = (i.total or ZERO) - (i.paid or ZERO) + (i.rounding or ZERO)
    return i.total is None or _equal(i.payable, made)


def _taxes_follow(i: EInvoice) -> bool:
    """BR-CO-17: basis times rate, to the minor unit; the artefacts allow less than one unit."""
    step = Decimal(1).scaleb(-exponent(i.currency))
    return all(
        tax.basis is None
        or tax.amount is None
        or abs(
            (abs(tax.basis) * (tax.rate or ZERO) / 100).quantize(step, ROUND_HALF_UP)
            - abs(tax.amount)
        )
        < 1
        for tax in i.taxes
    )


def _due(i: EInvoice) -> bool:
    # Of a credit note nothing is due from the buyer: examples of CEN/TC 434 have neither.
    return bool(i.is_credit_note or i.due_on or i.terms or not i.payable or i.payable <= 0)


RULES: dict[str, Rule] = {
    "BR-01": lambda i: bool(i.specification),
    "BR-02": lambda i: bool(i.number),
    "BR-03": lambda i: i.issued_on is not None,
    "BR-04": lambda i: bool(i.type_code),
    "BR-05": lambda i: bool(i.currency),
    "BR-06": lambda i: bool(i.seller.name),
    "BR-07": lambda i: bool(i.buyer.name),
    "BR-08": lambda i: i.seller.address,
    "BR-09": lambda i: bool(i.seller.country),
    "BR-10": lambda i: i.buyer.address,
    "BR-11": lambda i: bool(i.buyer.country),
    "BR-12": lambda i: i.lines_total is not None,
    "BR-13": lambda i: i.net_total is not None,
    "BR-14": lambda i: i.total is not None,
    "BR-15": lambda i: i.payable is not None,
    "BR-16": lambda i: bool(i.lines),
    "BR-21": lambda i: all(line.id for line in i.lines),
    "BR-22": lambda i: all(line.quantity is not None for line in i.lines),
    "BR-23": lambda i: all(line.unit for line in i.lines),
    "BR-24": lambda i: all(line.net is not None for line in i.lines),
    "BR-25": lambda i: all(line.name for line in i.lines),
    "BR-26": lambda i: all(line.price is not None for line in i.lines),
    "BR-27": lambda i: all(line.price is None or line.price >= 0 for line in i.lines),
    "BR-45": lambda i: all(tax.basis is not None for tax in i.taxes),
    "BR-46": lambda i: all(tax.amount is not None for tax in i.taxes),
    "BR-47": lambda i: all(tax.category for tax in i.taxes),
    "BR-48": lambda i: all(tax.rate is not None or tax.category == "O" for tax in i.taxes),
    "BR-CL-01": lambda i: not i.type_code or i.type_code in TYPES,
    "BR-CL-04": lambda i: not i.currency or i.currency in CURRENCIES,
    "BR-CL-17": lambda i: all(t.category in CATEGORIES for t in i.taxes if t.category),
    "BR-CL-18": lambda i: all(line.category in CATEGORIES for line in i.lines if line.category),
    "BR-CO-10": lambda i: _equal(i.lines_total, _sum(line.net for line in i.lines)),
    "BR-CO-11": lambda i: _equal(i.allowances_total, _sum(i.allowances)),
    "BR-CO-12": lambda i: _equal(i.charges_total, _sum(i.charges)),
    "BR-CO-13": lambda i: (
        i.lines_total is None
        or _equal(
            i.net_total,
            i.lines_total - (i.allowances_total or ZERO) + (i.charges_total or ZERO),
        )
    ),
    "BR-CO-14": lambda i: _equal(i.tax_total, _sum(tax.amount for tax in i.taxes)),
    "BR-CO-15": lambda i: (
        i.net_total is None or _equal(i.total, i.net_total + (i.tax_total or ZERO))
    ),
    "BR-CO-16": _paid_off,
    "BR-CO-17": _taxes_follow,
    "BR-CO-18": lambda i: bool(i.taxes),
    "BR-CO-25": _due,
}
