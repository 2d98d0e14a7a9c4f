"""What webhooks ask of the outside world: that a message is posted, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said. Without a `status` nothing was heard, and `error` is a short code:
    `address` (not one we may call), `name` (unknown), `connection`, `certificate`, `timeout`,
    `response` (not HTTP).
    """

    status: int | None
    body: str = ""
    error: str = ""
    # Seconds the endpoint asks us to wait.
    retry_after: int = 0


class Sender(Protocol):
    """Posts one message. It never raises for what the other side does."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST `body`; follows no redirect, and is over within half a minute."""
        ...
