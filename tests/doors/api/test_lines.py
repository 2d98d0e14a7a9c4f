"""Credit lines and orders over the API: versions, other sellers' ids, the whole of an order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.checkout.actions import authorise, move
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms, set_line
from tests.actions.books import Line, bring_in, buyer_id, fingerprint
from tests.doors.conftest import visitor

SCOPES = ("read", "set_limit")


def calls(ctx, scopes=SCOPES):
    """Makes calls with a key of the seller: `call("put", path, body, if_match='"1"')`."""
    client, secret = visitor(), create_key(ctx, "test", scopes)

    def call(verb, path, body=None, **headers):
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said["authorization"] = f"Bearer {secret}"
        sent = {} if body is None else {"data": json.dumps(body)}
        return getattr(client, verb)(path, headers=said, content_type="application/json", **sent)

    return call


@pytest.fixture
def buyer(ctx):
    bring_in(ctx, Line(buyer="7", amount=500, number="A"))
    return buyer_id(ctx, "7")


def test_a_line_is_opened_read_and_changed_by_its_version(ctx, buyer):
    call, path = calls(ctx), f"/v1/buyers/{buyer}/lines/EUR"
    assert call("get", path).status_code == 404
    opened = call("put", path, {"limit_minor": 2000, "why": "new customer"})
    assert opened.status_code == 201
    assert (opened.json()["owed_minor"], opened.json()["available_minor"]) == (500, 1500)
    tag = call("get", path).headers["ETag"]
    wanted = {"limit_minor": 3000, "top_up": {"minor": 100, "until": "2099-12-31"}, "why": "more"}
    no_tag = call("put", path, wanted)
    assert (no_tag.status_code, no_tag.json()["errors"][0]["field"]) == (422, "if_match")
    old = call("put", path, wanted, if_match='"999"')
    assert (old.status_code, old.json()["code"]) == (412, "changed_meanwhile")
    changed = call("put", path, wanted, if_match=tag)
    assert changed.status_code == 200
    assert changed.json()["available_minor"] == 2600
    again = call("put", path, wanted, if_match=changed.headers["ETag"])
    assert again.headers["ETag"] == changed.headers["ETag"] != tag
    history = call("get", path).json()["history"]
    assert [(h["why"], h["after"]["limit_minor"]) for h in history] == [
        ("more", 3000),
        ("new customer", 2000),
    ]
    [line] = call("get", f"/v1/buyers/{buyer}/lines").json()["items"]
    assert line["top_up"] == {"minor": 100, "until": "2099-12-31"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"statsu": "on_hold"}, "statsu"),
        ({"terms": {"net_day": 10}}, "terms.net_day"),
        ({"top_up": {"minor": 5, "until": "2099-01-01", "x": 1}}, "top_up.x"),
        ({"top_up": {"minor": 5, "until": 4_070_908_800}}, "top_up.until"),
        ({"top_up": {"minor": 5, "until": "2020-01-01"}}, "top_up_until"),
    ],
)
def test_what_a_line_has_not_or_a_top_up_that_is_over_is_refused(ctx, buyer, change, field):
    call, path = calls(ctx), f"/v1/buyers/{buyer}/lines/EUR"
    said = call("put", path, {"limit_minor": 2000} | change)
    assert (said.status_code, said.json()["errors"][0]["field"]) == (422, field)
    assert call("get", path).status_code == 404
    cap = {"kind": "country", "key": "DE", "limit_minor": 700, "limit": 1}
    assert call("put", "/v1/caps", cap).json()["errors"][0]["field"] == "limit"


def test_a_top_up_that_ended_may_be_said_again_as_it_was(ctx, buyer):
    then = replace(ctx, today=ctx.today - timedelta(days=9))
    terms = LineTerms(2000, top_up_minor=5, top_up_until=then.today)
    line = set_line(then, buyer, "EUR", terms)
    same = {"minor": 5, "until": then.today.isoformat()}
    call, path = calls(ctx), f"/v1/buyers/{buyer}/lines/EUR"
    said = call("put", path, {"limit_minor": 3000, "top_up": same}, if_match=f'"{line.version}"')
    assert said.status_code == 200


def test_preconditions_are_those_of_http(ctx, buyer):
    call, path = calls(ctx), f"/v1/buyers/{buyer}/lines/EUR"
    nobody = f"/v1/buyers/{uuid4()}/lines/EUR"
    assert call("put", path, {"limit_minor": 1}, if_match="*").status_code == 412
    assert call("put", nobody, {"limit_minor": 1}, if_match="*").status_code == 404
    assert call("put", path, {"limit_minor": 2000}, if_none_match="*").status_code == 201
    again = call("put", path, {"limit_minor": 2001}, if_none_match="*")
    assert (again.status_code, again.json()["code"]) == (412, "changed_meanwhile")
    tag = call("get", path).headers["ETag"]
    for limit, given in enumerate((f'"999", {tag}', "*", f'{tag} , "x"'), 3000):
        given = given.replace(tag, call("get", path).headers["ETag"])
        assert call("put", path, {"limit_minor": limit}, if_match=given).status_code == 200, given
    now = call("get", path).headers["ETag"]
    for given in ('"999", "998"', f"W/{now}", '"abc"'):
        assert call("put", path, {"limit_minor": 1}, if_match=given).status_code == 412, given
    for given in ("7", '"7', "*,*", f"{now} {now}"):
        wrong = call("put", path, {"limit_minor": 1}, if_match=given)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "If-Match"), given
    for given in (now, f"W/{now}", f'"1000", {now}', "*"):
        same = call("get", path, if_none_match=given)
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", now), given
    assert call("get", path, if_none_match='"999"').status_code == 200
    assert call("get", path).json()["limit_minor"] == 3002


def test_a_line_needs_the_scope_and_a_buyer(ctx, buyer):
    path = f"/v1/buyers/{buyer}/lines/EUR"
    refused = calls(ctx, ("read",))("put", path, {"limit_minor": 1})
    assert (refused.status_code, refused.json()["errors"][0]["permission"]) == (403, "set_limit")
    call = calls(ctx)
    assert call("put", f"/v1/buyers/{uuid4()}/lines/EUR", {"limit_minor": 1}).status_code == 404
    assert call("put", path, {"limit_minor": -1}).status_code == 422
    broken = visitor().put(path, "{", content_type="application/json")
    assert broken.status_code == 401


def test_orders_come_in_pages_and_whole(ctx, buyer):
    set_line(ctx, buyer, "EUR", LineTerms(limit_minor=10_000))
    asked = [OrderRequest(f"k{n}", f"n{n}", buyer, Money(100, "EUR")) for n in range(5)]
    answers = [answer.order for answer in authorise(ctx, [*asked])]
    [captured] = move(ctx, [MoveRequest("c", answers[0]["id"], OrderMove.CAPTURE)])
    call = calls(ctx)
    first = call("get", "/v1/orders?limit=3").json()
    rest = call("get", f"/v1/orders?limit=3&after={first['next']}").json()
    found = first["items"] + rest["items"]
    assert [order["id"] for order in found] == sorted((a["id"] for a in answers), reverse=True)
    assert rest["next"] is None
    [only] = call("get", "/v1/orders?state=captured").json()["items"]
    one = call("get", f"/v1/orders/{only['id']}").json()
    assert [event["kind"] for event in one["events"]] == [
        "checkout.order_authorised",
        "checkout.order_captured",
    ]
    assert [paper["amount_minor"] for paper in one["invoices"]] == [100]
    assert one["credit_line"]["held_minor"] == 400
    assert one["credit_line"]["owed_minor"] == 600
    said = captured.order
    for name in ("created_at", "expires_at", "terms", "state", "version"):
        assert one[name] == said[name]


def test_another_sellers_key_reads_and_changes_nothing(ctx, buyer, new_seller):
    line = set_line(ctx, buyer, "EUR", LineTerms(limit_minor=10_000))
    [answer] = authorise(ctx, [OrderRequest("k", "n", buyer, Money(100, "EUR"))])
    before, call = fingerprint(ctx), calls(new_seller())
    path = f"/v1/buyers/{buyer}/lines/EUR"
    tag = f'"{line.version + 1}"'
    assert call("get", path).status_code == 404
    assert call("put", path, {"limit_minor": 1}, if_match=tag).status_code == 404
    assert call("put", path, {"limit_minor": 1}).status_code == 404
    assert call("get", f"/v1/buyers/{buyer}/lines").status_code == 404
    assert call("get", f"/v1/orders/{answer.order['id']}").status_code == 404
    assert call("get", f"/v1/orders?buyer_id={buyer}").json()["items"] == []
    assert fingerprint(ctx) == before


def test_caps_are_set_read_and_removed(ctx, buyer, new_seller):
    set_line(ctx, buyer, "EUR", LineTerms(limit_minor=10_000))
    call, other = calls(ctx), calls(new_seller())
    cap = {"kind": "country", "key": "DE", "limit_minor": 700}
    made = call("put", "/v1/caps", cap)
    assert made.status_code == 200
    assert made.json()["used_minor"] == 500
    assert call("put", "/v1/caps", cap | {"limit_minor": 900}).json()["id"] == made.json()["id"]
    assert calls(ctx, ("read",))("put", "/v1/caps", cap).status_code == 403
    assert call("put", "/v1/caps", cap | {"key": "Germany"}).status_code == 422
    group = {"kind": "group", "key": str(buyer), "limit_minor": 1}
    assert other("put", "/v1/caps", group).status_code == 404
    assert other("get", "/v1/caps").json()["items"] == []
    gone = "/v1/caps?kind=country&key=DE"
    assert other("delete", gone).status_code == 404
    assert [c["limit_minor"] for c in call("get", "/v1/caps").json()["items"]] == [900]
    assert call("delete", gone).status_code == 204
    assert call("delete", gone).status_code == 404
    assert call("get", "/v1/caps").json()["items"] == []
