"""A buyer's annual accounts: what they are, what they say, and the form that enters them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.look import formats
from netterms.doors.look.field_names import FIELDS
from netterms.kernel.calendar import add_months
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import exponent
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rates import per_dollar
from netterms.statements import queries
from netterms.statements.actions import LONGEST_SOURCE, Told, record_statements
from netterms.statements.chart import BY_NAME, ITEMS
from netterms.statements.failure import Lack, Model, Score, Want, Zone
from netterms.statements.queries import Judged, Statement
from netterms.statements.rules import RATIOS, SCALES, Accounts, Ratio, Standard

PERIODS_SHOWN = 5
YEARS = (0, 1)
LONGEST_AMOUNT = 30
# As in statements: an accountant's brackets or a minus sign, commas for thousands, a point.
AMOUNT = re.compile(
    r"(?P<minus>-?)(?P<size>[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3})+)(?P<rest>\.[0-9]+)?"
)
MODELS: Mapping[Model, str | Promise] = {
    Model.Z: gettext_lazy("Altman Z, listed manufacturers"),
    Model.Z_PRIVATE: gettext_lazy("Altman Z′, private manufacturers"),
    Model.Z_SERVICES: gettext_lazy("Altman Z″, other firms"),
    Model.Z_EMERGING: gettext_lazy("Altman Z″, emerging markets"),
    Model.OHLSON: gettext_lazy("Ohlson O"),
    Model.ZMIJEWSKI: gettext_lazy("Zmijewski X"),
    Model.PIOTROSKI: gettext_lazy("Piotroski F, of nine"),
}
ZONES: Mapping[Zone, tuple[str | Promise, str]] = {
    Zone.SAFE: (pgettext_lazy("zone of a failure model", "safe"), "badge-ok"),
    Zone.GREY: (pgettext_lazy("zone of a failure model", "grey"), "badge-warn"),
    Zone.DISTRESS: (pgettext_lazy("zone of a failure model", "distress"), "badge-bad"),
}
SCALE_NAMES: Mapping[int, str | Promise] = {
    1: gettext_lazy("units"),
    1_000: gettext_lazy("thousands"),
    10_000: gettext_lazy("ten thousands"),
    1_000_000: gettext_lazy("millions"),
    100_000_000: gettext_lazy("hundred millions"),
}
STANDARDS: Mapping[Standard, str | Promise] = {
    Standard.GB: gettext_lazy("Chinese standards (GB)"),
    Standard.IFRS: "IFRS",
    Standard.OTHER: gettext_lazy("another standard"),
}


@require_GET
@page
def overview(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Models, ratios and lines of the newest periods side by side."""
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    currencies = {one.accounts.currency for one in queries.statements_of(ctx, buyer_id)}
    found = queries.judged(ctx, buyer_id, per_dollar(currencies, request.as_of))
    shown = found[:PERIODS_SHOWN]
    return render(
        request,
        "console/statements.html",
        {
            "buyer": buyer,
            "periods": [one.statement for one in shown],
            "cut": len(found) > len(shown),
            "fits": shown[0].fits if shown else None,
            "fits_name": MODELS[shown[0].fits.model] if shown else "",
            "fits_why": _(shown[0].fits.why) if shown else "",
            "models": [_model_row(model, shown) for model in Model] if shown else [],
            "ratios": [_ratio_row(ratio, shown) for ratio in RATIOS],
            "lines": [row for row in (_line_row(item.name, shown) for item in ITEMS) if row],
            "standards": STANDARDS,
            "may_enter": Permission.IMPORT in ctx.may,
        },
    )


def _model_row(model: Model, shown: list[Judged]) -> dict[str, Any]:
    scores = [one.scores[model] for one in shown]
    return {
        "name": MODELS[model],
        "rule": scores[0].rule,
        "fits": shown[0].fits.model is model,
        "cells": [_model_cell(score) for score in scores],
        "wants": _wanted(scores[0].wants),
    }


def _model_cell(score: Score) -> dict[str, Any]:
    name, css = ZONES[score.zone] if score.zone else ("", "")
    return {"value": score.value, "pd": score.pd, "zone": name, "css": css}


def _wanted(wants: Iterable[Want]) -> str:
    """What keeps a model from being computed, in words."""
    told = {
        Lack.MISSING: _("not given: %(lines)s"),
        Lack.ZERO: _("nothing or less: %(lines)s"),
        Lack.YEAR_BEFORE: _("the year before is needed: %(lines)s"),
        Lack.RATE: _("no exchange rate to the US dollar is known"),
    }
    by_lack: dict[Lack, list[str]] = {}
    for want in wants:
        names = by_lack.setdefault(want.lack, [])
        names += [str(FIELDS[want.item])] if want.item else []
    sayings = []
    for lack, lines in by_lack.items():
        # Of the year before it is all of it that lacks where no line is named.
        said = told[lack] if lines or lack is Lack.RATE else _("the year before is needed")
        sayings.append(said % {"lines": ", ".join(lines)})
    return "; ".join(sayings)


def shown_places(ratio: Ratio) -> int:
    """Decimal places a reader is shown of a ratio."""
    return ratio.places if ratio.days else 2


