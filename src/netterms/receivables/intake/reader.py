"""`sniff` and `read`: from a file to a guess, and to the tables `staged` and `bad`."""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from netterms.kernel.refusal import Code
from netterms.receivables.intake import headings, lookups
from netterms.receivables.intake.amounts import read_amounts
from netterms.receivables.intake.container import Limits, kind_of_file
from netterms.receivables.intake.dates import DateOrder, read_dates
from netterms.receivables.intake.guess import Column, Guess, Staged
from netterms.receivables.intake.mapping import columns_of, header_row, named
from netterms.receivables.intake.reasons import Note, NoteCode, gettext_noop, refuse, say
from netterms.receivables.intake.sqltext import text
from netterms.receivables.intake.staging import due_before_issued, stage
from netterms.receivables.intake.stated import Stated, heading_currency, lines_below, stated
from netterms.receivables.intake.straight import read_straight
from netterms.receivables.intake.synonyms import AMOUNT_FIELDS, DATE_FIELDS, FIELDS
from netterms.receivables.intake.textfile import Frame, Text, frame_of, load_text, open_text
from netterms.receivables.intake.typed import BLIND_CURRENCY, Plan
from netterms.receivables.intake.units import ONE
from netterms.receivables.intake.words import currency_code
from netterms.receivables.intake.workbook import Workbook, load_workbook, open_workbook

_SNIFF_ROWS = 20_000
_FIRST_COLUMNS = 3  # loaded in any case: here stand words such as "Total"

_Path = str | os.PathLike[str]
_Progress = Callable[[str], None]


@dataclass(slots=True)
class _Opened:
    """A file with its headings found, before its rows are loaded."""

    source: Text | Workbook
    guess: Guess
    frame: Frame
    above: list[Sequence[str]]  # lines above the headings

    def stated(self, below: Sequence[Sequence[str]] = ()) -> Stated:
        """What the file says of its amounts; `below` are lines below the table."""
        first = next(iter(self.source.rows[self.frame.header + 1 :]), [])
        return stated(self.guess.columns, [*self.above, *below], first)

    @property
    def first_row(self) -> int:
        """The row number, as the user counts, of the first row below the headings."""
        return self.guess.header_row + 1


def sniff(
    path: _Path, *, mapping: Mapping[str, str] | None = None, sheet: str | None = None,
    limits: Limits | None = None,
) -> Guess:  # fmt: skip
    """How `path` would be read, judged by its first 20,000 rows.

    `mapping` is {field: heading}, a heading that begins with "=" being a constant. Refuses as
    `read` does.
    """
    with tempfile.TemporaryDirectory(prefix="netterms-") as name:
        folder = Path(name)
        opened = _open(Path(path), folder, mapping or {}, sheet, limits or Limits())
        with _connect() as connection:
            _, guess = _understand(connection, opened, "", "", folder, _SNIFF_ROWS)
            _clear(connection)
    return guess


