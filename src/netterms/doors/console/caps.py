"""Caps over many credit lines: what a group, a country, a sector or a grade may use together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers import queries as buyers
from netterms.checkout import queries as orders
from netterms.doors.console import forms, rates, stories, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.kernel.reasons import checked_reason
from netterms.limits.caps import Cap, CapKind, caps, remove_cap, set_cap
from netterms.limits.queries import CapEvent, cap_history

CHANGES_SHOWN = 50


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """Every cap with its use, and the form that sets one."""
    if request.method == "POST":
        _set(request)
        messages.success(request, _("The cap is set."))
        return redirect("caps")
    found = caps(request.ctx)
    context = {
        "waiting": orders.count_pending(request.ctx),
        "caps": _shown(request, found),
        "kinds": [kind.value for kind in CapKind],
        "currency": request.membership.currency,
        "may_change": Permission.SET_LIMIT in request.ctx.may,
        "history": _history(request),
        **rates.shown(request.ctx.today),
    }
    return render(request, "console/caps.html", context)


@form_on("caps")
def remove(request: PageRequest) -> HttpResponse:
    """Take a cap away."""
    why = _why(request)
    remove_cap(request.ctx, _kind(request), forms.text(request.POST, "key"), why)
    messages.success(request, _("The cap is gone."))
    return redirect("caps")


def _set(request: PageRequest) -> None:
    request.ctx.require(Permission.SET_LIMIT)
    kind, typed = _kind(request), forms.text(request.POST, "key")
    if kind is CapKind.GROUP and "company" in request.POST:
        # A person knows a company by its number.
        typed = str(buyers.buyer_by_number(request.ctx, typed).id)
    most = forms.minor(request.POST, "limit", request.membership.currency)
    limit = forms.needed("limit", most)
    set_cap(request.ctx, kind, typed, limit, _why(request))


def _kind(request: PageRequest) -> CapKind:
    return forms.one_of(request.POST, "kind", CapKind)


def _why(request: PageRequest) -> str:
    return checked_reason(forms.reason(request.POST))


def _shown(request: PageRequest, found: list[Cap]) -> list[dict[str, Any]]:
    groups = [UUID(cap.key) for cap in found if cap.kind is CapKind.GROUP]
    companies = buyers.named(request.ctx, groups)
    return [
        {
            "cap": cap,
            "company": companies.get(UUID(cap.key)) if cap.kind is CapKind.GROUP else None,
            "left_minor": cap.limit_minor - cap.used_minor,
        }
        for cap in found
    ]


def _history(request: PageRequest) -> list[dict[str, Any]]:
    """Every change of caps, also of those that are gone, the newest first."""
    happened = cap_history(request.ctx, most=CHANGES_SHOWN)
    groups = [UUID(event.key) for event in happened if event.cap_kind == CapKind.GROUP]
    names = buyers.named(request.ctx, groups)
    return [
        {
            "on": event.business_date,
            "what": _what(event, names),
            "why": _how(event, request.membership.currency),
            "who": event.actor,
        }
        for event in happened
    ]


def _what(event: CapEvent, names: dict[UUID, buyers.Named]) -> str:
    kind, key = event.cap_kind, event.key
    if kind == CapKind.GROUP:
        company = names.get(UUID(key))
        key = company.name if company else key
    elif kind == CapKind.COUNTRY:
        key = formats.country(key)
    return _("%(kind)s: %(which)s") % {"kind": words.CAP_KINDS[kind], "which": key}


def _how(event: CapEvent, currency: str) -> str:
    before = "" if event.before_minor is None else formats.money(event.before_minor, currency)
    after = "" if event.after_minor is None else formats.money(event.after_minor, currency)
    if not after:
        shown = _("%(before)s, then removed") % {"before": before}
    elif before:
        shown = _("%(before)s, then %(after)s") % {"before": before, "after": after}
    else:
        shown = after
    return f"{shown} · {stories.why(event.why)}" if event.why else shown
