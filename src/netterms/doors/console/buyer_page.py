"""A buyer's own page as its seller sees it: links, what came in by it, and what it says."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.collection import portal, queries
from netterms.collection.links import links_of, make_link, revoke_link
from netterms.collection.page import (
    PageSettings,
    PayAccount,
    page_settings,
    pay_accounts,
    set_page_settings,
    set_pay_account,
)
from netterms.collection.plan_reads import plans
from netterms.doors.console import forms, plan_words, stories
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.evidence import evidence_file, evidence_of_buyer
from netterms.site.config import config
from netterms.terms.schedules import Shape


@require_GET
@page
def overview(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Links to the page, and what the buyer promised, disputed, proposed and asked for."""
    return _shown(request, buyer_id)


@form_on("buyer_page", "buyer_id")
def do(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Make a link, which is shown this once; revoke one; or note that a request was answered."""
    buyers.buyer(request.ctx, buyer_id)
    what = request.POST.get("what", "")
    if what == "make":
        token = make_link(request.ctx, buyer_id)
        path = reverse("portal", kwargs={"token": token})
        outside = config().public_url
        url = f"{outside}{path}" if outside else request.build_absolute_uri(path)
        return _shown(request, buyer_id, url)
    if what == "revoke":
        revoke_link(request.ctx, _id(request))
        messages.success(request, _("The link opens nothing any more."))
    elif what == "answer":
        portal.answer_request(request.ctx, _id(request))
        messages.success(request, _("Noted as answered."))
    return redirect("buyer_page", buyer_id)


def _shown(request: PageRequest, buyer_id: UUID, url: str = "") -> HttpResponse:
    ctx = request.ctx
    told = {
        "buyer": buyers.buyer(ctx, buyer_id),
        "url": url,
        "links": [
            {"link": link, "by": stories.who(link.made_by)} for link in links_of(ctx, buyer_id)
        ],
        "now": ctx.now,
        "promises": queries.promises_of(ctx, buyer_id),
        "disputes": queries.disputes_of(ctx, buyer_id),
        "evidence": evidence_of_buyer(ctx, buyer_id),
        "plans": plans(ctx, buyer_id=buyer_id),
        "requests": portal.requests_of(ctx, buyer_id),
        "may_collect": Permission.COLLECT in ctx.may,
    }
    return render(request, "console/buyer_page.html", told)


def _id(request: PageRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND, field="link", value="") from error


@require_GET
@page
def evidence(request: PageRequest, file_id: UUID) -> HttpResponse:
    """A file that a dispute rests on, to be kept: never shown as a page of ours."""
    found = evidence_file(request.ctx, file_id)
    response = HttpResponse(found.content, content_type=found.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_id}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@page
def settings(request: PageRequest) -> HttpResponse:
    """What buyers' pages say of the seller and let buyers propose; where buyers pay to."""
    ctx, form = request.ctx, request.POST
    if request.method == "POST":
        if form.get("what") == "account":
            set_pay_account(ctx, _account(request))
        else:
            set_page_settings(ctx, _settings(request))
        messages.success(request, _("Kept."))
        return redirect("page_settings")
    return render(
        request,
        "console/page_settings.html",
        {
            "settings": page_settings(ctx),
            "accounts": pay_accounts(ctx).values(),
            "shapes": plan_words.PLAN_SHAPES,
            "may_change": Permission.MANAGE_POLICY in ctx.may,
            "may_name_account": Permission.MANAGE_ACCESS in ctx.may,
        },
    )


def _account(request: PageRequest) -> PayAccount:
    form = request.POST
    names = ("currency", "holder", "number", "bank_code", "bank_name")
    currency, holder, number, bank_code, bank_name = (forms.text(form, n, 121) for n in names)
    return PayAccount(currency.upper(), holder, number, bank_code, bank_name)


def _settings(request: PageRequest) -> PageSettings:
    form = request.POST
    shape = form.get("shape", "")
    return PageSettings(
        contact_name=forms.text(form, "contact_name", 121),
        contact_email=forms.text(form, "contact_email", 121),
        contact_phone=forms.text(form, "contact_phone", 121),
        link_days=forms.whole(form, "link_days", 60),
        plans_offered=form.get("plans_offered") == "yes",
        most_months=forms.whole(form, "most_months", 6),
        least_down_percent=forms.whole(form, "least_down_percent", 20),
        yearly_percent=forms.needed("yearly_percent", forms.percent(form, "yearly_percent")),
        shape=Shape(shape) if shape in set(Shape) else Shape.LEVEL,
        interest_on_interest=form.get("interest_on_interest") == "yes",
    )
