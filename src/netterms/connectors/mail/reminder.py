"""The friendly reminder of stage 1: facts in, subject and text out, in the buyer's language.

It claims no interest and threatens nothing: early on, an invoice is late because it was overlooked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from netterms.kernel.calendar import days_past_due
from netterms.kernel.money import Money, exponent, total


@dataclass(frozen=True, slots=True)
class OverdueInvoice:
    """An invoice past due and what is still open of it."""

    number: str
    issued_on: date
    due_on: date
    open: Money


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """What a reminder says. `language` is the buyer's; `answer_to` the seller's address, or ''.

    `page` is the address of the buyer's own page, or ''.
    """

    seller: str
    buyer: str
    language: str
    as_of: date
    invoices: tuple[OverdueInvoice, ...]
    answer_to: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A subject line and a plain text of short paragraphs."""

    subject: str
    text: str


def render(facts: ReminderFacts) -> Rendered:
    """The reminder in the buyer's language, the oldest invoice first."""
    assert facts.invoices, "nothing to remind of"
    language = "zh-hans" if facts.language.lower().startswith("zh") else "en"
    where = Locale.parse("zh_Hans_CN" if language == "zh-hans" else "en")
    with translation.override(language):
        return Rendered(_subject(facts), "\n\n".join(_paragraphs(facts, where)) + "\n")


def _subject(facts: ReminderFacts) -> str:
    said = ngettext(
        "Payment reminder from %(seller)s: %(count)s invoice",
        "Payment reminder from %(seller)s: %(count)s invoices",
        len(facts.invoices),
    )
    return said % {"seller": _line(facts.seller), "count": len(facts.invoices)}


def _paragraphs(facts: ReminderFacts, where: Locale) -> list[str]:
    oldest_first = sorted(facts.invoices, key=lambda invoice: (invoice.due_on, invoice.number))
    parts = [
        _("Dear %(buyer)s,") % {"buyer": _line(facts.buyer)},
        ngettext(
            "According to our books the following invoice is past its due date:",
            "According to our books the following invoices are past their due dates:",
            len(oldest_first),
        ),
        "\n".join(_invoice(invoice, facts.as_of, where) for invoice in oldest_first),
        "\n".join(_totals(oldest_first, where)),
        _(
            "Please pay to the bank account shown on the invoices and give the invoice numbers as"
            " the reference."
        ),
        _(
            "If you have already paid, please disregard this message. If something about an invoice"
            " is not right, please tell us, so that we can put it in order."
        ),
    ]
    if facts.page:
        parts.append(
            _("Your account, with how to pay, promise or dispute an invoice: %(address)s")
            % {"address": facts.page}
        )
    if facts.answer_to:
        parts.append(_("You reach us at %(address)s.") % {"address": _line(facts.answer_to)})
    parts.append(
        _("Thank you and kind regards") + "\n" + _line(facts.seller),
    )
    return parts


def _invoice(invoice: OverdueInvoice, as_of: date, where: Locale) -> str:
    late = days_past_due(invoice.due_on, as_of)
    days = ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
    said = _("- Invoice %(number)s of %(issued)s, due %(due)s: %(amount)s (%(days)s)")
    return said % {
        "number": _line(invoice.number),
        "issued": format_date(invoice.issued_on, "long", locale=where),
        "due": format_date(invoice.due_on, "long", locale=where),
        "amount": _money(invoice.open, where),
        "days": days,
    }


def _totals(invoices: list[OverdueInvoice], where: Locale) -> list[str]:
    currencies = sorted({invoice.open.currency for invoice in invoices})
    sums = (
        total((i.open for i in invoices if i.open.currency == code), code) for code in currencies
    )
    return [_("Total: %(amount)s") % {"amount": _money(money, where)} for money in sums]


def _money(money: Money, where: Locale) -> str:
    """With the ISO code: a letter crosses borders, where `$` may mean another dollar."""
    places = exponent(money.currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return f"{money.currency} {format_decimal(money.major, pattern, locale=where)}"


def _line(text: str) -> str:
    """A name as one line: a line break in it must not pass for a paragraph of ours."""
    return " ".join(text.split())
