"""Facts of paying early, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from netterms.kernel.events import Event
from netterms.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PolicySet(Event):
    """Another policy of early payment counts from a day on; `subject` is the seller."""

    kind: ClassVar[str] = "early_payment.policy_set"
    number: int
    in_force_on: date
    policy: dict[str, Any]
    why: str


@dataclass(frozen=True, slots=True)
class BuyerSet(Event):
    """A buyer is always or never offered it (None: by its grade); `subject` is the buyer."""

    kind: ClassVar[str] = "early_payment.buyer_set"
    before: bool | None
    after: bool | None


@dataclass(frozen=True, slots=True)
class OfferAccepted(Event):
    """A buyer will pay less by a day; `subject` is what was agreed.

    `owed` is what is open of the invoices, `pay` what settles them if it comes by `pay_by`.
    """

    kind: ClassVar[str] = "early_payment.offer_accepted"
    buyer: UUID
    invoices: tuple[str, ...]
    pay_by: date
    owed: Money
    pay: Money
    accepted_by: str
