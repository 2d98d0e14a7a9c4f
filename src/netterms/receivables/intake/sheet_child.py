"""Reads one sheet of a workbook in a process of its own: `sheet_child.py FILE OUT SHEET MEMORY`.

A malformed workbook can make a spreadsheet parser ask for any amount of memory and abort the
process it runs in. So this small program, which imports nothing of the package, runs apart with a
bound on its memory. It writes `OUT/sheets.json` (names and, when there are several sheets and none
is named, their first rows) and `OUT/sheet.arrow` (every cell of the one sheet as text).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SAMPLE_ROWS = 200


def _bound_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _load(reader: Any, sheet: str, rows: int | None) -> Any:  # noqa: ANN401
    return reader.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")


def main(path: str, out: str, wanted: str, memory: str) -> int:
    """Read the sheet; 0 when done, 3 for a sheet that is not there, 4 for a damaged file."""
    _bound_memory(int(memory))
    import fastexcel
    import pyarrow

    folder = Path(out)
    try:
        reader = fastexcel.read_excel(path)
        names = reader.sheet_names
    except fastexcel.FastExcelError as error:
        (folder / "error.txt").write_text(str(error), encoding="utf-8", errors="replace")
        return 4
    answer: dict[str, Any] = {"names": names, "samples": {}}
    if wanted and wanted not in names:
        (folder / "sheets.json").write_text(json.dumps(answer), encoding="utf-8")
        return 3
    chosen = wanted or (names[0] if len(names) == 1 else "")
    if chosen:
        table = pyarrow.table(_load(reader, chosen, None))
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
