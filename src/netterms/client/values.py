"""What is asked and answered, as frozen values. Amounts are whole minor units of a currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

# Currencies of ISO 4217 whose minor unit is not the hundredth.
EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


@dataclass(frozen=True, slots=True)
class Money:
    """Whole minor units (cents, yen, fils) of an ISO 4217 currency. Never a float."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("minor has to be a whole number of minor units")
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise ValueError("currency has to be three capital letters")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """`Money.of("12.34", "EUR")`; ValueError for what is no such amount."""
        try:
            minor = Decimal(amount).scaleb(EXPONENTS.get(currency, 2))
        except ArithmeticError:
            minor = Decimal("NaN")
        if not minor.is_finite():
            raise ValueError(f"{amount!r} is no amount: write it like 1250.00")
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than its minor unit")
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        """In whole units: 12.34."""
        return Decimal(self.minor).scaleb(-EXPONENTS.get(self.currency, 2))

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"


class OrderState(StrEnum):
    """From the question at checkout to the last invoice."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PART_CAPTURED = "part_captured"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"


class LineStatus(StrEnum):
    """Whether orders may be held on a line."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early."""

    net_days: int = 30
    instalments: int = 1
    discount_percent: Decimal = Decimal(0)
    discount_days: int = 0


@dataclass(frozen=True, slots=True)
class HeldOn:
    """The line an order is held on. `rate`: minor units of the line for one of the order's.

    `available` is what the line had left when this was answered.
    """

    currency: str
    rate: Decimal | None
    rate_on: date | None
    held: Money
    available: Money | None


@dataclass(frozen=True, slots=True)
class Hint:
    """What would change a decline, or make a question to a person a yes.

    `ask_less` (there is room for `amount`), `ask_review`, `introduce_buyer`, `send_accounts`,
    `send_register_extract`, `give_company_email`, or something the seller has to do: `open_line`,
    `load_rates`, `load_lists`.
    """

    action: str
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order. `reasons` are stable codes; `replayed`: answered before, with the same key.

    `due_on`: when each instalment is due if the goods are invoiced on the day they were ordered.
    """

    id: UUID
    order_number: str
    buyer_id: UUID
    state: OrderState
    reasons: tuple[str, ...]
    would_change: tuple[Hint, ...]
    amount: Money
    authorised: Money
    captured: Money
    refunded: Money
    line: HeldOn | None
    terms: Terms | None
    due_on: tuple[date, ...]
    created_at: datetime
    expires_at: datetime
    version: int
    replayed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note (`kind`). `open`: not paid yet; None in a move's answer."""

    id: UUID
    invoice_number: str
    kind: str
    amount: Money
    open: Money | None
    issued_on: date
    due_on: date
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment in an order's life; `facts` is the answer that was given then."""

    id: UUID
    happened_at: datetime
    business_date: date
    actor: str
    why: str
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did. `outcome` is "done" or "declined", with `reasons` then."""

    order: Order
    outcome: str
    amount: Money
    invoices: tuple[Invoice, ...]

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.outcome == "done"


@dataclass(frozen=True, slots=True)
class TopUp:
    """More than the limit, up to and on a day."""

    amount: Money
    until: date


@dataclass(frozen=True, slots=True)
class LineWanted:
    """What a line is to be. All of it: what is left out becomes its default."""

    limit: Money
    status: LineStatus = LineStatus.OPEN
    top_up: TopUp | None = None
    insured: Money | None = None
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A buyer's credit line. `available` is limit and running top-up less held and owed."""

    buyer_id: UUID
    currency: str
    status: LineStatus
    limit: Money
    top_up: TopUp | None
    insured: Money
    held: Money
    owed: Money
    available: Money
    terms: Terms
    version: int

    @property
    def wanted(self) -> LineWanted:
        """The line as it would be set again: `dataclasses.replace(line.wanted, limit=...)`."""
        return LineWanted(self.limit, self.status, self.top_up, self.insured, self.terms)


@dataclass(frozen=True, slots=True)
class LineChange:
    """One change of a line; `before` is None when it was opened."""

    id: UUID
    happened_at: datetime
    business_date: date
    actor: str
    why: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetail(Line):
    """A line and its last 50 changes, the newest first."""

    history: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetail(Order):
    """An order with its life, its papers and the line it is held on as that stands now."""

    events: tuple[Moment, ...]
    invoices: tuple[Invoice, ...]
    credit_line: Line | None


@dataclass(frozen=True, slots=True)
class ScoreReason:
    """Why a score is what it is: a stable code, a sentence, "lowered" or "raised"."""

    code: str
    text: str
    direction: str


@dataclass(frozen=True, slots=True)
class BuyerScore:
    """How likely a buyer is not to pay: grade 1 (best) to 10. Confidence 0: nothing is known."""

    currency: str
    scored_on: date
    scorecard: str
    score: Decimal
    probability_of_default: Decimal
    grade: int
    confidence: Decimal
    reasons: tuple[ScoreReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOrder(Order):
    """An order of a buyer that may be new, with the score it was judged by."""

    score: BuyerScore | None


@dataclass(frozen=True, slots=True)
class FoundBuyer:
    """A buyer that fits; `said` is its name or number that fitted, `score` 0 to 100."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    said: str
    score: int


@dataclass(frozen=True, slots=True)
class NewOrder:
    """One order of a batch. Without a key of its own it gets one."""

    order_number: str
    buyer_id: UUID
    amount: Money
    partial: bool = False
    review: bool = False
    expires_at: datetime | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class NewBuyer:
    """How a company introduces itself. `country`: ISO 3166; the number is its register's."""

    country: str
    registration_number: str
    name: str
    email: str = ""
