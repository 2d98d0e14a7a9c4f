"""Small files for the intake tests, and what was read from them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from netterms.receivables.intake import Staged, read

day = dt.date


def text_file(folder: Path, text: str | bytes, name="list.csv", encoding="utf-8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def book(folder: Path, rows: list[list[object]], name="list.xlsx", merge=()) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    path = folder / name
    workbook.save(path)
    return path


def rows_of(staged: Staged, *columns: str) -> list[tuple[object, ...]]:
    """`columns` of all staged rows, in the order of the file."""
    found = staged.connection.execute(f"SELECT {', '.join(columns)} FROM staged ORDER BY row_no")
    return [row if len(columns) > 1 else row[0] for row in found.fetchall()]


def bad_of(staged: Staged) -> list[tuple[int, str, str, str]]:
    """(row, heading, value, reason) of every bad cell."""
    return [(b.row, b.column, b.value, b.reason) for b in staged.bad(1000)]


def codes_of(staged: Staged) -> set[str]:
    return {note.code.value for note in staged.guess.notes}


def one_column(folder: Path, heading: str, cells: list[str], **options) -> Staged:
    """Read a list whose `heading` column holds `cells`; the rest is in order."""
    other = {"Amount": "100.00", "Invoice date": "2026-01-01", "Due date": "2026-03-01"}
    other.pop("Amount" if "金额" in heading else heading, None)
    lines = [f"Buyer\t{heading}\t" + "\t".join(other)]
    lines += [f"Buyer {k}\t{cell}\t" + "\t".join(other.values()) for k, cell in enumerate(cells)]
    path = text_file(folder, "\n".join(lines) + "\n", f"one-{abs(hash(tuple(cells)))}.txt")
    return read(path, **options)
