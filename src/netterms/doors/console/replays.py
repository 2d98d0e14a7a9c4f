"""The policy for limits held against the seller's own past; worked out when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import file_on, page
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid
from netterms.portfolio import replay_workbook
from netterms.portfolio.live import replay_book
from netterms.portfolio.sheet import MEDIA_TYPE
from netterms.portfolio.texts import OUTCOMES

STOPPED_SHOWN = 20
PERCENT = Decimal(100)


@require_GET
@page
def replayed(request: PageRequest) -> HttpResponse:
    """What limits would have stopped, by currency, and the largest invoices of it."""
    margin = _margin(request.GET)
    worked_out = "run" in request.GET
    found = replay_book(request.ctx, request.as_of) if worked_out else []
    shown = [
        {
            "currency": one.currency,
            "judged": one.judged,
            "unjudged": one.unjudged,
            "settings": [
                (each, None if margin is None else each.gain_minor(margin)) for each in one.settings
            ],
            "stopped": len(one.stopped),
            "largest": [
                (document, owed, limit, _(OUTCOMES[document.outcome(request.as_of)]))
                for document, owed, limit in one.largest_stopped(STOPPED_SHOWN)
            ],
        }
        for one in found
        if one.judged.count
    ]
    context = {"worked_out": worked_out, "found": shown, "margin": margin}
    return render(request, "console/replay.html", context)


@file_on("replay")
def workbook(request: PageRequest) -> HttpResponse:
    """The same as a workbook, with every stopped invoice."""
    margin = _margin(request.GET)
    found = replay_book(request.ctx, request.as_of)
    content = BytesIO()
    replay_workbook.write(content, found, request.as_of, margin)
    name = f"replay-{request.as_of}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content.getvalue(), content_type=MEDIA_TYPE, headers=headers)


def _margin(form: Mapping[str, str]) -> Decimal | None:
    """The margin on sales that was typed in percent, as a share of 1; None when left empty."""
    typed = forms.percent(form, "margin")
    if typed is None:
        return None
    if not 0 <= typed <= PERCENT:
        raise invalid("margin", str(typed), Mend.BETWEEN, least=0, most=100)
    return typed / PERCENT
