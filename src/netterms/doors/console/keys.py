"""API keys: who lets programs in, for how long, and shuts them out."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.access import actions, queries
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.kernel.context import Permission

OLD_SECRET_DAYS = 7


@require_http_methods(["GET", "POST"])
@page
def listing(request: PageRequest) -> HttpResponse:
    """Every key, and the form that makes one. Its secret is in this answer and nowhere else."""
    secret = ""
    if request.method == "POST":
        secret = _create(request)
    return _shown(request, {"secret": secret})


@form_on("keys")
def rotate(request: PageRequest, key_id: UUID) -> HttpResponse:
    """A new secret; the old one works for the days chosen."""
    days = forms.whole(request.POST, "days", 0)
    # Longer than any, so that the action says what is allowed.
    until = request.ctx.now + timedelta(days=min(days, 1000))
    secret = actions.rotate_key(request.ctx, key_id, until)
    return _shown(request, {"secret": secret})


@form_on("keys")
def revoke(request: PageRequest, key_id: UUID) -> HttpResponse:
    """Shut a key out for good."""
    actions.revoke_key(request.ctx, key_id)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("keys")


def _create(request: PageRequest) -> str:
    form = request.POST
    ends = forms.day(form, "expires_on")
    rate = forms.whole(form, "rate", 0)
    return actions.create_key(
        request.ctx,
        forms.text(form, "name", actions.LONGEST_NAME),
        form.getlist("scopes"),
        test=form.get("mode") == "test",
        # The last day is a whole one.
        expires_at=datetime.combine(ends, time.max, UTC) if ends else None,
        requests_per_second=rate or None,
    )


def _shown(request: PageRequest, more: dict[str, Any]) -> HttpResponse:
    found = queries.keys_of(request.ctx)
    now = request.ctx.now
    context = {
        "keys": [
            {
                "key": key,
                "over": key.expires_at is not None and key.expires_at <= now,
                "old_works": key.previous_until is not None and key.previous_until > now,
            }
            for key in found
        ],
        "permissions": [permission.value for permission in Permission],
        "days": OLD_SECRET_DAYS,
        **more,
    }
    response = render(request, "console/keys.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
