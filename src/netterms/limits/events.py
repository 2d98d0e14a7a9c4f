"""Facts of limits, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LimitRecommended(Event):
    """Another limit is recommended than before; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.limit_recommended"
    currency: str
    recommended_minor: int
    grade: int
    reasons: tuple[str, ...]
