"""Reports that were ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


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


def reports_of(ctx: Context, buyer_id: UUID, *, most: int = 20) -> list[Ordered]:
    """Reports on a buyer, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, as_of, ordered_at, ordered_by from credit_report"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " order by id desc limit %(most)s",
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, Ordered)


def companies_above(ctx: Context, buyer_id: UUID) -> list[dict[str, Any]]:
    """The companies above a buyer, the nearest first, with how many buyers the group has."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(
            sql.statement("reports/group_of"), {"seller": ctx.seller, "buyer": buyer_id}
        )


def payment_months(ctx: Context, buyer_id: UUID) -> list[dict[str, Any]]:
    """How a buyer paid until `ctx.today`, by currency and month, of the last 24 months."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.rows(
            sql.statement("reports/payment_months"),
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": ctx.today},
        )
