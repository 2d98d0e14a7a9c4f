"""Disputes: the list with its clocks, one dispute, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import disputes, evidence, reading
from netterms.receivables.disputes import DisputeOutcome
from netterms.receivables.moves import DISPUTE_MOVES, DisputeMove, DisputeState


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Open disputes, the oldest first; with `all`, settled ones below."""
    everything = bool(request.GET.get("all"))
    found = reading.disputes(request.ctx, only_open=not everything)
    return render(
        request,
        "console/disputes.html",
        {
            "rows": [_row(request, each) for each in found],
            "everything": everything,
            "cut": len(found) == reading.MOST_DISPUTES,
        },
    )


@require_GET
@page
def one(request: PageRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute: what is wrong, its clocks, evidence, the buyer's history, and what to do."""
    ctx = request.ctx
    found = reading.dispute(ctx, dispute_id)
    state = DisputeState(found.state)
    history = reading.disputes(ctx, buyer_id=found.buyer_id)
    return render(
        request,
        "console/dispute.html",
        {
            "d": found,
            "row": _row(request, found),
            "files": evidence.evidence_of(ctx, dispute_id),
            "moves": [move.value for move in DisputeMove if (state, move) in DISPUTE_MOVES],
            "others": [each for each in history if each.id != dispute_id][:20],
            "late_only": len(history) > 1 and all(each.is_after_due for each in history),
            "most_megabytes": evidence.MOST_BYTES // 2**20,
            "me": ctx.actor,
            "may_collect": Permission.COLLECT in ctx.may,
            "may_book": Permission.BOOK in ctx.may,
        },
    )


@form_on("dispute", "dispute_id")
def do(request: PageRequest, dispute_id: UUID, move: str) -> HttpResponse:
    """A person moves a dispute on."""
    form, ctx = request.POST, request.ctx
    note = forms.text(form, "note", disputes.LONGEST_NOTE + 1)
    moves: Mapping[str, Callable[[], object]] = {
        "acknowledge": lambda: disputes.acknowledge(ctx, dispute_id),
        "assign": lambda: disputes.assign(ctx, dispute_id, forms.text(form, "owner", 201)),
        "state_position": lambda: disputes.state_position(ctx, dispute_id, note),
        "litigate": lambda: disputes.litigate(ctx, dispute_id, note),
        "credited": lambda: disputes.settle_dispute(
            ctx, dispute_id, DisputeOutcome.CREDITED, note, forms.text(form, "number", 101)
        ),
        "confirmed": lambda: disputes.settle_dispute(
            ctx, dispute_id, DisputeOutcome.CONFIRMED, note
        ),
        "evidence": lambda: _attach(request, dispute_id),
    }
    if move not in moves:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    reading.dispute(ctx, dispute_id)
    moves[move]()
    messages.success(request, _("Noted."))
    return redirect("dispute", dispute_id)


@require_GET
@page
def file(request: PageRequest, file_id: UUID) -> HttpResponse:
    """A file as what its bytes say it is, to be saved and never run."""
    found = evidence.evidence_file(request.ctx, file_id)
    response = HttpResponse(
        found.content,
        content_type=found.kind,
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private",
            "X-Content-Type-Options": "nosniff",
        },
    )
    told = content_disposition_header(as_attachment=True, filename=found.name)
    response.headers["Content-Disposition"] = told or "attachment"
    return response


def _attach(request: PageRequest, dispute_id: UUID) -> None:
    sent = request.FILES.getlist("files")[: evidence.MOST_FILES + 1]
    if not sent:
        raise Refusal(Code.VALUE_INVALID, field="evidence", value="", mend=Mend.GIVE_IT)
    for each in sent:
        # No further than shows that it is too large.
        content = bytes(each.read(evidence.MOST_BYTES + 1))
        evidence.attach(request.ctx, dispute_id, each.name or "", content)


def _row(request: PageRequest, found: reading.Dispute) -> dict[str, object]:
    today = request.ctx.today
    clocks = [
        {
            "name": due.clock.value,
            "due_on": due.due_on,
            "done_on": due.done_on,
            # One that ended with the dispute is not late for ever.
            "late": due.late_days(found.settled_on or today),
            "open": due.done_on is None and found.settled_on is None,
        }
        for due in found.clocks
    ]
    return {
        "d": found,
        "days": ((found.settled_on or today) - found.raised_on).days,
        "clocks": clocks,
        "next": next((clock for clock in clocks if clock["open"]), None),
    }
