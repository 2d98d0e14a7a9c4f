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


@dataclass(frozen=True, slots=True)
class SiteVisited(Event):
    """A person was at the buyer's place; `subject` is the buyer. Best verdict 1, worst 5."""

    kind: ClassVar[str] = "statements.site_visited"
    visit: UUID
    visited_on: date
    verdict: int
