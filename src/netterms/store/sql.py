"""Named SQL statements: `.sql` files inside a room, run on the current connection.

Nothing outside `queries.py`, `actions.py` and this room speaks to the database.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

Row = TypeVar("Row")
Params = Mapping[str, Any] | Sequence[Any]
# The type number of jsonb in every PostgreSQL.
JSONB = 3802
# Keeps PostgreSQL from working out a row anew for every use of it.
FENCE = "OFFSET 0"
# A relation that several statements share stands in a file of its own, and its name in theirs.
_SHARED = re.compile(r"/\* (\w+)\.sql \*/")


@cache
def statement(name: str) -> str:
    """Text of a statement, e.g. `statement("receivables/open_items")`.

    In it `/* late_items.sql */` is the text of that file beside it.
    """
    room, _, file = name.partition("/")
    text = (files(f"netterms.{room}") / "sql" / f"{file}.sql").read_text(encoding="utf-8")
    return _SHARED.sub(lambda found: statement(f"{room}/{found[1]}"), text)


@cache
def in_duckdb(name: str) -> str:
    """Text of a portable question as DuckDB runs it: without the fences, which cost it a core."""
    return statement(name).replace(FENCE, "")


def execute(sql: str, params: Params | None = None) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@contextmanager
def by_hash() -> Iterator[None]:
    """Statements within join whole tables and go through none for each row of another.

    For tables that were just filled, or emptied by a rollback: the planner knows no sizes of them.
    """
    execute("set local enable_nestloop = off")
    yield
    # After an error the transaction is over, and the setting with it.
    execute("set local enable_nestloop to default")


def execute_many(sql: str, params: Sequence[Any]) -> None:
    """Run a statement once for each of `params`, in one round trip."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, params)


def copy_out(query: str, file: Path) -> None:
    """Write the rows of a query to `file` as CSV without headings. It takes no parameters."""
    with connection.cursor() as cursor, file.open("wb") as out:
        wrapped: Any = cursor.cursor
        with wrapped.copy(f"copy ({query}) to stdout (format csv)") as copy:
            for chunk in copy:
                out.write(chunk)


def rows(sql: str, params: Params | None = None) -> list[dict[str, Any]]:
    """Run a query and return its rows by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.description is not None
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        for name in (column[0] for column in cursor.description if column[1] == JSONB):
            for line in found:
                line[name] = _from_json(line[name])
        return found


def row(sql: str, params: Params | None = None) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    found = rows(sql, params)
    return found[0] if found else None


def value(sql: str, params: Params | None = None) -> Any:  # noqa: ANN401 - any column type
    """The first column of the first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        first = cursor.fetchone()
        if first is None:
            return None
        is_json = cursor.description is not None and cursor.description[0][1] == JSONB
        return _from_json(first[0]) if is_json else first[0]


def _from_json(text: str | None) -> Any:  # noqa: ANN401 - any JSON
    # Django leaves jsonb as text, because its own JSON field may bring a decoder of its own.
    return None if text is None else json.loads(text)


def read(name: str, into: type[Row], params: Params | None = None) -> list[Row]:
    """Run the named statement; each row becomes one `into` (a dataclass with the same fields)."""
    return typed(rows(statement(name), params), into)


def typed(found: Sequence[Mapping[str, Any]], into: type[Row]) -> list[Row]:
    """Rows as dataclasses: the fields of `into` are the columns wanted."""
    assert dataclasses.is_dataclass(into)
    names = [f.name for f in dataclasses.fields(into)]
    return [into(**{name: line[name] for name in names}) for line in found]
