"""Payment plans: put to a buyer, accepted, ended, replaced; their schedule and what came in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from netterms.collection import instalments, plan_ends, plan_reads, plan_settling
from netterms.collection.instalments import Acceptance
from netterms.collection.moves import PlanState
from netterms.collection.plan_offers import Offer
from netterms.collection.promises import Channel
from netterms.doors.api.once import NO_NUL, Amount, Long, Made, Short, Strict, once
from netterms.doors.api.once import some as wanted_some
from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    Id,
    Instant,
    Money,
    PageSize,
    Skip,
    money,
    some,
)
from netterms.terms.schedules import Shape

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
    """A paper in the plan, and what is open of it. `interest_of`: of a note, its instalment.

    0 is the interest for the days until a plan ended early. `credited`: it was taken back.
    """

    id: UUID
    invoice_number: str
    due_on: date
    open: Money
    interest_of: int | None
    credited: bool


class PlanMoney(Schema):
    """Money of the buyer that came in since the plan began and settles nothing yet."""

    payment_id: UUID
    paid_on: date
    reference: str
    left: Money


class PlanInFull(Plan):
    """A plan with its schedule, its papers, and money that waits for a person's word."""

    instalments: list[PlanInstalment]
    invoices: list[PlanInvoice]
    waiting: list[PlanMoney]


class TermsWanted(Strict):
    """`months` instalments after a down payment; `yearly_percent` as text, such as "8.5"."""

    months: Annotated[int, Field(ge=1, le=12)]
    down_percent: Annotated[int, Field(ge=0, le=99)]
    yearly_percent: Annotated[str, Field(pattern=r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?$")]
    shape: Shape = Shape.LEVEL


class PlanWanted(TermsWanted):
    """Instalments for open invoices of a buyer, all of one currency.

    `retention` is the price of a sale with retention of title.
    """

    buyer_id: UUID
    invoice_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)]
    retention: Amount | None = None


class AcceptanceWanted(Strict):
    """The person who accepted for the buyer, how, and the words that acknowledge the debt."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
    how: Literal["phone", "email", "letter", "visit"]
    acknowledgment: Long


class EndWanted(Strict):
    """Why it ends."""

    note: Short


class MoneyWanted(Strict):
    """Which of the money that waits is the plan's."""

    payment_id: UUID


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
                "interest_of": one.interest_of,
                "credited": one.credited,
            }
            for one in plan_reads.invoices_of(request.auth, plan_id)
        ],
        "waiting": [
            {
                "payment_id": one.id,
                "paid_on": one.paid_on,
                "reference": one.reference,
                "left": money(one.minor, code),
            }
            for one in plan_settling.waiting_money(request.auth, plan_id)
        ],
    }


@router.post(
    "/plans",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Put instalments to a buyer",
)
def propose(request: ApiRequest, response: HttpResponse, wanted: PlanWanted) -> Status[Made]:
    """The seller agrees with this, unless its length or down payment ask for another person."""
    offer = Offer(
        wanted.buyer_id,
        tuple(wanted.invoice_ids),
        wanted.months,
        wanted.down_percent,
        Decimal(wanted.yearly_percent),
        wanted.shape,
        wanted_some(wanted.retention),
    )
    asked = {"plan": wanted.model_dump(mode="json")}
    return once(request, response, asked, lambda: instalments.propose(request.auth, offer))


@router.post(
    "/plans/{plan_id}/accept",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Note that the buyer accepts",
)
def accept(
    request: ApiRequest, response: HttpResponse, plan_id: Id, wanted: AcceptanceWanted
) -> Status[Made]:
    """As a person took it down. The plan runs once seller and, where needed, insurer agree."""
    told = Acceptance(wanted.name, Channel(wanted.how), wanted.acknowledgment)

    def act() -> UUID:
        instalments.accept(request.auth, plan_id, told)
        return plan_id

    asked = {"accept": plan_id, "wanted": wanted.model_dump(mode="json")}
    return once(request, response, asked, act)


@router.post(
    "/plans/{plan_id}/cancel",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="End a plan",
)
def cancel(
    request: ApiRequest, response: HttpResponse, plan_id: Id, wanted: EndWanted
) -> Status[Made]:
    """One on the table is declined. Of one that runs, interest until today is booked."""
    asked = {"cancel": plan_id, "note": wanted.note}

    def act() -> UUID:
        plan_ends.end(request.auth, plan_id, wanted.note)
        return plan_id

    return once(request, response, asked, act)


@router.post(
    "/plans/{plan_id}/replan",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Put another plan in its place",
)
def replan(
    request: ApiRequest, response: HttpResponse, plan_id: Id, wanted: TermsWanted
) -> Status[Made]:
    """For what is open of one that runs or was called in. The answer is the new plan.

    Once; the second time another person has to approve it, in the console.
    """
    terms = plan_ends.NewTerms(
        wanted.months, wanted.down_percent, Decimal(wanted.yearly_percent), wanted.shape
    )
    asked = {"replan": plan_id, "wanted": wanted.model_dump(mode="json")}
    return once(request, response, asked, lambda: plan_ends.replan(request.auth, plan_id, terms))


@router.post(
    "/plans/{plan_id}/money",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Say that money is the plan's",
)
def settle(
    request: ApiRequest, response: HttpResponse, plan_id: Id, wanted: MoneyWanted
) -> Status[Made]:
    """It settles interest that is due, then the plan's oldest invoice."""
    payment = wanted.payment_id
    return once(
        request,
        response,
        {"plan": plan_id, "payment": payment},
        lambda: plan_settling.settle_receipt(request.auth, plan_id, payment),
    )


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
