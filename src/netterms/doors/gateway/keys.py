"""API keys, looked up once every few seconds, and how often each may ask."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
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
# Keys that are looked for at one moment, by so many threads.
MOST_LOOKS, LOOKUPS = 1000, 2
PAUSE = 0.2
BUSY_SECONDS = RETRY_SECONDS = 1
SCHEME = b"bearer "
Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Bucket:
    """Tokens of one key: as many as a second gives may be taken at once."""

    left: float
    since: float

    def take(self, rate: int, now: float) -> bool:
        """Take one; False when none is left."""
        self.left = min(rate, self.left + (now - self.since) * rate)
        self.since = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def headers(self, rate: int) -> Headers:
        """What the key may and has left, as the IETF's draft "RateLimit header fields" has it."""
        full = b'"key";r=%d;t=%d' % (self.left, ceil((rate - self.left) / rate))
        return [(b"ratelimit-policy", b'"key";q=%d;w=1' % rate), (b"ratelimit", full)]


class Keys:
    """The callers whose keys were presented lately."""

    def __init__(self, limits: Gateway, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="keys")
        # By the hash of the key, and until when. Unknown ones cannot push good ones out.
        self._known: dict[str, tuple[float, Caller]] = {}
        self._unknown: dict[str, float] = {}
        self._looks: dict[str, asyncio.Task[Caller]] = {}
        self._buckets: dict[UUID, Bucket] = {}

    async def caller(self, authorization: bytes) -> Caller:
        """Who sent this header. NOT_SIGNED_IN when nobody we know; BUSY when too many are new."""
        if authorization[: len(SCHEME)].lower() != SCHEME:
            raise Refusal(Code.NOT_SIGNED_IN)
        secret = authorization[len(SCHEME) :].strip().decode("latin-1")
        if not 0 < len(secret) <= LONGEST_KEY:
            raise Refusal(Code.NOT_SIGNED_IN)
        name = key_hash(secret)
        now = self._loop.time()
        known = self._known.get(name)
        if known and now < known[0]:
            return known[1]
        if now < self._unknown.get(name, 0):
            raise Refusal(Code.NOT_SIGNED_IN)
        look = self._looks.get(name)
        if look is None:
            if len(self._looks) >= MOST_LOOKS:
                raise Refusal(Code.BUSY, seconds=BUSY_SECONDS)
            # Everybody who presents the key meanwhile waits for this one look.
            look = self._looks[name] = self._loop.create_task(self._look(name, secret))
            look.add_done_callback(_seen)
        return await asyncio.shield(look)

    def count(self, caller: Caller) -> tuple[Refusal | None, Headers]:
        """TOO_MANY_REQUESTS when the key asks more often than it may, and what tells so in advance.

        A batch is one request.
        """
        rate = caller.rate or self._limits.rate
        now = self._loop.time()
        bucket = self._buckets.get(caller.key)
        if bucket is None:
            bucket = Bucket(rate, now)
            _remember(self._buckets, caller.key, bucket)
        refusal = None
        if not bucket.take(rate, now):
            refusal = Refusal(Code.TOO_MANY_REQUESTS, most=rate, seconds=RETRY_SECONDS)
        return refusal, bucket.headers(rate)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look(self, name: str, secret: str) -> Caller:
        until = self._loop.time() + KEPT_SECONDS
        self._known.pop(name, None)
        try:
            caller = await self._found(secret)
        except Refusal as refusal:
            if refusal.code is Code.NOT_SIGNED_IN:
                _remember(self._unknown, name, until)
            raise
        else:
            _remember(self._known, name, (until, caller))
            return caller
        finally:
            del self._looks[name]

    async def _found(self, secret: str) -> Caller:
        """Looks until the deadline: a database may come back."""
        until = self._loop.time() + self._limits.deadline
        while True:
            try:
                return await self._loop.run_in_executor(
                    self._threads, caller_of, secret, self._clock.now()
                )
            except (DatabaseError, InterfaceError):
                if self._loop.time() + PAUSE >= until:
                    raise Refusal(Code.BUSY, seconds=BUSY_SECONDS) from None
                await asyncio.sleep(PAUSE)


def _seen(look: asyncio.Future[Caller]) -> None:
    # A refusal that nobody waited for is no news.
    if not look.cancelled():
        look.exception()


def _remember(kept: dict[Any, Any], name: object, value: object) -> None:
    """Keep it as the newest; the oldest makes room."""
    kept.pop(name, None)
    if len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
    kept[name] = value
