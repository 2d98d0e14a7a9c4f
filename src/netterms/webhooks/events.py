"""Facts about endpoints, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class EndpointAdded(Event):
    """Events are told to an address from now on; `subject` is the endpoint."""

    kind: ClassVar[str] = "webhooks.endpoint_added"
    url: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndpointSwitched(Event):
    """A person switched an endpoint on or off."""

    kind: ClassVar[str] = "webhooks.endpoint_switched"
    enabled: bool


@dataclass(frozen=True, slots=True)
class EndpointDisabled(Event):
    """An endpoint was switched off without a person: it is gone, or failed for days."""

    kind: ClassVar[str] = "webhooks.endpoint_disabled"
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class EndpointRemoved(Event):
    """Nothing more is told to an endpoint."""

    kind: ClassVar[str] = "webhooks.endpoint_removed"
    url: str


@dataclass(frozen=True, slots=True)
class SecretRotated(Event):
    """An endpoint has a new secret; until `old_until` the old one signs too."""

    kind: ClassVar[str] = "webhooks.secret_rotated"
    old_until: datetime


@dataclass(frozen=True, slots=True)
class DeliveriesReplayed(Event):
    """A person or program asked to be told again; `subject` is the endpoint."""

    kind: ClassVar[str] = "webhooks.deliveries_replayed"
    count: int
