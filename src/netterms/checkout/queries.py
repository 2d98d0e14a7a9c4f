"""Reads of orders: the list, one order, its papers and its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.checkout.moves import OrderState
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book

# Nobody pages through more; counting millions of rows would take longer than reading the page.
COUNTED_TO = 10_000
ORDERS = """
select o.id, o.order_number, o.buyer_id, b.name as buyer_name, b.buyer_number, b.country,
       o.currency::text as currency, o.amount_minor, o.authorised_minor, o.captured_minor,
       o.refunded_minor, o.state, o.reasons, o.line_currency::text as line_currency, o.rate,
       o.rate_on, o.held_minor, o.net_days, o.discount_percent, o.discount_days, o.instalments,
       o.created_at, o.expires_at, o.version
from credit_order o join buyer b on b.seller_id = o.seller_id and b.id = o.buyer_id
where o.seller_id = %(seller)s
"""
# As the request was answered, with what the line has left today.
ANSWERS = """
select order_answer(o, case when l.buyer_id is not null then
         l.limit_minor + case when %(today)s <= l.top_up_until then l.top_up_minor else 0 end
         - l.held_minor - greatest(l.owed_minor, 0) end)
       || jsonb_build_object('would_change', coalesce(h.hints, '[]')) as answer
from credit_order o
left join credit_line l on l.seller_id = o.seller_id and l.buyer_id = o.buyer_id
 and l.currency = o.line_currency
left join lateral (
  select e.facts -> 'would_change' as hints from event e
  where e.seller_id = o.seller_id and e.subject_id = o.id
    and e.kind = 'checkout.order_' || o.state
  order by e.id limit 1
) h on o.version = 1 and o.state in ('declined', 'pending')
where o.seller_id = %(seller)s
"""
COUNT = "select count(*) from (select from credit_order o where o.seller_id = %(seller)s"
# `text` finds the beginning of an order's number, or of a buyer's name or number.
FILTER = """
  and (%(state)s::text is null or o.state = %(state)s)
  and (%(buyer)s::uuid is null or o.buyer_id = %(buyer)s)
  and (%(after)s::uuid is null or o.id < %(after)s)
  and (%(text)s = '' or o.order_number like %(like)s
       or o.buyer_id in (select f.id from buyer f where f.seller_id = %(seller)s
                         and (f.buyer_number = %(text)s or lower(f.name) like lower(%(like)s))))
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands. Amounts are minor units of `currency`; held of `line_currency`."""

    id: UUID
    order_number: str
    buyer_id: UUID
    buyer_name: str
    buyer_number: str
    country: str
    currency: str
    amount_minor: int
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    state: str
    reasons: list[str]
    line_currency: str | None
    rate: Decimal | None
    rate_on: date | None
    held_minor: int
    net_days: int | None
    discount_percent: Decimal | None
    discount_days: int | None
    instalments: int | None
    created_at: datetime
    expires_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; `after` is the id of the last one seen (the list runs to older ones)."""

    text: str = ""
    state: OrderState | None = None
    buyer_id: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """An invoice or a credit note that an order became."""

    id: UUID
    invoice_number: str
    kind: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One moment in an order's life; `facts` are the order as it was answered then."""

    id: UUID
    happened_at: datetime
    business_date: date
    actor: str
    why: str
    kind: str
    facts: dict[str, Any]


def orders(ctx: Context, asked: OrderFilter, *, most: int = 50, skip: int = 0) -> list[Order]:
    """Orders that match, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            ORDERS + FILTER + " order by o.id desc limit %(most)s offset %(skip)s",
            _params(ctx, asked) | {"most": most, "skip": skip},
        )
    return sql.typed(found, Order)


def order_answers(ctx: Context, asked: OrderFilter, *, most: int = 50) -> list[dict[str, Any]]:
    """Orders that match as they were answered and stand now, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            ANSWERS + FILTER + " order by o.id desc limit %(most)s",
            _params(ctx, asked) | {"most": most, "today": ctx.today},
        )
    return [line["answer"] for line in found]


