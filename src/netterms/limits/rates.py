"""Dated exchange rates: public facts that all sellers share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from netterms.store import sql

# How long a rate is good for an order when no newer one is known: `minor_rate` has the same.
LONGEST_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of `currency` for one euro on a day, as `source` published it."""

    currency: str
    day: date
    per_euro: Decimal
    source: str


def load_rates(rates: Sequence[Rate]) -> int:
    """Add rates not known yet; returns how many were new. A known one is never changed."""
    return sql.execute(
        """
        insert into exchange_rate (currency, day, per_euro, source)
        select * from unnest(%(codes)s::char(3)[], %(days)s::date[], %(rates)s::numeric[],
                             %(sources)s::text[])
        on conflict (currency, day) do nothing
        """,
        {
            "codes": [rate.currency for rate in rates],
            "days": [rate.day for rate in rates],
            "rates": [rate.per_euro for rate in rates],
            "sources": [rate.source for rate in rates],
        },
    )


def last_day(until: date = date.max) -> date | None:
    """The newest day, at most `until`, any rate is known for."""
    found: date | None = sql.value(
        "select max(day) from exchange_rate where day <= %(until)s", {"until": until}
    )
    return found


def per_dollar(currencies: Collection[str], until: date) -> dict[str, Fraction]:
    """Units of each currency for one US dollar, at the newest rates until that day.

    A currency without a rate of the last `LONGEST_KEPT` before the newest day is left out.
    """
    found = sql.rows(
        """
        select distinct on (currency) currency::text as currency, per_euro
        from exchange_rate
        where currency = any(%(wanted)s::char(3)[]) and day <= %(until)s
          and day > (select max(day) from exchange_rate where day <= %(until)s) - %(kept)s
        order by currency, day desc
        """,
        {"wanted": [*currencies, "USD"], "until": until, "kept": LONGEST_KEPT.days},
    )
    # A euro is a euro.
    per_euro = {"EUR": Fraction(1)} | {r["currency"]: Fraction(r["per_euro"]) for r in found}
    if "USD" not in per_euro:
        return {}
    return {code: per_euro[code] / per_euro["USD"] for code in currencies if code in per_euro}
