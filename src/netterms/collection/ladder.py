"""The ladder's steps as data: what is done at which stage, how many days after it was reached.

The four stages follow the rule book's section 0.1 and are fixed: reminders, then people, then legal
steps, then the insurance claim. The steps within are the seller's own (`ladders.py`); `LADDER` is
what counts until somebody writes another. Only a reminder is sent by itself; every other step is a
task on the work list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from netterms.collection.rules import STAGE_STARTS
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

# The last stage has no end of its own: no step waits longer than ten years.
LONGEST_WAIT = 3650
MOST_STEPS = 100
BEST_GRADE, WORST_GRADE = 1, 10
KEY_ACCOUNTS, OTHERS = "key_account", "others"


class StepKind(StrEnum):
    """What a step is. The names equal the CHECK of `collection_action.step`."""

    EMAIL_REMINDER = "email_reminder"
    CALL = "call"
    LETTER = "letter"
    LEGAL_STEP = "legal_step"
    CLAIM_FILE = "claim_file"
    POLICY_NOTICE = "policy_notice"


class Way(StrEnum):
    """By which channel a step reaches the buyer, or the insurer."""

    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    PAGE = "page"


class Doer(StrEnum):
    """Who does a step."""

    MACHINE = "machine"
    COLLECTOR = "collector"
    LEGAL = "legal"


# What goes together. A policy's own deadlines bring the notice: it is no step of the ladder.
WAYS: dict[StepKind, tuple[Way, ...]] = {
    StepKind.EMAIL_REMINDER: (Way.EMAIL,),
    StepKind.CALL: (Way.PHONE,),
    StepKind.LETTER: (Way.LETTER, Way.EMAIL, Way.PAGE),
    StepKind.LEGAL_STEP: (Way.LETTER, Way.EMAIL, Way.PAGE),
    StepKind.CLAIM_FILE: (Way.PAGE, Way.EMAIL, Way.LETTER),
}


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Do `step` when a case has been at `stage` for `after_days` calendar days.

    The rest narrows whom it is for; empty text and None narrow nothing. `segment` is `key_account`,
    `others` or a sector's name. `from_minor` to `to_minor` (both counted in) is what is late and
    undisputed in `currency`, in minor units. `best_grade` to `worst_grade` is the buyer's newest
    grade (1 is best); a buyer without one is met only by steps that ask for none.
    """

    stage: int
    step: StepKind
    after_days: int
    channel: Way
    who: Doer
    segment: str = ""
    country: str = ""
    currency: str = ""
    from_minor: int | None = None
    to_minor: int | None = None
    best_grade: int | None = None
    worst_grade: int | None = None

    def check(self) -> None:
        """VALUE_INVALID for what cannot be, or could never happen."""
        longest = stage_days(self.stage) - 1
        if not 0 <= self.after_days <= longest:
            _refuse("after_days", self.after_days, Mend.BETWEEN, least=0, most=longest)
        if self.step not in WAYS:
            _refuse("step", self.step, Mend.ONE_OF, allowed=", ".join(WAYS))
        if self.channel not in WAYS[self.step]:
            _refuse("channel", self.channel, Mend.ONE_OF, allowed=", ".join(WAYS[self.step]))
        doers = (
            (Doer.MACHINE,)
            if self.step is StepKind.EMAIL_REMINDER
            else (Doer.COLLECTOR, Doer.LEGAL)
        )
        if self.who not in doers:
            _refuse("who", self.who, Mend.ONE_OF, allowed=", ".join(doers))
        if self.country and not _letters(self.country, 2):
            _refuse("country", self.country, Mend.COUNTRY_CODE)
        self._check_amounts()
        self._check_grades()

    def _check_amounts(self) -> None:
        if self.currency and not _letters(self.currency, 3):
            _refuse("currency", self.currency, Mend.CURRENCY_CODE)
        if self.from_minor is None and self.to_minor is None:
            return
        if not self.currency:
            _refuse("currency", "", Mend.GIVE_IT)
        low = self.from_minor or 0
        if low < 0:
            _refuse("from_minor", low, Mend.AT_LEAST, least=0)
        if self.to_minor is not None and self.to_minor < low:
            _refuse("to_minor", self.to_minor, Mend.AT_LEAST, least=low)

    def _check_grades(self) -> None:
        best, worst = self.best_grade or BEST_GRADE, self.worst_grade or WORST_GRADE
        if not BEST_GRADE <= best <= worst <= WORST_GRADE:
            _refuse("grade", f"{best}-{worst}", Mend.BETWEEN, least=BEST_GRADE, most=WORST_GRADE)


def stage_days(stage: int) -> int:
    """How many days a case may be at a stage before it moves on by itself."""
    starts = [first for first, _ in STAGE_STARTS]
    if stage not in range(1, len(starts) + 1):
        _refuse("stage", stage, Mend.BETWEEN, least=1, most=len(starts))
    return starts[stage] - starts[stage - 1] if stage < len(starts) else LONGEST_WAIT + 1


def check(steps: Iterable[LadderStep]) -> tuple[LadderStep, ...]:
    """The steps in the order they happen; VALUE_INVALID for what cannot be, or twice the same."""
    found = tuple(sorted(steps, key=lambda s: (s.stage, s.after_days, s.step, repr(s))))
    if not 1 <= len(found) <= MOST_STEPS:
        _refuse("steps", len(found), Mend.BETWEEN, least=1, most=MOST_STEPS)
    for step in found:
        step.check()
    if len(set(found)) < len(found):
        twice = next(step for step in found if found.count(step) > 1)
        _refuse("steps", f"{twice.stage}, {twice.step}, {twice.after_days}", Mend.OTHER_STEP)
    return found


def as_columns(steps: Iterable[LadderStep]) -> dict[str, list[Any]]:
    """The steps column by column, as the statements take them: `step_` and the field's name."""
    rows = [asdict(step) for step in steps]
    names = LadderStep.__dataclass_fields__
    return {f"step_{name}": [row[name] for row in rows] for name in names}


def _letters(text: str, many: int) -> bool:
    return len(text) == many and text.isascii() and text.isalpha() and text.isupper()


def _refuse(field: str, value: object, mend: Mend, **facts: object) -> None:
    raise Refusal(Code.VALUE_INVALID, field=field, value=str(value), mend=mend, **facts)


LADDER = (
    LadderStep(1, StepKind.EMAIL_REMINDER, 0, Way.EMAIL, Doer.MACHINE),
    LadderStep(1, StepKind.EMAIL_REMINDER, 10, Way.EMAIL, Doer.MACHINE),
    LadderStep(1, StepKind.EMAIL_REMINDER, 20, Way.EMAIL, Doer.MACHINE),
    LadderStep(2, StepKind.CALL, 0, Way.PHONE, Doer.COLLECTOR),
    LadderStep(2, StepKind.LETTER, 7, Way.LETTER, Doer.COLLECTOR),
    LadderStep(2, StepKind.CALL, 14, Way.PHONE, Doer.COLLECTOR),
    LadderStep(3, StepKind.LEGAL_STEP, 0, Way.LETTER, Doer.LEGAL),
    LadderStep(4, StepKind.CLAIM_FILE, 0, Way.PAGE, Doer.COLLECTOR),
)

# A duty of the policy comes onto the work list this many days before its last day.
POLICY_NOTICE_DAYS = 7