def order_answer(ctx: Context, order_id: UUID) -> dict[str, Any]:
    """One order as it was answered and stands now; NOT_FOUND for an id the seller has not."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            ANSWERS + " and o.id = %(order)s",
            {"seller": ctx.seller, "order": order_id, "today": ctx.today},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="order", value=str(order_id))
    answer: dict[str, Any] = found["answer"]
    return answer


def count_orders(ctx: Context, asked: OrderFilter) -> int:
    """How many orders match, as far as `COUNTED_TO`."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                COUNT + FILTER + " limit %(most)s) found",
                _params(ctx, asked) | {"most": COUNTED_TO},
            )
        )


def order(ctx: Context, order_id: UUID) -> Order:
    """One order; NOT_FOUND for an id the seller does not have."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            ORDERS + " and o.id = %(order)s", {"seller": ctx.seller, "order": order_id}
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="order", value=str(order_id))
    return sql.typed(found, Order)[0]


def papers_of(ctx: Context, order_id: UUID) -> list[OrderPaper]:
    """Invoices and credit notes of an order, the oldest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select i.id, i.invoice_number, i.kind, i.amount_minor, i.open_minor, i.issued_on,
                   i.due_on, i.settled_on
            from order_invoice p
            join invoice i on i.seller_id = p.seller_id and i.id = p.invoice_id
            where p.seller_id = %(seller)s and p.order_id = %(order)s
            order by i.issued_on, i.due_on, i.invoice_number
            """,
            {"seller": ctx.seller, "order": order_id},
        )
    return sql.typed(found, OrderPaper)


def life_of(ctx: Context, order_id: UUID) -> list[OrderEvent]:
    """Everything that happened to an order, the oldest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, happened_at, business_date, actor, why, kind, facts from event
            where seller_id = %(seller)s and subject_id = %(order)s order by id
            """,
            {"seller": ctx.seller, "order": order_id},
        )
    return sql.typed(found, OrderEvent)


def hints_of(order: Order, life: Sequence[OrderEvent]) -> list[Any]:
    """What would change the answer, as it was told; nothing once the order has moved on."""
    if order.version != 1 or order.state not in {"declined", "pending"}:
        return []
    kind = f"checkout.order_{order.state}"
    told = next((event.facts for event in life if event.kind == kind), {})
    return list(told.get("would_change") or [])


@dataclass(frozen=True, slots=True)
class Declined:
    """How many orders were asked and declined in a time, and those of newcomers among them."""

    orders: int
    orders_declined: int
    newcomers: int
    newcomers_declined: int


def declined_since(ctx: Context, since: date) -> Declined:
    """Orders asked from `since` on; a newcomer counts once, as declined where no order was granted.

    Whoever asked, by policy or by a person: an order counts as it stands now.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            with asked as (
              select o.buyer_id, o.state = 'declined' as is_declined,
                     n.order_id is not null as is_new
              from credit_order o
              left join newcomer_decision n on n.seller_id = o.seller_id and n.order_id = o.id
              where o.seller_id = %(seller)s and o.created_at >= %(since)s::date
            ),
            newcomer as (
              select buyer_id, bool_and(is_declined) as is_declined
              from asked group by buyer_id having bool_or(is_new)
            )
            select (select count(*) from asked) as orders,
                   (select count(*) from asked where is_declined) as orders_declined,
                   (select count(*) from newcomer) as newcomers,
                   (select count(*) from newcomer where is_declined) as newcomers_declined
            """,
            {"seller": ctx.seller, "since": since},
        )
    return sql.typed(found, Declined)[0]


def count_pending(ctx: Context) -> int:
    """How many orders wait for a person, as far as `COUNTED_TO`."""
    return count_orders(ctx, OrderFilter(state=OrderState.PENDING))


def _params(ctx: Context, asked: OrderFilter) -> dict[str, Any]:
    like = asked.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return {
        "seller": ctx.seller,
        "state": asked.state,
        "buyer": asked.buyer_id,
        "after": asked.after,
        "text": asked.text,
        "like": like,
    }
