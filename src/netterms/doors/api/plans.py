"""Payment plans: instalments for what is late, who agreed to them, and what came in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.collection import plan_reads
from netterms.collection.moves import PlanState
from netterms.doors.api.shapes import ApiRequest, Id, Instant, Money, PageSize, Skip, money, some

router = Router(tags=["collection"])


class Plan(Schema):
    """A plan. `paid` is what came in for it; `due_now` the balance where it was called in whole."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    state: str
    shape: str
    debt: Money
    down_payment: Money
    months: int
    yearly_percent: str
    interest: Money
    total: Money
    paid: Money
    missed: int
    started_on: date
    ends_on: date
    next_due_on: date | None
    accepted_by: str | None
    accepted_how: str | None
    accepted_at: Instant | None
    approved_by: str | None
    approved_at: Instant | None
    consented_on: date | None
    closed_on: date | None
    due_now: Money | None
    due_now_interest: Money | None


class PlanInstalment(Schema):
    """One payment; number 0 is the down payment."""

    number: int
    due_on: date
    payment: Money
    interest: Money
    principal: Money
    balance: Money
    paid: Money
    settled_on: date | None
    missed_on: date | None


class PlanInvoice(Schema):
    """An invoice in the plan, and what is open of it."""

    id: UUID
    invoice_number: str
    due_on: date
    open: Money


class PlanInFull(Plan):
    """A plan with its schedule and its invoices."""

    instalments: list[PlanInstalment]
    invoices: list[PlanInvoice]


class Plans(Schema):
    """Plans: on the table first, then running, then over."""

    total: int
    items: list[Plan]


@router.get("/plans", response=Plans, summary="Payment plans")
def plans(
    request: ApiRequest, state: PlanState | None = None, skip: Skip = 0, limit: PageSize = 50
) -> dict[str, Any]:
    """Plans with a schedule, in one state where asked."""
    found = plan_reads.plans(
        request.auth, state=state.value if state else "", most=limit, skip=skip
    )
    total = plan_reads.count_plans(request.auth, state.value if state else "")
    return {"total": total, "items": [_plan(one) for one in found]}


@router.get("/plans/{plan_id}", response=PlanInFull, summary="One payment plan")
def plan(request: ApiRequest, plan_id: Id) -> dict[str, Any]:
    """A plan with what is due when and what of it came in."""
    found = plan_reads.plan(request.auth, plan_id)
    code = found.currency
    return _plan(found) | {
        "instalments": [
            {
                "number": one.number,
                "due_on": one.due_on,
                "payment": money(one.payment_minor, code),
                "interest": money(one.interest_minor, code),
                "principal": money(one.principal_minor, code),
                "balance": money(one.balance_minor, code),
                "paid": money(one.paid_minor, code),
                "settled_on": one.settled_on,
                "missed_on": one.missed_on,
            }
            for one in plan_reads.instalments_of(request.auth, plan_id)
        ],
        "invoices": [
            {
                "id": one.id,
                "invoice_number": one.invoice_number,
                "due_on": one.due_on,
                "open": money(one.open_minor, code),
            }
            for one in plan_reads.invoices_of(request.auth, plan_id)
        ],
    }


def _plan(found: plan_reads.Plan) -> dict[str, Any]:
    code = found.currency
    same = (
        *("id", "buyer_id", "buyer_name", "state", "shape", "months", "missed", "started_on"),
        *("ends_on", "next_due_on", "accepted_by", "accepted_how", "accepted_at", "approved_by"),
        *("approved_at", "consented_on", "closed_on"),
    )
    return {name: getattr(found, name) for name in same} | {
        "debt": money(found.debt_minor, code),
        "down_payment": money(found.down_minor, code),
        "yearly_percent": f"{found.yearly_percent.normalize():f}",
        "interest": money(found.interest_minor, code),
        "total": money(found.total_minor, code),
        "paid": money(found.paid_minor, code),
        "due_now": some(found.due_now_minor, code),
        "due_now_interest": some(found.due_now_interest_minor, code),
    }
