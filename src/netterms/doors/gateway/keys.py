"""API keys, looked up once every few seconds, and how often each may ask."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from netterms.access.queries import key_hash
from netterms.doors.api.keys import LONGEST_KEY
from netterms.doors.gateway.queries import Caller, caller_of
from netterms.kernel.clock import Clock
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Gateway

# A key that was revoked, or lost a scope, opens for this long at most.
KEPT_SECONDS = 5.0
MOST_KEPT = 10_000
LOOKUPS = 2
PAUSE = 0.2
BUSY_SECONDS = 1
SCHEME = b"bearer "


@dataclass(slots=True)
class Bucket:
    """Tokens of one key: as many as a second gives may be taken at once."""

    left: float
    since: float


class Keys:
    """The callers whose keys were presented lately."""

    def __init__(self, limits: Gateway, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="keys")
        self._kept: dict[str, tuple[float, asyncio.Future[Caller]]] = {}
        self._buckets: dict[UUID, Bucket] = {}

    async def caller(self, authorization: bytes) -> Caller:
        """Who sent this header. NOT_SIGNED_IN when nobody we know."""
        if authorization[: len(SCHEME)].lower() != SCHEME:
            raise Refusal(Code.NOT_SIGNED_IN)
        secret = authorization[len(SCHEME) :].strip().decode("latin-1")
        if not 0 < len(secret) <= LONGEST_KEY:
            raise Refusal(Code.NOT_SIGNED_IN)
        name = key_hash(secret)
        now = self._loop.time()
        until, found = self._kept.get(name, (0.0, None))
        if found is None or until <= now:
            # Everybody who presents the key meanwhile waits for this one look.
            found = self._loop.create_task(self._look(secret))
            found.add_done_callback(_seen)
            _forget(self._kept)
            self._kept[name] = now + KEPT_SECONDS, found
        return found.result() if found.done() else await asyncio.shield(found)

    def count(self, caller: Caller) -> None:
        """TOO_MANY_REQUESTS when the key asked more often than it may. A batch is one request."""
        rate = caller.rate or self._limits.rate
        now = self._loop.time()
        bucket = self._buckets.get(caller.key)
        if bucket is None:
            _forget(self._buckets)
            bucket = self._buckets[caller.key] = Bucket(rate, now)
        bucket.left = min(rate, bucket.left + (now - bucket.since) * rate)
        bucket.since = now
        if bucket.left < 1:
            raise Refusal(Code.TOO_MANY_REQUESTS, most=rate, seconds=1)
        bucket.left -= 1

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look(self, secret: str) -> Caller:
        until = self._loop.time() + self._limits.deadline
        while True:
            try:
                return await self._loop.run_in_executor(
                    self._threads, caller_of, secret, self._clock.now()
                )
            except (DatabaseError, InterfaceError):
                if self._loop.time() + PAUSE >= until:
                    self._kept.pop(key_hash(secret), None)
                    raise Refusal(Code.BUSY, seconds=BUSY_SECONDS) from None
                await asyncio.sleep(PAUSE)


def _seen(look: asyncio.Future[Caller]) -> None:
    # A refusal that nobody waited for is no news.
    if not look.cancelled():
        look.exception()


def _forget(kept: dict[Any, Any]) -> None:
    """Make room: the oldest goes first."""
    if len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
