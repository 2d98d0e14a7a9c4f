"""Paying early for less: the seller's policy, what is offered, and what buyers accept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from netterms.buyers import queries as buyers
from netterms.doors.api.once import NO_NUL, Amount, Made, Minor, Short, Strict, money, once
from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    Day,
    Grade,
    Id,
    Instant,
    PageSize,
    Problem,
    Skip,
)
from netterms.doors.api.shapes import Money as MoneyShown
from netterms.doors.api.shapes import money as shown_money
from netterms.early_payment import actions, queries
from netterms.early_payment.rules import Channel, Offer, Policy, Step
from netterms.kernel.versions import Version

router = Router(tags=["early payment"])

STARTING = queries.STARTING.policy
Days = Annotated[int, Field(ge=1, le=actions.MOST_DAYS)]


class OfferPolicyWanted(Strict):
    """What the seller is ready to give from a day on. Minor units of the seller's currency.

    `yearly_percent` is simple, over 365 days, of the money paid (TRM-01). Days beyond `most_days`
    give no more. No `grades`: every buyer. No `budget_minor`: no bound for a calendar month.
    """

    offered: bool
    yearly_percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=3)]
    least_days: Days = STARTING.least_days
    most_days: Days = STARTING.most_days
    least_minor: Minor = STARTING.least_minor
    grades: list[Grade] = Field(default_factory=list)
    budget_minor: Minor | None = None
    in_force_on: Day | None = None
    why: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


class OfferPolicyShown(Schema):
    """A policy, from when on it counts, who set it and why."""

    number: int
    in_force_on: date | None
    offered: bool
    yearly_percent: Decimal
    least_days: int
    most_days: int
    least_minor: int
    grades: list[int]
    budget_minor: int | None
    set_by: str
    set_at: Instant | None
    why: str


class OfferPolicies(Schema):
    """Every policy set, the one that counts last first; before any, nothing is offered."""

    items: list[OfferPolicyShown]


class StepShown(Schema):
    """Pay `pay` if it arrives by `pay_by`: `off` less than what is open."""

    pay_by: date
    pay: MoneyShown
    off: MoneyShown


class InvoiceOffer(Schema):
    """An open invoice and what settles it, day by day; `why_not` says why it has no steps."""

    invoice_id: UUID
    invoice_number: str
    due_on: date
    open: MoneyShown
    why_not: str | None
    steps: list[StepShown]


class Offers(Schema):
    """What a buyer may pay early, the first due first."""

    as_of: date
    items: list[InvoiceOffer]


class OfferAccepted(Strict):
    """The buyer will pay `pay`, all invoices together, so that it arrives by `pay_by`."""

    invoice_ids: Annotated[list[Id], Field(min_length=1, max_length=queries.MOST_DEBTS)]
    pay_by: Day
    pay: Amount
    accepted_by: Short


class AcceptanceShown(Schema):
    """An invoice of which a buyer accepted to pay less by a day, and what became of it."""

    agreed_id: UUID
    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    pay_by: date
    due_on: date
    open: MoneyShown
    pay: MoneyShown
    yearly_percent: Decimal
    accepted_on: date
    accepted_by: str
    channel: str
    paid_on: date | None
    state: str


class StandingShown(Schema):
    """What early payment did in one currency, of acceptances of the last 365 days.

    `money_days` is how many days early the money came, `yearly_percent` what it cost a year
    (TRM-01), `dso_days` by how many days DSO is shorter.
    """

    currency: str
    accepted: int
    accepted_minor: int
    taken: int
    brought_minor: int
    off_minor: int
    lapsed: int
    money_days: Decimal | None
    yearly_percent: Decimal | None
    dso_days: Decimal | None


class Acceptances(Schema):
    """What was accepted, the newest first, and what it came to."""

    items: list[AcceptanceShown]
    totals: list[StandingShown]


@router.get(
    "/early-payment/policies", response=OfferPolicies, summary="What is offered for early payment"
)
def policies(request: ApiRequest) -> dict[str, Any]:
    """Those of the past, the one in force, and those to come."""
    return {"items": [_version(one) for one in queries.policies(request.auth)]}


@router.post(
    "/early-payment/policies",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Offer discounts for early payment",
)
def set_policy(
    request: ApiRequest, response: HttpResponse, wanted: OfferPolicyWanted
) -> Status[Made]:
    """From a day on, today if none is given. The answer has no id: policies have numbers."""
    ctx = request.auth
    told = wanted.model_dump(exclude={"in_force_on", "why"})
    policy = Policy(**told | {"grades": tuple(wanted.grades)})
    on = wanted.in_force_on or ctx.today

    def act() -> None:
        actions.set_policy(ctx, policy, on, wanted.why)

    asked = {"early_payment_policy": wanted.model_dump(mode="json"), "on": on.isoformat()}
    return once(request, response, asked, act)


@router.get(
    "/buyers/{buyer_id}/early-payment", response=Offers, summary="What a buyer may pay early"
)
def offers(
    request: ApiRequest, buyer_id: Id, limit: PageSize = 50, skip: Skip = 0
) -> dict[str, Any]:
    """Every open invoice with what settles it on each day from today on."""
    buyers.buyer(request.auth, buyer_id)
    offer = queries.offer(request.auth, buyer_id=buyer_id, most=limit, skip=skip)
    return {"as_of": offer.today, "items": _offers(offer)}


@router.post(
    "/buyers/{buyer_id}/early-payment",
    response={200: Made, 201: Made, 404: Problem, 409: Problem},
    openapi_extra=KEYED,
    summary="Accept an offer for a buyer",
)
def accept(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: OfferAccepted
) -> Status[Made]:
    """All of the invoices or none; `pay` is what was shown. The last acceptance of each counts."""
    given = actions.Acceptance(
        tuple(wanted.invoice_ids), wanted.pay_by, money(wanted.pay), wanted.accepted_by,
        Channel.API,
    )  # fmt: skip
    asked = {"early_payment": buyer_id, "wanted": wanted.model_dump(mode="json")}
    return once(request, response, asked, lambda: actions.accept(request.auth, buyer_id, given))


@router.get("/early-payment", response=Acceptances, summary="What was accepted for early payment")
def acceptances(
    request: ApiRequest, buyer_id: Id | None = None, limit: PageSize = 50, skip: Skip = 0
) -> dict[str, Any]:
    """The newest first, with what became of each; and what it brought and cost in 365 days."""
    found = queries.acceptances(request.auth, buyer_id=buyer_id, most=limit, skip=skip)
    return {
        "items": [_acceptance(one) for one in found],
        "totals": queries.standing(request.auth),
    }


def _version(one: Version[Policy]) -> dict[str, Any]:
    policy = one.policy
    return {
        "number": one.number,
        "in_force_on": one.in_force_on,
        "offered": policy.offered,
        "yearly_percent": policy.yearly_percent,
        "least_days": policy.least_days,
        "most_days": policy.most_days,
        "least_minor": policy.least_minor,
        "grades": list(policy.grades),
        "budget_minor": policy.budget_minor,
        "set_by": one.set_by,
        "set_at": one.set_at,
        "why": one.why,
    }


def _offers(offer: Offer) -> list[dict[str, Any]]:
    found = []
    for debt in offer.debts:
        first = offer.step(debt, offer.today)
        found.append(
            {
                "invoice_id": debt.invoice_id,
                "invoice_number": debt.invoice_number,
                "due_on": debt.due_on,
                "open": shown_money(debt.open.minor, debt.open.currency),
                "why_not": None if isinstance(first, Step) else first.value,
                "steps": [_step(step) for step in offer.scale(debt)],
            }
        )
    return found


def _step(step: Step) -> dict[str, Any]:
    return {
        "pay_by": step.pay_by,
        "pay": shown_money(step.pay.minor, step.pay.currency),
        "off": shown_money(step.off.minor, step.off.currency),
    }


def _acceptance(one: queries.Acceptance) -> dict[str, Any]:
    told = (
        "agreed_id", "invoice_id", "invoice_number", "buyer_id", "pay_by", "due_on",
        "yearly_percent", "accepted_on", "accepted_by", "channel", "paid_on", "state",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in told},
        "open": shown_money(one.open_minor, one.currency),
        "pay": shown_money(one.pay_minor, one.currency),
    }
