"""Facts of orders and of the policy for new buyers, in the past tense.

Those of orders are written by the functions in `sql/`, by set: their facts are the order as
answered (`sql/order_answer.sql`) and their subject is the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event, Plain


@dataclass(frozen=True, slots=True)
class OrderAuthorised(Event):
    """Credit was granted and held."""

    kind: ClassVar[str] = "checkout.order_authorised"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderPending(Event):
    """The answer waits for a person."""

    kind: ClassVar[str] = "checkout.order_pending"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderDeclined(Event):
    """No credit, and why; or a person said no."""

    kind: ClassVar[str] = "checkout.order_declined"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderApproved(Event):
    """A person granted what was pending."""

    kind: ClassVar[str] = "checkout.order_approved"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderApproveDeclined(Event):
    """A person approved, but the line has no room."""

    kind: ClassVar[str] = "checkout.order_approve_declined"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderAmended(Event):
    """The amount was changed."""

    kind: ClassVar[str] = "checkout.order_amended"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderAmendDeclined(Event):
    """A higher amount had no room; the order stays as it was."""

    kind: ClassVar[str] = "checkout.order_amend_declined"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderCaptured(Event):
    """Goods left: invoices were written."""

    kind: ClassVar[str] = "checkout.order_captured"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderVoided(Event):
    """What was still held is free again."""

    kind: ClassVar[str] = "checkout.order_voided"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderExpired(Event):
    """Nobody used the grant in time."""

    kind: ClassVar[str] = "checkout.order_expired"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class OrderRefunded(Event):
    """A credit note was written."""

    kind: ClassVar[str] = "checkout.order_refunded"
    order: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class NewcomerJudged(Event):
    """The policy was asked about a new buyer's order; `subject` is the order.

    `buyer_id` puts it among the buyer's other events for those who are told of them in order.
    """

    kind: ClassVar[str] = "checkout.newcomer_judged"
    buyer_id: UUID
    policy_version: int
    verdict: str
    reasons: tuple[str, ...]
    starter_minor: int
    currency: str
    grade: int | None


@dataclass(frozen=True, slots=True)
class PolicyDrafted(Event):
    """A version of the policy was written; `subject` is the seller."""

    kind: ClassVar[str] = "checkout.policy_drafted"
    version: int
    terms: dict[str, Plain]
    why: str


@dataclass(frozen=True, slots=True)
class PolicyPutInForce(Event):
    """A version of the policy counts from now on; `subject` is the seller."""

    kind: ClassVar[str] = "checkout.policy_put_in_force"
    version: int
    before: int
    why: str


@dataclass(frozen=True, slots=True)
class BooksDiffer(Event):
    """Lines or caps are not the sums of what they count: a bug. `subject` is the seller."""

    kind: ClassVar[str] = "checkout.books_differ"
    held: list[Plain]
    owed: list[Plain]
    caps: list[Plain]
