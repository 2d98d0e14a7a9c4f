"""Reasons and next actions as sentences in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from netterms.collection.rules import Stage
from netterms.limits.rules import SENTENCES, LimitReason
from netterms.portfolio.replay import Outcome
from netterms.scoring.blocks import Combination
from netterms.scoring.scorecard import Scorecard, shown


class Action(StrEnum):
    """What to do next with a late buyer."""

    EMAIL_REMINDER = "email_reminder"
    CALL = "call"
    LETTER = "letter"
    LEGAL_STEP = "legal_step"
    CLAIM_FILE = "claim_file"


ACTIONS: Mapping[Action, str] = MappingProxyType(
    {
        Action.EMAIL_REMINDER: gettext_noop("Send a reminder by e-mail"),
        Action.CALL: gettext_noop("Call the buyer"),
        Action.LETTER: gettext_noop("Send a formal letter"),
        Action.LEGAL_STEP: gettext_noop("Take the first legal step"),
        Action.CLAIM_FILE: gettext_noop(
            "Prepare the insurance claim; without insurance, hand the debt over"
        ),
    }
)
OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PAID: gettext_noop("paid"),
        Outcome.PAID_LATE: gettext_noop("paid more than 90 days late"),
        Outcome.LOST: gettext_noop("lost: more than 90 days past due"),
        Outcome.OPEN: gettext_noop("still open"),
    }
)
# Our convention: in the second half of stage 2 a letter follows the calls.
LETTER_FROM = 46
_STEPS: Mapping[int, Action] = MappingProxyType(
    {
        Stage.REMINDERS: Action.EMAIL_REMINDER,
        Stage.LEGAL: Action.LEGAL_STEP,
        Stage.CLAIM: Action.CLAIM_FILE,
    }
)


def next_action(stage: int, days_past_due: int) -> Action:
    """The step the ladder asks for at a stage (1 to 4)."""
    if stage == Stage.PERSONAL_CONTACT:
        return Action.LETTER if days_past_due >= LETTER_FROM else Action.CALL
    return _STEPS[stage]


def why_chase(invoices: int, days_past_due: int) -> str:
    """Why a buyer is on the work list."""
    facts = {"invoices": invoices, "days": days_past_due}
    if invoices == 1:
        return (
            ngettext(
                "An invoice is %(days)s day past due.",
                "An invoice is %(days)s days past due.",
                days_past_due,
            )
            % facts
        )
    return (
        ngettext(
            "%(invoices)s invoices are past due, the oldest by %(days)s day.",
            "%(invoices)s invoices are past due, the oldest by %(days)s days.",
            days_past_due,
        )
        % facts
    )


class Reasons:
    """Sentences of a card's reasons and of limit reasons; each distinct one is made once."""

    def __init__(self, card: Scorecard | Combination) -> None:
        self._meanings = card.meanings
        self._templates = {code: _(m.text) for code, m in card.meanings.items()}
        self._limits = {code.value: _(text) for code, text in SENTENCES.items()}
        self._made: dict[tuple[str, float | int | None], dict[str, Any]] = {}
        self._listed: dict[tuple[str, int | None, int], list[dict[str, Any]]] = {}

    def attribute(self, code: str) -> str:
        """The attribute a reason speaks of ("" for a default)."""
        return self._meanings[code].attribute

    def of_score(self, code: str, value: float | None) -> dict[str, Any]:
        """`code`, `text` and `direction` of a reason about an attribute's `value`."""
        made = self._made.get((code, value))
        if made is None:
            meaning = self._meanings[code]
            exact = None if value is None else Decimal(repr(value))
            made = self._made[code, value] = {
                "code": code,
                "text": self._templates[code] % {"value": shown(exact, meaning.unit)},
                "direction": meaning.direction,
            }
        return made

    def of_limit(self, code: str, grade: int | None, stage: int) -> dict[str, Any]:
        """`code` and `text` of a limit reason."""
        value = {LimitReason.GRADE_TOO_WEAK: grade, LimitReason.STAGE_TOO_LATE: stage}.get(
            LimitReason(code)
        )
        made = self._made.get((code, value))
        if made is None:
            text = self._limits[code] % {"value": value}
            made = self._made[code, value] = {"code": code, "text": text}
        return made

    def of_limits(self, codes: str, grade: int | None, stage: int) -> list[dict[str, Any]]:
        """The limit reasons of codes joined by commas, as `recommend_sql` gives them."""
        made = self._listed.get((codes, grade, stage))
        if made is None:
            made = [self.of_limit(code, grade, stage) for code in codes.split(",")]
            self._listed[codes, grade, stage] = made
        return made
