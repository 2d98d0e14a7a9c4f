"""Lists of an account's movements, CSV or workbook, as banks export them.

A list that shows balances must add up line by line; which end of it is the newest is seen from
that, or from its days. One without balances cannot be checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake.cells import days, numbers
from netterms.receivables.intake.container import Limits
from netterms.receivables.intake.headings import fold
from netterms.receivables.intake.rows import Row, plain, rows_of
from netterms.receivables.intake.words import currency_code
from netterms.receivables.matching.statement import (
    Line,
    Report,
    Statement,
    minor_of,
    one_currency,
    unbalanced,
    unreadable,
)

LIMITS = Limits(
    file_bytes=64 * 2**20,
    unzipped_bytes=512 * 2**20,
    workbook_memory=2 * 2**30,
    workbook_seconds=120,
)
MOST_ROWS = 500_000
HEADER_WITHIN = 40
FORMAT = "list"
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]?")
_ACCOUNT = re.compile(
    r"(?:账\s*号|帐\s*号|账\s*户|account(?: number| no\.?)?|iban|konto(?:nummer)?)"
    r"[^0-9A-Za-z]{0,12}"
    r"([A-Z]{2}[0-9]{2}[A-Z0-9 ]{8,32}|[0-9][0-9 -]{5,33})",
    re.IGNORECASE,
)
_TOTALS = re.compile(r"合\s*计|总\s*计|小\s*计|total|summe|笔数", re.IGNORECASE)
_IN = frozenset(
    [
        "贷",
        "收",
        "收入",
        "来账",
        "c",
        "cr",
        "credit",
        "crdt",
        "in",
        "+",
        "h",
        "haben",
        "贷方",
        "转入",
        "bij",
    ]
)
_OUT = frozenset(
    [
        "借",
        "支",
        "付",
        "支出",
        "往账",
        "d",
        "dr",
        "debit",
        "dbit",
        "out",
        "-",
        "s",
        "soll",
        "借方",
        "转出",
        "af",
    ]
)
_MOVES = ("amount", "credit", "debit")
_AMOUNTS = (*_MOVES, "balance")


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of a list below its headings, and which columns each field has."""

    columns: Mapping[str, list[int]]
    rows: list[tuple[int, Row]]  # with the row's number in the file
    above: list[Row]
    typed: bool

    def cell(self, row: Row, field: str) -> str:
        """What the row says of a field, the first of its columns that says something."""
        return next((told for told in self.cells(row, field) if told), "")

    def cells(self, row: Row, field: str) -> list[str]:
        return [plain(row[k]) if k < len(row) else "" for k in self.columns.get(field, ())]


def read(path: Path, *, account: str = "", currency: str = "") -> list[Statement]:
    """The statement in a list; `account` and `currency` are used where the list names none.

    NO_HEADER when no row of headings names a day and an amount; BANK_STATEMENT_INCOMPLETE names
    what is missing; BANK_STATEMENT_VALUE_UNREADABLE names the row; BANK_STATEMENT_UNBALANCED.
    """
    table = _table(path)
    if not table.rows:
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    own = account or _own_account(table)
    if not own:
        raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field="bank_account")
    code = _currency(table, own, currency)
    lines = _lines(table, code)
    if not lines:
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    lines = _oldest_first(lines, own, code)
    opening = closing = None
    if all(line.balance_minor is not None for line in lines):
        first, last = lines[0].balance_minor, lines[-1].balance_minor
        assert first is not None
        opening, closing = first - lines[0].minor, last
    return [Statement(Report.STATEMENT, FORMAT, own, code, "", opening, closing, lines)]


def _table(path: Path) -> _Table:
    rows, typed = rows_of(path, LIMITS, MOST_ROWS)
    at, columns = _headings(rows, path.name)
    below = [(k + 1, row) for k, row in enumerate(rows) if k > at and any(map(str.strip, row))]
    return _Table(columns, below, rows[:at], typed)


@cache
def _meanings() -> dict[str, str]:
    told = tomllib.loads(
        (files("netterms.connectors.banks") / "headings.toml").read_text(encoding="utf-8")
    )
    return {_key(word): field for field, words in told.items() for word in words}


