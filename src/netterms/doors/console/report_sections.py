"""A credit report in the reader's words: sections that the page and the PDF show alike."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from netterms.doors.console import report_company, score_words, stories, words
from netterms.doors.console.report_parts import Fact, Part, Section, Table
from netterms.doors.console.statements import MODELS, ZONES, shown_places
from netterms.doors.look import formats, names
from netterms.doors.look.field_names import FIELDS
from netterms.doors.look.sentences import limit_reasons, score_reasons
from netterms.limits.lines import LineStatus
from netterms.statements.chart import BY_NAME, ITEMS
from netterms.statements.failure import Model, Zone
from netterms.statements.rules import RATIOS

MONTHS_SHOWN = 12
GRADES_SHOWN = 12
CLOSED_LINES = (LineStatus.ON_HOLD, LineStatus.CLOSED)


def sections(content: Part) -> list[Section]:
    """The whole report, in order: who it is, how sure we are, how it pays, what to grant."""
    found = [
        _verdict(content),
        report_company.identity(content["identity"]),
        _screening(content["screening"]),
        *(_score(score) for score in content["scores"]),
        *(_payment(part) for part in content["payment"]),
        *_statements(content),
        # Reports given earlier have neither.
        *report_company.surroundings(content.get("surroundings", {})),
        *report_company.visit(content.get("visit", {})),
        _signals(content["signals"]),
        _cover(content["cover"]),
        _missing(content["missing"]),
    ]
    return [section for section in found if section is not None]


def _verdict(content: Part) -> Section:
    """What a person wants first: the grade and the limit, by currency."""
    scores = {score["currency"]: score for score in content["scores"]}
    rows = []
    for currency in sorted({*scores, *(each["currency"] for each in content["limits"])}):
        score = scores.get(currency)
        limit = next((each for each in content["limits"] if each["currency"] == currency), None)
        rows.append(
            (
                currency,
                _("%(grade)s of 10") % {"grade": score["grade"]} if score else formats.NOTHING,
                formats.percent(score["pd"], 2) if score else formats.NOTHING,
                formats.percent(score["confidence"], 0) if score else formats.NOTHING,
                _money(limit, "recommended_minor"),
                _granted(limit),
            )
        )
    headings = (_("Currency"), _("Grade"), _("Probability of default"), _("Confidence"),
                _("Recommended limit"), _("Granted limit"))  # fmt: skip
    tables = (Table(headings, tuple(rows)),) if rows else ()
    points = [text for limit in content["limits"] for text in _limit_reasons(limit, content)]
    identity = content["identity"]
    facts = []
    if identity["insolvent_on"]:
        facts.append(Fact(_("Insolvent since"), formats.day(identity["insolvent_on"]), "bad"))
    if content["screening"]["sanctioned"]:
        facts.append(Fact(_("Sanctions"), _("The buyer is on a sanctions list."), "bad"))
    return Section(
        _("Grade and limit"),
        tuple(facts),
        tables,
        tuple(dict.fromkeys(points)),
        ""
        if rows
        else _("There is neither a score nor a limit yet: no business day scored this buyer."),
    )


def _granted(limit: Part | None) -> str:
    """The granted limit, and where its line takes no orders, that it does not."""
    said = _money(limit, "granted_minor")
    status = limit["status"] if limit else ""
    return f"{said} ({words.LINE_STATES[status]})" if status in CLOSED_LINES else said


def _limit_reasons(limit: Part, content: Part) -> Iterable[str]:
    score = next((s for s in content["scores"] if s["currency"] == limit["currency"]), None)
    if score is None:
        return ()
    said = limit_reasons(
        score["scorecard"], limit["reasons"], score["grade"], content["signals"]["stage"]
    )
    return (reason["text"] for reason in said)


def _screening(part: Part) -> Section:
    lists = ", ".join(
        str(words.WATCHLISTS[each["kind"]])
        + (f" ({formats.day(each['published_on'])})" if each["published_on"] else "")
        for each in part["lists"]
    )
    rows = tuple(
        (
            hit["listed_name"],
            str(words.WATCHLISTS[hit["kind"]]),
            formats.number(hit["score"]),
            str(names.HIT_STATES[hit["state"]]),
        )
        for hit in part["hits"]
    )
    headings = (_("Listed as"), _("List"), _("Score"), _("State"))
    if not part["lists"]:
        note = _("No sanctions list is loaded: nobody has looked.")
    elif not part["screened_on"]:
        note = _("Nobody has looked at sanctions lists yet.")
    else:
        note = "" if rows else _("Nothing was found.")
    facts = (
        Fact(_("Held against the lists on"), formats.day(part["screened_on"])),
        Fact(_("Lists"), lists or formats.NOTHING),
    )
    tables = (Table(headings, rows, figures=False),) if rows else ()
    return Section(_("Sanctions"), facts, tables, note=note)


def _score(score: Part) -> Section:
    said = score_reasons(score["scorecard"], score["attributes"], score["reasons"])
    history = tuple(
        (formats.day(each["scored_on"]), str(each["grade"]), formats.percent(each["pd"], 2))
        for each in score["history"][-GRADES_SHOWN:][::-1]
    )
    return Section(
        _("Score in %(currency)s") % {"currency": score["currency"]},
        (
            Fact(_("Scored on"), formats.day(score["scored_on"])),
            Fact(_("Scorecard"), score["scorecard"]),
            Fact(_("Score"), formats.number(score["score"])),
            Fact(_("Payment index"), formats.number(score["payment_index"], 2)),
        ),
        (
            *_made_of(score["blocks"] or []),
            Table((_("Day"), _("Grade"), _("Probability of default")), history),
        ),
        tuple(_direction(reason) for reason in said),
    )


def _made_of(parts: Iterable[Part]) -> tuple[Table, ...]:
    """What each block did, where the score is of more than payments."""
    rows = tuple(
        (
            str(score_words.SCORE_BLOCKS[part["block"]]),
            formats.number(part.get("score")),
            formats.percent(part.get("share"), 0),
            formats.number(part.get("points"), 1),
        )
        for part in parts
    )
    headings = (_("What the score is made of"), _("Score"), _("Share"), _("Points"))
    return (Table(headings, rows),) if rows else ()


def _direction(reason: Part) -> str:
    sign = "−" if reason["direction"] == "lowered" else "+"
    return f"{sign} {reason['text']}"


def _payment(part: Part) -> Section:
    currency, balance = part["currency"], part["balance"]
    facts = []
    if balance:
        facts = [
            Fact(_("Open"), formats.money(balance["open_minor"], currency)),
            Fact(
                _("Overdue"),
                formats.money(balance["overdue_minor"], currency),
                "bad" if balance["overdue_minor"] else "",
            ),
        ]
    # A report given earlier does not tell it.
    if lost := part.get("written_off_minor"):
        facts.append(Fact(_("Written off"), formats.money(lost, currency), "bad"))
    rows = tuple(
        (
            formats.month(line["month"][:7]),
            formats.number(line["invoices"]),
            formats.money(line["amount_minor"], currency),
            formats.number(line["days_late"], 1),
            formats.percent(line["late_share"], 0),
        )
        for line in part["months"][-MONTHS_SHOWN:]
    )
    headings = (_("Month"), _("Invoices paid"), _("Amount"), _("Days late"), _("Late"))
    note = "" if rows else _("Nothing was paid in the last 24 months.")
    return Section(
        _("Payments in %(currency)s") % {"currency": currency},
        tuple(facts),
        (Table(headings, rows),) if rows else (),
        note=note,
    )


def _statements(content: Part) -> list[Section]:
    """Annual accounts: the newest periods, ratios beside the sector, what failure models say."""
    told, short = content["statements"], content["accounts"]
    if not told:
        return [_accounts(short)] if short else []
    periods = told["periods"]
    days = tuple(formats.day(period["period_end"]) for period in periods)
    sector = [told["sector"]["median"]] if told["sector"] else []
    money = tuple(
        (str(FIELDS[item.name]), *(_item(period, item.name) for period in periods))
        for item in ITEMS
        if any(item.name in period["items"] for period in periods)
    )
    ratios = tuple(
        (
            _(ratio.caption),
            *(
                formats.number(told_by[ratio.name], shown_places(ratio))
                for told_by in (*(period["ratios"] for period in periods), *sector)
            ),
        )
        for ratio in RATIOS
        if any(period["ratios"][ratio.name] is not None for period in periods)
    )
    models = tuple(
        (str(MODELS[model]), *(_judgement(period["models"][model.value]) for period in periods))
        for model in Model
        if any(period["models"][model.value]["value"] is not None for period in periods)
    )
    tables = [
        Table((_("Accounts"), *days), money),
        Table((_("Ratio"), *days, *[_("Sector")] * len(sector)), ratios),
        Table((_("Failure model"), *days), models),
    ]
    note = _("Made for such firms: %(model)s") % {"model": MODELS[Model(told["fits"])]}
    return [Section(_("Annual accounts"), tables=tuple(t for t in tables if t.rows), note=note)]


def _item(period: Part, name: str) -> str:
    value = period["items"].get(name)
    if BY_NAME[name].count:
        return formats.number(value)
    return formats.money(value, period["currency"])


def _judgement(score: Part) -> str:
    if score["value"] is None:
        return formats.NOTHING
    shown = formats.number(score["value"], 2)
    if score["pd"] is not None:
        return f"{shown} ({formats.percent(score['pd'], 1)})"
    return f"{shown} ({ZONES[Zone(score['zone'])][0]})" if score["zone"] else shown


def _accounts(part: Part) -> Section:
    return Section(
        _("Annual accounts"),
        (
            Fact(_("Annual turnover"), _money(part, "annual_turnover_minor")),
            Fact(_("Tangible net worth"), _money(part, "tangible_net_worth_minor")),
        ),
    )


def _signals(part: Part) -> Section:
    points = [
        f"{words.ALERTS[alert['kind']]} ({formats.day(alert['raised_on'])})"
        for alert in part["alerts"]
    ]
    facts = [Fact(_("Stage of the ladder"), str(part["stage"]), "bad" if part["stage"] else "ok")]
    for label, counts, texts in (
        (_("Promises"), part["promises"], words.PROMISES),
        (_("Disputes"), part["disputes"], names.DISPUTES),
    ):
        if counts:
            said = ", ".join(f"{texts.get(name, name)}: {n}" for name, n in counts.items())
            facts.append(Fact(label, said))
    # A report given earlier tells of neither.
    returned = part.get("returned_payments", ())
    if returned:
        days = ", ".join(formats.day(day) for day in returned)
        facts.append(Fact(_("Payments that came back"), days, "bad"))
    rows = tuple(_notice(each) for each in part.get("notices", ()))
    headings = (_("Notice of insolvency"), _("Dated"), _("Known since"), _("Source"), _("State"))
    tables = (Table(headings, rows, figures=False),) if rows else ()
    note = "" if points else _("No alert is open.")
    return Section(_("Signals"), tuple(facts), tables, tuple(points), note)


def _notice(each: Part) -> tuple[str, ...]:
    source = " · ".join(filter(None, (each["source"], each["reference"], each["words"])))
    return (
        str(words.NOTICES[each["kind"]]),
        formats.day(each["dated_on"]),
        formats.day(each["known_on"]),
        source or _("master data"),
        _notice_state(each),
    )


def _notice_state(each: Part) -> str:
    if not each["withdrawn_on"]:
        return _("stands")
    told = {"day": formats.day(each["withdrawn_on"]), "why": stories.why(each["withdrawn_why"])}
    return _("withdrawn on %(day)s: %(why)s") % told


def _cover(covers: list[Part]) -> Section | None:
    if not covers:
        return None
    rows = tuple(
        (
            each["insurer"],
            str(words.COVER[each["kind"]]),
            formats.money(each["amount_minor"], each["currency"]),
            formats.day(each["ends_on"]),
        )
        for each in covers
    )
    headings = (_("Insurer"), _("Kind"), _("Insured limit"), _("Until"))
    return Section(_("Credit insurance"), tables=(Table(headings, rows),))


def _missing(missing: list[str]) -> Section:
    said = tuple(str(words.REPORT_MISSING[name]) for name in missing)
    return Section(
        _("What is missing"), points=said, note="" if said else _("Nothing that a report asks for.")
    )


def _money(part: Part | None, name: str) -> str:
    return formats.money(part[name], part["currency"]) if part else formats.NOTHING
