"""Lists with one heading a column, CSV or Parquet, as text: what several connectors read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from netterms.kernel.refusal import Code, Refusal

MOST_LINES = 1_000_000


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
