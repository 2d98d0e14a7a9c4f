"""Reads of payment plans: the list, one with its schedule and progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book

PLAN = """
select p.id, p.buyer_id, b.name as buyer_name, p.state, p.currency::text as currency, p.shape,
       p.debt_minor, p.down_minor, p.months, p.yearly_percent, p.started_on, p.ends_on,
       p.extension_ends_on, p.replans, p.proposed_by, p.proposed_at, p.acknowledged_text,
       p.accepted_by, p.accepted_how, p.accepted_at, p.approved_by, p.approved_at, p.consent_note,
       p.consented_on, p.closed_on, p.close_note, p.due_now_minor, p.due_now_interest_minor,
       t.total_minor, t.interest_minor, t.paid_minor, t.missed, t.next_due_on
from payment_plan p
join buyer b on b.seller_id = p.seller_id and b.id = p.buyer_id
cross join lateral (
  select sum(i.payment_minor)::bigint as total_minor,
         sum(i.interest_minor)::bigint as interest_minor,
         sum(i.paid_minor)::bigint as paid_minor, count(i.missed_on) as missed,
         min(i.due_on) filter (where i.settled_on is null) as next_due_on
  from plan_instalment i where i.seller_id = p.seller_id and i.plan_id = p.id
) t
where p.seller_id = %(seller)s and p.currency is not null
"""
# On the table first, then what runs, then what is over; the newest of each first.
ORDER = """
order by case when p.state in ('proposed', 'awaiting_insurer_consent') then 0
              when p.state in ('accepted', 'running') then 1 else 2 end, p.id desc
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with a schedule. Amounts are minor units of `currency`; sums are of instalments."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    state: str
    currency: str
    shape: str
    debt_minor: int
    down_minor: int
    months: int
    yearly_percent: Decimal
    started_on: date
    ends_on: date
    extension_ends_on: date | None
    replans: int
    proposed_by: str
    proposed_at: datetime
    acknowledged_text: str | None
    accepted_by: str | None
    accepted_how: str | None
    accepted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    consent_note: str | None
    consented_on: date | None
    closed_on: date | None
    close_note: str | None
    due_now_minor: int | None
    due_now_interest_minor: int | None
    total_minor: int
    interest_minor: int
    paid_minor: int
    missed: int
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class PlanInstalment:
    """One payment of a plan; number 0 is the down payment. `missed_on`: its grace ended unpaid."""

    number: int
    due_on: date
    payment_minor: int
    interest_minor: int
    principal_minor: int
    balance_minor: int
    paid_minor: int
    settled_on: date | None
    missed_on: date | None


@dataclass(frozen=True, slots=True)
class PlanInvoice:
    """A paper of a plan, and what is open of it.

    `interest_of` is the instalment that a note is of, 0 of the days until a plan ended early, None
    of an invoice. `credited`: that interest was taken back.
    """

    id: UUID
    invoice_number: str
    due_on: date
    open_minor: int
    interest_of: int | None
    credited: bool


def plans(
    ctx: Context,
    *,
    buyer_id: UUID | None = None,
    state: str = "",
    most: int = 50,
    skip: int = 0,
) -> list[Plan]:
    """Plans with a schedule; of one buyer or in one state where asked."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            PLAN
            + " and (%(buyer)s::uuid is null or p.buyer_id = %(buyer)s)"
            + " and (%(state)s = '' or p.state = %(state)s)"
            + ORDER
            + " limit %(most)s offset %(skip)s",
            {"seller": ctx.seller, "buyer": buyer_id, "state": state, "most": most, "skip": skip},
        )
    return sql.typed(found, Plan)


def count_plans(ctx: Context, state: str = "") -> int:
    """How many plans with a schedule there are, in one state where asked."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                "select count(*) from payment_plan where seller_id = %(seller)s"
                " and currency is not null and (%(state)s = '' or state = %(state)s)",
                {"seller": ctx.seller, "state": state},
            )
        )


def plan(ctx: Context, plan_id: UUID) -> Plan:
    """One plan; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(PLAN + " and p.id = %(id)s", {"seller": ctx.seller, "id": plan_id})
    if not found:
        raise Refusal(Code.NOT_FOUND, field="plan", value=str(plan_id))
    return sql.typed(found, Plan)[0]


def instalments_of(ctx: Context, plan_id: UUID) -> list[PlanInstalment]:
    """A plan's payments in their order."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from plan_instalment where seller_id = %(seller)s and plan_id = %(id)s"
            " order by number",
            {"seller": ctx.seller, "id": plan_id},
        )
    return sql.typed(found, PlanInstalment)


def invoices_of(ctx: Context, plan_id: UUID) -> list[PlanInvoice]:
    """A plan's invoices, the oldest first; then the notes of its interest."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select i.id, i.invoice_number, i.due_on, i.open_minor,
                   case when n.invoice_id is not null then coalesce(n.number, 0) end as interest_of,
                   n.credit_note_id is not null as credited
            from payment_plan_invoice x
            join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
            left join plan_interest n on n.seller_id = x.seller_id and n.plan_id = x.plan_id
              and n.invoice_id = x.invoice_id
            where x.seller_id = %(seller)s and x.plan_id = %(id)s
            order by n.invoice_id is not null, i.due_on, i.id
            """,
            {"seller": ctx.seller, "id": plan_id},
        )
    return sql.typed(found, PlanInvoice)


def planned_invoices(ctx: Context, buyer_id: UUID) -> frozenset[UUID]:
    """A buyer's invoices that a plan holds, be it on the table or running."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select x.invoice_id from payment_plan_invoice x
            join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
            where p.seller_id = %(seller)s and p.buyer_id = %(buyer)s
              and p.state in ('proposed', 'awaiting_insurer_consent', 'accepted', 'running')
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return frozenset(line["invoice_id"] for line in found)
