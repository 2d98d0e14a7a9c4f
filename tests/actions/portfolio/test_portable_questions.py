"""Every portable question gives the same answer on DuckDB and on the live PostgreSQL book."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import duckdb
import pytest

from netterms.kernel.context import Context
from netterms.receivables.queries import live_engine
from netterms.store import sql
from netterms.store.portable import DuckEngine
from netterms.store.tenancy import book

AS_OF = date(2026, 5, 31)
SINCE = date(2025, 5, 31)
# The portfolio's questions, and those of lower rooms that it asks as well.
QUESTIONS = [
    "limits/credit_use",
    *sorted(
        f"portfolio/{path.name.removesuffix('.sql')}"
        for path in (files("netterms.portfolio") / "sql").iterdir()
        if path.name.endswith(".sql")
    ),
]
ITEM = """
CREATE TABLE item (buyer VARCHAR, buyer_name VARCHAR, country VARCHAR, currency VARCHAR,
  invoice_number VARCHAR, issued_on DATE, due_on DATE, amount_minor BIGINT, open_minor BIGINT,
  settled_on DATE)
"""


def fill(ctx: Context, rng: random.Random) -> None:
    """A book of random invoices: settled, open, paid in part, credit notes, two currencies."""
    buyers = [uuid4() for _ in range(30)]
    for number, buyer in enumerate(buyers):
        sql.execute(
            "insert into buyer (seller_id, id, buyer_number, name, country) values "
            "(%(seller)s, %(id)s, %(number)s, %(name)s, %(country)s)",
            {
                "seller": ctx.seller,
                "id": buyer,
                "number": str(number),
                "name": f"Buyer {number}",
                "country": rng.choice(["DE", "CN", ""]),
            },
        )
    for number in range(400):
        _invoice(ctx, rng, rng.choice(buyers), number)


def _invoice(ctx: Context, rng: random.Random, buyer: UUID, number: int) -> None:
    issued_on = AS_OF - timedelta(days=rng.randint(-15, 800))
    amount = rng.randint(100, 10_000_000)
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


@pytest.fixture
def engines(ctx: Context) -> Iterator[tuple[Any, DuckEngine]]:
    """The live book and a DuckDB copy of its relation `item`."""
    connection = duckdb.connect()
    connection.execute(ITEM)
    with book(ctx):
        fill(ctx, random.Random(7))
        items = sql.rows(sql.statement("receivables/item"), {"as_of": AS_OF})
        rows = [tuple(item.values()) for item in items]
        connection.executemany(f"INSERT INTO item VALUES ({', '.join('?' * 10)})", rows)
        yield live_engine(), DuckEngine(connection)


def test_every_question_answers_alike_on_both_engines(engines: tuple[Any, DuckEngine]) -> None:
    live, duck = engines
    assert len(QUESTIONS) >= 11
    for name in QUESTIONS:
        params = {"as_of": AS_OF, "since": SINCE}
        here, there = duck.ask(name, **params), live.ask(name, **params)
        assert here, name
        assert [list(row) for row in here] == [list(row) for row in there], name
        assert _in_order(here) == _in_order(there), name


def _in_order(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Rows as comparable text: engines may sort words differently, and ranks are in the rows."""
    return sorted(tuple(str(value) for value in row.values()) for row in rows)
