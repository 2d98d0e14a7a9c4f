"""The gateway as an ASGI application: orders and their moves here, everything else to Django."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from netterms.checkout.actions import DECIDED_BY_PEOPLE, PROBLEM, REPEATED, Answer
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.doors.api.errors import API, JSON, bare, problem
from netterms.doors.api.hot import MOVES
from netterms.doors.gateway import reading
from netterms.doors.gateway.keys import Headers, Keys
from netterms.doors.gateway.lanes import Lanes
from netterms.doors.gateway.queries import Caller, Kind, Outcome
from netterms.kernel.clock import Clock
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Gateway

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Said = tuple[int, Headers, bytes]

ORDERS, BATCH = "/v1/orders", "/v1/orders/batch"
MOVE = re.compile(rf"/v1/orders/([^/]+)/({'|'.join(MOVES)})")
MOST_BYTES, MOST_BATCH_BYTES = 64 * 2**10, 4 * 2**20
PLAIN_JSON = [(b"content-type", b"application/json; charset=utf-8")]
# Refusals of the database that do not say which field is wrong.
TOLD_WITH = {
    Code.AMOUNT_OUT_OF_RANGE: "amount_minor",
    Code.INVOICE_NUMBER_TAKEN: "invoice_number",
    Code.ORDER_NUMBER_TAKEN: "order_number",
}
# Nothing that an answer quotes is taken for a page, as Django has it of its own answers.
NO_GUESSING = (b"x-content-type-options", b"nosniff")
REPLAYED = [*PLAIN_JSON, (b"idempotent-replayed", b"true")]


class Disconnected(Exception):  # noqa: N818 - not an error: the caller left
    """Nobody waits for the answer any more."""


class Door:
    """What is started with the server and ended with it."""

    def __init__(self, limits: Gateway, clock: Clock, rest: App) -> None:
        self._limits = limits
        self._clock = clock
        self._rest = rest
        self.keys: Keys | None = None
        self.lanes: Lanes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(API):
            await self._api(scope, receive, send)
        else:
            await self._django(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        _end_with_parent()
        self.keys = Keys(self._limits, self._clock)
        self.lanes = Lanes(self._limits, self._clock)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.lanes.close()
        self.keys.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what a program asks: orders here, the rest by Django; both count for the key."""
        headers = dict(scope["headers"])
        found = self._route(scope)
        limits: Headers = []
        answer: Said | None = None
        try:
            if found:
                _check_address(scope)
                caller = await self._caller(headers, limits)
                answer = await self._answered(headers, receive, caller, *found)
            elif b"authorization" in headers:
                await self._caller(headers, limits)
        except Disconnected:
            answer = 499, [], b""
        except Exception as error:  # noqa: BLE001 - logged where it is no refusal
            answer = _failed(error, _language(headers))
        if answer is None:
            await self._django(scope, receive, _telling(limits, send))
        else:
            await _send(answer, limits, send)

    async def _caller(self, headers: dict[bytes, bytes], limits: Headers) -> Caller:
        """Who asks, counted; what the key has left is added to `limits`."""
        assert self.keys is not None
        caller = await self.keys.caller(headers.get(b"authorization", b""))
        refusal, told = self.keys.count(caller)
        limits += told
        if refusal:
            raise refusal
        return caller

    async def _django(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._rest(scope, receive, send)
        except Refusal as refusal:
            # Before Django had it.
            said = _problem(refusal, _language(dict(scope["headers"])))
            await _send(said, [], send)

    def _route(self, scope: Scope) -> tuple[str, str, str] | None:
        """Kind of request, order id, move; None for Django."""
        path: str = scope["path"]
        if not path.startswith(ORDERS):
            return None
        if path == ORDERS:
            return None if scope["method"] == "GET" else ("order", "", "")
        if path == BATCH:
            return "batch", "", ""
        found = MOVE.fullmatch(path)
        return ("move", found[1], found[2]) if found else None

    async def _answered(
        self,
        headers: dict[bytes, bytes],
        receive: Receive,
        caller: Caller,
        what: str,
        order_id: str,
        word: str,
    ) -> Said:
        most = MOST_BATCH_BYTES if what == "batch" else MOST_BYTES
        body = await _body(headers, receive, most)
        if what == "batch":
            return await self._batch(caller, body, _language(headers))
        return await self._one(caller, headers, body, order_id, word)

    async def _one(
        self,
        caller: Caller,
        headers: dict[bytes, bytes],
        body: bytes,
        order_id: str,
        word: str,
    ) -> Said:
        assert self.lanes is not None
        kind = Kind.NEW
        if word:
            kind = Kind.DECIDE if OrderMove(word) in DECIDED_BY_PEOPLE else Kind.GO_ON
        caller.ctx.require(kind.permission)
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        asked: Any = (
            reading.move(key, _id(order_id), word, body) if word else reading.order(key, body)
        )
        [found] = await self.lanes.ask(kind, caller, [asked])
        answer = found if isinstance(found, Exception) else _checked(found, asked, order_id)
        if isinstance(answer, Exception):
            raise answer
        replayed = answer.status == REPEATED
        return answer.status, REPLAYED if replayed else PLAIN_JSON, answer.body.encode()

    async def _batch(self, caller: Caller, body: bytes, language: str) -> Said:
        assert self.lanes is not None
        caller.ctx.require(Kind.NEW.permission)
        asked = reading.batch(body)
        good = [each for each in asked if isinstance(each, OrderRequest)]
        outcomes = iter(await self.lanes.ask(Kind.NEW, caller, good) if good else [])
        said = []
        for each in asked:
            found: Outcome = each if isinstance(each, Exception) else next(outcomes)
            if isinstance(each, OrderRequest) and isinstance(found, Answer):
                found = _checked(found, each)
            if isinstance(found, Exception):
                status, _, text = _failed(found, language)
            else:
                status, text = found.status, found.body.encode()
            said.append(b'{"status":%d,"body":%b}' % (status, text))
        return 200, PLAIN_JSON, b'{"answers":[%b]}' % b",".join(said)


def _check_address(scope: Scope) -> None:
    """METHOD_NOT_ALLOWED, or VALUE_INVALID for a parameter: these addresses have none."""
    if scope["method"] != "POST":
        allow = "GET, POST" if scope["path"] == ORDERS else "POST"
        raise Refusal(Code.METHOD_NOT_ALLOWED, value=scope["method"], allow=allow)
    for field, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        raise Refusal(Code.VALUE_INVALID, field=field, value=value, mend=Mend.LEAVE_OUT)


async def _send(said: Said, limits: Headers, send: Send) -> None:
    status, headers, body = said
    told = [*headers, *limits, NO_GUESSING]
    start = {"type": "http.response.start", "status": status, "headers": told}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _telling(limits: Headers, send: Send) -> Send:
    """Sends Django's answer, with what the key may still ask."""

    async def tell(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *limits]}
        await send(message)

    return tell


