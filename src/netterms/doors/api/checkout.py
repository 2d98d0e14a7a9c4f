"""Orders, as they were answered and stand now. Asking for credit is the gateway's."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema

from netterms.checkout import queries
from netterms.checkout.moves import OrderState
from netterms.doors.api.limits import CreditLineShown, line_shown
from netterms.doors.api.shapes import (
    ApiRequest,
    Id,
    Instant,
    PageSize,
    Problem,
    Text,
    next_of,
)
from netterms.limits import queries as limits

router = Router(tags=["checkout"])
Number = Annotated[float, Field(ge=0)]


class Outcome(StrEnum):
    """What became of a move."""

    DONE = "done"
    DECLINED = "declined"


class HeldOn(Schema):
    """The line an order is held on. `rate`: minor units of the line for one of the order's."""

    currency: str
    rate: Number | None
    rate_on: date | None
    held_minor: int
    available_minor: int | None


class OrderTerms(Schema):
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early.

    `due_on`: the day of each instalment of goods invoiced on the day the order was asked for; null
    where that is not known.
    """

    net_days: int
    instalments: int
    discount_percent: Number
    discount_days: int
    due_on: list[date] | None


class Hint(Schema):
    """What would change the answer; `amount_minor` of `ask_less` is what there is room for."""

    action: str
    amount_minor: int | None


class Order(Schema):
    """An order. Amounts are minor units of `currency`; those of `line` of the line's."""

    id: UUID
    order_number: str
    buyer_id: UUID
    state: OrderState
    reasons: list[str]
    would_change: list[Hint]
    currency: str
    amount_minor: int
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    line: HeldOn | None
    terms: OrderTerms | None
    created_at: Instant
    expires_at: Instant
    version: int


class Orders(Schema):
    """A page of orders, the newest first; `next` is the cursor of the page after it."""

    items: list[Order]
    next: UUID | None


class OrderInvoice(Schema):
    """An invoice or a credit note that an order became; `open_minor` is not paid yet."""

    id: UUID
    invoice_number: str
    kind: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    settled_on: date | None


class OrderMoment(Schema):
    """One moment in an order's life; `facts` is the answer that was given then."""

    id: UUID
    happened_at: Instant
    business_date: date
    actor: str
    why: str
    kind: str
    facts: dict[str, Any]


class OrderDetail(Order):
    """An order with its life, its papers and the line it is held on as that stands now."""

    events: list[OrderMoment]
    invoices: list[OrderInvoice]
    credit_line: CreditLineShown | None


class MovedPaper(Schema):
    """An invoice or a credit note that a capture or a refund made."""

    id: UUID
    invoice_number: str
    kind: str
    amount_minor: int
    issued_on: date
    due_on: date


class Moved(Order):
    """The order after a move. `outcome` is `declined`, with `reasons`, where its line lacks room.

    `amount_moved_minor`: what was invoiced or credited; `invoices` are there after a capture or a
    refund.
    """

    outcome: Outcome
    amount_moved_minor: int | None
    invoices: list[MovedPaper] = Field([])


class BatchAnswer(Schema):
    """What became of one order of a batch: an order, or from 400 on a problem."""

    status: int
    body: Order | Problem


class BatchAnswers(Schema):
    """The answers, in the order of the orders."""

    answers: list[BatchAnswer]


@router.get("/orders", response=Orders, summary="List orders")
def listing(
    request: ApiRequest,
    q: Text = "",
    state: OrderState | None = None,
    buyer_id: Id | None = None,
    after: Id | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """The newest first. `q` is the beginning of an order's number, or of a buyer's name."""
    asked = queries.OrderFilter(text=q, state=state, buyer_id=buyer_id, after=after)
    found = queries.order_answers(request.auth, asked, most=limit)
    return {"items": found, "next": next_of([UUID(order["id"]) for order in found], limit)}


@router.get("/orders/{order_id}", response=OrderDetail, summary="One order")
def one(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """An order with everything that happened to it, its invoices and its line."""
    ctx = request.auth
    order = queries.order_answer(ctx, order_id)
    held_on = order["line"]["currency"] if order["line"] else None
    lines = limits.lines_of(ctx, UUID(order["buyer_id"])) if held_on else {}
    return order | {
        "events": queries.life_of(ctx, order_id),
        "invoices": queries.papers_of(ctx, order_id),
        "credit_line": line_shown(lines[held_on]) if held_on else None,
    }
