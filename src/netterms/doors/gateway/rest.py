"""Everything that is not the hot path: Django, in threads."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings

from netterms.doors.api.errors import API
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import config

if TYPE_CHECKING:
    from netterms.doors.gateway.app import Receive, Scope, Send

THREADS = 8
PROXY = "127.0.0.1"
FORWARDED = (b"forwarded", b"x-forwarded-")
IN_MEMORY, PIECE = 2**20, 2**16
# A file of invoices may be long; what programs send is not.
MOST_BYTES, MOST_API_BYTES = 2**30, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
# Buyers come by a link and send a few photographs.
GUESTS, MOST_GUEST_BYTES = "/p/", 2**24


def _most(path: str) -> int:
    if path.startswith(API):
        return MOST_API_BYTES
    return MOST_GUEST_BYTES if path.startswith(GUESTS) else MOST_BYTES


class Rest:
    """Django's WSGI application as ASGI.

    Behind a proxy with TLS on this machine (`NETTERMS_HTTPS`), its word for scheme and visitor is
    taken; from anyone else those headers are dropped, as are names with an underscore, which WSGI
    could not tell from those with a hyphen.
    """

    def __init__(self, application: Any) -> None:  # noqa: ANN401 - any WSGI application
        self._bridge: Any = WSGIMiddleware(application, workers=THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._bridge(scope, receive, send)
            return
        scope = _believed(scope)
        receive = _whole(receive)
        if not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            await self._bridge(scope, receive, send)
            return
        # WSGI wants to know the length beforehand.
        most = _most(scope["path"])
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as kept:
            size, more = 0, True
            while more:
                message = await receive()
                size += kept.write(message.get("body", b""))
                more = message.get("more_body", False)
                if size > most:
                    told = {"field": "body", "value": str(size), "most_bytes": most}
                    raise Refusal(Code.BODY_TOO_LARGE, **told)
            kept.seek(0)
            headers = [(n, v) for n, v in scope["headers"] if n != b"transfer-encoding"]
            headers.append((b"content-length", str(size).encode()))

            async def again() -> dict[str, Any]:
                piece = kept.read(PIECE)
                more = kept.tell() < size
                return {"type": "http.request", "body": piece, "more_body": more}

            await self._bridge({**scope, "headers": headers}, again, send)


def _whole(receive: Receive) -> Receive:
    """A body whose sender left is no whole body."""

    async def strict() -> Any:  # noqa: ANN401 - a message
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left")
        return message

    return strict


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
