"""Legal steps for a buyer, and handing the case over with its papers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.collection.legal import actions, queries
from netterms.collection.legal.rules import (
    BROUGHT,
    MAY_BE_EMPTY,
    Paper,
    fee,
    fee_schedules,
    fees_read_on,
    gate,
)
from netterms.collection.queries import case_of
from netterms.connectors.letters import press
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.console.words import COUNTINGS, LEGAL_REASONS, LEGAL_STEPS, PARTNER_KINDS
from netterms.doors.look import jurisdiction
from netterms.doors.look.names import PAPERS
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.evidence import MOST_BYTES

FILES_AT_ONCE = 10


@require_http_methods(["GET", "POST"])
@page
def legal(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Which court, until when, what it costs; the list of papers, and the hand-over."""
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    typed: Mapping[str, Any] = request.GET
    if request.method == "POST":
        said = _do(request, buyer_id)
        messages.success(request, said)
        return redirect("legal", buyer_id)
    there = queries.checklist(ctx, buyer_id)
    case = case_of(ctx, buyer_id)
    partners = queries.partners(ctx)
    return render(
        request,
        "console/legal.html",
        {
            "buyer": buyer,
            "outlooks": [
                _outlook(one, typed, buyer.insolvent_on is not None)
                for one in queries.outlooks(ctx, buyer_id)
            ],
            "case": case,
            "is_out": bool(case and case.state == "handed_over"),
            "papers": [
                {
                    "code": paper.value,
                    "name": PAPERS[paper.value],
                    "count": count,
                    "asks": not count and paper not in MAY_BE_EMPTY,
                    "reason": typed.get(f"reason_{paper.value}", ""),
                }
                for paper, count in there.items()
            ],
            "kept": [(line, PAPERS[line.paper]) for line in queries.papers_of(ctx, buyer_id)],
            "brought": [(paper.value, PAPERS[paper.value]) for paper in Paper if paper in BROUGHT],
            "partners": [(one, PARTNER_KINDS[one.kind]) for one in partners],
            "kinds": list(PARTNER_KINDS.items()),
            "schedules": [(one.name, one.title) for one in fee_schedules()],
            "fees_read_on": fees_read_on(),
            "hand_overs": [
                (line, [(PAPERS[name], why) for name, why in line.reasons.items()])
                for line in queries.hand_overs_of(ctx, buyer_id)
            ],
            "typed": typed,
            "key": typed.get("key") or forms.new_key(),
            "may_act": {Permission.COLLECT, Permission.READ_PERSONAL} <= ctx.may,
            "may_add": Permission.MANAGE_POLICY in ctx.may,
            "may_take": Permission.READ_PERSONAL in ctx.may,
        },
    )  # fmt: skip


def _outlook(one: queries.Outlook, typed: Mapping[str, Any], insolvent: bool) -> dict[str, Any]:
    return {
        "one": one,
        "routes": [
            {
                "step": LEGAL_STEPS[route.step.value],
                "order": jurisdiction.told(route.order),
                "amount": route.amount,
                "disputed": route.disputed,
                "reasons": [LEGAL_REASONS[reason.value] for reason in route.reasons],
            }
            for route in one.routes
        ],
        "periods": jurisdiction.told(one.limitation_note),
        "counting": COUNTINGS[one.limitation.counting.value] if one.limitation else "",
        "gate": _gate(one, typed, insolvent),
        "fees": [
            (schedule.title, schedule.source, asked)
            for schedule in fee_schedules()
            if (asked := fee(schedule, one.owed, 0)) is not None
        ],
    }


def _gate(one: queries.Outlook, typed: Mapping[str, Any], insolvent: bool) -> Any:  # noqa: ANN401
    """COL-09 with what a person estimates; nothing while nobody has."""
    if typed.get("currency", one.currency) != one.currency or "cost" not in typed:
        return None
    cost = forms.needed("cost", forms.minor(typed, "cost", one.currency))
    chance = forms.needed_whole(typed, "chance")
    if chance > 100:
        raise invalid("chance", chance, Mend.BETWEEN, least=0, most=100)
    return gate(one.owed, Decimal(chance) / 100, Money(cost, one.currency), insolvent=insolvent)


def _do(request: PageRequest, buyer_id: UUID) -> str:
    """One of the forms of the page; returns what to say."""
    form, ctx = request.POST, request.ctx
    what = form.get("do")
    if what == "partner":
        actions.add_partner(
            ctx,
            forms.text(form, "kind", 20),
            forms.text(form, "name", actions.LONGEST + 1),
            email=forms.text(form, "email", 254),
            country=forms.text(form, "country", 2).upper(),
            fee_schedule=forms.text(form, "fee_schedule", 40),
        )
        return _("Kept.")
    if what == "paper":
        paper = forms.text(form, "paper", 20)
        for file in request.FILES.getlist("files")[:FILES_AT_ONCE]:
            kind = Paper(paper) if paper in list(Paper) else Paper.JOURNAL
            content = bytes(file.read(MOST_BYTES + 1))
            actions.keep_paper(ctx, buyer_id, kind, file.name or "", content)
        return _("Kept.")
    if what == "back":
        actions.take_back(ctx, buyer_id, forms.reason(form))
        return _("The case is back.")
    reasons = {paper: forms.text(form, f"reason_{paper.value}") for paper in Paper}
    actions.hand_over(
        ctx, buyer_id, _partner(form), {paper: why for paper, why in reasons.items() if why},
        forms.text(form, "key", 100) or forms.new_key(), press,
    )  # fmt: skip
    return _("The case is handed over. Send the archive below to the agency or lawyer.")


def _partner(form: Mapping[str, Any]) -> UUID:
    given = forms.text(form, "partner", 40)
    try:
        return UUID(given)
    except ValueError:
        raise Refusal(Code.NOT_FOUND, field="partner", value=given) from None


@require_GET
@page
def archive(request: PageRequest, hand_over_id: UUID) -> HttpResponse:
    """The pack as it was handed over."""
    _number, content = queries.archive(request.ctx, hand_over_id)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="hand-over-{hand_over_id}.zip"'
    return response
