"""Facts of terms, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RatesLoaded(Event):
    """Reference rates came in; `subject` is the seller."""

    kind: ClassVar[str] = "terms.rates_loaded"
    rates: int
    series: tuple[str, ...]
    known_until: date


@dataclass(frozen=True, slots=True)
class TermsPolicyChanged(Event):
    """What the seller says of itself and its terms changed; `subject` is the seller."""

    kind: ClassVar[str] = "terms.policy_changed"
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BuyerTermsChanged(Event):
    """A buyer's size or agreed rate changed; `subject` is the buyer."""

    kind: ClassVar[str] = "terms.buyer_terms_changed"
    before: dict[str, Any]
    after: dict[str, Any]
