"""Credit insurance: the policies, one policy with its limits, and what it asks by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.doors.console import forms, insurance_terms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page, paged
from netterms.insurance import queries
from netterms.insurance.granting import LIMIT_KINDS, GrantedLimit
from netterms.insurance.policies import (
    LONGEST_NAME,
    LONGEST_NUMBER,
    PolicySchedule,
    change_terms,
    end_limit,
    end_policy,
    grant_limits,
    open_policy,
    renew_policy,
)
from netterms.insurance.queries import LimitOfBuyer, Policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.calendar import add_days, add_months
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.keyed import keyed

SOON_DAYS = 14
DEADLINES_SHOWN = 10
NOT_SHOWN = frozenset({Code.NOT_ALLOWED, Code.NOT_FOUND})


@require_GET
@page
def deadlines(request: PageRequest) -> HttpResponse:
    """Open deadlines by date, with the rule each comes from and what is lost if it is missed."""
    counted = queries.count_deadlines(request.ctx)

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        return _deadlines(request, most=most, skip=skip)

    return render(
        request,
        "console/deadlines.html",
        {"counted": counted, "soon": SOON_DAYS, **paged(request, counted, read)},
    )


def _deadlines(request: PageRequest, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    found = queries.open_deadlines(request.ctx, **asked)
    return [{"deadline": line, "days_left": (line.due_on - request.as_of).days} for line in found]


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Every policy, the last to end first."""

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = queries.policies(request.ctx, request.as_of, most=most, skip=skip)
        return [{"policy": one, "state": _state(one, request.as_of)} for one in found]

    return render(
        request,
        "console/insurance.html",
        {
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
            **paged(request, queries.count_policies(request.ctx), read),
        },
    )


def _state(policy: Policy, day: date) -> str:
    if day < policy.starts_on:
        return "to_come"
    return "running" if day <= policy.ends_on else "ended"


