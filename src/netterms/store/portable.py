"""Portable questions: one `.sql` file (DuckDB's dialect), the same answer on every engine.

A question reads the relation `item` (one row an invoice as known on `$as_of`). On files DuckDB has
a table of that name, on a cluster Apache Spark; on the live book PostgreSQL gets it as a table
expression.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlglot
from sqlglot import exp

from netterms.kernel.context import Context
from netterms.store import kept, sql

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

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
        text = sql.in_duckdb(question)
        cursor = self.connection.execute(text, _named(text, params))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class PostgresEngine:
    """Answers over the live book. Call it inside the seller's book (`store.tenancy.book`)."""

    def __init__(self, item: str, relation: str = "item") -> None:
        """`item` is the SELECT that gives the `relation` asked; it may use %(as_of)s."""
        self.item = item
        self.relation = relation

    def ask(self, question: str, **params: object) -> Answer:
        return sql.rows(in_postgres(question, self.item, self.relation), params)

    def ask_kept(self, ctx: Context, question: str, **params: object) -> Answer:
        """As `ask`, but of a large book in which nothing has happened since, as it was answered."""
        return kept.rows(ctx, in_postgres(question, self.item, self.relation), params)


class SparkEngine:
    """Answers on Apache Spark, over a session that holds a table or view `item`."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def ask(self, question: str, **params: object) -> Answer:
        wanted = _named(sql.statement(question), params)
        found = self.session.sql(in_spark(question), args=wanted).collect()
        return [row.asDict() for row in found]


def spark_session(master: str = "local[2]") -> SparkSession:
    """A Spark session on `master` without a web page; needs `netterms[spark]` and Java 17 or newer.

    A local one is reachable from this machine only. A cluster's workers must reach the driver, so
    there Spark's own settings say how.
    """
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("netterms")
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.driver.host", "127.0.0.1")
        # As many parts as a small machine has cores; a cluster keeps its own number.
        builder = builder.config("spark.sql.shuffle.partitions", "2")
    return (
        builder.config("spark.ui.enabled", "false")
        # What does not fit is an error, as on the other engines, and no silent NULL.
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )


def _named(text: str, params: dict[str, object]) -> dict[str, object]:
    """Those of `params` that `text` names."""
    return {name: value for name, value in params.items() if f"${name}" in text}


@cache
def in_spark(question: str) -> str:
    """The question in Spark's dialect."""
    return to_spark(sql.statement(question))


def to_spark(text: str) -> str:
    """A statement of the portable dialect in Spark's: `$name` becomes `:name`."""
    tree = sqlglot.parse_one(text, read="duckdb")
    return tree.transform(_as_placeholder).sql(dialect="spark", comments=False)


@cache
def in_postgres(question: str, item: str, relation: str = "item") -> str:
    """The question in PostgreSQL's dialect, with `item` put before it under its name."""
    return translated(sql.statement(question), item, relation)


def translated(text: str, item: str, relation: str = "item") -> str:
    """DuckDB text to PostgreSQL: `$name` becomes `%(name)s`, and `item` a table expression."""
    body = to_postgres(text)
    head = f"{relation} as not materialized ({item})"
    if body.startswith("WITH "):
        return body.replace("WITH ", f"WITH {head}, ", 1)
    return f"WITH {head} {body}"


def to_postgres(text: str) -> str:
    """A statement or an expression of the portable dialect as PostgreSQL's driver takes it."""
    tree = sqlglot.parse_one(text, read="duckdb")
    names = _names(tree)
    # The driver reads every percent sign as a placeholder: double those of the statement itself.
    body = tree.transform(_mark).sql(dialect="postgres", comments=False).replace("%", "%%")
    for name in names:
        body = body.replace(f"{MARK}{name}{MARK}", f"%({name})s")
    return body


MARK = "netterms__"


def _names(tree: exp.Expr) -> list[str]:
    return sorted({_name(node) for node in tree.find_all(exp.Parameter, exp.Placeholder)})


def _name(node: exp.Expr) -> str:
    return str(node.name or node.this.name)


def _mark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return exp.column(f"{MARK}{_name(node)}{MARK}")
    return node


def _as_placeholder(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Parameter | exp.Placeholder):
        return exp.Placeholder(this=_name(node))
    return node
