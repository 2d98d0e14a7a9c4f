"""Sanctions lists: which are in force, and the hits that two people decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import forms, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page, paged
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.screening import queries
from netterms.screening.actions import decide, propose
from netterms.screening.queries import Hit

HITS_SHOWN = 20
NAMES_SHOWN = 12


@require_GET
@page
def hits(request: PageRequest) -> HttpResponse:
    """Hits that wait for a person, the likeliest first, and the lists in force."""

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = queries.undecided(request.ctx, most=most, skip=skip)
        return [_shown(request, hit) for hit in found]

    standing = queries.standing(request.ctx)
    return render(
        request,
        "console/screening.html",
        {
            "standing": standing,
            "lists": queries.lists_in_force(request.ctx.seller),
            "may_decide": Permission.MANAGE_POLICY in request.ctx.may,
            **paged(request, standing.undecided, read, HITS_SHOWN),
        },
    )


@form_on("screening")
def judge(request: PageRequest, hit_id: UUID) -> HttpResponse:
    """Propose what a hit is, agree with what was proposed, or open it again."""
    said = request.POST.get("said", "")
    if said in ("same", "other"):
        propose(request.ctx, hit_id, same=said == "same", why=forms.reason(request.POST))
        messages.success(request, _("Proposed. Another person has to agree."))
    else:
        decide(request.ctx, hit_id, agree=said == "agree")
        done = _("Decided.") if said == "agree" else _("The hit is open again.")
        messages.success(request, done)
    return redirect("screening")


def _shown(request: PageRequest, hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "hit": hit,
        "points": [(words.SCREENING_POINTS[name], points) for name, points in hit.points.items()],
        "countries": [formats.country(code) for code in entry["countries"]],
        "names": [name for name in entry["names"] if name != hit.listed_name][:NAMES_SHOWN],
        "numbers": entry["numbers"][:NAMES_SHOWN],
        "programmes": entry["programmes"],
        "mine": hit.proposed_by == request.ctx.actor,
    }
