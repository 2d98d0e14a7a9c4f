"""The buyer's clock: its own time, its own days, and hours that are settings."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from netterms.collection.hours import local_time
from netterms.kernel.calendar import BusinessCalendar

HOLIDAY = BusinessCalendar(closed={date(2026, 6, 4)})


@pytest.mark.parametrize(
    ("now", "country", "clock", "quiet"),
    [
        ("2026-06-03T06:59", "DE", "2026-06-03T08:59", "too_early"),
        ("2026-06-03T07:00", "DE", "2026-06-03T09:00", ""),
        ("2026-06-03T16:00", "DE", "2026-06-03T18:00", "too_late"),
        ("2026-06-04T10:00", "DE", "2026-06-04T12:00", "closed_day"),
        ("2026-06-06T10:00", "DE", "2026-06-06T12:00", "closed_day"),
        # Monday in Shanghai while it is Sunday in London; New York is still at Tuesday's end.
        ("2026-06-08T01:30", "CN", "2026-06-08T09:30", ""),
        ("2026-06-03T02:00", "US", "2026-06-02T22:00", "too_late"),
    ],
)
def test_one_calls_by_the_buyers_own_clock(now, country, clock, quiet):
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = local_time(instant, country, ["Europe/Berlin"], (9, 18), HOLIDAY)
    assert found is not None
    assert (found.time.isoformat(timespec="minutes"), found.quiet) == (clock, quiet)
    assert found.several == (country == "US")


def test_a_country_without_a_known_zone_has_no_clock():
    now = datetime(2026, 6, 3, 7, tzinfo=UTC)
    assert local_time(now, "XX", [], (9, 18), HOLIDAY) is None
    assert local_time(now, "FR", ["Europe/Paris"], (9, 18), HOLIDAY).zone == "Europe/Paris"
