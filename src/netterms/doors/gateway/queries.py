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
from netterms.site.config import Database, config
from netterms.store import server, sql
from netterms.store.tenancy import book

log = logging.getLogger(__name__)

# A statement that waits longer for a lock gives its connection back; nothing of it was done.
STATEMENT_SECONDS = 30
CONNECT_SECONDS = 5
# Beyond the statement's own limit: a network that swallows everything.
SILENCE_SECONDS = STATEMENT_SECONDS + 5
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure)


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


class Link:
    """One connection to the database, as the application's lesser role."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def open(self) -> None:
        """Connect, if need be. Unreachable when that fails; the embedded server is revived."""
        if self._connection is not None and not self._connection.closed:
            return
        await self.close()
        try:
            host, port = await asyncio.to_thread(_address)
            async with asyncio.timeout(CONNECT_SECONDS + 1):
                self._connection = await psycopg.AsyncConnection.connect(
                    autocommit=True, prepare_threshold=0, **_login(host, port)
                )
        except (psycopg.Error, OSError, TimeoutError, RuntimeError) as error:
            raise Unreachable(str(error)) from error

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def ask(self, kind: Kind, ctx: Context, home: str, requests: list[Any]) -> list[Answer]:
        """The answers to `requests`, in their order; what spoils one call is found by halving it.

        Unreachable when the connection was lost: the same call again is answered by its keys.
        """
        statement, params = kind.call(ctx, home, requests)
        for _ in range(RACES):
            try:
                return await self._call(statement, params)
            except (*AGAIN, errors.UniqueViolation) as lost:
                # Another took a key or a number in between: what it wrote can be seen now.
                if len(requests) > 1 and isinstance(lost, errors.UniqueViolation):
                    break
            except errors.DataError as error:
                if len(requests) == 1:
                    log.warning("an order that the database cannot compute: %s", error)
                    return [Answer(422, '{"code": "amount_out_of_range"}')]
                break
        if len(requests) == 1:
            raise AssertionError(f"lost the same race {RACES} times")
        half = len(requests) // 2
        first = await self.ask(kind, ctx, home, requests[:half])
        return first + await self.ask(kind, ctx, home, requests[half:])

    async def _call(self, statement: str, params: list[Any]) -> list[Answer]:
        await self.open()
        assert self._connection is not None
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                cursor = self._connection.cursor(binary=True)
                await cursor.execute(statement, params)
                return [Answer(status, body) for _, status, body in await cursor.fetchall()]
        except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError) as error:
            if isinstance(error, AGAIN):
                raise
            await self.close()
            raise Unreachable(str(error)) from error


def _address() -> tuple[str, str]:
    """Where the database is. An embedded server that died is started again."""
    database = config().app_database
    if config().embedded:
        running = server.start(config().home)
        return running.host, running.port
    return database.host, database.port


def _login(host: str, port: str) -> dict[str, Any]:
    database: Database = config().app_database
    role = f"-c role={database.role} " if database.role else ""
    return {
        "dbname": database.name,
        "user": database.user or None,
        "password": database.password or None,
        "host": host or None,
        "port": port or None,
        "connect_timeout": CONNECT_SECONDS,
        "options": f"{role}-c statement_timeout={STATEMENT_SECONDS}s",
        "keepalives_idle": CONNECT_SECONDS,
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
        "application_name": "netterms gateway",
    }
