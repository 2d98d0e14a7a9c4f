"""Rows of DuckDB in the binary form of PostgreSQL's COPY, put together in DuckDB.

PostgreSQL takes them in about half the time that text takes, and nothing has to be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
CHUNK_BYTES = 1 << 20


class Kind(StrEnum):
    """What a column is in PostgreSQL; says how DuckDB makes the bytes of its value `{}`."""

    # The bits of an integer, as bytes, are in PostgreSQL's order: the highest first.
    BIGINT = "{}::bigint::bit::blob"
    DATE = "({} - date '2000-01-01')::integer::bit::blob"
    TEXT = "encode({})"
    # A blob of sixteen bytes: to make each from text would cost more than all the rest of a row.
    UUID = "{}"


WIDTHS = {Kind.BIGINT: 8, Kind.DATE: 4, Kind.UUID: 16}


def send(
    duck: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Kind],
    queries: Sequence[str],
    write: Callable[[bytes], object],
) -> None:
    """Write the rows of all `queries`, which have these columns, as one binary COPY.

    While one part is written, the next query is asked in another thread.
    """
    line = _line(columns)

    def asked(query: str) -> list[memoryview]:
        found = duck.sql(f"select {line} as line from ({query})").to_arrow_table()  # noqa: S608 - ours
        return [_bytes_of(lines) for lines in found.column(0).chunks]

    write(HEAD)
    with ThreadPoolExecutor(1) as beside:
        for lines in beside.map(asked, queries):
            for part in lines:
                for start in range(0, len(part), CHUNK_BYTES):
                    write(bytes(part[start : start + CHUNK_BYTES]))
    write(TAIL)


def _line(columns: Mapping[str, Kind]) -> str:
    """One row as an expression: how many columns, then each after its length."""
    fields = [_field(name, kind) for name, kind in columns.items()]
    return " || ".join([_constant(len(columns).to_bytes(2)), *fields])


def _field(name: str, kind: Kind) -> str:
    value = kind.format(name)
    if kind is Kind.TEXT:
        length = f"octet_length({value})::integer::bit::blob"
    else:
        length = _constant(WIDTHS[kind].to_bytes(4))
    return f"coalesce({length} || {value}, {_constant(NULL)})"


def _constant(value: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02x}" for byte in value) + "'::blob"


def _bytes_of(lines: Any) -> memoryview:  # noqa: ANN401 - pyarrow ships no types
    """All lines of an Arrow array of blobs; they lie one behind the other."""
    _, offsets, values = lines.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(values)[ends[lines.offset] : ends[lines.offset + len(lines)]]
