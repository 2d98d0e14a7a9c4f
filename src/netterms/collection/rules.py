"""The collection ladder: which stage an invoice and a buyer stand at, and what pauses it.

Stages come from days past the original due date; overrides are applied in a fixed order (rule
book section 0.1). Promises follow COL-02. The SQL of this room does the same to all rows at once:
`invoice_position`, `buyer_stage` and `promise_verdict` are its reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from netterms.kernel.calendar import BusinessCalendar, add_days, days_past_due
from netterms.kernel.money import Money, total


class Stage(IntEnum):
    """Steps of the ladder by days past due."""

    NOT_LATE = 0
    REMINDERS = 1
    PERSONAL_CONTACT = 2
    LEGAL = 3
    CLAIM = 4


# First day past due of each stage.
STAGE_STARTS: tuple[tuple[int, Stage], ...] = (
    (1, Stage.REMINDERS),
    (31, Stage.PERSONAL_CONTACT),
    (61, Stage.LEGAL),
    (91, Stage.CLAIM),
)


class Override(StrEnum):
    """What changed the stage or the steps that days past due alone would give."""

    INSOLVENT = "insolvent"
    DISPUTED = "disputed"
    PLAN_RUNNING = "plan_running"
    PROMISE_OPEN = "promise_open"
    SMALL_BALANCE = "small_balance"


class PromiseVerdict(StrEnum):
    """How a promise stands on a day."""

    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"


class PromiseObjection(StrEnum):
    """Why a promise should not be accepted."""

    TOO_FAR_AHEAD = "too_far_ahead"
    PAST_POLICY_DEADLINE = "past_policy_deadline"
    IN_THE_PAST = "in_the_past"
    NO_MORE_PROMISES = "no_more_promises"


@dataclass(frozen=True, slots=True)
class LadderSettings:
    """Our conventions, each to be changed by the seller. Grace and notice in business days."""

    grace_days: int = 2
    kept_share: Decimal = Decimal("0.95")
    promise_days_ahead: int = 10
    promise_days_after_broken: int = 5
    broken_limit: int = 2
    broken_window_days: int = 90
    small_balance_minor: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """A buyer's promise to pay `amount` by `promised_for`."""

    amount: Money
    made_on: date
    promised_for: date


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An open invoice: `due_on` is the original due date, `disputed` the part in dispute.

    `plan_since` is the day a payment plan in good standing froze it; `promise` one still open.
    """

    number: str
    due_on: date
    open: Money
    disputed: Money
    plan_since: date | None = None
    promise: Promise | None = None

    def __post_init__(self) -> None:
        assert Money(0, self.open.currency) <= self.disputed <= self.open


@dataclass(frozen=True, slots=True)
class InvoicePosition:
    """Where an invoice stands on the ladder. `collectable` is the undisputed part.

    `stage` is NOT_LATE when the whole is disputed. `frozen`: no steps at all; `paused_until`: no
    reminders through that day. `next_stage_on` is when it moves up by itself.
    """

    number: str
    days_past_due: int
    stage: Stage
    collectable: Money
    frozen: bool
    paused_until: date | None
    next_stage_on: date | None
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class BuyerPosition:
    """Where a buyer stands: the highest stage of its invoices that count.

    `step_stage` is the highest stage at which something may be done (frozen ones left out), and
    `paused_until` set when reminders are paused for everything that may be done.
    """

    stage: Stage
    step_stage: Stage
    overdue: Money
    oldest_days_past_due: int
    paused_until: date | None
    next_stage_on: date | None
    overrides: tuple[Override, ...]


def stage(days_late: int) -> Stage:
    """Stage by days past due: 1-30, 31-60, 61-90, 91 and more; 0 or less is not late."""
    reached = [at for start, at in STAGE_STARTS if days_late >= start]
    return reached[-1] if reached else Stage.NOT_LATE


def stage_starts_on(due_on: date, at: Stage) -> date:
    """The day an invoice enters a stage from REMINDERS up, by its original due date."""
    return add_days(due_on, next(first for first, number in STAGE_STARTS if number is at))


def invoice_position(
    invoice: OpenInvoice,
    as_of: date,
    settings: LadderSettings,
    calendar: BusinessCalendar,
    *,
    insolvent: bool = False,
) -> InvoicePosition:
    """Overrides 1 to 4, in their order, for one invoice."""
    late = days_past_due(invoice.due_on, as_of)
    if insolvent:
        return _off_ladder(invoice, late, Stage.CLAIM, Override.INSOLVENT)
    collectable = invoice.open - invoice.disputed
    if not collectable:
        return _off_ladder(invoice, late, Stage.NOT_LATE, Override.DISPUTED)
    frozen = invoice.plan_since is not None
    counted = days_past_due(invoice.due_on, invoice.plan_since or as_of)
    at = stage(counted)
    paused = _paused_until(invoice.promise, as_of, settings, calendar)
    applied = {
        Override.DISPUTED: bool(invoice.disputed),
        Override.PLAN_RUNNING: frozen,
        Override.PROMISE_OPEN: paused is not None,
    }
    return InvoicePosition(
        number=invoice.number,
        days_past_due=late,
        stage=at,
        collectable=collectable,
        frozen=frozen,
        paused_until=paused,
        next_stage_on=None if frozen else _next_stage_on(invoice.due_on, at),
        overrides=tuple(override for override, applies in applied.items() if applies),
    )


def buyer_stage(
    positions: Sequence[InvoicePosition], currency: str, settings: LadderSettings
) -> BuyerPosition:
    """Override 5: the highest stage of the undisputed open invoices above the small balance.

    All positions are of one buyer and `currency`. An insolvent buyer's invoices count whatever
    their size.
    """
    counting = [p for p in positions if _counts(p, settings)]
    movable = [p for p in counting if not p.frozen]
    late = [p for p in positions if p.days_past_due > 0 and p.collectable]
    pauses = [p.paused_until for p in movable if p.stage is not Stage.NOT_LATE]
    moves = [p.next_stage_on for p in movable if p.next_stage_on]
    found = {override for p in positions for override in p.overrides}
    if len(counting) < len([p for p in positions if p.collectable]):
        found.add(Override.SMALL_BALANCE)
    return BuyerPosition(
        stage=_highest(counting),
        step_stage=_highest(movable),
        overdue=total((p.collectable for p in late), currency),
        oldest_days_past_due=max((p.days_past_due for p in late), default=0),
        paused_until=min(day for day in pauses if day) if pauses and all(pauses) else None,
        next_stage_on=min(moves, default=None),
        overrides=tuple(override for override in Override if override in found),
    )


def grace_ends(promise: Promise, settings: LadderSettings, calendar: BusinessCalendar) -> date:
    """Last day on which money still keeps the promise: its date and the business-day grace."""
    return calendar.add(promise.promised_for, settings.grace_days)


def promise_verdict(
    promise: Promise,
    receipts: Iterable[tuple[date, Money]],
    as_of: date,
    settings: LadderSettings,
    calendar: BusinessCalendar,
) -> PromiseVerdict:
    """COL-02: kept when the share asked for arrives from the promise to the end of grace.

    `receipts` are (day, amount) pairs; days after `as_of` are not known yet and do not count.
    """
    last = grace_ends(promise, settings, calendar)
    in_time = (m for day, m in receipts if promise.made_on <= day <= min(last, as_of))
    received = total(in_time, promise.amount.currency)
    if received.minor >= promise.amount.minor * settings.kept_share:
        return PromiseVerdict.KEPT
    return PromiseVerdict.PENDING if as_of <= last else PromiseVerdict.BROKEN


def promise_objections(
    promise: Promise,
    broken_on: Sequence[date],
    policy_deadline: date | None,
    settings: LadderSettings,
    calendar: BusinessCalendar,
) -> tuple[PromiseObjection, ...]:
    """COL-02: why the promise should not be accepted; empty when it may be.

    `broken_on` are the days on which this buyer's earlier promises broke. After one the next may
    not be further ahead than `promise_days_after_broken`; after two in the window there is none.
    """
    since = promise.made_on - timedelta(days=settings.broken_window_days)
    broken = [day for day in broken_on if since <= day <= promise.made_on]
    ahead = settings.promise_days_after_broken if broken else settings.promise_days_ahead
    found = []
    if len(broken) >= settings.broken_limit:
        found.append(PromiseObjection.NO_MORE_PROMISES)
    if promise.promised_for < promise.made_on:
        found.append(PromiseObjection.IN_THE_PAST)
    if promise.promised_for > calendar.add(promise.made_on, ahead):
        found.append(PromiseObjection.TOO_FAR_AHEAD)
    if policy_deadline is not None and promise.promised_for > policy_deadline:
        found.append(PromiseObjection.PAST_POLICY_DEADLINE)
    return tuple(found)


def _off_ladder(invoice: OpenInvoice, late: int, at: Stage, override: Override) -> InvoicePosition:
    """Insolvency claims all of it, due or not, disputed or not (TCI-11); a dispute leaves none."""
    left = invoice.open if at is Stage.CLAIM else invoice.open - invoice.disputed
    return InvoicePosition(invoice.number, late, at, left, False, None, None, (override,))


def _paused_until(
    promise: Promise | None, as_of: date, settings: LadderSettings, calendar: BusinessCalendar
) -> date | None:
    if promise is None:
        return None
    last = grace_ends(promise, settings, calendar)
    return last if as_of <= last else None


def _next_stage_on(due_on: date, at: Stage) -> date | None:
    return None if at is Stage.CLAIM else stage_starts_on(due_on, Stage(at + 1))


def _counts(position: InvoicePosition, settings: LadderSettings) -> bool:
    if Override.INSOLVENT in position.overrides:
        return True
    return position.collectable.minor > settings.small_balance_minor


def _highest(positions: Sequence[InvoicePosition]) -> Stage:
    return max((p.stage for p in positions), default=Stage.NOT_LATE)
