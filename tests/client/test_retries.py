"""When a call is asked again, with which key, and what is raised when nobody answers."""

from __future__ import annotations

import logging
import socket
import time
import traceback
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest

from netterms.client import (
    AnswerUnreadable,
    AsyncClient,
    Client,
    LineWanted,
    Money,
    NettermsError,
    NewOrder,
    OrderState,
    RateLimited,
    Retries,
    Unavailable,
    errors,
)
from netterms.client.core import retry_after
from netterms.kernel import money
from netterms.kernel.refusal import Code
from tests.client.conftest import QUICK, SECRET
from tests.client.scripted import HANG_UP, Say

BUYER = UUID("01989f00-0000-7000-8000-000000000001")
EUR_100 = Money(100_00, "EUR")
ORDER = {
    "id": "01989f00-0000-7000-8000-000000000002",
    "order_number": "N-1",
    "buyer_id": str(BUYER),
    "state": "authorised",
    "reasons": [],
    "currency": "EUR",
    "amount_minor": 100_00,
    "authorised_minor": 100_00,
    "captured_minor": 0,
    "refunded_minor": 0,
    "line": {
        "currency": "USD",
        "rate": 1.0825,
        "rate_on": "2026-06-01",
        "held_minor": 108_25,
        "available_minor": 500_00,
    },
    "terms": {"net_days": 30, "instalments": 1, "discount_percent": 2.5, "discount_days": 10},
    "created_at": "2026-06-01T09:00:00+00:00",
    "expires_at": "2026-06-08T09:00:00+00:00",
    "version": 1,
}
DONE = Say(201, ORDER)


def problem(status: int, code: str, headers: dict[str, str] | None = None, **facts: object) -> Say:
    body = {
        "type": f"urn:netterms:problem:{code}",
        "title": "No",
        "status": status,
        "detail": f"It is {code}.",
        "code": code,
        "errors": [facts] if facts else [],
    }
    return Say(status, body, {"content-type": "application/problem+json"} | (headers or {}))


def keys(server):
    return [asked.headers["idempotency-key"] for asked in server.asked]


def test_an_answer_is_read_into_values(client, server):
    server.says(DONE)
    order = client.authorise("N-1", BUYER, EUR_100)
    assert (order.state, order.amount) == (OrderState.AUTHORISED, EUR_100)
    assert order.line.rate == Decimal("1.0825")
    assert order.line.available == Money(500_00, "USD")
    assert order.terms.discount_percent == Decimal("2.5")
    assert order.created_at == datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert not order.replayed
    [asked] = server.asked
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.body["amount"] == {"minor": 100_00, "currency": "EUR"}


@pytest.mark.parametrize("failure", [HANG_UP, *(Say(s, b"<html>") for s in (429, 502, 503, 504))])
def test_what_may_pass_is_asked_again_with_the_same_key(client, server, failure):
    server.says(failure, failure, Say(200, ORDER, {"Idempotent-Replayed": "true"}))
    assert client.authorise("N-1", BUYER, EUR_100).replayed
    assert len(server.asked) == 3
    assert len(set(keys(server))) == 1
    assert len({str(asked.body) for asked in server.asked}) == 1


@pytest.mark.parametrize("key", ["", " mine", "mine ", "a\tb", "\xe9", "x" * 256])
def test_what_is_no_key_is_told_at_once_and_not_sent(client, server, key):
    # A space at an end was tried until the deadline, and then unavailable.
    with pytest.raises(ValueError, match="idempotency key"):
        client.authorise("N-1", BUYER, EUR_100, idempotency_key=key)
    assert server.asked == []


def test_an_attempt_that_takes_too_long_is_given_up_and_asked_again(connect, server):
    server.says(Say(201, ORDER, delay=0.6), DONE)
    client = connect(server.address, retries=Retries(5, 0.2, 0.01, 0.02))
    assert client.authorise("N-1", BUYER, EUR_100, idempotency_key="mine").order_number == "N-1"
    assert keys(server) == ["mine", "mine"]


def test_an_answer_that_trickles_in_does_not_outlast_the_deadline(connect, server):
    server.says(Say(201, ORDER, delay=0.1, pieces=100))
    client = connect(server.address, retries=Retries(0.8, 0.3, 0.01, 0.02))
    began = time.monotonic()
    with pytest.raises(Unavailable):
        client.authorise("N-1", BUYER, EUR_100)
    assert time.monotonic() - began < 3


def test_every_call_has_a_key_of_its_own(client, server):
    server.says(DONE)
    client.authorise("N-1", BUYER, EUR_100)
    client.authorise("N-1", BUYER, EUR_100)
    assert len(set(keys(server))) == 2


