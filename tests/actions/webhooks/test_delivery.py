"""Every event is told: signed, in order, at least once, and no longer than it makes sense."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, connections

from netterms.connectors.webhooks import HttpSender
from netterms.kernel.clock import FixedClock
from netterms.kernel.context import Permission
from netterms.kernel.events import Event
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.events import PaymentRecorded, RefundRecorded
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book
from netterms.webhooks import actions, queries, rules
from netterms.webhooks.queries import DeliveryFilter, DeliveryState
from tests.actions.webhooks.receiver import receiving

TOLD = "monitoring.alert_raised"


@dataclass(frozen=True, slots=True)
class Happened(Event):
    kind: ClassVar[str] = TOLD
    n: int
    buyer_id: str = ""


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


def happen(ctx, n: int, subject: UUID | None = None) -> None:
    with book(ctx):
        record(ctx, Happened(subject or uuid4(), n, str(subject or uuid4())))


def add(ctx, receiver, kinds=(TOLD,)) -> actions.Added:
    return actions.add_endpoint(ctx, str(uuid4()), receiver.url, kinds, loopback=True)


def tell(ctx, later: timedelta = timedelta()) -> int:
    now = ctx.now + later
    with ThreadPoolExecutor(8) as pool:
        return actions.deliver(
            replace(ctx, now=now), HttpSender(loopback=True), pool, FixedClock(now)
        )


def all_of(ctx) -> list[queries.Delivery]:
    return queries.deliveries(ctx, DeliveryFilter(), most=1000)


def test_an_event_arrives_signed_and_only_once(ctx, receiver):
    happen(ctx, 0)
    added = add(ctx, receiver)
    happen(ctx, 1)
    assert tell(ctx) == 1
    assert tell(ctx) == 0
    [(headers, body)] = receiver.got
    assert receiver.said()[0]["data"]["n"] == 1
    assert receiver.said()[0]["type"] == TOLD
    assert headers["webhook-timestamp"] == str(int(ctx.now.timestamp()))
    assert headers["webhook-signature"] == rules.signature(
        added.secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body
    )
    [done] = all_of(ctx)
    assert (done.state, done.last_status, str(done.event_id)) == (
        "delivered", 200, headers["webhook-id"],
    )  # fmt: skip
    [tried] = queries.attempts(ctx, done.id)
    assert (tried.status, tried.body) == (200, "thanks")


def test_only_kinds_that_were_asked_for_are_told(ctx, receiver):
    add(ctx, receiver, ["checkout.order_authorised"])
    happen(ctx, 1)
    assert tell(ctx) == 0
    add(ctx, receiver, [])
    happen(ctx, 2)
    # All kinds: that of the endpoint itself is among them.
    while tell(ctx):
        pass
    assert {said["type"] for said in receiver.said()} >= {TOLD}


def test_transactions_that_commit_out_of_order_lose_nothing(ctx, receiver):
    """The one that began first and wrote the smaller id commits last."""
    add(ctx, receiver)
    parameters = connections["default"].get_connection_params()
    parameters.pop("cursor_factory", None), parameters.pop("context", None)
    with psycopg.connect(**parameters) as slow:
        slow.execute("select set_config('netterms.seller_id', %s, true)", [str(ctx.seller)])
        slow.execute(
            "insert into event (seller_id, happened_at, business_date, actor, kind, subject_id,"
            " facts) values (%s, %s, %s, 'slow', %s, %s, '{\"n\": 1}')",
            [ctx.seller, ctx.now, ctx.today, TOLD, uuid4()],
        )
        happen(ctx, 2)
        assert tell(ctx) == 0
        slow.commit()
    assert tell(ctx) == 2
    assert {said["data"]["n"] for said in receiver.said()} == {1, 2}


def test_what_was_rolled_back_is_never_told(ctx, receiver):
    add(ctx, receiver)

    def fail() -> None:
        with book(ctx):
            record(ctx, Happened(uuid4(), 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    happen(ctx, 2)
    assert tell(ctx) == 1
    assert receiver.said()[0]["data"]["n"] == 2


def test_many_writers_and_two_workers_tell_each_event_once(ctx, receiver):
    add(ctx, receiver)
    writers, each = 6, 25

    def write(first: int) -> None:
        for n in range(each):
            happen(ctx, first * each + n)
        connection.close()

    def work() -> None:
        for _ in range(400):
            tell(ctx)
            if len(receiver.got) >= writers * each:
                break
            time.sleep(0.01)
        connection.close()

    threads = [Thread(target=write, args=[n]) for n in range(writers)]
    threads += [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [d for d in all_of(ctx) if d.state != "delivered"] == []
    assert sorted(said["data"]["n"] for said in receiver.said()) == list(range(writers * each))


def test_a_buyers_next_event_waits_and_others_do_not(ctx, receiver):
    add(ctx, receiver)
    buyer, other = uuid4(), uuid4()
    happen(ctx, 1, buyer)
    happen(ctx, 2, buyer)
    happen(ctx, 3, other)
    receiver.answer = lambda n, said: 500 if said["data"]["n"] == 1 and n < 3 else 200
    assert tell(ctx) == 2
    assert tell(ctx) == 0
    assert {said["data"]["n"] for said in receiver.said()} == {1, 3}
    assert tell(ctx, timedelta(seconds=6)) == 1
    assert tell(ctx, timedelta(seconds=6)) == 1
    assert [said["data"]["n"] for said in receiver.said()][2:] == [1, 2]


def test_what_receivables_tell_of_a_buyer_goes_in_the_buyers_order(ctx, receiver):
    add(ctx, receiver, [])
    buyer = uuid4()
    with book(ctx):
        record(ctx, Happened(uuid4(), 1, str(buyer)))
        for made in (PaymentRecorded, RefundRecorded):
            record(ctx, made(uuid4(), buyer, Money(1, "EUR"), ctx.today))
    actions.fan_out(ctx.seller, ctx.now)
    with book(ctx):
        found = sql.rows(
            "select queue from webhook_delivery where seller_id = %(seller)s"
            " and kind not like 'webhooks.%%'",
            {"seller": ctx.seller},
        )
    assert [line["queue"] for line in found] == [str(buyer)] * 3


def test_after_three_days_a_delivery_is_given_up_and_the_next_one_goes(ctx, receiver):
    add(ctx, receiver)
    buyer = uuid4()
    happen(ctx, 1, buyer)
    happen(ctx, 2, buyer)
    receiver.answer = lambda n, said: 503 if said["data"]["n"] == 1 else 200
    later = timedelta()
    while tell(ctx, later):
        waiting = [d for d in all_of(ctx) if d.state == "pending" and d.attempts]
        later = max([d.next_at - ctx.now for d in waiting], default=later)
    assert timedelta(days=3) < later < timedelta(days=5)
    states = {d.state: d.attempts for d in all_of(ctx)}
    assert states == {"failed": len(rules.SCHEDULE) + 1, "delivered": 1}


def test_nothing_but_failures_for_five_days_switch_an_endpoint_off_with_an_event(ctx, receiver):
    added = add(ctx, receiver)
    receiver.answer = lambda n, said: 500
    happen(ctx, 1)
    tell(ctx)
    happen(ctx, 2)
    tell(ctx, timedelta(days=5, seconds=1))
    assert queries.endpoint(ctx, added.endpoint.id).disabled_why == "failing"
    with book(ctx):
        told = sql.rows("select kind from event where kind = 'webhooks.endpoint_disabled'")
    assert len(told) == 1
    assert tell(ctx, timedelta(days=9)) == 0
    receiver.answer = lambda n, said: 200
    actions.switch_endpoint(ctx, added.endpoint.id, enabled=True)
    assert tell(ctx, timedelta(days=9)) == 2


def test_one_success_between_failures_starts_the_five_days_anew(ctx, receiver):
    added = add(ctx, receiver)
    receiver.answer = lambda n, said: 200 if n == 2 else 500
    for day in (0, 3, 6):
        happen(ctx, day)
        tell(ctx, timedelta(days=day))
    assert queries.endpoint(ctx, added.endpoint.id).enabled


def test_an_endpoint_that_is_gone_is_switched_off_at_once(ctx, receiver):
    added = add(ctx, receiver)
    receiver.answer = lambda n, said: 410
    happen(ctx, 1)
    tell(ctx)
    assert queries.endpoint(ctx, added.endpoint.id).disabled_why == "gone"


def test_a_redirect_is_a_failure_and_is_not_followed(ctx, receiver):
    add(ctx, receiver)
    receiver.answer = lambda n, said: 302
    receiver.headers = {"location": receiver.url + "/elsewhere"}
    happen(ctx, 1)
    tell(ctx)
    assert len(receiver.got) == 1
    assert all_of(ctx)[0].state == "pending"


def test_only_the_beginning_of_a_long_answer_is_kept(ctx, receiver):
    add(ctx, receiver)
    receiver.text = b"x" * 1_000_000
    happen(ctx, 1)
    tell(ctx)
    [tried] = queries.attempts(ctx, all_of(ctx)[0].id)
    assert len(tried.body) == actions.BODY_KEPT


def test_both_secrets_sign_while_a_rotation_lasts(ctx, receiver):
    added = add(ctx, receiver)
    fresh = actions.rotate_secret(ctx, added.endpoint.id, ctx.now + timedelta(days=1))
    happen(ctx, 1)
    tell(ctx)
    happen(ctx, 2)
    tell(ctx, timedelta(days=2))
    for (headers, body), secrets in zip(
        receiver.got, ([fresh, added.secret], [fresh]), strict=True
    ):
        stamp = int(headers["webhook-timestamp"])
        wanted = [rules.signature(s, headers["webhook-id"], stamp, body) for s in secrets]
        assert headers["webhook-signature"].split(" ") == wanted
    with pytest.raises(Refusal):
        actions.rotate_secret(ctx, added.endpoint.id, ctx.now + timedelta(days=31))


def test_a_delivery_is_replayed_with_its_id_and_once_a_key(ctx, receiver):
    add(ctx, receiver)
    happen(ctx, 1)
    tell(ctx)
    [done] = all_of(ctx)
    assert [actions.replay(ctx, "again", done.id) for _ in range(2)] == [False, True]
    assert tell(ctx) == 1
    assert tell(ctx) == 0
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert all_of(ctx)[0].attempts == 2
    with pytest.raises(Refusal) as no:
        actions.replay(ctx, "other", uuid4())
    assert no.value.code is Code.NOT_FOUND


def test_a_range_is_replayed_also_what_happened_while_it_was_off(ctx, receiver):
    added = add(ctx, receiver)
    happen(ctx, 1)
    tell(ctx)
    actions.switch_endpoint(ctx, added.endpoint.id, enabled=False)
    happen(ctx, 2)
    tell(ctx)
    actions.switch_endpoint(ctx, added.endpoint.id, enabled=True)
    assert tell(ctx) == 0
    hour = timedelta(hours=1)
    count, _ = actions.replay_range(ctx, "k", added.endpoint.id, ctx.now - hour, ctx.now + hour)
    assert count == 2
    assert tell(ctx) == 2
    assert sorted(said["data"]["n"] for said in receiver.said()) == [1, 1, 2]


def test_a_long_range_is_replayed_in_parts_each_event_once_and_in_order(ctx, receiver):
    added, buyer = add(ctx, receiver), uuid4()
    for n in range(7):
        happen(ctx, n, buyer)
    happen(replace(ctx, now=ctx.now + timedelta(days=2)), 99, buyer)
    while tell(ctx):
        pass
    receiver.got.clear()
    hour = timedelta(hours=1)
    count, _ = actions.replay_range(ctx, "k", added.endpoint.id, ctx.now - hour, ctx.now + hour)
    assert count == 7
    waiting = DeliveryFilter(state=DeliveryState.PENDING)
    assert queries.count_deliveries(ctx, waiting) == 0
    for made in (3, 6, 7, 7):
        actions.make_replays(ctx.seller, ctx.now, most=3)
        assert queries.count_deliveries(ctx, waiting) == made
    while tell(ctx):
        pass
    assert [said["data"]["n"] for said in receiver.said()] == list(range(7))


def test_the_same_key_adds_an_endpoint_once(ctx, receiver):
    made = [actions.add_endpoint(ctx, "k", receiver.url, loopback=True) for _ in range(2)]
    assert made[0].endpoint == made[1].endpoint
    assert [m.repeated for m in made] == [False, True]
    with pytest.raises(Refusal) as no:
        actions.add_endpoint(ctx, "k", receiver.url + "2", loopback=True)
    assert no.value.code is Code.KEY_REUSED


def test_a_removed_endpoint_hears_nothing_more_and_keeps_its_history(ctx, receiver):
    added = add(ctx, receiver)
    happen(ctx, 1)
    tell(ctx)
    actions.remove_endpoint(ctx, added.endpoint.id)
    happen(ctx, 2)
    assert tell(ctx) == 0
    assert queries.endpoints(ctx) == []
    assert queries.count_deliveries(ctx, DeliveryFilter(state=DeliveryState.DELIVERED)) == 1


def test_only_those_who_manage_access_see_or_change_webhooks(ctx, receiver):
    weak = replace(ctx, may=frozenset(Permission) - {Permission.MANAGE_ACCESS})
    some = uuid4()
    for act in (
        lambda: add(weak, receiver),
        lambda: actions.rotate_secret(weak, some, ctx.now),
        lambda: actions.switch_endpoint(weak, some, enabled=True),
        lambda: actions.remove_endpoint(weak, some),
        lambda: actions.replay(weak, "k", some),
        lambda: actions.replay_range(weak, "k", some, ctx.now, ctx.now),
        lambda: queries.endpoints(weak),
        lambda: queries.deliveries(weak, DeliveryFilter(), most=1),
        lambda: queries.attempts(weak, some),
    ):
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.code is Code.NOT_ALLOWED


def test_a_kind_that_is_none_is_refused(ctx, receiver):
    with pytest.raises(Refusal) as no:
        add(ctx, receiver, ["checkout.order_eaten"])
    assert no.value.facts["field"] == "kinds"


def test_a_name_that_leads_inside_is_not_called(ctx, receiver):
    """Allowed when it was added, but the name means this machine now."""
    add(ctx, receiver)
    happen(ctx, 1)
    with ThreadPoolExecutor(1) as pool:
        actions.deliver(ctx, HttpSender(loopback=False), pool, FixedClock(ctx.now))
    assert receiver.got == []
    assert all_of(ctx)[0].last_error == "address"


@pytest.mark.faults
def test_a_worker_killed_in_the_middle_of_an_attempt_loses_nothing(ctx, receiver, database):
    add(ctx, receiver)
    happen(ctx, 1)
    receiver.answer = lambda n, said: time.sleep(8) or 200 if n == 1 else 200
    worker = subprocess.Popen(
        [Path(sys.executable).with_name("netterms"), "work"],
        env=os.environ | {"NETTERMS_WEBHOOK_LOOPBACK": "1"},
    )
    try:
        for _ in range(300):
            if receiver.got:
                break
            time.sleep(0.1)
        assert len(receiver.got) == 1
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    # The worker told the real time, the seller of this test lives in another.
    [waiting] = all_of(ctx)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    over = waiting.next_at - ctx.now
    assert tell(ctx, over - timedelta(seconds=1)) == 0
    assert tell(ctx, over) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [str(waiting.event_id)] * 2
    assert all_of(ctx)[0].state == "delivered"
