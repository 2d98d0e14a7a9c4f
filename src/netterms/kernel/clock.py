"""The only place that knows the real time. Everything else is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the instant, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: for tests, simulations and replays."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def business_date(instant: datetime, zone: str) -> date:
    """The seller's date at `instant`, in the IANA time zone `zone`."""
    return instant.astimezone(ZoneInfo(zone)).date()
