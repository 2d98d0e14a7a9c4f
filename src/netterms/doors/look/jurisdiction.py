"""A country's rules of late payment in words: each fact with whether anybody checked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.look import formats
from netterms.doors.look.names import CELLS, NO_INTEREST, SERIES
from netterms.kernel.money import Money
from netterms.terms.clauses import retention_kind
from netterms.terms.jurisdictions import (
    Cell,
    Compound,
    InterestOnInterest,
    Jurisdiction,
    Law,
    Reset,
    Scope,
    Standing,
    Start,
    Tier,
)

# Remarks of the table of countries have a context of their own in the catalogue.
LAW = "law"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a country's page; `badge` and `css` say how far it was checked."""

    label: str
    text: str
    note: str
    badge: str
    css: str


def name(place: Jurisdiction) -> str:
    """The country's name in the reader's language."""
    return formats.country(place.country)


def told(note: str) -> str:
    """A remark of the table of countries in the reader's language."""
    return pgettext(LAW, note) if note else ""


def bills(place: Jurisdiction) -> list[str]:
    """Reforms that are announced and count for nothing yet, as sentences."""
    return [
        _("Announced, not law: %(what)s. Brought in on %(day)s; law in %(year)s at the earliest.")
        % {
            "what": told(bill.says),
            "day": formats.day(bill.introduced_on),
            "year": bill.earliest_year,
        }
        for bill in place.bills
    ]


def standing(value: Standing) -> tuple[str, str]:
    """The badge of a standing, and its class."""
    return {
        Standing.CHECKED: (_("read in a public text"), "badge-ok"),
        Standing.PARTLY: (_("read in part"), "badge-warn"),
        Standing.UNVERIFIED: (_("unverified"), "badge-warn"),
    }[value]


def facts(place: Jurisdiction) -> list[Fact]:
    """Every fact on file. An empty cell is unknown, and that is what it says."""
    unknown = _("unknown")
    years = _("%(n)s years") % {"n": place.limitation_years} if place.limitation_years else unknown
    days = formats.number(place.max_term_days) if place.max_term_days else ""
    texts = {
        Cell.INTEREST: (interest(place), place.remark),
        Cell.MARGIN: (margins(place) or unknown, ""),
        Cell.REFERENCE: (references(place) or unknown, place.reference_note),
        Cell.COMPENSATION: (compensations(place) or unknown, place.compensation_note),
        Cell.MAX_TERM: (
            (_("%(n)s days") % {"n": days} + scope_note(place.max_term_scope)) if days else unknown,
            place.max_term_note,
        ),
        Cell.LIMITATION: (years, place.limitation_note),
        Cell.RETENTION: (retention(place) or unknown, place.retention),
        Cell.COURT_ORDER: (told(place.court_order) or unknown, ""),
    }
    found = [
        Fact(str(CELLS[cell.value]), text, told(note), *standing(place.standing(cell)))
        for cell, (text, note) in texts.items()
    ]
    return [*found, _compound(place.interest_on_interest)]


def _compound(known: InterestOnInterest) -> Fact:
    text = {
        Compound.NEVER: _("forbidden"),
        Compound.UNDER_CONDITIONS: _("only under conditions that no payment plan here meets"),
        Compound.AGREED_LATER: _("where agreed once the interest has fallen due"),
        Compound.AGREED: _("where agreed"),
        Compound.BY_LAW: _("provided by law"),
        Compound.UNVERIFIED: _("unknown"),
    }[known.rule]
    source = f"{known.source} ({known.as_of})" if known.source else ""
    note = " ".join(part for part in (told(known.says), source) if part)
    value = Standing.CHECKED if known.source else Standing.UNVERIFIED
    return Fact(_("interest on interest"), text, note, *standing(value))


