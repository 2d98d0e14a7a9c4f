"""Webhook endpoints, and every delivery with its attempts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, id_in, page, paged
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import config
from netterms.webhooks import actions, queries
from netterms.webhooks.queries import DeliveryFilter, DeliveryState
from netterms.webhooks.rules import LONGEST_URL

OLD_SECRET_DAYS = 7


@require_http_methods(["GET", "POST"])
@page
def listing(request: PageRequest) -> HttpResponse:
    """Every endpoint, and the form that adds one. Its secret is in this answer and nowhere else."""
    secret = ""
    if request.method == "POST":
        form = request.POST
        secret = actions.add_endpoint(
            request.ctx,
            forms.text(form, "key", 255) or forms.new_key(),
            forms.text(form, "url", LONGEST_URL + 1),
            form.getlist("kinds"),
            loopback=config().webhook_loopback,
        ).secret
    return _shown(request, {"secret": secret})


@form_on("webhooks")
def do(request: PageRequest, endpoint_id: UUID, what: str) -> HttpResponse:
    """Switch an endpoint on or off, give it a new secret, tell it a range again, remove it."""
    ctx = request.ctx
    if what == "rotate":
        days = forms.whole(request.POST, "days", 0)
        until = ctx.now + timedelta(days=min(days, 1000))
        return _shown(request, {"secret": actions.rotate_secret(ctx, endpoint_id, until)})
    if what in {"on", "off"}:
        actions.switch_endpoint(ctx, endpoint_id, enabled=what == "on")
        messages.success(request, _("The endpoint is on.") if what == "on" else _("It is off."))
    elif what == "remove":
        actions.remove_endpoint(ctx, endpoint_id)
        messages.success(request, _("Nothing more is told to that address."))
    elif what == "replay":
        _replay_range(request, endpoint_id)
    else:
        raise Refusal(Code.NOT_FOUND, field="address", value=what)
    return redirect("webhooks")


@require_GET
@page
def deliveries(request: PageRequest) -> HttpResponse:
    """Every delivery, the newest first, by state and endpoint."""
    ask = request.GET
    asked = DeliveryFilter(
        state=DeliveryState(ask["state"]) if ask.get("state") in list(DeliveryState) else None,
        endpoint_id=id_in(ask.get("endpoint", "")),
    )

    def read(most: int, skip: int) -> list[queries.Delivery]:
        return queries.deliveries(request.ctx, asked, most=most, skip=skip)

    counted = queries.count_deliveries(request.ctx, asked)
    context = {
        "asked": asked,
        "states": [state.value for state in DeliveryState],
        "endpoints": queries.endpoints(request.ctx),
        **paged(request, counted, read),
    }
    return render(request, "console/deliveries.html", context)


@require_GET
@page
def delivery(request: PageRequest, delivery_id: UUID) -> HttpResponse:
    """One delivery with every attempt and what came back."""
    context = {
        "delivery": queries.delivery(request.ctx, delivery_id),
        "attempts": queries.attempts(request.ctx, delivery_id),
        "key": forms.new_key(),
    }
    return render(request, "console/delivery.html", context)


@form_on("delivery", "delivery_id")
def replay(request: PageRequest, delivery_id: UUID) -> HttpResponse:
    """Deliver once more."""
    key = forms.text(request.POST, "key", 255) or forms.new_key()
    actions.replay(request.ctx, key, delivery_id)
    messages.success(request, _("It is delivered again as soon as its turn comes."))
    return redirect("delivery", delivery_id)


def _replay_range(request: PageRequest, endpoint_id: UUID) -> None:
    form = request.POST
    since = forms.needed("since", forms.day(form, "since"))
    until = forms.needed("until", forms.day(form, "until"))
    count, _again = actions.replay_range(
        request.ctx,
        forms.text(form, "key", 255) or forms.new_key(),
        endpoint_id,
        datetime.combine(since, time.min, UTC),
        datetime.combine(until, time.max, UTC),
    )
    said = ngettext("%(count)s event is told again.", "%(count)s events are told again.", count)
    messages.success(request, said % {"count": count})


def _shown(request: PageRequest, more: dict[str, Any]) -> HttpResponse:
    context = {
        "endpoints": [
            {"endpoint": found, "key": forms.new_key()} for found in queries.endpoints(request.ctx)
        ],
        "kinds": queries.known_kinds(),
        "failed": queries.count_deliveries(request.ctx, DeliveryFilter(state=DeliveryState.FAILED)),
        "new_key": forms.new_key(),
        "days": OLD_SECRET_DAYS,
        "loopback": config().webhook_loopback,
        **more,
    }
    response = render(request, "console/webhooks.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
