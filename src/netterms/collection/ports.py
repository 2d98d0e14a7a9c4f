"""What collection asks of the outside world: that a letter leaves the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain-text e-mail to one address, with files or without.

    `message_id` is made once per action (`<action-id@domain>`), so that a letter sent twice after
    a crash is recognised as one. `language` is the reader's, such as `en` or `zh-hans`.
    """

    to: str
    sender: str
    subject: str
    text: str
    message_id: str
    language: str = "en"
    attachments: tuple[Attachment, ...] = ()


class MailError(Exception):
    """A letter that did not leave. `temporary`: trying again later may help; else it will not.

    `reason` is a short code (`connection`, `refused`, `address`, `header`) and `detail` what the
    server said.
    """

    def __init__(self, reason: str, detail: str, *, temporary: bool) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.temporary = temporary

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class MailServerAwayError(MailError):
    """No letter at all can be handed over now: it is no failure of this one."""

    def __init__(self, detail: str) -> None:
        MailError.__init__(self, "connection", detail, temporary=True)


class Mailer(Protocol):
    """Sends letters, one at a time."""

    def send(self, message: Letter) -> None:
        """Hand `message` over for delivery; MailError when it was not taken."""
        ...
