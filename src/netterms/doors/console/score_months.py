"""Scorecards watched month by month: the section of the Scores page, and its files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import score_words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Context
from netterms.kernel.events import plain
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import validation
from netterms.scoring.figures import POOR_AUC, WEAK_AUC, Concern, Figure, FigureKind, Role
from netterms.scoring.monthly import figures

CSS = {Concern.OK: "ok", Concern.WATCH: "warn", Concern.ALARM: "bad"}


def section(ctx: Context, today: date) -> dict[str, Any]:
    """What `console/_score_months.html` shows; nothing before the first month."""
    found = figures(ctx, today)
    if not found:
        return {}
    months = sorted({f.month for f in found})
    newest = [f for f in found if f.month == months[-1]]
    return {
        "measured_on": newest[0].measured_on,
        "months": months,
        "charts": [
            _chart(
                found,
                months,
                FigureKind.SCORE_SHIFT,
                [validation.SHIFTED, validation.MOVED],
                Decimal("0.4"),
            ),
            _chart(found, months, FigureKind.AUC, [POOR_AUC, WEAK_AUC], Decimal(1)),
        ],
        "attributes": _attributes(newest, found),
        "grades": [_row(f, found) for f in newest if f.figure is FigureKind.CALIBRATION],
        "fewest": validation.FEWEST_DEFAULTS,
        "few_cases": validation.FEWEST_CASES,
        "has_challenger": any(f.role is Role.CHALLENGER for f in found),
        "has_auc": any(f.figure is FigureKind.AUC and f.value is not None for f in found),
    }


@require_GET
@page
def as_csv(request: PageRequest) -> HttpResponse:
    """Every figure kept, one line each."""
    names = [f.name for f in fields(Figure)]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    table = csv.writer(response)
    table.writerow(names)
    table.writerows([_plain(getattr(f, name)) for name in names] for f in _all(request))
    return _file(response, request, "csv")


@require_GET
@page
def as_json(request: PageRequest) -> HttpResponse:
    """The same as JSON; shares and indices are text with their decimals."""
    told = [{name: plain(value) for name, value in asdict(f).items()} for f in _all(request)]
    return _file(JsonResponse({"figures": told}), request, "json")


def _all(request: PageRequest) -> list[Figure]:
    found = figures(request.ctx, request.ctx.today, months=12 * 100)
    if not found:
        raise Refusal(Code.NOT_FOUND, field="month", value="")
    return found


def _plain(value: object) -> object:
    return "" if value is None else plain(value)


def _file(response: HttpResponse, request: PageRequest, ending: str) -> HttpResponse:
    name = f"score-months-{request.ctx.today.isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chart(
    found: Sequence[Figure],
    months: Sequence[date],
    kind: FigureKind,
    bounds: Sequence[Decimal],
    top: Decimal,
) -> dict[str, Any]:
    lines = []
    for role in Role:
        values = {f.month: f.value for f in found if f.figure is kind and f.role is role}
        if values:
            name = str(score_words.SCORE_ROLES[role.value])
            lines.append((name, [values.get(month) for month in months]))
    newest = [f for f in found if f.figure is kind and f.month == months[-1]]
    return {
        "title": str(score_words.SCORE_FIGURES[kind.value]),
        "lines": lines,
        "bounds": bounds,
        "top": top,
        "newest": [{"figure": f, "css": CSS[f.concern]} for f in newest],
        "is_known": any(v is not None for _name, line in lines for v in line),
    }


def _attributes(newest: Sequence[Figure], found: Sequence[Figure]) -> list[dict[str, Any]]:
    """Of each attribute that moved, what both cards say; the card in force names the history."""
    shifts = [f for f in newest if f.figure is FigureKind.ATTRIBUTE_SHIFT]
    moved = {f.part for f in shifts if f.value}
    parts: dict[str, dict[str, Any]] = {}
    for f in (f for f in shifts if f.part in moved):
        parts.setdefault(f.part, {"part": f.part})[f.role.value] = _row(f, found)
    return list(parts.values())


def _row(figure: Figure, found: Sequence[Figure]) -> dict[str, Any]:
    """A figure of the newest month, with its values in the months before."""
    history = [
        f.value
        for f in found
        if (f.role, f.card, f.figure, f.part)
        == (figure.role, figure.card, figure.figure, figure.part)
        and f.value is not None
    ]
    return {
        "figure": figure,
        "css": CSS[figure.concern],
        "history": history,
        "said": _("%(months)s months, the newest %(value)s")
        % {"months": len(history), "value": figure.value},
        "is_few": figure.cases < validation.FEWEST_CASES,
    }
