"""Facts of collection, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from netterms.kernel.events import Event
from netterms.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    """A buyer came onto the ladder; `subject` is the buyer. Recorded by `sql/move_cases.sql`."""

    kind: ClassVar[str] = "collection.case_opened"
    stage: int


@dataclass(frozen=True, slots=True)
class StageReached(Event):
    """A buyer's case moved to another stage; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.stage_reached"
    stage: int


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    """Nothing of a buyer is late any more; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.case_closed"
    stage: int


@dataclass(frozen=True, slots=True)
class ReminderSent(Event):
    """A reminder left the house; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.reminder_sent"
    action: UUID
    to: str


@dataclass(frozen=True, slots=True)
class ReminderFailed(Event):
    """A reminder did not leave; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.reminder_failed"
    action: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ActionDone(Event):
    """A person did a task of the work list; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.action_done"
    action: UUID
    step: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PromiseMade(Event):
    """A buyer promised to pay; `subject` is the buyer, `payer` the person who promised."""

    kind: ClassVar[str] = "collection.promise_made"
    promise: UUID
    amount: Money
    promised_for: date
    payer: str


@dataclass(frozen=True, slots=True)
class PromiseKept(Event):
    """Enough of what was promised arrived in time; `subject` is the buyer.

    Recorded by `sql/judge_promises.sql`.
    """

    kind: ClassVar[str] = "collection.promise_kept"
    promise: UUID
    currency: str
    promised_minor: int
    received_minor: int


@dataclass(frozen=True, slots=True)
class PromiseBroken(Event):
    """The grace of a promise ended without enough money; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.promise_broken"
    promise: UUID
    currency: str
    promised_minor: int
    received_minor: int


@dataclass(frozen=True, slots=True)
class PlanProposed(Event):
    """A payment plan was put to a buyer; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_proposed"
    plan: UUID
    ends_on: date
    invoices: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PlanMoved(Event):
    """A payment plan went from one state to another; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_moved"
    plan: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LadderDrafted(Event):
    """Somebody wrote a ladder of `steps` steps; `subject` is the seller."""

    kind: ClassVar[str] = "collection.ladder_drafted"
    version: int
    steps: int
    why: str


@dataclass(frozen=True, slots=True)
class LadderPutLive(Event):
    """Another person let a ladder count from a day; `subject` is the seller, `before` what did."""

    kind: ClassVar[str] = "collection.ladder_put_live"
    version: int
    before: int
    live_from: date
    why: str


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    """A case went from one person to another; `subject` is the buyer, empty is nobody."""

    kind: ClassVar[str] = "collection.case_assigned"
    case: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LinkMade(Event):
    """A link to a buyer's own page was made; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.link_made"
    link: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRevoked(Event):
    """A link to a buyer's own page opens nothing any more; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.link_revoked"
    link: UUID


@dataclass(frozen=True, slots=True)
class PageChanged(Event):
    """What the buyers' page says and offers was changed; `subject` is the seller."""

    kind: ClassVar[str] = "collection.page_changed"
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PayAccountChanged(Event):
    """The account that buyers are told to pay to was changed; `subject` is the seller."""

    kind: ClassVar[str] = "collection.pay_account_changed"
    currency: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ContactMade(Event):
    """Somebody tried to reach a buyer; `subject` is the buyer. Who was met is in the log alone."""

    kind: ClassVar[str] = "collection.contact_made"
    contact: UUID
    channel: str
    right_party: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class BuyerAsked(Event):
    """A buyer asked for something on its page; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.buyer_asked"
    request: UUID
    about: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class BuyerAnswered(Event):
    """Somebody saw to what a buyer had asked for; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.buyer_answered"
    request: UUID


@dataclass(frozen=True, slots=True)
class PlanScheduled(Event):
    """Instalments were put to a buyer, or by it to the seller; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_scheduled"
    plan: UUID
    debt: Money
    months: int
    ends_on: date
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanAgreed(Event):
    """One side agreed to a plan, or the insurer; `subject` is the buyer. `who` names the person."""

    kind: ClassVar[str] = "collection.plan_agreed"
    plan: UUID
    side: str
    who: str
    how: str


@dataclass(frozen=True, slots=True)
class PlanStarted(Event):
    """A plan runs: new deliveries are for cash; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_started"
    plan: UUID
    debt: Money
    ends_on: date


@dataclass(frozen=True, slots=True)
class PlanDeclined(Event):
    """A plan was turned down; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_declined"
    plan: UUID
    note: str


@dataclass(frozen=True, slots=True)
class InstalmentMissed(Event):
    """The grace of an instalment ended without its money; `subject` is the buyer.

    Recorded by `sql/track_plans.sql`.
    """

    kind: ClassVar[str] = "collection.instalment_missed"
    plan: UUID
    number: int
    currency: str
    payment_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class PlanAccelerated(Event):
    """The whole balance of a plan is due at once (TRM-04 check 5); `subject` is the buyer.

    Recorded by `sql/track_plans.sql`. `is_insured`: the insurer is to be told.
    """

    kind: ClassVar[str] = "collection.plan_accelerated"
    plan: UUID
    currency: str
    principal_minor: int
    interest_minor: int
    is_insured: bool


@dataclass(frozen=True, slots=True)
class PlanCompleted(Event):
    """Every instalment of a plan was paid; `subject` is the buyer.

    Recorded by `sql/track_plans.sql`.
    """

    kind: ClassVar[str] = "collection.plan_completed"
    plan: UUID


@dataclass(frozen=True, slots=True)
class PlanInterestBooked(Event):
    """The interest of an instalment became a debit note; `subject` is the buyer.

    Number 0 is the interest for the days until a plan ended before its time.
    """

    kind: ClassVar[str] = "collection.plan_interest_booked"
    plan: UUID
    number: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PlanInterestTakenBack(Event):
    """Interest of an instalment was credited, as its plan ended early; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_interest_taken_back"
    plan: UUID
    number: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PlanMoneySettled(Event):
    """Money of the buyer settled papers of its plan; `subject` is the buyer.

    `by_hand`: a person said that it is the plan's.
    """

    kind: ClassVar[str] = "collection.plan_money_settled"
    plan: UUID
    payment: UUID
    amount: Money
    by_hand: bool


@dataclass(frozen=True, slots=True)
class PlanCancelled(Event):
    """A running plan was ended before its time; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.plan_cancelled"
    plan: UUID
    note: str
    open: Money
    interest: Money
