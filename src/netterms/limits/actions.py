"""Limits as use cases: recommend them for the whole book, or grant one by a person."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits import events
from netterms.limits.lines import decide, follow_decision
from netterms.limits.rules import LimitSettings
from netterms.limits.rules_sql import need_sql, recommend_sql
from netterms.receivables.events import (
    AllocationUndone,
    InvoiceIssued,
    InvoicesImported,
    LinesMatched,
    PaymentAllocated,
    WrittenOff,
)
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.portable import to_postgres, translated
from netterms.store.tenancy import book, once_more

OwedMoved = InvoiceIssued | PaymentAllocated | AllocationUndone | WrittenOff
ITEM_FILTER = " and i.buyer_id in (select buyer_id from scored_today)"


def refresh_limits(ctx: Context) -> dict[str, Plain]:
    """Recommend a limit for every buyer scored today; store it where it differs from the last one.

    A recommendation grants nothing: `granted_minor` stays empty until a person decides.
    """
    ctx.require(Permission.RUN_DAY)
    params = stamp(ctx) | {"since": add_months(ctx.today, -12)}
    with book(ctx):
        sql.execute(sql.statement("limits/scored_today"), params)
        # Of rows just written to `score` the planner knows nothing: it would take them for one
        # and go through the book once for each.
        sql.execute("analyze scored_today")
        sql.execute(sql.statement("limits/seller_sales"), params)
        sql.execute(_credit_use(), params)
        sql.execute("analyze credit_use")
        changed = sql.execute(_insert(), params)
        sql.execute("drop table scored_today, seller_sales, credit_use")
    return {"changed": changed}


def count_owed(ctx: Context, imported: InvoicesImported) -> None:
    """Count anew what the buyers of an import owe on their credit lines."""
    params = {"seller": ctx.seller, "import": imported.subject}
    if sql.row("select from credit_line where seller_id = %(seller)s limit 1", params) is not None:
        sql.value(sql.statement("limits/count_owed"), params)


def count_buyer_owed(ctx: Context, moved: OwedMoved) -> None:
    """Count anew what one buyer owes on its credit lines, after its invoices or payments moved."""
    params = {"seller": ctx.seller, "buyer": moved.buyer}
    line = "select from credit_line where seller_id = %(seller)s and buyer_id = %(buyer)s limit 1"
    if sql.row(line, params) is not None:
        sql.value("select refresh_owed(array[%(buyer)s]::uuid[])", params)


def count_matched_owed(ctx: Context, matched: LinesMatched) -> None:
    """Count anew what the buyers owe whose payments a batch of bank lines brought."""
    params = {"seller": ctx.seller, "batch": matched.subject}
    if sql.row("select from credit_line where seller_id = %(seller)s limit 1", params) is not None:
        sql.value(sql.statement("limits/count_matched"), params)


@once_more
def grant_limit(ctx: Context, buyer_id: UUID, limit: Money, why: str) -> None:
    """A person decides a buyer's limit; it is in force from today on until decided again.

    The buyer's line in that currency is opened or changed to it. NOT_FOUND for a buyer the seller
    does not have. Granting what is in force changes nothing.
    """
    ctx.require(Permission.SET_LIMIT)
    asked = {"seller": ctx.seller, "buyer": buyer_id}
    with book(ctx):
        if not sql.row(
            "select id from buyer where seller_id = %(seller)s and id = %(buyer)s", asked
        ):
            raise Refusal(Code.NOT_FOUND, what="buyer", id=str(buyer_id))
        if decide(ctx, buyer_id, limit, why):
            record(ctx, events.LimitGranted(buyer_id, limit, why))
        follow_decision(ctx, buyer_id, limit, why)


@cache
def _credit_use() -> str:
    # A table of its own: a pass over the book that writes nothing else is shared among workers.
    used = translated(
        sql.statement("limits/credit_use"), sql.statement("receivables/item") + ITEM_FILTER
    )
    return f"create temp table credit_use on commit drop as {used}"


@cache
def _insert() -> str:
    settings = LimitSettings()
    need = to_postgres(need_sql(settings, "sales_minor", "credit_days"))
    recommended = to_postgres(
        recommend_sql(settings, "limit_facts", ("buyer", "currency", "grade"), sql.FENCE)
    )
    facts = sql.statement("limits/facts").replace("/* need */", need)
    text = sql.statement("limits/recommend").replace("/* recommended */", recommended)
    return text.replace("/* facts */", facts)
