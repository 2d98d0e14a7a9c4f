"""Plans that end before their time: closed as paid, cancelled, or replaced by another (TRM-04).

What was booked of interest that is not earned is credited; for the days since the last due date the
interest until today is booked, but for a plan that a person closes as paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.given import checked_text
from netterms.collection.instalments import decline, propose
from netterms.collection.moves import PLAN_MOVES, PlanMove, PlanState
from netterms.collection.plan_offers import Offer
from netterms.collection.plan_rules import interest_until, unearned_from
from netterms.collection.plan_settling import open_principal, settle_plan, take_back_interest
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more
from netterms.terms.schedules import Shape

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What is agreed anew: as of `Offer`, for all that the plan before has open."""

    months: int
    down_percent: int
    yearly_percent: Decimal
    shape: Shape = Shape.LEVEL


@once_more
def cancel(ctx: Context, plan_id: UUID, note: str) -> PlanState:
    """End a running plan; what is open is due again by its own dates, with interest until today.

    NOT_FOUND; MOVE_NOT_ALLOWED where it does not run; VALUE_INVALID without a note.
    """
    ctx.require(Permission.COLLECT)
    note = checked_text("note", note, LONGEST_NOTE, least=1)
    with book(ctx):
        return _end(ctx, plan_id, PlanMove.CANCEL, note)


def end(ctx: Context, plan_id: UUID, note: str) -> PlanState:
    """Decline a plan that is on the table, cancel one that runs. Errors as of those."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        if _locked(ctx, plan_id)["state"] == PlanState.RUNNING:
            return cancel(ctx, plan_id, note)
        return decline(ctx, plan_id, note)


@once_more
def replan(ctx: Context, plan_id: UUID, terms: NewTerms) -> UUID:
    """Put another plan in the place of one that runs or was called in; returns the new one.

    A running plan ends with this, and its interest until today is part of the new debt; one that
    was called in is replaced once the new one starts. A second time asks for another person's
    approval (check 7). Errors as of `propose`; NOT_FOUND; MOVE_NOT_ALLOWED.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        plan = _locked(ctx, plan_id)
        after(PLAN_MOVES, PlanState(plan["state"]), PlanMove.REPLAN)
        if plan["state"] == PlanState.RUNNING:
            _end(ctx, plan_id, PlanMove.REPLAN, "")
        invoices = sql.rows(
            """
            select i.id from payment_plan_invoice x
            join invoice i on i.seller_id = x.seller_id and i.id = x.invoice_id
            where x.seller_id = %(seller)s and x.plan_id = %(id)s and i.open_minor > coalesce((
              select sum(d.amount_minor) from dispute d
              where d.seller_id = i.seller_id and d.invoice_id = i.id and d.settled_on is null), 0)
            order by i.due_on, i.id
            """,
            {"seller": ctx.seller, "id": plan_id},
        )
        return propose(
            ctx,
            Offer(
                plan["buyer_id"],
                tuple(line["id"] for line in invoices),
                terms.months,
                terms.down_percent,
                terms.yearly_percent,
                terms.shape,
                Money(plan["retention_minor"], plan["code"]) if plan["retention_minor"] else None,
            ),
        )


def close_paid(ctx: Context, plan_id: UUID) -> PlanState:
    """A person closes a running plan as paid early: interest to come is not asked for.

    NOT_FOUND; MOVE_NOT_ALLOWED where it does not run.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        return _end(ctx, plan_id, PlanMove.COMPLETE, "")


def _end(ctx: Context, plan_id: UUID, move: PlanMove, note: str) -> PlanState:
    plan = _locked(ctx, plan_id)
    before = PlanState(plan["state"])
    state = after(PLAN_MOVES, before, move)
    running = settle_plan(ctx, plan_id)
    principal, bearing = open_principal(ctx, plan_id)
    interest = 0
    if move is not PlanMove.COMPLETE:
        interest = interest_until(
            running, bearing, plan["yearly_percent"], plan["started_on"], ctx.today
        )
    sql.execute(
        "update payment_plan set state = %(state)s, closed_on = %(today)s, close_note = %(note)s,"
        " due_now_minor = %(minor)s, due_now_interest_minor = %(interest)s"
        " where seller_id = %(seller)s and id = %(id)s",
        {
            "seller": ctx.seller,
            "id": plan_id,
            "state": state.value,
            "today": ctx.today,
            "note": note or None,
            "minor": principal if move is not PlanMove.COMPLETE else None,
            "interest": interest if move is not PlanMove.COMPLETE else None,
        },
    )
    take_back_interest(ctx, {plan_id: unearned_from(running, ctx.today)}, {plan_id: interest})
    told = Money(principal, plan["code"]), Money(interest, plan["code"])
    if move is PlanMove.CANCEL:
        record(ctx, events.PlanCancelled(plan["buyer_id"], plan_id, note, *told))
    else:
        record(ctx, events.PlanMoved(plan["buyer_id"], plan_id, before.value, state.value))
    return state


def _locked(ctx: Context, plan_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select *, currency::text as code from payment_plan where seller_id = %(seller)s"
        " and id = %(id)s and currency is not null for update",
        {"seller": ctx.seller, "id": plan_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="plan", value=str(plan_id))
    return found