def read(
    path: _Path, *, mapping: Mapping[str, str] | None = None, currency: str | None = None,
    sheet: str | None = None, connection: duckdb.DuckDBPyConnection | None = None,
    progress: _Progress | None = None, limits: Limits | None = None,
    seller_currency: str | None = None, date_order: DateOrder | None = None,
    today: date | None = None,
) -> Staged:  # fmt: skip
    """Read any invoice list into the tables `staged` and `bad` of `connection`.

    `currency` is the ISO 4217 code of rows that name none. `seller_currency` is that of rows for
    which neither it nor anything in the file, such as Chinese headings, speaks of one; a sign such
    as $ means either where it can. `date_order` says whether day or month comes first in dates
    that can be read both ways. With `today` an invoice dated later than the day after, or paid
    later than it, is bad: a book knows no future, a report looks at any day. Without a
    `connection` a new one in memory is made. Refuses with VALUE_INVALID, COLUMN_UNKNOWN,
    COLUMN_MISSING, NO_HEADER, NOT_FOUND (a sheet), FILE_EMPTY, FILE_TOO_LARGE or
    FILE_UNREADABLE; bad cells are no refusal, they are in `bad`.
    """
    given = currency_code(currency) if currency else ""
    if currency and not given:
        raise refuse(Code.VALUE_INVALID, "currency", field="currency", value=currency)
    tell = progress or _silent
    connection = connection or _connect()
    with tempfile.TemporaryDirectory(prefix="netterms-") as name:
        folder = Path(name)
        tell(say(gettext_noop("Opening the file")))
        opened = _open(Path(path), folder, mapping or {}, sheet, limits or Limits())
        tell(say(gettext_noop("Loading the rows")))
        _forget(connection)
        fallback = seller_currency or ""
        straight = _straight(connection, opened, given, fallback, today)
        if straight:
            tell(say(gettext_noop("Checking every row")))
            return straight
        plan, guess = _understand(
            connection, opened, given, fallback, folder, None, date_order or "", today
        )
        tell(say(gettext_noop("Checking every row")))
        rows, bad_rows, notes = stage(connection, plan, opened.first_row)
        _clear(connection)
    guess = replace(guess, notes=guess.notes + tuple(notes))
    return Staged(connection, guess, rows, bad_rows)


def _silent(_: str) -> None:
    return None


def _connect() -> duckdb.DuckDBPyConnection:
    """An in-memory database that fetches nothing from outside."""
    return duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False},
    )


def _open(
    path: Path, folder: Path, mapping: Mapping[str, str], sheet: str | None, limits: Limits
) -> _Opened:
    """Open `path` and find its headings and columns."""
    source: Text | Workbook
    if kind_of_file(path, limits) == "workbook":
        source = open_workbook(path, sheet, folder, limits)
    else:
        source = open_text(path, folder)
    wanted = [heading for heading in mapping.values() if not heading.startswith("=")]
    at = header_row(source.rows, wanted)
    names, columns, notes = columns_of(source.rows[at], source.rows[at + 1 :], mapping)
    above, last = at + 1, named(source.rows[at]) - 1
    frame = Frame(at, last)
    if isinstance(source, Workbook):
        guess = Guess("workbook", above, names, columns, sheet=source.sheet)
    else:
        above += source.skip
        last = max(last, *(column.index for column in columns.values()))
        frame = frame_of(source, at, last, _exposed(columns, last))
        guess = Guess(
            "text", above, names, columns, encoding=source.encoding, delimiter=source.delimiter
        )
    guess = replace(guess, notes=tuple(source.notes + notes))
    return _Opened(source, guess, frame, [[guess.sheet], *source.rows[:at]])


def _exposed(columns: Mapping[str, Column], last: int) -> list[int]:
    """The amounts that a comma could cut in two unseen.

    Where a date follows, it would be none any more; what is cut off the last cell stands beyond it.
    """
    amounts = [columns[name].index for name in AMOUNT_FIELDS if name in columns]
    dates = {columns[name].index for name in DATE_FIELDS if name in columns}
    return [] if max(amounts) + 1 in dates or min(amounts) == last else amounts


def _straight(
    connection: duckdb.DuckDBPyConnection, opened: _Opened, given: str, fallback: str,
    today: date | None,
) -> Staged | None:  # fmt: skip
    """`opened` read by the straight lane, if it is such a file."""
    guess, source = opened.guess, opened.source
    if isinstance(source, Workbook):
        return None
    said = opened.stated()
    if any(unit != ONE for unit in said.units.values()):
        return None
    rows = read_straight(connection, source, opened.frame, opened.first_row, guess.columns, today)
    connection.execute("DROP TABLE IF EXISTS temp.intake_different")
    if rows is None:
        return None
    plan = Plan(guess.columns, [], "", {}, {}, given_currency=given, seller_currency=fallback)
    _settle_currency(plan, said)
    guess = replace(
        guess,
        decimal={name: "point" for name in AMOUNT_FIELDS if name in guess.columns},
        date_order={name: "ymd" for name in DATE_FIELDS if name in guess.columns},
        currency=plan.usual_currency,
    )
    backwards = due_before_issued(connection)
    return Staged(connection, replace(guess, notes=(*guess.notes, *backwards)), rows, 0)


