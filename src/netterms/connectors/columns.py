"""Lists with one heading a column, text, workbook or Parquet: what several connectors read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.intake.container import Limits
from netterms.receivables.intake.rows import Row, plain, rows_of

LIMITS = Limits(unzipped_bytes=2**30, workbook_memory=2 * 2**30, workbook_seconds=120)
MOST_LINES = 1_000_000
_MOST_ROWS = MOST_LINES + 1_000  # with what stands above the headings, and blank rows
HEADER_WITHIN = 40  # rows from the top in which the headings must stand
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
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

    COLUMN_MISSING, FILE_EMPTY, FILE_UNREADABLE, FILE_TOO_LARGE.
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
    """The day in a cell, the year first, with or without a time of day behind it. VALUE_INVALID."""
    cell = cells[column]
    found = _DAY.match(cell)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(cell[:10])
    except ValueError:
        raise invalid(column, cell, Mend.DAY) from None


def read_columns(path: Path, needed: Collection[str]) -> list[tuple[int, Mapping[str, str]]]:
    """The lines with their rows in the file, the headings in lower case; '' is an empty cell.

    Of two columns with one heading the first counts. COLUMN_MISSING, FILE_EMPTY, FILE_UNREADABLE,
    FILE_TOO_LARGE.
    """
    rows = _of_parquet(path) if path.suffix == ".parquet" else rows_of(path, LIMITS, _MOST_ROWS)[0]
    at, heads = _headings(rows, needed, path.name)
    below = [(n, row) for n, row in enumerate(rows[at + 1 :], at + 2) if any(map(str.strip, row))]
    if not below:
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    if len(below) > MOST_LINES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_LINES)
    return [
        (n, {head: plain(row[k]) if k < len(row) else "" for head, k in heads.items()})
        for n, row in below
    ]


def _headings(
    rows: Sequence[Row], needed: Collection[str], file: str
) -> tuple[int, Mapping[str, int]]:
    """The first row that has every heading needed, and where each of its headings stands."""
    nearest: Collection[str] = needed
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        heads: dict[str, int] = {}
        for k, cell in enumerate(row):
            heads.setdefault(plain(cell).lower(), k)
        missing = [column for column in needed if column not in heads]
        if not missing:
            return at, heads
        nearest = min(nearest, missing, key=len)
    missing = list(nearest)
    raise Refusal(
        Code.COLUMN_MISSING, field=missing[0], mend=Mend.ADD_COLUMNS, file=file,
        columns=", ".join(missing),
    )  # fmt: skip


def _of_parquet(path: Path) -> list[Row]:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            told = file.metadata
            size = sum(told.row_group(k).total_byte_size for k in range(told.num_row_groups))
            if told.num_rows > MOST_LINES or size > LIMITS.unzipped_bytes:
                raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_LINES)
            table = file.read()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    columns = [column.to_pylist() for column in table.columns]
    return [table.column_names, *(list(map(_text, row)) for row in zip(*columns, strict=True))]


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).replace("\0", "")
