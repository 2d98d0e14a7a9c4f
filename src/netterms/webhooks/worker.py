"""Tells the events of all sellers at the same time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from uuid import UUID

from netterms.access.queries import context_for_job
from netterms.kernel.clock import Clock
from netterms.webhooks.actions import Underway, finish, send
from netterms.webhooks.ports import Sender
from netterms.webhooks.queries import sellers_to_tell

# Each message waits in a thread of its own. A seller whose endpoints are slow has only its part of
# them, so that the others go on.
MOST_AT_ONCE = 64
MOST_OF_A_SELLER = 16


class Teller:
    """Messages under way. `pool` has at least `MOST_AT_ONCE` threads, so none waits for one."""

    def __init__(self, sender: Sender, pool: Executor, clock: Clock) -> None:
        self._sender = sender
        self._pool = pool
        self._clock = clock
        self._underway: list[Underway] = []

    def step(self) -> int:
        """Record what came back and send what is due; returns how many messages were sent."""
        ended = [one for one in self._underway if one.answer.done()]
        self._underway = [one for one in self._underway if one not in ended]
        for one in ended:
            finish(one, self._clock)
        before = len(self._underway)
        busy = Counter(one.ctx.seller for one in self._underway)
        for seller in sorted(sellers_to_tell(), key=lambda seller: busy[seller]):
            self._send(seller, busy[seller])
        return len(self._underway) - before

    def rest(self, seconds: float) -> bool:
        """Wait until an answer is there, at most so long; False when nothing is under way."""
        wait([one.answer for one in self._underway], seconds, FIRST_COMPLETED)
        return bool(self._underway)

    def _send(self, seller: UUID, busy: int) -> None:
        free = min(MOST_OF_A_SELLER - busy, MOST_AT_ONCE - len(self._underway))
        if free > 0:
            ctx = context_for_job(seller, "webhooks", self._clock.now())
            self._underway += send(ctx, self._sender, self._pool, self._clock, free)
