"""A buyer's credit line: limit, top-up, status and terms, and how they came about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers import queries as buyers
from netterms.doors.console import event_words, forms, stories
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Context, Permission
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.limits import queries
from netterms.limits.lines import CreditLine, LineStatus, LineTerms, set_line
from netterms.monitoring.queries import timeline
from netterms.store.keys import fingerprint

CHANGES = ("limits.line_opened", "limits.line_changed")
EVENTS_SEARCHED, CHANGES_SHOWN = 1000, 50
NEW = LineTerms(limit_minor=0)


@require_http_methods(["GET", "POST"])
@page
def change(request: PageRequest, buyer_id: UUID, currency: str) -> HttpResponse:
    """The line as it stands with its history, and the form that changes or opens it."""
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    line = queries.lines_of(ctx, buyer_id).get(currency)
    if request.method == "POST":
        _change(request, buyer_id, currency, line)
        messages.success(request, _("The credit line is changed."))
        return redirect("line", buyer_id, currency)
    return render(
        request,
        "console/line.html",
        {
            "buyer": buyer,
            "currency": currency,
            "line": line,
            "terms": line.terms if line else NEW,
            "seen": _seen(line),
            "statuses": [status.value for status in LineStatus],
            "may_change": Permission.SET_LIMIT in ctx.may,
            "history": history(ctx, buyer_id, currency),
        },
    )


def shown(ctx: Context, buyer_id: UUID) -> list[CreditLine]:
    """A buyer's lines, by currency."""
    return list(queries.lines_of(ctx, buyer_id).values())


def history(ctx: Context, buyer_id: UUID, currency: str) -> list[dict[str, Any]]:
    """Every change of a line, the newest first."""
    happened = timeline(ctx, [buyer_id], EVENTS_SEARCHED)
    changes = [e for e in happened if e.kind in CHANGES and e.facts["currency"] == currency]
    return [
        {
            "on": event.business_date,
            "what": event_words.EVENTS[event.kind],
            "why": stories.detail(event.kind, event.facts),
            "who": event.actor,
        }
        for event in changes[:CHANGES_SHOWN]
    ]


def _change(
    request: PageRequest, buyer_id: UUID, currency: str, line: CreditLine | None
) -> CreditLine:
    request.ctx.require(Permission.SET_LIMIT)
    form = request.POST
    why = checked_reason(forms.reason(form))
    limit = forms.needed("limit", forms.minor(form, "limit", currency))
    status = form.get("status", "")
    terms = replace(
        line.terms if line else NEW,
        limit_minor=limit,
        status=LineStatus(status) if status in list(LineStatus) else LineStatus.OPEN,
        top_up_minor=forms.minor(form, "top_up", currency) or 0,
        top_up_until=forms.day(form, "top_up_until"),
        insured_minor=forms.minor(form, "insured", currency) or 0,
        net_days=forms.whole(form, "net_days", NEW.net_days),
        discount_percent=round(forms.percent(form, "discount_percent") or Decimal(0), 2),
        discount_days=forms.whole(form, "discount_days", 0),
        instalments=forms.whole(form, "instalments", 1),
    )
    # Orders and payments move a line all the time; only what people decide must be as it was seen.
    if form.get("seen") != _seen(line):
        raise Refusal(Code.CHANGED_MEANWHILE, field="line", value=currency)
    version = line.version if line else 0
    return set_line(request.ctx, buyer_id, currency, terms, why, version=version)


def _seen(line: CreditLine | None) -> str:
    """What the form's reader saw of what people decide about a line."""
    return fingerprint(line.terms) if line else "none"
