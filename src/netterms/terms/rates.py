"""Reference rates as dated tables. Beyond the day a table is known to, nothing is computed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from netterms.kernel.refusal import Code, Refusal

# Six decimals of a percent are kept: `rules_sql` counts in whole millionths.
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Rate:
    """`percent` a year of `series` from `valid_from` on, in a table read up to `known_until`."""

    series: str
    valid_from: date
    percent: Decimal
    known_until: date
    source: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The rates of one reference in the order of their dates, known up to `known_until`."""

    name: str
    days: tuple[date, ...] = ()
    percents: tuple[Decimal, ...] = ()
    known_until: date = date.min

    def at(self, day: date) -> Decimal:
        """The rate in force on `day`, in percent a year.

        RATE_PAST_LAST_DATE after the day the table is known to, RATE_BEFORE_FIRST_DATE before its
        first; RATE_MISSING when there is no table.
        """
        if not self.days:
            raise Refusal(Code.RATE_MISSING, series=self.name)
        if day > self.known_until:
            raise Refusal(
                Code.RATE_PAST_LAST_DATE, series=self.name, day=day, last_day=self.known_until
            )
        place = bisect_right(self.days, day)
        if not place:
            raise Refusal(
                Code.RATE_BEFORE_FIRST_DATE, series=self.name, day=day, first_day=self.days[0]
            )
        return self.percents[place - 1]


@dataclass(frozen=True, slots=True)
class RateTable:
    """All series by name; one that was never loaded is empty."""

    series: Mapping[str, Series] = field(default_factory=dict)

    def of(self, name: str) -> Series:
        """The series `name`."""
        return self.series.get(name, Series(name))


def table(rates: Iterable[Rate]) -> RateTable:
    """The table of `rates`; of two for one day the later one in the order given counts."""
    by_series: dict[str, dict[date, Rate]] = {}
    known: dict[str, date] = {}
    for rate in rates:
        by_series.setdefault(rate.series, {})[rate.valid_from] = rate
        last = max(rate.known_until, rate.valid_from)
        known[rate.series] = max(last, known.get(rate.series, date.min))
    return RateTable(
        {
            name: Series(
                name,
                tuple(sorted(points)),
                tuple(points[day].percent for day in sorted(points)),
                known[name],
            )
            for name, points in by_series.items()
        }
    )
