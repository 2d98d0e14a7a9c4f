"""Credit reports: order one, read it as a page, take it as PDF or JSON."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import forms, report_pdf
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import file_on, form_on, page
from netterms.doors.console.report_sections import sections
from netterms.doors.look import formats
from netterms.reports import queries
from netterms.reports.actions import order_report
from netterms.reports.queries import CreditReport


@form_on("buyer", "buyer_id")
def order(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Order a report on a buyer; it is there at once."""
    # A form sent twice orders once.
    made, _repeated = order_report(request.ctx, buyer_id, forms.text(request.POST, "key"))
    return redirect("credit_report", made.id)


@require_GET
@page
def one(request: PageRequest, report_id: UUID) -> HttpResponse:
    """A report as it was given."""
    report = queries.report(request.ctx, report_id)
    return render(
        request,
        "console/credit_report.html",
        {
            "report": report,
            "title": _title(report),
            "lead": _lead(report),
            "sections": sections(report.content),
            "key": uuid4(),
            "others": queries.reports_of(request.ctx, report.buyer_id),
        },
    )


@file_on("credit_report", "report_id")
def pdf(request: PageRequest, report_id: UUID) -> HttpResponse:
    """The same as PDF, in the reader's language."""
    report = queries.report(request.ctx, report_id)
    footer = _(
        "%(seller)s · confidential · no advice; netterms administers the seller's own policy"
    )
    content = report_pdf.render(
        _title(report),
        _lead(report),
        footer % {"seller": request.membership.name},
        sections(report.content),
    )
    return _file(HttpResponse(content, content_type="application/pdf"), report, "pdf")


@file_on("credit_report", "report_id")
def as_json(request: PageRequest, report_id: UUID) -> HttpResponse:
    """The same for a program: plain values and codes."""
    report = queries.report(request.ctx, report_id)
    told = {"id": str(report.id), "as_of": report.as_of.isoformat(), **report.content}
    return _file(JsonResponse(told, json_dumps_params={"ensure_ascii": False}), report, "json")


def _file(response: HttpResponse, report: CreditReport, ending: str) -> HttpResponse:
    name = f"credit-report-{report.as_of.isoformat()}-{report.id}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _title(report: CreditReport) -> str:
    return _("Credit report: %(name)s") % {"name": report.content["identity"]["name"]}


def _lead(report: CreditReport) -> str:
    return _("As of %(day)s, ordered by %(who)s.") % {
        "day": formats.day(report.as_of),
        "who": report.ordered_by,
    }
