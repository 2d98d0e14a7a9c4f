"""The call screen: everything about a case on one page, and one form for how the call ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers import queries as buyers
from netterms.buyers.profile import contacts_of
from netterms.collection import cases, contacts, queries, ranking
from netterms.collection.promises import Channel, PromiseGiven
from netterms.collection.quiet import Reach, clock_of
from netterms.doors.console import forms, stories, words
from netterms.doors.console.collection import scripted, why
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, id_in, page
from netterms.doors.console.scripts_for_calls import scripts
from netterms.insurance import queries as insurance
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.monitoring import queries as monitoring
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.receivables.keyed import keyed

INVOICES_SHOWN = 200
NOT_SHOWN = frozenset({Code.NOT_FOUND, Code.NOT_ALLOWED})


@require_http_methods(["GET", "POST"])
@page
def case(request: PageRequest, case_id: UUID) -> HttpResponse:
    """One case with all that a caller needs; the form writes down how it ended."""
    if request.method == "POST":
        given = _given(request, case_id)
        contacts.log_contact(request.ctx, given, forms.text(request.POST, "key", 100))
        messages.success(request, _("Written down. It is in the buyer's history."))
        whose = request.POST.get("whose", "")
        owner = request.ctx.actor if whose == "mine" else None
        following = ranking.next_case(request.ctx, request.as_of, owner, case_id)
        if following is None:
            return redirect("work")
        return redirect(reverse("call", args=[following]) + f"?whose={whose}")
    return _shown(request, case_id)


@form_on("call", "case_id")
def dispute(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Write down what the buyer disputes of an invoice."""
    invoice = id_in(request.POST.get("invoice", ""))
    lines = queries.invoice_lines(
        request.ctx, request.as_of, buyer_id=cases.case_by_id(request.ctx, case_id).buyer_id
    )
    line = next((one for one in lines if one.id == invoice), None)
    if line is None:
        raise Refusal(Code.VALUE_INVALID, field="invoice", value="", mend=Mend.GIVE_IT)
    amount = forms.minor(request.POST, "amount", line.currency)
    reason = forms.one_of(request.POST, "reason", DisputeReason)
    free = line.open_minor - line.disputed_minor
    disputed = Money(free if amount is None else amount, line.currency)
    note = forms.text(request.POST, "note")
    asked = {"dispute": line.id, "reason": reason, "amount": amount, "note": note}
    key = forms.text(request.POST, "key", 100) or forms.new_key()
    keyed(
        request.ctx,
        key,
        asked,
        lambda: raise_dispute(request.ctx, line.id, reason, disputed, note),
    )
    messages.success(request, _("The dispute is noted; the rest stays payable."))
    return redirect("call", case_id)


@form_on("call", "case_id")
def assign(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Take a case, or give it to another."""
    owner, seen = (forms.text(request.POST, name, 200) for name in ("owner", "seen"))
    ranking.assign_case(request.ctx, case_id, owner, seen)
    messages.success(request, _("The case has its owner."))
    return redirect("call", case_id)


def _shown(request: PageRequest, case_id: UUID) -> HttpResponse:
    ctx, day = request.ctx, request.as_of
    found = cases.case_by_id(ctx, case_id)
    buyer = buyers.buyer(ctx, found.buyer_id)
    invoices = queries.invoice_lines(ctx, day, buyer_id=buyer.id, most=INVOICES_SHOWN)
    invoices.sort(key=lambda line: (line.due_on, line.invoice_number))
    met = contacts.right_parties(ctx, buyer.id)
    people = contacts_of(ctx, buyer.id) if Permission.READ_PERSONAL in ctx.may else []
    people.sort(key=lambda person: person.id not in met)
    todo = cases.tasks_of_case(ctx, case_id, day)
    whose = "mine" if request.GET.get("whose") == "mine" else ""
    return scripted(
        request,
        "console/call.html",
        {
            "case": found,
            "buyer": buyer,
            "todo": [{"task": task, "why": why(task, request)} for task in todo],
            "first": next((t for t in todo if t.step == "call"), todo[0] if todo else None),
            "invoices": [(line, (day - line.due_on).days) for line in invoices],
            "balances": queries.balances_of(ctx, day, buyer.id),
            "people": [(person, person.id in met) for person in people],
            "contacts": contacts.contacts_made(ctx, buyer.id),
            "promises": queries.promises_of(ctx, buyer.id),
            "disputes": queries.disputes_of(ctx, buyer.id),
            "payments": cases.payments_of(ctx, buyer.id, day),
            "deadlines": insurance.open_deadlines(ctx, buyer_id=buyer.id),
            "events": stories.told(monitoring.timeline(ctx, [buyer.id, case_id], most=12)),
            "scripts": scripts(
                found.stage, request.membership.name, buyer.language, get_language() or "en"
            ),
            "local": clock_of(ctx, buyer.country, Reach.CALL),
            "outcomes": words.OUTCOMES,
            "channels": words.CHANNELS,
            "reasons": words.DISPUTE_REASONS,
            "key": request.POST.get("key") or forms.new_key(),
            "whose": whose,
            "me": ctx.actor,
            "next": ranking.next_case(ctx, day, ctx.actor if whose else None, case_id),
            "may_collect": Permission.COLLECT in ctx.may and found.closed_on is None,
            "tomorrow": ctx.today + timedelta(days=1),
        },
    )


def _given(request: PageRequest, case_id: UUID) -> contacts.Contact:
    form = request.POST
    outcome = forms.one_of(form, "outcome", contacts.Outcome)
    channel = forms.one_of(form, "channel", Channel)
    person = forms.text(form, "person", 200)
    promise = None
    if outcome is contacts.Outcome.PROMISED:
        promise = _promise(form, person, channel)
    return contacts.Contact(
        case_id=case_id,
        channel=channel,
        outcome=outcome,
        right_party=form.get("right_party") == "on",
        person=person,
        contact_id=id_in(form.get("contact", "")),
        action_id=id_in(form.get("task", "")),
        promise=promise,
        next_on=forms.day(form, "next_on"),
        invoices=tuple(one for one in map(id_in, form.getlist("about")) if one),
        minutes=forms.whole(form, "minutes", 0),
        script=forms.text(form, "script", 50),
        language=forms.text(form, "language", 10),
        note=forms.text(form, "note", contacts.LONGEST_NOTE),
    )


def _promise(form: QueryDict, person: str, channel: Channel) -> PromiseGiven:
    currency = forms.text(form, "currency", 3)
    typed = forms.minor(form, "amount", currency)
    by = forms.day(form, "promised_for")
    minor, by = forms.needed("amount", typed), forms.needed("promised_for", by)
    # Whose promise it is, the log of the case says: the buyer's.
    return PromiseGiven(UUID(int=0), Money(minor, currency), by, person, channel)
