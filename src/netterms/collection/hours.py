"""Whether one may call a buyer now: its local time, business days, and hours that are settings.

The hours are conventions, no country's law. A country with several time zones is taken to be in
that of its main place of business, which is said wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from netterms.kernel.calendar import BusinessCalendar

# One zone for each country that has several, by where most business is done: a convention.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PG": "Pacific/Port_Moresby", "PT": "Europe/Lisbon", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
# Of these the zones differ in what the clock shows.
SEVERAL = frozenset(
    {"AU", "BR", "CA", "CD", "CL", "EC", "ES", "ID", "MN", "MX", "NZ", "PG", "PT", "RU", "US"}
)


@dataclass(frozen=True, slots=True)
class Local:
    """A buyer's clock: `time` as it shows it, without a zone.

    `quiet` names why one does not call now; empty: one may.
    """

    time: datetime
    zone: str
    from_hour: int
    to_hour: int
    quiet: str
    several: bool


def local_time(
    now: datetime,
    country: str,
    zones: list[str],
    hours: tuple[int, int],
    calendar: BusinessCalendar,
) -> Local | None:
    """The buyer's clock at `now` (UTC), or None for a country whose zone is not known.

    `zones` are those of the country; `calendar` its business days around now.
    """
    zone = MAIN_ZONES.get(country) or (zones[0] if zones else "")
    if not zone:
        return None
    there = now.astimezone(ZoneInfo(zone))
    quiet = ""
    if not calendar.is_open(there.date()):
        quiet = "closed_day"
    elif there.hour < hours[0]:
        quiet = "too_early"
    elif there.hour >= hours[1]:
        quiet = "too_late"
    return Local(there.replace(tzinfo=None), zone, *hours, quiet, country in SEVERAL)
