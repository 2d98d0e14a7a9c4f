"""Reads of the seller's cover: insured limits and what the policy asks by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.insurance.terms import PolicyTerms, terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
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
    policy_id: UUID | None = None,
    until: date | None = None,
    most: int = 500,
    skip: int = 0,
) -> list[OpenDeadline]:
    """Open deadlines, the next one first; of one buyer or policy, or until a day where asked."""
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
              and (%(policy)s::uuid is null or d.policy_id = %(policy)s)
              and (%(until)s::date is null or d.due_on <= %(until)s)
            order by d.due_on, b.name, d.id
            limit %(most)s offset %(skip)s
            """,
            {
                "seller": ctx.seller,
                "buyer": buyer_id,
                "policy": policy_id,
                "until": until,
                "most": most,
                "skip": skip,
            },
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


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and what stands under it: limits in force on a day, in its minor units.

    `is_counted`: a deadline was set or a claim prepared by its terms, which stand from then on.
    """

    id: UUID
    insurer: str
    policy_number: str
    currency: str
    starts_on: date
    ends_on: date
    terms: PolicyTerms
    limits: int
    insured_minor: int
    open_deadlines: int
    is_counted: bool


@dataclass(frozen=True, slots=True)
class LimitOfBuyer:
    """A limit under a policy, in its minor units. `is_replaced`: it never came into force."""

    id: UUID
    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    kind: str
    amount_minor: int
    starts_on: date
    ends_on: date | None
    is_in_force: bool
    is_replaced: bool


def policies(ctx: Context, as_of: date, *, most: int = 200, skip: int = 0) -> list[Policy]:
    """The seller's policies, the last to end first."""
    return _policies(ctx, as_of, None, most, skip)


def policy(ctx: Context, policy_id: UUID, as_of: date) -> Policy:
    """One policy; NOT_FOUND."""
    found = _policies(ctx, as_of, policy_id, 1, 0)
    if not found:
        raise Refusal(Code.NOT_FOUND, field="policy", value=str(policy_id))
    return found[0]


def policy_by_number(ctx: Context, number: str, as_of: date) -> Policy:
    """The policy of that number that runs on a day, else the last one; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.value(
            "select id from insurance_policy"
            " where seller_id = %(seller)s and policy_number = %(number)s"
            " order by %(as_of)s between starts_on and ends_on desc, ends_on desc limit 1",
            {"seller": ctx.seller, "number": number, "as_of": as_of},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="policy_number", value=number)
    return policy(ctx, found, as_of)


def _policies(
    ctx: Context, as_of: date, policy_id: UUID | None, most: int, skip: int
) -> list[Policy]:
    ctx.require(Permission.READ)
    asked = {
        "seller": ctx.seller,
        "policy": policy_id,
        "as_of": as_of,
        "most": most,
        "skip": skip,
    }
    with book(ctx):
        found = sql.rows(sql.statement("insurance/policies"), asked)
    return sql.typed([line | {"terms": terms_from(line["terms"])} for line in found], Policy)


def count_policies(ctx: Context) -> int:
    """How many policies there are, ended ones too."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                "select count(*) from insurance_policy where seller_id = %(seller)s",
                {"seller": ctx.seller},
            )
        )


def limits_of(
    ctx: Context,
    policy_id: UUID,
    as_of: date,
    *,
    buyer: str = "",
    in_force: bool = False,
    most: int = 50,
    skip: int = 0,
) -> tuple[list[LimitOfBuyer], int]:
    """Limits under a policy by buyer, and how many there are in all.

    `buyer` is a piece of its name, or its whole number; `in_force`: only those of that day.
    """
    ctx.require(Permission.READ)
    asked = {
        "seller": ctx.seller,
        "policy": policy_id,
        "as_of": as_of,
        "buyer": buyer,
        "in_force": in_force,
    }
    with book(ctx):
        text = sql.statement("insurance/limits_of")
        found = sql.rows(text, asked | {"most": most, "skip": skip})
        # A page past the last one has no row that says how many there are.
        first = found or (sql.rows(text, asked | {"most": 1, "skip": 0}) if skip else [])
    return sql.typed(found, LimitOfBuyer), int(first[0]["total"]) if first else 0
