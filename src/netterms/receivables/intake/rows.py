"""Every row of a small table as text cells, for readers with headings of their own."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake.container import Limits, kind_of_file
from netterms.receivables.intake.textfile import open_text
from netterms.receivables.intake.workbook import open_workbook

Row = Sequence[str]


def rows_of(path: Path, limits: Limits, most: int) -> tuple[list[Row], bool]:
    """The rows of a text or of a workbook's sheet, and whether it was a workbook.

    FILE_UNREADABLE, FILE_EMPTY; FILE_TOO_LARGE beyond `limits`, or for more than `most` rows.
    """
    with tempfile.TemporaryDirectory(prefix="netterms-") as name:
        folder = Path(name)
        typed = kind_of_file(path, limits) == "workbook"
        rows = _of_workbook(path, folder, limits) if typed else _of_text(path, folder, most)
    if len(rows) > most:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=most)
    return rows, typed


def plain(cell: str) -> str:
    """A cell without blanks around it, and without the `="…"` that keeps a number's zeros."""
    cell = cell.strip().strip("\t")
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


def _of_workbook(path: Path, folder: Path, limits: Limits) -> list[Row]:
    table = open_workbook(path, None, folder, limits).table
    columns = [column.to_pylist() for column in table.columns]
    return [[cell or "" for cell in row] for row in zip(*columns, strict=True)]


def _of_text(path: Path, folder: Path, most: int) -> list[Row]:
    text = open_text(path, folder)
    try:
        with text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            above: list[Row] = [[file.readline()] for _ in range(text.skip)]  # "sep=;"
            found = (
                csv.reader(file, delimiter=text.delimiter)
                if text.quoting
                else csv.reader(file, delimiter=text.delimiter, quoting=csv.QUOTE_NONE)
            )
            return above + [row for row, _ in zip(found, range(most + 1), strict=False)]
    except csv.Error as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
