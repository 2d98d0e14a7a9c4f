"""What an event says beside its name: the facts that a reader of a buyer's history wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from netterms.doors.console import event_words, words
from netterms.doors.look import formats, names
from netterms.monitoring.queries import Happened

Facts = dict[str, Any]


def told(happened: Iterable[Happened]) -> list[dict[str, Any]]:
    """Events as `look/_timeline.html` shows them."""
    return [
        {
            "on": event.business_date,
            "what": event_words.EVENTS.get(event.kind) or words.plain(event.kind).capitalize(),
            "why": detail(event.kind, event.facts) or event.why,
            "who": who(event.actor),
        }
        for event in happened
    ]


def who(actor: str) -> str:
    """A person's or a key's name; the day's own work as such."""
    if actor.startswith("page:"):
        return _("buyer's page")
    return _("daily run") if actor in {"day", "system", "jobs", "run"} else actor


def detail(kind: str, facts: Facts) -> str:
    """The facts of an event in words; empty for an event whose name says it all."""
    tell = TELLERS.get(kind)
    try:
        return tell(facts) if tell else ""
    except (KeyError, TypeError):
        # An older event may lack a fact that newer ones have: its name still stands.
        return ""


def why(reason: str) -> str:
    """A reason as a person gave it, or in words where the program did."""
    return str(names.WHYS.get(reason, reason))


def _money(amount: Facts) -> str:
    return formats.money(int(amount["minor"]), amount["currency"])


def _grade(facts: Facts) -> str:
    return _("From %(before)s to %(after)s") % facts


def _stage(facts: Facts) -> str:
    return _("Stage %(stage)s") % facts


def _limit(facts: Facts) -> str:
    return formats.money(int(facts["recommended_minor"]), facts["currency"])


def _alert(facts: Facts) -> str:
    return str(words.ALERTS[facts["alert"]])


def _deadline(facts: Facts) -> str:
    return f"{words.DEADLINES[facts['duty']]} · {facts['rule']}"


def _promise(facts: Facts) -> str:
    return _("%(amount)s by %(day)s") % {
        "amount": _money(facts["amount"]),
        "day": formats.day(facts["promised_for"]),
    }


def _received(facts: Facts) -> str:
    currency = facts["currency"]
    return _("%(received)s of %(promised)s") % {
        "received": formats.money(int(facts["received_minor"]), currency),
        "promised": formats.money(int(facts["promised_minor"]), currency),
    }


def _claim(facts: Facts) -> str:
    return _("Indemnity %(amount)s") % {"amount": _money(facts["indemnity"])}


def _granted(facts: Facts) -> str:
    return f"{_money(facts['limit'])} · {why(facts['why'])}"


def _dispute(facts: Facts) -> str:
    return f"{_money(facts['amount'])} · {words.DISPUTE_REASONS[facts['reason']]}"


def _settled(facts: Facts) -> str:
    return str(names.DISPUTES[facts["outcome"]])


def _done(facts: Facts) -> str:
    name, _colon, note = str(facts["outcome"]).partition(":")
    ended = words.OUTCOMES.get(name, name)
    return " · ".join(filter(None, (str(words.STEPS[facts["step"]]), str(ended), note.strip())))


def _insolvent(facts: Facts) -> str:
    return formats.day(facts["insolvent_on"])


def _noticed(facts: Facts) -> str:
    told = (words.NOTICES[facts["notice_kind"]], facts["source"], facts["reference"])
    return " · ".join([formats.day(facts["dated_on"]), *(str(part) for part in told if part)])


def _withdrawn(facts: Facts) -> str:
    return f"{words.NOTICES[facts['notice_kind']]} · {why(facts['why'])}"


def _returned(facts: Facts) -> str:
    told = f"{_money(facts['amount'])} · {facts['reason']}"
    if not facts.get("charge"):
        return told
    charge = _("Charge of the bank: %(amount)s") % {"amount": _money(facts["charge"])}
    return f"{told} · {charge}"


def _sent(facts: Facts) -> str:
    return str(facts["to"])


def _letter(facts: Facts) -> str:
    return str(words.TEMPLATES[facts["template"]])


def _file(facts: Facts) -> str:
    return str(facts["name"])


def _back(facts: Facts) -> str:
    return str(facts["why_back"])


def _paid(facts: Facts) -> str:
    return _money(facts["amount"])


def _order(facts: Facts) -> str:
    said = " ".join(_reason(code) for code in facts["reasons"])
    granted = formats.money(int(facts["authorised_minor"]), facts["currency"])
    return said or _("%(granted)s granted") % {"granted": granted}


def _judged(facts: Facts) -> str:
    verdict = _("Version %(version)s: %(verdict)s") % {
        "version": facts["policy_version"],
        "verdict": words.VERDICTS[facts["verdict"]],
    }
    grade = _("Grade %(grade)s") % {"grade": facts["grade"]} if facts.get("grade") else ""
    limit = formats.money(int(facts["starter_minor"]), facts["currency"])
    first = _("starter limit %(limit)s") % {"limit": limit} if facts["starter_minor"] else ""
    return " · ".join(part for part in (verdict, grade, first) if part)


def _introduced(facts: Facts) -> str:
    return f"{facts['country']} {facts['registration_number']}"


