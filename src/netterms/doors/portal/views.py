"""The account, and what a buyer does there: promise, dispute, ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from netterms.collection import portal
from netterms.collection.page import PayAccount
from netterms.collection.payment_reference import epc_code, spaced
from netterms.doors.portal import early, entrance, payment_code, words
from netterms.doors.portal.entrance import Guest
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.disputes import DisputeReason

# What the date field opens with; the rules say how far ahead is too far.
USUAL_DAYS = 7


@entrance.entrance
def account(guest: Guest) -> HttpResponse:
    """What is owed, where to pay it, and what was promised, disputed and agreed."""
    shown = guest.account
    return guest.render(
        "account",
        {
            "done": words.DONE.get(guest.asked.get("done", "")),
            "dues": [_due(due, shown) for due in shown.dues],
            "may_plan": _may_plan(shown),
            "savings": {
                one.off.currency: one for one in early.best(portal.early_offer(guest.visit))
            },
            "agreed": _agreed(shown),
            "words": words,
        },
    )


def _agreed(shown: portal.Account) -> list[dict[str, Any]]:
    """What was agreed for early payment, by currency and day, with what to transfer."""
    to = {due.currency: due.to for due in shown.dues}
    found = []
    for currency, pay_by in sorted({(each.currency, each.pay_by) for each in shown.early}):
        mine = [e for e in shown.early if (e.currency, e.pay_by) == (currency, pay_by)]
        pay = Money(sum(each.pay_minor for each in mine), currency)
        code = _code(to.get(currency), pay, shown.reference)
        found.append({"pay_by": pay_by, "lines": mine, "pay": pay, "code": code})
    return found


def _code(to: PayAccount | None, amount: Money, reference: str) -> str | None:
    """The payment code of an amount; None where there is none for that account."""
    if to is None or not to.iban or not amount:
        return None
    text = epc_code(to.holder, to.number, to.bank_code, amount, reference)
    return (
        None if text is None else payment_code.drawn(text, _("Payment code for your banking app"))
    )


def _due(due: portal.Due, shown: portal.Account) -> dict[str, Any]:
    code = _code(due.to, Money(due.open_minor, due.currency), shown.reference)
    return {
        "due": due,
        "lines": [line for line in shown.lines if line.currency == due.currency],
        "account": spaced(due.to.number) if due.to and due.to.iban else due.to and due.to.number,
        "reference": spaced(shown.reference),
        "code": code,
    }


def _may_plan(shown: portal.Account) -> bool:
    return shown.settings.plans_offered and any(
        line.days_late and not line.in_plan and line.open_minor > line.disputed_minor
        for line in shown.lines
    )


@entrance.entrance
def statement(guest: Guest) -> HttpResponse:
    """What moved the account in twelve months."""
    found = [one for one in portal.statement(guest.visit) if one.lines or one.closing_minor]
    return guest.render("statement", {"statements": found, "words": words})


@entrance.entrance
def promise(guest: Guest) -> HttpResponse:
    """Say how much is paid by when."""
    owed = [due for due in guest.account.dues if due.open_minor]
    if not owed:
        raise Refusal(Code.NOT_FOUND, field="invoice", value="")
    asked = guest.asked.get("currency", "")
    due = next((each for each in owed if each.currency == asked), owed[0])
    if guest.is_sent:
        portal.promise(
            guest.visit,
            entrance.text(guest.form, "key", 64),
            entrance.amount(guest.form, "amount", due.currency),
            entrance.day(guest.form, "by"),
            entrance.text(guest.form, "payer", 120),
        )
        return guest.home("promise")
    usual = due.late_minor or due.open_minor
    return guest.render(
        "promise",
        {
            "owed": owed,
            "due": due,
            "usual": entrance.plain_amount(min(usual, due.open_minor), due.currency),
            "by": guest.account.as_of + timedelta(days=USUAL_DAYS),
        },
    )


@entrance.entrance
def dispute(guest: Guest) -> HttpResponse:
    """Say what is wrong with an invoice, with files that show it."""
    lines = [
        line
        for line in guest.account.lines
        if line.kind != "credit_note" and line.open_minor > line.disputed_minor
    ]
    asked = guest.asked.get("invoice", "")
    if guest.is_sent:
        _dispute(guest, asked)
        return guest.home("dispute")
    one = next((line for line in lines if str(line.id) == asked), None)
    return guest.render(
        "dispute",
        {"lines": lines, "chosen": asked, "one": one, "reasons": words.REASONS},
    )


def _dispute(guest: Guest, asked: str) -> None:
    try:
        invoice = UUID(asked)
    except ValueError as error:
        raise invalid("invoice", "", Mend.GIVE_IT) from error
    reason = entrance.one_of(guest.form, "reason", DisputeReason)
    line = next((each for each in guest.account.lines if each.id == invoice), None)
    if line is None:
        raise Refusal(Code.NOT_FOUND, field="invoice", value=asked)
    typed = entrance.text(guest.form, "amount")
    sent = guest.request.FILES.getlist("files")
    if any((file.size or 0) > entrance.MOST_BYTES for file in sent):
        raise Refusal(Code.VALUE_INVALID, field="evidence", value="")
    portal.dispute(
        guest.visit,
        entrance.text(guest.form, "key", 64),
        invoice,
        reason,
        entrance.amount(guest.form, "amount", line.currency) if typed else None,
        entrance.text(guest.form, "note"),
        [(file.name or "file", file.read()) for file in sent],
    )


@entrance.entrance
def ask(guest: Guest) -> HttpResponse:
    """Ask for a document or a call."""
    if guest.is_sent:
        portal.ask(
            guest.visit,
            entrance.text(guest.form, "key", 64),
            entrance.one_of(guest.form, "kind", portal.RequestKind),
            entrance.text(guest.form, "note"),
            entrance.text(guest.form, "asked_by", 120),
            entrance.text(guest.form, "answer_to", 200),
        )
        return guest.home("ask")
    return guest.render("ask", {"kinds": words.REQUESTS})
