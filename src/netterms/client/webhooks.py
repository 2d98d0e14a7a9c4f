"""Messages from netterms: who signed them, when, and what they say (Standard Webhooks, v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from netterms.client import clock, shapes
from netterms.client.errors import WebhookInvalid
from netterms.client.values import Order

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every such secret begins
TOLERANCE_SECONDS = 300
ORDER_EVENTS = "checkout.order_"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. A message may come twice: `message_id` is the same then."""

    message_id: str
    type: str
    happened_at: datetime
    data: Mapping[str, Any]

    @property
    def order(self) -> Order | None:
        """The order as answered then, where the event is one of an order's."""
        return shapes.order(self.data) if self.type.startswith(ORDER_EVENTS) else None


def verify(
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> Event:
    """The event in `body`, or WebhookInvalid: nobody knows who sent it, or when.

    `body` is the request's own bytes, before anything read them. Give both secrets while one is
    replaced by the other. `tolerance`: seconds that the sender's clock may differ from ours.
    """
    known = {name.lower(): value for name, value in headers.items()}
    message_id = known.get("webhook-id", "")
    stamp = known.get("webhook-timestamp", "")
    if not message_id or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise WebhookInvalid("the message has no id or no time")
    signed = f"{message_id}.{stamp}.".encode() + body
    given = known.get("webhook-signature", "").split()
    good = False
    for each in [secret] if isinstance(secret, str) else secret:
        wanted = hmac.new(_key(each), signed, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(wanted)
        for one in given:
            # All are compared, each in constant time: how long it takes tells nothing.
            good |= hmac.compare_digest(expected, one.encode("utf-8", "replace"))
    if not good:
        raise WebhookInvalid("no signature of ours")
    if abs((clock.now().timestamp() if now is None else now) - int(stamp)) > tolerance:
        raise WebhookInvalid("too old, or from the future")
    return _event(message_id, body)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        # Without its value: what is wrong may be told, what is secret not.
        raise ValueError("the signing secret is none: it looks like whsec_ and base64")
    return key


def _event(message_id: str, body: bytes) -> Event:
    try:
        said = json.loads(body, parse_float=Decimal)
        return Event(
            message_id, said["type"], datetime.fromisoformat(said["timestamp"]), said["data"]
        )
    except (ValueError, KeyError, TypeError):
        raise WebhookInvalid("signed, but not an event") from None
