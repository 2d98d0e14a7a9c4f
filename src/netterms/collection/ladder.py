"""The ladder's steps as data: what is done at which stage, how many days after it was reached.

Stages follow the rule book's section 0.1: automatic reminders, then people, then legal steps, then
the insurance claim. A step for people is a task on the work list; only a reminder is sent by
itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step is. The names equal the CHECK of `collection_action.step`."""

    EMAIL_REMINDER = "email_reminder"
    CALL = "call"
    LETTER = "letter"
    LEGAL_STEP = "legal_step"
    CLAIM_FILE = "claim_file"
    POLICY_NOTICE = "policy_notice"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Do `step` when a case has been at `stage` for `after_days` calendar days."""

    stage: int
    step: StepKind
    after_days: int


LADDER = (
    LadderStep(1, StepKind.EMAIL_REMINDER, 0),
    LadderStep(1, StepKind.EMAIL_REMINDER, 10),
    LadderStep(1, StepKind.EMAIL_REMINDER, 20),
    LadderStep(2, StepKind.CALL, 0),
    LadderStep(2, StepKind.LETTER, 7),
    LadderStep(2, StepKind.CALL, 14),
    LadderStep(3, StepKind.LEGAL_STEP, 0),
    LadderStep(4, StepKind.CLAIM_FILE, 0),
)

# A duty of the policy comes onto the work list this many days before its last day.
POLICY_NOTICE_DAYS = 7