def _forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what an earlier file left: `staged` may have been a table or a view."""
    found = connection.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = 'staged'"
    ).fetchall()
    for (kind,) in found:
        connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} staged")
    connection.execute("DROP TABLE IF EXISTS staged_cells")


def _understand(
    connection: duckdb.DuckDBPyConnection, opened: _Opened, given: str, fallback: str,
    folder: Path, limit: int | None, order: DateOrder | Literal[""] = "",
    today: date | None = None,
) -> tuple[Plan, Guess]:  # fmt: skip
    """Load the rows and decide, from all of them, how each column is read."""
    guess, source = opened.guess, opened.source
    mapped = {column.index for column in guess.columns.values() if column.constant is None}
    loaded = sorted(mapped | set(range(min(_FIRST_COLUMNS, len(guess.headings)))))
    formulas = False
    if isinstance(source, Workbook):
        formulas = source.formulas
        load_workbook(connection, source, opened.frame.header, loaded, limit)
    else:
        before = len(source.notes)
        load_text(connection, source, opened.frame, loaded, limit, folder)
        guess = replace(guess, notes=guess.notes + tuple(source.notes[before:]))
    _refuse_empty(connection, loaded)
    last_heading = guess.headings[opened.frame.last]
    plan = Plan(
        guess.columns, loaded, last_heading, {}, {}, given_currency=given,
        seller_currency=fallback, formulas=formulas, today=today,
    )  # fmt: skip
    said = opened.stated(lines_below(connection, guess.columns, loaded))
    _settle_currency(plan, said)
    _, notes = lookups.understand(connection, guess.columns, plan.home_currency)
    plan.plain = lookups.clean_texts(connection, _in_file(guess, tuple(guess.columns)))
    most_named = _most_named_currency(connection, plan)
    amount_notes = _read_all_amounts(
        connection, plan, guess, most_named or plan.usual_currency, said
    )
    _take_only_currency(connection, plan)
    plan.dates, date_notes = read_dates(
        connection, _in_file(guess, DATE_FIELDS), most_named or plan.usual_currency, order
    )
    plan.currencies = _all_currencies(connection, plan)
    guess = replace(
        guess,
        decimal={name: reading.style for name, reading in plan.amounts.items()},
        date_order={name: reading.order for name, reading in plan.dates.items()},
        currency=plan.usual_currency,
        notes=(*guess.notes, *notes, *date_notes, *amount_notes, *_signs_assumed(connection, plan)),
    )
    return plan, guess


def _refuse_empty(connection: duckdb.DuckDBPyConnection, loaded: Sequence[int]) -> None:
    """FILE_EMPTY where nothing stands below the headings."""
    filled = " OR ".join(f"{text(f'c{k}')} IS NOT NULL" for k in loaded)
    if not connection.execute(f"SELECT 1 FROM intake_raw WHERE {filled} LIMIT 1").fetchall():
        raise refuse(Code.FILE_EMPTY, "empty")


def _in_file(guess: Guess, names: tuple[str, ...]) -> dict[str, Column]:
    """The columns of `names` that stand in the file."""
    return {
        name: guess.columns[name]
        for name in names
        if name in guess.columns and guess.columns[name].constant is None
    }


def _settle_currency(plan: Plan, said: Stated) -> None:
    """What the file says of the currency, and what is assumed where nothing is said."""
    plan.stated_currency = said.currency
    plan.heading_currency, plan.heading_definite = heading_currency(
        plan.columns, plan.home_currency
    )
    if constant := plan.constant("currency"):
        plan.default_currency = currency_code(constant, plan.home_currency)
    elif _is_chinese(plan):
        plan.default_currency = "CNY"
    elif plan.seller_currency:
        plan.default_currency = plan.seller_currency


def _most_named_currency(connection: duckdb.DuckDBPyConnection, plan: Plan) -> str:
    """The currency that most cells of the currency column name; "" where none names one."""
    if not plan.cell("currency"):
        return ""
    cell = f"c{plan.columns['currency'].index}"
    found = connection.execute(
        f"SELECT code FROM intake_raw JOIN intake_word_currency ON {cell} = cell "
        "WHERE code IS NOT NULL GROUP BY code ORDER BY count(*) DESC, code LIMIT 1"
    ).fetchall()
    return str(found[0][0]) if found else ""


def _read_all_amounts(
    connection: duckdb.DuckDBPyConnection, plan: Plan, guess: Guess, usual: str, said: Stated
) -> list[Note]:
    notes: list[Note] = []
    readings = {}
    for name, column in _in_file(guess, AMOUNT_FIELDS).items():
        typed = guess.kind == "workbook"
        readings[name], told = read_amounts(
            connection, column, said.unit(name), usual, plan.home_currency, typed=typed
        )
        notes += told
    plan.amounts = readings
    return notes


def _take_only_currency(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Where nothing else speaks of a currency: the only one that any cell names."""
    if plan.default_currency != BLIND_CURRENCY or plan.seller_currency:
        return
    found = _currencies_in_cells(connection, plan)
    if len(found) == 1:
        plan.default_currency = found.pop()


