"""Facts of legal steps and hand-overs, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class PartnerAdded(Event):
    """An agency or a lawyer was entered; `subject` is the partner."""

    kind: ClassVar[str] = "collection.partner_added"
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class PaperKept(Event):
    """A file for a hand-over was kept; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.paper_kept"
    paper: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseHandedOver(Event):
    """A case went to an agency or a lawyer; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.case_handed_over"
    hand_over: UUID
    partner: UUID
    asked: dict[str, Any]
    reasons: dict[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseTakenBack(Event):
    """A case came back; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.case_taken_back"
    hand_over: UUID
    why_back: str
