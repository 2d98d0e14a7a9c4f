"""POST /v1/orders/new-buyer: one answer a key, problems with fields, and nobody else's book."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from datetime import UTC, timedelta, timezone

import pytest

from netterms.access.actions import create_key
from netterms.checkout.policies import draft, put_in_force
from netterms.kernel.clock import SystemClock
from tests.actions.books import value
from tests.actions.checkout.test_newcomers import TRUSTING
from tests.doors.conftest import visitor

PATH = "/v1/orders/new-buyer"
ASKED = {
    "buyer": {
        "country": "FR",
        "registration_number": "552 008 443",
        "name": "Dubois SARL",
        "email": "achats@dubois.example",
    },
    "order_number": "S-1",
    "amount": {"minor": 50_000, "currency": "EUR"},
}


def caller(ctx, *scopes):
    client, secret = visitor(), create_key(ctx, "shop", scopes)

    def call(body, key="k1", language="en"):
        said = {"authorization": f"Bearer {secret}", "accept-language": language}
        said |= {"idempotency-key": key} if key else {}
        text = body if isinstance(body, str) else json.dumps(body)
        return client.post(PATH, text, content_type="application/json", headers=said)

    return call


def asked(**changed):
    """The request with `buyer__name="x"` changed inside it."""
    body = deepcopy(ASKED)
    for path, new in changed.items():
        *outer, last = path.split("__")
        inside = body[outer[0]] if outer else body
        inside[last] = new
    return body


def test_authorised_at_once_by_policy_and_the_same_words_the_second_time(ctx):
    put_in_force(ctx, draft(ctx, TRUSTING, ""), "test")
    call = caller(ctx, "checkout")
    first = call(ASKED)
    assert (first.status_code, first.json()["state"]) == (201, "authorised")
    assert first.json()["line"]["available_minor"] == 150_000
    assert "Idempotent-Replayed" not in first.headers
    again = call(ASKED)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = call(asked(order_number="S-2"))
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    taken = call(ASKED, key="k2")
    assert (taken.status_code, taken.json()["code"]) == (409, "order_number_taken")


def test_the_same_instant_in_another_zone_is_the_same_request(ctx):
    call, ends = caller(ctx, "checkout"), SystemClock().now() + timedelta(days=3)
    first = call(asked(expires_at=ends.astimezone(UTC).isoformat()))
    assert first.status_code == 201, first.content
    taipei = ends.astimezone(timezone(timedelta(hours=8)))
    again = call(asked(expires_at=taipei.isoformat()))
    assert (again.status_code, again.content) == (200, first.content)
    later = call(asked(expires_at=(taipei + timedelta(seconds=1)).isoformat()))
    assert (later.status_code, later.json()["code"]) == (409, "key_reused")


def test_the_answer_tells_grade_and_reasons_in_the_readers_language(ctx):
    call = caller(ctx, "checkout")
    first = call(ASKED).json()["score"]
    assert (first["grade"], first["confidence"], first["scorecard"]) == (5, 0, "blocks_v2")
    assert first["probability_of_default"] == pytest.approx(0.02, abs=0.0001)
    [reason] = first["reasons"]
    assert (reason["code"], reason["direction"]) == ("nothing_known", "lowered")
    assert reason["text"].startswith("Nothing is known of the company yet")
    again = call(ASKED, language="zh-hans").json()["score"]
    assert again == first | {"reasons": [reason | {"text": again["reasons"][0]["text"]}]}
    assert "一无所知" in again["reasons"][0]["text"]


def test_without_a_policy_it_is_pending_with_reasons(ctx):
    answer = caller(ctx, "checkout")(ASKED)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending")
    assert "not_screened" in answer.json()["reasons"]


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({}, "", "idempotency_key"),
        ({}, "k" * 256, "idempotency_key"),
        ({}, "a\tb", "idempotency_key"),
        ({}, "\xe9", "idempotency_key"),
        ({"buyer__registration_number": "552 008 444"}, "k", "registration_number"),
        ({"buyer__registration_number": "--"}, "k", "registration_number"),
        ({"buyer__country": "fr"}, "k", "buyer.country"),
        # The United Kingdom is GB: its caps, lists and policy would not have held for such a buyer.
        ({"buyer__country": "UK"}, "k", "country"),
        ({"buyer__name": "a\u0000b"}, "k", "name"),
        ({"buyer__email": "nobody"}, "k", "email"),
        ({"amount__minor": "50000"}, "k", "amount.minor"),
        ({"amount__minor": 0}, "k", "amount.minor"),
        ({"amount__currency": "euro"}, "k", "amount.currency"),
        ({"order_number": ""}, "k", "order_number"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "k", "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "k", "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "k", "expires_at"),
        ({"partial": "yes"}, "k", "partial"),
        ({"unknown": 1}, "k", "unknown"),
    ],
)
def test_what_cannot_be_names_its_field_and_leaves_nothing_behind(ctx, changed, key, field):
    answer = caller(ctx, "checkout")(asked(**changed), key)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "value_invalid"), problem
    assert problem["errors"][0]["field"] == field
    assert value(ctx, "select count(*) from buyer") == 0


@pytest.mark.parametrize("written", [int, str])
def test_seconds_since_1970_are_no_instant(ctx, written):
    seconds = written(int(time.time()) + 86_400)
    answer = caller(ctx, "checkout")(asked(expires_at=seconds))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "expires_at"


def test_the_key_needs_the_scope_and_works_in_its_own_book_only(ctx, new_seller):
    refused = caller(ctx, "read", "set_limit")(ASKED)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert visitor().post(PATH, ASKED, content_type="application/json").status_code == 401
    other = new_seller()
    first, second = caller(ctx, "checkout")(ASKED), caller(other, "checkout")(ASKED)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert [value(c, "select count(*) from buyer") for c in (ctx, other)] == [1, 1]


def test_a_body_that_is_not_json_is_a_problem(ctx):
    assert 400 <= caller(ctx, "checkout")("{").status_code < 500
