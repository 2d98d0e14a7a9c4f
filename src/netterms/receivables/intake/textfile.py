"""Text files: their delimiter, a sample of their rows, and all their rows in DuckDB."""

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from netterms.kernel.refusal import Code
from netterms.receivables.intake.container import MOST_COLUMNS
from netterms.receivables.intake.encoding import Scan, detect, scan, transcode
from netterms.receivables.intake.mapping import fields_named
from netterms.receivables.intake.reasons import Note, NoteCode, refuse
from netterms.receivables.intake.sqltext import literal

RAW = "intake_raw"
# The column of `intake_raw` that shows the end of a row with more cells than there are headings.
SURPLUS = "surplus"
_SAMPLE_BYTES = 1 << 19
_CHUNK = 1 << 22
_SAMPLE_ROWS = 500
_DELIMITER_ROWS = 150
_DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile("[\r\n]")
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
        _check_width(rows)
        if not any(c.count("\n") > _LONGEST_CELL_LINES for row in rows for c in row):
            return rows, True
    except csv.Error:
        pass
    lines = islice(io.StringIO(sample), count)
    rows = [line.rstrip("\n").split(delimiter) for line in lines]
    _check_width(rows)
    return rows, False


def _check_width(rows: Sequence[Sequence[str]]) -> None:
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise refuse(Code.FILE_TOO_LARGE, "too_large", limit=MOST_COLUMNS)


def _delimiter(sample: str) -> str:
    """The delimiter that makes the best headings, then the widest steady table."""

    def merit(delimiter: str) -> tuple[int, float, int]:
        rows = [row for row in _parse(sample, delimiter, _DELIMITER_ROWS)[0] if any(row)]
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=lambda w: (widths.count(w), w), default=1)
        headings = max((fields_named(row) for row in rows[:60]), default=0)
        return headings, (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(_DELIMITERS, key=merit)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the headings stand in a text's rows, and how far a row of it may go.

    `last` is the last column with a heading, or that a person named. No row has more than `widest`
    cells, empty ones included, where more would mean an amount cut in two by its comma; `even` is
    whether none has.
    """

    header: int
    last: int
    widest: int | None = None
    even: bool = True


def frame_of(text: Text, header: int, last: int, exposed: Sequence[int]) -> Frame:
    """The frame of `text`. A comma within an amount of the columns `exposed` moves text only."""
    if not exposed:
        return Frame(header, last)
    width = len(text.rows[header])
    below = [row for row in text.rows[header + 1 :] if any(row)]
    usual = {len(row) for row in below}
    # Every line may end with a delimiter, unless what looks like that end makes room for a cut.
    if len(usual) == 1 and not any(_is_cut(row, k) for row in below for k in exposed):
        width = max(width, *usual)
    return Frame(header, last, width, even=_is_even(text, header, width))


def _is_cut(row: Sequence[str], column: int) -> bool:
    """Whether the amount in `column` goes on in the next cell: 1 and 234.56."""
    amount, rest = (row[k].strip() if k < len(row) else "" for k in (column, column + 1))
    return bool(re.fullmatch(r"\D?\d{1,3}", amount) and re.fullmatch(r"\d{3}([.]\d+)?\D?", rest))


def _is_even(text: Text, header: int, widest: int) -> bool:
    """Whether no row has more cells than `widest`: DuckDB's reader overlooks empty ones."""
    # Most files are evenly written: no cell in quotes, or each. Counting is then enough.
    between = f'"{text.delimiter}"' if text.found.quotes else text.delimiter
    above = sum(len(row) - 1 for row in text.rows[: header + 1])
    lines = text.found.lines - text.skip - header - 1
    if _count(text, between) - above == lines * (len(text.rows[header]) - 1):
        return True
    try:
        rows = islice(_records(text, text.quoting), header + 1, None)
        return all(len(row) <= widest for row in rows)
    except csv.Error:
        return False


def _count(text: Text, between: str) -> int:
    """How often `between` stands in the file below its "sep=;"."""
    wanted, count, tail = between.encode(), 0, b""
    with text.path.open("rb") as file:
        for _ in range(text.skip):
            file.readline()
        while piece := file.read(_CHUNK):
            piece = tail + piece  # one may stand across the end of a piece
            count += piece.count(wanted)
            tail = piece[len(piece) - len(wanted) + 1 :]
    return count


def is_regular(text: Text, frame: Frame) -> bool:
    """Whether the strict parallel reader of DuckDB may be tried on it."""
    return (
        text.quoting
        and frame.even
        and not text.found.blank_lines
        and not text.found.formula_text
        and not any("\n" in cell for row in text.rows[: frame.header + 1] for cell in row)
    )


def load_text(
    connection: duckdb.DuckDBPyConnection, text: Text, frame: Frame, columns: Sequence[int],
    limit: int | None, folder: Path,
) -> None:  # fmt: skip
    """Put `columns` of all rows below the headings into the table `intake_raw`, and `surplus`.

    The table's rowid is the row's place below the headings, blank rows counted. The strict parallel
    reader of DuckDB is used where the file is regular; any other file is first written out in
    regular form.
    """
    header, width = frame.header, len(text.rows[frame.header])
    regular = is_regular(text, frame)
    skip = text.skip + header + 1
    if regular:
        ends = [f"c{k}" for k in range(frame.last, width)]
        surplus = f"CASE WHEN trim(concat({', '.join(ends[1:])})) <> '' "
        surplus += f"THEN concat_ws({literal(text.delimiter)}, {', '.join(ends)}) END"
        source = [str(text.path), text.delimiter, skip]
        try:
            _load(connection, source, width, columns, surplus if ends[1:] else "NULL", limit)
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
        width = max(width, 2)
        _regularise(text, clean, frame, width=width, limit=limit)
        _load(connection, [str(clean), ",", 0], width + 1, columns, f"c{width}", None)


def _load(
    connection: duckdb.DuckDBPyConnection, source: list[Any], width: int, columns: Sequence[int],
    surplus: str, limit: int | None,
) -> None:  # fmt: skip
    wanted = ", ".join(f"c{k}" for k in columns)
    cut = f" LIMIT {limit:d}" if limit is not None else ""
    query = f"SELECT {wanted}, CAST({surplus} AS VARCHAR) AS {SURPLUS} FROM {_source(width, {})}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {RAW} AS {query}{cut}", source)


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


