"""API keys, webhook endpoints and deliveries in every state, for the pages that show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from netterms.access.actions import create_key, revoke_key, rotate_key
from netterms.access.queries import keys_of
from netterms.doors.console import words
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from netterms.kernel.ids import new_id
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.webhooks.actions import add_endpoint, remove_endpoint, switch_endpoint
from tests.doors.seed import insert

URL = "https://hooks.example.com"


def keys(seller: Context) -> None:
    """Keys for the live and the test book, one over, one with two secrets, one revoked."""
    now = SystemClock().now()
    ctx = replace(seller, now=now, today=now.date())
    create_key(ctx, "Shop <b>Bold</b>", ["read", "checkout"], requests_per_second=1500)
    create_key(ctx, "Trial", ["checkout"], test=True)
    create_key(ctx, "May nothing", [])
    long_ago = replace(ctx, now=now - timedelta(days=60))
    create_key(long_ago, "Over", ["read"], expires_at=now - timedelta(days=1))
    create_key(ctx, "Rotated", ["read"], expires_at=now + timedelta(days=90))
    create_key(ctx, "Revoked", ["import"])
    named = {key.name: key.id for key in keys_of(ctx)}
    rotate_key(ctx, named["Rotated"], now + timedelta(days=7))
    revoke_key(ctx, named["Revoked"])


def endpoints(seller: Context) -> dict[str, UUID]:
    """Endpoints that work, fail, are off by a person, off by themselves, and one removed."""
    now = SystemClock().now()
    ctx = replace(seller, now=now, today=now.date())
    made = {
        name: add_endpoint(ctx, f"add/{name}", f"{URL}/{name}", kinds).endpoint.id
        for name, kinds in (
            ("all", []),
            ("some", ["checkout.order_authorised", "checkout.order_declined"]),
            ("off", []),
            ("removed", []),
            *((why, []) for why in words.DISABLED_WHY),
        )
    }
    switch_endpoint(ctx, made["off"], enabled=False)
    remove_endpoint(ctx, made["removed"])
    with book(ctx):
        _update(ctx, made["some"], failing_since=now - timedelta(hours=3))
        for why in words.DISABLED_WHY:
            _update(ctx, made[why], enabled=False, disabled_why=why)
    return made


def deliveries(seller: Context, endpoint: UUID) -> list[UUID]:
    """Deliveries in every state, with every answer and every error, and one not tried yet."""
    now = SystemClock().now()
    ctx = replace(seller, now=now, today=now.date())
    outcomes = [
        ("pending", None, ""),
        ("delivered", 200, ""),
        ("failed", 500, ""),
        *(("pending", None, error) for error in words.DELIVERY_ERRORS),
    ]
    made = []
    with book(ctx):
        for state, status, error in outcomes:
            made.append(_delivery(ctx, endpoint, state, status, error))
    return made


def _delivery(ctx: Context, endpoint: UUID, state: str, status: int | None, error: str) -> UUID:
    made, tried = new_id(ctx.now), bool(status or error)
    insert(
        "webhook_delivery",
        seller_id=ctx.seller,
        id=made,
        endpoint_id=endpoint,
        event_id=new_id(ctx.now),
        kind="checkout.order_authorised",
        queue="B-1",
        state=state,
        next_at=ctx.now,
        attempts=int(tried),
        last_status=status,
        last_error=error,
        created_at=ctx.now,
        delivered_at=ctx.now if state == "delivered" else None,
    )
    if tried:
        insert(
            "webhook_attempt",
            seller_id=ctx.seller,
            delivery_id=made,
            attempt=1,
            started_at=ctx.now,
            seconds="0.250",
            status=status,
            error=error,
            body="<b>Bold</b> thanks" if status else "",
        )
    return made


def _update(ctx: Context, endpoint: UUID, **values: object) -> None:
    what = ", ".join(f"{name} = %({name})s" for name in values)
    sql.execute(
        f"update webhook_endpoint set {what} where seller_id = %(seller)s and id = %(id)s",
        values | {"seller": ctx.seller, "id": endpoint},
    )
