"""Payments, invoices and the books: what came in, what it settles, and what is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.buyers import queries as buyers
from netterms.doors.console import early_payment, forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page, paged
from netterms.early_payment.queries import Acceptance
from netterms.early_payment.queries import agreed as agreed_by_day
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import periods, queries, reading, returns
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.receivables.invoicing import issue, offset
from netterms.receivables.keyed import keyed
from netterms.receivables.papers import LineIn, PaperIn, PaperKind, TaxCategory
from netterms.receivables.payments import PaymentIn, allocate, record_payment, undo_allocation
from netterms.receivables.rules import Part
from netterms.receivables.write_offs import (
    WriteOffReason,
    WriteOffState,
    decide_write_off,
    lost_papers,
    recover,
    write_off,
    write_offs,
)


@require_GET
@page
def payments(request: PageRequest) -> HttpResponse:
    """Receipts and refunds, those that wait for their invoices first."""
    text = forms.text(request.GET, "q", 200)
    every, waiting = reading.count_payments(request.ctx, text=text)

    def read(most: int, skip: int) -> list[reading.Payment]:
        return reading.payments(request.ctx, text=text, most=most, skip=skip)

    return render(
        request,
        "console/payments.html",
        {
            "text": text,
            "waiting": waiting,
            "key": forms.new_key(),
            "today": request.ctx.today,
            "currency": request.membership.currency,
            "may_book": Permission.BOOK in request.ctx.may,
            **paged(request, every, read),
        },
    )


@form_on("payments")
def record(request: PageRequest) -> HttpResponse:
    """A person notes a payment or a refund."""
    form = request.POST

    number = forms.text(form, "buyer", 100)
    buyer_id = buyers.buyer_by_number(request.ctx, number).id
    currency = forms.text(form, "currency", 3).upper()
    told = PaymentIn(
        buyer_id,
        Money(_amount(form, "amount", currency), currency),
        _day(form, "paid_on"),
        forms.text(form, "reference"),
        forms.text(form, "kind", 20) or "receipt",
        channel="console",
    )
    made, _new = keyed(request.ctx, _key(form), told, lambda: record_payment(request.ctx, told))
    messages.success(request, _("The payment is booked."))
    return redirect("payment", made)


@require_GET
@page
def payment(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """One payment: what it settled, and the form that lets it settle more."""
    ctx = request.ctx
    found = reading.payment(ctx, payment_id)
    papers = reading.open_papers(ctx, found.buyer_id) if found.unallocated_minor else []
    agreed = agreed_by_day(ctx, found.buyer_id, found.paid_on) if papers else {}
    suggested = _oldest_first(found, papers, agreed) if request.GET.get("suggest") else {}
    settled = reading.allocations_of(ctx, payment_id)
    may_recover = found.kind == "receipt" and found.unallocated_minor
    return render(
        request,
        "console/payment.html",
        {
            "payment": found,
            "allocations": settled,
            "stands": any(line["stands"] for line in settled),
            "papers": [(paper, suggested.get(paper.id), agreed.get(paper.id)) for paper in papers],
            "cut": len(papers) == reading.MOST_OPEN,
            "lost": lost_papers(ctx, found.buyer_id, found.currency) if may_recover else [],
            "returned": returns.returned(ctx, payment_id),
            "today": ctx.today,
            "key": forms.new_key(),
            "may_book": Permission.BOOK in ctx.may,
        },
    )


@form_on("payment", "payment_id")
def payment_do(request: PageRequest, payment_id: UUID, move: str) -> HttpResponse:
    """A person allocates a payment, to bad debt, too; takes that back; books that it came back."""
    form, ctx = request.POST, request.ctx
    found = reading.payment(ctx, payment_id)

    if move == "allocate":
        parts = _parts(form, found, reading.open_papers(ctx, found.buyer_id))
        asked = {"allocate": payment_id, "parts": parts}
        keyed(ctx, _key(form), asked, lambda: allocate(ctx, payment_id, parts))
        messages.success(request, _("The payment is allocated."))
    elif move == "recover":
        of = forms.needed("invoice", _id(form.get("invoice", "")))
        amount = Money(_amount(form, "amount", found.currency), found.currency)
        asked = {"recover": payment_id, "of": of, "amount": amount}
        keyed(ctx, _key(form), asked, lambda: recover(ctx, payment_id, of, amount))
        messages.success(request, _("The recovery is booked."))
    elif move == "undo":
        invoice = _id(form.get("invoice", ""))
        undo_allocation(ctx, payment_id, invoice, forms.text(form, "reason"))
        messages.success(request, _("The allocation is taken back."))
    elif move == "return":
        day, reason = _day(form, "returned_on"), forms.text(form, "reason")
        returns.return_payment(ctx, payment_id, day, reason, key=_key(form))
        messages.success(request, _("It is booked that the payment came back."))
    else:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    return redirect("payment", payment_id)


@require_GET
@page
def invoice(request: PageRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice or note: its lines, what settled it, its disputes, and what may be done."""
    ctx = request.ctx
    paper = reading.paper(ctx, invoice_id)
    lines = reading.lines_of(ctx, invoice_id)
    credit_of = paper.kind == "credit_note" and paper.open_minor > 0
    return render(
        request,
        "console/invoice.html",
        {
            "paper": paper,
            "lines": lines,
            "settlements": reading.settlements_of(ctx, invoice_id),
            "notes": reading.notes_of(ctx, invoice_id),
            "disputes": reading.disputes(ctx, invoice_id=invoice_id),
            "write_offs": write_offs(ctx, invoice_id=invoice_id),
            "to_set_off": [
                each
                for each in (reading.open_papers(ctx, paper.buyer_id) if credit_of else [])
                if each.kind == "invoice" and each.currency == paper.currency
            ],
            "free_minor": max(0, paper.open_minor - paper.disputed_minor),
            "tax_rate": max((line.tax_rate for line in lines), default=Decimal(0)),
            "dispute_reasons": [reason.value for reason in DisputeReason],
            "write_off_reasons": [reason.value for reason in WriteOffReason],
            "key": forms.new_key(),
            "may_book": Permission.BOOK in ctx.may,
            "may_collect": Permission.COLLECT in ctx.may,
            **early_payment.for_invoice(ctx, invoice_id),
        },
    )


