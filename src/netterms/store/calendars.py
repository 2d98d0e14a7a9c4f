"""Which days are business days where: public facts that all sellers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from netterms.kernel.calendar import SATURDAY_SUNDAY, BusinessCalendar
from netterms.store import sql


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A public holiday of a country (ISO 3166)."""

    country: str
    day: date
    name: str


def keep_closed_days(days: Sequence[ClosedDay]) -> int:
    """Add holidays not known yet; returns how many were new. Safe to repeat."""
    return sql.execute(
        """
        insert into closed_day (country, day, name)
        select * from unnest(%(countries)s::char(2)[], %(days)s::date[], %(names)s::text[])
        on conflict (country, day) do nothing
        """,
        {
            "countries": [closed.country for closed in days],
            "days": [closed.day for closed in days],
            "names": [closed.name for closed in days],
        },
    )


def calendar_of(country: str, first: date, last: date) -> BusinessCalendar:
    """The business days of a country, with its holidays from `first` to `last`."""
    weekend = sql.value(
        "select iso_days from country_weekend where country = %(country)s", {"country": country}
    )
    closed = sql.rows(
        "select day from closed_day"
        " where country = %(country)s and day between %(first)s and %(last)s",
        {"country": country, "first": first, "last": last},
    )
    return BusinessCalendar(
        # ISO counts Monday as 1, Python as 0.
        weekend=frozenset(day - 1 for day in weekend) if weekend else SATURDAY_SUNDAY,
        closed=frozenset(line["day"] for line in closed),
    )
