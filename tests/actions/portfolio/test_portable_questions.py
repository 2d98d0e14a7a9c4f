"""Every portable question gives the same answer on DuckDB, PostgreSQL and Apache Spark."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import duckdb
import pytest
import sqlglot

import netterms
from netterms.kernel.context import Context
from netterms.receivables.queries import live_engine
from netterms.scoring.scorecard import built_in
from netterms.scoring.scorecard_sql import compile_sql
from netterms.store import sql
from netterms.store.portable import (
    DuckEngine,
    Engine,
    PostgresEngine,
    SparkEngine,
    spark_session,
    to_spark,
    translated,
)
from netterms.store.tenancy import book
from tests import ensure_java

AS_OF = date(2026, 5, 31)
SINCE = date(2025, 5, 31)
# A statement file is a portable question if it names its values as DuckDB does and reads `item`
# or the stored scores (`score`) and who was lost (`lost`);
# PostgreSQL's own statements name theirs as its driver does.
QUESTIONS = sorted(
    f"{path.parent.parent.name}/{path.stem}"
    for path in Path(netterms.__path__[0]).glob("*/sql/*.sql")
    if "%(" not in (text := path.read_text(encoding="utf-8").lower())
    and ("from item" in text or ("from score" in text and "$as_of" in text))
)
ITEM = """
CREATE TABLE item (buyer VARCHAR, buyer_name VARCHAR, country VARCHAR, currency VARCHAR,
  invoice_number VARCHAR, issued_on DATE, due_on DATE, amount_minor BIGINT, open_minor BIGINT,
  settled_on DATE)
"""


SCORE = """
CREATE TABLE score (buyer_id VARCHAR, currency VARCHAR, scored_on DATE, grade INTEGER,
  pd DECIMAL(8, 6))
