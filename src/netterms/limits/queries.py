"""Reads of limit decisions and credit lines. The newest decision of a currency is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import CreditLine, line_of
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Decision:
    """The newest decision or recommendation, and who granted what is in force, when.

    `granted_minor`, `granted_on` and `granted_by` are None while nobody has decided: a
    recommendation carries what was granted along and grants nothing itself.
    """

    currency: str
    decided_on: date
    recommended_minor: int
    granted_minor: int | None
    grade: int | None
    decided_by: str
    reasons: list[Any]
    granted_on: date | None
    granted_by: str | None

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
            select distinct on (d.currency) d.currency::text as currency, d.decided_on,
                   d.recommended_minor, d.granted_minor, d.grade, d.decided_by, d.reasons,
                   g.decided_on as granted_on, g.decided_by as granted_by
            from limit_decision d
            left join lateral (
              select x.decided_on, x.decided_by
              from limit_decision x
              where x.seller_id = d.seller_id and x.buyer_id = d.buyer_id
                and x.currency = d.currency and x.decided_on <= %(as_of)s
                and x.decided_by <> 'recommendation'
              order by x.decided_on desc, x.id desc
              limit 1
            ) g on true
            where d.seller_id = %(seller)s and d.buyer_id = %(buyer)s and d.decided_on <= %(as_of)s
            order by d.currency, d.decided_on desc, d.id desc
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of},
        )
    return {decision.currency: decision for decision in sql.typed(found, Decision)}


def lines_of(ctx: Context, buyer_id: UUID) -> dict[str, CreditLine]:
    """A buyer's credit lines by currency, as they stand today."""
    return lines_of_buyers(ctx, [buyer_id])[buyer_id]


def lines_of_buyers(ctx: Context, buyers: Sequence[UUID]) -> dict[UUID, dict[str, CreditLine]]:
    """The credit lines of each of `buyers` by currency, as they stand today."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from credit_line"
            " where seller_id = %(seller)s and buyer_id = any(%(buyers)s::uuid[])"
            " order by currency",
            {"seller": ctx.seller, "buyers": list(buyers)},
        )
    lines: dict[UUID, dict[str, CreditLine]] = {buyer_id: {} for buyer_id in buyers}
    for line in found:
        lines[line["buyer_id"]][line["currency"]] = line_of(line, ctx.today)
    return lines


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One change of a line: who did it, why, and what it was before (None: it was opened)."""

    id: UUID
    happened_at: datetime
    business_date: date
    actor: str
    why: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def line(ctx: Context, buyer_id: UUID, currency: str) -> CreditLine:
    """One line as it stands today; NOT_FOUND where the buyer has none in that currency."""
    found = lines_of(ctx, buyer_id).get(currency)
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="line", value=f"{buyer_id}/{currency}")
    return found


def line_history(ctx: Context, buyer_id: UUID, currency: str, *, most: int = 50) -> list[LineEvent]:
    """Every change of a line, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, happened_at, business_date, actor,
                   coalesce(nullif(facts ->> 'why', ''), why) as why,
                   facts -> 'before' as before, facts -> 'after' as after
            from event
            where seller_id = %(seller)s and subject_id = %(buyer)s
              and kind in ('limits.line_opened', 'limits.line_changed')
              and facts ->> 'currency' = %(currency)s
            order by id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "currency": currency, "most": most},
        )
    return sql.typed(found, LineEvent)


@dataclass(frozen=True, slots=True)
class CapEvent:
    """A cap was set (`before_minor` is None for a new one) or removed (`after_minor` is None)."""

    business_date: date
    actor: str
    cap_kind: str
    key: str
    before_minor: int | None
    after_minor: int | None
    why: str


def cap_history(ctx: Context, *, most: int = 50) -> list[CapEvent]:
    """Every change of the seller's caps, also of those that are gone, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select business_date, actor, facts ->> 'cap_kind' as cap_kind, facts ->> 'key' as key,
                   (facts ->> 'before_minor')::bigint as before_minor,
                   (facts ->> 'after_minor')::bigint as after_minor, facts ->> 'why' as why
            from event
            where seller_id = %(seller)s and kind in ('limits.cap_set', 'limits.cap_removed')
            order by id desc limit %(most)s
            """,
            {"seller": ctx.seller, "most": most},
        )
    return sql.typed(found, CapEvent)
