"""Endpoints that are told events, and every delivery."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    At,
    Id,
    Instant,
    PageSize,
    key_of,
    next_of,
    status_of,
)
from netterms.site.config import config
from netterms.webhooks import actions, queries
from netterms.webhooks.queries import DeliveryFilter, DeliveryState
from netterms.webhooks.rules import LONGEST_URL

router = Router(tags=["webhooks"])
MOST_KINDS = 200


class Webhook(Schema):
    """An endpoint; no `kinds` means every kind. `disabled_why`: `failing`, `gone` or empty."""

    id: UUID
    url: str
    kinds: list[str]
    enabled: bool
    disabled_why: str
    failing_since: Instant | None
    created_at: Instant


class NewWebhook(Webhook):
    """An endpoint with the secret that signs its messages: keep it, it is not told again."""

    secret: str


class Webhooks(Schema):
    """All of them, the oldest first."""

    items: list[Webhook]


class WebhookWanted(Schema):
    """Where to tell what. No `kinds`: every kind."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=LONGEST_URL)
    kinds: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=MOST_KINDS)


class Delivery(Schema):
    """One event for one endpoint; `event_id` is the `webhook-id` of the message."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    kind: str
    state: DeliveryState
    attempts: int
    next_at: Instant | None
    last_status: int | None
    last_error: str
    created_at: Instant
    delivered_at: Instant | None


class Deliveries(Schema):
    """A page of deliveries, the newest first; `next` is the cursor of the page after it."""

    items: list[Delivery]
    next: UUID | None


class Range(Schema):
    """From when until when it happened."""

    model_config = ConfigDict(extra="forbid")

    since: At
    until: At


class Replayed(Schema):
    """How many events the endpoint is told again, or at last."""

    count: int


@router.get("/webhooks", response=Webhooks, summary="List endpoints")
def listing(request: ApiRequest) -> dict[str, Any]:
    """Where this seller's events are told."""
    return {"items": queries.endpoints(request.auth)}


@router.post(
    "/webhooks",
    response={200: NewWebhook, 201: NewWebhook},
    summary="Add an endpoint",
    openapi_extra=KEYED,
)
def add(request: ApiRequest, response: HttpResponse, wanted: WebhookWanted) -> Status[NewWebhook]:
    """Tell events to an https address of the public internet from now on."""
    added = actions.add_endpoint(
        request.auth,
        key_of(request),
        wanted.url,
        wanted.kinds,
        loopback=config().webhook_loopback,
    )
    told = Webhook.from_orm(added.endpoint).dict()
    made = NewWebhook(**told, secret=added.secret)
    return Status(status_of(response, repeated=added.repeated), made)


@router.delete("/webhooks/{webhook_id}", response={204: None}, summary="Remove an endpoint")
def remove(request: ApiRequest, webhook_id: Id) -> Status[None]:
    """Nothing more is told to it, also nothing that waits."""
    actions.remove_endpoint(request.auth, webhook_id)
    return Status(204, None)


@router.post(
    "/webhooks/{webhook_id}/replay",
    response={200: Replayed, 201: Replayed},
    summary="Tell a range again",
    openapi_extra=KEYED,
)
def replay_range(
    request: ApiRequest,
    response: HttpResponse,
    webhook_id: Id,
    asked: Range,
) -> Status[dict[str, int]]:
    """Everything that happened in the range, also what the endpoint was never told."""
    count, repeated = actions.replay_range(
        request.auth, key_of(request), webhook_id, asked.since, asked.until
    )
    return Status(status_of(response, repeated=repeated), {"count": count})


@router.get("/deliveries", response=Deliveries, summary="List deliveries")
def deliveries(
    request: ApiRequest,
    state: DeliveryState | None = None,
    webhook_id: Id | None = None,
    after: Id | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Every event for every endpoint, the newest first."""
    asked = DeliveryFilter(state=state, endpoint_id=webhook_id, after=after)
    found = queries.deliveries(request.auth, asked, most=limit)
    return {
        "items": [_shown(one) for one in found],
        "next": next_of([one.id for one in found], limit),
    }


@router.post(
    "/deliveries/{delivery_id}/replay",
    response={200: Delivery, 201: Delivery},
    summary="Deliver again",
    openapi_extra=KEYED,
)
def replay(request: ApiRequest, response: HttpResponse, delivery_id: Id) -> Status[dict[str, Any]]:
    """Once more, with the same `webhook-id`; also one that was given up."""
    repeated = actions.replay(request.auth, key_of(request), delivery_id)
    shown = _shown(queries.delivery(request.auth, delivery_id))
    return Status(status_of(response, repeated=repeated), shown)


def _shown(found: queries.Delivery) -> dict[str, Any]:
    told = Delivery.from_orm(found).dict()
    return told | {"next_at": found.next_at if found.state == "pending" else None}
