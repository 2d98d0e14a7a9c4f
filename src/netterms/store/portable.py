"""Portable questions: one `.sql` file (DuckDB's dialect), the same answer on every engine.

A question reads the relation `item` (one row an invoice as known on `$as_of`). On files DuckDB has a
table of that name; on the live book PostgreSQL gets it as a common table expression.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlglot
from sqlglot import exp

from netterms.store import sql

if TYPE_CHECKING:
    import duckdb

Answer = list[dict[str, Any]]


class Engine(Protocol):
    """Answers portable questions."""

    def ask(self, question: str, **params: object) -> Answer:
        """Rows by column name of the statement named `room/file`."""
        ...


class DuckEngine:
    """Answers over a DuckDB connection that holds a table or view `item`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def ask(self, question: str, **params: object) -> Answer:
        text = sql.statement(question)
        wanted = {name: value for name, value in params.items() if f"${name}" in text}
        cursor = self.connection.execute(text, wanted)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class PostgresEngine:
    """Answers over the live book. Call it inside the seller's book (`store.tenancy.book`)."""

    def __init__(self, item: str) -> None:
        """`item` is the SELECT that gives the relation of that name; it may use %(as_of)s."""
        self.item = item

    def ask(self, question: str, **params: object) -> Answer:
        return sql.rows(in_postgres(question, self.item), params)


@cache
def in_postgres(question: str, item: str) -> str:
    """The question in PostgreSQL's dialect, with `item` put before it."""
    return translated(sql.statement(question), item)


def translated(text: str, item: str) -> str:
    """DuckDB text to PostgreSQL: `$name` becomes `%(name)s`, and `item` a table expression."""
    tree = sqlglot.parse_one(text, read="duckdb")
    # Percent signs would be read as placeholders by the driver.
    body = tree.transform(_mark).sql(dialect="postgres", comments=False).replace("%", "%%")
    for name in _names(tree):
        body = body.replace(f":{PLACE}{name}", f"%({name})s")
    head = f"item as not materialized ({item})"
    if isinstance(tree, exp.Query) and tree.args.get("with_", tree.args.get("with")):
        keyword = "WITH RECURSIVE " if body.startswith("WITH RECURSIVE ") else "WITH "
        return body.replace(keyword, f"{keyword}{head}, ", 1)
    return f"WITH {head} {body}"


PLACE = "netterms_"


def _names(tree: exp.Expression) -> list[str]:
    found = {node.this.name if node.this else node.name for node in tree.find_all(exp.Parameter)}
    found |= {node.name for node in tree.find_all(exp.Placeholder) if node.name}
    return sorted(found, key=len, reverse=True)


def _mark(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Parameter):
        return exp.Placeholder(this=PLACE + node.this.name)
    if isinstance(node, exp.Placeholder) and node.name:
        return exp.Placeholder(this=PLACE + node.name)
    return node
