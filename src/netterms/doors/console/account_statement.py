"""The statement of a buyer's account: as a page, a PDF and a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.buyers import queries as buyers
from netterms.doors.console import forms, report_pdf
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import file_on, page
from netterms.doors.console.report_parts import Section, Table
from netterms.doors.console.words import MOVEMENTS
from netterms.doors.look import formats
from netterms.kernel.calendar import add_months
from netterms.kernel.money import Money
from netterms.portfolio import sheet
from netterms.receivables import queries
from netterms.receivables.statement import Statement

MONTHS = 3


@require_GET
@page
def shown(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """The account with its opening and closing balance, by currency."""
    since, until = _period(request)
    return render(
        request,
        "console/account_statement.html",
        {
            "buyer": buyers.buyer(request.ctx, buyer_id),
            "since": since,
            "until": until,
            "statements": queries.buyer_statement(request.ctx, buyer_id, since, until),
        },
    )


@file_on("account_statement", "buyer_id")
def pdf(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """The same as PDF, in the reader's language."""
    since, until = _period(request)
    buyer = buyers.buyer(request.ctx, buyer_id)
    found = queries.buyer_statement(request.ctx, buyer_id, since, until)
    content = as_pdf(buyer.name, request.membership.name, since, until, found)
    return _file(content, "application/pdf", buyer_id, until, "pdf")


@file_on("account_statement", "buyer_id")
def workbook(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """The same as a workbook, a sheet for each currency."""
    since, until = _period(request)
    buyer = buyers.buyer(request.ctx, buyer_id)
    found = queries.buyer_statement(request.ctx, buyer_id, since, until)
    content = BytesIO()
    title = _("Statement of account: %(name)s") % {"name": buyer.name}
    sheet.write_tables(content, [_sheet(each) for each in found] or [_no_sheet()], {"title": title})
    return _file(content.getvalue(), sheet.MEDIA_TYPE, buyer_id, until, "xlsx")


def as_pdf(buyer: str, seller: str, since: date, until: date, found: Sequence[Statement]) -> bytes:
    """The account of `buyer` by currency, set in the reader's language. FONT_MISSING."""
    lead = _("%(seller)s, from %(since)s to %(until)s") % {
        "seller": seller,
        "since": formats.day(since),
        "until": formats.day(until),
    }
    title = _("Statement of account: %(name)s") % {"name": buyer}
    return report_pdf.render(title, lead, seller, [_section(each) for each in found])


def _period(request: PageRequest) -> tuple[date, date]:
    """The period asked for, else the last three months."""
    until = forms.day(request.GET, "until") or request.ctx.today
    since = forms.day(request.GET, "since")
    return since or add_months(until, -MONTHS), until


def _section(found: Statement) -> Section:
    code = found.currency

    def row(day: date, what: str, minor: int | None, balance: int) -> tuple[str, ...]:
        moved = "" if minor is None else formats.bare_amount(minor, code)
        return f"{formats.day(day)}  {what}", moved, formats.bare_amount(balance, code)

    rows = (
        row(found.since, _("Opening balance"), None, found.opening_minor),
        *(
            row(
                line.booked_on,
                " ".join(filter(None, (str(MOVEMENTS[line.kind]), line.document))),
                line.minor,
                line.balance_minor,
            )
            for line in found.lines
        ),
        row(found.until, _("Closing balance"), None, found.closing_minor),
    )
    return Section(code, tables=(Table((_("Day and document"), _("Amount"), _("Balance")), rows),))


def _sheet(found: Statement) -> sheet.Table:
    def money(minor: int) -> str:
        return f"{Money(minor, found.currency).major:f}"

    rows: list[sheet.Row] = [
        (found.since, _("Opening balance"), "", None, money(found.opening_minor)),
        *(
            (
                line.booked_on,
                str(MOVEMENTS[line.kind]),
                line.document,
                money(line.minor),
                money(line.balance_minor),
            )
            for line in found.lines
        ),
        (found.until, _("Closing balance"), "", None, money(found.closing_minor)),
    ]
    return sheet.Table(found.currency, _columns(), rows)


def _no_sheet() -> sheet.Table:
    return sheet.Table(_("Statement"), _columns(), [])


def _columns() -> list[sheet.Column]:
    return [
        sheet.Column.day(_("Day")),
        sheet.Column.text(_("What"), 24),
        sheet.Column.text(_("Document"), 28),
        sheet.Column.money(_("Amount")),
        sheet.Column.money(_("Balance")),
    ]


def _file(content: bytes, kind: str, buyer_id: UUID, until: date, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = f"statement-{until.isoformat()}-{buyer_id}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
