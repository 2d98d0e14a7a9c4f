"""Paying early for less: what the seller offers and to whom, what was accepted, what it brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers.queries import buyer_by_number
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.doors.look import formats
from netterms.early_payment import queries
from netterms.early_payment.actions import GRADES, Acceptance, accept, set_buyer, set_policy
from netterms.early_payment.rules import Channel, Policy, Step
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import invalid
from netterms.kernel.versions import in_force
from netterms.receivables import reading
from netterms.receivables.keyed import keyed
from netterms.terms.offers import Discount, DiscountCost, discount_cost
from netterms.terms.queries import terms_policy

OFFERS_LOOKED_AT, OFFERS_SHOWN, ACCEPTED_SHOWN, DAYS_SHOWN = 200, 20, 50, 6
CHOICES: Mapping[str, bool | None] = {"always": True, "never": False, "grade": None}
# What a discount for so many days costs a year is shown beside the policy (TRM-01).
EXAMPLE_DAYS = 30


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """The policy in a form, what is on offer, what was accepted, and what it brought and cost."""
    ctx, currency = request.ctx, request.membership.currency
    if request.method == "POST":
        ctx.require(Permission.MANAGE_POLICY)
        _put_in_force(request)
        return redirect("early_payment")
    versions = queries.policies(ctx)
    version = in_force(versions, ctx.today, queries.STARTING)
    grades = set(version.policy.grades)
    offer = queries.offer(ctx, most=OFFERS_LOOKED_AT)
    steps = offer.on(ctx.today)
    return render(
        request,
        "console/early_payment.html",
        {
            "version": version,
            "versions": versions,
            "typed": _shown(version.policy, currency, ctx.today),
            "offered": version.policy.offered,
            "grades": [(grade, grade in grades) for grade in GRADES],
            "currency": currency,
            "today": ctx.today,
            "example": _example(version.policy),
            "cost_of_money": terms_policy(ctx).cost_of_money,
            "month": queries.month(ctx, version.policy),
            "steps": steps[:OFFERS_SHOWN],
            "on_offer": len(steps),
            "cut": len(offer.debts) == OFFERS_LOOKED_AT,
            "accepted": queries.acceptances(ctx, most=ACCEPTED_SHOWN),
            "standing": queries.standing(ctx),
            "chosen": queries.chosen(ctx),
            "may_change": Permission.MANAGE_POLICY in ctx.may,
        },
    )


@form_on("early_payment")
def buyer(request: PageRequest) -> HttpResponse:
    """A person says that a buyer is always or never offered it, or by its grade again."""
    form = request.POST
    choice = forms.text(form, "choice", 20)
    if choice not in CHOICES:
        raise invalid("choice", choice, Mend.ONE_OF, allowed=", ".join(CHOICES))
    found = buyer_by_number(request.ctx, forms.text(form, "buyer", 100))
    set_buyer(request.ctx, found.id, offered=CHOICES[choice])
    messages.success(request, _("Kept."))
    return redirect("early_payment")


@form_on("invoice", "invoice_id")
def of_invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """A person notes that the buyer accepted an offer, by telephone or in writing."""
    ctx, form = request.ctx, request.POST
    paper = reading.paper(ctx, invoice_id)
    day, _sep, minor = forms.text(form, "step", 40).partition("/")
    given = Acceptance(
        (invoice_id,),
        forms.needed("step", forms.day({"step": day}, "step")),
        Money(forms.whole({"step": minor}, "step", 0), paper.currency),
        forms.text(form, "accepted_by", 121),
        Channel.PERSON,
    )
    key = forms.text(form, "key", 100) or forms.new_key()
    keyed(ctx, key, given, lambda: accept(ctx, paper.buyer_id, given))
    messages.success(request, _("Noted. If it comes by that day, the invoice is settled."))
    return redirect("invoice", invoice_id)


def for_invoice(ctx: Context, invoice_id: UUID) -> dict[str, Any]:
    """For the page of an invoice: what is offered on some days, and what was accepted."""
    offer = queries.offer(ctx, invoice_id=invoice_id)
    return {
        "early_steps": _some(offer.scale(offer.debts[0])) if offer.debts else [],
        "early_accepted": queries.acceptances(ctx, invoice_id=invoice_id),
    }


def _some(scale: list[Step]) -> list[Step]:
    if len(scale) <= DAYS_SHOWN:
        return scale
    last = len(scale) - 1
    return [scale[n * last // (DAYS_SHOWN - 1)] for n in range(DAYS_SHOWN)]


def _put_in_force(request: PageRequest) -> None:
    form, currency, ask = request.POST, request.membership.currency, forms.Asking()
    on = ask(lambda: forms.day(form, "in_force_on")) or request.ctx.today
    yearly = ask(lambda: forms.needed("yearly_percent", forms.percent(form, "yearly_percent")))
    least = ask(lambda: forms.needed_whole(form, "least_days"))
    most = ask(lambda: forms.needed_whole(form, "most_days"))
    smallest = ask(lambda: forms.minor(form, "least_minor", currency))
    budget = ask(lambda: forms.minor(form, "budget_minor", currency))
    ask.say()
    assert yearly is not None
    assert least is not None
    assert most is not None
    grades = tuple(grade for grade in sorted(GRADES) if str(grade) in form.getlist("grades"))
    policy = Policy("offered" in form, yearly, least, most, smallest or 0, grades, budget)
    new = set_policy(request.ctx, policy, on, forms.reason(form))
    messages.success(request, _("Kept.") if new else _("Nothing changed."))


def _shown(policy: Policy, currency: str, today: date) -> dict[str, str]:
    """As it is typed."""
    budget = policy.budget_minor
    return {
        "yearly_percent": formats.plain(policy.yearly_percent),
        "least_days": str(policy.least_days),
        "most_days": str(policy.most_days),
        "least_minor": f"{Money(policy.least_minor, currency).major:f}",
        "budget_minor": "" if budget is None else f"{Money(budget, currency).major:f}",
        "in_force_on": today.isoformat(),
    }


def _example(policy: Policy) -> tuple[Decimal, DiscountCost]:
    """The discount in percent for 30 days, and what it costs a year (TRM-01)."""
    growth = policy.yearly_percent / 100 * EXAMPLE_DAYS / 365
    off = 100 * growth / (1 + growth)
    return off, discount_cost(Discount(off, 0, EXAMPLE_DAYS))
