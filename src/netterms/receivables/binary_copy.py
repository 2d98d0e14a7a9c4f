"""Rows of DuckDB in the binary form of PostgreSQL's COPY, put together in DuckDB.

PostgreSQL takes them in about half the time that text takes, and nothing has to be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Self

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


class Encoded:
    """Rows that are being put together in another thread, part by part, to be sent in one COPY."""

    def __init__(self, parts: Sequence[Callable[[], list[memoryview]]]) -> None:
        self._beside = ThreadPoolExecutor(1)
        self._parts = [self._beside.submit(part) for part in parts]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what was not begun, and wait for what was."""
        self._beside.shutdown(cancel_futures=True)

    def send(self, write: Callable[[bytes], object]) -> None:
        """Write all rows; an error of the other thread is raised here."""
        write(HEAD)
        while self._parts:
            # What is written is let go.
            for part in self._parts.pop(0).result():
                for start in range(0, len(part), CHUNK_BYTES):
                    write(bytes(part[start : start + CHUNK_BYTES]))
        write(TAIL)


def encode(
    duck: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Kind],
    queries: Sequence[str],
    first: str = "",
) -> Encoded:
    """Begin to put together the rows of all `queries`, which have these columns.

    Statement `first` goes before them. Until it is left, the connection is that thread's.
    """
    line = _line(columns)

    def asked(query: str) -> list[memoryview]:
        found = duck.sql(f"select {line} as line from ({query})").to_arrow_table()  # noqa: S608 - ours
        return [_bytes_of(lines) for lines in found.column(0).chunks]

    def prepared() -> list[memoryview]:
        duck.execute(first)
        return []

    before = [prepared] if first else []
    return Encoded([*before, *(partial(asked, query) for query in queries)])


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
