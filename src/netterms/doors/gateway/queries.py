"""Who calls, and the calls of the two functions that answer orders."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from django.db import close_old_connections
from psycopg import errors

from netterms.access.queries import context_for_key, key_hash
from netterms.checkout.actions import (
    AUTHORISE,
    MOVE,
    RACES,
    Answer,
    authorise_params,
    move_params,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Database, Gateway, config
from netterms.store import server, sql
from netterms.store.tenancy import book, period_closed

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
# Beyond a statement's own limit: a network that swallows everything.
SILENCE_SECONDS = 5
# Who waits for a lock waits this part of the deadline; one of a group that is known to be stuck,
# for HURRY seconds.
PATIENCE, HURRY = 1 / 5, 0.05
BUSY_SECONDS = 1
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure)
LOCK_TIMEOUT = "select set_config('lock_timeout', %s, false)"
STUCK = (errors.LockNotAvailable, errors.QueryCanceled)


class Kind(Enum):
    """Which function answers, and what its caller has to be allowed."""

    NEW = Permission.CHECKOUT, AUTHORISE, authorise_params
    GO_ON = Permission.CHECKOUT, MOVE, move_params
    DECIDE = Permission.SET_LIMIT, MOVE, move_params

    @property
    def permission(self) -> Permission:
        """What the caller needs."""
        needed: Permission = self.value[0]
        return needed

    def call(self, ctx: Context, home: str, requests: Sequence[Any]) -> tuple[str, list[Any]]:
        """The statement and its parameters."""
        _, statement, params = self.value
        return statement, params(ctx, home, requests)


@dataclass(frozen=True, slots=True)
class Caller:
    """An API key that was accepted: whose book, what it may, and the seller's own currency.

    `rate`: requests a second, None where the installation's limit holds.
    """

    ctx: Context
    home: str
    zone: ZoneInfo
    key: UUID
    rate: int | None

    def at(self, now: datetime) -> Context:
        """The context of a call at `now`, on the seller's own date."""
        ctx = self.ctx
        return Context(ctx.seller, ctx.actor, now.astimezone(self.zone).date(), now, ctx.may)


def caller_of(secret: str, now: datetime) -> Caller:
    """The caller with API key `secret`; NOT_SIGNED_IN when it opens nothing."""
    # This thread's connection may be one that died with its server.
    close_old_connections()
    ctx = context_for_key(secret, now)
    with book(ctx):
        seller = sql.row(
            """
            select s.currency::text as currency, s.time_zone, k.id, k.requests_per_second
            from seller s
            join api_key k on k.seller_id = s.seller_id
             and %(hash)s in (k.key_hash, k.previous_hash)
            where s.seller_id = %(seller)s
            """,
            {"seller": ctx.seller, "hash": key_hash(secret)},
        )
    if seller is None:
        # It was rotated between the two looks.
        raise Refusal(Code.NOT_SIGNED_IN)
    zone, rate = ZoneInfo(seller["time_zone"]), seller["requests_per_second"]
    return Caller(ctx, seller["currency"], zone, seller["id"], rate)


class Unreachable(Exception):  # noqa: N818 - a state of the world, not a mistake
    """The database is away: nothing is known about the call that was under way."""


class Stuck(Refusal):
    """Somebody keeps what the request needs locked. Nothing of it was done."""

    def __init__(self) -> None:
        super().__init__(Code.BUSY, seconds=BUSY_SECONDS)


# What became of one request: its answer, or why there is none.
Outcome = Answer | Exception