@require_GET
@page
def one(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """A policy: its terms in words, its limits, what it asks next, and what may be done."""
    ctx, day = request.ctx, request.as_of
    shown = queries.policy(ctx, policy_id, day)
    wanted = forms.text(request.GET, "q", LONGEST_NUMBER)
    everything = request.GET.get("all") == "1"

    def limits(most: int, skip: int) -> tuple[list[LimitOfBuyer], int]:
        return queries.limits_of(
            ctx, policy_id, day, buyer=wanted, in_force=not everything, most=most, skip=skip
        )

    _first, count = limits(1, 0)
    return render(
        request,
        "console/insurance_policy.html",
        {
            "policy": shown,
            "state": _state(shown, day),
            "sections": insurance_terms.in_words(shown.terms),
            "deadlines": _deadlines(request, policy_id=policy_id, most=DEADLINES_SHOWN),
            "soon": SOON_DAYS,
            "q": wanted,
            "everything": everything,
            "count": count,
            "kinds": LIMIT_KINDS,
            "today": ctx.today,
            "may_change": Permission.MANAGE_POLICY in ctx.may,
            **paged(request, count, lambda most, skip: limits(most, skip)[0]),
        },
    )


@require_http_methods(["GET", "POST"])
@page
def new(request: PageRequest) -> HttpResponse:
    """The form of a policy, filled with the public examples."""
    request.ctx.require(Permission.MANAGE_POLICY)
    today, currency = request.ctx.today, request.membership.currency
    typed = {
        "currency": currency,
        "starts_on": today.isoformat(),
        "ends_on": add_days(add_months(today, 12), -1).isoformat(),
        **insurance_terms.typed_of(PolicyTerms(currency)),
    }

    def act() -> HttpResponse:
        told = _schedule(request.POST)
        made, _new = keyed(request.ctx, _key(request), told, lambda: open_policy(request.ctx, told))
        messages.success(request, _("The policy is entered. Now enter the insurer's limits."))
        return redirect("insurance_policy", made)

    return _form(request, typed, act, {"what": "new"})


@require_http_methods(["GET", "POST"])
@page
def renew(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """The form of the policy that follows, filled with what the one before says."""
    request.ctx.require(Permission.MANAGE_POLICY)
    before = queries.policy(request.ctx, policy_id, request.as_of)
    starts_on = add_days(before.ends_on, 1)
    typed = {
        "insurer": before.insurer,
        "policy_number": before.policy_number,
        "currency": before.currency,
        "starts_on": starts_on.isoformat(),
        "ends_on": add_days(add_months(starts_on, 12), -1).isoformat(),
        **insurance_terms.typed_of(before.terms),
    }

    def act() -> HttpResponse:
        told = _schedule(request.POST)
        asked = {"renew": policy_id, "told": told}
        made, _new = keyed(
            request.ctx, _key(request), asked, lambda: renew_policy(request.ctx, policy_id, told)
        )
        messages.success(request, _("The policy is renewed; its limits go on."))
        return redirect("insurance_policy", made)

    return _form(request, typed, act, {"what": "renew", "policy": before})


@require_http_methods(["GET", "POST"])
@page
def terms(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """The form that corrects terms by which nothing has counted."""
    request.ctx.require(Permission.MANAGE_POLICY)
    policy = queries.policy(request.ctx, policy_id, request.as_of)

    def act() -> HttpResponse:
        changed = change_terms(
            request.ctx, policy_id, insurance_terms.told(request.POST, policy.currency)
        )
        said = _("The terms are corrected.") if changed else _("Nothing was changed.")
        messages.success(request, said)
        return redirect("insurance_policy", policy_id)

    typed = insurance_terms.typed_of(policy.terms)
    return _form(request, typed, act, {"what": "terms", "policy": policy})


def _form(
    request: PageRequest,
    typed: Mapping[str, Any],
    act: Callable[[], HttpResponse],
    shown: dict[str, Any],
) -> HttpResponse:
    """The form with what is known; sent, what `act` answers."""
    if request.method == "POST":
        return act()
    context = {
        "typed": typed,
        "sections": insurance_terms.form_of(typed),
        "key": request.POST.get("key") or forms.new_key(),
        "longest_name": LONGEST_NAME,
        "longest_number": LONGEST_NUMBER,
    }
    return render(request, "console/insurance_form.html", context | shown)


def _schedule(form: Mapping[str, str]) -> PolicySchedule:
    currency = forms.text(form, "currency", 3).upper()
    if currency not in CURRENCIES:
        raise invalid("currency", currency, Mend.CURRENCY_CODE)
    return PolicySchedule(
        forms.text(form, "insurer", LONGEST_NAME + 1),
        forms.text(form, "policy_number", LONGEST_NUMBER + 1),
        _day(form, "starts_on"),
        _day(form, "ends_on"),
        insurance_terms.told(form, currency),
    )


@form_on("insurance_policy", "policy_id")
def do(request: PageRequest, policy_id: UUID, move: str) -> HttpResponse:
    """Enter the limit of one buyer, or end the policy."""
    if move not in {"grant", "end"}:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    request.ctx.require(Permission.MANAGE_POLICY)
    policy = queries.policy(request.ctx, policy_id, request.as_of)

    def grant() -> str:
        done = grant_limits(request.ctx, policy_id, [_limit(request.POST, policy.currency)])
        return _("The limit is entered.") if done.new else _("The book has this limit already.")

    def end() -> str:
        end_policy(request.ctx, policy_id, _day(request.POST, "ends_on"))
        return _("The policy ends on that day, and its limits with it.")

    messages.success(request, grant() if move == "grant" else end())
    return redirect("insurance_policy", policy_id)


@form_on("insurance_policy", "policy_id")
def limit_end(request: PageRequest, policy_id: UUID, limit_id: UUID) -> HttpResponse:
    """Let a limit end: the insurer withdrew it."""
    end_limit(request.ctx, limit_id, _day(request.POST, "ends_on"))
    messages.success(request, _("The limit ends on that day."))
    return redirect("insurance_policy", policy_id)


def _limit(form: Mapping[str, str], currency: str) -> GrantedLimit:
    minor = forms.needed("amount", forms.minor(form, "amount", currency))
    return GrantedLimit(
        forms.text(form, "buyer_number", LONGEST_NUMBER),
        minor,
        _day(form, "starts_on"),
        forms.text(form, "kind", 20),
        forms.day(form, "granted_until"),
    )


def _day(form: Mapping[str, str], name: str) -> date:
    return forms.needed(name, forms.day(form, name))


def _key(request: PageRequest) -> str:
    return forms.text(request.POST, "key", 255) or forms.new_key()