@form_on("invoice", "invoice_id")
def invoice_do(request: PageRequest, invoice_id: UUID, move: str) -> HttpResponse:
    """A person credits, disputes or writes off an invoice, or sets a credit note off."""
    paper = reading.paper(request.ctx, invoice_id)
    moves: Mapping[str, Callable[[PageRequest, reading.Paper], HttpResponse]] = {
        "note": _note,
        "dispute": _dispute,
        "write_off": _write_off,
        "set_off": _set_off,
    }
    if move not in moves:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    return moves[move](request, paper)


def _note(request: PageRequest, paper: reading.Paper) -> HttpResponse:
    form, ctx = request.POST, request.ctx
    kind = PaperKind.DEBIT_NOTE if form.get("kind") == "debit_note" else PaperKind.CREDIT_NOTE
    net = _amount(form, "amount", paper.currency)
    rate = forms.percent(form, "tax_rate") or Decimal(0)
    reason = forms.text(form, "reason")
    line = LineIn(
        reason,
        Decimal(1),
        Money(net, paper.currency).major,
        rate,
        TaxCategory.STANDARD if rate else TaxCategory.OUTSIDE_SCOPE,
    )
    told = PaperIn(
        paper.buyer_id,
        forms.text(form, "invoice_number", 101),
        paper.currency,
        ctx.today,
        ctx.today + timedelta(days=30 if kind is PaperKind.DEBIT_NOTE else 0),
        (line,),
        kind,
        paper.id,
        reason,
    )
    made, _new = keyed(ctx, _key(form), told, lambda: issue(ctx, told))
    messages.success(request, _("The note is written and booked."))
    return redirect("invoice", made)


def _dispute(request: PageRequest, paper: reading.Paper) -> HttpResponse:
    form, ctx = request.POST, request.ctx
    reason = forms.one_of(form, "reason", DisputeReason)
    amount = Money(_amount(form, "amount", paper.currency), paper.currency)
    note = forms.text(form, "note", 2_001)
    asked = {"dispute": paper.id, "reason": reason, "amount": amount, "note": note}
    made, _new = keyed(
        ctx, _key(form), asked, lambda: raise_dispute(ctx, paper.id, reason, amount, note)
    )
    messages.success(request, _("The dispute is noted."))
    return redirect("dispute", made)


def _write_off(request: PageRequest, paper: reading.Paper) -> HttpResponse:
    form, ctx = request.POST, request.ctx
    reason = forms.one_of(form, "reason", WriteOffReason)
    amount = Money(_amount(form, "amount", paper.currency), paper.currency)
    note = forms.text(form, "note", 501)
    asked = {"write_off": paper.id, "reason": reason, "amount": amount, "note": note}
    states: list[WriteOffState] = []

    def act() -> UUID:
        made, state = write_off(ctx, paper.id, amount, reason, note)
        states.append(state)
        return made

    keyed(ctx, _key(form), asked, act)
    if WriteOffState.PROPOSED in states:
        messages.success(request, _("It waits for a second person."))
    else:
        messages.success(request, _("The amount is written off."))
    return redirect("invoice", paper.id)


