"""Visits to a buyer's place: the list, the form, and the photographs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Permission
from netterms.statements.visits import (
    LONGEST_TEXT,
    LONGEST_VISITOR,
    MOST_BYTES,
    MOST_PHOTOS,
    Visit,
    photo,
    record_visit,
    visits_of,
)

VERDICTS: Mapping[int, str | Promise] = {
    1: gettext_lazy("1: sound in everything"),
    2: gettext_lazy("2: sound, small doubts"),
    3: gettext_lazy("3: mixed"),
    4: gettext_lazy("4: serious doubts"),
    5: gettext_lazy("5: do not sell on credit"),
}
SEEN: Mapping[str, str | Promise] = {
    "premises": gettext_lazy("Premises"),
    "stock": gettext_lazy("Stock seen"),
    "machines": gettext_lazy("Machines"),
    "order_book": gettext_lazy("Order book"),
    "management": gettext_lazy("Management"),
    "notes": gettext_lazy("Notes"),
}


@require_http_methods(["GET", "POST"])
@page
def visits(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Every visit with what was seen, and the form that enters one."""
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    typed: Mapping[str, Any] = {"visited_on": request.as_of.isoformat(), "verdict": "3"}
    if request.method == "POST":
        _enter(request, buyer_id)
        messages.success(request, _("The visit is entered."))
        return redirect("visits", buyer_id)
    return render(
        request,
        "console/visits.html",
        {
            "buyer": buyer,
            "visits": [
                {
                    "known": known,
                    "visit": known.visit,
                    "verdict": VERDICTS[known.visit.verdict],
                    "css": "badge-ok"
                    if known.visit.verdict < 3
                    else "badge-bad"
                    if known.visit.verdict > 3
                    else "badge-warn",
                    "seen": [
                        (caption, text)
                        for name, caption in SEEN.items()
                        if (text := getattr(known.visit, name))
                    ],
                }
                for known in visits_of(ctx, buyer_id)
            ],
            "typed": typed,
            "texts": [(name, caption, typed.get(name, "")) for name, caption in SEEN.items()],
            "verdicts": [(str(value), name) for value, name in VERDICTS.items()],
            "key": typed.get("key") or forms.new_key(),
            "most_photos": MOST_PHOTOS,
            "most_megabytes": MOST_BYTES // 2**20,
            "longest": LONGEST_TEXT,
            "may_enter": Permission.IMPORT in ctx.may,
        },
    )


@require_GET
@page
def picture(request: PageRequest, photo_id: UUID) -> HttpResponse:
    """A photograph, as what its bytes say it is and nothing else."""
    found = photo(request.ctx, photo_id)
    return HttpResponse(
        found.content,
        content_type=found.kind,
        headers={"Content-Security-Policy": "default-src 'none'", "Cache-Control": "private"},
    )


def _enter(request: PageRequest, buyer_id: UUID) -> None:
    request.ctx.require(Permission.IMPORT)
    form = request.POST
    visited_on = forms.needed("visited_on", forms.day(form, "visited_on"))
    visit = Visit(
        visited_on,
        forms.text(form, "visitor", LONGEST_VISITOR + 1),
        forms.whole(form, "verdict", 0),
        forms.whole(form, "staff", 0) if forms.text(form, "staff") else None,
        **{name: forms.text(form, name, LONGEST_TEXT + 1) for name in SEEN},
    )
    # No more and no further than shows that it is too many, or too large.
    sent = request.FILES.getlist("photos")[: MOST_PHOTOS + 1]
    photos = [bytes(file.read(MOST_BYTES + 1)) for file in sent]
    key = forms.text(form, "key", 100) or forms.new_key()
    record_visit(request.ctx, buyer_id, visit, photos, key=key)
