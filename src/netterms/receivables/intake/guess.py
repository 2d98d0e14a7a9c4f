"""What intake found out about a file, and what it hands over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from netterms.receivables.intake.reasons import Note

How = Literal["heading", "content", "given"]


@dataclass(frozen=True, slots=True)
class Column:
    """Where one field comes from: a column of the file or, for `constant`, no column at all."""

    field: str
    heading: str
    how: How
    index: int = -1  # position in the file, from 0; -1 for a constant
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """How a file is read. `columns` is by field; `decimal` and `date_order` by field too.

    `decimal` is "point" (1,234.56) or "comma" (1.234,56); `date_order` is "ymd", "dmy" or "mdy".
    `header_row` counts from 1. `currency` is what rows that name none are taken to be in.
    """

    kind: Literal["text", "workbook"]
    header_row: int
    headings: tuple[str, ...]
    columns: Mapping[str, Column]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal: Mapping[str, str] = field(default_factory=dict)
    date_order: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """The heading (or "=constant") each recognised field is read from."""
        return {name: column.heading for name, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class BadCell:
    """One cell that keeps its row out: `column` is the heading as in the file."""

    row: int
    column: str
    value: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Staged:
    """The tables `staged` and `bad` in `connection`; `rows` and `bad_rows` count their rows."""

    connection: duckdb.DuckDBPyConnection
    guess: Guess
    rows: int
    bad_rows: int

    def bad(self, limit: int = 100) -> list[BadCell]:
        """The first `limit` bad cells in the order of the file."""
        found = self.connection.execute(
            "SELECT row_no, column_name, value, reason, mend FROM bad ORDER BY row_no, rowid "
            "LIMIT ?",
            [limit],
        ).fetchall()
        return [BadCell(*cells) for cells in found]
