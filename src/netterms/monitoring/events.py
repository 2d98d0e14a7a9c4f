"""Facts of watching, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    """Something deserves a person's look; `subject` is the buyer."""

    kind: ClassVar[str] = "monitoring.alert_raised"
    alert: str
    severity: int
