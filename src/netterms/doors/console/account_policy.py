"""Whether one person may confirm a changed bank account, for a seller without a second one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.access.queries import others_who_may
from netterms.access.second_factor import has_second_factor
from netterms.buyers import alone
from netterms.buyers.accounts import KeptAccount
from netterms.buyers.particulars import LONGEST
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Context, Permission


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """What counts, and the form that changes it."""
    ctx = request.ctx
    if request.method == "POST":
        alone.set_account_policy(
            ctx,
            one_person="one_person" in request.POST,
            cooling_days=forms.whole(request.POST, "cooling_days", 0),
            why=forms.reason(request.POST, most=LONGEST),
            code=forms.text(request.POST, "code", 12),
        )
        messages.success(request, _("Kept."))
        return redirect("account_policy")
    shown = {
        "policy": alone.account_policy(ctx),
        "others": others_who_may(ctx, Permission.SET_LIMIT),
        "has_app": has_second_factor(ctx),
        "least": alone.LEAST_DAYS,
        "most": alone.MOST_DAYS,
        "may_change": Permission.MANAGE_ACCESS in ctx.may,
        "typed": request.POST if request.method == "POST" else None,
    }
    return render(request, "console/account_policy.html", shown)


def waiting(ctx: Context, accounts: list[KeptAccount]) -> list[dict[str, Any]]:
    """Changed accounts that nobody has decided on, and when who entered one may do so alone."""
    found = [one for one in accounts if one.to_confirm]
    return [
        {
            "account": one,
            "first": (first := alone.alone_from(ctx, one.added_on)),
            "now": first is not None and first <= ctx.today,
        }
        for one in found
    ]
