"""Public holidays come in as data and make business days."""

from datetime import date

from netterms.connectors.calendars import load_closed_days
from netterms.store.calendars import ClosedDay, calendar_of, keep_closed_days


def test_holidays_by_country_and_unknown_countries_left_out():
    found = load_closed_days(["DE", "CN", "XX", "DE"], [2026])
    assert ClosedDay("DE", date(2026, 10, 3), "German Unity Day") in found or any(
        closed.country == "DE" and closed.day == date(2026, 10, 3) for closed in found
    )
    assert {closed.country for closed in found} == {"CN", "DE"}
    assert len({(closed.country, closed.day) for closed in found}) == len(found)


def test_kept_once_and_read_back_as_a_calendar(database):
    days = load_closed_days(["FR", "AE"], [2026])
    keep_closed_days(days)
    assert keep_closed_days(days) == 0
    france = calendar_of("FR", date(2026, 1, 1), date(2026, 12, 31))
    assert not france.is_open(date(2026, 7, 14))
    assert france.on_or_after(date(2026, 7, 14)) == date(2026, 7, 15)
    assert not france.is_open(date(2026, 7, 18))
    saudi = calendar_of("SA", date(2026, 1, 1), date(2026, 12, 31))
    assert not saudi.is_open(date(2026, 7, 17)), "Friday"
    assert saudi.is_open(date(2026, 7, 19)), "Sunday"


def test_only_the_span_asked_for(database):
    keep_closed_days([ClosedDay("NZ", date(2026, 2, 6), "Waitangi Day")])
    assert calendar_of("NZ", date(2026, 3, 1), date(2026, 4, 1)).closed == frozenset()
