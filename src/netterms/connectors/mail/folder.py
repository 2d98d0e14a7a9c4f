"""Letters as files: what would have been sent, for a demonstration and for trying out."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from netterms.collection.ports import Letter, MailServerAwayError
from netterms.connectors.mail.envelope import envelope
from netterms.kernel.clock import Clock, SystemClock
from netterms.site.config import config

CLOCK = SystemClock()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes `<folder>/<message id>.eml`: whole or not at all, and the same letter once."""

    folder: Path
    clock: Clock = CLOCK

    def send(self, message: Letter) -> None:
        """Keep the letter as a file that every mail program opens."""
        whole = envelope(message, self.clock.now()).as_bytes()
        # The id is letters, digits, dots and dashes: `envelope` has refused anything else.
        name = message.message_id.strip("<>").replace("@", "_at_")
        try:
            _keep(self.folder, name, whole)
        except OSError as error:
            log.warning("no letter can be kept in %s: %s", self.folder, error)
            raise MailServerAwayError(str(error)) from error


class EmailBackend(BaseEmailBackend):
    """Messages of the sign-in, such as the link to a new password, where no mail server is set."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep each as a file; returns how many."""
        for message in email_messages:
            _keep(config().home / "outbox", f"sign-in.{uuid4()}", message.message().as_bytes())
        return len(email_messages)


def _keep(folder: Path, name: str, whole: bytes) -> None:
    # Letters are nobody else's business.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.write_bytes(whole)
    draft.replace(folder / f"{name}.eml")
