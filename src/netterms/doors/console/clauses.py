"""A sheet of contract clauses for a buyer's country, as a page and as PDF, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.doors.console import forms, report_pdf
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import file_on, page
from netterms.doors.console.report_parts import Section
from netterms.doors.look import formats, jurisdiction
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.terms import clauses, queries
from netterms.terms.clauses import Choice, Clause, Forum, Part, Without
from netterms.terms.jurisdictions import Jurisdiction

LONGEST_NAME = 100
MOST_DAYS = 365
# Babel's names of the sheet's languages.
LOCALES = {"zh": "zh_Hans"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as chosen: for whom, in which languages, with which clauses."""

    place: Jurisdiction
    law: str
    choice: Choice
    languages: tuple[str, ...]
    parts: tuple[Part, ...]


@require_GET
@page
def sheet(request: PageRequest) -> HttpResponse:
    """The sheet, and the form that chooses it."""
    chosen = _chosen(request, request.GET)
    places = [
        (place.country, jurisdiction.name(place)) for place in queries.places(request.ctx).values()
    ]
    return render(
        request,
        "console/terms_clauses.html",
        {
            "sheet": chosen,
            "rows": _rows(chosen),
            "titles": [
                (_tag(language), clauses.word("title", language)) for language in chosen.languages
            ],
            "notices": [
                (_tag(language), clauses.word("notice", language)) for language in chosen.languages
            ],
            "places": sorted(places, key=lambda each: formats.place_of(each[1])),
            "languages": [(code, _language(code)) for code in clauses.languages()],
            "country": jurisdiction.name(chosen.place),
            "query": request.GET.urlencode(),
            "percent": request.GET.get("contract_percent", ""),
        },
    )


@file_on("terms_clauses")
def pdf(request: PageRequest, code: str) -> HttpResponse:
    """The same as PDF."""
    chosen = _chosen(request, request.GET, code)
    titles = [clauses.word("title", language) for language in chosen.languages]
    notices = [clauses.word("notice", language) for language in chosen.languages]
    content = report_pdf.render(
        " · ".join(titles),
        f"{request.membership.name} · {jurisdiction.name(chosen.place)}",
        " ".join(notices),
        [_section(row) for row in _rows(chosen)],
        languages=chosen.languages,
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = f"terms-{chosen.place.country}-{'-'.join(chosen.languages)}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chosen(request: PageRequest, form: QueryDict, country: str = "") -> Sheet:
    ctx = request.ctx
    place = queries.place(ctx, country or form.get("country") or "DE")
    law = queries.place(ctx, form.get("law") or place.country).country
    first = form.get("first") or clauses.FALLBACK
    second = form.get("second") or clauses.language_of(place.languages[0])
    known = clauses.languages()
    languages = tuple(dict.fromkeys(code for code in (first, second) if code in known))
    policy = queries.terms_policy(ctx)
    days = forms.whole(form, "days", policy.standard_days)
    if days > MOST_DAYS:
        raise Refusal(
            Code.VALUE_INVALID, field="days", value=days, mend=Mend.AT_MOST, most=MOST_DAYS
        )
    typed = forms.percent(form, "contract_percent")
    forum = form.get("forum", "")
    choice = Choice(
        days=days,
        forum=Forum(forum) if forum in list(Forum) else Forum.COURT,
        contract_percent=policy.contract_percent if typed is None else typed,
        institution=forms.text(form, "institution", LONGEST_NAME),
        seat=forms.text(form, "seat", LONGEST_NAME),
    )
    return Sheet(place, law, choice, languages or (clauses.FALLBACK,), clauses.parts(place, choice))


def _rows(chosen: Sheet) -> list[dict[str, Any]]:
    captions = {
        Clause.PAYMENT: _("Payment"),
        Clause.INTEREST: _("Late interest"),
        Clause.COMPENSATION: _("Compensation"),
        Clause.RETENTION: _("Retention of title"),
        Clause.DISPUTE: _("Disputes"),
        Clause.LAW: _("Law and forum"),
    }
    return [
        {
            "caption": captions[part.clause],
            "texts": [
                (_tag(language), _said(chosen, part, language)) for language in chosen.languages
            ],
            "without": _without()[part.without] if part.without else "",
            "unverified": part.unverified,
            "marks": [
                (language, clauses.word("unverified", language)) for language in chosen.languages
            ]
            if part.unverified
            else [],
        }
        for part in chosen.parts
    ]


def _without() -> dict[Without, str]:
    return {
        Without.NOT_ENFORCEABLE: _("Left out: interest cannot be enforced there."),
        Without.NO_RATE: _("Left out: no statutory rate is on file. Agree on a rate instead."),
        Without.SCOPE: _(
            "Left out: the statutory rate is for small sellers only. Agree on a rate instead."
        ),
        Without.NONE_KNOWN: _("Left out: nothing is on file for this country."),
        Without.WEAK: _("Left out: weak or void there for goods the buyer may resell."),
    }


def _said(chosen: Sheet, part: Part, language: str) -> str:
    where = Locale.parse(LOCALES.get(language, language))
    sums = [
        format_currency(tier.amount, tier.currency, locale=where)
        for tier in chosen.place.compensation
    ]
    return clauses.said(
        part,
        language,
        chosen.place,
        chosen.choice,
        law=where.territories.get(chosen.law, chosen.law),
        fixed_sum=" / ".join(sums),
    )


def _section(row: dict[str, Any]) -> Section:
    marks = " · ".join(mark for _language, mark in row["marks"])
    return Section(
        title=str(row["caption"]),
        points=tuple(text for _language, text in row["texts"] if text),
        note=str(row["without"]) or marks,
    )


def _tag(code: str) -> str:
    """The language as a page names it, so that the right font is taken."""
    return LOCALES.get(code, code).replace("_", "-")


def _language(code: str) -> str:
    where = LOCALES.get(code, code)
    return str(Locale.parse(where).get_display_name(formats.locale()) or code)
