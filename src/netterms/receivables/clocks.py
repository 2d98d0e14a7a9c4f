"""By when what has to be done with a dispute (COL-01). Days are conventions of the rule book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from netterms.kernel.calendar import BusinessCalendar, add_days

ACKNOWLEDGE_BUSINESS_DAYS, OWNER_BUSINESS_DAYS = 1, 2
POSITION_DAYS, RESOLVE_DAYS = 10, 30
ESCALATE_DAYS = (30, 45)


class Clock(StrEnum):
    """What has a last day."""

    ACKNOWLEDGE = "acknowledge"
    OWNER = "owner"
    POSITION = "position"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of one clock, and the day it was done; `late` by which of the two came last."""

    clock: Clock
    due_on: date
    done_on: date | None

    def late_days(self, today: date) -> int:
        """Calendar days beyond the last day, until it was done or today; 0 while in time."""
        return max(0, ((self.done_on or today) - self.due_on).days)


def clocks(
    raised_on: date, done: Mapping[Clock, date | None], calendar: BusinessCalendar
) -> tuple[Due, ...]:
    """The four clocks of a dispute.

    Acknowledged within 1 business day and owned within 2, of the seller's country; the seller's
    position within 10 and settled within 30 calendar days.
    """
    last = {
        Clock.ACKNOWLEDGE: calendar.add(raised_on, ACKNOWLEDGE_BUSINESS_DAYS),
        Clock.OWNER: calendar.add(raised_on, OWNER_BUSINESS_DAYS),
        Clock.POSITION: add_days(raised_on, POSITION_DAYS),
        Clock.RESOLVE: add_days(raised_on, RESOLVE_DAYS),
    }
    return tuple(Due(clock, last[clock], done.get(clock)) for clock in Clock)


def escalation(raised_on: date, settled_on: date | None, today: date) -> int:
    """How many times it is to go one step up: after 30 and after 45 days without an end."""
    open_days = ((settled_on or today) - raised_on).days
    return 0 if settled_on else sum(open_days >= days for days in ESCALATE_DAYS)
