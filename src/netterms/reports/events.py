"""Facts of credit reports, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ReportOrdered(Event):
    """Somebody ordered a credit report; `subject` is the buyer."""

    kind: ClassVar[str] = "reports.report_ordered"
    report: UUID
