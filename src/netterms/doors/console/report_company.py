"""The company of a credit report in the reader's words: who it is, and where it does business."""

from __future__ import annotations

from django.utils.translation import gettext as _

from netterms.doors.console import score_words, words
from netterms.doors.console.report_parts import Fact, Part, Section, Table
from netterms.doors.console.visits import VERDICTS
from netterms.doors.look import formats, jurisdiction, names
from netterms.terms.jurisdictions import Scope, Standing

DOUBTFUL, WORST = 3, 5


def identity(part: Part) -> Section:
    """Names, numbers, places and group."""
    group = part["group"]
    # A report given earlier tells neither.
    stays, merged = part.get("merged_into"), part.get("merged", ())
    above = " › ".join(_called(each) for each in group["above"])
    facts = [
        Fact(_("Name"), part["name"]),
        *([Fact(_("Turned out to be"), _called(stays), "warn")] if stays else ()),
        *_aliases(part),
        Fact(_("Buyer number"), part["buyer_number"]),
        Fact(_("Country"), formats.country(part["country"]) or formats.NOTHING),
        *([Fact(_("Merged buyers"), " · ".join(map(_called, merged)))] if merged else ()),
        *_numbers(part),
        *_addresses(part),
        *_company(part.get("company", {})),
        Fact(_("E-mail"), _("on file") if _has_email(part) else formats.NOTHING),
        Fact(_("Companies above"), above or _("none known")),
        Fact(_("Buyers of the same group"), formats.number(group["members"])),
    ]
    if part["key_account"]:
        facts.append(Fact(_("Key account"), _("yes")))
    note = _("What was sold to a merged buyer is told in that one's own report.") if merged else ""
    tables = _group(group, stays or part)
    return Section(_("Identity and group"), tuple(facts), tables, note=note)


def _has_email(part: Part) -> bool:
    """A report given earlier has the address itself."""
    return bool(part.get("has_email") or part.get("email"))


def _called(each: Part) -> str:
    return f"{each['name']} ({each['buyer_number']})"


def _numbers(part: Part) -> list[Fact]:
    """What the company is known by; a report given earlier tells no other numbers."""
    others = [
        Fact(str(words.NUMBER_KINDS[each["kind"]]), each["value"])
        for each in part.get("numbers", ())
    ]
    registered = part["registration_number"]
    if others and not registered:
        return others
    return [Fact(_("Registration number"), registered or formats.NOTHING), *others]


def _aliases(part: Part) -> list[Fact]:
    said = [
        f"{each['name']} ({words.ALIAS_KINDS[each['kind']]})" for each in part.get("aliases", ())
    ]
    return [Fact(_("Other names"), " · ".join(said))] if said else []


def _addresses(part: Part) -> list[Fact]:
    return [
        Fact(str(words.ADDRESS_KINDS[each["kind"]]), _address(each))
        for each in part.get("addresses", ())
    ]


def _address(each: Part) -> str:
    city = f"{each['postal_code']} {each['city']}".strip()
    lines = [*each["lines"].splitlines(), city, formats.country(each["country"])]
    return ", ".join(line for line in lines if line)


def _company(part: Part) -> list[Fact]:
    if not part:
        return []
    rank = part["form_rank"]
    told = {
        _("Founded on"): formats.day(part["founded_on"]) if part["founded_on"] else "",
        _("Employees"): formats.number(part["employees"]) if part["employees"] is not None else "",
        _("Legal form"): str(words.FORM_RANKS[str(rank)]) if rank else "",
    }
    return [Fact(label, value) for label, value in told.items() if value]


def _group(group: Part, own: Part) -> tuple[Table, ...]:
    """The tree from above with the buyer marked; a report given earlier does not tell it."""
    companies = group.get("companies", ())
    if len(companies) <= 1:
        return ()
    rows = tuple(
        (
            "\u2003" * each["depth"] + _marked(each, own),
            each["buyer_number"],
            formats.country(each["country"]) or formats.NOTHING,
        )
        for each in companies
    )
    caption = _("Group")
    if len(companies) < group["members"]:
        caption = _("Group: %(shown)s of %(all)s companies") % {
            "shown": len(companies),
            "all": group["members"],
        }
    return (Table((caption, _("Buyer number"), _("Country")), rows, figures=False),)


def _marked(each: Part, own: Part) -> str:
    if each["buyer_number"] != own["buyer_number"]:
        return str(each["name"])
    return _("%(name)s (this buyer)") % {"name": each["name"]}


def surroundings(part: Part) -> list[Section]:
    """Country and sector: what they add to the score, the law, and how others there pay."""
    if not part:
        return []
    points = part["points"]
    facts = [
        Fact(_("Country"), formats.country(part["country"]) or formats.NOTHING),
        Fact(_("Sector"), names.sector(part["sector"]) or formats.NOTHING),
        Fact(_("Points for the country"), formats.number(points["country"], 2)),
        Fact(_("Points for the sector"), formats.number(points["sector"], 2)),
        *_law(part["law"]),
    ]
    notes = [
        _("Points come from table %(table)s: %(source)s.")
        % {
            "table": points["table"],
            "source": score_words.OVERLAY_SOURCES.get(points["table"], points["source"]),
        }
    ]
    if points["stale"]:
        notes.append(
            _("The factors of countries and sectors are out of date: their last day is past.")
        )
    if part["paid"]:
        notes.append(_("What is unpaid counts with its days so far, an early payment with none."))
    if any(line.get("sampled") for line in part["paid"]):
        notes.append(_("Of the many others a sample is asked."))
    return [
        Section(_("Country and sector"), tuple(facts), _paid(part["paid"]), (), " ".join(notes))
    ]


def _law(law: Part) -> list[Fact]:
    captions = {
        "max_term_days": (_("Longest term by law"), _("%(n)s days")),
        "limitation_years": (_("A debt is time-barred after"), _("%(n)s years")),
    }
    found = []
    for name, (caption, text) in captions.items():
        told = law.get(name)
        if told and told["value"]:
            badge, _css = jurisdiction.standing(Standing(told["standing"]))
            # A report given earlier tells neither for whom nor with what remark.
            parties = jurisdiction.scope_note(Scope(told.get("scope", Scope.ALL)))
            remark = jurisdiction.told(told.get("note", ""))
            said = (text % {"n": told["value"]} + parties, remark, badge)
            found.append(Fact(caption, " · ".join(filter(None, said))))
    return found


def _paid(lines: list[Part]) -> tuple[Table, ...]:
    captions = {
        "buyer": _("This buyer"),
        "country": _("Others of its country"),
        "sector": _("Others of its sector"),
    }
    rows = tuple(
        (
            captions[line["scope"]],
            formats.number(line["buyers"]),
            formats.number(line["invoices"]),
            formats.percent(line["late_share"], 0),
            formats.number(line["days_late"], 1),
        )
        for line in lines
    )
    headings = (_("Due in the last 12 months"), _("Buyers"), _("Invoices"), _("Late"),
                _("Days late"))  # fmt: skip
    return (Table(headings, rows),) if rows else ()


def visit(part: Part) -> list[Section]:
    """What somebody saw at the buyer's place."""
    if not part:
        return []
    verdict = int(part["verdict"])
    tone = "bad" if verdict == WORST else "warn" if verdict >= DOUBTFUL else "ok"
    facts = [
        Fact(_("Visited on"), formats.day(part["visited_on"])),
        Fact(_("Verdict"), str(VERDICTS[verdict]), tone),
    ]
    if part["staff"] is not None:
        facts.append(Fact(_("Staff"), formats.number(part["staff"])))
    return [Section(_("Site visit"), tuple(facts))]