def _end_with_parent() -> None:
    """Nobody may hold the port when the process that listened on it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None and sys.platform != "win32":
        loop, here = asyncio.get_running_loop(), os.getpid()

        def gone() -> None:
            loop.remove_reader(parent.sentinel)
            os.kill(here, signal.SIGTERM)

        loop.add_reader(parent.sentinel, gone)


async def _body(headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    """The request's body. BODY_TOO_LARGE beyond `most` bytes, MEDIA_TYPE_UNKNOWN for no JSON."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and int(told) > most:
        raise Refusal(Code.BODY_TOO_LARGE, field="body", value=told.decode(), most_bytes=most)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        more = message.get("more_body", False)
        if size > most:
            raise Refusal(Code.BODY_TOO_LARGE, field="body", value=str(size), most_bytes=most)
    media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    packed = headers.get(b"content-encoding", b"identity")
    if size and (media != b"application/json" or packed != b"identity"):
        shown = media if packed == b"identity" else packed
        raise Refusal(
            Code.MEDIA_TYPE_UNKNOWN,
            field="content-type",
            value=shown.decode("latin-1"),
        )
    return b"".join(parts)


def _id(text: str) -> UUID:
    # An id that cannot be one is an id nobody has.
    try:
        return UUID(text)
    except ValueError:
        raise Refusal(Code.NOT_FOUND, field="order", value=text) from None


def _checked(answer: Answer, asked: OrderRequest | MoveRequest, order_id: str = "") -> Outcome:
    """The answer, or the refusal that it is, with the field that it is about as it was sent."""
    if answer.status < PROBLEM:
        return answer
    refusal = answer.refusal
    if refusal.code is Code.KEY_REUSED:
        return Refusal(refusal.code, field="idempotency_key", key=asked.key)
    if refusal.code is Code.NOT_FOUND and order_id:
        return Refusal(refusal.code, field="order", value=order_id)
    if name := TOLD_WITH.get(refusal.code):
        value = getattr(asked, name, None)
        return Refusal(refusal.code, **{"field": name, "value": value} | dict(refusal.facts))
    return refusal


def _problem(refusal: Refusal, language: str) -> Said:
    with translation.override(language):
        answer = problem(refusal)
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    headers.append((b"content-language", language.encode()))
    headers.append((b"vary", b"accept-language"))
    return answer.status_code, headers, answer.content


def _failed(error: Exception, language: str) -> Said:
    if isinstance(error, Refusal):
        return _problem(error, language)
    log.error("a request that should have been answered", exc_info=error)
    answer = bare(HTTPStatus.INTERNAL_SERVER_ERROR)
    return answer.status_code, [(b"content-type", JSON.encode())], answer.content


def _language(headers: dict[bytes, bytes]) -> str:
    return _spoken(headers.get(b"accept-language", b"").decode("latin-1"))


@lru_cache(maxsize=1000)
def _spoken(accepted: str) -> str:
    """The first language asked for that there is, as Django chooses it."""
    for code, _weight in parse_accept_lang_header(accepted.lower()):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return str(settings.LANGUAGE_CODE)
