"""Reports that were ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.statements.queries import ratios_of_peers
from netterms.statements.rules import RATIOS
from netterms.store import sql
from netterms.store.tenancy import book

# A figure of fewer buyers would tell of one of them.
LEAST_PEERS = 5
MOST_PEERS = 500
RATIO_NAMES = tuple(ratio.name for ratio in RATIOS)


@dataclass(frozen=True, slots=True)
class CreditReport:
    """A report as it was given. `content` is what `reports.content` says it is."""

    id: UUID
    buyer_id: UUID
    as_of: date
    ordered_at: datetime
    ordered_by: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ordered:
    """One line of the list of a buyer's reports."""

    id: UUID
    as_of: date
    ordered_at: datetime
    ordered_by: str


def report(ctx: Context, report_id: UUID) -> CreditReport:
    """One report; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_id, as_of, ordered_at, ordered_by, content from credit_report"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": report_id},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="report", value=str(report_id))
    return sql.typed(found, CreditReport)[0]


def reports_of(
    ctx: Context, buyer_id: UUID, *, after: UUID | None = None, most: int = 20
) -> list[Ordered]:
    """Reports on a buyer, the newest first; those that follow `after` in that order."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, as_of, ordered_at, ordered_by from credit_report"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " and (%(after)s::uuid is null or id < %(after)s)"
            " order by id desc limit %(most)s",
            {"seller": ctx.seller, "buyer": buyer_id, "after": after, "most": most},
        )
    return sql.typed(found, Ordered)


def payment_months(ctx: Context, buyer_id: UUID) -> list[dict[str, Any]]:
    """How a buyer paid until `ctx.today`, by currency and month, of the last 24 months."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(
            sql.statement("reports/payment_months"),
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": ctx.today},
        )


def written_off(ctx: Context, buyer_id: UUID) -> dict[str, int]:
    """What stands written off of a buyer's invoices on `ctx.today`, in minor units by currency."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            sql.statement("reports/written_off"),
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": ctx.today},
        )
    return {line["currency"]: line["minor"] for line in found}


def paid_around(ctx: Context, buyer_id: UUID) -> list[dict[str, Any]]:
    """How a buyer, others of its country and others of its sector paid in 12 months, by scope.

    Others are at most MOST_PEERS of each scope, drawn by their ids.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(
            sql.statement("reports/paid_around"),
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": ctx.today, "most": MOST_PEERS},
        )


def sector_ratios(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    """The median of each ratio over the seller's other buyers of the same sector with accounts.

    Of at most MOST_PEERS of them, drawn by their ids. Empty where fewer than `LEAST_PEERS` are
    known: a median of three says nothing.
    """
    found = ratios_of_peers(ctx, buyer_id, ctx.today, MOST_PEERS)
    if len(found) < LEAST_PEERS:
        return {}
    return {"buyers": len(found), "median": {name: _median(found, name) for name in RATIO_NAMES}}


def _median(lines: list[dict[str, Any]], name: str) -> Decimal | None:
    values = [line[name] for line in lines if line[name] is not None]
    return median(values) if len(values) >= LEAST_PEERS else None
