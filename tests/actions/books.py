"""Small books made through the real import, and looks into the tables they leave behind."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, count
from typing import Any
from uuid import UUID

import duckdb
from django.db import connection, connections

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.collection.ports import Letter, MailError
from netterms.kernel.context import Context
from netterms.receivables.actions import Imported, SourceFile, import_invoices
from netterms.store import sql
from netterms.store.tenancy import book

COLUMNS = """
row_no BIGINT, company_code VARCHAR, buyer_number VARCHAR, buyer_name VARCHAR, country VARCHAR,
email VARCHAR, currency VARCHAR, invoice_number VARCHAR, kind VARCHAR, issued_on DATE, due_on DATE,
amount_minor BIGINT, open_minor BIGINT, settled_on DATE, tangible_net_worth_minor BIGINT,
annual_turnover_minor BIGINT
"""
# What a run leaves in these is when it ran, not what it did.
MEASURED = {"run_step": ("seconds", "finished_at")}
_numbers = count(1)


@dataclass(frozen=True)
class Line:
    """One invoice of a file. `open` None: all of it, or nothing once `settled_on` is given."""

    buyer: str = "100"
    due_on: date = date(2026, 4, 30)
    amount: int = 100_000
    open: int | None = None
    number: str = ""
    issued_on: date | None = None
    settled_on: date | None = None
    currency: str = "EUR"
    kind: str = "invoice"
    country: str = "DE"
    email: str = "ap@buyer.example"
    net_worth: int | None = None
    turnover: int | None = None

    @property
    def left(self) -> int:
        """What the file says is open."""
        if self.settled_on is not None:
            return 0
        return self.amount if self.open is None else self.open


def on(ctx: Context, day: date) -> Context:
    """The same seller on another day."""
    return replace(ctx, today=day, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def days(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def bring_in(ctx: Context, *lines: Line) -> Imported:
    """Import `lines` as a file of their own."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE staged ({COLUMNS})")
    rows = [_row(row, line) for row, line in enumerate(lines, 2)]
    places = ", ".join([f"({', '.join('?' * 16)})"] * len(rows))
    connection.execute(f"INSERT INTO staged VALUES {places}", list(chain(*rows)))
    source = SourceFile(
        name="book.csv",
        sha256=hashlib.sha256(repr(lines).encode()).hexdigest(),
        mapping={},
        rows_read=len(rows),
        rows_bad=0,
    )
    return import_invoices(ctx, connection, source)


def _row(row: int, line: Line) -> tuple[object, ...]:
    return (
        row, "", line.buyer, f"Buyer {line.buyer}", line.country, line.email, line.currency,
        line.number or f"I{next(_numbers)}", line.kind,
        line.issued_on or line.due_on - timedelta(days=30), line.due_on, line.amount, line.left,
        line.settled_on, line.net_worth, line.turnover,
    )  # fmt: skip


def rows(ctx: Context, query: str, **params: object) -> list[dict[str, Any]]:
    """Rows of the seller's book; `%(seller)s` is given."""
    with book(ctx):
        return sql.rows(query, {"seller": ctx.seller, **params})


def value(ctx: Context, query: str, **params: object) -> Any:
    """One value out of the seller's book."""
    with book(ctx):
        return sql.value(query, {"seller": ctx.seller, **params})


def change(ctx: Context, query: str, **params: object) -> None:
    """Change the seller's book by hand, as far as the application's role may."""
    with book(ctx):
        sql.execute(query, {"seller": ctx.seller, **params})


