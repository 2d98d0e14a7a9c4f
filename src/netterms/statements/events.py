"""Facts about annual accounts, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class StatementRecorded(Event):
    """Accounts of a period were entered; `subject` is the buyer. From version 2 on: corrected."""

    kind: ClassVar[str] = "statements.statement_recorded"
    statement: UUID
    period_end: date
    version: int
    corrects: UUID | None
