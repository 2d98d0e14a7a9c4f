"""Facts of screening, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class HitFound(Event):
    """A buyer looks like a listed party; `subject` is the buyer."""

    kind: ClassVar[str] = "screening.hit_found"
    hit: UUID
    watchlist: str
    entry: str
    score: int


@dataclass(frozen=True, slots=True)
class HitProposed(Event):
    """One person says what a hit is; another one has to agree. `subject` is the buyer."""

    kind: ClassVar[str] = "screening.hit_proposed"
    hit: UUID
    state: str


@dataclass(frozen=True, slots=True)
class HitDecided(Event):
    """A second person agreed, or did not and it is open again; `subject` is the buyer."""

    kind: ClassVar[str] = "screening.hit_decided"
    hit: UUID
    before: str
    after: str
