"""The portable question of claims gives on every engine what `rules.py` gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from netterms.kernel.events import plain
from netterms.store import sql
from netterms.store.portable import DuckEngine, SparkEngine, spark_session
from netterms.terms.actions import claims_text
from netterms.terms.jurisdictions import jurisdictions, series_names
from netterms.terms.rates import RateTable, table
from netterms.terms.rules import Debt, OneRate, Part, Parties, claim
from netterms.terms.rules_sql import ANY, TABLES, micro, tables
from tests import ensure_java
from tests.rules.terms.rates import RATES, rate

# The United Kingdom as after a reform, so that one law follows another.
BRITAIN = jurisdictions()["GB"]
REFORM = date(2026, 3, 1)
PLACES = jurisdictions() | {
    "GB": replace(
        BRITAIN,
        laws=(
            replace(BRITAIN.laws[0], overrides_contract=True, valid_from=REFORM),
            replace(BRITAIN.laws[0], valid_until=REFORM - timedelta(days=1)),
        ),
    )
}
DEBT = {
    "debt": "text", "country": "text", "creditor_small": "text", "debtor_large": "text",
    "contract_e6": "bigint", "currency": "text", "due_on": "date", "receipt_start_on": "date",
    "until_on": "date", "amount_minor": "bigint", "is_open": "boolean",
}  # fmt: skip
# Every series with two changes, so that all countries can be worked out for most days.
ALL_RATES = table(
    rate(name, day, percent, date(2026, 9, 30))
    for n, name in enumerate(series_names())
    for day, percent in (
        ("2025-01-01", f"{2 + n / 8}"),
        ("2025-11-14", "-1.25"),
        ("2026-03-05", "6.123456"),
    )
)
ANYBODY = st.sampled_from((None, True, False))
PARTS = st.lists(
    st.builds(
        Part,
        st.integers(1, 10**12),
        st.dates(date(2025, 6, 1), date(2026, 11, 30)),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)
DEBTS = st.builds(
    Debt,
    st.sampled_from([*PLACES, "XX"]),
    st.sampled_from(("EUR", "GBP", "PLN", "JPY")),
    st.dates(date(2024, 11, 1), date(2026, 10, 31)),
    st.tuples(PARTS).map(lambda parts: tuple(parts[0])),
    st.builds(Parties, ANYBODY, ANYBODY),
    st.none() | st.decimals(0, 40, places=4),
    st.none() | st.dates(date(2025, 1, 1), date(2026, 9, 1)),
)


def parts(debts: list[Debt]) -> list[tuple[Any, ...]]:
    return [
        (
            str(n), debt.country, ANY[debt.parties.creditor_small], ANY[debt.parties.debtor_large],
            None if debt.contract_percent is None else micro(debt.contract_percent),
            debt.currency, debt.due_on,
            debt.received_on + timedelta(days=60) if debt.received_on else None,
            part.until, part.amount_minor, part.is_open,
        )
        for n, debt in enumerate(debts)
        for part in debt.parts
    ]  # fmt: skip


def expected(debts: list[Debt], rates: RateTable, one_rate: OneRate | None) -> dict[str, Any]:
    found = {}
    for n, debt in enumerate(debts):
        told = claim(debt, PLACES.get(debt.country), rates, one_rate=one_rate)
        found[str(n)] = (
            told.interest.minor, told.daily.minor, str(told.compensation),
            told.why.value if told.why else None,
        )  # fmt: skip
    return found


def compiled(debts: list[Debt], rates: RateTable, one_rate: OneRate | None) -> dict[str, Any]:
    asked = {debt.country for debt in debts}
    places = {code: place for code, place in PLACES.items() if code in asked}
    return tables(
        places, rates, one_rate=one_rate, starts={debt.due_on for debt in debts},
        until=date(2026, 12, 1),
    ).rows()  # fmt: skip


def answered(lines: list[dict[str, Any]]) -> dict[str, Any]:
    from netterms.kernel.money import Money

    return {
        line["debt"]: (
            line["interest_minor"], line["daily_minor"],
            str(Money(line["compensation_minor"], line["compensation_currency"])), line["refused"],
        )
        for line in lines
    }  # fmt: skip


def of_late(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What was never late is not in the answer of a question about what is."""
    nothing = {n: line for n, line in wanted.items() if n not in found}
    assert all(line[:2] == (0, 0) and line[2].startswith("0") for line in nothing.values())
    return {n: line for n, line in wanted.items() if n in found}


