"""Facts of the policy, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
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
    """A policy was entered; `subject` is the policy."""

    kind: ClassVar[str] = "insurance.policy_opened"
    insurer: str
    policy_number: str


@dataclass(frozen=True, slots=True)
class LimitsGranted(Event):
    """The insurer granted limits; `subject` is the policy. The sum is in its currency."""

    kind: ClassVar[str] = "insurance.limits_granted"
    limits: int
    sum_minor: int
