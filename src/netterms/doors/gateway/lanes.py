"""Group commit: what waits at the same moment goes to the database as one call.

A lane holds what waits of one caller and kind. Each connection takes the first of the lanes in turn
and up to `GROUP` orders from it, so that a busy seller does not keep another waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from netterms.checkout.actions import Answer
from netterms.doors.gateway.queries import Caller, Kind, Link, Unreachable
from netterms.kernel.clock import Clock
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Gateway

log = logging.getLogger(__name__)

GROUP = 64
LOOK_SECONDS = 0.05
# Pauses between attempts to reach the database again.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
BUSY_SECONDS = 1


@dataclass(slots=True, eq=False)
class Waiting:
    """Requests that are answered together: one, or a batch. `until` is on the loop's clock."""

    requests: list[Any]
    answered: asyncio.Future[list[Answer]]
    until: float


@dataclass(slots=True, eq=False)
class Lane:
    """What waits of one caller and kind, the oldest first; `orders` counts their requests."""

    kind: Kind
    caller: Caller
    waiting: deque[Waiting] = field(default_factory=deque)
    orders: int = 0
    listed: bool = False

    def take(self) -> list[Waiting]:
        """The oldest, up to `GROUP` orders; a larger batch goes alone."""
        taken: list[Waiting] = []
        orders = 0
        while self.waiting:
            more = len(self.waiting[0].requests)
            if taken and orders + more > GROUP:
                break
            one = self.waiting.popleft()
            self.orders -= more
            if not one.answered.done():
                taken.append(one)
                orders += more
        return taken


class Lanes:
    """Every lane of this process, and the connections that serve them."""

    def __init__(self, limits: Gateway, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[tuple[Kind, Any, str], Lane] = {}
        self._ready: deque[Lane] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        self._under_way: dict[int, list[Waiting]] = {}
        self._closing = False
        self._workers = [self._loop.create_task(self._work(n)) for n in range(limits.connections)]
        self._watch = self._loop.create_task(self._give_up_late_ones())

    def ask(self, kind: Kind, caller: Caller, requests: list[Any]) -> asyncio.Future[list[Answer]]:
        """The answers to `requests`, to be awaited. BUSY when too many wait already."""
        where = (kind, caller.ctx.seller, caller.ctx.actor)
        lane = self._lanes.get(where)
        if lane is None:
            lane = self._lanes[where] = Lane(kind, caller)
        # A batch larger than the queue may come when nothing else waits.
        if self._closing or (lane.orders and lane.orders + len(requests) > self._limits.queue):
            raise Refusal(Code.BUSY, seconds=BUSY_SECONDS)
        lane.caller = caller
        until = self._loop.time() + self._limits.deadline
        one = Waiting(requests, self._loop.create_future(), until)
        lane.waiting.append(one)
        lane.orders += len(requests)
        if not lane.listed:
            lane.listed = True
            self._ready.append(lane)
        self._wake()
        return one.answered

    async def close(self) -> None:
        """Answer what waits, then let go of the connections."""
        self._closing = True
        while self._ready or self._under_way:
            await asyncio.sleep(LOOK_SECONDS)
        for task in (*self._workers, self._watch):
            task.cancel()
        await asyncio.gather(*self._workers, self._watch, return_exceptions=True)

    def _wake(self) -> None:
        while self._idle:
            sleeper = self._idle.popleft()
            if not sleeper.done():
                sleeper.set_result(None)
                return

    async def _work(self, number: int) -> None:
        link = Link()
        with suppress(Unreachable):
            await link.open()
        try:
            while True:
                while not self._ready:
                    sleeper = self._loop.create_future()
                    self._idle.append(sleeper)
                    await sleeper
                lane = self._ready.popleft()
                group = lane.take()
                lane.listed = bool(lane.waiting)
                if lane.listed:
                    self._ready.append(lane)
                    self._wake()
                if group:
                    self._under_way[number] = group
                    try:
                        await self._answer(link, lane, group)
                    finally:
                        del self._under_way[number]
        finally:
            await link.close()

    async def _answer(self, link: Link, lane: Lane, group: list[Waiting]) -> None:
        """Call until answered: a call whose connection was lost is known by its keys."""
        pause, sent = FIRST_PAUSE, False
        while any(not one.answered.done() for one in group):
            requests = [request for one in group for request in one.requests]
            try:
                await link.open()
                sent = True
                now = self._clock.now()
                answers = await link.ask(lane.kind, lane.caller.at(now), lane.caller.home, requests)
            except Unreachable as away:
                log.warning("the database does not answer: %s", away)
                if not sent:
                    # Nothing is lost by waiting in the queue's own order.
                    group = [one for one in group if not one.answered.done()]
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Exception as error:
                log.exception("a call that should have been answered")
                for one in group:
                    if not one.answered.done():
                        one.answered.set_exception(error)
            else:
                _give(group, answers)

    async def _give_up_late_ones(self) -> None:
        """Refuse what waited past its deadline: not begun is BUSY, begun NO_ANSWER_IN_TIME."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = self._loop.time()
            for lane in self._lanes.values():
                while lane.waiting and lane.waiting[0].until <= now:
                    one = lane.waiting.popleft()
                    lane.orders -= len(one.requests)
                    _refuse(one, Refusal(Code.BUSY, seconds=BUSY_SECONDS))
            for group in self._under_way.values():
                for one in group:
                    if one.until <= now:
                        _refuse(one, Refusal(Code.NO_ANSWER_IN_TIME))


def _refuse(one: Waiting, refusal: Refusal) -> None:
    if not one.answered.done():
        one.answered.set_exception(refusal)


def _give(group: list[Waiting], answers: list[Answer]) -> None:
    first = 0
    for one in group:
        last = first + len(one.requests)
        if not one.answered.done():
            one.answered.set_result(answers[first:last])
        first = last
