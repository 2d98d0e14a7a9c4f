"""Country and sector factors on the odds of default (SCR-16), as dated tables.

A factor becomes whole hundredths of a point (SCR-14): the odds times m is the score less
factor x ln m. There are no public values, so the table delivered is nearly empty and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.rules import HOUSE_SCALING

SMALLEST, LARGEST = Decimal("0.1"), Decimal(10)
_COUNTRY = re.compile(r"[A-Z]{2}")
_SECTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._&-]{0,99}")
_EXACT = Context(prec=34, rounding=ROUND_HALF_UP)
WhenPast = Literal["refuse", "stale"]


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Points, in hundredths, that each country and sector adds to a score; others add none.

    `stale`: the day asked for is past the last day of the newest table.
    """

    name: str
    source: str
    countries: Mapping[str, int] = field(default_factory=dict)
    sectors: Mapping[str, int] = field(default_factory=dict)
    stale: bool = False

    def points(self, country: str, sector: str) -> int:
        """Hundredths of a point for a buyer there; "" is not known."""
        return self.countries.get(country, 0) + self.sectors.get(sector, 0)


NEUTRAL = Overlay("neutral", "")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: in force from `starts_on` to `ends_on`, both included."""

    version: int
    source: str
    stated_on: date
    starts_on: date
    ends_on: date
    countries: Mapping[str, Decimal]
    sectors: Mapping[str, Decimal]


def points_of(factor: Decimal) -> int:
    """Hundredths of a point that a factor on the odds of default adds (negative above 1)."""
    points = -100 * _EXACT.multiply(HOUSE_SCALING.factor, _EXACT.ln(factor))
    return int(points.to_integral_value(ROUND_HALF_UP))


def overlay_on(day: date, name: str = "overlay", when_past: WhenPast | None = None) -> Overlay:
    """The factors in force on `day`; neutral before the first table.

    Past the last table's end its factors still count and are called stale, or, where the data or
    `when_past` says "refuse", VALUE_INVALID names the last day.
    """
    tables, rule = _tables(name)
    known = [t for t in tables if t.starts_on <= day]
    if not known:
        return NEUTRAL
    table = max(known, key=lambda t: t.starts_on)
    stale = day > table.ends_on
    if stale and (when_past or rule) == "refuse":
        last = table.ends_on.isoformat()
        raise Refusal(
            Code.VALUE_INVALID, field="as_of", value=day.isoformat(), mend=Mend.AT_MOST, most=last
        )
    return _overlay(name, tables.index(table), stale)


@cache
def _overlay(name: str, place: int, stale: bool) -> Overlay:
    """One object for each table, so that what was compiled from it is found again."""
    table = _tables(name)[0][place]
    return Overlay(
        f"{name}_v{table.version}",
        table.source,
        _as_points(table.countries),
        _as_points(table.sectors),
        stale,
    )


def _as_points(factors: Mapping[str, Decimal]) -> Mapping[str, int]:
    return MappingProxyType({key: points_of(f) for key, f in factors.items() if f != 1})


@cache
def _tables(name: str) -> tuple[tuple[Table, ...], WhenPast]:
    text = resources.files("netterms.scoring").joinpath("data", f"{name}.json").read_text("utf-8")
    return parse(text)


def parse(text: str) -> tuple[tuple[Table, ...], WhenPast]:
    """Read tables from JSON; SCORECARD_INVALID names the field and what mends it."""
    try:
        raw = json.loads(text)
        tables = tuple(_table(item) for item in raw["tables"])
        when_past = raw["when_past"]
    except KeyError as missing:
        raise _invalid(str(missing.args[0]), None, Mend.GIVE_IT) from None
    except (ValueError, TypeError, ArithmeticError) as wrong:
        raise _invalid("json", str(wrong), Mend.AS_BUILT_IN) from None
    if when_past not in {"refuse", "stale"}:
        raise _invalid("when_past", when_past, Mend.ONE_OF, allowed="refuse, stale")
    for table in tables:
        _validate(table)
    return tables, when_past


def _table(raw: Mapping[str, object]) -> Table:
    def factors(name: str) -> Mapping[str, Decimal]:
        given = raw[name]
        assert isinstance(given, Mapping)
        return {str(key): Decimal(str(value)) for key, value in given.items()}

    return Table(
        version=int(str(raw["version"])),
        source=str(raw["source"]),
        stated_on=date.fromisoformat(str(raw["stated_on"])),
        starts_on=date.fromisoformat(str(raw["starts_on"])),
        ends_on=date.fromisoformat(str(raw["ends_on"])),
        countries=factors("countries"),
        sectors=factors("sectors"),
    )


def _validate(table: Table) -> None:
    if table.ends_on < table.starts_on:
        raise _invalid("ends_on", table.ends_on.isoformat(), Mend.AFTER_START)
    for name, shape, factors in (
        ("countries", _COUNTRY, table.countries),
        ("sectors", _SECTOR, table.sectors),
    ):
        for key, factor in factors.items():
            # They become literals of a statement.
            if not shape.fullmatch(key):
                raise _invalid(name, key, Mend.FITTING, pattern=shape.pattern)
            if not SMALLEST <= factor <= LARGEST:
                bounds = {"least": str(SMALLEST), "most": str(LARGEST)}
                raise _invalid(f"{name}.{key}", str(factor), Mend.BETWEEN, **bounds)


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.SCORECARD_INVALID, field=field, value=value, mend=mend, **facts)
