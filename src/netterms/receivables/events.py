"""Facts of the book, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event
from netterms.kernel.money import Money


@dataclass(frozen=True, slots=True)
class InvoicesImported(Event):
    """A file was imported; `subject` is the import run, which every row it made points to."""

    kind: ClassVar[str] = "receivables.invoices_imported"
    file_name: str
    invoices_new: int
    payments_new: int
    buyers_new: int


@dataclass(frozen=True, slots=True)
class PaymentRecorded(Event):
    """Money came in from a buyer; `subject` is the payment."""

    kind: ClassVar[str] = "receivables.payment_recorded"
    buyer: UUID
    amount: Money
    paid_on: date


@dataclass(frozen=True, slots=True)
class RefundRecorded(Event):
    """Money went back to a buyer; `subject` is the payment."""

    kind: ClassVar[str] = "receivables.refund_recorded"
    buyer: UUID
    amount: Money
    paid_on: date


@dataclass(frozen=True, slots=True)
class RefundTakenBack(Event):
    """A refund was none after all, and every balance is as before; `subject` is the refund."""

    kind: ClassVar[str] = "receivables.refund_taken_back"
    buyer: UUID
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class AllocatedPart:
    """What settled an invoice, and what that took of the payment."""

    invoice: UUID
    settled: Money
    taken: Money


@dataclass(frozen=True, slots=True)
class PaymentAllocated(Event):
    """A payment settled invoices of its buyer; `subject` is the payment."""

    kind: ClassVar[str] = "receivables.payment_allocated"
    buyer: UUID
    parts: tuple[AllocatedPart, ...]


@dataclass(frozen=True, slots=True)
class AllocationUndone(Event):
    """What a payment had settled was taken back; `subject` is the payment."""

    kind: ClassVar[str] = "receivables.allocation_undone"
    buyer: UUID
    invoices: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentReturned(Event):
    """The bank took a receipt back, at times for a charge; `subject` is the payment."""

    kind: ClassVar[str] = "receivables.payment_returned"
    buyer: UUID
    amount: Money
    returned_on: date
    reason: str
    charge: Money | None = None


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """An invoice, debit note or credit note was written; `subject` is it."""

    kind: ClassVar[str] = "receivables.invoice_issued"
    buyer: UUID
    paper: str
    invoice_number: str
    amount: Money
    note_of: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class WriteOffProposed(Event):
    """Somebody says that an amount will never be paid; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.write_off_proposed"
    write_off: UUID
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class WriteOffRefused(Event):
    """A second person did not agree to a write-off; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.write_off_refused"
    write_off: UUID
    amount: Money
    note: str


@dataclass(frozen=True, slots=True)
class WrittenOff(Event):
    """An amount was written off as bad debt; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.written_off"
    buyer: UUID
    write_off: UUID
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class BadDebtRecovered(Event):
    """Money came for what was written off; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.bad_debt_recovered"
    buyer: UUID
    payment: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerPolicySet(Event):
    """Who may write off how much alone, and what is a small difference; `subject` is the seller."""

    kind: ClassVar[str] = "receivables.ledger_policy_set"
    collector_minor: int
    manager_minor: int
    small_percent: Decimal
    small_minor: int
    why: str


@dataclass(frozen=True, slots=True)
class PeriodClosed(Event):
    """Nothing is booked up to that day any more; `subject` is the closing."""

    kind: ClassVar[str] = "receivables.period_closed"
    closed_until: date
    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReopeningAsked(Event):
    """Somebody asks that a closed period be opened; `subject` is the closing."""

    kind: ClassVar[str] = "receivables.reopening_asked"
    why: str


@dataclass(frozen=True, slots=True)
class PeriodReopened(Event):
    """A second person opened a closed period again; `subject` is the closing."""

    kind: ClassVar[str] = "receivables.period_reopened"
    closed_until: date
    why: str


@dataclass(frozen=True, slots=True)
class DisputeMoved(Event):
    """A dispute was acknowledged, assigned, answered or went to court; `subject`: the invoice."""

    kind: ClassVar[str] = "receivables.dispute_moved"
    dispute: UUID
    move: str
    owner: str


@dataclass(frozen=True, slots=True)
class EvidenceAdded(Event):
    """A file was put to a dispute; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.evidence_added"
    dispute: UUID
    file: UUID
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DisputeRaised(Event):
    """A buyer disputes part of an invoice; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.dispute_raised"
    dispute: UUID
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeSettled(Event):
    """A dispute ended, credited to the buyer or confirmed; `subject` is the invoice."""

    kind: ClassVar[str] = "receivables.dispute_settled"
    dispute: UUID
    outcome: str


@dataclass(frozen=True, slots=True)
class StatementsLoaded(Event):
    """Bank statements were taken in; `subject` is the first of them."""

    kind: ClassVar[str] = "receivables.statements_loaded"
    file_name: str
    statements: int
    lines_new: int


@dataclass(frozen=True, slots=True)
class LinesMatched(Event):
    """Lines of bank statements were matched; `subject` is the batch that its matches point to."""

    kind: ClassVar[str] = "receivables.lines_matched"
    lines: int
    posted: int
    proposed: int


@dataclass(frozen=True, slots=True)
class MatchConfirmed(Event):
    """A person posted a match; `subject` is the match."""

    kind: ClassVar[str] = "receivables.match_confirmed"
    payment: UUID
    buyer: UUID
    by_hand: bool


@dataclass(frozen=True, slots=True)
class MatchDeclined(Event):
    """A person said that a proposal is wrong; `subject` is the match."""

    kind: ClassVar[str] = "receivables.match_declined"
    buyer: UUID


@dataclass(frozen=True, slots=True)
class MatchUndone(Event):
    """A match was taken back with its payment; `subject` is the match."""

    kind: ClassVar[str] = "receivables.match_undone"
    payment: UUID
    buyer: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LineSetAside(Event):
    """A line is no buyer's payment, or is one after all; `subject` is the line."""

    kind: ClassVar[str] = "receivables.line_set_aside"
    aside: bool
