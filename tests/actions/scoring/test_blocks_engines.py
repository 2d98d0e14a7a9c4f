"""A combined score is the same on DuckDB, PostgreSQL and Apache Spark."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from netterms.kernel.context import Context
from netterms.scoring.blocks_sql import compile_sql
from netterms.store import sql
from netterms.store.portable import spark_session, to_postgres, to_spark
from netterms.store.tenancy import book
from tests import ensure_java
from tests.rules.scoring.companies import BLOCKS, FACTORS, Company, table

TEXT = compile_sql(
    BLOCKS, "company", ["place"], overlay=FACTORS, defaulted="in_default", parts=True
)


def some_companies(count: int = 400) -> list[Company]:
    dice = random.Random(5)
    return [
        Company(
            {
                a.name: _value(dice, a) if known else None
                for b in BLOCKS.blocks
                for known in [dice.random() < 0.7]
                for a in b.card.attributes
            },
            dice.choice(["", "DE", "TR", "CN"]),
            dice.choice(["", "F", "G", "retail"]),
            dice.random() < 0.1,
        )
        for _ in range(count)
    ]


def _value(dice: random.Random, attribute: Any) -> Decimal | None:
    edges = [b.up_to for b in attribute.bins if b.up_to is not None] or [Decimal(0)]
    step = dice.choice([Decimal("-0.0001"), Decimal(0), Decimal("0.0001"), Decimal(7)])
    return None if dice.random() < 0.1 else dice.choice(edges) + step


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    table(connection, some_companies())
    yield connection
    connection.close()


@pytest.fixture
def spark() -> Iterator[Any]:
    if ensure_java.find() is None:
        pytest.skip(f"no Java {ensure_java.OLDEST} or newer: Apache Spark cannot be asked")
    session = spark_session()
    yield session
    session.stop()


def answers(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    found = sorted(connection.execute(TEXT).fetchall())
    assert len({row[1] for row in found}) > 50
    return found


def test_postgresql_gives_the_rows_of_duckdb(ctx: Context, duck: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{name} decimal(18, 4)" for name in BLOCKS.attributes)
    rows = duck.execute("SELECT * FROM company").fetchall()
    with book(ctx):
        sql.execute(
            "create temp table company (place integer, country text, sector text,"
            f" in_default boolean, {columns}) on commit drop"
        )
        sql.execute_many(f"insert into company values ({', '.join(['%s'] * len(rows[0]))})", rows)
        found = sql.rows(to_postgres(TEXT))
    assert sorted(tuple(row.values()) for row in found) == answers(duck)


def test_spark_gives_the_rows_of_duckdb(
    spark: Any, duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    file = tmp_path / "company.parquet"
    duck.execute(f"COPY company TO '{file}'")
    spark.read.parquet(str(file)).createOrReplaceTempView("company")
    found = spark.sql(to_spark(TEXT)).collect()
    assert sorted(tuple(row) for row in found) == answers(duck)
