"""Endpoints, deliveries and attempts, as people and programs see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Event
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book

ROOMS = (
    "access",
    "buyers",
    "receivables",
    "scoring",
    "insurance",
    "limits",
    "checkout",
    "monitoring",
    "early_payment",
    "collection",
    "collection.legal",
    "collection.letters",
    "collection.mail",
    "reports",
    "screening",
    "statements",
    "terms",
    "webhooks",
)
ENDPOINT = """
select id, url, kinds, enabled, disabled_why, failing_since, created_at, old_secret_until
from webhook_endpoint where seller_id = %(seller)s and removed_at is null
"""
DELIVERY = """
select d.id, d.endpoint_id, d.event_id, d.kind, d.queue, d.state, d.attempts, d.next_at,
       d.last_status, d.last_error, d.created_at, d.delivered_at, e.url
from webhook_delivery d
join webhook_endpoint e on e.seller_id = d.seller_id and e.id = d.endpoint_id
where d.seller_id = %(seller)s
"""
CHOSEN = """
  and (%(state)s::text is null or d.state = %(state)s)
  and (%(endpoint)s::uuid is null or d.endpoint_id = %(endpoint)s)
  and (%(after)s::uuid is null or d.id < %(after)s)
"""


class DeliveryState(StrEnum):
    """Waiting or under way, received, or given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events are told; no `kinds` means all. Its secret is not here."""

    id: UUID
    url: str
    kinds: list[str]
    enabled: bool
    disabled_why: str
    failing_since: datetime | None
    created_at: datetime
    old_secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint. `queue` is the buyer, or what the event is about."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    kind: str
    queue: str
    state: str
    attempts: int
    next_at: datetime
    last_status: int | None
    last_error: str
    created_at: datetime
    delivered_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt and what came back: the beginning of the body as text."""

    attempt: int
    started_at: datetime
    seconds: float
    status: int | None
    error: str
    body: str


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries."""

    state: DeliveryState | None = None
    endpoint_id: UUID | None = None
    after: UUID | None = None


@cache
def known_kinds() -> tuple[str, ...]:
    """Every kind of event that can be told."""
    found = {
        value.kind
        for room in ROOMS
        for value in vars(import_module(f"netterms.{room}.events")).values()
        if isinstance(value, type) and issubclass(value, Event)
    }
    return tuple(sorted(found - {""}))


def endpoints(ctx: Context) -> list[Endpoint]:
    """The seller's endpoints, the oldest first."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        found = sql.rows(ENDPOINT + " order by created_at, id", {"seller": ctx.seller})
    return sql.typed(found, Endpoint)


def endpoint(ctx: Context, endpoint_id: UUID) -> Endpoint:
    """One endpoint; NOT_FOUND."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        found = sql.rows(ENDPOINT + " and id = %(id)s", {"seller": ctx.seller, "id": endpoint_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="webhook", value=str(endpoint_id))
    return sql.typed(found, Endpoint)[0]


def deliveries(ctx: Context, asked: DeliveryFilter, *, most: int, skip: int = 0) -> list[Delivery]:
    """Deliveries, the newest first."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        found = sql.rows(
            DELIVERY + CHOSEN + " order by d.id desc limit %(most)s offset %(skip)s",
            _chosen(ctx, asked) | {"most": most, "skip": skip},
        )
    return sql.typed(found, Delivery)


def count_deliveries(ctx: Context, asked: DeliveryFilter) -> int:
    """How many deliveries `asked` means."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        counted = sql.value(
            f"select count(*) from ({DELIVERY} {CHOSEN}) found",  # noqa: S608 - our own text
            _chosen(ctx, asked),
        )
    return int(counted)


def delivery(ctx: Context, delivery_id: UUID) -> Delivery:
    """One delivery; NOT_FOUND."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        found = sql.rows(DELIVERY + " and d.id = %(id)s", {"seller": ctx.seller, "id": delivery_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="delivery", value=str(delivery_id))
    return sql.typed(found, Delivery)[0]


def attempts(ctx: Context, delivery_id: UUID) -> list[Attempt]:
    """Every attempt of a delivery, the latest first."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        found = sql.rows(
            """
            select attempt, started_at, seconds::float8 as seconds, status, error, body
            from webhook_attempt where seller_id = %(seller)s and delivery_id = %(id)s
            order by attempt desc limit 200
            """,
            {"seller": ctx.seller, "id": delivery_id},
        )
    return sql.typed(found, Attempt)


def sellers_to_tell() -> list[UUID]:
    """Sellers with an endpoint that is on."""
    return [line["id"] for line in sql.rows("select webhook_sellers() as id")]


def _chosen(ctx: Context, asked: DeliveryFilter) -> dict[str, Any]:
    return {
        "seller": ctx.seller,
        "state": asked.state.value if asked.state else None,
        "endpoint": asked.endpoint_id,
        "after": asked.after,
    }
