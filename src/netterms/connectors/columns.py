"""Lists with one heading a column, CSV or Parquet, as text: what several connectors read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

import duckdb

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid

MOST_LINES = 1_000_000
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Lines(Generic[Line]):
    """What a list holds, the row of each line, and by row what cannot be used."""

    lines: tuple[Line, ...]
    rows: tuple[int, ...]
    bad: tuple[tuple[int, Refusal], ...]

    def all_bad(self, flaws: Sequence[tuple[int, Refusal]]) -> list[tuple[int, Refusal]]:
        """With what the book says against a line at its place, in the order of the rows."""
        found = [(self.rows[place], refusal) for place, refusal in flaws]
        return sorted([*self.bad, *found], key=lambda each: each[0])


def read_lines(
    path: Path, needed: Collection[str], line: Callable[[Mapping[str, str]], Line]
) -> Lines[Line]:
    """What `line` makes of each row of a list; a VALUE_INVALID of it makes the row a bad one.

    COLUMN_MISSING, FILE_UNREADABLE, FILE_TOO_LARGE.
    """
    lines, rows, bad = [], [], []
    for row, cells in read_columns(path, needed):
        try:
            lines.append(line(cells))
            rows.append(row)
        except Refusal as refusal:
            bad.append((row, refusal))
    return Lines(tuple(lines), tuple(rows), tuple(bad))


def day(cells: Mapping[str, str], column: str) -> date:
    """The day in a cell, with or without a time of day behind it. VALUE_INVALID."""
    try:
        return date.fromisoformat(cells[column][:10])
    except ValueError:
        raise invalid(column, cells[column], Mend.DAY) from None


def read_columns(path: Path, needed: Collection[str]) -> list[tuple[int, Mapping[str, str]]]:
    """The lines with their rows in the file, the headings in lower case; '' is an empty cell.

    COLUMN_MISSING, FILE_UNREADABLE, FILE_TOO_LARGE.
    """
    read = "read_parquet(?)" if path.suffix == ".parquet" else "read_csv(?, all_varchar=true)"
    with duckdb.connect() as connection:
        try:
            # Only the two readers above: the path is a parameter.
            found = connection.execute(f"select * from {read}", [str(path)])  # noqa: S608
            heads = [column[0].strip().lower() for column in found.description or ()]
            rows = found.fetchmany(MOST_LINES + 1)
        except duckdb.Error as error:
            raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    for column in needed:
        if column not in heads:
            raise Refusal(Code.COLUMN_MISSING, column=column, file=path.name)
    if len(rows) > MOST_LINES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, most=MOST_LINES)
    texts = (["" if cell is None else str(cell).strip() for cell in row] for row in rows)
    return [(n, dict(zip(heads, line, strict=True))) for n, line in enumerate(texts, 2)]
