"""Reads of limit decisions and credit lines. The newest decision of a currency is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.limits.lines import CreditLine, line_of
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: `granted_minor` is None while nobody has decided on the recommendation."""

    currency: str
    decided_on: date
    recommended_minor: int
    granted_minor: int | None
    grade: int | None
    decided_by: str
    reasons: list[Any]

    @property
    def limit_minor(self) -> int:
        """What the buyer may owe: what was granted, else what is recommended."""
        return self.recommended_minor if self.granted_minor is None else self.granted_minor


def decisions_in_force(ctx: Context, buyer_id: UUID, as_of: date) -> dict[str, Decision]:
    """A buyer's newest decision until `as_of` in each currency."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select distinct on (currency) currency::text as currency, decided_on,
                   recommended_minor, granted_minor, grade, decided_by, reasons
            from limit_decision
            where seller_id = %(seller)s and buyer_id = %(buyer)s and decided_on <= %(as_of)s
            order by currency, decided_on desc, id desc
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of},
        )
    return {decision.currency: decision for decision in sql.typed(found, Decision)}


def lines_of(ctx: Context, buyer_id: UUID) -> dict[str, CreditLine]:
    """A buyer's credit lines by currency, as they stand today."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from credit_line where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " order by currency",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return {line["currency"]: line_of(line, ctx.today) for line in found}
