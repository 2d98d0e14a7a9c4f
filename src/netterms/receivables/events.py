"""Facts of the book, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
