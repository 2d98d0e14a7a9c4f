"""Scorecards: which one counts, those trained on own outcomes, and how stored scores did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.doors.console.score_months import section
from netterms.kernel.calendar import add_months
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rules import LimitSettings
from netterms.scoring import validation
from netterms.scoring.experience import LOOKS, backtest, migration, rebuilt
from netterms.scoring.moves import CARD_MOVES, CardMove, CardState
from netterms.scoring.rules import DEFAULT_GRADE
from netterms.scoring.shadow import compare
from netterms.scoring.versions import decide, versions

# Grades are compared with those of so many months ago.
SPANS = {"month": 1, "year": 12}
MONTHS = 12


@require_GET
@page
def overview(request: PageRequest) -> HttpResponse:
    """The seller's cards, and the back-test and stability of its scores."""
    ctx, today = request.ctx, request.ctx.today
    cards = versions(ctx)
    from_history = "history" in request.GET
    tested = rebuilt(ctx) if from_history else backtest(ctx, today)
    span = request.GET.get("span", "")
    months = SPANS.get(span, SPANS["month"])
    since = add_months(today, -months)
    moved = migration(ctx, since, today)
    rows = validation.matrix(moved)
    levels = validation.by_grade(tested)
    context = {
        "in_shadow": next((c for c in cards if c.state is CardState.SHADOW), None),
        "champion": next((c for c in cards if c.state is CardState.CHAMPION), None),
        "cards": [{"card": c, "measures": c.measures, "moves": _moves(c.state)} for c in cards],
        "may_change": Permission.MANAGE_POLICY in ctx.may,
        "grades": levels,
        "from_history": from_history,
        "looks": LOOKS,
        "vintages": [
            {"month": _month(level.name), "level": level} for level in validation.by_vintage(tested)
        ],
        "auc": validation.grade_auc(levels),
        "since": since,
        "months": months,
        "few_cases": validation.FEWEST_CASES,
        "stability": _stability(moved),
        "matrix": rows,
        "moved": {"both": sum(r.buyers for r in rows), "new": _new(moved)},
        "all_grades": range(1, DEFAULT_GRADE + 1),
        "monthly": section(ctx, today),
    }
    return render(request, "console/scores.html", context)


@require_GET
@page
def shadow(request: PageRequest) -> HttpResponse:
    """The challenger in shadow beside the card in force: grades, outcomes so far, swap set."""
    found = compare(request.ctx, request.ctx.today, LimitSettings().stop_from_grade)
    context = {
        "found": found,
        "stability": found and _stability(found.moved),
        "matrix": found and validation.matrix(found.moved),
        "all_grades": range(1, DEFAULT_GRADE + 1),
        "fewest": validation.FEWEST_DEFAULTS,
        "swaps": [{"swap": s, "open": Money(s.open_minor, s.currency)} for s in found.swaps]
        if found
        else [],
        "swaps_of_all": found.swaps[0].of_all if found and found.swaps else 0,
    }
    return render(request, "console/score_shadow.html", context)


@form_on("scores")
def do(request: PageRequest, number: int, move: str) -> HttpResponse:
    """Put a card in shadow or in force, or retire it."""
    if move not in list(CardMove):
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    decide(request.ctx, number, CardMove(move))
    messages.success(request, _decided(CardMove(move)))
    return redirect("scores")


def _decided(move: CardMove) -> str:
    if move is CardMove.SHADOW:
        return _(
            "In shadow. The next business day lets it score the whole book; it decides nothing."
        )
    return _("Decided. Buyers are scored by it as their turn comes, all within ten business days.")


def _moves(state: CardState) -> list[str]:
    return [move.value for move in CardMove if (state, move) in CARD_MOVES]


def _month(vintage: int) -> str:
    return date(vintage // MONTHS, vintage % MONTHS + 1, 1).isoformat()


def _new(moved: Sequence[validation.Moved]) -> int:
    return sum(m.buyers for m in moved if m.before_grade is None)


def _stability(moved: Sequence[validation.Moved]) -> dict[str, Any] | None:
    index = validation.stability_index(moved)
    if index is None:
        return None
    css = "bad" if index > validation.MOVED else "warn" if index > validation.SHIFTED else "ok"
    return {"index": index, "css": css}
