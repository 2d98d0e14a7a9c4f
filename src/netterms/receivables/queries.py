"""Reads of the book: the relation behind the portable questions, and the journal's own totals."""

from __future__ import annotations

from datetime import date
from functools import cache

from netterms.kernel.context import Context
from netterms.store import sql
from netterms.store.portable import PostgresEngine


@cache
def live_engine() -> PostgresEngine:
    """Answers portable questions over the live book; call `.ask(...)` inside `book(ctx)`."""
    return PostgresEngine(item=sql.statement("receivables/item"))


def receivable_balances(ctx: Context, as_of: date) -> dict[str, int]:
    """Balance of the account `receivable` by currency, in minor units, from the journal alone."""
    found = sql.rows(
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