def _regularise(text: Text, target: Path, frame: Frame, *, width: int, limit: int | None) -> None:
    """Write the rows to `target` all equally wide, one line each, blank rows kept."""
    quoting, skip = text.quoting, frame.header + 1
    while True:
        try:
            with target.open("w", encoding="utf-8", newline="\n") as out:
                writer = csv.writer(out, lineterminator="\n")
                rows = islice(
                    _records(text, quoting), skip, None if limit is None else skip + limit
                )
                lines = _regular_rows(rows, width, text.found.quotes)
                writer.writerows(
                    _with_surplus(line, frame, width, text.delimiter) for line in lines
                )
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


def _with_surplus(row: list[str], frame: Frame, width: int, delimiter: str) -> list[str]:
    """`row` in `width` cells and a last one: what stands from the last heading on, if too much."""
    beyond = row[frame.last + 1 :]
    wide = frame.widest is not None and len(row) > frame.widest
    surplus = delimiter.join(row[frame.last :]) if wide or any(map(str.strip, beyond)) else ""
    return [*row[:width], surplus]


def _regular_rows(rows: Iterator[list[str]], width: int, quotes: bool) -> Iterator[list[str]]:
    """`rows` without line breaks in their cells, none shorter than `width`."""
    for row in rows:
        if quotes and any(_LINE_END.search(cell) or cell.startswith('="') for cell in row):
            if any(cell.count("\n") > _LONGEST_CELL_LINES for cell in row):
                raise _UnclosedQuoteError
            row = [_one_line(cell) for cell in row]
        yield row if len(row) >= width else row + [""] * (width - len(row))


def _one_line(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return _LINE_END.sub(" ", cell)
