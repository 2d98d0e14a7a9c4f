"""Columns of few different words: each word is understood once and joined back in SQL."""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.reasons import Note, NoteCode
from netterms.receivables.intake.sqltext import HALF_WIDTH, literals, text
from netterms.receivables.intake.words import (
    EMPTY_TEXTS,
    EMPTY_WORDS,
    country_code,
    currency_code,
    kind_of,
    status_of,
    terms_of,
    yes_means_open,
)

_MOST_WORDS = 20_000  # a column with more different words is no column of such words
_EXAMPLES = 5
PLAIN_NUMBER = "^[A-Za-z_-]*[0-9][0-9A-Za-z_/-]*$"  # such as INV-0012

# The columns a lookup table has besides `cell`, with their types.
_TYPES: dict[str, dict[str, str]] = {
    "currency": {"code": "VARCHAR"},
    "country": {"code": "VARCHAR"},
    "kind": {"word": "VARCHAR"},
    "status": {"word": "VARCHAR"},
    "terms": {"days": "INTEGER", "month_end": "BOOLEAN"},
}


def _meaning(field: str, heading: str, home: str = "") -> Callable[[str], tuple[Any, ...]]:
    if field == "currency":
        return lambda word: (currency_code(word, home) or None,)
    if field == "country":
        return lambda word: (country_code(word) or None,)
    if field == "kind":
        return lambda word: (kind_of(word) or None,)
    if field == "status":
        yes_is_open = yes_means_open(heading)
        return lambda word: (status_of(word, yes_is_open=yes_is_open) or None,)
    return lambda word: terms_of(word) or (None, None)


def understand(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column], home: str
) -> tuple[dict[str, list[str]], list[Note]]:
    """Make `intake_word_<field>` for each column of words in `columns`.

    The tables hold (cell, blank, meaning…); the answer holds the words of each field that were
    not understood. `home` is what signs of several currencies mean.
    """
    unknown: dict[str, list[str]] = {}
    notes = []
    for field in _TYPES:
        column = columns.get(field)
        if column is None or column.constant is not None:
            continue
        unknown[field] = _understand(connection, field, column, home)
    for field, code in (("country", NoteCode.COUNTRY_UNKNOWN), ("kind", NoteCode.KIND_UNKNOWN)):
        if unknown.get(field):
            notes.append(Note(code, examples=", ".join(unknown[field][:_EXAMPLES])))
    return unknown, notes


def _understand(
    connection: duckdb.DuckDBPyConnection, field: str, column: Column, home: str
) -> list[str]:
    import pyarrow  # most of a tenth of a second, which a plain file need not wait for

    cell = f"c{column.index}"
    rows = connection.execute(
        f"SELECT DISTINCT {cell} FROM intake_raw WHERE {cell} IS NOT NULL LIMIT {_MOST_WORDS}"
    ).fetchall()
    meaning = _meaning(field, column.heading, home)
    words = [word for (word,) in rows]
    blank = [w.strip() in ("", *EMPTY_WORDS) or w == column.heading for w in words]
    meanings = [meaning(word.strip()) for word in words]
    types = {"varchar": pyarrow.string(), "integer": pyarrow.int32(), "boolean": pyarrow.bool_()}
    data = {
        "cell": pyarrow.array(words, pyarrow.string()),
        "blank": pyarrow.array(blank, pyarrow.bool_()),
    }
    for place, (name, kind) in enumerate(_TYPES[field].items()):
        data[name] = pyarrow.array([m[place] for m in meanings], types[kind.lower()])
    connection.register("intake_arrow", pyarrow.table(data))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE intake_word_{field} AS SELECT * FROM intake_arrow"
    )
    connection.unregister("intake_arrow")
    found = zip(words, blank, meanings, strict=True)
    return sorted(word for word, empty, m in found if not empty and m[0] is None)


def constant(field: str, value: str) -> dict[str, Any]:
    """The meaning of a constant that stands for a whole column."""
    return dict(zip(_TYPES[field], _meaning(field, field)(value), strict=True))


def different_cells(connection: duckdb.DuckDBPyConnection, index: int) -> None:
    """Make `intake_different` (cell) of the different cells of a column.

    A statement of its own: within one, DuckDB would clean every cell before it finds the different.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE intake_different AS SELECT DISTINCT c{index} AS cell "
        f"FROM intake_raw WHERE c{index} IS NOT NULL"
    )


def clean_texts(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Column]
) -> frozenset[str]:
    """Make `intake_text_<field>` (cell, text, number) for the text columns that repeat themselves.

    `text` is the cell without blanks around it, NULL for N/A and the like; `number` is the stable
    number of a buyer. A number of digits loses its leading zeros and a spreadsheet's ".0"; a
    number made from a name is the name in capitals, letters and digits only, one space between
    words and none between Chinese characters, where it means nothing. Answers which other text
    columns need no cleaning at all.
    """
    empty = literals(EMPTY_TEXTS)
    plain = HALF_WIDTH.format("cell")
    digits = f"regexp_replace({plain}, '[.]0+$', '')"
    letters = rf"regexp_replace(nfc_normalize({plain}), '[^\pL\pN]+', ' ', 'g')"
    for _ in range(2):  # each second space, then those between
        letters = rf"regexp_replace({letters}, '(\p{{Han}}) (\p{{Han}})', '\1\2', 'g')"
    numbers = {
        "company_code": "NULL",
        "buyer_number": f"CASE WHEN regexp_matches({plain}, '^[0-9]+([.]0+)?$') "
        f"THEN coalesce(nullif(ltrim({digits}, '0'), ''), '0') ELSE trim({plain}, ' ''') END",
        "buyer_name": f"coalesce(nullif(upper(trim({letters})), ''), {text('cell')})",
    }
    for field, number in numbers.items():
        if field in columns:
            different_cells(connection, columns[field].index)
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE intake_text_{field} AS "
                f"SELECT cell, {text('cell')} AS text, nullif({number}, '') AS number "
                f"FROM intake_different WHERE {text('cell')} NOT IN ({empty})"
            )
    return frozenset(
        field
        for field in ("invoice_number", "sequence")
        if field in columns and _is_plain(connection, columns[field])
    )


def _is_plain(connection: duckdb.DuckDBPyConnection, column: Column) -> bool:
    """Whether every cell is a plain number such as INV-0012, with nothing to clean off."""
    cell = f"c{column.index}"
    odd = f"NOT regexp_matches({cell}, '{PLAIN_NUMBER}')"
    return not connection.execute(f"SELECT 1 FROM intake_raw WHERE {odd} LIMIT 1").fetchall()
