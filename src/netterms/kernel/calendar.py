"""Dates of business: month arithmetic and business days. Holidays come in as data."""

from __future__ import annotations

import calendar as _months
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY_SUNDAY = frozenset({5, 6})


def add_days(day: date, days: int) -> date:
    """`day` plus calendar days."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """Same day of the month `months` later, or that month's last day if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = _months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def days_past_due(due_on: date, as_of: date) -> int:
    """Calendar days from the due date to `as_of`; negative before it, 0 on it."""
    return (as_of - due_on).days


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Which days count as business days in one country.

    `weekend` holds weekday numbers (Monday is 0); `closed` the public holidays known.
    """

    weekend: Set[int] = SATURDAY_SUNDAY
    closed: Set[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        """True when `day` is a business day."""
        return day.weekday() not in self.weekend and day not in self.closed

    def on_or_after(self, day: date) -> date:
        """The first business day that is not before `day`."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, business_days: int) -> date:
        """The business day that is `business_days` (0 or more) business days after `day`."""
        assert business_days >= 0
        for _ in range(business_days):
            day = self.on_or_after(day + timedelta(days=1))
        return day
