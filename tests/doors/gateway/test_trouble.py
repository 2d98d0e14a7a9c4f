"""What goes wrong for one request, key or seller stays theirs: the others are answered."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import sleep
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from netterms.access.actions import create_key
from netterms.kernel.context import Context
from netterms.limits.lines import LineTerms, set_line
from tests.actions.books import rows
from tests.doors.credit import buyer
from tests.doors.gateway.servers import Caller, fresh, serving
from tests.doors.gateway.test_answers import is_problem

FUNCTION = "tests_refuse_spoilt_orders"


@pytest.fixture
def spoils(database: Path) -> Iterator[Callable[[str], None]]:
    """Makes the database fail on orders named spoilt: `spoils("check_violation")`."""

    def run(statement: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(statement)
        connections["owner"].close()

    def make(error: str) -> None:
        run(
            f"""
            create or replace function {FUNCTION}() returns trigger language plpgsql as
            $$ begin raise {error}; end $$;
            create trigger {FUNCTION} before insert on credit_order
            for each row when (new.order_number like 'spoilt%') execute function {FUNCTION}()
            """
        )

    yield make
    run(f"drop function if exists {FUNCTION} cascade")


@contextmanager
def held(ctx: Context, of: UUID) -> Iterator[psycopg.Connection]:
    """Somebody's transaction that keeps the buyer's line locked."""
    with psycopg.connect(**connections["default"].get_connection_params()) as other:
        other.execute("select set_config('netterms.seller_id', %s, true)", [str(ctx.seller)])
        other.execute("select from credit_line where buyer_id = %s for update", [of])
        yield other


def until_blocked(other: psycopg.Connection) -> None:
    """Until the gateway waits for a lock that `other` holds."""
    blocked = "select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))"
    while not other.execute(blocked).fetchall():
        sleep(0.02)


@pytest.mark.parametrize("error", ["check_violation", "raise_exception", "internal_error"])
def test_one_order_that_the_database_chokes_on_fails_alone_in_a_batch(shop, spoils, error):
    spoils(error)
    orders = [shop.order(1) | {"idempotency_key": fresh()} for _ in range(24)]
    orders[7]["order_number"] = "spoilt"
    till = shop.caller()
    answers = till.post("/v1/orders/batch", {"orders": orders}).body["answers"]
    assert [answer["status"] for answer in answers] == [201] * 7 + [500] + [201] * 16
    assert answers[7]["body"]["status"] == 500
    again = till.post("/v1/orders/batch", {"orders": orders}).body["answers"]
    assert [answer["status"] for answer in again] == [200] * 7 + [500] + [200] * 16
    assert len(rows(shop.ctx, "select from credit_order")) == 23


def test_one_order_that_the_database_chokes_on_fails_alone_among_others(shop, spoils):
    spoils("check_violation")
    till, orders = shop.caller(), [shop.order(1) for _ in range(24)]
    orders[7]["order_number"] = "spoilt"
    with ThreadPoolExecutor(24) as pool:
        with held(shop.ctx, shop.buyer) as other:
            # They wait for the line, and go to the database together when it is free.
            asked = [pool.submit(till.post, "/v1/orders", order) for order in orders]
            until_blocked(other)
        statuses = [one.result().status for one in asked]
    assert statuses == [201] * 7 + [500] + [201] * 16


def test_a_locked_line_of_one_seller_keeps_no_other_seller_waiting(shop, open_shop):
    till, other_till, other_shop = shop.caller(), shop.caller(), open_shop()
    free = buyer(shop.ctx, "B-2", "Werkzeugbau GmbH")
    set_line(shop.ctx, free, "EUR", LineTerms(10_000_00))
    connections.close_all()
    with ThreadPoolExecutor(24) as pool:
        with held(shop.ctx, shop.buyer) as other:
            stuck = [
                pool.submit(each.post, "/v1/orders", shop.order(1))
                for each in (till, other_till) * 6
            ]
            until_blocked(other)
            assert other_shop.caller().post("/v1/orders", other_shop.order()).status == 201
            mine = till.post("/v1/orders", shop.order(buyer_id=str(free)))
            assert mine.status == 201
            assert not any(one.done() for one in stuck)
        assert {one.result().status for one in stuck} == {201}


@pytest.fixture(scope="module")
def hasty(database: Path) -> Iterator[str]:
    """A server that gives up early."""
    with serving(database, NETTERMS_GATEWAY_DEADLINE=2) as server:
        yield server.address


def test_a_line_that_stays_locked_is_told_before_the_deadline_and_nothing_was_done(shop, hasty):
    till, order, key = shop.caller(address=hasty), shop.order(), fresh()
    with held(shop.ctx, shop.buyer):
        said = till.post("/v1/orders", order, key)
        is_problem(said, 503, "busy")
        assert int(said.headers["retry-after"]) > 0
    assert not rows(shop.ctx, "select from credit_order")
    assert till.post("/v1/orders", order, key).status == 201


def test_more_than_the_queue_holds_is_told_while_the_others_wait(shop, database):
    settings = {"NETTERMS_GATEWAY_DEADLINE": 60, "NETTERMS_GATEWAY_QUEUE": 1}
    with serving(database, **settings) as server, ThreadPoolExecutor(24) as pool:
        tills = [shop.caller(address=server.address) for _ in range(20)]
        with held(shop.ctx, shop.buyer):
            asked = [pool.submit(till.post, "/v1/orders", shop.order()) for till in tills]
            # One is under way and one in the queue, of all the seller's keys; and one more, if it
            # comes when the first has become slow and the second has gone beside it.
            told = [one.result() for one in islice(as_completed(asked), 17)]
            for said in told:
                is_problem(said, 503, "busy")
                assert int(said.headers["retry-after"]) > 0
        done = [one.result().status for one in asked].count(201)
        assert done in {2, 3}
        assert sorted(one.result().status for one in asked) == [201] * done + [503] * (20 - done)
    assert len(rows(shop.ctx, "select from credit_order")) == done


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/orders"),
        ("GET", "/v1/caps"),
        ("POST", "/v1/orders"),
        ("POST", "/v1/orders/batch"),
        ("POST", "/v1/orders/new-buyer"),
        ("PUT", "/v1/caps"),
        ("POST", "/v1/deliveries/7/replay"),
    ],
)
def test_a_key_that_asks_too_often_is_told_whatever_it_asks(shop, address, method, path):
    scopes = ["read", "checkout", "set_limit"]
    slow = Caller(address, create_key(shop.ctx, fresh(), scopes, requests_per_second=1))
    free = shop.caller("read")
    connections.close_all()
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda _: slow.send(method, path, {}), range(64)))
    assert {one.headers["ratelimit-policy"] for one in said} == {'"key";q=1;w=1'}
    late = [one for one in said if one.status == 429]
    assert 0 < len(late) < 64
    for one in late:
        is_problem(one, 429, "too_many_requests")
        assert one.headers["retry-after"] == "1"
        assert one.headers["ratelimit"] == '"key";r=0;t=1'
    assert free.send("GET", "/v1/orders").status == 200


def test_what_was_begun_and_is_not_answered_in_time_is_answered_by_its_key(shop, database):
    with psycopg.connect(**connections["default"].get_connection_params()) as look:
        look.autocommit = True

        def backends():
            found = look.execute(
                "select pid from pg_stat_activity where application_name = 'netterms gateway'"
            )
            return {pid for (pid,) in found.fetchall()}

        before = backends()
        with serving(database, NETTERMS_GATEWAY_DEADLINE=2) as server:
            till, order, key = shop.caller(address=server.address), shop.order(), fresh()
            assert till.post("/v1/orders", shop.order()).status == 201
            stopped = backends() - before
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            try:
                said = till.post("/v1/orders", order, key)
            finally:
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
            is_problem(said, 504, "no_answer_in_time")
            assert till.post("/v1/orders", order, key).status in {200, 201}
    numbers = rows(shop.ctx, "select order_number from credit_order")
    assert [row["order_number"] for row in numbers].count(order["order_number"]) == 1
