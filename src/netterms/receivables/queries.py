"""Reads of the book: the relation behind the portable questions, and the journal's own totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.ledger_text import Entry, Format, written
from netterms.receivables.periods import balances
from netterms.receivables.statement import Statement, statements
from netterms.store import kept, sql
from netterms.store.portable import PostgresEngine
from netterms.store.tenancy import book

JOURNAL_ROWS = 5_000


@cache
def live_engine() -> PostgresEngine:
    """Answers portable questions over the live book; call `.ask(...)` inside `book(ctx)`."""
    return PostgresEngine(item=sql.statement("receivables/item"))


def receivable_balances(ctx: Context, as_of: date) -> dict[str, int]:
    """Balance of the account `receivable` by currency, in minor units, from the journal alone."""
    found = kept.rows(
        ctx,
        """
        select currency::text,
               sum(case when debit_account = 'receivable' then amount_minor
                        else -amount_minor end)::bigint as minor
        from journal_entry
        where seller_id = %(seller)s and booked_on <= %(as_of)s
          and 'receivable' in (debit_account, credit_account)
        group by currency
        """,
        {"seller": ctx.seller, "as_of": as_of},
    )
    return {line["currency"]: line["minor"] for line in found}


def buyer_statement(ctx: Context, buyer_id: UUID, since: date, until: date) -> list[Statement]:
    """The buyer's account from `since` to `until`, one statement a currency.

    NOT_FOUND for a buyer the seller does not have; VALUE_INVALID where `until` is before `since`.
    """
    ctx.require(Permission.READ)
    if until < since:
        raise Refusal(
            Code.VALUE_INVALID,
            field="until",
            value=until.isoformat(),
            mend=Mend.AT_LEAST,
            least=since.isoformat(),
        )
    with book(ctx):
        params = {"seller": ctx.seller, "buyer": buyer_id, "since": since, "until": until}
        require_buyer(ctx, buyer_id)
        return statements(sql.rows(sql.statement("receivables/statement"), params), since, until)


def journal(ctx: Context, until: date) -> Iterator[Entry]:
    """Every line of the journal until a day, in order; read as it is asked for, not at once."""
    ctx.require(Permission.READ)
    params: dict[str, Any] = {"seller": ctx.seller, "until": until}
    with book(ctx), connection.chunked_cursor() as cursor:
        cursor.execute(sql.statement("receivables/journal_lines"), params)
        while rows := cursor.fetchmany(JOURNAL_ROWS):
            yield from (Entry(*row) for row in rows)


def journal_text(ctx: Context, until: date, wanted: Format) -> Iterator[str]:
    """The journal until a day as plain-text accounting, line by line."""
    ctx.require(Permission.READ)
    with book(ctx):
        known = sql.row(
            "select min(booked_on) as first_day,"
            " coalesce(array_agg(distinct currency::text), '{}') as currencies"
            " from journal_entry where seller_id = %(seller)s and booked_on <= %(until)s",
            {"seller": ctx.seller, "until": until},
        )
        assert known is not None
        first = known["first_day"] or until
        yield from written(journal(ctx, until), wanted, first, known["currencies"])


def trial_balance(ctx: Context, as_of: date) -> list[dict[str, Any]]:
    """Debits, credits and balance of each account and currency, minor units."""
    ctx.require(Permission.READ)
    with book(ctx):
        return balances(ctx, as_of)


LEDGER_COLUMNS = {
    "row_no": "BIGINT",
    "buyer_number": "VARCHAR",
    "buyer_name": "VARCHAR",
    "country": "VARCHAR",
    "currency": "VARCHAR",
    "invoice_number": "VARCHAR",
    "kind": "VARCHAR",
    "issued_on": "DATE",
    "due_on": "DATE",
    "amount_minor": "BIGINT",
    "open_minor": "BIGINT",
    "settled_on": "DATE",
    "tangible_net_worth_minor": "BIGINT",
    "annual_turnover_minor": "BIGINT",
}


def write_ledger(file: Path) -> None:
    """Every invoice of the seller whose book is open as CSV: `LEDGER_COLUMNS`, no headings."""
    sql.copy_out(sql.statement("receivables/ledger"), file)
