"""What reading mail asks of the outside world, and a message as it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class MailKind(StrEnum):
    """A person's reply, a report that mail did not arrive, or a machine's answer."""

    REPLY = "reply"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"


class LeftOut(StrEnum):
    """Why a file of a message is not kept."""

    NO = ""
    KIND = "kind"
    SIZE = "size"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of a message; `content` is None where it is not kept."""

    name: str
    kind: str
    size: int
    sha256: str
    content: bytes | None
    left_out: LeftOut = LeftOut.NO


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in. `references` are the Message-IDs it answers, the nearest first."""

    message_id: str
    kind: MailKind
    from_address: str
    from_name: str = ""
    subject: str = ""
    said_at: datetime | None = None
    text: str = ""
    is_cut: bool = False
    references: tuple[str, ...] = ()
    bounced: tuple[str, ...] = ()
    bounce_reason: str = ""
    files: tuple[MailFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message with its number in the mailbox."""

    uid: int
    message: Incoming


class MailReader(Protocol):
    """Reads one mailbox; it changes nothing there."""

    @property
    def box(self) -> str:
        """What the mailbox is called, such as `user@host/INBOX`."""
        ...

    @property
    def uid_validity(self) -> int:
        """Numbers of messages mean the same while this stays."""
        ...

    def after(self, uid: int) -> Iterator[Fetched]:
        """Messages with higher numbers, the lowest first."""
        ...
