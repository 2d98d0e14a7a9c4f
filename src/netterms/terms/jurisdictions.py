"""What is known of late payment between businesses in 92 countries: `data/jurisdictions.json`.

Facts with source and date. A cell that nobody read in a public text is unverified, and is shown so.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from netterms.terms.rates import Rate


class Reset(StrEnum):
    """Which reference rate applies to which days of a delay (LAW-01)."""

    FLOAT_HALF_YEAR = "float_half_year"
    FIXED_AT_DEFAULT_HALF = "fixed_at_default_half"
    FIXED_AT_START = "fixed_at_start"
    PRIOR_HALF_END = "prior_half_end"
    ONE_RATE_PER_DEBT = "one_rate_per_debt"
    MONTHLY_RESTS = "monthly_rests"
    ANNUAL_NOTICE = "annual_notice"


class Scope(StrEnum):
    """Between whom a rule applies."""

    ALL = "all"
    SMALL_CREDITOR = "small_creditor"
    SMALL_CREDITOR_LARGE_DEBTOR = "small_creditor_large_debtor"


class Start(StrEnum):
    """The day after which interest runs."""

    DUE = "due"
    # 60 days counted from and including the day of receipt (LAW-06).
    RECEIPT_PLUS_60 = "receipt_plus_60"


class Cell(StrEnum):
    """A fact of a jurisdiction that was, or was not, read in a public text."""

    INTEREST = "interest"
    MARGIN = "margin"
    REFERENCE = "reference"
    COMPENSATION = "compensation"
    MAX_TERM = "max_term"
    LIMITATION = "limitation"
    RETENTION = "retention"
    COURT_ORDER = "court_order"


class Standing(StrEnum):
    """How far a cell was checked."""

    CHECKED = "checked"
    PARTLY = "partly"
    UNVERIFIED = "unverified"


class Compound(StrEnum):
    """What a country says of interest on interest that two businesses agree on."""

    NEVER = "never"
    # Only under conditions that a plan does not meet, such as a year of arrears.
    UNDER_CONDITIONS = "under_conditions"
    # Agreed once the interest has fallen due, as in a new plan; never in advance.
    AGREED_LATER = "agreed_later"
    AGREED = "agreed"
    BY_LAW = "by_law"
    UNVERIFIED = "unverified"


FORBIDS = frozenset({Compound.NEVER, Compound.UNDER_CONDITIONS})


@dataclass(frozen=True, slots=True)
class InterestOnInterest:
    """A country's rule on it, `says` in English; UNVERIFIED where nobody read one."""

    rule: Compound = Compound.UNVERIFIED
    says: str = ""
    source: str = ""
    as_of: str = ""

    @property
    def forbids(self) -> bool:
        """Whether a plan may not let interest bear interest, as far as anybody knows."""
        return self.rule in FORBIDS


@dataclass(frozen=True, slots=True)
class Floor:
    """A contract rate may not be below `multiple` times `series`."""

    series: str
    multiple: Decimal


@dataclass(frozen=True, slots=True)
class Law:
    """Interest of `multiple` times the reference plus `margin`, in percent a year.

    Without `series` the margin is the rate. Simple interest, ACT/365, but for monthly rests.
    """

    kind: Reset
    margin: Decimal
    series: str = ""
    multiple: Decimal = Decimal(1)
    scope: Scope = Scope.ALL
    start: Start = Start.DUE
    floor: Floor | None = None
    contract_cap: Decimal | None = None
    # The statute counts whatever was agreed (LAW-05).
    overrides_contract: bool = False
    # On the missed instalment only, never on the rest of a plan (LAW-07).
    instalment_only: bool = False
    # Whoever agreed on interest has no statutory compensation (LAW-03).
    contract_ends_compensation: bool = False
    # For invoices whose first day late is one of these; others stay under what was law then.
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True, slots=True)
class Tier:
    """A fixed compensation of `amount` for debts from `at_least` on, both in major units."""

    at_least: Decimal
    amount: Decimal
    currency: str
    valid_from: date = date.min
    valid_until: date = date.max


