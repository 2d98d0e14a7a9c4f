"""Facts of the policy, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from netterms.kernel.events import Event
from netterms.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ClaimPrepared(Event):
    """A claim file was opened with its amount; `subject` is the buyer."""

    kind: ClassVar[str] = "insurance.claim_prepared"
    claim: UUID
    insured: Money
    indemnity: Money


@dataclass(frozen=True, slots=True)
class DeadlineLapsed(Event):
    """A duty's last day passed without it being done; `subject` is the buyer."""

    kind: ClassVar[str] = "insurance.deadline_lapsed"
    deadline: UUID
    duty: str
    rule: str


@dataclass(frozen=True, slots=True)
class PolicyOpened(Event):
    """A policy was entered; `subject` is the policy. `renews` is the one it follows."""

    kind: ClassVar[str] = "insurance.policy_opened"
    insurer: str
    policy_number: str
    renews: UUID | None = None


@dataclass(frozen=True, slots=True)
class PolicyTermsChanged(Event):
    """Terms by which nothing had counted were corrected; `subject` is the policy.

    Only the fields that changed, before and after.
    """

    kind: ClassVar[str] = "insurance.policy_terms_changed"
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyEnded(Event):
    """A policy ends earlier than was agreed; `subject` is the policy."""

    kind: ClassVar[str] = "insurance.policy_ended"
    ends_on: date
    instead_of: date


@dataclass(frozen=True, slots=True)
class LimitsGranted(Event):
    """The insurer granted limits; `subject` is the policy. The sum is in its currency."""

    kind: ClassVar[str] = "insurance.limits_granted"
    limits: int
    sum_minor: int


@dataclass(frozen=True, slots=True)
class LimitEnded(Event):
    """The insurer withdrew a limit, or it was given up; `subject` is the buyer."""

    kind: ClassVar[str] = "insurance.limit_ended"
    limit: UUID
    policy: UUID
    ends_on: date
