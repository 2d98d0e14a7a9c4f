"""The worker tells all sellers at once: one whose receiver hangs holds up no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Gate
from uuid import uuid4

import pytest

from netterms.kernel.clock import FixedClock
from netterms.webhooks import queries, worker
from netterms.webhooks.ports import Answer
from netterms.webhooks.queries import DeliveryFilter, DeliveryState
from tests.actions.webhooks.test_delivery import TOLD, actions, happen

STEPS = 500


class Hanging:
    """Answers at once, but at addresses that hang only when the gate is opened."""

    def __init__(self):
        self.gate = Gate()
        self.posts = []

    def post(self, url, headers, body):
        self.posts.append(url)
        if "hangs" in url:
            assert self.gate.wait(300)
        return Answer(200, "thanks")


@pytest.fixture
def sender():
    made = Hanging()
    yield made
    made.gate.set()


def delivered(ctx) -> int:
    return queries.count_deliveries(ctx, DeliveryFilter(state=DeliveryState.DELIVERED))


def steps(teller, until) -> None:
    for _ in range(STEPS):
        teller.step()
        if until():
            return
        teller.rest(0.1)
    pytest.fail("not told")


def test_a_seller_whose_receiver_hangs_holds_up_no_other(new_seller, sender):
    stuck, free = new_seller(), new_seller()
    actions.add_endpoint(stuck, "k", "https://example.com/hangs", [TOLD])
    actions.add_endpoint(free, "k", "https://example.com/answers", [TOLD])
    many = worker.MOST_OF_A_SELLER + 3
    for n in range(many):
        happen(stuck, n)
    buyer = uuid4()
    for n in range(3):
        # One after another: each is sent when the one before is received.
        happen(free, n, buyer)
    with ThreadPoolExecutor(worker.MOST_AT_ONCE) as pool:
        teller = worker.Teller(sender, pool, FixedClock(stuck.now))
        steps(teller, lambda: delivered(free) == 3)
        assert delivered(stuck) == 0
        assert sender.posts.count("https://example.com/hangs") == worker.MOST_OF_A_SELLER
        sender.gate.set()
        steps(teller, lambda: delivered(stuck) == many)
    assert sender.posts.count("https://example.com/hangs") == many


def test_a_name_with_many_dead_addresses_takes_no_longer_than_one(monkeypatch):
    from netterms.connectors import webhooks

    spent = [0.0]

    def dead(address, timeout):
        # Two seconds each, or what is left of the time for all.
        spent[0] += min(2, timeout)
        raise TimeoutError

    found = [(2, 1, 6, "", (f"93.184.216.{n}", 443)) for n in range(1, 250)]
    monkeypatch.setattr(webhooks, "monotonic", lambda: spent[0])
    monkeypatch.setattr(webhooks.socket, "create_connection", dead)
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *_a, **_k: found)
    answer = webhooks.HttpSender().post("https://example.com/", {}, b"{}")
    assert (answer.status, answer.error) == (None, "timeout")
    assert spent[0] == webhooks.CONNECT_SECONDS
