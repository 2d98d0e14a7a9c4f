"""Who a buyer is: numbers, names, addresses, people, bank accounts, facts, group, history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers import accounts, alone, entering, groups, insolvency
from netterms.buyers import actions as master
from netterms.buyers import particulars as kinds
from netterms.buyers import queries as buyers
from netterms.buyers.identifiers import KINDS, Identifier
from netterms.buyers.numbers import NumberCheck
from netterms.buyers.profile import profile
from netterms.doors.console import account_policy, event_words, forms, stories, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.references import enter_reference, references_of
from netterms.monitoring import queries as monitoring
from netterms.scoring import company
from netterms.scoring.actions import record_company_facts
from netterms.scoring.queries import company_facts

EVENTS_SHOWN = 30
# What happened to who a buyer is.
OWN_EVENTS = tuple(
    kind
    for kind in event_words.EVENTS
    if kind.startswith("buyers.")
    or kind in {"scoring.company_facts_recorded", "limits.trade_reference_entered"}
)


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Everything that says who the buyer is, with a form for each, and its history."""
    if request.method == "POST":
        said = _do(request, buyer_id)
        messages.success(request, said)
        return redirect("particulars", buyer_id)
    return render(request, "console/particulars.html", _shown(request, buyer_id))


def _shown(request: PageRequest, buyer_id: UUID) -> dict[str, Any]:
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    tree = groups.group_of(ctx, buyer_id)
    known = profile(ctx, buyer_id)
    facts = company_facts(ctx, buyer_id)
    return {
        "buyer": buyer,
        "known": known,
        "waiting": account_policy.waiting(ctx, known.accounts),
        "facts": facts,
        "references": references_of(ctx, buyer_id),
        "notices": insolvency.notices_of(ctx, buyer_id),
        "notice_kinds": [(kind.value, words.NOTICES[kind.value]) for kind in insolvency.NoticeKind],
        "currency": request.membership.currency,
        "today": ctx.today,
        "form_rank": words.FORM_RANKS.get(str(facts.facts.form_rank)) if facts else None,
        "tree": tree,
        "cut": len(tree) == groups.MOST_MEMBERS,
        "parent": next((one for one in tree if one.id == buyer.parent_id), None),
        "stays": buyers.stays_for(ctx, buyer),
        "events": stories.told(
            monitoring.timeline(ctx, [buyer_id], most=EVENTS_SHOWN, kinds=OWN_EVENTS)
        ),
        "may_change": Permission.IMPORT in ctx.may,
        "may_confirm": Permission.SET_LIMIT in ctx.may,
        "me": ctx.actor,
        "key": forms.new_key(),
        "number_kinds": [(kind, words.NUMBER_KINDS[kind]) for kind in sorted(KINDS)],
        "alias_kinds": [(kind.value, words.ALIAS_KINDS[kind]) for kind in kinds.GIVEN_KINDS],
        "address_kinds": [(kind.value, words.ADDRESS_KINDS[kind]) for kind in kinds.AddressKind],
        "form_ranks": list(words.FORM_RANKS.items()),
        "most_employees": company.MOST_EMPLOYEES,
    }


def _do(request: PageRequest, buyer_id: UUID) -> str:
    """Do what a form asks for; what to say of it."""
    what = forms.text(request.POST, "what", 40)
    do = DOERS.get(what)
    if do is None:
        allowed = ", ".join(DOERS)
        raise Refusal(
            Code.VALUE_INVALID, field="kind", value=what, mend=Mend.ONE_OF, allowed=allowed
        )
    return do(request, buyer_id)


def _enter(request: PageRequest, buyer_id: UUID, told: entering.New) -> None:
    key = forms.text(request.POST, "key", 100) or forms.new_key()
    entering.enter(request.ctx, buyer_id, told, key)


def _identifier(request: PageRequest, buyer_id: UUID) -> str:
    told = entering.NewIdentifier(
        _text(request, "kind"), _text(request, "value"), _text(request, "country").upper()
    )
    _enter(request, buyer_id, told)
    return _("The number is kept.")


def _alias(request: PageRequest, buyer_id: UUID) -> str:
    _enter(request, buyer_id, entering.NewAlias(_text(request, "name"), _text(request, "kind")))
    return _("The name is kept.")


def _contact(request: PageRequest, buyer_id: UUID) -> str:
    fields = ("name", "role", "email", "phone", "language")
    told = kinds.Contact(**{name: _text(request, name) for name in fields})
    _enter(request, buyer_id, told)
    return _("The contact is kept.")


def _address(request: PageRequest, buyer_id: UUID) -> str:
    told = kinds.Address(
        _text(request, "kind"),
        forms.text(request.POST, "lines", kinds.LONGEST_LINES + 1).replace("\r\n", "\n"),
        _text(request, "postal_code"),
        _text(request, "city"),
        _text(request, "country").upper(),
    )
    _enter(request, buyer_id, told)
    return _("The address is kept.")


def _account(request: PageRequest, buyer_id: UUID) -> str:
    account = accounts.BankAccount(
        _text(request, "number"),
        _text(request, "country").upper(),
        _text(request, "bank_code"),
        _text(request, "holder"),
    )
    replaces = _id(request, "replaces") if _text(request, "replaces") else None
    _enter(request, buyer_id, entering.NewAccount(account, replaces))
    return _("The bank account is kept.")


