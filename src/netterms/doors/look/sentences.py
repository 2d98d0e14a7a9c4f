"""What people read: a sentence for every refusal, and for every reason of a grade or a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from netterms.doors.look import einvoices, formats
from netterms.doors.look.mends import MENDS
from netterms.doors.look.names import OF_FACTS, WHYS, Words
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.portfolio.texts import Reasons
from netterms.scoring.blocks import named

SENTENCES: dict[Code, str] = {
    Code.ALREADY_RUNNING: gettext_noop(
        "This is being done for the seller right now, by another process or person (%(run)s)."
        " Try again when it has ended."
    ),
    Code.AMOUNT_OUT_OF_RANGE: gettext_noop(
        "The amount must lie between %(least_minor)s and %(most_minor)s minor units."
    ),
    Code.BANK_STATEMENT_CURRENCIES: gettext_noop(
        "The bank statement of %(account)s must be in one currency, but names: %(currencies)s."
    ),
    Code.BANK_STATEMENT_INCOMPLETE: gettext_noop("The bank statement lacks something: %(field)s."),
    Code.BANK_STATEMENT_INTERIM: gettext_noop(
        "This is an interim report of the bank (%(format)s). What it tells comes again in the"
        " statement of the day: load that one."
    ),
    Code.BANK_STATEMENT_OVERLAPS: gettext_noop(
        "Movements of %(account)s from %(first)s to %(last)s are in the book already, read from"
        " another format (%(format)s). Taking them in again would count money twice."
    ),
    Code.BANK_STATEMENT_UNBALANCED: gettext_noop(
        "The bank statement of %(account)s does not add up: %(opening)s and movements of %(lines)s"
        " make %(expected)s, but it says %(closing)s."
    ),
    Code.BANK_STATEMENT_VALUE_UNREADABLE: gettext_noop(
        "The bank statement holds “%(value)s” at %(place)s, which cannot be right."
    ),
    Code.BODY_TOO_LARGE: gettext_noop("The request is larger than %(most_bytes)s bytes."),
    Code.BODY_UNREADABLE: gettext_noop("The request's body is not JSON."),
    Code.BUSY: gettext_noop(
        "Nothing was done: too much waits already, or the database does not answer."
        " Ask again in %(seconds)s seconds, with the same key."
    ),
    Code.CHANGED_MEANWHILE: gettext_noop(
        "Somebody else changed this in the meantime. Read it again, then change it."
    ),
    Code.COLUMN_MISSING: gettext_noop("The file has no column for %(field)s."),
    Code.COLUMN_UNKNOWN: gettext_noop("The file has no column named %(value)s."),
    Code.CONFLICTING_NUMBER: gettext_noop(
        "Invoices in the file contradict the book. Numbers of the rows: %(rows)s; of the invoices: "
        "%(numbers)s. Correct the file, or leave these rows out with --skip-bad."
    ),
    Code.DAY_OUT_OF_ORDER: gettext_noop(
        "The day %(date)s cannot be run: %(last_run)s was run already, and days run forward only."
    ),
    Code.EINVOICE_INVALID: gettext_noop(
        "The e-invoice %(number)s breaks rules of EN 16931: %(rules)s."
    ),
    Code.EINVOICE_VALUE_UNREADABLE: gettext_noop(
        "The e-invoice holds “%(value)s” in %(place)s, which cannot be right."
    ),
    Code.FILE_EMPTY: gettext_noop("The file is empty."),
    Code.FILE_TOO_LARGE: gettext_noop("The file is too large."),
    Code.FILE_UNREADABLE: gettext_noop("The file cannot be read."),
    Code.FONT_MISSING: gettext_noop("This machine has no font for this language."),
    Code.INVOICE_NUMBER_TAKEN: gettext_noop("There is an invoice with this number already."),
    Code.ISSUED_ON_OUT_OF_RANGE: gettext_noop(
        "An invoice or credit note of %(value)s cannot be written today:"
        " the day must lie between %(earliest)s and %(latest)s."
    ),
    Code.KEY_REUSED: gettext_noop(
        "The key %(key)s was already used for another request. Use a new key."
    ),
    Code.HAND_OVER_INCOMPLETE: gettext_noop(
        "The case cannot be handed over: say why these are missing, or bring them: %(papers)s."
    ),
    Code.LETTER_INCOMPLETE: gettext_noop("The letter cannot be written. Missing: %(missing)s."),
    Code.MEDIA_TYPE_UNKNOWN: gettext_noop("%(value)s cannot be read here. Send application/json."),
    Code.METHOD_NOT_ALLOWED: gettext_noop("This address does not answer %(value)s."),
    Code.MOVE_NOT_ALLOWED: gettext_noop(
        "This cannot be done now: the state is “%(state)s”, which has no %(move)s."
    ),
    Code.NO_ANSWER_IN_TIME: gettext_noop(
        "The answer did not come in time, but it may have been done."
        " Ask again with the same key: what was done is answered."
    ),
    Code.INTEREST_NOT_COMPUTED: gettext_noop(
        "No interest is worked out for %(country)s: %(no_interest)s."
    ),
    Code.NO_HEADER: gettext_noop("No row of column headings was found in the file."),
    Code.NOT_ALLOWED: gettext_noop(
        "You may not do this: it needs the permission “%(permission)s”."
    ),
    Code.NOT_FOUND: gettext_noop("There is no %(field)s %(value)s."),
    Code.NOT_INSTALLED: gettext_noop("This needs the package %(value)s, which is not installed."),
    Code.NOT_OFFERED: gettext_noop(
        "No discount for early payment is offered on %(number)s: %(not_offered)s."
    ),
    Code.NOT_SIGNED_IN: gettext_noop("Sign in first, or send a valid API key."),
    Code.NOT_YET_EXPIRED: gettext_noop("The order has not expired yet."),
    Code.OFFER_CHANGED: gettext_noop(
        "The offer has changed: for payment by %(pay_by)s it is %(amount)s now."
        " Look at it again, then accept it."
    ),
    Code.ORDER_EXPIRED: gettext_noop("The order has expired. Ask for credit again."),
    Code.ORDER_NUMBER_TAKEN: gettext_noop("There is an order with this number already."),
    Code.SAME_PERSON: gettext_noop("Another person has to agree with what you proposed."),
    Code.PERIOD_CLOSED: gettext_noop(
        "%(value)s lies in a closed period: the books are closed until %(closed_until)s."
    ),
    Code.POLICY_INVALID: gettext_noop("The policy cannot be used: %(field)s is %(value)s."),
    Code.RATE_BEFORE_FIRST_DATE: gettext_noop(
        "The table of the %(series)s begins on %(first_day)s;"
        " interest for %(day)s is not worked out."
    ),
    Code.RATE_MISSING: gettext_noop("The %(series)s was never loaded. Load its dated table first."),
    Code.RATE_PAST_LAST_DATE: gettext_noop(
        "The %(series)s is known up to %(last_day)s; interest for %(day)s is not worked out."
        " Load newer rates first."
    ),
    Code.ROWS_BAD: gettext_noop("Some rows of the file cannot be used, so nothing was imported."),
    Code.SCORECARD_INVALID: gettext_noop("The scorecard cannot be used: %(field)s is %(value)s."),
    Code.TOO_EARLY: gettext_noop("This cannot be done before %(until)s."),
    Code.TOO_MANY_REQUESTS: gettext_noop(
        "This key asked more than %(most)s times a second. Ask again in %(seconds)s seconds."
    ),
    Code.VALUE_INVALID: gettext_noop("%(value)s is not a valid value for %(field)s."),
}
# Where there is no value to show, or an amount can be shown as money, the sentence is another.
WITHOUT_VALUE: dict[Code, str] = {
    Code.MEDIA_TYPE_UNKNOWN: gettext_noop("The body cannot be read here. Send application/json."),
    Code.NOT_FOUND: gettext_noop("There is no such %(field)s."),
    Code.POLICY_INVALID: gettext_noop("The policy cannot be used: %(field)s is missing."),
    Code.SCORECARD_INVALID: gettext_noop("The scorecard cannot be used: %(field)s is missing."),
    Code.VALUE_INVALID: gettext_noop("Nothing was given for %(field)s."),
}
AMOUNT_BETWEEN = gettext_noop("The amount must lie between %(least)s and %(most)s.")
AMOUNT_AT_LEAST = gettext_noop("The amount must be %(least)s or more.")
AMOUNT_GONE = gettext_noop("No amount is left for this.")
ROWS_NAMED = 5


class _Facts(dict[str, str]):
    """Facts for a sentence; one that the refusal does not carry is a dash, never an error."""

    def __missing__(self, name: str) -> str:
        other = {"field": "what", "value": "id"}.get(name)
        return self[other] if other else "–"


def sentence(refusal: Refusal, *, names_as_sent: bool = False, called: str = "") -> str:
    """The refusal in the reader's language, with its facts and what would mend it.

    Fields, states and permissions have their words, or with `names_as_sent` the names by which
    programs know them; the field of a form is `called` what the form calls it.
    """
    facts = _facts(refusal, {} if names_as_sent else OF_FACTS)
    if called:
        facts["field" if "field" in facts else "what"] = called
    said = _(_template(refusal, facts)) % facts
    mend = mend_of(refusal)
    if not mend:
        return said
    return _("%(said)s To mend it: %(mend)s.") % {"said": said, "mend": mend.rstrip(".。")}


def mend_of(refusal: Refusal) -> str:
    """What would mend it, in the reader's language; empty where nothing is known to."""
    mend = refusal.facts.get("mend")
    if isinstance(mend, Mend):
        return _(MENDS[mend]) % _facts(refusal, {})
    # A door's own words, which it has said in the reader's language.
    return str(mend or "")