def _ratio_row(ratio: Ratio, shown: list[Judged]) -> dict[str, Any]:
    values = [one.ratios[ratio.name] for one in shown]
    return {
        "caption": _(ratio.caption),
        "cells": values,
        "places": shown_places(ratio),
        # Oldest first, as one reads a line.
        "trend": [value for value in reversed(values) if value is not None],
    }


def _line_row(item: str, shown: list[Judged]) -> dict[str, Any] | None:
    accounts = [one.statement.accounts for one in shown]
    if not any(item in each.items for each in accounts):
        return None
    told = BY_NAME[item]
    return {
        "caption": _(told.caption),
        "total": bool(told.sum_of) or item in ("equity", "ebit", "net_income"),
        "cells": [
            formats.number(each.items[item])
            if told.count and item in each.items
            else formats.bare_amount(each.items.get(item), each.currency)
            for each in accounts
        ],
    }


@require_http_methods(["GET", "POST"])
@page
def enter(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """The form: two years side by side, filled with what is known of them."""
    ctx = request.ctx
    ctx.require(Permission.IMPORT)
    buyer = buyers.buyer(ctx, buyer_id)
    if request.method == "POST":
        typed: Mapping[str, Any] = request.POST
        record_statements(ctx, buyer_id, _told(request.POST))
        messages.success(request, _("The annual accounts are entered."))
        return redirect("statements", buyer_id)
    known = queries.statements_of(ctx, buyer_id)
    typed = _filled(known, request.as_of, buyer.accounts_currency or request.membership.currency)
    return render(
        request,
        "console/statement_enter.html",
        {
            "buyer": buyer,
            "typed": typed,
            "years": YEARS,
            "rows": [_form_row(item.name, typed) for item in ITEMS],
            "scales": SCALE_NAMES.items(),
            "standards": STANDARDS.items(),
        },
    )


def _form_row(item: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    told = BY_NAME[item]
    names = [f"{item}_{year}" for year in YEARS]
    return {
        "item": item,
        "caption": _(told.caption),
        "total": bool(told.sum_of),
        "fields": [(name, typed.get(name, "")) for name in names],
    }


def _filled(known: list[Statement], today: date, currency: str) -> dict[str, str]:
    """The form as it opens: the last two whole years, with what is known of them."""
    newest = known[0].accounts.period_end if known else date(today.year - 1, 12, 31)
    newest = add_months(newest, 12 * max(0, today.year - 1 - newest.year))
    ends = [newest, add_months(newest, -12)]
    own = {s.accounts.period_end: s for s in reversed(known)}
    first = known[0] if known else None
    scale = first.accounts.scale if first else 1
    typed = {
        "currency": first.accounts.currency if first else currency,
        "scale": str(scale),
        "months": str(first.accounts.months if first else 12),
        "standard": first.standard if first else Standard.OTHER.value,
        "consolidated": "on" if first and first.consolidated else "",
    }
    for year, end in enumerate(ends):
        typed[f"period_end_{year}"] = end.isoformat()
        if end in own:
            typed |= _typed_items(own[end].accounts, scale, year)
    return typed


def _typed_items(accounts: Accounts, scale: int, year: int) -> dict[str, str]:
    unit = Decimal(scale * 10 ** exponent(accounts.currency))
    return {
        f"{name}_{year}": f"{(value if BY_NAME[name].count else value / unit):f}"
        for name, value in accounts.items.items()
    }


def _told(form: Mapping[str, str]) -> list[Told]:
    """Each year of which anything was typed."""
    scale = forms.whole(form, "scale", 1)
    if scale not in SCALES:
        scale = 1
    currency = forms.text(form, "currency", 3).upper()
    standard = form.get("standard", "")
    told = []
    for year in YEARS:
        items = _typed_amounts(form, year, scale, currency)
        if not items:
            continue
        typed = forms.day(form, f"period_end_{year}")
        end = forms.needed(f"period_end_{year}", typed)
        months = forms.whole(form, "months", 12)
        told.append(
            Told(
                Accounts(end, currency, items, months=months, scale=scale),
                Standard(standard) if standard in list(Standard) else Standard.OTHER,
                consolidated=bool(form.get("consolidated")),
                audited=bool(form.get("audited")),
                source=forms.text(form, "source", LONGEST_SOURCE),
                confirmed=bool(form.get("confirmed")),
            )
        )
    if not told:
        raise Refusal(Code.VALUE_INVALID, field="items", value="", mend=Mend.GIVE_IT)
    return told


def _typed_amounts(form: Mapping[str, str], year: int, scale: int, currency: str) -> dict[str, int]:
    items = {}
    for item in ITEMS:
        typed = forms.text(form, f"{item.name}_{year}", LONGEST_AMOUNT + 1)
        if typed:
            unit = 1 if item.count else scale * 10 ** exponent(currency)
            items[item.name] = _whole(f"{item.name}_{year}", typed, unit)
    return items


def _whole(item: str, typed: str, unit: int) -> int:
    """What was typed, in minor units; an amount finer than that is refused."""
    text = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("\u2212", "-")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    found = AMOUNT.fullmatch(text)
    value = Fraction(text.replace(",", "")) * unit if found else Fraction(1, 2)
    if value.denominator != 1:
        raise Refusal(Code.VALUE_INVALID, field=item, value=typed, mend=Mend.NUMBER)
    return int(value)
