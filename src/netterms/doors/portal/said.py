"""What the page says when something cannot be taken: to a buyer, so in few and plain words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from netterms.doors.look import formats
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

# What cannot be read as what it shall be, by what would mend it.
UNREAD: Mapping[object, str] = {
    Mend.AMOUNT: gettext_noop(
        "%(field)s: “%(value)s” cannot be read as an amount. Write it like 1234.50."
    ),
    Mend.DAY: gettext_noop(
        "%(field)s: “%(value)s” cannot be read as a day. Write it like 2026-06-30."
    ),
    Mend.GIVE_IT: gettext_noop("Please fill this in: %(field)s."),
}
# Said beside the files of a refused form, on this page in each of its languages.
FILE_AGAIN = gettext_noop("Please choose the file again: a browser does not keep it.")
NAMES = frozenset({"payer", "asked_by", "accepted_by"})


def said(refusal: Refusal, *, called: str = "") -> str:
    """The sentence for a refusal, in the language that is active."""
    if called and (unread := UNREAD.get(refusal.facts.get("mend"))):
        return _(unread) % {"field": called, "value": refusal.facts.get("value", "")}
    if refusal.code is Code.AMOUNT_OUT_OF_RANGE:
        most = formats.money(int(str(refusal.facts["most_minor"])), str(refusal.facts["currency"]))
        return _("Please give an amount of more than zero and at most %(most)s.") % {"most": most}
    if refusal.code is Code.TOO_MANY_REQUESTS:
        return _("Too many requests came by this link. Please try again later.")
    if refusal.code is Code.KEY_REUSED:
        return _("This form was sent before. Please begin again on your account page.")
    if refusal.code in {Code.NOT_OFFERED, Code.OFFER_CHANGED}:
        return _("This offer has changed in the meantime. Please look at what is offered now.")
    return _of_field(str(refusal.facts.get("field", "")), refusal)


def _of_field(field: str, refusal: Refusal) -> str:
    if field == "promised_for":
        if "no_more_promises" in refusal.facts.get("objections", ()):  # type: ignore[operator]
            return _("Earlier promises were not kept, so none can be taken here. Please call us.")
        return _("Please choose an earlier day, from today on: at most ten business days ahead.")
    if field == "amount":
        return _("Please give an amount of more than zero and not more than is open.")
    if field == "evidence":
        return _("A file was not taken. Send at most three: PDF, JPEG, PNG or WebP, up to 5 MB.")
    if field in NAMES:
        return _("Please give your name.")
    if field == "invoices":
        return _("Please choose at least one invoice.")
    if field == "acknowledgment":
        return _("Please confirm the statement about the debt.")
    if field == "request":
        return _("You have asked for several things today. Please call us for more.")
    return _("This could not be taken. Please look at what you entered.")
