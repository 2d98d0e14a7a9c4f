"""Workbooks (.xlsx, .xls, .xlsb, .ods): one sheet as text cells, read in a process apart."""

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake.container import MOST_COLUMNS, Limits
from netterms.receivables.intake.mapping import HEADER_WITHIN, columns_of, fields_named, header_row
from netterms.receivables.intake.reasons import Note, NoteCode, refuse
from netterms.receivables.intake.textfile import RAW, SURPLUS

_CHILD = Path(__file__).with_name("sheet_child.py")
_SAMPLE_ROWS = 500
_NO_SHEET = 3


@dataclass(slots=True)
class Workbook:
    """A sheet, ready to be read: `table` holds every cell as text, row by row from the top."""

    sheet: str
    table: Any  # pyarrow.Table
    rows: list[list[str]]
    formulas: bool  # whether cells hold formulas without a result, shown as their text
    notes: list[Note] = field(default_factory=list)


def open_workbook(path: Path, sheet: str | None, folder: Path, limits: Limits) -> Workbook:
    """Read `sheet`, or else the sheet whose first rows name the most fields."""
    answer = _run(path, sheet or "", folder, limits)
    if not answer["chosen"]:
        samples = {
            name: max((fields_named(_texts(row)) for row in rows[:HEADER_WITHIN]), default=0)
            for name, rows in answer["samples"].items()
        }
        if not samples:
            raise refuse(Code.FILE_EMPTY, "empty", file=path.name)
        chosen = max(samples, key=lambda name: samples[name])
        others = [n for n, rows in answer["samples"].items() if n != chosen and _is_list(rows)]
        book = _loaded(_run(path, chosen, folder, limits), path, folder)
        if others:
            listed = ", ".join(f"“{name}”" for name in others)
            book.notes.append(Note(NoteCode.SHEETS_UNREAD, sheet=chosen, sheets=listed))
        return book
    return _loaded(answer, path, folder)


def _is_list(rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether a sheet could be read as an invoice list of its own."""
    sample = [_texts(row) for row in rows]
    try:
        at = header_row(sample)
        columns_of(sample[at], sample[at + 1 :], {})
    except Refusal:
        return False
    return len(sample) > at + 1


def _loaded(answer: dict[str, Any], path: Path, folder: Path) -> Workbook:
    """The sheet that the child has written."""
    import pyarrow  # only workbooks need it here

    with pyarrow.memory_map(str(folder / "sheet.arrow")) as source:
        table = pyarrow.ipc.open_file(source).read_all()
    if not table.num_rows or not table.num_columns:
        raise refuse(Code.FILE_EMPTY, "empty", file=path.name, sheet=answer["chosen"])
    if table.num_columns > MOST_COLUMNS:
        raise refuse(Code.FILE_TOO_LARGE, "too_large", file=path.name, limit=MOST_COLUMNS)
    columns = [column.to_pylist() for column in table.slice(0, _SAMPLE_ROWS).columns]
    rows = [_texts(row) for row in zip(*columns, strict=True)]
    return Workbook(answer["chosen"], table, rows, answer["formulas"])


def open_sheets(path: Path, folder: Path, limits: Limits) -> list[Workbook]:
    """Every sheet that can be seen, in the order of the file; its `rows` alone may be read."""
    answer = _run(path, "", folder, limits)
    if answer["chosen"]:
        return [_loaded(answer, path, folder)]
    filled = [name for name, rows in answer["samples"].items() if rows]
    if not filled:
        raise refuse(Code.FILE_EMPTY, "empty", file=path.name)
    return [_loaded(_run(path, name, folder, limits), path, folder) for name in filled]


def _texts(row: Sequence[str | None]) -> list[str]:
    return [cell or "" for cell in row]


def _run(path: Path, sheet: str, folder: Path, limits: Limits) -> dict[str, Any]:
    """Run the child. A crash of the child is a damaged file, not our crash."""
    command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), str(folder), sheet]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, str(limits.workbook_memory)],
            capture_output=True,
            timeout=limits.workbook_seconds,
            check=False,
        )
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise refuse(Code.FILE_UNREADABLE, "corrupt", file=path.name) from error
    if done.returncode not in (0, _NO_SHEET):
        error_file = folder / "error.txt"
        reason = error_file.read_text(encoding="utf-8") if error_file.exists() else ""
        mend = "password" if "password" in reason.lower() else "corrupt"
        raise refuse(Code.FILE_UNREADABLE, mend, file=path.name)
    answer: dict[str, Any] = json.loads((folder / "sheets.json").read_text(encoding="utf-8"))
    if done.returncode == _NO_SHEET:
        raise refuse(Code.NOT_FOUND, "sheet", field="sheet", value=sheet, sheets=answer["names"])
    return answer


def load_workbook(
    connection: duckdb.DuckDBPyConnection, book: Workbook, header: int, columns: Sequence[int],
    limit: int | None,
) -> None:  # fmt: skip
    """Put `columns` of all rows below row `header` (from 0) into the table `intake_raw`."""
    table = book.table.slice(header + 1, limit)
    table = table.rename_columns([f"c{k}" for k in range(table.num_columns)])
    connection.register("intake_arrow", table)
    wanted = ", ".join(f"c{k}" for k in columns)
    wanted += f", CAST(NULL AS VARCHAR) AS {SURPLUS}"  # a cell beyond the headings moves no other
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT {wanted} FROM intake_arrow")
    connection.unregister("intake_arrow")
