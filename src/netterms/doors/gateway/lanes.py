"""Group commit: what waits at the same moment goes to the database as one call.

A lane holds what waits of one caller and kind. Each connection takes the first of the lanes in turn
and up to `GROUP` orders from it, so that a busy seller does not keep another waiting. A seller has
one call at a time: two would wait for each other's lines, and make two small groups of a large one.
Only beside a slow call, which may wait for a lock, goes another; and the last connection that is
free is for a seller that has none.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from netterms.doors.gateway.queries import (
    BUSY_SECONDS,
    HURRY,
    PATIENCE,
    Caller,
    Kind,
    Link,
    Outcome,
    Stuck,
    Unreachable,
)
from netterms.kernel.clock import Clock
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Gateway

log = logging.getLogger(__name__)
Where = tuple[Kind, UUID, str]

GROUP = 24
# How many sellers' full queues may wait; a seller that has nothing waiting may still come.
QUEUES = 8
LOOK_SECONDS = 0.05
# A call that takes longer is slow.
SLOW_SECONDS = 0.05
# Pauses between attempts to reach the database again.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0


@dataclass(slots=True, eq=False)
class Waiting:
    """Requests that are answered together: one, or a batch. `until` is on the loop's clock."""

    requests: list[Any]
    answered: asyncio.Future[list[Outcome]]
    until: float


@dataclass(slots=True, eq=False)
class Lane:
    """What waits of one caller and kind, the oldest first.

    `stuck` found what it needs locked: it goes alone, and when nothing else waits. `calls` are
    under way.
    """

    kind: Kind
    caller: Caller
    waiting: deque[Waiting] = field(default_factory=deque)
    stuck: deque[Waiting] = field(default_factory=deque)
    calls: int = 0
    listed: bool = False

    @property
    def where(self) -> Where:
        """What tells it from the others."""
        return self.kind, self.caller.ctx.seller, self.caller.ctx.actor

    @property
    def ready(self) -> bool:
        """Whether a connection finds something to do here."""
        return bool(self.waiting or (self.stuck and not self.calls))

    def take(self) -> list[Waiting]:
        """The oldest, up to `GROUP` orders; a larger batch goes alone."""
        queue = self.waiting or self.stuck
        most = GROUP if self.waiting else 1
        taken: list[Waiting] = []
        orders = 0
        while queue and (not taken or orders + len(queue[0].requests) <= most):
            one = queue.popleft()
            taken.append(one)
            orders += len(one.requests)
        return taken

    def late(self, now: float) -> list[Waiting]:
        """Those whose deadline is over; they no longer wait."""
        found = [one for one in self.stuck if one.until <= now]
        for one in found:
            self.stuck.remove(one)
        while self.waiting and self.waiting[0].until <= now:
            found.append(self.waiting.popleft())
        return found


@dataclass(frozen=True, slots=True)
class Call:
    """A call under way: whose, of what, and since when on the loop's clock."""

    seller: UUID
    group: list[Waiting]
    begun: float


