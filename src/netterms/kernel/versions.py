"""Policies that count from a day on: none is ever changed, and every day has the one in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid

# A policy is for the days to come; one for years ahead is a slip of the pen.
MOST_DAYS_AHEAD = 366
Policy = TypeVar("Policy")


@dataclass(frozen=True, slots=True)
class Version(Generic[Policy]):
    """A policy and from when on it counts, by whom and why. Number 0: nobody has set one."""

    number: int
    policy: Policy
    in_force_on: date | None = None
    set_by: str = ""
    set_at: datetime | None = None
    why: str = ""


def version(policy: Policy, line: Mapping[str, Any]) -> Version[Policy]:
    """A policy with the columns of its line that say from when on it counts, by whom and why."""
    kept = ("number", "in_force_on", "set_by", "set_at", "why")
    return Version(policy=policy, **{name: line[name] for name in kept})


def in_force(
    versions: Sequence[Version[Policy]], day: date, starting: Version[Policy]
) -> Version[Policy]:
    """Which of `versions`, the one that counts last first, is in force on `day`.

    Before any of them it is `starting`, what every seller starts with.
    """
    return next((one for one in versions if one.in_force_on and one.in_force_on <= day), starting)


def check_day(today: date, in_force_on: date) -> None:
    """A policy may count from today or a later day on, a year ahead at most; VALUE_INVALID."""
    last = today + timedelta(days=MOST_DAYS_AHEAD)
    if not today <= in_force_on <= last:
        raise invalid("in_force_on", in_force_on, Mend.BETWEEN, least=today, most=last)
