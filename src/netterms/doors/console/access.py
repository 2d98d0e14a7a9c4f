"""Which seller's book, in which language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember_on_device

from netterms.access import actions
from netterms.doors.console.middleware import SELLER_KEY, PageRequest
from netterms.doors.console.pages import form_on
from netterms.kernel.refusal import Code, Refusal


@form_on("dashboard")
def switch_seller(request: PageRequest) -> HttpResponse:
    """Go on in the book of another seller one works for."""
    asked = request.POST.get("seller", "")
    if asked not in {str(membership.seller_id) for membership in request.memberships}:
        raise Refusal(Code.NOT_FOUND, field="seller", value=asked)
    request.session[SELLER_KEY] = asked
    return redirect("dashboard")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Read in another language: on this device, and with the person who is signed in."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in actions.LANGUAGES:
        actions.set_language(request.user.pk, language)
    return remember_on_device(request)
