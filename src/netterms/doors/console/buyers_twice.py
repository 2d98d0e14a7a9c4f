"""One company twice among the buyers: both side by side, and a person's word on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from netterms.buyers import duplicates
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal

DECIDED_SHOWN = 20


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Pairs that may be one company, and what was decided last."""
    context = {
        "pairs": duplicates.pairs(request.ctx),
        "merged": duplicates.pairs(request.ctx, "merged", DECIDED_SHOWN),
        "refused": duplicates.pairs(request.ctx, "refused", DECIDED_SHOWN),
        "may_decide": Permission.IMPORT in request.ctx.may,
    }
    return render(request, "console/buyers_twice.html", context)


@form_on("buyers_twice")
def find(request: PageRequest) -> HttpResponse:
    """Look through the book for pairs."""
    new = int(str(duplicates.find_duplicates(request.ctx)["new"]))
    said = ngettext("%(new)s new pair.", "%(new)s new pairs.", new) % {"new": new}
    messages.success(request, said)
    return redirect("buyers_twice")


@form_on("buyers_twice")
def decide(request: PageRequest) -> HttpResponse:
    """Merge a pair into the one that stays, part it for good, or take a merge back."""
    _decide(request)
    return redirect("buyers_twice")


def _decide(request: PageRequest) -> None:
    what = request.POST.get("what", "")
    first, second = _id(request, "first"), _id(request, "second")
    if what in {"merge", "merge_other"}:
        keep, gone = (first, second) if what == "merge" else (second, first)
        duplicates.merge(request.ctx, keep, gone, forms.reason(request.POST))
        messages.success(request, _("The two are one buyer now."))
    elif what == "part":
        duplicates.not_the_same(request.ctx, first, second)
        messages.success(request, _("The two will not be proposed again."))
    else:
        duplicates.unmerge(request.ctx, second)
        messages.success(request, _("The two are two buyers again."))


def _id(request: PageRequest, name: str) -> UUID:
    typed = request.POST.get(name, "")
    try:
        return UUID(typed)
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=typed[:100]) from error
