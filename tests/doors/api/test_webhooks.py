"""Endpoints and deliveries over HTTP: one answer a key, and nobody else's book."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.kernel.clock import SystemClock
from netterms.webhooks.actions import deliver
from netterms.webhooks.ports import Answer
from netterms.webhooks.queries import known_kinds
from tests.doors.conftest import visitor

URL = "https://example.com/hook"


class Ear:
    """Takes what it is told, with one status."""

    def __init__(self, status=200):
        self.status = status

    def post(self, url, headers, body):
        return Answer(self.status, "heard")


def caller(ctx, *scopes):
    client, secret = visitor(), create_key(ctx, "hooks", scopes or ["manage_access"])

    def call(method, path, body=None, key="k1"):
        said = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": key} if key else {})
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        return client.generic(
            method, f"/v1/{path}", text, content_type="application/json", headers=said
        )

    return call


def tell(ctx, status=200):
    # The door asks the machine's clock: who delivers what was asked there must be no earlier.
    with ThreadPoolExecutor(2) as pool:
        return deliver(ctx, Ear(status), pool, SystemClock())


def test_an_endpoint_is_added_once_a_key_and_its_secret_shown_to_the_one_who_asked(ctx):
    call = caller(ctx)
    first = call("POST", "webhooks", {"url": URL, "kinds": ["checkout.order_authorised"]})
    assert first.status_code == 201
    assert first.json()["secret"].startswith("whsec_")
    again = call("POST", "webhooks", {"url": URL, "kinds": ["checkout.order_authorised"]})
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = call("POST", "webhooks", {"url": URL})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    [listed] = call("GET", "webhooks").json()["items"]
    assert "secret" not in listed
    assert listed["url"] == URL


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": URL, "kinds": ["no.kind"]}, "kinds"),
        ({"url": URL, "more": 1}, "more"),
        ({}, "url"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_field(ctx, body, field):
    said = caller(ctx)("POST", "webhooks", body)
    assert said.status_code == 422
    assert said.json()["errors"][0]["field"] == field


def test_every_post_needs_a_key(ctx):
    call = caller(ctx)
    for path in ("webhooks", f"webhooks/{uuid4()}/replay", f"deliveries/{uuid4()}/replay"):
        body = {"url": URL} if path == "webhooks" else {"since": "2026-01-01T00:00:00Z"}
        if path.startswith("webhooks/"):
            body["until"] = "2026-02-01T00:00:00Z"
        said = call("POST", path, body, key="")
        assert (said.status_code, said.json()["errors"][0]["field"]) == (422, "idempotency_key")


def test_a_delivery_is_listed_and_delivered_again(ctx):
    call = caller(ctx)
    call("POST", "webhooks", {"url": URL, "kinds": ["access.key_created"]})
    create_key(ctx, "something that happens", ["read"])
    assert tell(ctx) == 1
    [done] = call("GET", "deliveries?state=delivered").json()["items"]
    assert (done["kind"], done["last_status"]) == ("access.key_created", 200)
    again = call("POST", f"deliveries/{done['id']}/replay", key="k2")
    assert (again.status_code, again.json()["state"]) == (201, "pending")
    assert call("POST", f"deliveries/{done['id']}/replay", key="k2").status_code == 200
    assert tell(ctx) == 1
    [twice] = call("GET", "deliveries?state=delivered").json()["items"]
    assert (twice["id"], twice["event_id"], twice["attempts"]) == (done["id"], done["event_id"], 2)
    assert call("GET", f"deliveries?webhook_id={uuid4()}").json() == {"items": [], "next": None}


def test_a_removed_endpoint_is_gone(ctx):
    call = caller(ctx)
    made = call("POST", "webhooks", {"url": URL}).json()
    assert call("DELETE", f"webhooks/{made['id']}").status_code == 204
    assert call("DELETE", f"webhooks/{made['id']}").status_code == 404
    assert call("GET", "webhooks").json() == {"items": []}


def test_a_range_is_told_again(ctx):
    call = caller(ctx)
    made = call("POST", "webhooks", {"url": URL, "kinds": ["access.key_created"]}).json()
    span = {"since": "2026-05-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}
    said = call("POST", f"webhooks/{made['id']}/replay", span, key="k2")
    # The key that asks was made before the endpoint was, and is told of now.
    assert (said.status_code, said.json()) == (201, {"count": 1})


def test_another_sellers_ids_are_ids_nobody_has(ctx, new_seller):
    mine = caller(ctx)
    made = mine("POST", "webhooks", {"url": URL}).json()
    create_key(ctx, "x", ["read"])
    tell(ctx)
    done = mine("GET", "deliveries").json()["items"][0]
    theirs = caller(new_seller())
    span = {"since": "2026-05-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}
    assert theirs("DELETE", f"webhooks/{made['id']}").status_code == 404
    assert theirs("POST", f"webhooks/{made['id']}/replay", span).status_code == 404
    assert theirs("POST", f"deliveries/{done['id']}/replay").status_code == 404
    assert theirs("GET", "deliveries").json()["items"] == []


def test_a_key_without_the_scope_may_do_nothing_of_it(ctx):
    call = caller(ctx, "read", "checkout")
    for method, path in (("GET", "webhooks"), ("GET", "deliveries"), ("POST", "webhooks")):
        assert call(method, path, {"url": URL}).status_code == 403


def test_kinds_of_every_room_can_be_told():
    assert {
        "checkout.order_authorised",
        "limits.line_changed",
        "webhooks.endpoint_disabled",
    } <= set(known_kinds())
