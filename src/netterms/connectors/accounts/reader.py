"""Reads a workbook of annual accounts: which sheet, row and column holds which line of a period.

A column of captions is one of which a cell names a line of the chart; the columns to its right,
until the next such column, are amounts where their heading names a period.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from netterms.connectors.accounts.captions import EXPENSES, LIABILITIES, Meaning, meaning
from netterms.connectors.accounts.heads import Head, Relative, head_of, period_of
from netterms.kernel.calendar import add_months
from netterms.kernel.mends import Mend
from netterms.kernel.money import exponent, half_up
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake.cells import numbers
from netterms.receivables.intake.container import Limits, kind_of_file
from netterms.receivables.intake.units import ONE
from netterms.receivables.intake.words import EMPTY_WORDS
from netterms.receivables.intake.workbook import open_sheets
from netterms.statements.actions import Told
from netterms.statements.chart import BY_NAME, NAMES, Part
from netterms.statements.rules import SCALES, Accounts, Standard

# Accounts are small: a file beyond this is none.
LIMITS = Limits(file_bytes=20 * 2**20, unzipped_bytes=200 * 2**20, workbook_memory=2 * 2**30)
# How a form says that there is nothing; an empty cell of it says the same.
NOUGHT = "-"
assert NOUGHT in EMPTY_WORDS


class Problem(StrEnum):
    """Why a cell cannot be used; the flaws of whole accounts are `rules.Flaw`."""

    NOT_A_NUMBER = "not_a_number"
    NOT_COMPUTED = "not_computed"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: the row counts from 1."""

    sheet: str
    row: int
    caption: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A cell that cannot be used, with the period it belongs to."""

    place: Place
    value: str
    problem: Problem
    key: tuple[bool, date]


@dataclass(frozen=True, slots=True)
class Paper:
    """Accounts of one period, and where each of their lines stands."""

    told: Told
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook holds: periods oldest first, and the cells that cannot be used."""

    papers: tuple[Paper, ...]
    bad: tuple[BadLine, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    place: Place
    meaning: Meaning
    text: str
    period: date | Relative


_Known = tuple[_Cell, Fraction]


@dataclass(slots=True)
class _Sheet:
    head: Head
    cells: list[_Cell] = field(default_factory=list)


Key = tuple[bool, date]


def read(path: Path, *, end: date | None = None, currency: str = "") -> Read:
    """Every period of the workbook at `path`.

    `end`: the last day of the current period where the paper does not say it; `currency`
    likewise. VALUE_INVALID names which of them is wanted; NO_HEADER: there are no accounts.
    """
    if kind_of_file(path, LIMITS) != "workbook":
        raise Refusal(Code.FILE_UNREADABLE, file=path.name)
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        opened = open_sheets(path, Path(folder), LIMITS)
    sheets = [_sheet(book.sheet, book.rows) for book in opened]
    sheets = [sheet for sheet in sheets if sheet.cells]
    if not sheets:
        raise Refusal(Code.NO_HEADER, file=path.name)
    told = Head(end=end, currency=currency)
    for sheet in sheets:
        told = told.or_else(Head(end=sheet.head.end, currency=sheet.head.currency,
                                 unit=sheet.head.unit, standard=sheet.head.standard,
                                 months=sheet.head.months, audited=sheet.head.audited))  # fmt: skip
    if not told.currency:
        raise Refusal(Code.VALUE_INVALID, field="currency", value="", mend=Mend.CURRENCY_CODE)
    return _papers(sheets, told, path.name)


def _sheet(name: str, rows: list[list[str]]) -> _Sheet:
    columns: dict[int, list[tuple[int, Meaning]]] = {}
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text.strip() and (found := meaning(text)):
                columns.setdefault(column, []).append((at, found))
    if not columns:
        return _Sheet(Head())
    first = min(lines[0][0] for lines in columns.values())
    sheet = _Sheet(head_of(name, rows[:first]))
    starts = sorted(columns)
    for place, column in enumerate(starts):
        until = starts[place + 1] if place + 1 < len(starts) else max(map(len, rows))
        sheet.cells += _cells(name, rows, (column, until), columns[column], sheet.head)
    return sheet


def _cells(
    name: str,
    rows: list[list[str]],
    span: tuple[int, int],
    lines: list[tuple[int, Meaning]],
    head: Head,
) -> Iterator[_Cell]:
    column, until = span
    periods = {
        amounts: period
        for amounts in range(column + 1, until)
        if (period := _period(rows[: lines[0][0]], amounts, head)) is not None
    }
    for at, found in lines:
        for amounts, period in periods.items():
            text = rows[at][amounts].strip() if amounts < len(rows[at]) else ""
            if not text and head.form and _may_be_nought(found):
                text = NOUGHT
            yield _Cell(Place(name, at + 1, rows[at][column].strip()), found, text, period)


def _may_be_nought(told: Meaning) -> bool:
    item = BY_NAME[told.item]
    return item.part in (Part.ASSETS, Part.LIABILITIES) and not item.sum_of


def _period(above: list[list[str]], column: int, head: Head) -> date | Relative | None:
    """The period of a column: its nearest heading that names one."""
    for row in reversed(above):
        if column < len(row) and (found := period_of(row[column], head)) is not None:
            return found
    return None


def _papers(sheets: list[_Sheet], told: Head, file: str) -> Read:
    found = _numbers({cell.text for sheet in sheets for cell in sheet.cells}, told.currency)
    kept: dict[Key, dict[str, dict[int, _Known]]] = {}
    bad: list[BadLine] = []
    heads: dict[Key, Head] = {}
    for sheet in sheets:
        head = sheet.head.or_else(told)
        flipped = _flipped(sheet, found)
        for cell in sheet.cells:
            key = (bool(head.consolidated), _end(cell.period, head))
            heads.setdefault(key, head)
            value = _value(cell, found, head, flipped)
            if isinstance(value, Fraction):
                value = _keep(kept.setdefault(key, {}), cell, value)
            if isinstance(value, Problem):
                bad.append(BadLine(cell.place, cell.text, value, key))
    papers = [_paper(key, heads[key], told, lines, file) for key, lines in sorted(kept.items())]
    return Read(_of_whole_periods(papers), tuple(bad))


def _keep(lines: dict[str, dict[int, _Known]], cell: _Cell, value: Fraction) -> Problem | None:
    """Keep an amount; of a line that stands in several places all must say the same."""
    told = cell.meaning
    slot = lines.setdefault(told.item, {})
    # All of it by rank from -1 down; its parts from 0 up.
    name = told.part if told.part >= 0 else -1 - told.rank
    known = slot.get(name)
    if known and known[1] and value and known[1] != value:
        return Problem.CONTRADICTS
    if not known or not known[1]:
        slot[name] = (cell, value)
    return None


def _of_whole_periods(papers: list[Paper | None]) -> tuple[Paper, ...]:
    """Of an interim paper only the newest period: its columns beside are of different lengths."""
    found = [paper for paper in papers if paper is not None]
    newest = {p.told.consolidated: p for p in found}
    return tuple(
        p for p in found if p.told.accounts.months == 12 or p is newest[p.told.consolidated]
    )


def _paper(
    key: Key,
    head: Head,
    told: Head,
    lines: Mapping[str, Mapping[int, _Known]],
    file: str,
) -> Paper | None:
    items: dict[str, int] = {}
    places: dict[str, Place] = {}
    for name in NAMES:
        if found := _amount(lines.get(name, {})):
            cell, value = found
            whole = Fraction(1) if BY_NAME[name].count else Fraction(10 ** exponent(told.currency))
            items[name], places[name] = half_up(value * whole), cell.place
    if not any(items.values()):
        return None
    end = key[1]
    standard = head.standard or Standard.OTHER
    months = head.months or (end.month if standard is Standard.GB else 12)
    scale = max(scale for scale in SCALES if scale == 1 or scale <= (head.unit or ONE))
    accounts = Accounts(end, told.currency, items, months=months, scale=scale)
    made = Told(accounts, standard, consolidated=key[0], audited=bool(head.audited), source=file)
    return Paper(made, places)


def _amount(slots: Mapping[int, _Known]) -> _Known | None:
    """All of it where a caption names it whole; else the sum of its parts."""
    whole = [slots[name] for name in sorted((slot for slot in slots if slot < 0), reverse=True)]
    parts = [slots[name] for name in sorted(slots) if name >= 0]
    if found := next((known for known in whole if known[1]), None):
        return found
    if parts:
        return parts[0][0], sum((value for _, value in parts), Fraction(0))
    return whole[0] if whole else None


def _end(period: date | Relative, head: Head) -> date:
    if isinstance(period, date):
        return period
    if head.end is None:
        raise Refusal(Code.VALUE_INVALID, field="period_end", value="", mend=Mend.GIVE_IT)
    return head.end if period is Relative.CURRENT else add_months(head.end, -12)


def _value(
    cell: _Cell, numbers: Mapping[str, Fraction | None], head: Head, flipped: frozenset[str]
) -> Fraction | Problem | None:
    """The amount in whole units of money; None for an empty cell."""
    if not cell.text:
        return None
    if cell.text in EMPTY_WORDS:
        return Fraction(0)
    value = numbers[cell.text]
    item = BY_NAME[cell.meaning.item]
    if value is None and cell.text.startswith("="):
        # A total that no spreadsheet program has computed follows from its parts all the same.
        return None if item.sum_of else Problem.NOT_COMPUTED
    if value is None:
        return Problem.NOT_A_NUMBER
    unit = Fraction(1) if item.count else Fraction(head.unit or ONE)
    return value * unit * (-1 if item.name in flipped else 1)


def _flipped(sheet: _Sheet, numbers: Mapping[str, Fraction | None]) -> frozenset[str]:
    """Items whose sign a sheet shows the other way: expenses and debts as deductions."""
    found: set[str] = set()
    for group in (EXPENSES, LIABILITIES):
        values = [
            value
            for cell in sheet.cells
            if cell.meaning.item in group and (value := numbers.get(cell.text))
        ]
        if values and 2 * sum(value < 0 for value in values) > len(values):
            found |= group
    return frozenset(found)


def _numbers(texts: set[str], currency: str) -> dict[str, Fraction | None]:
    """What each cell's text is as a number: 1.234,56, full-width digits, 3.5万, (1,000)."""
    return {
        text: None if value is None else Fraction(value)
        for text, value in numbers(texts, currency, typed=True).items()
    }