class Lanes:
    """Every lane of this process, and the connections that serve them."""

    def __init__(self, limits: Gateway, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[Where, Lane] = {}
        # Orders that wait, by seller, and all of them.
        self._orders: Counter[UUID] = Counter()
        self._all = 0
        self._ready: deque[Lane] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        self._under_way: dict[int, Call] = {}
        # How many connections one seller may have at once.
        self._share = max(1, limits.connections - 1)
        self._closing = False
        self._workers = [self._loop.create_task(self._work(n)) for n in range(limits.connections)]
        self._watch = self._loop.create_task(self._give_up_late_ones())

    def ask(self, kind: Kind, caller: Caller, requests: list[Any]) -> asyncio.Future[list[Outcome]]:
        """What becomes of `requests`, to be awaited. BUSY when too many wait already."""
        most, seller = self._limits.queue, caller.ctx.seller
        mine = self._orders[seller]
        # A batch larger than the queue may come when nothing else waits.
        too_many = mine and mine + len(requests) > most
        if self._closing or too_many or (mine and self._all >= QUEUES * most):
            raise Refusal(Code.BUSY, seconds=BUSY_SECONDS)
        lane = Lane(kind, caller)
        lane = self._lanes.setdefault(lane.where, lane)
        lane.caller = caller
        until = self._loop.time() + self._limits.deadline
        one = Waiting(requests, self._loop.create_future(), until)
        lane.waiting.append(one)
        self._wait(lane, [one])
        self._list(lane)
        return one.answered

    async def close(self) -> None:
        """Answer what waits, then let go of the connections."""
        self._closing = True
        while self._lanes:
            await asyncio.sleep(LOOK_SECONDS)
        for task in (*self._workers, self._watch):
            task.cancel()
        await asyncio.gather(*self._workers, self._watch, return_exceptions=True)

    def _wait(self, lane: Lane, some: list[Waiting], sign: int = 1) -> None:
        """Note that some wait; with sign -1, that they no longer do."""
        orders = sign * sum(len(one.requests) for one in some)
        seller = lane.caller.ctx.seller
        self._orders[seller] += orders
        self._all += orders
        if not self._orders[seller]:
            del self._orders[seller]

    def _list(self, lane: Lane) -> None:
        """Let a connection look at the lane, if there is something to do; else forget it."""
        if lane.ready and not lane.listed:
            lane.listed = True
            self._ready.append(lane)
        elif not lane.ready and not lane.listed and not lane.calls:
            del self._lanes[lane.where]
        self._rouse()

    def _rouse(self) -> None:
        """Wake an idle connection, if a lane is ready and its seller may have one more."""
        if not any(self._may_have_another(lane.caller.ctx.seller) for lane in self._ready):
            return
        while self._idle:
            sleeper = self._idle.popleft()
            if not sleeper.done():
                sleeper.set_result(None)
                return

    def _next(self) -> Lane | None:
        """The first lane whose seller may have one more connection."""
        for lane in self._ready:
            if self._may_have_another(lane.caller.ctx.seller):
                self._ready.remove(lane)
                lane.listed = False
                return lane
        return None

    def _may_have_another(self, seller: UUID) -> bool:
        calls = [call for call in self._under_way.values() if call.seller == seller]
        slow = self._loop.time() - SLOW_SECONDS
        return len(calls) < self._share and all(call.begun <= slow for call in calls)

    async def _work(self, number: int) -> None:
        link = Link(self._limits)
        with suppress(Unreachable):
            await link.open()
        try:
            while True:
                while (lane := self._next()) is None:
                    sleeper = self._loop.create_future()
                    self._idle.append(sleeper)
                    await sleeper
                await self._serve(number, link, lane)
        finally:
            await link.close()

    async def _serve(self, number: int, link: Link, lane: Lane) -> None:
        patience = HURRY if lane.waiting and lane.stuck else link.patience
        taken = lane.take()
        self._wait(lane, taken, -1)
        # Nobody answers those who left.
        group = [one for one in taken if not one.answered.done()]
        self._under_way[number] = Call(lane.caller.ctx.seller, group, self._loop.time())
        lane.calls += 1
        self._list(lane)
        try:
            await self._answer(link, lane, group, patience)
        finally:
            lane.calls -= 1
            del self._under_way[number]
            self._list(lane)

    async def _answer(self, link: Link, lane: Lane, group: list[Waiting], patience: float) -> None:
        """Call until answered: a call whose connection was lost is known by its keys."""
        pause, sent = FIRST_PAUSE, False
        while any(not one.answered.done() for one in group):
            requests = [request for one in group for request in one.requests]
            try:
                await link.open()
                sent = True
                ctx, home = lane.caller.at(self._clock.now()), lane.caller.home
                outcomes = await link.ask(lane.kind, ctx, home, requests, patience)
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
                    _tell(one, error)
            else:
                self._give(lane, group, outcomes)
                return

    def _give(self, lane: Lane, group: list[Waiting], outcomes: list[Outcome]) -> None:
        """Answer each of the group; what is stuck waits on, where its deadline lets it."""
        again = self._loop.time() + self._limits.deadline * PATIENCE
        first = 0
        for one in group:
            last = first + len(one.requests)
            found = outcomes[first:last]
            first = last
            if one.answered.done():
                continue
            if one.until > again and all(isinstance(each, Stuck) for each in found):
                lane.stuck.append(one)
                self._wait(lane, [one])
            else:
                one.answered.set_result(found)

    async def _give_up_late_ones(self) -> None:
        """Refuse what waited past its deadline: not begun is BUSY, begun NO_ANSWER_IN_TIME."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = self._loop.time()
            for lane in self._lanes.values():
                late = lane.late(now)
                self._wait(lane, late, -1)
                for one in late:
                    _tell(one, Refusal(Code.BUSY, seconds=BUSY_SECONDS))
            # Beside a call that became slow there is room for another.
            self._rouse()
            for call in self._under_way.values():
                for one in call.group:
                    if one.until <= now:
                        _tell(one, Refusal(Code.NO_ANSWER_IN_TIME))


def _tell(one: Waiting, error: Exception) -> None:
    if not one.answered.done():
        one.answered.set_exception(error)
