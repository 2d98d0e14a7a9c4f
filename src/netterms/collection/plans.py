"""Payment plans for invoices that are late (TRM-04): proposed, consented to, running, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from netterms.collection import events
from netterms.collection.moves import PLAN_MOVES, PlanMove, PlanState
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LIVING = "('proposed', 'awaiting_insurer_consent', 'accepted', 'running')"


def propose_plan(
    ctx: Context, buyer_id: UUID, invoices: Sequence[UUID], ends_on: date
) -> tuple[UUID, PlanState]:
    """Put open invoices of a buyer into a plan from today to `ends_on`.

    An insured buyer's plan waits for the insurer's consent; the policy's clocks run on
    (TCI-08). NOT_FOUND names an invoice that is not an open one of this buyer; VALUE_INVALID one
    that is in another plan, or an end that is not after today.
    """
    ctx.require(Permission.COLLECT)
    if ends_on <= ctx.today or not invoices:
        raise Refusal(
            Code.VALUE_INVALID, field="ends_on", value=str(ends_on), mend=Mend.AFTER_TODAY
        )
    with book(ctx):
        _check(ctx, buyer_id, invoices)
        insured = _is_insured(ctx, buyer_id)
        state = PlanState.PROPOSED
        if insured:
            state = after(PLAN_MOVES, state, PlanMove.ASK_INSURER)
        plan = new_id(ctx.now)
        params = {"seller": ctx.seller, "id": plan, "buyer": buyer_id, "state": state.value}
        sql.execute(
            """
            insert into payment_plan (seller_id, id, buyer_id, state, started_on, ends_on)
            values (%(seller)s, %(id)s, %(buyer)s, %(state)s, %(today)s, %(ends)s)
            """,
            params | {"today": ctx.today, "ends": ends_on},
        )
        sql.execute(
            """
            insert into payment_plan_invoice (seller_id, plan_id, invoice_id)
            select %(seller)s, %(id)s, unnest(%(invoices)s::uuid[])
            """,
            params | {"invoices": list(invoices)},
        )
        record(ctx, events.PlanProposed(buyer_id, plan, ends_on, tuple(invoices)))
    return plan, state


def move_plan(ctx: Context, plan_id: UUID, move: PlanMove) -> PlanState:
    """Do `move` to a plan without a schedule; NOT_FOUND, or MOVE_NOT_ALLOWED from its state."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select buyer_id, state from payment_plan where seller_id = %(seller)s and id = %(id)s"
            " and currency is null for update",
            {"seller": ctx.seller, "id": plan_id},
        )
        if found is None:
            raise Refusal(Code.NOT_FOUND, field="plan", value=str(plan_id))
        before = PlanState(found["state"])
        state = after(PLAN_MOVES, before, move)
        sql.execute(
            "update payment_plan set state = %(state)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": plan_id, "state": state.value},
        )
        record(ctx, events.PlanMoved(found["buyer_id"], plan_id, before.value, state.value))
    return state


def _check(ctx: Context, buyer_id: UUID, invoices: Sequence[UUID]) -> None:
    found = sql.rows(
        f"""
        select i.id, exists (
                 select from payment_plan_invoice x
                 join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
                 where x.seller_id = i.seller_id and x.invoice_id = i.id and p.state in {LIVING}
               ) as is_planned
        from invoice i
        where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.id = any(%(invoices)s)
          and i.kind = 'invoice' and i.open_minor > 0
        order by i.id for update of i
        """,  # noqa: S608 - the states are ours
        {"seller": ctx.seller, "buyer": buyer_id, "invoices": list(invoices)},
    )
    planned = {line["id"]: line["is_planned"] for line in found}
    for invoice in invoices:
        if invoice not in planned:
            raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice))
        if planned[invoice]:
            raise Refusal(
                Code.VALUE_INVALID,
                field="invoice",
                value=str(invoice),
                mend=Mend.UNPLANNED_INVOICE,
            )


def _is_insured(ctx: Context, buyer_id: UUID) -> bool:
    return bool(
        sql.value(
            """
            select exists (
              select from insured_limit
              where seller_id = %(seller)s and buyer_id = %(buyer)s and amount_minor > 0
                and starts_on <= %(today)s and (ends_on is null or ends_on >= %(today)s))
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today},
        )
    )
