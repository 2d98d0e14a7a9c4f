"""Letters as files: what would have been sent, for a demonstration and for trying out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from netterms.collection.ports import Letter
from netterms.connectors.mail.envelope import envelope
from netterms.kernel.clock import Clock, SystemClock

CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes `<folder>/<message id>.eml`: whole or not at all, and the same letter once."""

    folder: Path
    clock: Clock = CLOCK

    def send(self, message: Letter) -> None:
        """Keep the letter as a file that every mail program opens."""
        whole = envelope(message, self.clock.now()).as_bytes()
        # Letters are nobody else's business.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The id is letters, digits, dots and dashes: `envelope` has refused anything else.
        name = message.message_id.strip("<>").replace("@", "_at_")
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_bytes(whole)
        draft.replace(self.folder / f"{name}.eml")
