"""The portable question of ratios gives on every engine what `rules.py` gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.statements.chart import NAMES
from netterms.statements.queries import ratios_where
from netterms.statements.rules import RATIOS, Accounts, age_months, ratios
from netterms.statements.rules_sql import ratios_sql
from netterms.store import sql
from netterms.store.portable import DuckEngine, SparkEngine, spark_session, translated
from netterms.store.tenancy import book
from tests import ensure_java
from tests.rules.statements.books import END, any_accounts

AS_OF = date(2026, 6, 1)
HEAD = {
    "buyer": "VARCHAR", "period_end": "DATE", "months": "SMALLINT", "currency": "VARCHAR",
    "known_on": "DATE", "consolidated": "BOOLEAN", "version": "SMALLINT",
}  # fmt: skip
COLUMNS = HEAD | dict.fromkeys(NAMES, "BIGINT")
RELATION = f"CREATE TABLE accounts ({', '.join(f'{n} {kind}' for n, kind in COLUMNS.items())})"


def row(buyer: str, told: Accounts, known_on: date = AS_OF, version: int = 1) -> tuple[Any, ...]:
    head = (buyer, told.period_end, told.months, told.currency, known_on, False, version)
    return (*head, *(told.items.get(name) for name in NAMES))


def expected(told: Accounts) -> dict[str, Any]:
    return ratios(told) | {"statement_age_months": age_months(told.period_end, AS_OF)}


def duck(rows: list[tuple[Any, ...]]) -> DuckEngine:
    connection = duckdb.connect()
    connection.execute(RELATION)
    connection.executemany(f"INSERT INTO accounts VALUES ({', '.join('?' * len(COLUMNS))})", rows)
    return DuckEngine(connection)


def by_buyer(answer: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["buyer"]: {k: v for k, v in line.items() if k != "buyer"} for line in answer}


def in_postgres(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Over a temporary table in place of the live book's relation."""
    sql.execute("drop table if exists pg_temp.told")
    kinds = ", ".join(f"{name} {kind.lower()}" for name, kind in COLUMNS.items())
    sql.execute(f"create temp table told ({kinds.replace('varchar', 'text')})")
    sql.execute_many(f"insert into told values ({', '.join(['%s'] * len(COLUMNS))})", rows)
    text = translated(sql.statement("statements/ratios"), "select * from told", "accounts")
    return sql.rows(text, {"as_of": AS_OF})


def test_the_file_is_the_rules() -> None:
    assert sql.statement("statements/ratios") == ratios_sql()


@settings(max_examples=40, deadline=None)
@given(st.lists(any_accounts(), min_size=1, max_size=8))
def test_duckdb_and_postgresql_give_what_the_rules_give(
    database: object, told: list[Accounts]
) -> None:
    rows = [row(str(n), one) for n, one in enumerate(told)]
    wanted = {str(n): expected(one) for n, one in enumerate(told)}
    assert by_buyer(duck(rows).ask("statements/ratios", as_of=AS_OF)) == wanted
    assert by_buyer(in_postgres(rows)) == wanted


def test_the_largest_figures_fit(database: object) -> None:
    told = Accounts(END, "EUR", dict.fromkeys(NAMES, 10**17) | {"total_liabilities": 1}, months=23)
    rows = [row("large", told)]
    assert by_buyer(duck(rows).ask("statements/ratios", as_of=AS_OF)) == {"large": expected(told)}
    assert by_buyer(in_postgres(rows)) == {"large": expected(told)}


def test_the_latest_known_version_counts(database: object) -> None:
    def of(revenue: int, end: date = END) -> Accounts:
        return Accounts(end, "EUR", {"total_assets": 100, "revenue": revenue})

    rows = [
        row("b", of(1)),
        row("b", of(2), version=2),
        row("b", of(3), date(2026, 6, 2), version=3),
        row("b", of(4, date(2024, 12, 31))),
        row("b", of(5, date(2027, 12, 31))),
    ]
    for answer in (duck(rows).ask("statements/ratios", as_of=AS_OF), in_postgres(rows)):
        assert by_buyer(answer) == {"b": expected(of(2))}


def test_the_live_relation_has_the_columns_of_the_question(ctx) -> None:
    with book(ctx):
        assert sql.rows(ratios_where("true"), {"as_of": AS_OF}) == []
        sql.execute(f"create temp table live as {sql.statement('statements/accounts')}")
        found = sql.rows(
            "select attname::text as name from pg_attribute"
            " where attrelid = 'pg_temp.live'::regclass and attnum > 0 order by attnum"
        )
        sql.execute("drop table pg_temp.live")
    assert [line["name"] for line in found] == list(COLUMNS)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    if ensure_java.find() is None:
        pytest.skip(f"no Java {ensure_java.OLDEST} or newer: Apache Spark cannot be asked")
    started = spark_session()
    yield started
    started.stop()


def test_spark_gives_what_the_rules_give(session: Any, tmp_path: Any) -> None:
    drawn: list[Accounts] = []

    @settings(max_examples=60, deadline=None, database=None)
    @given(any_accounts())
    def draw(one: Accounts) -> None:
        drawn.append(one)

    draw()
    largest = dict.fromkeys(NAMES, 10**17) | {"total_liabilities": 1}
    drawn.append(Accounts(END, "EUR", largest, months=23))
    engine = duck([row(str(n), one) for n, one in enumerate(drawn)])
    file = tmp_path / "accounts.parquet"
    engine.connection.execute(f"COPY accounts TO '{file}'")
    session.read.parquet(str(file)).createOrReplaceTempView("accounts")
    answer = SparkEngine(session).ask("statements/ratios", as_of=AS_OF)
    assert by_buyer(answer) == {str(n): expected(one) for n, one in enumerate(drawn)}
    assert {"buyer", *(r.name for r in RATIOS), "statement_age_months"} == set(answer[0])