class Link:
    """One connection to the database, as the application's lesser role."""

    def __init__(self, limits: Gateway) -> None:
        self._deadline = limits.deadline
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._patience = 0.0
        self.patience = limits.deadline * PATIENCE

    async def open(self) -> None:
        """Connect, if need be. Unreachable when that fails; the embedded server is revived."""
        if self._connection is not None and not self._connection.closed:
            return
        await self.close()
        try:
            host, port = await asyncio.to_thread(_address)
            async with asyncio.timeout(CONNECT_SECONDS + 1):
                self._connection = await psycopg.AsyncConnection.connect(
                    autocommit=True, prepare_threshold=0, **_login(host, port, self._deadline)
                )
        except (psycopg.Error, OSError, TimeoutError, RuntimeError) as error:
            raise Unreachable(str(error)) from error

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection, self._patience = self._connection, None, 0
        if connection is not None:
            await connection.close()

    async def ask(
        self, kind: Kind, ctx: Context, home: str, requests: Sequence[Any], patience: float
    ) -> list[Outcome]:
        """What became of each of `requests`, in their order; waits `patience` seconds for a lock.

        What fails as one call is halved until the request that spoils it is found: it fails alone,
        the others are answered. Unreachable when the connection was lost: the same requests again
        are answered by their keys.
        """
        failed: Exception | None = None
        for _ in range(RACES):
            try:
                return [*await self._call(kind, ctx, home, requests, patience)]
            except STUCK:
                return await self._one_by_one(kind, ctx, home, requests)
            except AGAIN as lost:
                failed = lost
            except errors.UniqueViolation as lost:
                # Another took a key or a number in between: what it wrote can be seen now.
                failed = lost
                if len(requests) > 1:
                    break
            except Unreachable:
                raise
            except Exception as error:  # noqa: BLE001 - told to the request that it belongs to
                failed = error
                break
        assert failed is not None
        if len(requests) == 1:
            return [_alone(failed)]
        half = len(requests) // 2
        first = await self.ask(kind, ctx, home, requests[:half], patience)
        return first + await self.ask(kind, ctx, home, requests[half:], patience)

    async def _one_by_one(
        self, kind: Kind, ctx: Context, home: str, requests: Sequence[Any]
    ) -> list[Outcome]:
        """Answer those that wait for no lock; what is not begun within `patience` is stuck, too."""
        found: list[Outcome] = []
        if len(requests) > 1:
            loop = asyncio.get_running_loop()
            until = loop.time() + self.patience
            for request in requests:
                if loop.time() >= until:
                    break
                found += await self.ask(kind, ctx, home, [request], HURRY)
        return found + [Stuck() for _ in requests[len(found) :]]

    async def _call(
        self, kind: Kind, ctx: Context, home: str, requests: Sequence[Any], patience: float
    ) -> list[Answer]:
        statement, params = kind.call(ctx, home, requests)
        await self.open()
        assert self._connection is not None
        try:
            async with asyncio.timeout(self._deadline + SILENCE_SECONDS):
                cursor = self._connection.cursor(binary=True)
                if patience != self._patience:
                    await cursor.execute(LOCK_TIMEOUT, [f"{patience * 1000:.0f}ms"])
                    self._patience = patience
                await cursor.execute(statement, params)
                return [Answer(status, body) for _, status, body in await cursor.fetchall()]
        except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError) as error:
            if isinstance(error, (*AGAIN, *STUCK)):
                raise
            await self.close()
            raise Unreachable(str(error)) from error


def _alone(error: Exception) -> Outcome:
    """What became of a single request that failed with `error`."""
    if isinstance(error, errors.DataError):
        log.warning("an order that the database cannot compute: %s", error)
        return Answer(422, '{"code": "amount_out_of_range"}')
    if refusal := period_closed(error):
        # It was closed while the request was under way.
        return refusal
    return Stuck() if isinstance(error, AGAIN) else error


def _address() -> tuple[str, str]:
    """Where the database is. An embedded server that died is started again."""
    database = config().app_database
    if config().embedded:
        running = server.reach(config().home)
        return running.host, running.port
    return database.host, database.port


def _login(host: str, port: str, deadline: float) -> dict[str, Any]:
    database: Database = config().app_database
    given = database.options(f"statement_timeout={deadline * 1000:.0f}ms")
    return {
        "dbname": database.name,
        "user": database.user or None,
        "password": database.password or None,
        **({"host": host} if host else {}),
        **({"port": port} if port else {}),
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": CONNECT_SECONDS,
        "tcp_user_timeout": int((deadline + SILENCE_SECONDS) * 1000),
        "application_name": "netterms gateway",
        **given,
    }