def _facts(refusal: Refusal, words: Mapping[str, Words]) -> _Facts:
    shown = _Facts(
        {
            name: _worded(words[name], value) if name in words else _plain(value)
            for name, value in refusal.facts.items()
        }
    )
    if refusal.code is Code.EINVOICE_INVALID and "rules" in refusal.facts:
        rules = refusal.facts["rules"]
        assert isinstance(rules, list)
        shown["rules"] = einvoices.told(rules)
    return shown


def _template(refusal: Refusal, facts: _Facts) -> str:
    code, given = refusal.code, refusal.facts
    if code is Code.AMOUNT_OUT_OF_RANGE and "currency" in given:
        currency = str(given["currency"])
        for name in ("least", "most"):
            if (minor := given.get(f"{name}_minor")) is not None:
                facts[name] = formats.money(int(str(minor)), currency)
        if int(str(given.get("most_minor", 1))) < 1:
            return AMOUNT_GONE
        return AMOUNT_BETWEEN if "most" in facts else AMOUNT_AT_LEAST
    value = given.get("value", given.get("id"))
    if code in WITHOUT_VALUE and (value is None or not str(value).strip()):
        return WITHOUT_VALUE[code]
    return SENTENCES[code]


def _worded(words: Words, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(words.get(str(item), item)) for item in value)
    return str(words.get(str(value), value))


