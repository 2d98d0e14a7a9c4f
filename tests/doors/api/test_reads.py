"""The API reads what the console shows, each key its own seller's."""

from __future__ import annotations

from urllib.parse import quote
from uuid import uuid4

import pytest

from netterms.access.actions import create_key
from netterms.doors.api.errors import STATUS
from netterms.kernel.refusal import Code
from netterms.portfolio.live import ageing
from tests.doors.conftest import visitor

LISTS = [
    "/v1/buyers",
    "/v1/invoices",
    "/v1/work",
    "/v1/deadlines",
    "/v1/runs",
]


@pytest.fixture
def caller():
    def make(ctx, scopes=("read",)):
        client, secret = visitor(), create_key(ctx, "test", scopes)
        return lambda path: client.get(path, headers={"authorization": f"Bearer {secret}"})

    return make


def every(get, path):
    """All items of a list that is read page by page."""
    items, cursor = [], ""
    while True:
        page = get(f"{path}{'&' if '?' in path else '?'}limit=7{cursor}").json()
        items += page["items"]
        if not page["next"]:
            return items
        cursor = f"&after={page['next']}"


def test_figures_and_ageing_are_the_books(shop, caller):
    get = caller(shop.ctx)
    aged = ageing(shop.ctx, shop.ctx.today)
    figures = {c["currency"]: c for c in get("/v1/dashboard").json()["currencies"]}
    buckets = {c["currency"]: c for c in get("/v1/ageing").json()["currencies"]}
    for code, one in aged.items():
        assert figures[code]["open"] == {"minor": one.total_minor, "currency": code}
        assert figures[code]["overdue"]["minor"] == one.overdue_minor
        assert sum(b["open"]["minor"] for b in buckets[code]["buckets"]) == one.total_minor
        assert buckets[code]["balance"] == buckets[code]["journal"]


def test_pages_give_every_buyer_and_invoice_once(shop, caller):
    get = caller(shop.ctx)
    buyers = every(get, "/v1/buyers")
    assert sorted(b["id"] for b in buyers) == sorted(str(b) for b in shop.buyers)
    invoices = every(get, "/v1/invoices?only_open=false")
    assert sorted(i["id"] for i in invoices) == sorted(str(i) for i in shop.invoices)
    still_open = every(get, "/v1/invoices")
    assert sum(i["open"]["minor"] for i in still_open) == shop.open_minor
    assert all(i["open"]["minor"] for i in still_open)


def test_one_buyer_with_its_reasons_and_invoices(shop, caller):
    get = caller(shop.ctx)
    late = get("/v1/buyers?stage=3&limit=1").json()["items"][0]
    one = get(f"/v1/buyers/{late['id']}").json()
    assert one["stage"] == 3
    reasons = one["scores"][0]["reasons"]
    assert {r["direction"] for r in reasons} == {"lowered"}
    assert "days past due" in reasons[0]["text"]
    assert one["limits"][0]["granted"]["minor"] == 8_000_000
    mine = every(get, f"/v1/buyers/{late['id']}/invoices")
    assert sum(i["open"]["minor"] for i in mine) == late["open"]["minor"]


def test_the_book_is_read_as_it_was(shop, caller):
    get = caller(shop.ctx)
    before = get("/v1/ageing?as_of=2025-01-01").json()
    assert before == {"as_of": "2025-01-01", "currencies": []}
    assert get("/v1/invoices?as_of=2025-01-01").json()["items"] == []


def test_another_sellers_key_sees_nothing(shop, ctx, caller):
    get = caller(ctx)
    for path in LISTS:
        assert get(path).json()["items"] == [], path
    assert get("/v1/dashboard").json()["currencies"] == []
    for path in (f"/v1/buyers/{shop.buyers[0]}", f"/v1/buyers/{shop.buyers[0]}/invoices"):
        response = get(path)
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"


def test_no_key_a_wrong_key_and_a_key_without_the_scope(shop, caller):
    for headers in ({}, {"authorization": "Bearer nt_wrong"}, {"authorization": "Basic eDp5"}):
        response = visitor().get("/v1/buyers", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.headers["Content-Type"] == "application/problem+json"
    response = caller(shop.ctx, ["import"])("/v1/buyers")
    assert response.status_code == 403
    assert response.json()["errors"][0]["permission"] == "read"


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/v1/buyers?grade=11", "grade", "11"),
        ("/v1/buyers?limit=0", "limit", "0"),
        ("/v1/buyers?country=Germany", "country", "Germany"),
        ("/v1/invoices?as_of=yesterday", "as_of", "yesterday"),
        ("/v1/invoices?after=7", "after", "7"),
        ("/v1/work?stage=5", "stage", "5"),
        ("/v1/orders?state=captured&state=voided", "state", "captured, voided"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_mends_it(shop, caller, path, field, value):
    response = caller(shop.ctx)(path)
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "value_invalid"
    assert problem["status"] == 422
    [error] = problem["errors"]
    assert (error["field"], error["value"]) == (field, value)
    assert error["mend"]


def test_unknown_ids_and_addresses_are_problems(shop, caller):
    get = caller(shop.ctx)
    assert get(f"/v1/buyers/{uuid4()}").status_code == 404
    assert get("/v1/buyers/not-an-id").status_code == 404


def test_sentences_come_in_the_callers_language(shop):
    response = visitor().get("/v1/buyers", headers={"accept-language": "zh-hans"})
    assert response.headers["Content-Language"] == "zh-hans"


def test_every_refusal_has_a_status():
    assert set(STATUS) == set(Code)


def test_a_buyer_is_found_by_its_name_with_a_slip(shop, caller):
    get = caller(shop.ctx)
    one = get("/v1/buyers?limit=1").json()["items"][0]
    slip = one["name"][:2] + one["name"][3:]
    found = get(f"/v1/buyers/search?q={quote(slip)}&limit=50").json()["items"]
    assert one["id"] in {buyer["id"] for buyer in found}
    assert {buyer["id"] for buyer in found} <= {str(buyer) for buyer in shop.buyers}
    [first, *_] = get(f"/v1/buyers/search?q={one['buyer_number']}").json()["items"]
    assert (first["buyer_number"], first["score"]) == (one["buyer_number"], 100)
    assert get("/v1/buyers/search").json() == {"items": []}
