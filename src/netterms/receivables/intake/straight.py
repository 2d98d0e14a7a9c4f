"""The straight lane: a regular text file whose cells say plainly what they mean.

One pass of DuckDB's reader types the dates and amounts, a second looks at what it read; `staged` is
then a view, without copying a row. Any cell that is not plain, any row that is not whole, and the
file is read the general way instead, from the start: there is no verdict on bad cells here.
"""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)
import re
from collections.abc import Callable, Mapping
from datetime import date

import duckdb

from netterms.kernel.money import exponent
from netterms.receivables.intake import headings
from netterms.receivables.intake.checks import MOST_DAYS
from netterms.receivables.intake.dates import FIRST_DAY, LAST_DAY
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.lookups import PLAIN_NUMBER
from netterms.receivables.intake.sqltext import BLANKS, literal, literals
from netterms.receivables.intake.staging import BAD_TABLE
from netterms.receivables.intake.textfile import Frame, Text, is_regular, rows_from
from netterms.receivables.intake.words import (
    EMPTY_TEXTS,
    EMPTY_WORDS,
    country_code,
    currency_code,
    kind_of,
)

_NEEDED = frozenset({"buyer_number", "currency", "invoice_number", "issued_on", "due_on", "amount"})
_ALLOWED = _NEEDED | {"buyer_name", "country", "paid_on", "open_amount", "kind"}
_DATES = ("issued_on", "due_on", "paid_on")
_AMOUNTS = ("amount", "open_amount")
_KINDS = ("invoice", "credit_note")
_MOST_WORDS = 1_000  # far more than there are currencies and countries
# One or two decimals, or none: nothing that could be taken for thousands.
_AMOUNT = r"-?[0-9]{1,12}([.][0-9]{1,2})?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Buyer numbers that stay as they are: no leading zeros, no spreadsheet's ".0", nothing to trim.
_BUYER = "[A-Za-z1-9][A-Za-z0-9_/-]*"
_EVERY_CELL = {
    "issued_on": _DATE,
    "due_on": _DATE,
    "amount": _AMOUNT,
    "open_amount": _AMOUNT,
    "buyer_number": _BUYER,
}


def read_straight(
    connection: duckdb.DuckDBPyConnection, text: Text, frame: Frame, first_row: int,
    columns: Mapping[str, Column], today: date | None = None,
) -> int | None:  # fmt: skip
    """Make `staged` and an empty `bad`; answers the number of rows, or None: not such a file.

    `first_row` is the row number, as the user counts, of the row below the headings. On None
    nothing of the tables is left.
    """
    header = frame.header
    if not _may_be(text, frame, columns):
        return None
    try:
        _load(connection, text, header, columns)
        rows = _count(connection)
        whole = rows == text.found.lines - text.skip - header - 1
        if whole and _is_plain(connection, columns, today):
            _view(connection, first_row, columns)
            return rows
    except duckdb.Error:  # a cell that is no date: the general way says which and why
        pass
    connection.execute("DROP TABLE IF EXISTS staged_cells")
    return None


def _may_be(text: Text, frame: Frame, columns: Mapping[str, Column]) -> bool:
    """Whether the columns and the first rows allow it."""
    if not (_NEEDED <= columns.keys() <= _ALLOWED) or not is_regular(text, frame):
        return False
    headings_end = len(text.rows[frame.header])
    if frame.last + 1 < headings_end:  # what stands below no heading has to be looked at
        return False
    if any(column.constant is not None for column in columns.values()):
        return False
    amounts = [headings.parse(columns[name].heading) for name in _AMOUNTS if name in columns]
    if any(heading.definite for heading in amounts):  # another may stand in the rows
        return False
    rows = text.rows[frame.header + 1 :]
    if not rows or any(len(row) != headings_end for row in rows):
        return False
    return all(
        re.fullmatch(pattern, row[columns[name].index])
        for name, pattern in _EVERY_CELL.items()
        if name in columns
        for row in rows
    )


def _load(
    connection: duckdb.DuckDBPyConnection, text: Text, header: int, columns: Mapping[str, Column]
) -> None:
    """Make `staged_cells`, columns named by field; `odd` marks amounts that are not plain."""
    types = {columns[name].index: "DATE" for name in _DATES if name in columns}
    source, params = rows_from(text, header, types)
    cells = [f"c{c.index} AS {name}" for name, c in columns.items() if name not in _AMOUNTS]
    amounts = {name: f"c{columns[name].index}" for name in _AMOUNTS if name in columns}
    cells += [
        f"CAST(try_cast({cell} AS DECIMAL(18,2)) * 100 AS BIGINT) AS {name}_signed"
        for name, cell in amounts.items()
    ]
    odd = " OR ".join(f"NOT regexp_full_match({cell}, '{_AMOUNT}')" for cell in amounts.values())
    connection.execute(
        f"CREATE OR REPLACE TABLE staged_cells AS SELECT {', '.join(cells)}, {odd} AS odd "
        f"FROM {source}",
        params,
    )


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("SELECT count(*) FROM staged_cells").fetchall()[0][0])


def _is_plain(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], today: date | None
) -> bool:
    """Whether every row is whole, in bounds and plain, and every number stands once."""
    return (
        _rows_are_whole(connection, columns, today)
        and _words_are_codes(connection, columns, "currency", _is_currency)
        and _words_are_codes(connection, columns, "country", _is_country)
        and _words_are_codes(connection, columns, "kind", _is_kind)
        and _buyers_are_clean(connection, columns)
        and _numbers_stand_once(connection)
    )


