"""Many limits at once, from the insurer's list: look at it first, then enter all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.connectors import insured_limits
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.console.uploads import sent_file
from netterms.doors.look.field_names import FIELDS
from netterms.doors.look.sentences import mend_of
from netterms.insurance import queries
from netterms.insurance.policies import check_limits, grant_limits
from netterms.insurance.queries import Policy
from netterms.kernel.context import Permission

BAD_SHOWN, LIMITS_SHOWN = 200, 20


@require_http_methods(["GET", "POST"])
@page
def upload(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """The form, what a file would enter and what of it cannot be; or all of it entered."""
    request.ctx.require(Permission.MANAGE_POLICY)
    policy = queries.policy(request.ctx, policy_id, request.as_of)
    shown: dict[str, Any] = {}
    if request.method == "POST":
        found = _read(request, policy)
        bad = found.all_bad(check_limits(request.ctx, policy_id, found.limits))
        if not bad and "enter" in request.POST:
            done = grant_limits(request.ctx, policy_id, found.limits)
            told = {"new": done.new, "known": done.known}
            messages.success(
                request, _("Limits entered: %(new)s. Known already: %(known)s.") % told
            )
            return redirect("insurance_policy", policy_id)
        shown = _shown(found, bad)
    context = {"policy": policy, "starts_on": request.POST.get("starts_on", ""), **shown}
    return render(request, "console/insurance_file.html", context)


def _read(request: PageRequest, policy: Policy) -> insured_limits.Read:
    with sent_file(request, insured_limits.MOST_BYTES, "limits") as path:
        starts_on = forms.day(request.POST, "starts_on")
        return insured_limits.read(path, policy.currency, starts_on)


def _shown(found: insured_limits.Read, bad: list[insured_limits.BadCell]) -> dict[str, Any]:
    return {
        "looked_at": True,
        "limits": found.limits[:LIMITS_SHOWN],
        "count": len(found.limits),
        "more": len(found.limits) - LIMITS_SHOWN,
        "bad": [
            {
                "row": cell.row,
                "column": cell.heading or FIELDS[cell.field],
                "value": cell.value,
                "reason": mend_of(cell.refusal()),
            }
            for cell in bad[:BAD_SHOWN]
        ],
        "bad_count": len(bad),
        "bad_more": len(bad) - BAD_SHOWN,
    }
