"""How well collection works, and the numbers that the work list counts with."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from netterms.collection import ranking, work_settings
from netterms.collection.figures import Figures, collection_figures
from netterms.collection.ranking import CollectorRule
from netterms.collection.work_settings import CallHours
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import exponent
from netterms.kernel.refusal import Code, Refusal
from netterms.portfolio.live import trend

DAYS = 90
MONTHS = 6
EMPTY_ROWS = 3


@require_GET
@page
def figures(request: PageRequest) -> HttpResponse:
    """Cured by stage, promises, right parties, days of people, cost; the trend when asked for."""
    shown = _figures(request)
    with_trend = "trend" in request.GET
    return render(
        request,
        "console/collection_figures.html",
        {
            "shown": shown,
            "trend": trend(request.ctx, request.as_of, MONTHS) if with_trend else None,
            "since": shown.since,
            "until": shown.until,
        },
    )


@require_GET
@page
def export(request: PageRequest, form: str) -> HttpResponse:
    """The same as JSON, or a collector's days as CSV."""
    shown = _figures(request)
    name = f"collection-{shown.since}-{shown.until}"
    if form == "json":
        told = asdict(shown) | {
            "first_two_stages": shown.first_two,
            "right_party_rate": shown.right_party_rate,
            "cost_minor": shown.cost_minor,
            "trend": [asdict(line) for line in trend(request.ctx, request.as_of, MONTHS)],
        }
        return JsonResponse(
            told, headers={"Content-Disposition": f'attachment; filename="{name}.json"'}
        )
    if form != "csv":
        raise Http404
    return HttpResponse(
        _csv(shown),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@require_http_methods(["GET", "POST"])
@page
def settings(request: PageRequest) -> HttpResponse:
    """Minutes, effects, costs and hours; and who works on whom."""
    if request.method == "POST":
        if "owner" in request.POST:
            ranking.set_collector_rules(request.ctx, _rules(request))
        elif "hours_country" in request.POST:
            work_settings.set_call_hours(request.ctx, _hours(request))
        else:
            _keep(request.ctx, request)
        messages.success(request, _("Kept. The next business day counts with it."))
        return redirect("work_settings")
    kept = work_settings.work_settings(request.ctx)
    found = {name: kept[name] / _units(request, name) for name in kept.values}
    empty = [None] * EMPTY_ROWS
    return render(
        request,
        "console/work_settings.html",
        {
            "steps": [
                (step, [(f"{part}_{step}", found[f"{part}_{step}"], PARTS[part]) for part in PARTS])
                for step in work_settings.STEPS
            ],
            "others": [(name, found[name]) for name in work_settings.DEFAULTS if _is_other(name)],
            "own": kept.own,
            "hours": [*work_settings.call_hours(request.ctx), *empty],
            "rules": [*ranking.collector_rules(request.ctx), *empty],
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
        },
    )


PARTS = {
    "minutes": gettext_lazy("Minutes"),
    "effect": gettext_lazy("Effect"),
    "cost": gettext_lazy("Cost"),
}


def _is_other(name: str) -> bool:
    return not any(name == f"{part}_{step}" for part in PARTS for step in work_settings.STEPS)


def _figures(request: PageRequest) -> Figures:
    until = forms.day(request.GET, "until") or request.as_of
    since = forms.day(request.GET, "since") or until - timedelta(days=DAYS)
    return collection_figures(request.ctx, since, until)


def _csv(shown: Figures) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = [
        "made_on", "made_by", "cases", "attempts", "calls", "right_parties", "minutes",
        "promised_minor", "collected_minor",
    ]  # fmt: skip
    writer.writerow(columns)
    for line in shown.days:
        cells: list[Any] = [getattr(line, name) for name in columns]
        # A name may begin like a formula: a workbook shall take it for text.
        cells[1] = f"'{cells[1]}" if cells[1][:1] in "=+-@\t\r" else cells[1]
        writer.writerow(cells)
    return stream.getvalue()


def _keep(ctx: Context, request: PageRequest) -> None:
    for name in work_settings.DEFAULTS:
        typed = forms.text(request.POST, name, 20)
        if typed:
            number = _number(name, typed) * _units(request, name)
            work_settings.set_work_setting(ctx, name, number)


def _units(request: PageRequest, name: str) -> Decimal:
    """What is kept for 1 of what people type: costs are kept in minor units."""
    if name.startswith("cost_"):
        return Decimal(10) ** exponent(request.membership.currency)
    return Decimal(1)


def _number(name: str, typed: str) -> Decimal:
    try:
        return Decimal(typed)
    except InvalidOperation as error:
        raise Refusal(Code.VALUE_INVALID, field=name, value=typed, mend=Mend.NUMBER) from error


def _hours(request: PageRequest) -> list[CallHours]:
    cells = [request.POST.getlist(name) for name in ("hours_country", "hours_from", "hours_to")]
    rows = [[cell.strip()[:3] for cell in row] for row in zip(*cells, strict=False)]
    return forms.each_row(rows, _own_hours)


def _own_hours(row: list[str]) -> CallHours | None:
    country, first, last = row
    if not country:
        return None
    from_hour, to_hour = _hour("call_from_hour", first), _hour("call_to_hour", last)
    hours = CallHours(country.upper(), from_hour, to_hour)
    # Here it is known which row it is.
    hours.check()
    return hours


def _hour(name: str, typed: str) -> int:
    return forms.whole({name: typed or "-"}, name, 0)


def _rules(request: PageRequest) -> list[CollectorRule]:
    cells = [request.POST.getlist(name) for name in ("owner", "segment", "country")]
    typed = [
        [cell.strip().replace("\x00", "")[:200] for cell in row]
        for row in zip(*cells, strict=False)
    ]
    return [
        CollectorRule(owner, segment, country.upper()[:2])
        for owner, segment, country in typed
        if owner
    ]