@dataclass(frozen=True, slots=True)
class Bill:
    """A reform that is announced. Nothing of it counts: a law does, from a day in `Law.valid_from`.

    `says` in English, what it would change; `earliest_year` is when it may be law at the earliest.
    """

    introduced_on: date
    says: str
    earliest_year: int
    source: str


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One country. `laws` in the order tried; without any, `refused` says why none is computed."""

    country: str
    currency: str
    languages: tuple[str, ...]
    source: str
    as_of: str
    confidence: str
    laws: tuple[Law, ...] = ()
    refused: str = ""
    compensation: tuple[Tier, ...] = ()
    # The currency of `Tier.at_least`, where there is more than one tier.
    tier_currency: str = ""
    max_term_days: int | None = None
    max_term_scope: Scope = Scope.ALL
    limitation_years: int | None = None
    retention: str = ""
    court_order: str = ""
    # Read for the directive's minimum only, where the cells themselves are not listed.
    directive: bool = False
    # Our own words, in English; the catalogue of texts has them in other languages (`noted`).
    remark: str = ""
    reference_note: str = ""
    compensation_note: str = ""
    max_term_note: str = ""
    limitation_note: str = ""
    checked: frozenset[Cell] = frozenset()
    partly: frozenset[Cell] = frozenset()
    bills: tuple[Bill, ...] = ()
    interest_on_interest: InterestOnInterest = InterestOnInterest()

    def standing(self, cell: Cell) -> Standing:
        """Whether `cell` was read in a public text."""
        if cell in self.checked:
            return Standing.CHECKED
        return Standing.PARTLY if cell in self.partly else Standing.UNVERIFIED


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Every jurisdiction shipped, by its ISO 3166 code."""
    told = json.loads(_data("jurisdictions.json"))
    return {each["country"]: _jurisdiction(each) for each in told}


@cache
def shipped_rates() -> tuple[Rate, ...]:
    """The reference rates that come with the package; the rest is loaded by who needs it."""
    return tuple(
        Rate(
            line["series"],
            date.fromisoformat(line["valid_from"]),
            Decimal(line["rate_pct"]),
            date.fromisoformat(line["known_until"]),
            line["source"],
        )
        for line in csv.DictReader(_data("rates.csv").splitlines())
    )


def series_names() -> list[str]:
    """Every reference a rule of the table asks for, in the order of their names."""
    found = set()
    for each in jurisdictions().values():
        for law in each.laws:
            found |= {law.series} | ({law.floor.series} if law.floor else set())
    return sorted(found - {""})


# Facts of a jurisdiction that are words of ours, or names of procedures with such words.
NOTES = (
    "remark", "reference_note", "compensation_note", "max_term_note", "limitation_note",
    "retention", "court_order", "as_of",
)  # fmt: skip
PLAIN_DAY = re.compile(r"\d{4}(-\d\d){0,2}")


def noted() -> list[str]:
    """Every text of the table that a person reads and that is no citation, each once."""
    places = jurisdictions().values()
    found = [getattr(place, name) for place in places for name in NOTES]
    found += [bill.says for place in places for bill in place.bills]
    found += [place.interest_on_interest.says for place in places]
    return list(dict.fromkeys(text for text in found if text and not PLAIN_DAY.fullmatch(text)))


def _data(name: str) -> str:
    return (files("netterms.terms") / "data" / name).read_text(encoding="utf-8")


def _jurisdiction(told: dict[str, Any]) -> Jurisdiction:
    return Jurisdiction(
        **told
        | {
            "languages": tuple(told["languages"]),
            "laws": tuple(_law(each) for each in told.get("laws", ())),
            "compensation": tuple(_tier(each) for each in told.get("compensation", ())),
            "max_term_scope": Scope(told.get("max_term_scope", Scope.ALL)),
            "checked": frozenset(Cell(each) for each in told.get("checked", ())),
            "partly": frozenset(Cell(each) for each in told.get("partly", ())),
            "bills": tuple(_bill(each) for each in told.get("bills", ())),
            "interest_on_interest": _compound(told.get("interest_on_interest", {})),
        }
    )


def _law(told: dict[str, Any]) -> Law:
    floor, cap = told.get("floor"), told.get("contract_cap")
    return Law(
        **told
        | {
            "kind": Reset(told["kind"]),
            "margin": Decimal(told["margin"]),
            "multiple": Decimal(told.get("multiple", 1)),
            "scope": Scope(told.get("scope", Scope.ALL)),
            "start": Start(told.get("start", Start.DUE)),
            "floor": Floor(floor["series"], Decimal(floor["multiple"])) if floor else None,
            "contract_cap": Decimal(cap) if cap else None,
        }
        | _span(told)
    )


def _tier(told: dict[str, str]) -> Tier:
    return Tier(
        Decimal(told["from"]),
        Decimal(told["amount"]),
        told["currency"],
        **_span(told),
    )


def _bill(told: dict[str, Any]) -> Bill:
    return Bill(**told | {"introduced_on": date.fromisoformat(told["introduced_on"])})


def _compound(told: dict[str, str]) -> InterestOnInterest:
    said = {name: told[name] for name in ("says", "source", "as_of") if name in told}
    return InterestOnInterest(Compound(told.get("rule", Compound.UNVERIFIED)), **said)


def _span(told: Mapping[str, Any]) -> dict[str, date]:
    days = ("valid_from", "valid_until")
    return {name: date.fromisoformat(told[name]) for name in days if name in told}
