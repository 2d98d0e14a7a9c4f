"""A sheet of contract clauses in the parties' languages, from facts on file. Never legal advice.

The texts are our own, in `data/clauses.json`. A clause whose fact nobody checked says so, and where
a right is weak or unknown the clause is left out with the reason. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from netterms.terms.jurisdictions import Cell, Jurisdiction, Law, Scope, Standing

FALLBACK = "en"
OBJECTION_DAYS = 14
SETTLE_DAYS = 30


class Forum(StrEnum):
    """Who decides."""

    COURT = "court"
    ARBITRATION = "arbitration"


class Clause(StrEnum):
    """The parts of the sheet, in order."""

    PAYMENT = "payment"
    INTEREST = "interest"
    COMPENSATION = "compensation"
    RETENTION = "retention"
    DISPUTE = "dispute"
    LAW = "law"


class Without(StrEnum):
    """Why a clause is not in the sheet."""

    NOT_ENFORCEABLE = "not_enforceable"
    NO_RATE = "no_rate"
    SCOPE = "scope"
    NONE_KNOWN = "none_known"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the seller chose. `law`, `institution` and `seat` are names in the sheet's language."""

    days: int
    forum: Forum = Forum.COURT
    contract_percent: Decimal | None = None
    institution: str = ""
    seat: str = ""
    objection_days: int = OBJECTION_DAYS
    settle_days: int = SETTLE_DAYS


@dataclass(frozen=True, slots=True)
class Part:
    """A clause: the key of its text, or why it is left out; the cells it rests on."""

    clause: Clause
    text: str
    without: Without | None = None
    cells: tuple[Cell, ...] = ()
    unverified: bool = False


def languages() -> list[str]:
    """Languages with a complete sheet."""
    return list(_texts())


def language_of(code: str) -> str:
    """The sheet's language for a letter language such as `zh-Hant` or `pt`; English where none."""
    short = code.split("-")[0].lower()
    return short if short in _texts() else FALLBACK


def parts(place: Jurisdiction, choice: Choice) -> tuple[Part, ...]:
    """Which clauses stand in the sheet for a buyer in `place`, and which do not, and why."""
    found = [
        Part(Clause.PAYMENT, "payment" if choice.days else "payment_now", cells=(Cell.MAX_TERM,)),
        _interest(place, choice),
        _compensation(place, choice),
        _retention(place),
        Part(Clause.DISPUTE, "dispute"),
        Part(Clause.LAW, choice.forum.value),
    ]
    return tuple(_marked(place, part) for part in found)


def _marked(place: Jurisdiction, part: Part) -> Part:
    unchecked = any(place.standing(cell) is not Standing.CHECKED for cell in part.cells)
    return Part(part.clause, part.text, part.without, part.cells, unchecked)


def _interest(place: Jurisdiction, choice: Choice) -> Part:
    cells = (Cell.INTEREST, Cell.MARGIN, Cell.REFERENCE)
    if place.refused == Without.NOT_ENFORCEABLE:
        return Part(Clause.INTEREST, "", Without.NOT_ENFORCEABLE, (Cell.INTEREST,))
    if choice.contract_percent is not None:
        # Whether that rate is within the country's bounds rests on its interest rule.
        return Part(Clause.INTEREST, "interest_fixed", cells=(Cell.INTEREST,))
    law = general(place)
    if law is None:
        without = Without.SCOPE if place.laws else Without.NO_RATE
        return Part(Clause.INTEREST, "", without, (Cell.INTEREST,))
    if not law.series:
        return Part(Clause.INTEREST, "interest_fixed", cells=(Cell.INTEREST, Cell.MARGIN))
    plain = law.multiple == 1 and law.margin > 0
    return Part(Clause.INTEREST, "interest_reference" if plain else "interest_statute", cells=cells)


def general(place: Jurisdiction) -> Law | None:
    """The law for any two businesses that a contract made now lives under; None without one."""
    lasting = (law for law in place.laws if law.valid_until == date.max)
    return next((law for law in lasting if law.scope is Scope.ALL), None)


def _compensation(place: Jurisdiction, choice: Choice) -> Part:
    law, cells = general(place), (Cell.COMPENSATION,)
    agreed = choice.contract_percent is not None
    ended = agreed and law is not None and law.contract_ends_compensation
    if not place.compensation or ended:
        return Part(Clause.COMPENSATION, "", Without.NONE_KNOWN, cells)
    return Part(Clause.COMPENSATION, "compensation", cells=cells)


def _retention(place: Jurisdiction) -> Part:
    kind = retention_kind(place.retention)
    cells = (Cell.RETENTION,)
    if not kind:
        return Part(Clause.RETENTION, "", Without.NONE_KNOWN, cells)
    if kind == "limited":
        return Part(Clause.RETENTION, "", Without.WEAK, cells)
    text = "retention" if kind == "simple" else f"retention_{kind}"
    return Part(Clause.RETENTION, text, cells=cells)


def retention_kind(noted: str) -> str:
    """The class of a note on retention of title (LAW-10); '' where nothing is on file."""
    classes = (
        ("limited", "limited"), ("registration", "register"), ("extended", "extended"),
        ("written", "written"), ("notarised", "written"), ("yes", "simple"),
    )  # fmt: skip
    return next((kind for word, kind in classes if word in noted), "")


def said(
    part: Part, language: str, place: Jurisdiction, choice: Choice, *, law: str, fixed_sum: str
) -> str:
    """The clause in `language`; '' for one that is left out.

    `law` is the name of the country whose law applies, `fixed_sum` the compensation, as written in
    that language.
    """
    if part.without is not None:
        return ""
    rule = general(place)
    percent = choice.contract_percent
    if percent is None and rule is not None:
        percent = rule.margin
    return _texts()[language][part.text].format(
        days=choice.days,
        percent=_figure(percent),
        points=_figure(rule.margin if rule else None),
        sum=fixed_sum,
        objection=choice.objection_days,
        settle=choice.settle_days,
        law=law,
        institution=choice.institution or "…",
        seat=choice.seat or "…",
    )


def word(name: str, language: str) -> str:
    """`title`, `notice` or `unverified` in a language of the sheet."""
    return _texts()[language][name]


def _figure(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    path = files("netterms.terms") / "data" / "clauses.json"
    found: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found
