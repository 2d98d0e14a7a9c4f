"""Everything that is not the hot path: Django, in threads."""

from __future__ import annotations

import asyncio
import tempfile
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http.cookie import parse_cookie

from netterms.doors.api.errors import API
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import config

if TYPE_CHECKING:
    from netterms.doors.gateway.app import Receive, Scope, Send

THREADS = 8
PROXY = "127.0.0.1"
FORWARDED = (b"forwarded", b"x-forwarded-")
IN_MEMORY, PIECE = 2**20, 2**16
# Twenty papers of five megabytes and their form; what programs send is less.
MOST_BYTES, MOST_API_BYTES = 2**27, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
# Buyers come by a link and send a few photographs.
GUESTS, MOST_GUEST_BYTES = "/p/", 2**24
# Whoever has not signed in has no file to send.
MOST_STRANGER_BYTES = 2**20


class TooLargeError(Exception):
    """More was sent than is read. Nothing of it is kept."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Rest:
    """Django's WSGI application as ASGI.

    A body is here before a thread is taken for it, so that who sends slowly keeps nobody waiting,
    and no longer than its address and its sender may send. Behind a proxy with TLS on this machine
    (`NETTERMS_HTTPS`), its word for scheme and visitor is taken; from anyone else those headers are
    dropped, as are names with an underscore, which WSGI could not tell from those with a hyphen.
    """

    def __init__(self, application: Any) -> None:  # noqa: ANN401 - any WSGI application
        self._bridge: Any = WSGIMiddleware(application, workers=THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._bridge(scope, receive, send)
            return
        scope = _believed(scope)
        headers = dict(scope["headers"])
        if not _has_body(headers):
            await self._bridge(scope, receive, send)
            return
        most = await self._most(scope["path"], headers)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as kept:
            try:
                size = await _keep(headers, receive, kept, most)
            except ConnectionResetError:
                # Nobody is there to be answered.
                return
            except TooLargeError as error:
                if most != MOST_STRANGER_BYTES:
                    told = {"field": "body", "value": str(error.size), "most_bytes": most}
                    raise Refusal(Code.BODY_TOO_LARGE, **told) from None
                # Django says what it says to strangers who send a form.
                size = 0
            # WSGI wants to know the length beforehand.
            plain = [(n, v) for n, v in scope["headers"] if n not in _LENGTHS]
            plain.append((b"content-length", str(size).encode()))
            await self._bridge({**scope, "headers": plain}, _again(kept, size), send)

    async def _most(self, path: str, headers: dict[bytes, bytes]) -> int:
        if path.startswith(API):
            return MOST_API_BYTES
        if path.startswith(GUESTS):
            return MOST_GUEST_BYTES
        if _told(headers) <= MOST_STRANGER_BYTES and b"transfer-encoding" not in headers:
            return MOST_STRANGER_BYTES
        loop, cookies = asyncio.get_running_loop(), headers.get(b"cookie", b"").decode("latin-1")
        is_known = await loop.run_in_executor(self._bridge.executor, _is_signed_in, cookies)
        return MOST_BYTES if is_known else MOST_STRANGER_BYTES


_LENGTHS = (b"content-length", b"transfer-encoding")


def _told(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or _told(headers) > 0


def _is_signed_in(cookies: str) -> bool:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return bool(key) and SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)


async def _keep(headers: dict[bytes, bytes], receive: Receive, kept: IO[bytes], most: int) -> int:
    """How long the body is that is in `kept` now."""
    if _told(headers) > most:
        raise TooLargeError(_told(headers))
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left")
        size += kept.write(message.get("body", b""))
        more = message.get("more_body", False)
        if size > most:
            raise TooLargeError(size)
    kept.seek(0)
    return size


def _again(kept: IO[bytes], size: int) -> Receive:
    """Gives the body that is kept, piece by piece."""

    async def receive() -> dict[str, Any]:
        piece = kept.read(PIECE) if size else b""
        more = bool(size) and kept.tell() < size
        return {"type": "http.request", "body": piece, "more_body": more}

    return receive


def _believed(scope: Scope) -> Scope:
    told = {name: value for name, value in scope["headers"] if name.startswith(FORWARDED)}
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if b"_" not in name and not name.startswith(FORWARDED)
    ]
    found = {**scope, "headers": headers}
    client = scope.get("client") or ("", 0)
    if config().https and client[0] == PROXY:
        visitor = told.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        if visitor:
            found["client"] = visitor, 0
        found["scheme"] = told.get(b"x-forwarded-proto", b"http").decode("latin-1").strip()
    return found
