"""What would let the policy say yes to a new buyer without a person: for the caller to act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from netterms.checkout.policy import WORST_GRADE, Facts, Policy, Verdict, starter_limit


class Action(StrEnum):
    """What to do; the caller's own steps first. `load_lists` is the seller's."""

    ASK_LESS = "ask_less"
    SEND_ACCOUNTS = "send_accounts"
    SEND_REGISTER_EXTRACT = "send_register_extract"
    GIVE_COMPANY_EMAIL = "give_company_email"
    LOAD_LISTS = "load_lists"


# The document or step that answers each doubt; our convention. A reason that is not here, such as
# a country that is not served, is one that nothing the caller can do would change.
ANSWERS: Mapping[str, Action] = {
    "grade_too_weak": Action.SEND_ACCOUNTS,
    "no_grade": Action.SEND_ACCOUNTS,
    "number_unchecked": Action.SEND_REGISTER_EXTRACT,
    "name_differs": Action.SEND_REGISTER_EXTRACT,
    "name_known": Action.SEND_REGISTER_EXTRACT,
    "free_mail": Action.GIVE_COMPANY_EMAIL,
    "no_email": Action.GIVE_COMPANY_EMAIL,
    "email_differs": Action.GIVE_COMPANY_EMAIL,
    "not_screened": Action.LOAD_LISTS,
}
OF_AMOUNT = frozenset({"over_largest_order", "over_auto_approval", "over_starter_limit"})


@dataclass(frozen=True, slots=True)
class Hint:
    """One step. `amount_minor`, of `ask_less`: the most that the policy approves by itself."""

    action: Action
    amount_minor: int | None = None


def would_change(policy: Policy, facts: Facts, verdict: Verdict) -> tuple[Hint, ...]:
    """The steps that together would make a no, or a question to a person, a yes; none if none do.

    No promise: accounts may make the grade worse.
    """
    least = most_approved(policy, facts) if OF_AMOUNT.intersection(verdict.reasons) else None
    told = {reason: ANSWERS.get(reason) for reason in verdict.reasons if reason not in OF_AMOUNT}
    if None in told.values() or least == 0:
        return ()
    steps = set(told.values()) | ({Action.ASK_LESS} if least else set())
    return tuple(
        Hint(action, least if action is Action.ASK_LESS else None)
        for action in Action
        if action in steps
    )


def most_approved(policy: Policy, facts: Facts) -> int:
    """The largest amount of the order's currency that no bound of the policy sends to a person."""
    grade = WORST_GRADE if facts.grade is None else facts.grade
    bounds = [row.most_minor for row in policy.largest if row.currency == facts.currency]
    if not facts.has_line:
        fitting = [
            row.most_minor
            for row in policy.auto_approve
            if row.currency == facts.currency and grade <= row.worst_grade
        ]
        bounds += [max(fitting, default=0), starter_limit(policy, facts) or 0]
    return min(bounds, default=0)
