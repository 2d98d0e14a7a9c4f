"""Limits as use cases: recommend them for the whole book, or grant one by a person."""

from __future__ import annotations

from datetime import date
from functools import cache
from uuid import UUID

from netterms.buyers.known import require_buyer
from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.money import Money
from netterms.kernel.versions import in_force
from netterms.limits import events
from netterms.limits.facts_sql import trading_sql
from netterms.limits.formulas import Formula
from netterms.limits.lines import decide, follow_decision
from netterms.limits.policy import STARTING, LimitPolicy, limit_policies
from netterms.limits.rules_sql import need_sql, pace_sql, recommend_sql
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
from netterms.store.portable import in_postgres, to_postgres, translated
from netterms.store.tenancy import book, once_more

OwedMoved = InvoiceIssued | PaymentAllocated | AllocationUndone | WrittenOff
ITEM_FILTER = " and i.buyer_id in (select buyer_id from scored_today)"


def refresh_limits(ctx: Context, since: date | None = None) -> dict[str, Plain]:
    """Recommend a limit for every buyer scored today; store it where it differs from the last one.

    `since` is the date of the run before: of everybody where another policy came into force since
    then. A recommendation grants nothing: `granted_minor` stays empty until a person decides.
    """
    ctx.require(Permission.RUN_DAY)
    last = since or ctx.today
    params = stamp(ctx) | {"since": add_months(ctx.today, -12), "last": last}
    with book(ctx):
        versions = limit_policies(ctx)
        policy = in_force(versions, ctx.today, STARTING).policy
        sql.execute(sql.statement("limits/scored_today"), params)
        everybody = any(v.in_force_on and last <= v.in_force_on <= ctx.today for v in versions)
        if everybody or Formula.THREE_WAY in policy.formulas:
            before = sql.statement("limits/scored_before")
            sql.execute(before, params | {"everybody": everybody})
        # Of rows just written to `score` the planner knows nothing: it would take them for one
        # and go through the book once for each.
        sql.execute("analyze scored_today")
        sql.execute(sql.statement("limits/seller_sales"), params)
        sql.execute(_credit_use(policy), params)
        sql.execute("analyze credit_use")
        sql.execute(_outside_facts(policy), params)
        changed = sql.execute(_insert(policy), params)
        sql.execute("drop table scored_today, seller_sales, credit_use, outside_facts")
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
    with book(ctx):
        require_buyer(ctx, buyer_id)
        if decide(ctx, buyer_id, limit, why):
            record(ctx, events.LimitGranted(buyer_id, limit, why))
        follow_decision(ctx, buyer_id, limit, why)


@cache
def _credit_use(policy: LimitPolicy) -> str:
    # A table of its own: a pass over the book that writes nothing else is shared among workers.
    need = to_postgres(need_sql(policy.settings, pace_sql("sales_minor"), "credit_days"))
    used = translated(
        sql.statement("limits/credit_use"), sql.statement("receivables/item") + ITEM_FILTER
    )
    return f"""
        create temp table credit_use on commit drop as
        select *, {need} as need_minor from ({used}) used
        """  # noqa: S608 - our own statements


@cache
def _outside_facts(policy: LimitPolicy) -> str:
    """What the formulas chosen ask beside the book's own figures; nothing for the other ones."""
    if not policy.formulas & {Formula.THREE_WAY, Formula.HEURISTIC}:
        return sql.statement("limits/no_outside_facts")
    references = in_postgres(
        "limits/references", sql.statement("limits/known_references"), "reference"
    )
    trading = translated(trading_sql("known"), sql.statement("limits/known_trading"), "known")
    text = sql.statement("limits/outside_facts").replace("/* references */", f"({references})")
    return text.replace("/* trading */", f"({trading})")


@cache
def _insert(policy: LimitPolicy) -> str:
    recommended = to_postgres(
        recommend_sql(policy.settings, "limit_facts", ("buyer", "currency", "grade"), sql.FENCE)
    )
    return sql.statement("limits/recommend").replace("/* recommended */", recommended)