def test_retry_after_is_honoured_and_waits_grow(client, server):
    server.says(problem(429, "too_many_requests", {"Retry-After": "1"}), DONE)
    client.authorise("N-1", BUYER, EUR_100)
    first, second = (asked.at for asked in server.asked)
    assert second - first >= 1
    server.says(*[Say(503)] * 4, DONE)
    client.authorise("N-1", BUYER, EUR_100)
    waits = [b.at - a.at for a, b in pairwise(server.asked)]
    assert waits[3] > waits[0]


def test_waits_are_jittered_within_their_bounds():
    plan = Retries(first_wait=1, longest_wait=4)
    for failures, most in ((1, 1), (2, 2), (3, 4), (50, 4), (5000, 4)):
        found = {plan.wait(failures) for _ in range(50)}
        assert len(found) > 1
        assert most / 2 <= min(found) <= max(found) <= most


def test_retry_after_may_be_a_date():
    now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert retry_after("Mon, 01 Jun 2026 09:00:30 GMT", now) == 30
    assert retry_after("Mon, 01 Jun 2026 08:00:00 GMT", now) == 0
    assert retry_after("120", now) == 120
    for nonsense in ("", "soon", "-1", "９", "1e9"):
        assert retry_after(nonsense, now) is None


def test_a_wait_beyond_the_deadline_is_not_begun(client, server):
    server.says(problem(429, "too_many_requests", {"Retry-After": "60"}))
    began = time.monotonic()
    with pytest.raises(RateLimited) as raised:
        client.authorise("N-1", BUYER, EUR_100, idempotency_key="mine")
    assert time.monotonic() - began < 1
    assert raised.value.retry_after == 60
    assert raised.value.idempotency_key == "mine"
    assert len(server.asked) == 1


def test_the_deadline_ends_the_attempts(client, server):
    server.says(problem(503, "busy"))
    began = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        client.authorise("N-1", BUYER, EUR_100)
    assert time.monotonic() - began < QUICK.deadline + QUICK.timeout
    # The deadline may cut the last attempt off: nobody knows then what came of it.
    assert (raised.value.code, raised.value.status) in {("busy", 503), ("", 0)}
    assert raised.value.idempotency_key == keys(server)[0]
    assert len(server.asked) > 3


def test_nobody_listens(connect):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unavailable) as raised:
            connect(address, retries=Retries(0.3, 1, 0.05, 0.1)).order(BUYER)
    assert raised.value.status == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422, 500, 501])
def test_other_answers_are_final(client, server, status):
    server.says(Say(status, {"title": "No"}), DONE)
    with pytest.raises(NettermsError) as raised:
        client.authorise("N-1", BUYER, EUR_100)
    assert raised.value.status == status
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", sorted(errors.BY_CODE))
def test_every_code_has_its_class_and_its_facts(client, server, code):
    # 409 for all: the code decides, whatever the status.
    server.says(problem(409, code, most_minor=5))
    with pytest.raises(errors.BY_CODE[code]) as raised:
        client.capture(BUYER, EUR_100, idempotency_key="mine")
    error = raised.value
    assert (error.code, error.facts, error.idempotency_key) == (code, {"most_minor": 5}, "mine")
    assert str(error) == f"{code}: It is {code}."


def test_the_codes_are_those_of_netterms():
    assert set(errors.BY_CODE) <= {code.value for code in Code}


def test_a_code_that_came_later_is_told_as_it_is(client, server):
    server.says(problem(409, "made_up_later"))
    with pytest.raises(NettermsError, match="made_up_later") as raised:
        client.void(BUYER)
    assert type(raised.value) is NettermsError


@pytest.mark.parametrize("body", [b"<html>", b"", [], {"id": 1}, ORDER | {"state": "odd"}])
def test_what_is_no_answer_is_told_and_not_asked_again(client, server, body):
    server.says(Say(200, body))
    with pytest.raises(AnswerUnreadable):
        client.authorise("N-1", BUYER, EUR_100)
    assert len(server.asked) == 1


def test_a_redirect_is_not_followed_with_the_key(client, server):
    server.says(Say(302, b"", {"Location": f"{server.address}/elsewhere"}))
    with pytest.raises(AnswerUnreadable):
        client.authorise("N-1", BUYER, EUR_100)
    assert len(server.asked) == 1


LINE = {
    "buyer_id": str(BUYER),
    "currency": "EUR",
    "status": "open",
    "limit_minor": 5,
    "top_up": None,
    "insured_minor": 0,
    "held_minor": 0,
    "owed_minor": 0,
    "available_minor": 5,
    "terms": {"net_days": 30, "instalments": 1, "discount_percent": 0, "discount_days": 0},
    "version": 4,
    "history": [],
}


