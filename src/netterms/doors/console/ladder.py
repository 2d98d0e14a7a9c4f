"""The ladder: see it, write another, try it on the book, and let it count from a day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.collection import ladder_versions
from netterms.collection.ladder import Doer, LadderStep, StepKind, Way
from netterms.doors.console import forms, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page, whole_number
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

EMPTY_ROWS = 3
MOST_SHOWN = 200
CELLS = ("stage", "after_days", "step", "channel", "who", "segment", "country", "currency",
         "from", "to", "best_grade", "worst_grade")  # fmt: skip


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """What counts now, every version, and the form that writes the next one."""
    if request.method == "POST":
        steps = forms.each_row(_lines(request.POST), _typed)
        why = forms.reason(request.POST)
        return redirect("ladder_version", ladder_versions.draft(request.ctx, steps, why))
    written = ladder_versions.versions(request.ctx)
    live = ladder_versions.live_version(request.ctx, request.as_of)
    wanted = whole_number(request.GET.get("from", ""), 0, 10**9)
    start = next(v for v in written if v.version == live) if wanted is None else None
    start = start or ladder_versions.version(request.ctx, wanted or 0)
    empty: list[dict[str, str]] = [{}] * EMPTY_ROWS
    return render(
        request,
        "console/ladder.html",
        {
            "versions": written,
            "live": live,
            "start": start,
            "rows": [*map(_shown, start.steps), *empty],
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
            **_choices(),
        },
    )


@require_http_methods(["GET", "POST"])
@page
def one(request: PageRequest, number: int) -> HttpResponse:
    """A version: its steps, who would get what tomorrow, and the form that lets it count."""
    if request.method == "POST":
        live_from = forms.day(request.POST, "live_from") or request.ctx.today
        why = forms.reason(request.POST)
        ladder_versions.put_live(request.ctx, number, live_from, why)
        messages.success(
            request,
            _("Version %(number)s counts from %(day)s on.")
            % {"number": number, "day": formats.day(live_from)},
        )
        return redirect("ladder")
    shown = ladder_versions.version(request.ctx, number)
    trial = None
    if "try" in request.GET:
        trial = ladder_versions.try_ladder(request.ctx, number, request.as_of)
    return render(
        request,
        "console/ladder_one.html",
        {
            "shown": shown,
            "live": ladder_versions.live_version(request.ctx, request.as_of),
            "trial": trial,
            "most": MOST_SHOWN,
            "own": shown.made_by == request.ctx.actor,
            "today": request.ctx.today,
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
        },
    )


def _choices() -> dict[str, Any]:
    return {
        "stages": (1, 2, 3, 4),
        "steps": {k: v for k, v in words.STEPS.items() if k != StepKind.POLICY_NOTICE},
        "ways": words.WAYS,
        "doers": words.DOERS,
        "grades": range(1, 11),
    }


def _shown(step: LadderStep) -> dict[str, str]:
    """A step as a person would type it."""
    cells = {k: "" if v is None else str(v) for k, v in asdict(step).items()}
    for cell, minor in (("from", step.from_minor), ("to", step.to_minor)):
        cells[cell] = "" if minor is None else formats.exact(minor, step.currency)
    return cells


def _lines(form: QueryDict) -> list[dict[str, str]]:
    """The rows of the form, as they were typed."""
    columns = [form.getlist(cell) for cell in CELLS]
    return [
        {
            cell: text.strip().replace("\x00", "")[:100]
            for cell, text in zip(CELLS, row, strict=True)
        }
        for row in zip(*columns, strict=False)
    ]


def _typed(line: dict[str, str]) -> LadderStep | None:
    """The step of a row; None for one that names none."""
    if not line["step"]:
        return None
    currency = line["currency"].upper()
    # Before an amount is read in it: which currency there is, the step says.
    if (line["from"] or line["to"]) and len(currency) != 3:
        raise Refusal(Code.VALUE_INVALID, field="currency", value=currency, mend=Mend.CURRENCY_CODE)
    step = LadderStep(
        stage=forms.whole(line, "stage", 1),
        step=forms.one_of(line, "step", StepKind),
        after_days=forms.whole(line, "after_days", 0),
        channel=forms.one_of(line, "channel", Way),
        who=forms.one_of(line, "who", Doer),
        segment=line["segment"],
        country=line["country"].upper(),
        currency=currency,
        from_minor=forms.minor(line, "from", currency),
        to_minor=forms.minor(line, "to", currency),
        best_grade=_grade(line, "best_grade"),
        worst_grade=_grade(line, "worst_grade"),
    )
    # Here it is known which row it is.
    step.check()
    return step


def _grade(line: dict[str, str], cell: str) -> int | None:
    return forms.whole(line, cell, 0) if line[cell] else None
