"""Clients that ask until they are answered, and write down what they heard."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from stdnum import luhn

from tests.history.record import Call
from tests.history.replay import NEW_BUYER, ORDERS

BATCH = f"{ORDERS}/batch"
# Companies of France that come as new buyers, some of them more than once: numbers that can be.
NEWCOMERS = [f"7328{n:04}" + luhn.calc_check_digit(f"7328{n:04}") for n in range(40)]
# Answers that say: nothing is known, ask again.
AGAIN = {429, 499, 500, 502, 503, 504}
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 90
# On average half of this between two requests of a client: the kills matter, not the load.
THINKS_SECONDS = 0.1
REMEMBERED = 300
# Which moves an order is likely to allow.
LIKELY = {
    "pending": ("amend", "approve", "decline", "void"),
    "authorised": ("amend", "capture", "capture", "void"),
    "part_captured": ("amend", "capture", "void", "refund"),
    "captured": ("refund",),
}


@dataclass
class Shared:
    """What all clients know: orders by id with their last state, calls, what is under way."""

    port: int
    secret: str
    buyers: list[str]
    calls: list[Call] = field(default_factory=list)
    orders: dict[str, tuple[str, int]] = field(default_factory=dict)
    under_way: dict[int, Call] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)
    failed: list[BaseException] = field(default_factory=list)
    gives_up: float = float("inf")

    lock: threading.Lock = field(default_factory=threading.Lock)

    def waiting(self) -> list[Call]:
        """Calls that were sent and not answered yet."""
        with self.lock:
            return list(self.under_way.values())

    def movable(self) -> list[tuple[str, str]]:
        """Orders that are not over yet, with their last known state."""
        with self.lock:
            return [(order, state) for order, (state, _) in self.orders.items()][-REMEMBERED:]

    def left(self, order: str) -> int:
        """What may be captured or refunded of it, as far as known."""
        with self.lock:
            return self.orders.get(order, ("", 1))[1]

    def stop(self) -> None:
        """No new requests; those under way are asked until answered."""
        self.gives_up = time.monotonic() + PATIENCE_SECONDS
        self.stopping.set()


class Client(threading.Thread):
    """One of the sixteen."""

    def __init__(self, number: int, shared: Shared, seed: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.shared = shared
        self.dice = random.Random(seed * 1000 + number)
        self.names = count()
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            while not self.shared.stopping.is_set():
                self.step()
                time.sleep(THINKS_SECONDS * self.dice.random())
        except BaseException as error:  # noqa: BLE001 - told where the clients are joined
            self.shared.failed.append(error)
        finally:
            self._hang_up()

    def step(self) -> None:
        roll = self.dice.random()
        likely = self.shared.movable()
        if roll < 0.12 and self.shared.calls:
            self.repeat()
        elif roll < 0.17:
            self.batch()
        elif roll < 0.22:
            self.ask(self._call(NEW_BUYER, self._newcomer()))
        elif roll < 0.5 or not likely:
            self.ask(self._call(ORDERS, self._order()))
        else:
            order, state = self.dice.choice(likely)
            words = LIKELY[state] if self.dice.random() < 0.9 else ("capture", "void", "refund")
            self.go_on(order, self.dice.choice(words))

    def go_on(self, order: str, word: str) -> None:
        body: dict[str, Any] = {}
        if word == "amend":
            body = {"amount_minor": self._minor()}
        elif word in {"capture", "refund"} and self.dice.random() < 0.5:
            body = {"amount_minor": max(1, self.shared.left(order) // self.dice.randint(1, 4))}
        self.ask(self._call(f"{ORDERS}/{order}/{word}", body))

    def repeat(self) -> None:
        """The same key again: with the same request, or once in a while with another."""
        # Also what another client waits for this very moment.
        found = [c for c in self.shared.calls[-REMEMBERED:] if c.done]
        found += [c for c in self.shared.waiting() if c.path != BATCH]
        if not found:
            return
        first = self.dice.choice(found)
        again = Call(self.number, first.key, first.path, dict(first.body), time.monotonic())
        if first.done and self.dice.random() < 0.25:
            again.body = self._another(first)
        self.ask(again)

    def _another(self, first: Call) -> dict[str, Any]:
        if first.path in {ORDERS, NEW_BUYER}:
            amount = first.body["amount"]
            return first.body | {"amount": amount | {"minor": amount["minor"] + 1}}
        if first.path.endswith(("amend", "capture", "refund")):
            return first.body | {"amount_minor": first.body.get("amount_minor", 0) + 1}
        return dict(first.body)

    def batch(self) -> None:
        entries = [
            {"idempotency_key": self._key()} | self._order() for _ in range(self.dice.randint(2, 8))
        ]
        whole = Call(self.number, "", BATCH, {"orders": entries}, time.monotonic())
        self._until_answered(whole)
        answers = whole.answer.get("answers", [{}] * len(entries))
        for entry, said in zip(entries, answers, strict=True):
            key = entry.pop("idempotency_key")
            part = Call(self.number, key, ORDERS, entry, whole.began, whole.ended)
            part.lost = whole.lost
            part.status, part.answer = said.get("status"), said.get("body", {})
            part.replayed = part.status == 200
            self._keep(part)

    def ask(self, call: Call) -> None:
        self._until_answered(call)
        self._keep(call)

    def _keep(self, call: Call) -> None:
        self.shared.calls.append(call)
        if call.done:
            left = call.answer["authorised_minor"] - call.answer["captured_minor"]
            known = call.answer["captured_minor"] - call.answer["refunded_minor"]
            state = call.answer["state"]
            with self.shared.lock:
                self.shared.orders.pop(call.answer["id"], None)
                if state in LIKELY and (left or known or state == "pending"):
                    self.shared.orders[call.answer["id"]] = state, left or known

    def _until_answered(self, call: Call) -> None:
        try:
            while time.monotonic() < self.shared.gives_up:
                said = self._attempt(call)
                if not said:
                    return
                call.lost.append(said)
                self.shared.refused[said] += 1
                # As soon as possible, so that the first attempt may still be under way.
                time.sleep(PAUSE_SECONDS * self.dice.random() * min(len(call.lost), 10))
        finally:
            call.ended = time.monotonic()

    def _attempt(self, call: Call) -> str:
        """Empty when answered, else why not."""
        headers = {"authorization": f"Bearer {self.shared.secret}"}
        headers["content-type"] = "application/json"
        if call.path != BATCH:
            headers["idempotency-key"] = call.key
        try:
            # Impatient ones ask again while the gateway still works on it.
            seconds = self.dice.choice([0.3, 1, 2, 7, 7, 7])
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.shared.port)
            self.connection.timeout = seconds
            if self.connection.sock is not None:
                self.connection.sock.settimeout(seconds)
            with self.shared.lock:
                self.shared.under_way[self.number] = call
            self.connection.request("POST", call.path, json.dumps(call.body), headers)
            said = self.connection.getresponse()
            text = said.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            return type(error).__name__
        finally:
            with self.shared.lock:
                self.shared.under_way.pop(self.number, None)
        if said.status in AGAIN:
            return str(said.status)
        call.status, call.answer = said.status, json.loads(text)
        if call.path != BATCH:
            call.text = text
            call.replayed = said.headers.get("idempotent-replayed") == "true"
        return ""

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _order(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "order_number": f"N-{self.number}-{next(self.names)}",
            "buyer_id": self.dice.choice(self.shared.buyers),
            "amount": self._amount(),
        }
        if self.dice.random() < 0.3:
            body["partial"] = True
        if self.dice.random() < 0.1:
            body["review"] = True
        if self.dice.random() < 0.1:
            # Long enough to be answered even after a kill: a day gone by is another question.
            until = datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS * 2)
            body["expires_at"] = until.isoformat()
        return body

    def _newcomer(self) -> dict[str, Any]:
        number = self.dice.choice(NEWCOMERS)
        return {
            "order_number": f"N-{self.number}-{next(self.names)}",
            "buyer": {"country": "FR", "registration_number": number, "name": f"Firm {number}"},
            "amount": self._amount(),
            "partial": self.dice.random() < 0.3,
        }

    def _amount(self) -> dict[str, Any]:
        return {"minor": self._minor(), "currency": self.dice.choice(["EUR", "EUR", "USD"])}

    def _minor(self) -> int:
        return self.dice.choice([self.dice.randint(1, 5_000), self.dice.randint(1, 40_000)])

    def _call(self, path: str, body: dict[str, Any]) -> Call:
        return Call(self.number, self._key(), path, body, time.monotonic())

    def _key(self) -> str:
        return f"c{self.number}-{next(self.names)}"