def in_postgres(rows: list[tuple[Any, ...]], told: dict[str, Any]) -> list[dict[str, Any]]:
    sql.execute("drop table if exists pg_temp.told")
    sql.execute(f"create temp table told ({', '.join(f'{n} {k}' for n, k in DEBT.items())})")
    sql.execute_many(f"insert into told values ({', '.join(['%s'] * len(DEBT))})", rows)
    given_tables = {name: Jsonb([plain(row) for row in lines]) for name, lines in told.items()}
    return sql.rows(claims_text("select * from told"), given_tables)


def in_duckdb(rows: list[tuple[Any, ...]], told: dict[str, Any]) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    for name, columns in {**TABLES, "debt": DEBT}.items():
        shape = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"CREATE TABLE {name} ({shape})")
        lines = rows if name == "debt" else [tuple(row[c] for c in columns) for row in told[name]]
        if lines:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", lines)
    return DuckEngine(connection).ask("terms/claims")


@settings(max_examples=60, deadline=None)
@given(st.lists(DEBTS, min_size=1, max_size=60), st.sampled_from((None, *OneRate)))
def test_postgresql_gives_what_the_rules_give(
    database: object, debts: list[Debt], one_rate: OneRate | None
) -> None:
    told = compiled(debts, ALL_RATES, one_rate)
    found = answered(in_postgres(parts(debts), told))
    assert found == of_late(expected(debts, ALL_RATES, one_rate), found)


@settings(max_examples=5, deadline=None)
@given(st.lists(DEBTS, min_size=10, max_size=30), st.sampled_from((None, *OneRate)))
def test_duckdb_gives_what_the_rules_give(debts: list[Debt], one_rate: OneRate | None) -> None:
    told = compiled(debts, ALL_RATES, one_rate)
    found = answered(in_duckdb(parts(debts), told))
    assert found == of_late(expected(debts, ALL_RATES, one_rate), found)


def every_country(rates: RateTable = RATES) -> list[Debt]:
    return [
        Debt(
            country, "EUR", due_on,
            (Part(123_456_789, date(2026, 5, 31)), Part(77, date(2026, 4, 1), is_open=False)),
            parties, contract,
        )
        for country in PLACES
        for due_on in (date(2026, 1, 31), date(2025, 12, 1))
        for parties in (Parties(), Parties(creditor_small=True, debtor_large=True))
        for contract in (None, Decimal("7.125"))
    ]  # fmt: skip


def test_every_country_on_every_engine(database: object) -> None:
    debts = every_country()
    told = compiled(debts, RATES, OneRate.END)
    wanted = expected(debts, RATES, OneRate.END)
    assert answered(in_postgres(parts(debts), told)) == wanted
    assert answered(in_duckdb(parts(debts), told)) == wanted


def test_apache_spark_gives_what_the_rules_give() -> None:
    if ensure_java.find() is None:
        pytest.skip(f"no Java {ensure_java.OLDEST} or newer: Apache Spark cannot be asked")
    # Of each reset, scope and reason one country or two.
    some = {"AU", "CN", "CZ", "DE", "EG", "FR", "GB", "IE", "IN", "JP", "PL", "SA", "TR", "ZA"}
    debts = [debt for debt in every_country() if debt.country in some]
    told = compiled(debts, RATES, OneRate.START)
    session = spark_session()
    kinds = {"text": "string", "char(3)": "string"}
    for name, columns in {**TABLES, "debt": DEBT}.items():
        lines = parts(debts) if name == "debt" else [
            tuple(row[column] for column in columns) for row in told[name]
        ]  # fmt: skip
        shape = ", ".join(f"{column} {kinds.get(kind, kind)}" for column, kind in columns.items())
        session.createDataFrame(lines, shape).createOrReplaceTempView(name)
    found = answered(SparkEngine(session).ask("terms/claims"))
    assert found == expected(debts, RATES, OneRate.START)
