"""Facts of limits, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netterms.kernel.events import Event
from netterms.kernel.money import Money


@dataclass(frozen=True, slots=True)
class LimitRecommended(Event):
    """Another limit is recommended than before; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.limit_recommended"
    currency: str
    recommended_minor: int
    grade: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitGranted(Event):
    """A person decided a limit; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.limit_granted"
    limit: Money
    why: str
