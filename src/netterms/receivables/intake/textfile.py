"""Text files: their delimiter, a sample of their rows, and all their rows in DuckDB."""

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from netterms.kernel.refusal import Code
from netterms.receivables.intake.encoding import Scan, detect, scan, transcode
from netterms.receivables.intake.mapping import fields_named
from netterms.receivables.intake.reasons import Note, NoteCode, refuse

RAW = "intake_raw"
_SAMPLE_BYTES = 1 << 19
_SAMPLE_ROWS = 500
_DELIMITER_ROWS = 150
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL_LINES = 20  # a cell of more lines is a quote that was never closed


@dataclass(slots=True)
class Text:
    """A text file, ready to be read: `path` is UTF-8 and may stand in the temporary folder."""

    path: Path
    encoding: str
    delimiter: str
    found: Scan
    rows: list[list[str]]  # the first rows, blank ones too
    skip: int  # lines above the first row: "sep=;"
    quoting: bool = True
    notes: list[Note] = field(default_factory=list)


def open_text(path: Path, folder: Path) -> Text:
    """Find out encoding and delimiter and read the first rows. `folder` is for temporary files."""
    found = scan(path)
    name = detect(path, found)
    notes = []
    if name not in ("utf-8", "utf-8-sig") or not found.utf8 or found.carriage_returns or found.nul:
        target = folder / "text.csv"
        if transcode(path, name, target):
            notes.append(Note(NoteCode.ENCODING_DAMAGED, encoding=name))
        path, found = target, scan(target)
    elif any(c in str(path) for c in "*?["):  # DuckDB would take these for a pattern
        target = folder / "text.csv"
        try:
            target.symlink_to(path.resolve())
        except OSError:
            shutil.copyfile(path, target)
        path = target
    sample = _first_text(path)
    if not sample.strip():
        raise refuse(Code.FILE_EMPTY, "empty")
    skip = 1 if sample[:4].lower() == "sep=" else 0
    declared = sample[4:5] if skip else ""
    sample = sample.split("\n", 1)[-1] if skip else sample
    delimiter = declared if declared in _DELIMITERS else _delimiter(sample)
    rows, quoting = _parse(sample, delimiter, _SAMPLE_ROWS)
    if found.formula_text:
        rows = [[_one_line(cell) for cell in row] for row in rows]
    return Text(path, name, delimiter, found, rows, skip, quoting, notes)


def _first_text(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_SAMPLE_BYTES)
    if len(start) == _SAMPLE_BYTES and b"\n" in start:
        start = start[: start.rindex(b"\n") + 1]
    return start.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def _parse(sample: str, delimiter: str, count: int) -> tuple[list[list[str]], bool]:
    """The first `count` rows, and whether quotes are quotes and not inch signs."""
    try:
        rows = list(islice(csv.reader(io.StringIO(sample), delimiter=delimiter), count))
        if not any(c.count("\n") > _LONGEST_CELL_LINES for row in rows for c in row):
            return rows, True
    except csv.Error:
        pass
    lines = islice(io.StringIO(sample), count)
    return [line.rstrip("\n").split(delimiter) for line in lines], False