def _plain(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        shown = [str(item) for item in value]
        more = ["…"] if len(shown) > ROWS_NAMED else []
        return ", ".join(shown[:ROWS_NAMED] + more)
    return str(value)


def score_reasons(
    scorecard: str, attributes: Mapping[str, Any], stored: Sequence[Any]
) -> list[dict[str, Any]]:
    """Reasons of a stored score as `code`, `text` and `direction` ("lowered" or "raised")."""
    card = named(scorecard)
    said = Reasons(card)
    found = []
    for code, own_value in _coded(stored):
        if code in card.meanings:
            value = attributes.get(said.attribute(code)) if own_value is None else own_value
            found.append(said.of_score(code, _figure(value)))
    return found


def limit_reasons(
    scorecard: str, stored: Sequence[Any], grade: int | None, stage: int
) -> list[dict[str, Any]]:
    """Reasons of a limit decision as `code` and `text`."""
    said = Reasons(named(scorecard))
    found = []
    for code, _value in _coded(stored):
        try:
            found.append(said.of_limit(code, grade, stage))
        except ValueError:
            # A person's own words, not one of our codes.
            found.append({"code": "", "text": str(WHYS.get(code, code))})
    return found


def _coded(stored: Sequence[Any]) -> list[tuple[str, Any]]:
    """(code, value) of reasons stored as codes or as objects with a code."""
    pairs = []
    for reason in stored:
        if isinstance(reason, Mapping):
            pairs.append((str(reason.get("code", "")), reason.get("value")))
        else:
            pairs.append((str(reason), None))
    return [(code, value) for code, value in pairs if code]


def _figure(value: object) -> float | int | None:
    if value is None or isinstance(value, int | float):
        return value
    number = float(str(value))
    return int(number) if number.is_integer() else number
