"""The work list: what is to be done today, what brings most first, and marking it done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from netterms.collection import queries, ranking
from netterms.collection.contacts import Outcome
from netterms.collection.ranking import Task
from netterms.doors.console import forms, words
from netterms.doors.console.middleware import POLICY, PageRequest
from netterms.doors.console.pages import form_on, page, paged, whole_number
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.portfolio.texts import why_chase

# Pages with keys of their own; no other page runs a script.
SCRIPTED = POLICY.replace("script-src 'none'", "script-src 'self'")


@require_GET
@page
def work(request: PageRequest) -> HttpResponse:
    """What people are to do today, the most expected money a minute first."""
    stage = whole_number(request.GET.get("stage", ""), 1, 4)
    whose = "mine" if request.GET.get("whose") == "mine" else ""
    owner = request.ctx.actor if whose else None
    counts = ranking.task_counts(request.ctx, request.as_of, owner)
    counted = counts.get(stage, 0) if stage else sum(counts.values())

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = ranking.tasks(
            request.ctx, request.as_of, stage=stage, owner=owner, most=most, skip=skip
        )
        owed = queries.overdue_of(request.ctx, request.as_of, [t.buyer_id for t in found])
        return [_thing(task, owed.get(task.buyer_id, []), request) for task in found]

    return scripted(
        request,
        "console/work.html",
        {
            "stage": stage,
            "whose": whose,
            "counts": [(number, counts.get(number, 0)) for number in (1, 2, 3, 4)],
            "counted": sum(counts.values()),
            "reminders": queries.count_reminders(request.ctx, request.as_of),
            "outcomes": words.OUTCOMES,
            "may_collect": Permission.COLLECT in request.ctx.may,
            **paged(request, counted, read),
        },
    )


def scripted(request: PageRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
    """A page with keys of its own: it may run the console's script, and no other."""
    response = render(request, template, shown)
    response["Content-Security-Policy"] = SCRIPTED
    return response


@form_on("work")
def done(request: PageRequest, action_id: UUID) -> HttpResponse:
    """Mark a person's task as done, with how it ended."""
    from netterms.collection.actions import complete_action

    outcome = forms.one_of(request.POST, "outcome", Outcome)
    note = forms.text(request.POST, "note")
    complete_action(request.ctx, action_id, f"{outcome}: {note}" if note else outcome)
    messages.success(request, _("Done. It is in the buyer's history."))
    stage = whole_number(request.POST.get("stage", ""), 1, 4)
    return redirect(reverse("work") + (f"?stage={stage}" if stage else ""))


def _thing(task: Task, owed: list[queries.Overdue], request: PageRequest) -> dict[str, Any]:
    invoices = sum(line.invoices for line in owed)
    oldest = max((line.days_past_due for line in owed), default=0)
    return {
        "work": task,
        "owed": owed,
        "late": why_chase(invoices, oldest) if invoices else "",
        "why": why(task, request),
        "late_by": (request.as_of - task.due_on).days,
        "by_person": task.state == "planned",
    }


def why(task: Task, request: PageRequest) -> str:
    """Why a task stands where it does, in words: what is open, what pays by itself, what is due."""
    currency, facts = request.membership.currency, task.worth_facts or {}
    open_minor = facts.get("open_minor", 0)
    said = []
    if open_minor:
        by_itself = 1 - Decimal(facts["at_stake_minor"]) / open_minor
        chance = formats.percent(by_itself, 0)
        said.append(_("%(amount)s open") % {"amount": formats.money(open_minor, currency)})
        said.append(
            _("%(chance)s likely to pay by itself") % {"chance": chance}
            if facts.get("foretold")
            else _("%(chance)s likely to pay by itself, as a rule of its stage")
            % {"chance": chance}
        )
    if task.duty and task.deadline_on:
        days = (task.deadline_on - request.as_of).days
        said.append(
            _("%(duty)s due today") % {"duty": words.DUTIES[task.duty]}
            if not days
            else ngettext("%(duty)s due in %(days)s day", "%(duty)s due in %(days)s days", days)
            % {"duty": words.DUTIES[task.duty], "days": days}
        )
    if task.promised_for == request.as_of:
        said.append(str(_("promised for today")))
    if task.facts.get("agreed"):
        said.append(str(_("a call was agreed for this day")))
    if task.facts.get("broken_promise"):
        said.append(str(_("a promise was broken")))
    return pgettext("between parts of a reason", ", ").join(said)