def _delimiter(sample: str) -> str:
    """The delimiter that makes the best headings, then the widest steady table."""

    def merit(delimiter: str) -> tuple[int, float, int]:
        rows = [row for row in _parse(sample, delimiter, _DELIMITER_ROWS)[0] if any(row)]
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=lambda w: (widths.count(w), w), default=1)
        headings = max((fields_named(row) for row in rows[:60]), default=0)
        return headings, (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(_DELIMITERS, key=merit)


def is_regular(text: Text, header: int) -> bool:
    """Whether the strict parallel reader of DuckDB may be tried on it."""
    return (
        text.quoting
        and not text.found.blank_lines
        and not text.found.formula_text
        and not any("\n" in cell for row in text.rows[: header + 1] for cell in row)
    )


def load_text(
    connection: duckdb.DuckDBPyConnection, text: Text, header: int, columns: Sequence[int],
    limit: int | None, folder: Path,
) -> None:  # fmt: skip
    """Put `columns` of all rows below row `header` (from 0) into the table `intake_raw`.

    The table's rowid is the row's place below the headings, blank rows counted. The strict parallel
    reader of DuckDB is used where the file is regular; any other file is first written out in
    regular form.
    """
    width = len(text.rows[header])
    regular = is_regular(text, header)
    skip = text.skip + header + 1
    if regular:
        try:
            _load(connection, text.path, text.delimiter, skip, width, columns, limit)
        except duckdb.Error:
            regular = False
    if regular and limit is None:
        count = connection.execute(f"SELECT count(*) FROM {RAW}").fetchall()[0][0]
        expected = text.found.lines - skip
        if text.found.quotes and count < expected:
            text.notes.append(Note(NoteCode.RECORDS_COUNTED))
        else:
            regular = count == max(0, expected)
    if not regular:
        clean = folder / "regular.csv"
        _regularise(text, clean, skip=header + 1, width=width, limit=limit)
        _load(connection, clean, ",", 0, max(width, 2), columns, None)


def _load(
    connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, skip: int, width: int,
    columns: Sequence[int], limit: int | None,
) -> None:  # fmt: skip
    wanted = ", ".join(f"c{k}" for k in columns)
    cut = f" LIMIT {limit:d}" if limit is not None else ""
    source = _source(width, {})
    query = f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT {wanted} FROM {source}{cut}"
    connection.execute(query, [str(path), delimiter, skip])


def rows_from(text: Text, header: int, types: Mapping[int, str]) -> tuple[str, list[Any]]:
    """SQL for the rows below row `header` with its parameters: columns c0, c1, … of `types`.

    Columns without a type are text.
    """
    params = [str(text.path), text.delimiter, text.skip + header + 1]
    return _source(len(text.rows[header]), types), params


def _source(width: int, types: Mapping[int, str]) -> str:
    schema = ", ".join(f"'c{k}': '{types.get(k, 'VARCHAR')}'" for k in range(width))
    return (
        f"read_csv(?, delim = ?, skip = ?, columns = {{{schema}}}, header = false, "
        "auto_detect = false, quote = '\"', escape = '\"', strict_mode = true, "
        "compression = 'none', encoding = 'utf-8')"
    )


def _regularise(text: Text, target: Path, *, skip: int, width: int, limit: int | None) -> None:
    """Write the rows to `target` all equally wide, one line each, blank rows kept."""
    quoting = text.quoting
    while True:
        try:
            with target.open("w", encoding="utf-8", newline="\n") as out:
                writer = csv.writer(out, lineterminator="\n")
                rows = islice(
                    _records(text, quoting), skip, None if limit is None else skip + limit
                )
                writer.writerows(_regular_rows(rows, max(width, 2), text.found.quotes))
            return
        except (csv.Error, _UnclosedQuoteError):
            if not quoting:
                raise refuse(Code.FILE_UNREADABLE, "corrupt") from None
            quoting = False  # the quotes are no quotes: read again without them


class _UnclosedQuoteError(Exception):
    """A cell goes on for so many lines that its quote was never closed."""


def _records(text: Text, quoting: bool) -> Iterator[list[str]]:
    with text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = islice(file, text.skip, None)
        if quoting:
            yield from csv.reader(lines, delimiter=text.delimiter)
        else:
            yield from csv.reader(lines, delimiter=text.delimiter, quoting=csv.QUOTE_NONE)


def _regular_rows(rows: Iterator[list[str]], width: int, quotes: bool) -> Iterator[list[str]]:
    for row in rows:
        if quotes and any("\n" in cell or cell.startswith('="') for cell in row):
            if any(cell.count("\n") > _LONGEST_CELL_LINES for cell in row):
                raise _UnclosedQuoteError
            row = [_one_line(cell) for cell in row]
        yield row[:width] if len(row) >= width else row + [""] * (width - len(row))


def _one_line(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return " ".join(cell.split("\n")) if "\n" in cell else cell
