"""Facts of limits, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from netterms.kernel.events import Event, Plain
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


@dataclass(frozen=True, slots=True)
class LineOpened(Event):
    """A buyer got a credit line in a currency; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.line_opened"
    currency: str
    after: dict[str, Plain]
    why: str


@dataclass(frozen=True, slots=True)
class LineChanged(Event):
    """A line's limit, status, top-up or terms changed; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.line_changed"
    currency: str
    before: dict[str, Plain]
    after: dict[str, Plain]
    why: str


@dataclass(frozen=True, slots=True)
class CapSet(Event):
    """A cap, or its limit, was set; `subject` is the cap. Nothing before: it is new."""

    kind: ClassVar[str] = "limits.cap_set"
    cap_kind: str
    key: str
    before_minor: int | None
    after_minor: int
    why: str


@dataclass(frozen=True, slots=True)
class CapRemoved(Event):
    """A cap over many lines was taken away; `subject` is the cap."""

    kind: ClassVar[str] = "limits.cap_removed"
    cap_kind: str
    key: str
    before_minor: int
    why: str


@dataclass(frozen=True, slots=True)
class LimitPolicySet(Event):
    """Limits are recommended another way from a day on; `subject` is the seller."""

    kind: ClassVar[str] = "limits.limit_policy_set"
    in_force_on: date
    formulas: tuple[str, ...]
    net_worth_rule: Decimal | None
    concentration_share: Decimal
    tolerated_uninsured_share: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class TradeReferenceEntered(Event):
    """Somebody told what another supplier gives the buyer; `subject` is the buyer."""

    kind: ClassVar[str] = "limits.trade_reference_entered"
    supplier: str
    currency: str
    limit_minor: int | None
    given_on: date
