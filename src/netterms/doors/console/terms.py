"""Terms: countries' rules, reference rates, what may be claimed, and the seller's own policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers.queries import Buyer
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.doors.look import formats, jurisdiction
from netterms.doors.look.names import CELLS, SERIES
from netterms.doors.look.sentences import sentence
from netterms.insurance.queries import longest_credit_days
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.scoring.queries import grades_of
from netterms.terms import offers, queries, rate_file
from netterms.terms.actions import MOST_DAYS, load_rates, set_buyer_terms, set_terms_policy
from netterms.terms.jurisdictions import Cell, Jurisdiction, Standing, series_names
from netterms.terms.queries import BuyerTerms, LoadedRate, TermsPolicy
from netterms.terms.quotes import Asked, Quote, quote
from netterms.terms.rules import Method, OneRate, Parties

SHOWN = (Cell.INTEREST, Cell.MARGIN, Cell.REFERENCE, Cell.COMPENSATION, Cell.MAX_TERM)
LONGEST_SECTOR = 50
RATES_SHOWN = 8
YES_NO = {"yes": True, "no": False}


@require_GET
@page
def countries(request: PageRequest) -> HttpResponse:
    """Every country on file with its rule, narrowed by a name or a code."""
    text = request.GET.get("q", "").strip()[:100]
    rows = [_row(place) for place in queries.places(request.ctx).values()]
    rows = [row for row in rows if text.lower() in f"{row['name']} {row['code']}".lower()]
    return render(
        request,
        "console/terms.html",
        {"rows": sorted(rows, key=lambda row: formats.place_of(str(row["name"]))), "text": text},
    )


def _row(place: Jurisdiction) -> dict[str, Any]:
    checked = sum(place.standing(cell) is Standing.CHECKED for cell in SHOWN)
    return {
        "code": place.country,
        "name": jurisdiction.name(place),
        "rule": jurisdiction.interest(place),
        "compensation": jurisdiction.compensations(place),
        "days": place.max_term_days,
        "checked": checked,
        "of": len(SHOWN),
        "css": "badge-ok" if checked == len(SHOWN) else "badge-warn",
    }


@require_GET
@page
def country(request: PageRequest, code: str) -> HttpResponse:
    """What is on file of one country, and which of it nobody has checked."""
    place = queries.place(request.ctx, code)
    return render(
        request,
        "console/terms_country.html",
        {
            "place": place,
            "name": jurisdiction.name(place),
            "facts": jurisdiction.facts(place),
            "bills": jurisdiction.bills(place),
            "as_of": jurisdiction.told(place.as_of),
            "sources": [part.strip() for part in place.source.split(" ; ")],
            "rates": [each for each in _all_rates(request) if each["code"] in _series(place)],
        },
    )


def _series(place: Jurisdiction) -> list[str]:
    return list(dict.fromkeys(law.series for law in place.laws if law.series))


def _all_rates(request: PageRequest) -> list[dict[str, Any]]:
    in_force = queries.rates_in_force(request.ctx)
    return [
        _series_shown(name, [rate for rate in in_force if rate.series == name])
        for name in series_names()
    ]


def _series_shown(name: str, found: list[LoadedRate]) -> dict[str, Any]:
    said = str(SERIES[name])
    return {
        "code": name,
        "name": said[:1].upper() + said[1:],
        "rates": found[:RATES_SHOWN],
        "known_until": max((rate.known_until for rate in found), default=None),
    }


@require_http_methods(["GET", "POST"])
@page
def rates(request: PageRequest) -> HttpResponse:
    """Reference rates by series, and the form that brings in a file of them."""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            raise Refusal(Code.VALUE_INVALID, field="file", value="", mend=Mend.GIVE_IT)
        content = bytes(file.read(rate_file.MOST_BYTES + 1))
        sent = rate_file.read(content, str(file.name)[:100], series_names())
        added = load_rates(request.ctx, sent)
        messages.success(
            request,
            ngettext(
                "%(count)s new or corrected rate counts from now on.",
                "%(count)s new or corrected rates count from now on.",
                added,
            )
            % {"count": added},
        )
        return redirect("terms_rates")
    found = _all_rates(request)
    return render(
        request,
        "console/terms_rates.html",
        {
            "loaded": [each for each in found if each["rates"]],
            "missing": [each for each in found if not each["rates"]],
            "may_load": Permission.MANAGE_POLICY in request.ctx.may,
        },
    )


@require_GET
@page
def calculator(request: PageRequest) -> HttpResponse:
    """What may be claimed on an invoice that is typed in."""
    form = request.GET
    said: Quote | None = None
    if form.get("amount"):
        said = quote(request.ctx, _asked(request, form))
    places = [
        (place.country, jurisdiction.name(place), place.currency)
        for place in queries.places(request.ctx).values()
    ]
    return render(
        request,
        "console/terms_calculator.html",
        {
            "typed": form,
            "until": form.get("until") or request.as_of.isoformat(),
            "currency": form.get("currency") or request.membership.currency,
            "country": form.get("country") or "DE",
            "places": sorted(places, key=lambda place: formats.place_of(place[1])),
            "said": said,
            "total": _total(said),
            "refused": sentence(said.refused) if said and said.refused else "",
            "unverified": [CELLS[cell] for cell in said.basis["unverified"]] if said else [],
            "as_of": jurisdiction.told(said.basis["as_of"]) if said else "",
        },
    )


def _total(said: Quote | None) -> Money | None:
    if said is None or said.compensation.currency != said.interest.total.currency:
        return None
    return said.interest.total + said.compensation


def _asked(request: PageRequest, form: QueryDict) -> Asked:
    currency = forms.text(form, "currency", 3).upper()
    if currency not in CURRENCIES:
        raise Refusal(Code.VALUE_INVALID, field="currency", value=currency, mend=Mend.CURRENCY_CODE)
    due_on = forms.needed("due_on", forms.day(form, "due_on"))
    return Asked(
        country=forms.text(form, "country", 2),
        amount=Money(forms.minor(form, "amount", currency) or 0, currency),
        due_on=due_on,
        until=forms.day(form, "until") or request.as_of,
        received_on=forms.day(form, "received_on"),
        contract_percent=forms.percent(form, "contract_percent"),
        parties=Parties(
            YES_NO.get(form.get("creditor_small", "")), YES_NO.get(form.get("debtor_large", ""))
        ),
        method=Method.DAILY if form.get("method") == "daily" else Method.EXACT,
    )


@require_http_methods(["GET", "POST"])
@page
def policy(request: PageRequest) -> HttpResponse:
    """What the seller says of itself: its size, its money's cost, its usual terms."""
    shown = queries.terms_policy(request.ctx)
    if request.method == "POST":
        shown = _typed(request.POST, shown)
        set_terms_policy(request.ctx, shown)
        messages.success(request, _("Saved."))
        return redirect("terms_policy")
    custom = [*sorted(shown.custom_days.items()), ("", ""), ("", "")]
    return render(
        request,
        "console/terms_policy.html",
        {
            "policy": shown,
            "contract_percent": _shown(shown.contract_percent),
            "cost_of_money": _shown(shown.cost_of_money),
            "custom": custom,
            "creditor_small": _answer(shown.creditor_small),
            "may_change": Permission.MANAGE_POLICY in request.ctx.may,
        },
    )