"""

LOST = "CREATE TABLE lost (buyer VARCHAR, lost_on DATE)"


def fill(ctx: Context, rng: random.Random) -> None:
    """A book of random invoices: settled, open, paid in part, credit notes, two currencies."""
    buyers = [uuid4() for _ in range(30)]
    for number, buyer in enumerate(buyers):
        sql.execute(
            "insert into buyer (seller_id, id, buyer_number, name, country, insolvent_on) values "
            "(%(seller)s, %(id)s, %(number)s, %(name)s, %(country)s, %(insolvent_on)s)",
            {
                "seller": ctx.seller,
                "id": buyer,
                "number": str(number),
                "name": f"Buyer {number}",
                "country": rng.choice(["DE", "CN", ""]),
                "insolvent_on": AS_OF - timedelta(days=97 * number) if number % 4 == 0 else None,
            },
        )
    for number in range(400):
        _invoice(ctx, rng, rng.choice(buyers), number)
    for buyer in buyers:
        _scores(ctx, rng, buyer)


def _scores(ctx: Context, rng: random.Random, buyer: UUID) -> None:
    for ago in rng.sample(range(800), 8):
        sql.execute(
            "insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd,"
            " grade, confidence, attributes, reasons) values (%(seller)s, %(buyer)s, %(currency)s,"
            " %(day)s, 'test', 500, %(pd)s, %(grade)s, 1, '{}', '[]')",
            {
                "seller": ctx.seller,
                "buyer": buyer,
                "currency": rng.choice(["EUR", "JPY"]),
                "day": AS_OF - timedelta(days=ago),
                "pd": Decimal(rng.randrange(1, 999_999)).scaleb(-6),
                "grade": rng.randint(1, 10),
            },
        )


def _invoice(ctx: Context, rng: random.Random, buyer: UUID, number: int) -> None:
    issued_on = AS_OF - timedelta(days=rng.randint(-15, 800))
    amount = rng.randint(100, rng.choice([10_000_000, 10**14]))
    how = rng.choice(["paid", "paid", "paid", "open", "part_paid"])
    row = {
        "seller": ctx.seller,
        "id": uuid4(),
        "buyer": buyer,
        "number": f"I{number}",
        "kind": "credit_note" if rng.random() < 0.1 else "invoice",
        "currency": rng.choice(["EUR", "JPY"]),
        "amount": amount,
        "open": {"paid": 0, "open": amount, "part_paid": amount - amount // 3}[how],
        "issued_on": issued_on,
        "due_on": issued_on + timedelta(days=rng.choice([0, 14, 30, 60])),
        "state": how,
        "settled_on": issued_on + timedelta(days=rng.randint(0, 150)) if how == "paid" else None,
    }
    sql.execute(
        "insert into invoice (seller_id, id, buyer_id, invoice_number, kind, currency, "
        "amount_minor, open_minor, issued_on, due_on, state, settled_on) values (%(seller)s, "
        "%(id)s, %(buyer)s, %(number)s, %(kind)s, %(currency)s, %(amount)s, %(open)s, "
        "%(issued_on)s, %(due_on)s, %(state)s, %(settled_on)s)",
        row,
    )
    if how == "part_paid":
        _pay_part(row)


def _pay_part(invoice: dict[str, Any]) -> None:
    facts = {
        **invoice,
        "payment": uuid4(),
        "paid": invoice["amount"] - invoice["open"],
        "paid_on": invoice["issued_on"] + timedelta(days=10),
        "payment_kind": "receipt" if invoice["kind"] == "invoice" else "refund",
    }
    sql.execute(
        "insert into payment (seller_id, id, buyer_id, kind, currency, amount_minor, paid_on) "
        "values (%(seller)s, %(payment)s, %(buyer)s, %(payment_kind)s, %(currency)s, %(paid)s, "
        "%(paid_on)s)",
        facts,
    )
    sql.execute(
        "insert into allocation (seller_id, invoice_id, payment_id, amount_minor, allocated_on) "
        "values (%(seller)s, %(id)s, %(payment)s, %(paid)s, %(paid_on)s)",
        facts,
    )


@dataclass(frozen=True)
class Engines:
    """The live book and a DuckDB copy of its relation `item`."""

    live: PostgresEngine
    duck: DuckEngine


@pytest.fixture
def engines(ctx: Context) -> Iterator[Engines]:
    connection = duckdb.connect()
    connection.execute(ITEM)
    with book(ctx):
        fill(ctx, random.Random(7))
        items = sql.rows(sql.statement("receivables/item"), {"as_of": AS_OF})
        rows = [tuple(item.values()) for item in items]
        connection.executemany(f"INSERT INTO item VALUES ({', '.join('?' * 10)})", rows)
        connection.execute(SCORE)
        scores = sql.rows(
            "select buyer_id::text, currency::text, scored_on, grade, pd from score"
            " where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
        connection.executemany(
            "INSERT INTO score VALUES (?, ?, ?, ?, ?)", [tuple(s.values()) for s in scores]
        )
        connection.execute(LOST)
        lost = sql.rows("select buyer, lost_on from lost")
        assert lost
        connection.executemany("INSERT INTO lost VALUES (?, ?)", [tuple(s.values()) for s in lost])
        yield Engines(live_engine(), DuckEngine(connection))
    connection.close()


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """One Spark for all tests here: it takes seconds to start."""
    if ensure_java.find() is None:
        pytest.skip(f"no Java {ensure_java.OLDEST} or newer: Apache Spark cannot be asked")
    started = spark_session()
    yield started
    started.stop()


@pytest.fixture
def spark(engines: Engines, session: Any, tmp_path: Path) -> SparkEngine:
    """Spark over the same relation, read from Parquet as a cluster would."""
    for name in ("item", "score", "lost"):
        file = tmp_path / f"{name}.parquet"
        engines.duck.connection.execute(f"COPY {name} TO '{file}'")
        session.read.parquet(str(file)).createOrReplaceTempView(name)
    return SparkEngine(session)


def test_no_portable_question_is_left_out() -> None:
    assert len(QUESTIONS) >= 12
    assert {"limits/credit_use", "portfolio/ageing", "scoring/behaviour"} <= set(QUESTIONS)


def test_every_question_answers_alike_on_duckdb_and_postgresql(engines: Engines) -> None:
    for name in QUESTIONS:
        assert answer(engines.live, name) == answer(engines.duck, name), name


def test_every_question_answers_alike_on_duckdb_and_spark(
    engines: Engines, spark: SparkEngine
) -> None:
    for name in QUESTIONS:
        assert answer(spark, name) == answer(engines.duck, name), name


def test_a_scorecard_gives_the_same_grades_and_reasons_on_all_three(
    engines: Engines, spark: SparkEngine
) -> None:
    behaviour = sql.statement("scoring/behaviour")
    text = compile_sql(built_in("payment_behaviour_v1"), f"({behaviour})")
    here, live, there = everywhere(engines, spark, text)
    assert len({line[1] for line in here}) == 2, "both currencies"
    assert sorted(here) == sorted(live) == sorted(there)


@pytest.mark.parametrize("order", ["", "DESC"])
def test_what_is_not_known_comes_last_on_all_three(
    engines: Engines, spark: SparkEngine, order: str
) -> None:
    text = f"SELECT settled_on, invoice_number FROM item ORDER BY settled_on {order}, 2"
    here, live, there = everywhere(engines, spark, text)
    assert here == live == there
    assert here[0][0] is not None
    assert here[-1][0] is None


def everywhere(engines: Engines, spark: SparkEngine, text: str) -> list[list[tuple[Any, ...]]]:
    """Answers of DuckDB, PostgreSQL and Spark to a statement of the portable dialect."""
    params = {"as_of": AS_OF} if "$as_of" in text else {}
    here = engines.duck.connection.execute(text, params).fetchall()
    live = sql.rows(translated(text, engines.live.item), {"as_of": AS_OF})
    there = spark.session.sql(to_spark(text), args=params).collect()
    return [here, [tuple(line.values()) for line in live], [tuple(line) for line in there]]


def answer(engine: Engine, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows, in the question's own order where it has one.

    Values are compared as they are: the engines' whole numbers and decimals as exact numbers, and
    nothing of an answer may be a binary fraction.
    """
    found = engine.ask(name, as_of=AS_OF, since=SINCE)
    assert found, name
    rows = [tuple(line.values()) for line in found]
    assert not [value for row in rows for value in row if isinstance(value, float)], name
    ordered = sqlglot.parse_one(sql.statement(name), read="duckdb").args.get("order")
    return list(found[0]), rows if ordered else sorted(rows, key=str)
