"""The rules of every country as small tables, for the one question `sql/claims.sql`. Pure.

Whatever a country's law decides is decided here by `rules.py`, once for every standing two parties
can have; the question only looks it up and multiplies. So there is one definition of a rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product, zip_longest
from typing import Any

from netterms.kernel.money import exponent
from netterms.terms.jurisdictions import Jurisdiction, Law, Reset
from netterms.terms.rates import RateTable
from netterms.terms.rules import (
    FACTOR_DECIMALS,
    FIRST_DAY,
    Applied,
    OneRate,
    Parties,
    Step,
    applied,
    rests,
    steps,
)

MILLION = 1_000_000
ANY = {None: "unknown", True: "yes", False: "no"}
# Later than any debt, and a date in every engine.
LAST_DAY = date(9999, 12, 30)
# Earlier than any.
EARLIEST_DAY = date(1, 1, 2)
MOST_MINOR = 10**15
Row = dict[str, Any]

# The tables of the question: columns and their types in PostgreSQL.
TABLES: Mapping[str, Mapping[str, str]] = {
    "law": {
        "country": "text", "creditor_small": "text", "debtor_large": "text",
        "by_contract": "boolean", "due_from": "date", "due_until": "date", "refused": "text",
        "rule": "text", "works": "text",
        "starts": "text", "cap_e6": "bigint", "coverage_from": "date",
        "pays_compensation": "boolean", "tier_currency": "text",
    },
    "period": {
        "rule": "text", "start_from": "date", "start_until": "date", "rate_e6": "bigint",
        "total_e6": "bigint",
    },
    "rest": {
        "rule": "text", "start_on": "date", "from_on": "date", "until_on": "date",
        "rate_e6": "bigint", "factor_e13": "bigint", "grown_e13": "bigint",
    },
    "tier": {
        "country": "text", "from_minor": "bigint", "until_minor": "bigint", "start_from": "date",
        "start_until": "date", "amount_minor": "bigint", "currency": "text",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of `TABLES` by name."""

    law: list[Row]
    period: list[Row]
    rest: list[Row]
    tier: list[Row]

    def rows(self) -> dict[str, list[Row]]:
        """All of them, by the name of the relation."""
        return {"law": self.law, "period": self.period, "rest": self.rest, "tier": self.tier}


def tables(
    places: Mapping[str, Jurisdiction],
    rates: RateTable,
    *,
    one_rate: OneRate | None,
    starts: Collection[date] = (),
    until: date = FIRST_DAY,
) -> Tables:
    """The tables for `places`; `starts` are the due dates of debts in countries with rests."""
    laws = _distinct(places.values())
    return Tables(
        law=[row for place in places.values() for row in _standings(place, laws, rates, one_rate)],
        period=[row for law, rule in laws.items() for row in _periods(rule, law, rates)],
        rest=[
            row
            for law, rule in laws.items()
            if law.kind is Reset.MONTHLY_RESTS
            for start in sorted(set(starts))
            for row in _rests(rule, law, start, until, rates)
        ],
        tier=[row for place in places.values() for row in _tiers(place)],
    )


def compounding(places: Mapping[str, Jurisdiction]) -> list[str]:
    """Countries whose interest grows by monthly rests: their due dates go into `tables`."""
    return [
        place.country
        for place in places.values()
        if any(law.kind is Reset.MONTHLY_RESTS for law in place.laws)
    ]


def micro(percent: Decimal) -> int:
    """Percent in whole millionths."""
    return int(percent * MILLION)


def _rate_only(law: Law) -> Law:
    # What the rates by day hang on; two countries with one such rule share its rows.
    return Law(law.kind, law.margin, law.series, law.multiple)


def _floor_rule(law: Law) -> Law | None:
    if law.floor is None:
        return None
    return Law(Reset.FIXED_AT_START, Decimal(0), law.floor.series, law.floor.multiple)


def _distinct(places: Collection[Jurisdiction]) -> dict[Law, str]:
    found: dict[Law, str] = {}
    for place in places:
        for law in place.laws:
            for rule in (_rate_only(law), _floor_rule(law)):
                if rule is not None:
                    found.setdefault(rule, f"r{len(found) + 1}")
    return found


