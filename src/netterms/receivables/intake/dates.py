"""Dates in cells: which of day and month comes first, and the SQL that reads them.

Cells that DuckDB reads as ISO dates take the fast way. The others are few different values: each
is read once, in SQL, and joined back by its text.
"""

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.lookups import different_cells
from netterms.receivables.intake.reasons import Note, NoteCode
from netterms.receivables.intake.sqltext import HALF_WIDTH, fill, literal, literals
from netterms.receivables.intake.words import EMPTY_DATES, EMPTY_WORDS

DateOrder = Literal["dmy", "mdy"]
FIRST_DAY, LAST_DAY = "DATE '1990-01-01'", "DATE '2100-12-31'"
_SERIAL_START = "DATE '1899-12-30'"  # day 0 of spreadsheet serials, right from 1900-03-01 on
_USUAL_TERMS = 185  # days from invoice to due date beyond which an order of dates is doubted
_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"


@dataclass(frozen=True, slots=True)
class DateReading:
    """How one date column is read. `table` holds the slow cells; "" when there are none."""

    order: str  # "ymd" when no cell needs an order, else "dmy" or "mdy"
    table: str

    def value(self, cell: str, fix: str) -> str:
        """SQL for the date in `cell`; `fix` is the alias `table` is joined as."""
        if not self.table:
            return f"try_cast({cell} AS DATE)"
        return f"coalesce({fast(cell)}, {fix}.value)"

    def blank(self, cell: str, fix: str) -> str:
        """SQL that is true when the cell says nothing."""
        return (
            f"({cell} IS NULL OR coalesce({fix}.blank, false))" if self.table else f"{cell} IS NULL"
        )


def fast(cell: str) -> str:
    """SQL for an ISO date between 1990 and 2100, else NULL."""
    return (
        f"CASE WHEN try_cast({cell} AS DATE) BETWEEN {FIRST_DAY} AND {LAST_DAY} "
        f"THEN try_cast({cell} AS DATE) END"
    )


_PARTS = f"""
CREATE OR REPLACE TEMP TABLE {{table}} AS
WITH slow AS (
    SELECT cell FROM intake_different WHERE ({{fast}}) IS NULL
), plain AS (
    SELECT cell, translate(upper({HALF_WIDTH.format("cell")}), '年月日号號', '--') AS text FROM slow
), day AS (
    SELECT cell, trim(regexp_replace(
        replace(replace(replace(text, 'MAI', 'MAY'), 'OKT', 'OCT'), 'DEZ', 'DEC'),
        '[T ]+[0-9]{{1,2}}:[0-9]{{2}}.*$', '')) AS text FROM plain
)
SELECT cell, text,
    regexp_extract(text, '^([0-9]{{4}})[-/. ]+([0-9]{{1,2}})[-/. ]+([0-9]{{1,2}})[-/. ]*$',
        ['y', 'm', 'd']) AS first,
    regexp_extract(text, '^([0-9]{{1,2}})([-/. ]+)([0-9]{{1,2}})[-/. ]+([0-9]{{4}}|[0-9]{{1,2}})$',
        ['a', 'mark', 'b', 'y']) AS last,
    regexp_extract(text, '^([0-9]{{1,2}})(?:ST|ND|RD|TH)?[-/., ]*([A-Z]{{3}})[A-Z]*[-/., ]*([0-9]{{4}}|[0-9]{{2}})$',
        ['d', 'm', 'y']) AS named,
    regexp_extract(text, '^([A-Z]{{3}})[A-Z]*[-/., ]*([0-9]{{1,2}})(?:ST|ND|RD|TH)?[-/., ]+([0-9]{{4}})$',
        ['m', 'd', 'y']) AS us
FROM day
"""  # noqa: E501


def _year(year: str) -> str:
    """Two-digit years are 1980 to 2079."""
    return (
        f"CASE WHEN length({year}) = 2 AND {year} < '80' THEN '20' || {year} "
        f"WHEN length({year}) = 2 THEN '19' || {year} ELSE {year} END"
    )


def _made(year: str, month: str, day: str) -> str:
    return f"try_cast(({_year(year)}) || '-' || ({month}) || '-' || ({day}) AS DATE)"


def _month(name: str) -> str:
    at = f"strpos('{_MONTHS}', {name})"
    return f"CASE WHEN {at} % 3 = 1 THEN CAST(({at} + 2) // 3 AS VARCHAR) END"


# A date of three short numbers, which may begin with its year: 26-03-01.
_SHORT = "length(last.a) = 2 AND length(last.y) IN (1, 2)"


