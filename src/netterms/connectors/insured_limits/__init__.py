"""Lists of insured limits, CSV or workbook, as insurers send them or people keep them."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from netterms.insurance.granting import LIMIT_KINDS, MOST_LIMITS, Flaw, GrantedLimit
from netterms.insurance.terms import MOST_MINOR
from netterms.kernel.mends import Mend
from netterms.kernel.money import exponent
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.intake.cells import days, numbers
from netterms.receivables.intake.container import Limits
from netterms.receivables.intake.headings import fold
from netterms.receivables.intake.rows import Row, plain, rows_of
from netterms.receivables.intake.words import EMPTY_WORDS, currency_code

MOST_BYTES = 64 * 2**20
LIMITS = Limits(
    file_bytes=MOST_BYTES,
    unzipped_bytes=512 * 2**20,
    workbook_memory=2 * 2**30,
    workbook_seconds=120,
)
HEADER_WITHIN = 40
LONGEST_SHOWN = 60
NEEDED = ("buyer_number", "amount_minor")
_TOTALS = re.compile(r"合\s*计|总\s*计|小\s*计|\btotal|\bsum", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be used. `heading` is as it stands in the file, empty where none does."""

    row: int
    field: str
    heading: str
    value: str
    mend: Mend
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)

    def refusal(self) -> Refusal:
        """As a sentence is made of it."""
        return invalid(self.field, self.value, self.mend, **self.facts)


@dataclass(frozen=True, slots=True)
class Read:
    """What a list holds: limits, the row of each, and what cannot be used."""

    limits: tuple[GrantedLimit, ...]
    rows: tuple[int, ...]
    bad: tuple[BadCell, ...]
    headings: Mapping[str, str]

    def all_bad(self, flaws: Sequence[Flaw]) -> list[BadCell]:
        """With what the book says against its limits, in the order of the rows."""
        found = [
            BadCell(
                self.rows[flaw.place], flaw.field, self.headings.get(flaw.field, ""),
                flaw.value, flaw.mend, flaw.facts,
            )
            for flaw in flaws
        ]  # fmt: skip
        return sorted([*self.bad, *found], key=lambda cell: cell.row)