def _rows_are_whole(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], today: date | None
) -> bool:
    missing = [f"{name} IS NULL" for name in sorted(_NEEDED - {"amount"})]
    beyond = [
        f"{name} NOT BETWEEN {FIRST_DAY} AND {LAST_DAY}" for name in _DATES if name in columns
    ]
    if today:  # what the checks `issued_in_future` and `paid_in_future` tell
        beyond.append(f"issued_on > DATE '{today}' + 1")
        beyond += [f"paid_on > DATE '{today}'"] if "paid_on" in columns else []
    apart = f"abs(date_diff('day', issued_on, due_on)) > {MOST_DAYS}"
    amount = ["odd IS NULL", "odd", "amount_signed IS NULL", "amount_signed = 0"]
    if "open_amount" in columns:
        # What the checks `sign_conflict`, `open_exceeds_amount` and `paid_on_missing` tell apart.
        amount.append("open_amount_signed IS NULL")
        amount.append("abs(open_amount_signed) > abs(amount_signed)")
        amount.append("open_amount_signed < 0 AND amount_signed > 0")
        amount.append("open_amount_signed > 0 AND amount_signed < 0")
        amount.append("open_amount_signed = 0" + _and_unpaid(columns))
    return not _any(connection, " OR ".join([*missing, *beyond, apart, *amount]))


def _and_unpaid(columns: Mapping[str, Column]) -> str:
    return " AND paid_on IS NULL" if "paid_on" in columns else ""


def _any(
    connection: duckdb.DuckDBPyConnection, condition: str, table: str = "staged_cells"
) -> bool:
    query = f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"
    return bool(connection.execute(query).fetchall())


def _words_are_codes(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], name: str,
    is_code: Callable[[str], bool],
) -> bool:  # fmt: skip
    if name not in columns:
        return True
    words = connection.execute(
        f"SELECT DISTINCT {name} FROM staged_cells WHERE {name} IS NOT NULL LIMIT {_MOST_WORDS}"
    ).fetchall()
    return len(words) < _MOST_WORDS and all(is_code(word) for (word,) in words)


def _is_currency(word: str) -> bool:
    return currency_code(word) == word and exponent(word) == 2


def _is_country(word: str) -> bool:
    return country_code(word) == word


def _is_kind(word: str) -> bool:
    return kind_of(word) in _KINDS and word == word.strip() and word not in EMPTY_WORDS


def _buyers_are_clean(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column]) -> bool:
    """A statement first for the different buyers: few cells to look at closely, not every one."""
    fields = [name for name in ("buyer_number", "buyer_name") if name in columns]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE intake_different AS "
        f"SELECT DISTINCT {', '.join(fields)} FROM staged_cells"
    )
    odd = [f"NOT regexp_full_match(buyer_number, '{_BUYER}')"]
    odd += [f"{name} IN ({literals(EMPTY_TEXTS)})" for name in fields]
    if "buyer_name" in columns:
        odd.append(f"trim(buyer_name, {BLANKS}) <> buyer_name")
    return not _any(connection, " OR ".join(odd), "intake_different")


def _numbers_stand_once(connection: duckdb.DuckDBPyConnection) -> bool:
    if _any(connection, f"NOT regexp_matches(invoice_number, {literal(PLAIN_NUMBER)})"):
        return False
    rows, numbers = connection.execute(
        "SELECT count(*), count(DISTINCT invoice_number) FROM staged_cells"
    ).fetchall()[0]
    return bool(rows == numbers)


def _view(
    connection: duckdb.DuckDBPyConnection, first_row: int, columns: Mapping[str, Column]
) -> None:
    name = "coalesce(buyer_name, buyer_number)" if "buyer_name" in columns else "buyer_number"
    country = "coalesce(country, '')" if "country" in columns else "''"
    paid_on = "paid_on" if "paid_on" in columns else "CAST(NULL AS DATE)"
    credit = "amount_signed < 0"
    if "kind" in columns:
        words = connection.execute("SELECT DISTINCT kind FROM staged_cells WHERE kind IS NOT NULL")
        returned = [word for (word,) in words.fetchall() if kind_of(word) == "credit_note"]
        if returned:
            credit += f" OR coalesce(kind IN ({literals(returned)}), false)"
    left = f"CASE WHEN {paid_on} IS NULL THEN abs(amount_signed) ELSE 0 END"
    settled_on = paid_on
    if "open_amount" in columns:
        left = "abs(open_amount_signed)"
        settled_on = f"CASE WHEN open_amount_signed = 0 THEN {paid_on} END"
    connection.execute(f"""CREATE VIEW staged AS
SELECT rowid + {first_row} AS row_no, '' AS company_code, buyer_number, {name} AS buyer_name,
    {country} AS country, '' AS email, currency, invoice_number,
    CASE WHEN {credit} THEN 'credit_note' ELSE 'invoice' END AS kind, issued_on, due_on,
    abs(amount_signed) AS amount_minor, {left} AS open_minor, {settled_on} AS settled_on,
    CAST(NULL AS BIGINT) AS tangible_net_worth_minor, CAST(NULL AS BIGINT) AS annual_turnover_minor
FROM staged_cells""")
    connection.execute(BAD_TABLE)