def sanctioned(ctx: Context, number: str) -> None:
    """The buyer is on a sanctions list: said as the tables' owner, no use case says it yet."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update buyer set sanctions_hit = true where seller_id = %s and buyer_number = %s",
            [ctx.seller, number],
        )
        assert cursor.rowcount == 1
    connections["owner"].close()


def buyer_id(ctx: Context, number: str = "100") -> UUID:
    """The id behind a buyer number."""
    found = value(ctx, "select id from buyer where buyer_number = %(number)s", number=number)
    assert isinstance(found, UUID)
    return found


def invoice_id(ctx: Context, number: str) -> UUID:
    """The id behind an invoice number."""
    found = value(ctx, "select id from invoice where invoice_number = %(number)s", number=number)
    assert isinstance(found, UUID)
    return found


def insolvent(ctx: Context, number: str = "100") -> None:
    """The buyer became insolvent on `ctx.today`."""
    update_facts(ctx, [BuyerFacts(number, insolvent_on=ctx.today)])


def pay(ctx: Context, *lines: Line) -> Imported:
    """The same invoices again, as a later file shows them paid on `ctx.today`."""
    return bring_in(ctx, *(replace(line, settled_on=ctx.today) for line in lines))


def actions(ctx: Context, step: str | None = None) -> list[dict[str, Any]]:
    """Collection actions in the order they were made."""
    return rows(
        ctx,
        """
        select a.id, b.buyer_number as buyer, a.stage, a.step, a.planned_on, a.due_on, a.state,
               a.outcome, a.attempts, a.facts
        from collection_action a join buyer b on b.id = a.buyer_id
        where %(step)s::text is null or a.step = %(step)s
        order by a.planned_on, a.stage, a.step, b.buyer_number
        """,
        step=step,
    )


def cases(ctx: Context) -> list[dict[str, Any]]:
    """Cases, oldest first."""
    return rows(
        ctx,
        """
        select b.buyer_number as buyer, c.state, c.stage, c.opened_on, c.stage_since, c.closed_on
        from collection_case c join buyer b on b.id = c.buyer_id
        order by c.opened_on, b.buyer_number, c.closed_on
        """,
    )


def stages(ctx: Context) -> dict[str, int]:
    """Stage by invoice number; not late ones are absent."""
    found = rows(
        ctx,
        "select i.invoice_number, s.stage from invoice_stage s"
        " join invoice i on i.id = s.invoice_id",
    )
    return {line["invoice_number"]: line["stage"] for line in found}


def kinds(ctx: Context) -> list[str]:
    """Kinds of the seller's events, oldest first."""
    return [line["kind"] for line in rows(ctx, "select kind from event order by id")]


def fingerprint(ctx: Context) -> dict[str, tuple[int, str]]:
    """Number of rows and hash of the content of every table with a seller's rows."""
    with book(ctx):
        tables = sql.rows(
            """
            select c.table_name::text as name, array_agg(c.column_name::text) as columns
            from information_schema.columns c join pg_class k on k.relname = c.table_name
            where c.table_schema = 'public' and k.relkind = 'r' and exists (
              select from information_schema.columns s
              where s.table_name = c.table_name and s.column_name = 'seller_id')
            group by c.table_name
            """
        )
        return {table["name"]: _content(table["name"], table["columns"]) for table in tables}


def _content(table: str, columns: Iterable[str]) -> tuple[int, str]:
    kept = ", ".join(sorted(c for c in columns if c not in MEASURED.get(table, ())))
    found = sql.row(
        "select count(*) as many, coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))),"
        f" '') as content from (select {kept} from {table}) t"
    )
    assert found is not None
    return found["many"], found["content"]


class Postbag:
    """A mailer that keeps what it is given; it refuses as it is told."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refusals: list[MailError] = []

    def send(self, message: Letter) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.letters.append(message)


def apart(act: Callable[..., Any], *arguments: object) -> Any:
    """What the act gives in a thread of its own; the thread's connection is closed after it."""
    with closing(connection):
        return act(*arguments)


def wait_until_held_up(somebody: Future[Any]) -> None:
    """Return when somebody waits for a lock of ours; fail when they did not have to."""
    until = time.monotonic() + 30
    while not sql.value(
        "select count(*) from pg_locks"
        " where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
    ):
        assert not somebody.done(), "it did not wait"
        assert time.monotonic() < until
        time.sleep(0.01)
