"""Whether an e-invoice keeps the rules of EN 16931 that a receivable depends on. Pure.

Each rule has the number the standard gives it; the sentences are `doors.look.einvoices`. Source: EN
16931-1 and the validation artefacts of CEN/TC 434. Not all rules are here: those of delivery,
payment means, electronic addresses and of national profiles are left to the sender's validator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from netterms.connectors.einvoices.model import CATEGORIES, TYPES, EInvoice, Line, Tax
from netterms.kernel.money import CURRENCIES, exponent

Rule = Callable[[EInvoice], bool]


class Part(StrEnum):
    """Which part of the document breaks a rule."""

    DOCUMENT = "document"
    LINE = "line"
    TAX = "tax"


ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken, and where: `row` counts from 1, and `line` is its number (BT-126)."""

    rule: str
    part: Part
    row: int = 0
    line: str = ""


def broken(invoice: EInvoice) -> list[str]:
    """The rules that the invoice breaks, in the order of the standard."""
    return [name for name, holds in RULES.items() if not holds(invoice)]


def findings(invoice: EInvoice) -> list[Finding]:
    """Each broken rule with each place that breaks it, in the order of `broken`."""
    return [finding for rule in broken(invoice) for finding in _places(rule, invoice)]


def _places(rule: str, invoice: EInvoice) -> list[Finding]:
    if rule in OF_LINES:
        return [
            Finding(rule, Part.LINE, row, line.id)
            for row, line in enumerate(invoice.lines, 1)
            if not OF_LINES[rule](line)
        ]
    if rule in OF_TAXES:
        return [
            Finding(rule, Part.TAX, row)
            for row, tax in enumerate(invoice.taxes, 1)
            if not OF_TAXES[rule](invoice, tax)
        ]
    return [Finding(rule, Part.DOCUMENT)]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount or ZERO for amount in amounts), ZERO)


def _equal(told: Decimal | None, made: Decimal) -> bool:
    """Equal to the minor unit; what is not told breaks another rule."""
    return told is None or abs(told - made) < Decimal("0.005")


def _paid_off(i: EInvoice) -> bool:
    made = (i.total or ZERO) - (i.paid or ZERO) + (i.rounding or ZERO)
    return i.total is None or _equal(i.payable, made)


def _tax_follows(i: EInvoice, tax: Tax) -> bool:
    """BR-CO-17: basis times rate, to the minor unit; the artefacts allow less than one unit."""
    if tax.basis is None or tax.amount is None:
        return True
    step = Decimal(1).scaleb(-exponent(i.currency))
    made = (abs(tax.basis) * (tax.rate or ZERO) / 100).quantize(step, ROUND_HALF_UP)
    return abs(made - abs(tax.amount)) < 1


def _due(i: EInvoice) -> bool:
    # Of a credit note nothing is due from the buyer: examples of CEN/TC 434 have neither.
    return bool(i.is_credit_note or i.due_on or i.terms or not i.payable or i.payable <= 0)


# What each line has to have.
OF_LINES: dict[str, Callable[[Line], bool]] = {
    "BR-21": lambda line: bool(line.id),
    "BR-22": lambda line: line.quantity is not None,
    "BR-23": lambda line: bool(line.unit),
    "BR-24": lambda line: line.net is not None,
    "BR-25": lambda line: bool(line.name),
    "BR-26": lambda line: line.price is not None,
    "BR-27": lambda line: line.price is None or line.price >= 0,
    "BR-CL-18": lambda line: not line.category or line.category in CATEGORIES,
}
# What each row of the VAT breakdown has to have.
OF_TAXES: dict[str, Callable[[EInvoice, Tax], bool]] = {
    "BR-45": lambda _i, tax: tax.basis is not None,
    "BR-46": lambda _i, tax: tax.amount is not None,
    "BR-47": lambda _i, tax: bool(tax.category),
    "BR-48": lambda _i, tax: tax.rate is not None or tax.category == "O",
    "BR-CL-17": lambda _i, tax: not tax.category or tax.category in CATEGORIES,
    "BR-CO-17": _tax_follows,
}


def _of_lines(rule: str) -> Rule:
    return lambda i: all(OF_LINES[rule](line) for line in i.lines)


def _of_taxes(rule: str) -> Rule:
    return lambda i: all(OF_TAXES[rule](i, tax) for tax in i.taxes)


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
    "BR-21": _of_lines("BR-21"),
    "BR-22": _of_lines("BR-22"),
    "BR-23": _of_lines("BR-23"),
    "BR-24": _of_lines("BR-24"),
    "BR-25": _of_lines("BR-25"),
    "BR-26": _of_lines("BR-26"),
    "BR-27": _of_lines("BR-27"),
    "BR-45": _of_taxes("BR-45"),
    "BR-46": _of_taxes("BR-46"),
    "BR-47": _of_taxes("BR-47"),
    "BR-48": _of_taxes("BR-48"),
    "BR-CL-01": lambda i: not i.type_code or i.type_code in TYPES,
    "BR-CL-04": lambda i: not i.currency or i.currency in CURRENCIES,
    "BR-CL-17": _of_taxes("BR-CL-17"),
    "BR-CL-18": _of_lines("BR-CL-18"),
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
    "BR-CO-17": _of_taxes("BR-CO-17"),
    "BR-CO-18": lambda i: bool(i.taxes),
    "BR-CO-25": _due,
}