def _value(order: str) -> str:
    dmy, mdy = _made("last.y", "last.b", "last.a"), _made("last.y", "last.a", "last.b")
    ymd = _made("last.a", "last.b", "last.y")
    year_first = f"WHEN {_SHORT} THEN {ymd}" if order == "ymd" else ""
    eight = "substr(text, 1, 8)"
    compact = f"CAST(try_strptime({eight}, '%Y%m%d') AS DATE)"
    other = f"CAST(try_strptime({eight}, '{'%m%d%Y' if order == 'mdy' else '%d%m%Y'}') AS DATE)"
    return f"""CASE
    WHEN regexp_matches(text, '^[0-9]{{8}}([.]0*)?$') THEN CASE
        WHEN {compact} BETWEEN {FIRST_DAY} AND {LAST_DAY} THEN {compact}
        ELSE coalesce({other}, {compact}) END
    WHEN regexp_matches(text, '^[0-9]{{5}}([.][0-9]*)?$')
        THEN {_SERIAL_START} + try_cast(substr(text, 1, 5) AS INTEGER)
    WHEN first.y <> '' THEN {_made("first.y", "first.m", "first.d")}
    {year_first}
    WHEN length(last.y) = 1 THEN NULL
    WHEN last.y <> '' AND try_cast(last.a AS INTEGER) > 12 THEN {dmy}
    WHEN last.y <> '' AND try_cast(last.b AS INTEGER) > 12 THEN {mdy}
    WHEN last.y <> '' THEN {mdy if order == "mdy" else dmy}
    WHEN named.y <> '' THEN {_made("named.y", _month("named.m"), "named.d")}
    WHEN us.y <> '' THEN {_made("us.y", _month("us.m"), "us.d")}
    END"""


# Of the short dates of a column: how many there are and how many cannot begin with their year, how
# many different first and last numbers they have, how many cannot end with it, and one of them.
_SHORT_DATES = f"""
SELECT count(*), count(*) FILTER (WHERE ({_made("last.a", "last.b", "last.y")}) IS NULL),
    count(DISTINCT last.a), count(DISTINCT last.y), count(*) FILTER (WHERE length(last.y) = 1),
    min(text)
FROM {{table}} WHERE {_SHORT}
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE a > 12 AND b <= 12), count(*) FILTER (WHERE b > 12 AND a <= 12),
    count(*) FILTER (WHERE a <= 12 AND b <= 12 AND a <> b),
    count(*) FILTER (WHERE contains(mark, '.')),
    min(text) FILTER (WHERE a <= 12 AND b <= 12 AND a <> b)
FROM (SELECT text, try_cast(last.a AS INTEGER) AS a, try_cast(last.b AS INTEGER) AS b,
             last.mark AS mark
      FROM {table} WHERE last.y <> '')
"""


def read_dates(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], currency: str,
    given: DateOrder | Literal[""] = "",
) -> tuple[dict[str, DateReading], list[Note]]:  # fmt: skip
    """Decide how each date column is read, from all its cells, and read the slow ones.

    `given` is what a person said. Evidence for an order is a number above 12; dots mean day
    first. Short years come first where that fits better: 26-03-01. A column without evidence takes
    the order of another date column; failing that, the one
    in which due dates fit the invoice dates; failing that, month first for USD, else day first.
    """
    counts = {}
    for field, column in columns.items():
        table = f"intake_date_{field}"
        different_cells(connection, column.index)
        connection.execute(fill(_PARTS, table=table, fast=fast("cell")))
        if connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]:
            counts[field] = connection.execute(fill(_COUNTS, table=table)).fetchall()[0]
    orders, notes = _orders(counts, columns, given)
    years = [] if given else _year_first(connection, counts, columns)
    if years:
        orders, notes = dict.fromkeys(counts, "ymd"), years
    elif not orders:
        orders, notes = _unproven(connection, counts, columns, currency)
    readings = {field: DateReading("ymd", "") for field in columns}
    empty = literals((*EMPTY_DATES, *EMPTY_WORDS))
    for field, order in orders.items():
        table = f"intake_date_{field}"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT cell, {_value(order)} AS value, "
            f"text = '' OR trim(cell) IN ({empty}) OR lower(trim(cell)) IN ({empty}) "
            f"OR cell = {literal(columns[field].heading)} AS blank FROM {table}"
        )
        connection.execute(f"UPDATE {table} SET value = NULL WHERE blank")
        needs_order = counts[field][0] + counts[field][1] + counts[field][2]
        readings[field] = DateReading(order if needs_order else "ymd", table)
    return readings, notes