def _signs_assumed(connection: duckdb.DuckDBPyConnection, plan: Plan) -> list[Note]:
    """Notes on signs of several currencies that nobody said the meaning of."""
    found = set() if plan.heading_definite else {plan.heading_currency}
    tables = [
        f"SELECT currency FROM {r.table} WHERE NOT strong" for r in plan.amounts.values() if r.table
    ]
    if tables:
        found |= {code for (code,) in connection.execute(" UNION ".join(tables)).fetchall()}
    # Under Chinese headings ¥ and 元 are beyond doubt.
    sure = {"", plan.home_currency, plan.default_currency if _is_chinese(plan) else ""}
    unsaid = sorted(found - sure)
    return [Note(NoteCode.SIGN_ASSUMED, currencies=", ".join(unsaid))] if unsaid else []


def _is_chinese(plan: Plan) -> bool:
    return any(headings.parse(column.heading).chinese for column in plan.columns.values())


def _all_currencies(connection: duckdb.DuckDBPyConnection, plan: Plan) -> list[str]:
    """Every currency a row can be in."""
    found = {plan.heading_currency, plan.stated_currency, plan.given_currency}
    found |= {plan.default_currency} | _currencies_in_cells(connection, plan)
    return sorted(code for code in found if code)


def _currencies_in_cells(connection: duckdb.DuckDBPyConnection, plan: Plan) -> set[str]:
    tables = [f"SELECT currency FROM {r.table}" for r in plan.amounts.values() if r.table]
    if plan.cell("currency"):
        tables.append("SELECT code FROM intake_word_currency")
    if not tables:
        return set()
    rows = connection.execute(f"SELECT DISTINCT * FROM ({' UNION ALL '.join(tables)})")
    return {code for (code,) in rows.fetchall() if code}


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop everything but `staged` and `bad`."""
    kinds = ("word", "text", "date", "amount")
    tables = [f"{kind}_{name}" for kind in kinds for name in FIELDS]
    tables += [
        "raw",
        "filled",
        "different",
        "token",
        "numbered",
        "twice",
        "repeated",
        "bad",
    ]
    drops = [f"DROP TABLE IF EXISTS temp.intake_{name}" for name in tables]
    connection.execute("; ".join(["DROP VIEW IF EXISTS temp.intake_cells", *drops]))
