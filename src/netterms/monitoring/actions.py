"""Watch the book: raise an alert once, close it when its cause is gone."""

from __future__ import annotations

from netterms.buyers.events import BankAccountChanged, BankAccountConfirmed, BankAccountRejected
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.store import sql
from netterms.store.outbox import stamp
from netterms.store.tenancy import book


def refresh_alerts(ctx: Context) -> dict[str, Plain]:
    """Compare the whole book with the alert rules; one open alert a buyer and kind."""
    ctx.require(Permission.RUN_DAY)
    params = stamp(ctx)
    with book(ctx):
        sql.execute(sql.statement("monitoring/owed_now"), params)
        # Of a table of the moment the planner must know how large it is, and little more.
        sql.execute("set local default_statistics_target = 10")
        sql.execute("analyze owed_now")
        sql.execute(sql.statement("monitoring/alerts"), params)
        counts = sql.row(sql.statement("monitoring/raise_alerts"), params) or {}
    return {"raised": counts["raised"], "closed": counts["closed"]}


def look_at_account(
    ctx: Context, happened: BankAccountChanged | BankAccountConfirmed | BankAccountRejected
) -> None:
    """Alert at once to a changed bank account; nobody pays or refunds to it before the call."""
    sql.execute(sql.statement("monitoring/account_alert"), stamp(ctx) | {"buyer": happened.subject})
