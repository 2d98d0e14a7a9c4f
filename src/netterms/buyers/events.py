"""Facts about buyers, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event, Plain


@dataclass(frozen=True, slots=True)
class BuyerFactsUpdated(Event):
    """Master data changed; `subject` is the buyer. Holds the changed fields only."""

    kind: ClassVar[str] = "buyers.facts_updated"
    before: dict[str, Plain]
    after: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class BuyerInsolvent(Event):
    """Insolvency proceedings over a buyer were opened; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.buyer_insolvent"
    insolvent_on: date


@dataclass(frozen=True, slots=True)
class BuyersRegrouped(Event):
    """Parents or sectors of buyers changed together; `subject` is the seller."""

    kind: ClassVar[str] = "buyers.buyers_regrouped"
    buyers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class BuyerIntroduced(Event):
    """A company not known before asked for credit at checkout; `subject` is the new buyer."""

    kind: ClassVar[str] = "buyers.buyer_introduced"
    name: str
    country: str
    registration_number: str


@dataclass(frozen=True, slots=True)
class BuyerSanctioned(Event):
    """Two people found that the buyer is a listed party (`hit`), or that it is not after all."""

    kind: ClassVar[str] = "buyers.buyer_sanctioned"
    hit: bool