def interest(place: Jurisdiction) -> str:
    """The interest rule as a sentence, or why there is none."""
    if place.refused:
        return _("None is worked out: %(why)s.") % {"why": NO_INTEREST[place.refused]}
    rules = [_("%(rule)s.") % {"rule": _law(law) + scope_note(law.scope)} for law in place.laws]
    return " ".join(rule[:1].upper() + rule[1:] for rule in rules)


def _law(law: Law) -> str:
    percent = formats.percent(law.margin / 100, 2)
    if not law.series:
        said = _("%(percent)s a year") % {"percent": percent}
    else:
        said = str(SERIES[law.series])
        if law.multiple != 1:
            said = _("%(times)s times the %(series)s") % {"times": law.multiple, "series": said}
        if law.margin:
            points = formats.plain(law.margin)
            said = _("%(series)s plus %(points)s points") % {"series": said, "points": points}
        said = _("%(rule)s, %(reset)s") % {"rule": said, "reset": resets()[law.kind]}
    if law.start is Start.RECEIPT_PLUS_60:
        said = _("%(rule)s, from 60 days after receipt") % {"rule": said}
    if law.valid_from > date.min:
        day = formats.day(law.valid_from)
        said = _("%(rule)s, for invoices late from %(day)s on") % {"rule": said, "day": day}
    if law.instalment_only:
        said = _("%(rule)s, of a plan on the missed instalment only") % {"rule": said}
    return said


def resets() -> dict[Reset, str]:
    """What each reset means."""
    return {
        Reset.FLOAT_HALF_YEAR: _("anew each half-year"),
        Reset.FIXED_AT_DEFAULT_HALF: _("as in the half-year the delay began, for all of it"),
        Reset.FIXED_AT_START: _("as on the first day of the delay, for all of it"),
        Reset.PRIOR_HALF_END: _("as on the last 30 June or 31 December before the delay"),
        Reset.ONE_RATE_PER_DEBT: _("one rate for each debt"),
        Reset.MONTHLY_RESTS: _("compounded monthly"),
        Reset.ANNUAL_NOTICE: _("anew each year"),
    }


def scope_note(scope: Scope) -> str:
    """For whom, in brackets; nothing when for everybody."""
    if scope is Scope.ALL:
        return ""
    said = {
        Scope.SMALL_CREDITOR: _("small seller"),
        Scope.SMALL_CREDITOR_LARGE_DEBTOR: _("small seller, large buyer"),
    }[scope]
    return _(" (%(parties)s)") % {"parties": said}


def references(place: Jurisdiction) -> str:
    """The references a country's rules read."""
    if place.laws and not any(law.series for law in place.laws):
        return _("none: a fixed rate")
    return " · ".join(dict.fromkeys(str(SERIES[law.series]) for law in place.laws if law.series))


def margins(place: Jurisdiction) -> str:
    """The margins or fixed rates of a country's rules, in percent."""
    return " · ".join(dict.fromkeys(f"{formats.plain(law.margin)}%" for law in place.laws))


def compensations(place: Jurisdiction) -> str:
    """The fixed sums, by the size of the debt."""
    return " · ".join(_tier(tier, place.tier_currency) for tier in place.compensation)


def _tier(tier: Tier, limit: str) -> str:
    said = formats.money(Money.of(tier.amount, tier.currency))
    if tier.at_least:
        bound = formats.money(Money.of(tier.at_least, limit))
        said = _("%(sum)s from %(bound)s") % {"sum": said, "bound": bound}
    if tier.valid_until.year < 9000:
        until = formats.day(tier.valid_until)
        said = _("%(sum)s until %(day)s") % {"sum": said, "day": until}
    return said


def retention(place: Jurisdiction) -> str:
    """The class of retention of title (LAW-10)."""
    kind = retention_kind(place.retention)
    return {
        "simple": _("valid"),
        "extended": _("valid, simple and extended"),
        "written": _("valid in writing; where noted with a certain date"),
        "register": _("valid against third parties once registered"),
        "limited": _("weak or void for goods the buyer may resell"),
        "": "",
    }[kind]
