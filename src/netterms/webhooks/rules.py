"""Signing, retrying and where a message may go. Standard Webhooks 1.0.0, v1 (HMAC-SHA256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every such secret begins
SECRET_BYTES = 32
LONGEST_URL = 2000
# Waits after each attempt that failed: the schedule of the specification, over three days.
SCHEDULE = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
JITTER = 0.2
LONGEST_WAIT = timedelta(days=1)
# Nothing but failures for so long: the endpoint is switched off.
PATIENCE = timedelta(days=5)
GONE = 410
# Names of this machine and of networks of one's own (RFC 6761, RFC 6762, RFC 9476 and ICANN).
NEAR = frozenset({"localhost", "local", "internal", "alt"})
NAME_END = re.compile("[a-z][a-z0-9-]*")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses of these carry an IPv4 address inside, which may be a private one.
WRAPPED = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))


def new_secret(random: bytes) -> str:
    """A signing secret as people see it."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt, signed with each of `secrets`."""
    return {
        "content-type": "application/json",
        "user-agent": "netterms-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(s, message_id, timestamp, body) for s in secrets),
    }


def body(
    kind: str,
    happened_at: datetime,
    event_id: UUID,
    data: dict[str, Any],
) -> bytes:
    """The message: always the same bytes for the same event."""
    said = {"id": str(event_id), "type": kind, "timestamp": happened_at.isoformat(), "data": data}
    return json.dumps(said, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def wait_after(tries: int, spread: float, retry_after: int = 0) -> timedelta | None:
    """How long to wait after `tries` failed attempts, None to give up.

    `spread` is between 0 and 1 and lengthens the wait by up to a fifth. An endpoint that asks for
    more time gets it, up to a day.
    """
    if tries > len(SCHEDULE):
        return None
    planned = SCHEDULE[tries - 1] * (1 + JITTER * spread)
    return max(planned, min(timedelta(seconds=retry_after), LONGEST_WAIT))


def checked_url(url: str, *, loopback: bool) -> str:
    """`url` if messages may go there, else VALUE_INVALID. `loopback` also allows this machine."""

    def no(mend: Mend) -> Refusal:
        facts = {"field": "url", "value": url[:200], "most": LONGEST_URL}
        return Refusal(Code.VALUE_INVALID, **facts, mend=mend)

    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        raise no(Mend.HTTPS_ADDRESS)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise no(Mend.HTTPS_ADDRESS) from None
    if not host or port == 0 or parts.username is not None or parts.fragment:
        raise no(Mend.HTTPS_ADDRESS)
    near = loopback and _is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise no(Mend.HTTPS_ADDRESS)
    if not near and not _may_be_public(host):
        raise no(Mend.PUBLIC_ADDRESS)
    return url


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, and nothing inside or beside it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or any(address in net for net in WRAPPED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def may_call(address: Address, *, loopback: bool) -> bool:
    """Whether a connection to `address` is allowed."""
    return is_public(address) or (loopback and address.is_loopback)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _may_be_public(host: str) -> bool:
    found = _literal(host)
    if found is not None:
        return is_public(found)
    # Resolvers read more spellings of an address than the one with four decimal numbers: `127.1`,
    # `2130706433`, `0x7f.1`. A name that ends in a number is one of those and no name.
    *rest, last = host.removesuffix(".").split(".")
    return bool(rest) and all(rest) and bool(NAME_END.fullmatch(last)) and last not in NEAR


def _is_loopback(host: str) -> bool:
    found = _literal(host)
    return host == "localhost" or (found is not None and found.is_loopback)
