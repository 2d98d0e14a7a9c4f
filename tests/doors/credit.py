"""Credit lines and orders in every state, made with the real use cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from netterms.checkout.actions import authorise, expire_orders, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms, set_line
from netterms.store.tenancy import book
from tests.doors.seed import insert


@dataclass
class Credit:
    """A buyer with a line of 10,000.00 EUR, one without, and orders by state."""

    ctx: Context
    buyer: UUID
    lineless: UUID
    orders: dict[str, UUID]


def buyer(ctx: Context, number: str, name: str) -> UUID:
    made = new_id(ctx.now)
    with book(ctx):
        insert("buyer", seller_id=ctx.seller, id=made, buyer_number=number, name=name, country="DE")
    return made


def ask(ctx: Context, to: UUID, number: str, minor: int, **more) -> UUID:
    request = OrderRequest(f"ask/{number}", number, to, Money(minor, "EUR"), **more)
    return order_of(authorise(ctx, [request])[0])


def do(ctx: Context, order: UUID, kind: OrderMove, minor: int | None = None) -> None:
    assert move(ctx, [MoveRequest(f"{kind}/{order}", order, kind, minor)])[0].status == 201


def credit(seller: Context) -> Credit:
    # The console lives now: an order of a fixed day would have expired.
    now = SystemClock().now()
    ctx = replace(seller, now=now, today=now.date())
    made = Credit(ctx, buyer(ctx, "B-1", "Nordlicht <b>Bold</b> GmbH"), UUID(int=0), {})
    made.lineless = buyer(ctx, "B-2", "Atelier Dubois SARL")
    set_line(ctx, made.buyer, "EUR", LineTerms(10_000_00), "First line after the credit report")
    orders = made.orders
    long_ago = replace(ctx, now=ctx.now - timedelta(days=10), today=ctx.today - timedelta(days=10))
    orders["expired"] = ask(long_ago, made.buyer, "S-1", 100_00)
    assert expire_orders(ctx) == 1
    for n, state in enumerate(("authorised", "part_captured", "captured", "voided"), 2):
        orders[state] = ask(ctx, made.buyer, f"S-{n}", 1_000_00)
    do(ctx, orders["part_captured"], OrderMove.CAPTURE, 400_00)
    do(ctx, orders["captured"], OrderMove.CAPTURE)
    do(ctx, orders["captured"], OrderMove.REFUND, 100_00)
    do(ctx, orders["voided"], OrderMove.VOID)
    orders["declined"] = ask(ctx, made.buyer, "S-6", 90_000_00)
    orders["pending"] = ask(ctx, made.lineless, "S-7", 2_500_00, review=True)
    return made