def _standings(
    place: Jurisdiction, laws: Mapping[Law, str], rates: RateTable, one_rate: OneRate | None
) -> Iterator[Row]:
    for small, large, by_contract, (due_from, due_until) in product(
        ANY, ANY, (False, True), _due_days(place)
    ):
        # A stand-in above every cap shows where the law caps an agreed rate.
        agreed = Decimal(MILLION) if by_contract else None
        rule = applied(
            place,
            Parties(small, large),
            due_until,
            contract_percent=agreed,
            one_rate=one_rate,
        )
        yield {
            "country": place.country,
            "creditor_small": ANY[small],
            "debtor_large": ANY[large],
            "by_contract": by_contract,
            "due_from": due_from,
            "due_until": due_until,
            "refused": rule.why.value if rule.why else None,
            "pays_compensation": rule.compensation,
            "tier_currency": place.tier_currency or None,
        } | _worked(rule, laws, rates, one_rate)


def _due_days(place: Jurisdiction) -> list[tuple[date, date]]:
    """Due dates, first and last, between which the same laws are in force."""
    first_late = {law.valid_from for law in place.laws if law.valid_from > date.min}
    first_late |= {
        law.valid_until + timedelta(days=1) for law in place.laws if law.valid_until < LAST_DAY
    }
    firsts = [EARLIEST_DAY, *sorted(day - timedelta(days=1) for day in first_late)]
    lasts = [*(day - timedelta(days=1) for day in firsts[1:]), LAST_DAY]
    return list(zip(firsts, lasts, strict=True))


def _worked(
    rule: Applied, laws: Mapping[Law, str], rates: RateTable, one_rate: OneRate | None
) -> Row:
    law = rule.law
    if law is None:
        return dict.fromkeys(("rule", "works", "starts", "cap_e6", "coverage_from"))
    if rule.by_contract:
        floor = _floor_rule(law)
        capped = law.margin < MILLION
        return {
            "rule": laws[floor] if floor else None, "works": "contract", "starts": law.start.value,
            "cap_e6": micro(law.margin) if capped else None, "coverage_from": None,
        }  # fmt: skip
    known = steps(law, rates)
    return {
        "rule": laws[_rate_only(law)], "works": _works(law, one_rate), "starts": law.start.value,
        "cap_e6": None, "coverage_from": known[0].first - timedelta(days=1) if known else None,
    }  # fmt: skip


def _works(law: Law, one_rate: OneRate | None) -> str:
    if law.kind is Reset.ONE_RATE_PER_DEBT:
        return "end" if one_rate is OneRate.END else "start"
    return {
        Reset.FLOAT_HALF_YEAR: "float",
        Reset.ANNUAL_NOTICE: "float",
        Reset.MONTHLY_RESTS: "rests",
    }.get(law.kind, "start")


def _periods(rule: str, law: Law, rates: RateTable) -> Iterator[Row]:
    total = 0
    for step in _joined(steps(law, rates)):
        last = min(step.last, LAST_DAY)
        start_from = step.first - timedelta(days=1)
        yield {
            "rule": rule, "start_from": start_from, "start_until": last,
            "rate_e6": micro(step.percent), "total_e6": total,
        }  # fmt: skip
        total += micro(step.percent) * (last - start_from).days


def _joined(known: Collection[Step]) -> list[Step]:
    """Steps without a gap, those of one rate made one."""
    found: list[Step] = []
    for step in known:
        if found and found[-1].percent == step.percent:
            found[-1] = replace(found[-1], last=step.last)
        else:
            found.append(step)
    return found


def _rests(rule: str, law: Law, start: date, until: date, rates: RateTable) -> Iterator[Row]:
    for rest in rests(law, start, until, rates):
        yield {
            "rule": rule, "start_on": start, "from_on": rest.first, "until_on": rest.following,
            "rate_e6": micro(rest.percent), "factor_e13": _factor(rest.factor),
            "grown_e13": _factor(rest.grown),
        }  # fmt: skip


def _factor(grown: Fraction) -> int:
    return int(grown * 10**FACTOR_DECIMALS)


def _tiers(place: Jurisdiction) -> Iterator[Row]:
    for tier, above in zip_longest(place.compensation, place.compensation[1:]):
        limit = place.tier_currency or place.currency
        yield {
            "country": place.country,
            "from_minor": int(tier.at_least.scaleb(exponent(limit))),
            "until_minor": (int(above.at_least.scaleb(exponent(limit))) if above else MOST_MINOR),
            "start_from": max(tier.valid_from, FIRST_DAY) - timedelta(days=1),
            "start_until": min(tier.valid_until, LAST_DAY),
            "amount_minor": int(tier.amount.scaleb(exponent(tier.currency))),
            "currency": tier.currency,
        }