def _shown(percent: Decimal | None) -> str:
    """As it is typed: every decimal, none that says nothing."""
    return "" if percent is None else formats.plain(percent)


def _answer(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _typed(form: QueryDict, before: TermsPolicy) -> TermsPolicy:
    one_rate = form.get("one_rate", "")
    sectors = zip(form.getlist("sector"), form.getlist("sector_days"), strict=False)
    custom = dict(forms.each_row(sectors, _sector))
    return replace(
        before,
        creditor_small=YES_NO.get(form.get("creditor_small", "")),
        one_rate=OneRate(one_rate) if one_rate in list(OneRate) else None,
        cost_of_money=forms.percent(form, "cost_of_money"),
        contract_percent=forms.percent(form, "contract_percent"),
        standard_days=forms.whole(form, "standard_days", before.standard_days),
        custom_days=custom,
    )


def _sector(row: tuple[str, str]) -> tuple[str, int] | None:
    """A sector and its customary days; None for a row that names none."""
    cells = dict(zip(("sector", "sector_days"), row, strict=True))
    sector = forms.text(cells, "sector", LONGEST_SECTOR)
    if not sector:
        return None
    days = forms.whole(cells, "sector_days", 0)
    if days > MOST_DAYS:
        raise invalid("sector_days", days, Mend.BETWEEN, least=0, most=MOST_DAYS)
    return sector, days


@form_on("buyer", "buyer_id")
def of_buyer(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Say how large a buyer is and what rate was agreed with it."""
    told = BuyerTerms(
        YES_NO.get(request.POST.get("debtor_large", "")),
        forms.percent(request.POST, "contract_percent"),
    )
    set_buyer_terms(request.ctx, buyer_id, told)
    messages.success(request, _("Saved."))
    return redirect("buyer", buyer_id)


def panel(request: PageRequest, buyer: Buyer, day: date) -> dict[str, Any]:
    """The recommended term and what was agreed, for the buyer's page."""
    ctx = request.ctx
    told, place = queries.buyer_terms(ctx, buyer.id), queries.places(ctx).get(buyer.country)
    grades = grades_of(ctx, [buyer.id], day)[buyer.id]
    advice = queries.recommended_term(
        ctx,
        buyer.id,
        grade=max(grades.values(), default=None),
        policy_days=longest_credit_days(ctx, buyer.id, day),
    )
    by_law = any(limit.bound is offers.Bound.STATUTE for limit in advice.limits)
    return {
        "advice": advice,
        "reasons": [_reason(limit, limit.bound is advice.decided_by) for limit in advice.limits],
        "place": place,
        "debtor_large": _answer(told.debtor_large),
        "contract_percent": _shown(told.contract_percent),
        "unverified": bool(
            by_law and place and place.standing(Cell.MAX_TERM) is not Standing.CHECKED
        ),
        "may_change": Permission.MANAGE_POLICY in ctx.may,
    }


def _reason(limit: offers.Limit, decides: bool) -> dict[str, Any]:
    said = {
        offers.Bound.STANDARD: _("your standard term: %(n)s days"),
        offers.Bound.CUSTOM: _("customary in its sector: %(n)s days"),
        offers.Bound.GRADE: _("for its grade: %(n)s days at most"),
        offers.Bound.POLICY: _("credit insurance allows %(n)s days"),
        offers.Bound.STATUTE: _("the law of its country allows %(n)s days"),
        offers.Bound.COST: _("a longer wait costs more than a tenth of the margin: %(n)s days"),
        offers.Bound.AGREED: _("agreed: %(n)s days"),
    }[limit.bound] % {"n": formats.number(limit.days)}
    return {"text": said, "decides": decides, "certain": limit.certain}