def _orders(
    counts: Mapping[str, tuple[int, int, int, int, str]],
    columns: Mapping[str, Column],
    given: str,
) -> tuple[dict[str, str], list[Note]]:
    """The orders that cells prove, or a person gave."""
    notes: list[Note] = []
    orders: dict[str, str] = {}
    if given:
        return dict.fromkeys(counts, given), notes
    for field, (day_first, month_first, unclear, dotted, _) in counts.items():
        if day_first and month_first:
            orders[field] = "dmy" if day_first >= month_first else "mdy"
            if unclear:
                heading = columns[field].heading
                notes.append(Note(NoteCode.DATE_MIXED, heading=heading, order=orders[field]))
        elif day_first or month_first:
            orders[field] = "dmy" if day_first else "mdy"
        elif dotted:
            orders[field] = "dmy"
    if orders:
        shared = next(iter(orders.values()))
        orders = {**dict.fromkeys(counts, shared), **orders}
    return orders, notes


def _year_first(
    connection: duckdb.DuckDBPyConnection, read_slowly: Collection[str],
    columns: Mapping[str, Column],
) -> list[Note]:  # fmt: skip
    """Notes on columns of dates such as 26-03-01; none where short years come last.

    They come first where the due dates fit the invoice dates better so; where that tells nothing,
    because there are fewer different years in a list than days of a month.
    """
    found = {
        field: connection.execute(fill(_SHORT_DATES, table=f"intake_date_{field}")).fetchall()[0]
        for field in read_slowly
    }
    short = {field: told for field, told in found.items() if told[0]}
    if not short:
        return []
    wrong, first, last, unlike = (sum(told[k] for told in short.values()) for k in (1, 2, 3, 4))
    *others, years = _misfits(connection, read_slowly, columns, ("dmy", "mdy", "ymd")) or (0, 0)
    by_numbers = not wrong and (first < last or unlike)
    if years > min(others) or (years == min(others) and not by_numbers):
        return []
    return [
        Note(NoteCode.DATE_YEAR_FIRST, heading=columns[field].heading, example=told[5])
        for field, told in short.items()
    ]


def _unproven(
    connection: duckdb.DuckDBPyConnection,
    counts: Mapping[str, tuple[int, int, int, int, str]],
    columns: Mapping[str, Column],
    currency: str,
) -> tuple[dict[str, str], list[Note]]:
    """The order of columns in which no cell proves any."""
    code, order = NoteCode.DATE_ORDER_BY_TERMS, _by_terms(connection, counts, columns)
    if not order:
        code, order = NoteCode.DATE_ORDER_ASSUMED, "mdy" if currency == "USD" else "dmy"
    other = "day-first" if order == "mdy" else "month-first"
    notes = [
        Note(
            code, heading=columns[field].heading, example=example, order=order,
            other=other,
        )
        for field, (_, _, unclear, _, example) in counts.items()
        if unclear
    ]  # fmt: skip
    return dict.fromkeys(counts, order), notes


def _by_terms(
    connection: duckdb.DuckDBPyConnection, read_slowly: Collection[str],
    columns: Mapping[str, Column],
) -> str:  # fmt: skip
    """The order in which due dates fit the invoice dates better, or ""."""
    misfits = _misfits(connection, read_slowly, columns, ("dmy", "mdy"))
    day_first, month_first = misfits or (0, 0)
    if day_first == month_first:
        return ""
    return "dmy" if day_first < month_first else "mdy"


def _misfits(
    connection: duckdb.DuckDBPyConnection, read_slowly: Collection[str],
    columns: Mapping[str, Column], orders: Sequence[str],
) -> tuple[int, ...]:  # fmt: skip
    """By order, how many due dates lie before the invoice date or far behind it, or are none.

    Empty where the list has only one of both.
    """
    if not {"issued_on", "due_on"} <= columns.keys():
        return ()
    misfits, joins = [], []
    for order in orders:
        days = {}
        for field in ("issued_on", "due_on"):
            cell = f"x.c{columns[field].index}"
            days[field] = fast(cell)
            if field in read_slowly:
                joins.append(
                    f"LEFT JOIN (SELECT cell, {_value(order)} AS day FROM intake_date_{field}) "
                    f"AS {field}_{order} ON {cell} = {field}_{order}.cell"
                )
                days[field] = f"coalesce({days[field]}, {field}_{order}.day)"
        terms = f"coalesce(date_diff('day', {days['issued_on']}, {days['due_on']}), -1)"
        misfits.append(f"count(*) FILTER (WHERE {terms} NOT BETWEEN 0 AND {_USUAL_TERMS})")
    found = connection.execute(f"SELECT {', '.join(misfits)} FROM intake_raw x {' '.join(joins)}")
    return tuple(map(int, found.fetchall()[0]))
