"""The policy for new buyers: write a draft, try it on past orders, put it in force."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.checkout import policies, queries
from netterms.checkout.policy import WORST_GRADE, Bound, Doubt, Largest, Policy, Starter
from netterms.checkout.trials import try_policy
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal

EMPTY_ROWS = 2
CODE_LETTERS = {"currency": 3, "country": 2}


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """What counts now, every version, and the form that writes the next one."""
    if request.method == "POST":
        why = forms.reason(request.POST)
        return redirect("policy_version", policies.draft(request.ctx, _typed(request.POST), why))
    written = policies.versions(request.ctx)
    shown = written[0].policy if written else policies.BUILT_IN.policy
    return render(
        request,
        "console/policy.html",
        {
            "waiting": queries.count_pending(request.ctx),
            "in_force": policies.in_force(request.ctx),
            "versions": written,
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
            **_form(shown, request.membership.currency),
        },
    )


@require_http_methods(["GET", "POST"])
@page
def one(request: PageRequest, number: int) -> HttpResponse:
    """A version: what it says, what it would have said of past orders, and put it in force."""
    if request.method == "POST":
        policies.put_in_force(request.ctx, number, forms.reason(request.POST))
        messages.success(request, _("Version %(number)s counts from now on.") % {"number": number})
        return redirect("policy")
    shown = policies.version(request.ctx, number)
    return render(
        request,
        "console/policy_one.html",
        {
            "shown": shown,
            "policy": shown.policy,
            "left_alone": [doubt for doubt in Doubt if doubt not in shown.policy.review],
            "counts": policies.in_force(request.ctx).version == number,
            "trial": try_policy(request.ctx, shown.policy),
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
        },
    )


def _form(policy: Policy, home: str) -> dict[str, Any]:
    """The policy as rows of a form, each list with a few empty rows below."""
    empty = [None] * EMPTY_ROWS
    return {
        "policy": policy,
        "home": home,
        "countries": " ".join(policy.countries),
        "bounds": [*policy.auto_approve, *empty],
        "starters": [*policy.starter, *empty],
        "largest": [*policy.largest, *empty],
        "doubts": [(doubt.value, doubt in policy.review) for doubt in Doubt],
        "grades": range(1, WORST_GRADE + 1),
    }


def _typed(form: QueryDict) -> Policy:
    """The policy that was typed. A row without an amount is left out."""
    default = Policy()
    return Policy(
        serve_newcomers=form.get("serve_newcomers") == "on",
        countries=tuple(dict.fromkeys(forms.text(form, "countries", 2000).upper().split())),
        decline_from_grade=forms.whole(form, "decline_from_grade", default.decline_from_grade),
        auto_approve=tuple(
            Bound(row["currency"], _grade(row["grade"]), minor)
            for row, minor in _rows(form, "bound", ("currency", "grade"))
        ),
        starter=tuple(
            Starter(row["currency"], row["country"], _grade(row["grade"]), minor)
            for row, minor in _rows(form, "starter", ("currency", "country", "grade"))
        ),
        largest=tuple(
            Largest(row["currency"], minor) for row, minor in _rows(form, "largest", ("currency",))
        ),
        review=tuple(doubt for doubt in Doubt if doubt.value in form.getlist("review")),
        net_days=forms.whole(form, "net_days", default.net_days),
    )


def _rows(form: QueryDict, name: str, columns: tuple[str, ...]) -> list[tuple[dict[str, str], int]]:
    """The rows of one table that have an amount, each with it in minor units."""
    columns = (*columns, "amount")
    lists = [form.getlist(f"{name}_{column}") for column in columns]
    cells = (dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=False))
    return forms.each_row(cells, lambda row: _row(name, row))


def _row(name: str, cells: dict[str, str]) -> tuple[dict[str, str], int] | None:
    row = {column: forms.text(cells, column).upper() for column in cells}
    if not row["amount"]:
        return None
    for column, letters in CODE_LETTERS.items():
        code = row.get(column, "")
        is_code = len(code) == letters and code.isascii() and code.isalpha()
        # A row without a country is for any.
        if not is_code and (code or column != "country"):
            raise Refusal(Code.POLICY_INVALID, field=f"{name}_{column}", value=code)
    amount = f"{name}_amount"
    return row, forms.minor({amount: cells["amount"]}, amount, row["currency"]) or 0


def _grade(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 2 else WORST_GRADE