def _key(heading: str) -> str:
    return re.sub(r"[\W_]+", "", fold(heading).lower())


def _meaning(heading: str) -> str:
    """The field a heading names, empty when nobody knows it."""
    known = _meanings()
    return known.get(_key(heading)) or known.get(_key(_BRACKETS.sub("", heading)), "")


def _headings(rows: Sequence[Row], file: str) -> tuple[int, dict[str, list[int]]]:
    """The row that names most fields, a day and an amount among them."""
    best: tuple[int, dict[str, list[int]]] = (-1, {})
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[str, list[int]] = {}
        for k, cell in enumerate(row):
            if field := _meaning(cell):
                columns.setdefault(field, []).append(k)
        complete = "booked_on" in columns and columns.keys() & {"amount", "credit", "debit"}
        if complete and len(columns) > len(best[1]):
            best = at, columns
    if best[0] < 0:
        raise Refusal(Code.NO_HEADER, file=file)
    return best


def _own_account(table: _Table) -> str:
    told = {told for _, row in table.rows if (told := table.cell(row, "own_account"))}
    if len(told) == 1:
        return told.pop().replace(" ", "")
    for row in table.above:
        if found := _ACCOUNT.search(" ".join(map(plain, row))):
            return re.sub(r"[ -]", "", found[1])
    return ""


def _currency(table: _Table, account: str, given: str) -> str:
    told = {currency_code(word) for _, row in table.rows if (word := table.cell(row, "currency"))}
    if told:
        return one_currency(account, told)
    if given:
        return given
    above = " ".join(plain(cell) for row in table.above for cell in row)
    for word in re.findall(r"[A-Z]{3}|人民币|美元|欧元|港币|英镑|日元", above):
        if code := currency_code(word):
            return code
    # The banks whose headings are Chinese keep accounts in yuan unless they say otherwise.
    if any("一" <= c <= "鿿" for row in table.above for cell in row for c in cell):
        return "CNY"
    raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field="currency")


def _lines(table: _Table, currency: str) -> list[Line]:
    cells = {cell for _, row in table.rows for f in _AMOUNTS for cell in table.cells(row, f)}
    amounts = numbers(cells, currency, typed=table.typed)
    told = {table.cell(row, f) for _, row in table.rows for f in ("booked_on", "value_on")}
    dates = days({_day_part(cell) for cell in told}, currency)
    negative = _debits_negative(table, amounts)
    return list(_each(table, currency, amounts, dates, negative=negative))


def _day_part(cell: str) -> str:
    """A moment without its time of day: 20260301 10:15:00, 20260301101500, 2026-03-01-10.15.00."""
    if found := re.match(r"((?:19|20)\d{6})(?:\s|\d{6}$)", cell):
        return found[1]
    found = re.match(r"(\d{4}-\d{2}-\d{2})[-T ]\d", cell)
    return found[1] if found else cell


def _debits_negative(table: _Table, amounts: Mapping[str, Decimal | None]) -> bool:
    """Whether the column of debits shows them with a minus already."""
    found = [amounts.get(table.cell(row, "debit")) for _, row in table.rows]
    known = [amount for amount in found if amount]
    return bool(known) and all(amount < 0 for amount in known)


def _each(
    table: _Table,
    currency: str,
    amounts: Mapping[str, Decimal | None],
    dates: Mapping[str, date | None],
    *,
    negative: bool,
) -> Iterator[Line]:
    for number, row in table.rows:
        day = table.cell(row, "booked_on")
        booked_on = dates.get(_day_part(day))
        if booked_on is None:
            if _moves_nothing(table, row, amounts):
                continue
            raise unreadable(_place(table, "booked_on", number), day)
        minor = _minor(table, row, currency, amounts, negative=negative, number=number)
        if minor:
            yield _line(table, row, currency, booked_on, minor, dates, amounts, number)


def _place(table: _Table, field: str, number: int) -> str:
    """Where a spreadsheet shows a field of a row, such as D4."""
    place, letters = table.columns[field][0] + 1, ""
    while place:
        place, last = divmod(place - 1, 26)
        letters = chr(ord("A") + last) + letters
    return f"{letters}{number}"


