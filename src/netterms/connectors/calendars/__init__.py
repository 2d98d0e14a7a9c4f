"""Public holidays by country, from the `holidays` library, which its community keeps up."""

from __future__ import annotations

from collections.abc import Iterable

from netterms.store.calendars import ClosedDay

NAME_LENGTH = 200


def load_closed_days(countries: Iterable[str], years: Iterable[int]) -> list[ClosedDay]:
    """Public holidays of ISO 3166 `countries` in `years`, by country and day.

    A country the library does not know is left out: its weekends alone close it.
    """
    # Imported late: it is large, and only the one who fills the calendar needs it.
    import holidays

    wanted = sorted(set(years))
    known = holidays.list_supported_countries()
    return [
        ClosedDay(country, day, name[:NAME_LENGTH])
        for country in sorted(set(countries))
        if country in known
        for day, name in sorted(holidays.country_holidays(country, years=wanted).items())
    ]
