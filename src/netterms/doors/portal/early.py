"""Paying early for less: choose a day, see what it saves, accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse

from netterms.collection import portal
from netterms.doors.portal import entrance
from netterms.doors.portal.entrance import Guest
from netterms.early_payment.rules import Offer, Step
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money, total
from netterms.kernel.refusal import Code, Refusal, invalid

# Until a transfer has arrived; the day that is chosen at first (convention).
USUAL_DAYS = 2
DAYS_SHOWN = 8
MOST_MINOR_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Sum:
    """What is paid, and saved, in one currency for a day; `number` of invoices."""

    pay_by: date
    number: int
    pay: Money
    off: Money


@entrance.entrance
def early(guest: Guest) -> HttpResponse:
    """What each day saves; and the form that accepts a day for some invoices."""
    # First, as the same form sent twice finds nothing left on offer.
    if guest.is_sent:
        _accept(guest)
        return guest.home("early")
    offer = portal.early_offer(guest.visit)
    days = offer.days()
    if not days:
        raise Refusal(Code.NOT_FOUND, field="early_payment", value="")
    pay_by = nearest(guest.asked.get("pay_by", ""), days)
    steps = offer.on(pay_by)
    currencies = sorted({step.pay.currency for step in steps})
    return guest.render(
        "early",
        {
            "pay_by": pay_by,
            "first": days[0],
            "last": days[-1],
            "groups": [
                {
                    "currency": currency,
                    "steps": [step for step in steps if step.pay.currency == currency],
                    "sum": summed(steps, pay_by, currency),
                    "scale": _scale(offer, sorted({*_spread(days), pay_by}), currency),
                }
                for currency in currencies
            ],
        },
    )


def best(offer: Offer) -> list[Sum]:
    """By currency, what paying in the usual days saves; for the account page."""
    days = offer.days()
    if not days:
        return []
    steps = offer.on(days[min(USUAL_DAYS, len(days) - 1)])
    currencies = sorted({step.pay.currency for step in steps})
    return [summed(steps, steps[0].pay_by, currency) for currency in currencies]


def nearest(typed: str, days: Sequence[date]) -> date:
    """The day that was asked for, or the nearest one on which something is offered."""
    try:
        wanted = date.fromisoformat(typed[:10])
    except ValueError:
        wanted = days[min(USUAL_DAYS, len(days) - 1)]
    return min(days, key=lambda day: abs((day - wanted).days))


def summed(steps: Sequence[Step], pay_by: date, currency: str) -> Sum:
    """All invoices of one currency together."""
    mine = [step for step in steps if step.pay.currency == currency]
    return Sum(
        pay_by,
        len(mine),
        total((step.pay for step in mine), currency),
        total((step.off for step in mine), currency),
    )


def _scale(offer: Offer, days: Sequence[date], currency: str) -> list[Sum]:
    found = (summed(offer.on(day), day, currency) for day in days)
    return [one for one in found if one.number]


def _spread(days: Sequence[date]) -> list[date]:
    """The first day, the last, and some between at even steps."""
    if len(days) <= DAYS_SHOWN:
        return list(days)
    last = len(days) - 1
    return [days[n * last // (DAYS_SHOWN - 1)] for n in range(DAYS_SHOWN)]


def _accept(guest: Guest) -> None:
    form = guest.request.POST
    currency = form.get("currency", "")
    chosen = form.getlist("invoice")[: portal.MOST_INVOICES]
    if currency not in CURRENCIES:
        raise invalid("currency", currency[:10], Mend.CURRENCY_CODE)
    shown = [form.get(f"pay_{each}", "") for each in chosen]
    try:
        invoices = [UUID(each) for each in chosen]
        pay_by = date.fromisoformat(form.get("pay_by", "")[:10])
        pay = Money(sum(_minor(each) for each in shown), currency)
    except ValueError as error:
        raise invalid("invoices", "", Mend.GIVE_IT) from error
    portal.accept_early(
        guest.visit,
        entrance.text(form, "key", 64),
        invoices,
        pay_by,
        pay,
        entrance.text(form, "accepted_by", 120),
    )


def _minor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_MINOR_DIGITS):
        raise ValueError(text)
    return int(text)
