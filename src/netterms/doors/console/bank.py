"""Bank statements: take them in, confirm what is proposed, match by hand, take back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.connectors import banks
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, id_in, page, paged
from netterms.doors.console.uploads import sent_file, sent_name
from netterms.early_payment.queries import Acceptance
from netterms.early_payment.queries import agreed as agreed_by_day
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching import actions, queries
from netterms.receivables.matching.loading import load_statements
from netterms.receivables.matching.queries import OpenInvoice, ReadLine
from netterms.receivables.rules import Part
from netterms.wiring import match_bank_lines

PROPOSALS_SHOWN = 20
LINES_SHOWN = 50
STATEMENTS_SHOWN = 30
INVOICES_SHOWN = 200
BUYERS_SHOWN = 10
# What may be looked at on the first page beside the proposals.
LISTS = ("proposed", "open", "posted", "set_aside")


@require_GET
@page
def overview(request: PageRequest) -> HttpResponse:
    """Lines that wait, the surest proposals first, and the newest statements."""
    ctx = request.ctx
    standing = queries.standing(ctx)
    asked = request.GET.get("state", "")
    state = asked if asked in LISTS else "proposed"

    def read(most: int, skip: int) -> list[ReadLine]:
        return queries.waiting(ctx, state, most=most, skip=skip)

    return render(
        request,
        "console/bank.html",
        {
            "standing": standing,
            "state": state,
            "counts": [(name, getattr(standing, name)) for name in LISTS],
            "statements": queries.statements(ctx, most=STATEMENTS_SHOWN, skip=0),
            "may_load": Permission.IMPORT in ctx.may,
            "may_book": Permission.BOOK in ctx.may,
            **paged(request, getattr(standing, state), read, PROPOSALS_SHOWN),
        },
    )


@form_on("bank")
def upload(request: PageRequest) -> HttpResponse:
    """Take a file in, and match its lines at once where the person may book."""
    _take_in(request)
    return redirect("bank")


def _take_in(request: PageRequest) -> None:
    request.ctx.require(Permission.IMPORT)
    with sent_file(request, banks.MOST_BYTES, "statement") as path:
        found = banks.read(
            path,
            account=forms.text(request.POST, "account", 60),
            currency=forms.text(request.POST, "currency", 3).upper(),
        )
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    done = load_statements(request.ctx, found, sent_name(request), sha256)
    told = {"new": done.lines_new, "known": done.lines_known}
    messages.success(request, _("Lines new: %(new)s, known already: %(known)s.") % told)
    if done.lines_new and Permission.BOOK in request.ctx.may:
        _match(request)


@form_on("bank")
def match(request: PageRequest) -> HttpResponse:
    """Match every open line."""
    _match(request)
    return redirect("bank")


def _match(request: PageRequest) -> None:
    done = match_bank_lines(request.ctx)
    told = {"posted": done.posted, "proposed": done.proposed, "unknown": done.unknown}
    messages.success(
        request,
        _("Posted: %(posted)s. Proposed: %(proposed)s. Unknown: %(unknown)s.") % told,
    )


@require_GET
@page
def statement(request: PageRequest, statement_id: UUID) -> HttpResponse:
    """One statement with its lines."""
    ctx = request.ctx
    found = queries.statement(ctx, statement_id)

    def read(most: int, skip: int) -> list[ReadLine]:
        return queries.lines(ctx, statement_id, most=most, skip=skip)

    return render(
        request,
        "console/bank_statement.html",
        {"statement": found, **paged(request, found.lines, read, LINES_SHOWN)},
    )


@require_http_methods(["GET", "POST"])
@page
def line(request: PageRequest, line_id: UUID) -> HttpResponse:
    """One line: what is known of it, its match, and the form that matches it by hand."""
    ctx = request.ctx
    found = queries.line(ctx, line_id)
    buyer = id_in(request.GET.get("buyer", ""))
    invoices = queries.open_invoices(ctx, buyer, found.currency, INVOICES_SHOWN) if buyer else []
    agreed = agreed_by_day(ctx, buyer, found.booked_on) if buyer else {}
    if request.method == "POST" and buyer:
        actions.match_by_hand(ctx, line_id, buyer, _parts(request, found, invoices, agreed))
        messages.success(request, _("Posted."))
        return redirect("bank_line", line_id)
    wanted = forms.text(request.GET, "q", 100)
    return render(
        request,
        "console/bank_line.html",
        {
            "line": found,
            "may_book": Permission.BOOK in ctx.may,
            "may_match": Permission.BOOK in ctx.may and found.amount_minor > 0,
            "q": wanted or found.payer_name,
            "buyers": buyers.search(ctx, wanted, BUYERS_SHOWN) if wanted else [],
            "buyer": buyers.buyer(ctx, buyer) if buyer else None,
            "invoices": [(each, agreed.get(each.id)) for each in invoices],
        },
    )


def _parts(
    request: PageRequest,
    found: ReadLine,
    invoices: list[OpenInvoice],
    agreed: Mapping[UUID, Acceptance],
) -> list[Part]:
    """The invoices that were ticked, the oldest first, as far as the money goes.

    Of one that less was agreed to settle by this day, it is that, with the discount.
    """
    ticked = set(request.POST.getlist("invoice"))
    parts, left = [], found.amount_minor
    for invoice in invoices:
        if str(invoice.id) in ticked and left > 0:
            less = agreed.get(invoice.id)
            if less and left >= less.pay_minor:
                off = Money(less.off_minor, found.currency)
                parts.append(Part(invoice.id, Money(less.pay_minor, found.currency), off))
            else:
                taken = min(left, invoice.open_minor)
                parts.append(Part(invoice.id, Money(taken, found.currency)))
            left -= parts[-1].amount.minor
    return parts


@form_on("bank_line", "line_id")
def aside(request: PageRequest, line_id: UUID) -> HttpResponse:
    """Set a line aside, or take it up again."""
    _do(request, lambda: actions.set_aside(request.ctx, line_id, aside="back" not in request.POST))
    return redirect("bank_line", line_id)


@form_on("bank")
def decide(request: PageRequest, match_id: UUID, move: str) -> HttpResponse:
    """Post a proposal, decline it, or take a match back."""
    moves: dict[str, Callable[[], object]] = {
        "confirm": lambda: actions.confirm(request.ctx, match_id),
        "decline": lambda: actions.decline(request.ctx, match_id),
        "undo": lambda: actions.undo(request.ctx, match_id, forms.reason(request.POST)),
    }
    if move not in moves:
        raise Refusal(Code.NOT_FOUND, field="match", value=move)
    _do(request, moves[move])
    back = id_in(request.POST.get("line", ""))
    return redirect("bank_line", back) if back else redirect("bank")


def _do(request: PageRequest, use_case: Callable[[], Any]) -> None:
    use_case()
    messages.success(request, _("Done."))
