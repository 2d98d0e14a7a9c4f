"""The work list: what is to be done today, by stage, and marking it done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from netterms.collection import queries
from netterms.doors.console import words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page, paged, whole_number
from netterms.doors.look.sentences import sentence
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.portfolio.texts import why_chase

# Reminders are sent by the daily run; everything else is done by a person.
BY_MACHINE = frozenset({"email_reminder"})


@require_GET
@page
def work(request: PageRequest) -> HttpResponse:
    """What is to be done today, the last stage of the ladder first."""
    stage = whole_number(request.GET.get("stage", ""), 1, 4)
    counts = queries.work_counts(request.ctx, request.as_of)
    counted = counts.get(stage, 0) if stage else sum(counts.values())

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = queries.work(request.ctx, request.as_of, stage=stage, most=most, skip=skip)
        owed = queries.overdue_of(request.ctx, request.as_of, [w.buyer_id for w in found])
        return [_thing(thing, owed.get(thing.buyer_id, []), request) for thing in found]

    return render(
        request,
        "console/work.html",
        {
            "stage": stage,
            "counts": [(number, counts.get(number, 0)) for number in (1, 2, 3, 4)],
            "counted": sum(counts.values()),
            "outcomes": words.OUTCOMES,
            "may_collect": Permission.COLLECT in request.ctx.may,
            **paged(request, counted, read),
        },
    )


@require_POST
@page
def done(request: PageRequest, action_id: UUID) -> HttpResponse:
    """Mark a person's task as done, with how it ended."""
    from netterms.collection.actions import complete_action

    outcome = request.POST.get("outcome", "")
    note = request.POST.get("note", "").strip().replace("\x00", "")[:500]
    try:
        if outcome not in words.OUTCOMES:
            raise Refusal(
                Code.VALUE_INVALID,
                field=_("outcome"),
                value=outcome,
                mend=Mend.ONE_OF,
                allowed=", ".join(str(w) for w in words.OUTCOMES.values()),
            )
        complete_action(request.ctx, action_id, f"{outcome}: {note}" if note else outcome)
        messages.success(request, _("Done. It is in the buyer's history."))
    except Refusal as refusal:
        if refusal.code in {Code.NOT_FOUND, Code.NOT_ALLOWED}:
            raise
        messages.error(request, sentence(refusal))
    stage = whole_number(request.POST.get("stage", ""), 1, 4)
    return redirect(reverse("work") + (f"?stage={stage}" if stage else ""))


def _thing(
    thing: queries.Work, owed: list[queries.Overdue], request: PageRequest
) -> dict[str, Any]:
    invoices = sum(line.invoices for line in owed)
    oldest = max((line.days_past_due for line in owed), default=0)
    return {
        "work": thing,
        "owed": owed,
        "why": why_chase(invoices, oldest) if invoices else "",
        "late_by": (request.as_of - thing.due_on).days,
        "by_person": thing.step not in BY_MACHINE and thing.state == "planned",
    }
