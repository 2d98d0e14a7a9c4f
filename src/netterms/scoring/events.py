"""Facts of scoring, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class CardTrained(Event):
    """A card was trained on the seller's own outcomes; `subject` is the seller."""

    kind: ClassVar[str] = "scoring.card_trained"
    version: int
    buyers: int
    defaults: int


@dataclass(frozen=True, slots=True)
class CardDecided(Event):
    """A card came into force or left it; `subject` is the seller. 0 is the card delivered."""

    kind: ClassVar[str] = "scoring.card_decided"
    version: int
    state: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class CompanyFactsRecorded(Event):
    """A register or a report told of a company; `subject` is the buyer."""

    kind: ClassVar[str] = "scoring.company_facts_recorded"
    founded_on: date | None
    employees: int | None
    form_rank: int | None
    source: str


@dataclass(frozen=True, slots=True)
class PayerModelTrained(Event):
    """A model of how the buyers pay was trained; `subject` is the model."""

    kind: ClassVar[str] = "scoring.payer_model_trained"
    version: str
    invoices: int


@dataclass(frozen=True, slots=True)
class FigureCrossed(Event):
    """A monthly figure of a card stands worse than a month ago; `subject` is the seller."""

    kind: ClassVar[str] = "scoring.figure_crossed"
    month: date
    role: str
    card: str
    figure: str
    part: str
    value: Decimal | None
    concern: str
