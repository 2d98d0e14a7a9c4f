"""Every answer of the gateway, from a real server in front of a real PostgreSQL."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from netterms.receivables.periods import close_period
from tests.actions.books import rows
from tests.doors.gateway.servers import Caller, fresh

PROBLEM = "application/problem+json"


def is_problem(said, status, code):
    assert (said.status, said.headers["content-type"]) == (status, PROBLEM), said.body
    assert said.body["code"] == code
    assert said.body["status"] == status
    assert said.body["detail"]
    assert said.headers["x-content-type-options"] == "nosniff"


def test_an_order_is_answered_and_repeated_with_the_same_words(shop):
    till, key, order = shop.caller(), fresh(), shop.order(500_00)
    first = till.post("/v1/orders", order, key)
    assert first.status == 201
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.body["state"] == "authorised"
    assert first.body["line"]["held_minor"] == 500_00
    assert "idempotent-replayed" not in first.headers
    again = till.post("/v1/orders", order, key)
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.body == first.body
    other = till.post("/v1/orders", order | {"partial": True}, key)
    is_problem(other, 409, "key_reused")
    assert key in other.body["detail"]
    taken = till.post("/v1/orders", order)
    is_problem(taken, 409, "order_number_taken")
    number = {"field": "order_number", "value": order["order_number"]}
    assert taken.body["errors"] == [number]
    assert len(rows(shop.ctx, "select from credit_order")) == 1


def test_a_decline_is_an_answer_with_reasons(shop):
    said = shop.caller().post("/v1/orders", shop.order(20_000_00))
    assert (said.status, said.body["state"], said.body["reasons"]) == (
        201,
        "declined",
        ["over_limit"],
    )


def test_the_same_instant_in_another_zone_is_the_same_request(shop):
    till, key = shop.caller(), fresh()
    at = (shop.ctx.now + timedelta(days=2)).replace(microsecond=0)
    order = shop.order(expires_at=at.isoformat())
    assert till.post("/v1/orders", order, key).status == 201
    shifted = (at + timedelta(hours=2)).isoformat().replace("+00:00", "+02:00")
    assert till.post("/v1/orders", order | {"expires_at": shifted}, key).status == 200


def test_the_life_of_an_order(shop):
    till = shop.caller()
    order = f"/v1/orders/{till.post('/v1/orders', shop.order(100_00)).body['id']}"
    key = fresh()
    amended = till.post(f"{order}/amend", {"amount_minor": 120_00}, key)
    assert (amended.status, amended.body["amount_minor"]) == (201, 120_00)
    assert amended.body["outcome"] == "done"
    again = till.post(f"{order}/amend", {"amount_minor": 120_00}, key)
    assert (again.status, again.body) == (200, amended.body)
    yesterday = (shop.ctx.today - timedelta(days=1)).isoformat()
    part = till.post(f"{order}/capture", {"amount_minor": 50_00, "issued_on": yesterday})
    assert part.body["state"] == "part_captured"
    assert [i["issued_on"] for i in part.body["invoices"]] == [yesterday]
    number = part.body["invoices"][0]["invoice_number"]
    taken = till.post(f"{order}/capture", {"amount_minor": 1, "invoice_number": number})
    is_problem(taken, 409, "invoice_number_taken")
    assert taken.body["errors"][0].items() >= {"field": "invoice_number", "value": number}.items()
    much = till.post(f"{order}/capture", {"amount_minor": 999_00})
    is_problem(much, 422, "amount_out_of_range")
    told = {"field": "amount_minor", "value": 999_00, "most_minor": 70_00}
    assert much.body["errors"][0].items() >= told.items()
    assert "70.00" in much.body["detail"]
    assert till.post(f"{order}/capture", {}).body["state"] == "captured"
    assert till.post(f"{order}/refund").body["refunded_minor"] == 120_00
    none_left = till.post(f"{order}/refund")
    is_problem(none_left, 422, "amount_out_of_range")
    # It was told to lie between 0.01 and 0.00.
    assert none_left.body["detail"] == "No amount is left for this."
    is_problem(till.post(f"{order}/void"), 409, "move_not_allowed")


def test_a_void_without_a_body_gives_the_credit_back(shop):
    till = shop.caller()
    made = till.post("/v1/orders", shop.order(100_00)).body
    said = till.post(f"/v1/orders/{made['id']}/void", content_type="-")
    assert (said.status, said.body["state"]) == (201, "voided")
    assert said.body["line"]["held_minor"] == 0


def test_people_decide_what_waits_for_them(shop):
    asking = shop.caller("checkout")
    waits = [
        asking.post("/v1/orders", shop.order(20_000_00, review=True)).body["id"] for _ in range(2)
    ]
    no = asking.post(f"/v1/orders/{waits[0]}/approve")
    is_problem(no, 403, "not_allowed")
    assert no.body["errors"][0]["permission"] == "set_limit"
    deciding = shop.caller("set_limit")
    is_problem(deciding.post("/v1/orders", shop.order()), 403, "not_allowed")
    is_problem(deciding.post(f"/v1/orders/{waits[0]}/void"), 403, "not_allowed")
    short = deciding.post(f"/v1/orders/{waits[0]}/approve")
    assert (short.body["outcome"], short.body["state"]) == ("declined", "pending")
    declined = deciding.post(f"/v1/orders/{waits[1]}/decline")
    assert (declined.status, declined.body["state"]) == (201, "declined")


def test_a_paper_of_a_closed_day_is_refused(shop):
    till = shop.caller()
    order = f"/v1/orders/{till.post('/v1/orders', shop.order(100_00)).body['id']}"
    closed = shop.ctx.today - timedelta(days=3)
    close_period(shop.ctx, closed)
    late = till.post(f"{order}/capture", {"issued_on": closed.isoformat()})
    is_problem(late, 409, "period_closed")
    assert late.body["errors"][0]["closed_until"] == closed.isoformat()
    assert till.post(f"{order}/capture").body["state"] == "captured"


def test_another_sellers_orders_and_buyers_are_not_there(shop, open_shop):
    made = shop.caller().post("/v1/orders", shop.order()).body
    stranger = open_shop().caller()
    for word, body in (("amend", {"amount_minor": 5}), ("capture", {}), ("void", {})):
        said = stranger.post(f"/v1/orders/{made['id']}/{word}", body)
        is_problem(said, 404, "not_found")
        assert said.body["errors"][0]["value"] == made["id"]
    is_problem(stranger.post("/v1/orders", shop.order()), 404, "not_found")
    assert rows(shop.ctx, "select state, version from credit_order") == [
        {"state": "authorised", "version": 1}
    ]


def test_an_id_that_is_none_is_not_found(shop):
    till = shop.caller()
    for order_id in (uuid4(), "not-an-id"):
        is_problem(till.post(f"/v1/orders/{order_id}/void"), 404, "not_found")


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"amount": {"minor": 5, "currency": "XXX"}}, "amount.currency", "XXX"),
        ({"amount": {"minor": 5, "currency": "EURO"}}, "amount.currency", "EURO"),
        ({"amount": {"minor": 0, "currency": "EUR"}}, "amount.minor", "0"),
        ({"amount": {"minor": 10**15 + 1, "currency": "EUR"}}, "amount.minor", str(10**15 + 1)),
        ({"amount": {"minor": "5", "currency": "EUR"}}, "amount.minor", "5"),
        ({"amount": {"minor": 1.5, "currency": "EUR"}}, "amount.minor", "1.5"),
        ({"amount": {"minor": True, "currency": "EUR"}}, "amount.minor", "true"),
        ({"amount": {"minor": 5, "currency": "eur"}}, "amount.currency", "eur"),
        ({"amount": {"minor": 5, "currency": "EUR\n"}}, "amount.currency", "EUR\n"),
        ({"amount": {"minor": 5, "currency": "EUR", "x": 1}}, "amount.x", "1"),
        ({"amount": {"minor": 5}}, "amount.currency", ""),
        ({"amount": None}, "amount", "null"),
        ({"buyer_id": "nobody"}, "buyer_id", "nobody"),
        ({"order_number": ""}, "order_number", ""),
        ({"order_number": "a\nb"}, "order_number", "a\nb"),
        ({"order_number": "x" * 101}, "order_number", "x" * 100),
        ({"partial": "yes"}, "partial", "yes"),
        ({"colour": "red"}, "colour", "red"),
        ({"expires_at": "2030-01-01T00:00:00"}, "expires_at", "2030-01-01T00:00:00"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "2020-01-01T00:00:00+00:00"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_what_mends_it(shop, change, field, value):
    said = shop.caller().post("/v1/orders", shop.order() | change)
    is_problem(said, 422, "value_invalid")
    [error] = said.body["errors"]
    assert (error["field"], error["value"]) == (field, value)
    assert error["mend"]
    assert not rows(shop.ctx, "select from credit_order")


DEEP = "[" * 20_000 + "]" * 20_000
LONG = f'"amount": {{"minor": {"9" * 5_000}, "currency": "EUR"}}'
TOO_DEEP = [f'"colour": {DEEP}', f'"partial": {DEEP}']


def told(order, more):
    """The order as text, with `more` at its end: the last of two fields with one name counts."""
    return f"{json.dumps(order)[:-1]}, {more}}}"


def batch_with(shop, more):
    orders = [shop.order() | {"idempotency_key": fresh()} for _ in range(3)]
    texts = [json.dumps(orders[0]), told(orders[1], more), json.dumps(orders[2])]
    return shop.caller().post("/v1/orders/batch", f'{{"orders": [{", ".join(texts)}]}}'.encode())


def test_a_number_that_is_too_long_is_named_and_fails_alone_in_a_batch(shop):
    said = shop.caller().post("/v1/orders", told(shop.order(), LONG).encode())
    is_problem(said, 422, "value_invalid")
    error = said.body["errors"][0]
    assert (error["field"], error["value"]) == ("amount.minor", "9" * 100)
    answers = batch_with(shop, LONG).body["answers"]
    assert [answer["status"] for answer in answers] == [201, 422, 201]


@pytest.mark.parametrize("more", TOO_DEEP)
def test_what_is_too_deep_is_unreadable_as_a_whole(shop, more):
    # Where a deep order of a batch ends, and the next begins, cannot be known without reading it.
    said = shop.caller().post("/v1/orders", told(shop.order(), more).encode())
    is_problem(said, 400, "body_unreadable")
    is_problem(batch_with(shop, more), 400, "body_unreadable")
    assert not rows(shop.ctx, "select from credit_order")


# The last is é in Latin-1 and then in UTF-8: not one key, but none.
@pytest.mark.parametrize("key", ["-", "", "x" * 256, "a\tb", "\xe9", "\xc3\xa9"])
def test_a_key_is_needed(shop, key):
    said = shop.caller().post("/v1/orders", shop.order(), idempotency_key=key)
    is_problem(said, 422, "value_invalid")
    assert said.body["errors"][0]["field"] == "idempotency_key"


LATIN = '"order_number": "Stühle"'.encode("latin-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"nonsense",
        b'{"order_number": "\\ud800"}',
        b"{%b}" % LATIN,
        b'{"\xed\xa0\x80": 1}',
    ],
)
def test_what_is_no_json_is_told(shop, body):
    is_problem(shop.caller().post("/v1/orders", body), 400, "body_unreadable")


def test_an_order_of_a_batch_that_is_not_utf_8_fails_alone(shop):
    good, bad = (json.dumps(shop.order() | {"idempotency_key": fresh()}).encode() for _ in "ab")
    bad = b"%b, %b}" % (bad[:-1], LATIN)
    said = shop.caller().post("/v1/orders/batch", b'{"orders": [%b, %b]}' % (good, bad))
    assert [answer["status"] for answer in said.body["answers"]] == [201, 400]


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5_000, "-" + "9" * 5_000, "1e400"])
def test_a_number_beyond_all_numbers_is_told_its_bounds(shop, digits):
    body = told(shop.order(), f'"amount": {{"minor": {digits}, "currency": "EUR"}}')
    [error] = shop.caller().post("/v1/orders", body.encode()).body["errors"]
    assert error["field"] == "amount.minor"
    assert error["mend"].startswith("give 1")


def test_a_move_without_fields_says_to_leave_them_out(shop):
    said = shop.caller().post(f"/v1/orders/{uuid4()}/void", {"why": "no goods"})
    [error] = said.body["errors"]
    assert (error["field"], error["mend"]) == ("why", "leave it out: there is no such field")


@pytest.mark.parametrize("word", ["approve", "amend"])
def test_what_only_begins_as_json_is_told(shop, word):
    said = shop.caller().post(f"/v1/orders/{uuid4()}/{word}", b"4=;")
    is_problem(said, 400, "body_unreadable")


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_json_of_another_shape_is_told(shop, body):
    said = shop.caller().post("/v1/orders", body)
    is_problem(said, 422, "value_invalid")
    assert said.body["errors"][0]["field"] == "body"


def test_no_key_a_wrong_key_and_another_scheme(shop):
    for header in ("-", "Bearer nt_wrong", "Bearer ", "Basic eDp5", "Bearer " + "x" * 300):
        said = shop.caller().post("/v1/orders", shop.order(), authorization=header)
        is_problem(said, 401, "not_signed_in")
        assert said.headers["www-authenticate"].startswith("Bearer")


def test_other_methods_and_media(shop):
    till = shop.caller()
    for path in ("/v1/orders/batch", f"/v1/orders/{uuid4()}/void"):
        for method in ("GET", "PUT", "DELETE"):
            said = till.send(method, path)
            is_problem(said, 405, "method_not_allowed")
            assert said.headers["allow"] == "POST"
    for headers in ({"content_type": "text/plain"}, {"content_encoding": "gzip"}):
        said = till.post("/v1/orders", shop.order(), **headers)
        is_problem(said, 415, "media_type_unknown")
    assert (
        till.post("/v1/orders", shop.order(), content_type="application/json; charset=utf-8").status
        == 201
    )


def test_a_body_that_is_too_large(shop):
    said = shop.caller().post("/v1/orders", b" " * 70_000)
    is_problem(said, 413, "body_too_large")


def test_problems_speak_the_callers_language(shop):
    said = shop.caller().post("/v1/orders", b"{", accept_language="fr, zh-CN;q=0.8, en;q=0.1")
    assert said.headers["content-language"] == "zh-hans"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said.body["detail"])


def test_one_bad_order_of_a_batch_fails_alone(shop):
    good, bad, twice = shop.order(100), shop.order(100) | {"buyer_id": 7}, shop.order(100)
    far = shop.order(100)
    entries = [
        good | {"idempotency_key": "b1"},
        bad | {"idempotency_key": "b2"},
        twice | {"idempotency_key": "b3"},
        twice | {"idempotency_key": "b4"},
        shop.order(99_999_99) | {"idempotency_key": "b5"},
        far,
        shop.order(100) | {"idempotency_key": "b1"},
        shop.order(100) | {"idempotency_key": ""},
    ]
    said = shop.caller().post("/v1/orders/batch", {"orders": entries}, idempotency_key="-")
    assert said.status == 200
    answers = said.body["answers"]
    assert [a["status"] for a in answers] == [201, 422, 201, 409, 201, 422, 409, 422]
    assert answers[1]["body"]["errors"][0]["field"] == "buyer_id"
    assert answers[3]["body"]["code"] == "order_number_taken"
    assert answers[4]["body"]["state"] == "declined"
    assert answers[5]["body"]["errors"][0]["field"] == "idempotency_key"
    assert answers[6]["body"]["code"] == "key_reused"
    again = shop.caller().post("/v1/orders/batch", {"orders": entries[:3:2]})
    assert [a["status"] for a in again.body["answers"]] == [200, 200]
    assert [a["body"] for a in again.body["answers"]] == [answers[0]["body"], answers[2]["body"]]


def test_a_thousand_orders_are_one_batch_and_a_thousand_and_one_are_too_many(shop):
    till = shop.caller()
    entries = [shop.order(1) | {"idempotency_key": f"t{n}"} for n in range(1001)]
    said = till.post("/v1/orders/batch", {"orders": entries[:1000]})
    assert {a["body"]["state"] for a in said.body["answers"]} == {"authorised"}
    assert len(said.body["answers"]) == 1000
    for wrong in (entries, []):
        said = till.post("/v1/orders/batch", {"orders": wrong})
        is_problem(said, 422, "value_invalid")
        assert said.body["errors"][0]["field"] == "orders"


def test_everything_else_is_django(shop):
    till: Caller = shop.caller("read")
    assert till.send("GET", "/v1/dashboard").status == 200
    assert till.send("GET", "/v1/openapi.json").body["openapi"].startswith("3.1")
    page = till.send("GET", "/accounts/login/", **{"content-type": "-"})
    assert b"password" in page.body
    is_problem(till.send("GET", "/v1/orders/new-buyer/nothing"), 404, "not_found")
