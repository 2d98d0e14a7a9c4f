"""An e-invoice as EN 16931 has it, whatever the syntax; what is not told is None or empty. Pure.

BT and BG numbers are those of the semantic model (EN 16931-1). Amounts are major units of the
document's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7). `address`: whether there is a postal address at all."""

    name: str = ""
    country: str = ""
    address: bool = False
    vat_id: str = ""
    legal_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """One line of the VAT breakdown (BG-23)."""

    basis: Decimal | None
    amount: Decimal | None
    category: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line (BG-25)."""

    id: str
    quantity: Decimal | None
    unit: str
    net: Decimal | None
    name: str
    price: Decimal | None
    category: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """One document with its totals (BG-22)."""

    syntax: str
    specification: str  # BT-24
    number: str  # BT-1
    type_code: str  # BT-3
    issued_on: date | None  # BT-2
    due_on: date | None  # BT-9
    terms: str  # BT-20
    currency: str  # BT-5
    seller: Party
    buyer: Party
    order_number: str  # BT-13
    corrects: str  # BT-25: the number of the invoice that this one corrects
    allowances: tuple[Decimal, ...]  # BT-92
    charges: tuple[Decimal, ...]  # BT-99
    taxes: tuple[Tax, ...]
    lines: tuple[Line, ...]
    lines_total: Decimal | None  # BT-106
    allowances_total: Decimal | None  # BT-107
    charges_total: Decimal | None  # BT-108
    net_total: Decimal | None  # BT-109
    tax_total: Decimal | None  # BT-110
    total: Decimal | None  # BT-112
    paid: Decimal | None  # BT-113
    rounding: Decimal | None  # BT-114
    payable: Decimal | None  # BT-115

    @property
    def is_credit_note(self) -> bool:
        """By its type: a credit note says in positive amounts what the buyer gets back."""
        return self.type_code in CREDIT_NOTES


# UNTDID 1001 as EN 16931 restricts it.
CREDIT_NOTES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)
_INVOICES = (
    "71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388"
    " 389 390 393 394 395 456 457 527 553 575 623 633 751 780 817 870 875 876 877 935"
)
TYPES = CREDIT_NOTES | frozenset(_INVOICES.split())
# UNCL 5305 as EN 16931 restricts it.
CATEGORIES = frozenset(["AE", "L", "M", "E", "S", "Z", "G", "O", "K", "B"])
