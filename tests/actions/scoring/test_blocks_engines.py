"""A combined score is the same on DuckDB, PostgreSQL and Apache Spark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from netterms.doors.cli.score_batch import recommended
from netterms.kernel.context import Context
from netterms.scoring.batch import DuckFiles, Grading, SparkFiles, grade_files, plan
from netterms.scoring.blocks_sql import compile_sql
from netterms.store import sql
from netterms.store.portable import spark_session, to_postgres, to_spark
from netterms.store.tenancy import book
from tests import ensure_java
from tests.rules.scoring.companies import BLOCKS, FACTORS, as_file, some_companies, table

TEXT = compile_sql(
    BLOCKS, "company", ["place"], overlay=FACTORS, defaulted="in_default", parts=True
)


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


def test_spark_grades_a_file_as_duckdb_does(
    spark: Any, duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    binary = "* REPLACE (CAST(late_share AS DOUBLE) AS late_share)"
    file = as_file(duck, tmp_path / "companies.parquet", some_companies(), binary)
    grading = Grading(BLOCKS, FACTORS, limits=recommended())
    found = []
    for name, engine in (("here", DuckFiles(duck)), ("there", SparkFiles(spark))):
        out = tmp_path / name
        for again in (False, True):
            [done] = grade_files(grading, plan(grading, [file], engine), out, engine)
            assert (done.companies, done.repeated) == (400, again)
        files = "/**/*.parquet"
        found.append(duck.execute(f"SELECT * FROM '{out}{files}' ORDER BY company").fetchall())
        assert not list(out.glob(".*.part"))
    assert len(found[0]) == 400
    assert found[0] == found[1]
