"""The terms of a policy in words, and as a form."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from netterms.doors.console import forms
from netterms.doors.look import formats
from netterms.doors.look.policy_names import CHOICES, NOTHING, TERMS, UNITS
from netterms.insurance.terms import RULES, Period, PeriodUnit, PolicyTerms, terms_from

# In the order of a schedule: what is covered, until when, what is to be done, what is paid.
SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("What is insured"),
        (
            "insured_pct_named", "insured_pct_self_check", "insured_pct_base_cover",
            "insured_pct_export", "vat_covered",
        ),
    ),
    (
        gettext_lazy("How long deliveries are covered"),
        ("max_credit_period", "max_invoicing_period", "mep", "mep_basis", "stop_days"),
    ),
    (
        gettext_lazy("What the insurer is to be told"),
        ("overdue_notice_days", "notice_basis", "hand_over_days", "insolvency_notice_days"),
    ),
    (
        gettext_lazy("When a claim arises"),
        ("waiting_period", "waiting_basis", "dispute_clock", "claim_deadline", "claim_basis"),
    ),
    (
        gettext_lazy("What you bear yourself"),
        (
            "threshold_minor", "each_and_every_first_loss_minor", "deductible_basis",
            "aggregate_first_loss_minor", "minimum_retention_minor", "max_liability",
            "pre_loss_allocation",
        ),
    ),
    (gettext_lazy("Premium"), ("premium_basis", "minimum_premium_minor")),
)  # fmt: skip


def in_words(terms: PolicyTerms) -> list[dict[str, Any]]:
    """Each section with its fields: label, value, and the rule that counts with it."""
    return [
        {
            "title": title,
            "rows": [
                {"label": TERMS[name], "value": _said(terms, name), "rule": RULES.get(name, "")}
                for name in names
            ],
        }
        for title, names in SECTIONS
    ]


def _said(terms: PolicyTerms, name: str) -> str:
    value = getattr(terms, name)
    if value is None:
        return str(NOTHING[name])
    if name in CHOICES:
        return str(CHOICES[name][value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Period):
        if value.unit is PeriodUnit.DAYS:
            return _days(value.length)
        said = ngettext("%(n)s month", "%(n)s months", value.length)
        return said % {"n": formats.number(value.length)}
    if name.startswith("insured_pct"):
        return formats.percents(value)
    if name == "max_liability":
        return _("%(n)s times") % {"n": formats.plain(value)}
    return formats.money(value, terms.currency) if name.endswith("_minor") else _days(value)


def _days(length: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", length) % {"n": formats.number(length)}


def typed_of(terms: PolicyTerms) -> dict[str, str]:
    """The fields of the form as a person would type these terms."""
    found: dict[str, str] = {}
    for name in TERMS:
        value = getattr(terms, name)
        if value is None:
            found[name] = ""
        elif isinstance(value, bool):
            found[name] = "yes" if value else "no"
        elif isinstance(value, Period):
            found |= {name: str(value.length), f"{name}_unit": value.unit.value}
        elif isinstance(value, Decimal):
            found[name] = formats.plain(value)
        elif name.endswith("_minor"):
            found[name] = formats.exact(value, terms.currency)
        else:
            found[name] = str(value)
    return found


def form_of(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sections of the form, filled with what was typed."""
    return [
        {"title": title, "fields": [_form_field(name, typed) for name in names]}
        for title, names in SECTIONS
    ]


def _form_field(name: str, typed: Mapping[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": name,
        "label": TERMS[name],
        "kind": _kind(name),
        "value": typed.get(name, ""),
        "empty": NOTHING.get(name, ""),
        "rule": RULES.get(name, ""),
    }
    if name in CHOICES:
        field["choices"] = CHOICES[name].items()
    if field["kind"] == "period":
        field |= {"unit": typed.get(f"{name}_unit", ""), "units": UNITS.items()}
    return field


def _kind(name: str) -> str:
    if name in CHOICES:
        return "choice"
    if name == "vat_covered":
        return "yes_no"
    if name in {"waiting_period", "claim_deadline"}:
        return "period"
    if name.startswith("insured_pct"):
        return "percent"
    if name == "max_liability":
        return "times"
    return "amount" if name.endswith("_minor") else "days"


def told(form: Mapping[str, str], currency: str) -> PolicyTerms:
    """The terms that were typed. Refuses by the field, also one left empty that must be given."""
    typed = {name: _typed(form, name, currency) for name in TERMS}
    return terms_from({"currency": currency} | typed)


def _typed(form: Mapping[str, str], name: str, currency: str) -> object:
    kind, text = _kind(name), forms.text(form, name, 40)
    if not text:
        return None
    if kind == "choice":
        return text
    if kind == "yes_no":
        return text == "yes"
    if kind in {"percent", "times"}:
        number = forms.percent(form, name)
        return None if number is None else str(number)
    if kind == "amount":
        # Which amount it is stands in the refusal.
        return forms.minor(form, name, currency)
    length = forms.whole(form, name, 0)
    return {"length": length, "unit": form.get(f"{name}_unit", "")} if kind == "period" else length
