"""What an invoice or a note says, in pure figures: lines, tax and totals that add up.

Net of a line is quantity times price, less allowances, rounded half-up to the minor unit; tax is
worked out on the sum of the nets of one category and rate (EN 16931, BR-CO-17), not line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money, exponent, half_up
from netterms.kernel.refusal import invalid

MOST_MINOR = 10**15
MOST_LINES = 1_000
LONGEST_DESCRIPTION, LONGEST_NUMBER, LONGEST_REFERENCE, LONGEST_REASON = 500, 100, 200, 500
MOST_QUANTITY, MOST_PRICE = Decimal(10) ** 11, Decimal(10) ** 15
PLACES, RATE_PLACES = 6, 3
FULL_PERCENT = Decimal(100)
FIRST_DAY = date(1990, 1, 1)


class PaperKind(StrEnum):
    """An invoice, one that adds to an earlier invoice, or one that takes from it."""

    INVOICE = "invoice"
    DEBIT_NOTE = "debit_note"
    CREDIT_NOTE = "credit_note"


class TaxCategory(StrEnum):
    """Codes of UNCL5305 as EN 16931 uses them; only S, L and M have a rate above zero."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    CANARY_ISLANDS = "L"
    CEUTA_MELILLA = "M"


TAXED = frozenset({TaxCategory.STANDARD, TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_MELILLA})


@dataclass(frozen=True, slots=True)
class LineIn:
    """One line as it is written. `unit_price` in major units; `allowance_minor` is taken off."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal = Decimal(0)
    tax_category: str = "S"
    unit: str = ""
    allowance_minor: int = 0


@dataclass(frozen=True, slots=True)
class PaperIn:
    """An invoice or note to be written. `total` is what the paper says, checked where given.

    `note_of` is the invoice that a note corrects (a credit note may be free of one).
    """

    buyer_id: UUID
    invoice_number: str
    currency: str
    issued_on: date
    due_on: date
    lines: tuple[LineIn, ...]
    kind: str = "invoice"
    note_of: UUID | None = None
    reason: str = ""
    reference: str = ""
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its net and its part of the tax of its group, in minor units."""

    told: LineIn
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Lines with their sums: `amount` is net and tax."""

    lines: tuple[Line, ...]
    net: Money
    tax: Money

    @property
    def amount(self) -> Money:
        """What the buyer owes."""
        return self.net + self.tax


def check(paper: PaperIn, today: date) -> None:
    """VALUE_INVALID names the first field that cannot be."""
    if paper.kind not in list(PaperKind):
        raise invalid("kind", paper.kind, Mend.ONE_OF, allowed=", ".join(PaperKind))
    if paper.currency not in CURRENCIES:
        raise invalid("currency", paper.currency, Mend.CURRENCY_CODE)
    if not FIRST_DAY <= paper.issued_on <= today:
        raise invalid("issued_on", paper.issued_on, Mend.BETWEEN, least=FIRST_DAY, most=today)
    if paper.due_on < paper.issued_on:
        raise invalid("due_on", paper.due_on, Mend.AT_LEAST, least=paper.issued_on)
    _text("invoice_number", paper.invoice_number, LONGEST_NUMBER)
    _text("reference", paper.reference, LONGEST_REFERENCE)
    _text("reason", paper.reason, LONGEST_REASON)
    is_note = paper.kind != PaperKind.INVOICE
    if paper.kind == PaperKind.INVOICE and not paper.invoice_number.strip():
        raise invalid("invoice_number", "", Mend.GIVE_IT)
    if is_note and not paper.reason.strip():
        raise invalid("reason", "", Mend.SAY_WHY)
    if not is_note and paper.note_of is not None:
        raise invalid("note_of", paper.note_of, Mend.LEAVE_OUT)
    if not 1 <= len(paper.lines) <= MOST_LINES:
        raise invalid("lines", len(paper.lines), Mend.ITEMS, least=1, most=MOST_LINES)


def totals(paper: PaperIn) -> Totals:
    """What the lines add up to; VALUE_INVALID where a line or the total told cannot be."""
    nets = [line_net(line, paper.currency) for line in paper.lines]
    taxes = _taxes(paper.lines, nets)
    lines = tuple(map(Line, paper.lines, nets, taxes))
    found = Totals(lines, Money(sum(nets), paper.currency), Money(sum(taxes), paper.currency))
    if not 0 < found.amount.minor <= MOST_MINOR:
        raise invalid("amount", found.amount, Mend.MORE_THAN, least=0)
    if paper.total is not None and paper.total != found.amount:
        raise invalid("total", paper.total, Mend.SUM_OF_PARTS, expected=str(found.amount))
    return found


def line_net(line: LineIn, currency: str) -> int:
    """Quantity times price less allowance, in minor units; VALUE_INVALID names what cannot be."""
    if not line.description.strip():
        raise invalid("description", "", Mend.GIVE_IT)
    _text("description", line.description, LONGEST_DESCRIPTION)
    if not 0 < line.quantity < MOST_QUANTITY or _finer(line.quantity):
        raise invalid("quantity", line.quantity, Mend.MORE_THAN, least=0)
    if not 0 <= line.unit_price < MOST_PRICE or _finer(line.unit_price):
        raise invalid("unit_price", line.unit_price, Mend.AT_LEAST, least=0)
    if line.tax_category not in list(TaxCategory):
        allowed = ", ".join(TaxCategory)
        raise invalid("tax_category", line.tax_category, Mend.ONE_OF, allowed=allowed)
    if not 0 <= line.tax_rate <= FULL_PERCENT:
        raise invalid("tax_rate", line.tax_rate, Mend.BETWEEN, least=0, most=100)
    if line.tax_rate != round(line.tax_rate, RATE_PLACES):
        # The book would keep another rate than the tax was worked out with.
        raise invalid("tax_rate", line.tax_rate, Mend.STEPS_OF, step="0.001")
    if line.tax_rate and line.tax_category not in TAXED:
        raise invalid("tax_rate", line.tax_rate, Mend.LEAVE_OUT)
    gross = Fraction(line.quantity) * Fraction(line.unit_price) * 10 ** exponent(currency)
    net = half_up(gross) - line.allowance_minor
    if net < 0:
        raise invalid("allowance", line.allowance_minor, Mend.AT_MOST, most=half_up(gross))
    return net


def _taxes(lines: Sequence[LineIn], nets: Sequence[int]) -> list[int]:
    """Each line's part of its group's tax: steps of the rounded running sum lose nothing."""
    so_far: dict[tuple[str, Decimal], tuple[int, int]] = {}
    taxes = []
    for line, net in zip(lines, nets, strict=True):
        group = line.tax_category, line.tax_rate
        base, tax = so_far.get(group, (0, 0))
        reached = half_up(Fraction(base + net) * Fraction(line.tax_rate) / 100)
        taxes.append(reached - tax)
        so_far[group] = base + net, reached
    return taxes


def _finer(value: Decimal) -> bool:
    return value != round(value, PLACES)


def _text(field: str, given: str, most: int) -> None:
    if len(given) > most or "\0" in given:
        raise invalid(field, "…", Mend.CHARACTERS, least=0, most=most)
