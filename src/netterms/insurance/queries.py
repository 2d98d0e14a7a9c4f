"""Reads of the seller's cover: insured limits and what the policy asks by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.insurance.terms import terms_from
from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """An open deadline. `open_minor` is what is still owed of the invoice it runs on."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    invoice_id: UUID
    invoice_number: str
    currency: str
    open_minor: int
    kind: str
    due_on: date
    rule: str
    insurer: str
    policy_number: str


@dataclass(frozen=True, slots=True)
class InsuredLimit:
    """What the insurer covers of a buyer, in minor units of the policy's currency."""

    kind: str
    currency: str
    amount_minor: int
    starts_on: date
    ends_on: date | None
    insurer: str
    policy_number: str


def open_deadlines(
    ctx: Context,
    *,
    buyer_id: UUID | None = None,
    until: date | None = None,
    most: int = 500,
    skip: int = 0,
) -> list[OpenDeadline]:
    """Open deadlines, the next one first; of one buyer or until a day where asked."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select d.id, d.buyer_id, b.name as buyer_name, d.invoice_id, i.invoice_number,
                   i.currency::text as currency, i.open_minor, d.kind, d.due_on, d.rule,
                   p.insurer, p.policy_number
            from policy_deadline d
            join buyer b on b.seller_id = d.seller_id and b.id = d.buyer_id
            join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
            join insurance_policy p on p.seller_id = d.seller_id and p.id = d.policy_id
            where d.seller_id = %(seller)s and d.state = 'open'
              and (%(buyer)s::uuid is null or d.buyer_id = %(buyer)s)
              and (%(until)s::date is null or d.due_on <= %(until)s)
            order by d.due_on, b.name, d.id
            limit %(most)s offset %(skip)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "until": until, "most": most, "skip": skip},
        )
    return sql.typed(found, OpenDeadline)


def count_deadlines(ctx: Context, until: date | None = None) -> int:
    """How many deadlines are open, or fall due until a day."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                "select count(*) from policy_deadline where seller_id = %(seller)s"
                " and state = 'open' and (%(until)s::date is null or due_on <= %(until)s)",
                {"seller": ctx.seller, "until": until},
            )
        )


def insured_limits(ctx: Context, buyer_id: UUID, as_of: date) -> list[InsuredLimit]:
    """A buyer's insured limits in force on `as_of`, the largest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select l.kind, p.currency::text as currency, l.amount_minor, l.starts_on, l.ends_on,
                   p.insurer, p.policy_number
            from insured_limit l
            join insurance_policy p on p.seller_id = l.seller_id and p.id = l.policy_id
            where l.seller_id = %(seller)s and l.buyer_id = %(buyer)s
              and l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s)
            order by l.amount_minor desc, l.starts_on
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of},
        )
    return sql.typed(found, InsuredLimit)


def longest_credit_days(ctx: Context, buyer_id: UUID, as_of: date) -> int | None:
    """The shortest of the longest credit periods of the policies that cover a buyer on `as_of`.

    None when no limit of it is in force.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select distinct p.id, p.terms
            from insured_limit l
            join insurance_policy p on p.seller_id = l.seller_id and p.id = l.policy_id
            where l.seller_id = %(seller)s and l.buyer_id = %(buyer)s
              and l.starts_on <= %(as_of)s and (l.ends_on is null or l.ends_on >= %(as_of)s)
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of},
        )
    return min((terms_from(line["terms"]).max_credit_period for line in found), default=None)
