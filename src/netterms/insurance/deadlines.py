"""What a policy asks by when, for one unpaid invoice (TCI-08 to TCI-13).

All clocks run on the original due date: a date the seller extended resets nothing (TCI-08).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netterms.insurance.terms import (
    ClaimBasis,
    DisputeClock,
    MepBasis,
    NoticeBasis,
    Period,
    PolicyTerms,
    WaitingBasis,
)
from netterms.kernel.calendar import add_days


class DeadlineKind(StrEnum):
    """What is due. A date of loss asks nothing of the insured; the other four do."""

    STOP_SHIPMENT = "stop_shipment"
    OVERDUE_NOTICE = "overdue_notice"
    HAND_OVER = "hand_over"
    DATE_OF_LOSS = "date_of_loss"
    CLAIM_FILING = "claim_filing"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day (for STOP_SHIPMENT the last day on which a delivery is insured) and its rule."""

    kind: DeadlineKind
    on: date
    rule: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of a debt, from the day it was noted to the day it was settled for the seller."""

    noted_on: date
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What has happened so far and moves a clock. None: not yet."""

    notice_received_on: date | None = None
    collection_started_on: date | None = None
    insolvent_on: date | None = None
    policy_ends_on: date | None = None
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All dates of one invoice. None where the clock has not started or the policy has none."""

    mep_ends_on: date
    covered_until: date
    notice_by: date
    hand_over_by: date | None
    date_of_loss: date | None
    file_by: date | None

    @property
    def uninsured_from(self) -> date:
        """First day on which a new delivery is not insured (TCI-09)."""
        return self.covered_until + timedelta(days=1)

    @property
    def all(self) -> tuple[Deadline, ...]:
        """Every date there is, earliest first."""
        dated = [
            (DeadlineKind.STOP_SHIPMENT, self.covered_until, "TCI-09"),
            (DeadlineKind.OVERDUE_NOTICE, self.notice_by, "TCI-10"),
            (DeadlineKind.HAND_OVER, self.hand_over_by, "TCI-10"),
            (DeadlineKind.DATE_OF_LOSS, self.date_of_loss, "TCI-11"),
            (DeadlineKind.CLAIM_FILING, self.file_by, "TCI-13"),
        ]
        found = [Deadline(kind, on, rule) for kind, on, rule in dated if on is not None]
        return tuple(sorted(found, key=lambda deadline: deadline.on))

    @property
    def duties(self) -> tuple[Deadline, ...]:
        """The dates by which the insured must act, earliest first."""
        return tuple(d for d in self.all if d.kind is not DeadlineKind.DATE_OF_LOSS)

    @property
    def earliest(self) -> Deadline:
        """The first duty."""
        return self.duties[0]

    def next_from(self, day: date) -> Deadline | None:
        """The first duty whose day is `day` or later; None when all have passed."""
        return next((d for d in self.duties if d.on >= day), None)


def deadlines(
    issued_on: date, due_on: date, terms: PolicyTerms, happened: Happened | None = None
) -> Deadlines:
    """The dates of one unpaid invoice under a policy, by its original due date."""
    so_far = happened or Happened()
    mep_from = due_on if terms.mep_basis is MepBasis.DUE_DATE else issued_on
    mep_ends = add_days(mep_from, terms.mep)
    stop = mep_ends if terms.stop_days is None else add_days(due_on, terms.stop_days)
    notice_from = mep_ends if terms.notice_basis is NoticeBasis.MEP_END else due_on
    notice = add_days(notice_from, terms.overdue_notice_days)
    if so_far.insolvent_on is not None:
        stop = min(stop, so_far.insolvent_on)
        notice = min(notice, add_days(so_far.insolvent_on, terms.insolvency_notice_days))
    loss = date_of_loss(due_on, terms, so_far)
    hand_over = terms.hand_over_days
    return Deadlines(
        mep_ends_on=mep_ends,
        covered_until=stop,
        notice_by=notice,
        hand_over_by=None if hand_over is None else add_days(mep_ends, hand_over),
        date_of_loss=loss,
        file_by=_file_by(due_on, terms, loss, so_far),
    )


def date_of_loss(due_on: date, terms: PolicyTerms, happened: Happened) -> date | None:
    """TCI-11: the day of the insolvency, or the end of the waiting period.

    None while the clock has not started, or while a dispute holds it (TCI-12). Of a debt disputed
    in part, ask once for each part.
    """
    waited = None
    start = {
        WaitingBasis.DUE_DATE: due_on,
        WaitingBasis.NOTICE_RECEIVED: happened.notice_received_on,
        WaitingBasis.COLLECTION_START: happened.collection_started_on,
    }[terms.waiting_basis]
    if start is not None:
        waited = _wait(start, terms.waiting_period, happened.disputes, terms.dispute_clock)
    known = [day for day in (waited, happened.insolvent_on) if day is not None]
    return min(known, default=None)


def _wait(
    start: date, waiting: Period, disputes: Sequence[Dispute], clock: DisputeClock
) -> date | None:
    """End of the waiting period; a dispute noted after it is too late to matter (TCI-12)."""
    ends = waiting.after(start)
    for held in _merged(disputes):
        if held.noted_on > ends:
            break
        if held.settled_on is None:
            return None
        if held.settled_on <= start:
            continue
        if clock is DisputeClock.RESTART:
            ends = waiting.after(held.settled_on)
        else:
            ends += held.settled_on - max(held.noted_on, start)
    return ends


def _merged(disputes: Iterable[Dispute]) -> list[Dispute]:
    """Disputes in order of time, those that overlap made one."""
    merged: list[Dispute] = []
    for dispute in sorted(disputes, key=lambda d: d.noted_on):
        last = merged[-1] if merged else None
        if last is None or (last.settled_on is not None and last.settled_on < dispute.noted_on):
            merged.append(dispute)
        elif last.settled_on is not None:
            open_end = dispute.settled_on is None
            until = None if open_end else max(last.settled_on, dispute.settled_on or date.min)
            merged[-1] = Dispute(last.noted_on, until)
    return merged


def _file_by(
    due_on: date, terms: PolicyTerms, loss: date | None, happened: Happened
) -> date | None:
    start = {
        ClaimBasis.DUE_DATE: due_on,
        ClaimBasis.DATE_OF_LOSS: loss,
        ClaimBasis.POLICY_END: happened.policy_ends_on,
    }[terms.claim_basis]
    return None if start is None else terms.claim_deadline.after(start)
