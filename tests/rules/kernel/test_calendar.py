"""Month arithmetic and business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.calendar import BusinessCalendar, add_days, add_months, days_past_due

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
WEEKDAYS = BusinessCalendar()


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 4, 30), 6, date(2026, 10, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months_keep_the_day_or_take_the_last(day, months, wanted):
    assert add_months(day, months) == wanted


@given(DAYS, st.integers(-200, 200))
def test_added_months_land_in_that_month(day, months):
    got = add_months(day, months)
    assert (got.year * 12 + got.month) - (day.year * 12 + day.month) == months
    assert got.day == day.day or (got + timedelta(1)).day == 1


@given(DAYS, st.integers(-500, 500))
def test_days_past_due_is_the_inverse_of_adding_days(due, days):
    assert days_past_due(due, add_days(due, days)) == days


def test_days_past_due_on_the_due_date_is_zero():
    assert days_past_due(date(2026, 4, 30), date(2026, 4, 30)) == 0


def test_weekend_holidays_and_other_weekends():
    friday = date(2026, 6, 5)
    assert WEEKDAYS.add(friday, 2) == date(2026, 6, 9)
    assert WEEKDAYS.add(friday, 0) == friday
    assert BusinessCalendar(closed={date(2026, 6, 8)}).add(friday, 2) == date(2026, 6, 10)
    gulf = BusinessCalendar(weekend={4, 5})
    assert not gulf.is_open(friday)
    assert gulf.on_or_after(friday) == date(2026, 6, 7)


@given(DAYS, st.integers(0, 60), st.sets(DAYS, max_size=5))
def test_business_days_are_open_and_counted(day, count, closed):
    calendar = BusinessCalendar(closed=closed)
    got = calendar.add(day, count)
    between = [day + timedelta(n) for n in range(1, (got - day).days + 1)]
    assert sum(calendar.is_open(d) for d in between) == count
    assert count == 0 or calendar.is_open(got)


@given(DAYS)
def test_on_or_after_is_the_first_open_day(day):
    got = WEEKDAYS.on_or_after(day)
    assert 0 <= (got - day).days <= 2
    assert WEEKDAYS.is_open(got)