def _amount_moved(facts: Facts) -> str:
    moved = facts.get("amount_moved_minor")
    said = "" if moved is None else formats.money(int(moved), facts["currency"])
    numbers = ", ".join(str(paper["invoice_number"]) for paper in facts.get("invoices", []))
    reasons = " ".join(_reason(code) for code in facts["reasons"])
    return " · ".join(part for part in (said, numbers, reasons) if part)


def _reason(code: str) -> str:
    return str(words.ORDER_REASONS.get(code, code))


def _line_opened(facts: Facts) -> str:
    limit = formats.money(int(facts["after"]["limit_minor"]), facts["currency"])
    return f"{limit} · {why(facts['why'])}" if facts["why"] else limit


def _line_changed(facts: Facts) -> str:
    before, after, currency = facts["before"], facts["after"], facts["currency"]
    changed = [
        _("%(field)s: %(before)s, then %(after)s")
        % {
            "field": words.LINE_FIELDS[name],
            "before": _line_value(name, before[name], currency),
            "after": _line_value(name, after[name], currency),
        }
        for name in words.LINE_FIELDS
        if before[name] != after[name]
    ]
    said = " · ".join(changed)
    return f"{said} · {why(facts['why'])}" if facts["why"] else said


def _line_value(name: str, value: object, currency: str) -> str:
    if value is None:
        return formats.NOTHING
    if name.endswith("_minor"):
        return formats.money(int(str(value)), currency)
    if name == "status":
        return str(words.LINE_STATES[str(value)])
    return formats.day(str(value)) if name == "top_up_until" else str(value)


def _number(facts: Facts) -> str:
    kind = words.NUMBER_KINDS.get(facts["number_kind"], facts["number_kind"])
    return f"{kind} {facts['country']} {facts['value']}".replace("  ", " ")


def _alias(facts: Facts) -> str:
    return str(facts["name"])


def _forgotten(facts: Facts) -> str:
    return str(words.PARTICULARS[facts["what"]])


def _account(facts: Facts) -> str:
    return str(facts["number"])


def _account_changed(facts: Facts) -> str:
    before = ", ".join(facts["before"]) or formats.NOTHING
    return _("%(before)s, then %(after)s") % {"before": before, "after": facts["number"]}


def _master_data(facts: Facts) -> str:
    return " · ".join(
        _("%(field)s: %(before)s, then %(after)s")
        % {
            "field": words.MASTER_FIELDS[name],
            "before": _master_value(name, facts["before"][name]),
            "after": _master_value(name, after),
        }
        for name, after in facts["after"].items()
    )


def _master_value(name: str, value: object) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "parent_id":
        return _("a company")
    if name == "country":
        return formats.country(str(value))
    return formats.day(str(value)) if name == "insolvent_on" else str(value)


def _company_facts(facts: Facts) -> str:
    told = [str(facts["source"])]
    if facts["founded_on"]:
        told.append(_("founded %(day)s") % {"day": formats.day(facts["founded_on"])})
    if facts["employees"] is not None:
        told.append(_("%(n)s employees") % {"n": facts["employees"]})
    return " · ".join(told)


TELLERS: dict[str, Callable[[Facts], str]] = {
    "buyers.buyer_insolvent": _insolvent,
    "buyers.insolvency_noticed": _noticed,
    "buyers.insolvency_withdrawn": _withdrawn,
    "receivables.payment_returned": _returned,
    **dict.fromkeys(("buyers.identifier_added", "buyers.identifier_removed"), _number),
    "buyers.alias_added": _alias,
    "buyers.particular_forgotten": _forgotten,
    **dict.fromkeys(("buyers.bank_account_added", "buyers.bank_account_rejected"), _account),
    "buyers.bank_account_changed": _account_changed,
    "buyers.facts_updated": _master_data,
    "scoring.company_facts_recorded": _company_facts,
    **dict.fromkeys(
        ("checkout.order_authorised", "checkout.order_pending", "checkout.order_declined"), _order
    ),
    **dict.fromkeys(
        (
            "checkout.order_approved",
            "checkout.order_approve_declined",
            "checkout.order_amended",
            "checkout.order_amend_declined",
            "checkout.order_captured",
            "checkout.order_refunded",
        ),
        _amount_moved,
    ),
    "checkout.newcomer_judged": _judged,
    "buyers.buyer_introduced": _introduced,
    "limits.line_opened": _line_opened,
    "limits.line_changed": _line_changed,
    "collection.action_done": _done,
    "collection.case_opened": _stage,
    "collection.case_taken_back": _back,
    "collection.letter_sent": _sent,
    "collection.letter_written": _letter,
    "collection.paper_kept": _file,
    "collection.promise_broken": _received,
    "collection.promise_kept": _received,
    "collection.promise_made": _promise,
    "collection.reminder_sent": _sent,
    "collection.stage_reached": _stage,
    "insurance.claim_prepared": _claim,
    "insurance.deadline_lapsed": _deadline,
    "limits.limit_granted": _granted,
    "limits.limit_recommended": _limit,
    "monitoring.alert_raised": _alert,
    "receivables.dispute_raised": _dispute,
    "receivables.dispute_settled": _settled,
    "receivables.payment_recorded": _paid,
    "receivables.refund_recorded": _paid,
    "scoring.grade_changed": _grade,
}