def _moves_nothing(table: _Table, row: Row, amounts: Mapping[str, Decimal | None]) -> bool:
    """Whether a row without a day is none of the movements.

    Notes below the table, headings repeated on a new page, totals: where no day stands, sums alone
    are totals, too, and with a name or a text beside them a movement whose day is missing.
    """
    day = table.cell(row, "booked_on")
    if _meaning(day) == "booked_on" or _TOTALS.search(day):
        return True
    if not any(cell in amounts for field in _MOVES for cell in table.cells(row, field)):
        return True
    if day:
        return False
    words = [cell for cell in map(plain, row) if cell and cell not in amounts]
    label = words[0] if words else ""
    # TotalEnergies is a payer.
    named = label == table.cell(row, "name") and not _TOTALS.fullmatch(label)
    return not words or bool(_TOTALS.search(label) and not named)


def _amount(
    table: _Table, row: Row, field: str, currency: str, amounts: Mapping[str, Decimal | None],
    number: int,
) -> int | None:  # fmt: skip
    """The amount of a row in minor units; None for an empty cell or a dash.

    Of two columns of one meaning the row must not say two things.
    """
    told = {cell: amounts[cell] for cell in table.cells(row, field) if cell in amounts}
    if not told:
        return None
    value, *others = set(told.values())
    if value is None or others:
        raise unreadable(_place(table, field, number), " / ".join(told))
    return minor_of(value, currency, _place(table, field, number))


def _minor(
    table: _Table,
    row: Row,
    currency: str,
    amounts: Mapping[str, Decimal | None],
    *,
    negative: bool,
    number: int,
) -> int:
    def amount(field: str) -> int:
        return _amount(table, row, field, currency, amounts, number) or 0

    if "credit" in table.columns or "debit" in table.columns:
        debit = amount("debit")
        return amount("credit") - (-debit if negative else debit)
    minor, mark = amount("amount"), _key(table.cell(row, "direction")) or ""
    sign = table.cell(row, "direction").strip()
    if mark in _OUT or sign == "-":
        return -abs(minor)
    if not mark or mark in _IN or sign == "+":
        return abs(minor) if mark or sign else minor
    raise unreadable(_place(table, "direction", number), table.cell(row, "direction"))


def _line(
    table: _Table,
    row: Row,
    currency: str,
    booked_on: date,
    minor: int,
    dates: Mapping[str, date | None],
    amounts: Mapping[str, Decimal | None],
    number: int,
) -> Line:
    side = "payer" if minor > 0 else "payee"
    texts = dict.fromkeys(told for told in table.cells(row, "text") if told)
    return Line(
        booked_on,
        minor,
        dates.get(_day_part(table.cell(row, "value_on"))),
        name=table.cell(row, "name") or table.cell(row, f"{side}_name"),
        account=(table.cell(row, "account") or table.cell(row, f"{side}_account")).replace(" ", ""),
        end_to_end=table.cell(row, "reference"),
        bank_reference=table.cell(row, "bank_reference"),
        text=" ".join(texts),
        balance_minor=_amount(table, row, "balance", currency, amounts, number),
    )


def _oldest_first(lines: list[Line], account: str, currency: str) -> list[Line]:
    """The lines in the order of booking, as their balances show it, or else their days."""
    turned = lines[::-1]
    if all(line.balance_minor is not None for line in lines):
        forward, backward = _break(lines), _break(turned)
        if forward is None:
            return lines
        if backward is None:
            return turned
        best = turned if lines[0].booked_on > lines[-1].booked_on else lines
        before, line = backward if best is turned else forward
        assert before.balance_minor is not None
        assert line.balance_minor is not None
        raise unbalanced(account, currency, before.balance_minor, line.minor, line.balance_minor)
    return turned if lines[0].booked_on > lines[-1].booked_on else lines


def _break(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """The first two lines whose balances do not follow from each other."""
    for before, line in pairwise(lines):
        assert before.balance_minor is not None
        if before.balance_minor + line.minor != line.balance_minor:
            return before, line
    return None