def test_a_line_is_set_again_only_where_nothing_was_done(client, server):
    wanted = LineWanted(Money(5, "EUR"))
    server.says(Say(503), Say(429), Say(200, LINE))
    assert client.set_line(BUYER, wanted, version=3).version == 4
    assert [asked.headers["if-match"] for asked in server.asked] == ['"3"'] * 3
    for unsure in (HANG_UP, Say(502), Say(504)):
        server.says(unsure, Say(200, LINE))
        with pytest.raises(Unavailable):
            client.set_line(BUYER, wanted, version=3)
        assert len(server.asked) == 1


def order_of(number: int) -> NewOrder:
    return NewOrder(f"N-{number}", BUYER, EUR_100)


def test_a_long_list_goes_in_batches_and_what_fails_keeps_its_key(client, server):
    full = Say(200, {"answers": [{"status": 201, "body": ORDER}] * 1000})
    server.says(full, Say(503), full, Say(500))
    found = client.authorise_many(order_of(n) for n in range(3500))
    assert [len(asked.body["orders"]) for asked in server.asked] == [1000] * 4
    # The one that was asked again had the same keys.
    assert server.asked[1].body == server.asked[2].body
    assert len(found) == 3500
    assert len({each.idempotency_key for each in found}) == 3500
    assert all(each.order.order_number == "N-1" for each in found[:2000])
    assert all(isinstance(each.answer, NettermsError) for each in found[2000:])
    with pytest.raises(NettermsError):
        _ = found[3499].order
    assert [each["order_number"] for each in server.asked[3].body["orders"][:2]] == [
        "N-2000",
        "N-2001",
    ]


def test_an_empty_list_asks_nothing(client, server):
    assert client.authorise_many([]) == []
    assert server.asked == []


def test_pages_are_fetched_to_the_last(client, server):
    server.says(
        Say(200, {"items": [ORDER, ORDER], "next": ORDER["id"]}),
        Say(200, {"items": [ORDER], "next": None}),
    )
    found = client.orders("N", state=OrderState.PENDING, buyer_id=BUYER, page_size=2)
    assert len(found) == 3
    paths = [asked.path for asked in server.asked]
    assert paths[0] == f"/v1/orders?limit=2&q=N&state=pending&buyer_id={BUYER}"
    assert paths[1] == paths[0] + f"&after={ORDER['id']}"


def test_the_key_is_nowhere_to_be_read(connect, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.says(HANG_UP, Say(502), problem(422, "value_invalid", field="x"))
    told = []
    for ask in (Client, AsyncClient):
        made = ask(SECRET, server.address)
        told += [repr(made), str(made), repr(vars(made))]
        if isinstance(made, Client):
            made.close()
    with pytest.raises(NettermsError) as raised:
        connect(server.address).authorise("N-1", BUYER, EUR_100)
    told += traceback.format_exception(raised.value)
    told += [repr(raised.value), repr(vars(raised.value)), caplog.text]
    assert SECRET not in "".join(told)
    # Nothing of the library's own errors, which carry the request, hangs on ours.
    assert raised.value.__context__ is None


def test_a_key_that_cannot_be_one_is_refused_without_being_shown(monkeypatch):
    for wrong in ("", "nt_a\r\nX: 1", "nt_ä", "nt_a b"):
        with pytest.raises(ValueError, match="NETTERMS_API_KEY") as raised:
            Client(wrong)
        assert not wrong or wrong not in str(raised.value)
    monkeypatch.delenv("NETTERMS_API_KEY", raising=False)
    with pytest.raises(ValueError, match="NETTERMS_API_KEY"):
        Client()


def test_the_environment_gives_the_key(monkeypatch, server):
    monkeypatch.setenv("NETTERMS_API_KEY", "nt_from_outside")
    server.says(DONE)
    with Client(base_url=server.address) as client:
        client.authorise("N-1", BUYER, EUR_100)
    assert server.asked[0].headers["authorization"] == "Bearer nt_from_outside"


def test_the_server_is_this_machine_unless_told():
    with Client(SECRET) as client:
        assert repr(client) == "Client('http://127.0.0.1:8000')"
    with pytest.raises(ValueError, match="http"):
        Client(SECRET, "127.0.0.1:8000")


def test_text_in_place_of_an_id_does_not_become_an_address(client, server):
    with pytest.raises(ValueError, match="UUID"):
        client.void("../keys")
    assert server.asked == []


def test_money_is_whole_minor_units():
    assert Money.of("12.34", "EUR") == Money(1234, "EUR")
    assert Money.of(12, "JPY").minor == 12
    assert str(Money(1234, "KWD")) == "1.234 KWD"
    for wrong in (1.5, True, "5"):
        with pytest.raises(TypeError):
            Money(wrong, "EUR")
    with pytest.raises(ValueError, match="finer"):
        Money.of("1.001", "EUR")
    for wrong in ("", "abc", "1,250.00", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="no amount"):
            Money.of(wrong, "EUR")
    from netterms.client.values import EXPONENTS

    assert EXPONENTS == money.EXPONENTS