def _set_off(request: PageRequest, paper: reading.Paper) -> HttpResponse:
    form, ctx = request.POST, request.ctx
    against = _id(form.get("invoice", ""))
    if against is None:
        raise Refusal(Code.VALUE_INVALID, field="invoice", value="", mend=Mend.GIVE_IT)
    amount = Money(_amount(form, "amount", paper.currency), paper.currency)
    asked = {"set_off": paper.id, "against": against, "amount": amount}
    keyed(ctx, _key(form), asked, lambda: offset(ctx, paper.id, [Part(against, amount)]))
    messages.success(request, _("The credit note is set off."))
    return redirect("invoice", paper.id)


@require_GET
@page
def books(request: PageRequest) -> HttpResponse:
    """Trial balance, closed periods, and write-offs that wait for a second person."""
    ctx = request.ctx
    asked = forms.day(request.GET, "as_of")
    day = asked or ctx.today
    found = queries.trial_balance(ctx, day)
    closed = periods.periods(ctx)
    first = ctx.today.replace(day=1)
    return render(
        request,
        "console/books.html",
        {
            "day": day,
            "currencies": _by_currency(found),
            "periods": closed,
            "last": next((each.id for each in closed if each.reopened_at is None), None),
            "month_end": first - timedelta(days=1),
            "waiting": write_offs(ctx, only_waiting=True),
            "me": ctx.actor,
            "may_book": Permission.BOOK in ctx.may,
        },
    )


@form_on("books")
def books_do(request: PageRequest, move: str) -> HttpResponse:
    """A person closes a period, asks for or agrees to its reopening, or decides a write-off."""
    form, ctx = request.POST, request.ctx

    number = _id(form.get("id", ""))
    if move == "close":
        periods.close_period(ctx, _day(form, "closed_until"))
        messages.success(request, _("The period is closed."))
    elif number is None:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    elif move == "check":
        _check(request, number)
    elif move == "ask":
        periods.ask_to_reopen(ctx, number, forms.reason(form))
        messages.success(request, _("A second person has to agree."))
    elif move == "reopen":
        periods.reopen(ctx, number)
        messages.success(request, _("The period is open again."))
    elif move in {"agree", "disagree"}:
        decide_write_off(ctx, number, agree=move == "agree")
        messages.success(request, _("The write-off is decided."))
    else:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    return redirect("books")


def _check(request: PageRequest, number: UUID) -> None:
    """Whether the journal of a closed period is still what was hashed."""
    found = [each for each in periods.periods(request.ctx) if each.id == number]
    if not found:
        raise Refusal(Code.NOT_FOUND, field="period", value=str(number))
    if periods.is_as_stored(request.ctx, found[0]):
        messages.success(request, _("The journal is what was hashed when the period was closed."))
    else:
        messages.error(request, _("The journal is not what was hashed when the period was closed."))


def _by_currency(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        shown.setdefault(line["currency"], []).append(line)
    return [
        {
            "currency": currency,
            "lines": lines,
            "debit": sum(line["debit_minor"] for line in lines),
            "credit": sum(line["credit_minor"] for line in lines),
        }
        for currency, lines in sorted(shown.items())
    ]


def _oldest_first(
    found: reading.Payment, papers: list[reading.OpenPaper], agreed: Mapping[UUID, Acceptance]
) -> dict[UUID, tuple[int, int]]:
    """What the payment would settle, the oldest due first, and the discount that was agreed for it.

    A proposal for the form.
    """
    left, shares = found.unallocated_minor, {}
    wanted = "credit_note" if found.kind == "refund" else "invoice"
    for paper in papers:
        if paper.kind == wanted and paper.currency == found.currency and left:
            less = agreed.get(paper.id)
            if less and left >= less.pay_minor:
                shares[paper.id] = (less.pay_minor, less.off_minor)
            else:
                shares[paper.id] = (min(left, paper.open_minor), 0)
            left -= shares[paper.id][0]
    return shares


def _parts(
    form: Mapping[str, str], found: reading.Payment, papers: list[reading.OpenPaper]
) -> list[Part]:
    parts = []
    for paper in papers:
        taken = forms.minor(form, f"amount_{paper.id}", found.currency)
        covers = forms.minor(form, f"covers_{paper.id}", paper.currency)
        discount = forms.minor(form, f"discount_{paper.id}", paper.currency)
        rest = forms.minor(form, f"write_off_{paper.id}", paper.currency)
        if taken or covers or discount or rest:
            parts.append(
                Part(
                    paper.id,
                    Money(taken or 0, found.currency),
                    Money(discount, paper.currency) if discount else None,
                    Money(rest, paper.currency) if rest else None,
                    Money(covers, paper.currency) if covers else None,
                )
            )
    return parts


def _key(form: Mapping[str, str]) -> str:
    return forms.text(form, "key", 100) or forms.new_key()


def _amount(form: Mapping[str, str], name: str, currency: str) -> int:
    return forms.needed(name, forms.minor(form, name, currency))


def _day(form: Mapping[str, str], name: str) -> date:
    return forms.needed(name, forms.day(form, name))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