def read(path: Path, currency: str, starts_on: date | None = None) -> Read:
    """The limits of a list, in `currency`; `starts_on` counts where a row names no first day.

    Bad cells are no refusal. NO_HEADER where no row names a buyer and a limit; FILE_EMPTY,
    FILE_UNREADABLE, FILE_TOO_LARGE.
    """
    rows, typed = rows_of(path, LIMITS, MOST_LIMITS + HEADER_WITHIN)
    at, columns = _headings(rows, path.name)
    headings = {name: plain(rows[at][k]) for name, k in columns.items()}
    lines = [
        _Line(number, {name: _cell(row, k) for name, k in columns.items()})
        for number, row in enumerate(rows[at + 1 :], at + 2)
        if any(map(str.strip, row)) and not _is_total(row, columns)
    ]
    if not lines:
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    reading = _Reading(
        currency,
        starts_on,
        headings,
        numbers({line.cell("amount_minor") for line in lines}, currency, typed=typed),
        days(
            {_day(line.cell(name)) for line in lines for name in ("starts_on", "granted_until")},
            currency,
        ),
    )
    limits, numbered = [], []
    for line in lines:
        limit = reading.limit(line)
        if limit:
            limits.append(limit)
            numbered.append(line.number)
    return Read(tuple(limits), tuple(numbered), tuple(reading.bad), headings)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Mapping[str, str]

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(slots=True)
class _Reading:
    """What the cells of a list are as amounts and days, and which of them are bad."""

    currency: str
    starts_on: date | None
    headings: Mapping[str, str]
    amounts: Mapping[str, Decimal | None]
    dates: Mapping[str, date | None]
    bad: list[BadCell] = dataclasses.field(default_factory=list)

    def limit(self, line: _Line) -> GrantedLimit | None:
        """The limit of a line; None where a cell of it is bad."""
        before = len(self.bad)
        number = line.cell("buyer_number")
        if not number:
            self._refuse(line, "buyer_number", Mend.GIVE_IT)
        told = line.cell("currency")
        if told and currency_code(told) != self.currency:
            self._refuse(line, "currency", Mend.ONE_OF, allowed=self.currency)
        minor = self._minor(line)
        kind = self._kind(line)
        starts_on = self._date(line, "starts_on") or self.starts_on
        if starts_on is None and not line.cell("starts_on"):
            self._refuse(line, "starts_on", Mend.GIVE_IT)
        until = self._date(line, "granted_until")
        if len(self.bad) > before or minor is None or starts_on is None:
            return None
        return GrantedLimit(number, minor, starts_on, kind, until)

    def _minor(self, line: _Line) -> int | None:
        cell = line.cell("amount_minor")
        if not cell or cell in EMPTY_WORDS:
            # Nothing is not nought: a limit that was refused is written as 0.
            self._refuse(line, "amount_minor", Mend.GIVE_IT)
            return None
        value = self.amounts.get(cell)
        minor = None if value is None else value.scaleb(exponent(self.currency))
        if minor is None or minor < 0 or minor != minor.to_integral_value():
            self._refuse(line, "amount_minor", Mend.AMOUNT, currency=self.currency)
            return None
        if minor > MOST_MINOR:
            most = Decimal(MOST_MINOR).scaleb(-exponent(self.currency))
            self._refuse(line, "amount_minor", Mend.AT_MOST, most=f"{most:f}")
            return None
        return int(minor)

    def _kind(self, line: _Line) -> str:
        cell = line.cell("kind")
        found = _words("kinds").get(_key(cell), "") if cell else "named"
        if not found:
            self._refuse(line, "kind", Mend.ONE_OF, allowed=", ".join(LIMIT_KINDS))
        return found

    def _date(self, line: _Line, name: str) -> date | None:
        cell = line.cell(name)
        if not cell or cell in EMPTY_WORDS:
            return None
        found = self.dates.get(_day(cell))
        if found is None:
            self._refuse(line, name, Mend.DAY)
        return found

    def _refuse(self, line: _Line, name: str, mend: Mend, **facts: object) -> None:
        shown = line.cell(name)[:LONGEST_SHOWN]
        heading = self.headings.get(name, "")
        self.bad.append(BadCell(line.number, name, heading, shown, mend, facts))


def _headings(rows: Sequence[Row], file: str) -> tuple[int, dict[str, int]]:
    """The row that names most fields, a buyer and a limit among them."""
    known = _words("headings")
    best: tuple[int, dict[str, int]] = (-1, {})
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for k, cell in enumerate(row):
            if name := known.get(_key(cell)):
                columns.setdefault(name, k)
        if columns.keys() >= set(NEEDED) and len(columns) > len(best[1]):
            best = at, columns
    if best[0] < 0:
        raise Refusal(Code.NO_HEADER, file=file, mend=Mend.BUYER_AND_LIMIT)
    return best


def _is_total(row: Row, columns: Mapping[str, int]) -> bool:
    """A sum below the list names no buyer, or is named one."""
    buyer = _cell(row, columns["buyer_number"])
    return bool(_TOTALS.search(" ".join(row))) and (not buyer or bool(_TOTALS.match(buyer)))


def _cell(row: Row, k: int) -> str:
    return plain(row[k]).replace("\0", "") if k < len(row) else ""


def _day(cell: str) -> str:
    """A moment without its time of day, as workbooks write one."""
    found = re.match(r"(\d{4}-\d{2}-\d{2})[T ]\d", cell)
    return found[1] if found else cell


@cache
def _words(part: str) -> dict[str, str]:
    text = (files("netterms.connectors.insured_limits") / "words.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)[part]
    # The name itself is a word for it, too.
    return {_key(word): name for name, words in told.items() for word in (name, *words)}


def _key(word: str) -> str:
    return re.sub(r"[\W_]+", "", fold(word).lower())
