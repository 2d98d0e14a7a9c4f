"""Facts of scoring, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class GradeChanged(Event):
    """A buyer's grade moved; `subject` is the buyer. 1 is best, 10 is in default."""

    kind: ClassVar[str] = "scoring.grade_changed"
    currency: str
    before: int
    after: int
    scorecard: str