def _confirm(request: PageRequest, buyer_id: UUID) -> str:
    how = forms.reason(request.POST, "how", most=kinds.LONGEST)
    accounts.confirm_bank_account(request.ctx, _id(request, "id"), how, of=buyer_id)
    return _("The bank account is confirmed.")


def _confirm_alone(request: PageRequest, buyer_id: UUID) -> str:
    call = alone.Call(
        _text(request, "person"), _text(request, "called"), _text(request, "known_from")
    )
    code = forms.text(request.POST, "code", 12)
    alone.confirm_alone(request.ctx, _id(request, "id"), call, code, of=buyer_id)
    return _("The bank account is confirmed, by one person.")


def _reject(request: PageRequest, buyer_id: UUID) -> str:
    how = forms.reason(request.POST, "how", most=kinds.LONGEST)
    accounts.reject_bank_account(request.ctx, _id(request, "id"), how, of=buyer_id)
    return _("The bank account is rejected. The one that it was to replace stays in force.")


def _remove_identifier(request: PageRequest, buyer_id: UUID) -> str:
    told = Identifier(
        _text(request, "kind"), _text(request, "country"), _text(request, "value"),
        NumberCheck.UNCHECKED,
    )  # fmt: skip
    kinds.remove_identifier(request.ctx, buyer_id, told)
    return _("The number is removed.")


def _forget(what: str) -> Callable[[PageRequest, UUID], str]:
    def forget(request: PageRequest, buyer_id: UUID) -> str:
        kinds.forget(request.ctx, what, _id(request, "id"), buyer_id)
        return _("It is deleted.")

    return forget


def _master(request: PageRequest, buyer_id: UUID) -> str:
    """Country, sector, and facts that the score reads, if any is told."""
    number = buyers.buyer(request.ctx, buyer_id).buyer_number
    told = master.BuyerFacts(
        number, country=_text(request, "country").upper(), sector=_text(request, "sector")
    )
    master.update_facts(request.ctx, [told])
    return _("The company's data is changed.")


def _facts(request: PageRequest, buyer_id: UUID) -> str:
    form = request.POST
    rank = forms.whole(form, "form_rank", 0)
    told = company.CompanyFacts(
        forms.day(form, "founded_on"),
        forms.whole(form, "employees", 0) if _text(request, "employees") else None,
        rank or None,
        _text(request, "source"),
    )
    record_company_facts(request.ctx, buyer_id, told)
    return _("The facts are kept; the next score reads them.")


def _reference(request: PageRequest, buyer_id: UUID) -> str:
    form, currency = request.POST, _text(request, "currency").upper()
    # The currency decides how an amount is read: an unknown one is refused by the use case.
    limit = forms.minor(form, "limit", currency) if currency in CURRENCIES else 0
    given_on = forms.day(form, "given_on") or request.ctx.today
    key = forms.text(form, "key", 100) or forms.new_key()
    supplier = _text(request, "supplier")
    enter_reference(request.ctx, buyer_id, supplier, currency, limit, given_on, key=key)
    return _("The other supplier's limit is kept.")


def _notice(request: PageRequest, buyer_id: UUID) -> str:
    told = insolvency.Notice(
        forms.one_of(request.POST, "kind", insolvency.NoticeKind),
        forms.needed("dated_on", forms.day(request.POST, "dated_on")),
        _text(request, "source"),
        _text(request, "reference"),
        _text(request, "words"),
    )
    key = forms.text(request.POST, "key", 100) or forms.new_key()
    insolvency.record_notice(request.ctx, buyer_id, told, key=key)
    return _("The notice is kept; the next score reads it.")


def _withdraw_notice(request: PageRequest, buyer_id: UUID) -> str:
    why = forms.reason(request.POST, "how", most=kinds.LONGEST)
    insolvency.withdraw_notice(request.ctx, _id(request, "id"), why, of=buyer_id)
    return _("The notice is withdrawn. What was held for it stays held until somebody opens it.")


def _parent(request: PageRequest, buyer_id: UUID) -> str:
    number = _text(request, "parent")
    above = buyers.buyer_by_number(request.ctx, number).id if number else None
    groups.set_parent(request.ctx, buyer_id, above)
    return _("The group is changed.")


DOERS: Mapping[str, Callable[[PageRequest, UUID], str]] = {
    "identifier": _identifier,
    "remove_identifier": _remove_identifier,
    "alias": _alias,
    "forget_alias": _forget("alias"),
    "contact": _contact,
    "forget_contact": _forget("contact"),
    "address": _address,
    "forget_address": _forget("address"),
    "account": _account,
    "confirm": _confirm,
    "confirm_alone": _confirm_alone,
    "reject": _reject,
    "master": _master,
    "facts": _facts,
    "parent": _parent,
    "reference": _reference,
    "notice": _notice,
    "withdraw_notice": _withdraw_notice,
}


def _text(request: PageRequest, name: str) -> str:
    # One more than fits, so that what is too long is refused and not cut.
    return forms.text(request.POST, name, kinds.LONGEST + 1)


def _id(request: PageRequest, name: str) -> UUID:
    typed = forms.text(request.POST, name, 100)
    try:
        return UUID(typed)
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND, field=name, value=typed) from error
