"""Facts of incoming mail, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MailReceived(Event):
    """A message was attached to a buyer; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.mail_received"
    mail: UUID
    what: str
    found_by: str


@dataclass(frozen=True, slots=True)
class MailWaiting(Event):
    """A message fits no buyer and waits for a person; `subject` is the message."""

    kind: ClassVar[str] = "collection.mail_waiting"
    what: str


@dataclass(frozen=True, slots=True)
class MailPutAway(Event):
    """A person put a message away; `subject` is the message."""

    kind: ClassVar[str] = "collection.mail_put_away"


@dataclass(frozen=True, slots=True)
class AddressBounced(Event):
    """Mail to an address came back; `subject` is the message that said so."""

    kind: ClassVar[str] = "collection.address_bounced"
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddressCleared(Event):
    """A person said that an address works again; `subject` is the seller."""

    kind: ClassVar[str] = "collection.address_cleared"
    address: str
