"""Reads one sheet of a workbook in a process of its own: `sheet_child.py FILE OUT SHEET MEMORY`.

A malformed workbook can make a spreadsheet parser ask for any amount of memory and abort the
process it runs in. So this small program, which imports nothing of the package, runs apart with a
bound on its memory. It writes `OUT/sheets.json` (names and, when there are several sheets and none
is named, their first rows) and `OUT/sheet.arrow` (every cell of the one sheet as text).

A formula without a result, because no spreadsheet program ever computed it, is its text, "=B2*C2",
and one that failed is "#DIV/0!" or the like. Both would be empty cells otherwise.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLE_ROWS = 200
PIECE = 1 << 22
SHEET = re.compile(r"xl/worksheets/[^/]*[.]xml")
# What the reader calls errors, and what a spreadsheet shows.
ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
    "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip
# A cell with a formula and no value; an empty text is a value.
FORMULA = re.compile(
    rb'<((?:\w+:)?)c\b((?:(?!\bt="str")[^>])*)>\s*<\1f\b(?:[^>]*/>|[^>]*>([^<]*)</\1f>)\s*'
    rb"(?:(?:<\1v\s*/>|<\1v>\s*</\1v>)\s*)?</\1c>"
)


def _bound_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _sheet_rows(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a sheet in pieces of whole rows."""
    rest = b""
    with archive.open(member) as stream:
        while piece := stream.read(PIECE):
            piece = rest + piece
            end = piece.rfind(b"row>") + 4 if b"row>" in piece else 0
            yield piece[:end]
            rest = piece[end:]
    yield rest


def _has_bare(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    return any(
        (b"<f" in rows or b":f" in rows) and FORMULA.search(rows)
        for rows in _sheet_rows(archive, member)
    )


def _as_text(found: re.Match[bytes]) -> bytes:
    """The cell of a formula as a cell with its text."""
    prefix, attributes, formula = found.groups()
    attributes = re.sub(rb'\s\bt="[^"]*"', b"", attributes)
    return b'<%sc%s t="str"><%sv>=%s</%sv></%sc>' % (
        prefix, attributes, prefix, formula or b"", prefix, prefix,
    )  # fmt: skip


def _show_formulas(path: str, copy: Path) -> bool:
    """Write `copy`, with formulas that have no result as texts, if `path` has such formulas."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        sheets = [member for member in members if SHEET.fullmatch(member.filename)]
        bare = {sheet.filename for sheet in sheets if _has_bare(archive, sheet)}
        if not bare:
            return False
        with zipfile.ZipFile(copy, "w") as changed:
            for member in members:
                with changed.open(member.filename, "w", force_zip64=True) as target:
                    for rows in _sheet_rows(archive, member):
                        shown = FORMULA.sub(_as_text, rows) if member.filename in bare else rows
                        target.write(shown)
    return True


def _load(reader: Any, sheet: str, rows: int | None) -> Any:  # noqa: ANN401
    return reader.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")


def _table(sheet: Any) -> Any:  # noqa: ANN401
    """The cells of `sheet`, with the names of errors."""
    import pyarrow

    batch, found = sheet.to_arrow_with_errors()
    columns: dict[int, dict[int, str]] = defaultdict(dict)
    for error in found.errors if found else ():
        name = re.search(r"Error\((\w+)\)", error.detail)
        if name:
            row, column = error.position
            columns[column][row] = ERRORS.get(name[1], "#VALUE!")
    table = pyarrow.table(batch)
    for column, errors in columns.items():
        cells = table.column(column).to_pylist()
        for row, text in errors.items():
            cells[row] = text
        table = table.set_column(column, table.field(column), [pyarrow.array(cells, "string")])
    return table


def main(path: str, out: str, wanted: str, memory: str) -> int:
    """Read the sheet; 0 when done, 3 for a sheet that is not there, 4 for a damaged file."""
    _bound_memory(int(memory))
    import fastexcel
    import pyarrow

    folder = Path(out)
    formulas = _show_formulas(path, folder / "formulas.xlsx")
    try:
        reader = fastexcel.read_excel(folder / "formulas.xlsx" if formulas else path)
        names = reader.sheet_names
    except fastexcel.FastExcelError as error:
        (folder / "error.txt").write_text(str(error), encoding="utf-8", errors="replace")
        return 4
    if "" in names:  # no spreadsheet program writes one, and nobody could ask for it
        return 4
    answer: dict[str, Any] = {"names": names, "samples": {}, "formulas": formulas}
    if wanted and wanted not in names:
        (folder / "sheets.json").write_text(json.dumps(answer), encoding="utf-8")
        return 3
    chosen = wanted or (names[0] if len(names) == 1 else "")
    if chosen:
        table = _table(_load(reader, chosen, None))
        with pyarrow.ipc.new_file(str(folder / "sheet.arrow"), table.schema) as writer:
            writer.write_table(table, max_chunksize=65_536)
    else:
        for name in names:
            try:
                sheet = _load(reader, name, SAMPLE_ROWS)
            except fastexcel.FastExcelError:  # a chart sheet
                continue
            if sheet.visible == "visible":
                columns = [column.to_pylist() for column in pyarrow.table(sheet).columns]
                answer["samples"][name] = [list(row) for row in zip(*columns, strict=True)]
    answer["chosen"] = chosen
    (folder / "sheets.json").write_text(json.dumps(answer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
