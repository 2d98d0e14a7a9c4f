"""Paying by instalments: choose, see the schedule, propose; and accept what the seller offers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from netterms.collection import portal
from netterms.collection.plan_offers import Drawn, Offer
from netterms.collection.portal import PlanChosen
from netterms.doors.look import formats
from netterms.doors.portal import entrance, words
from netterms.doors.portal.entrance import Guest
from netterms.kernel.money import Money

NUMBERS_NAMED = 20
DOWN_STEPS = (0, 10, 20, 25, 30, 40, 50)


@entrance.entrance
def propose(guest: Guest) -> HttpResponse:
    """Choose the number of instalments and the down payment; the schedule follows at once."""
    asked, settings = guest.asked, guest.account.settings
    late = [
        line.currency
        for line in guest.account.lines
        if line.days_late and not line.in_plan and line.open_minor > line.disputed_minor
    ]
    currency = asked.get("currency", "") or (late[0] if late else "")
    chosen = PlanChosen(currency, _whole(asked.get("months", "")), _whole(asked.get("down", "")))
    # First, as the same form sent twice finds nothing left to plan.
    if guest.is_sent:
        _propose(guest, chosen)
        return guest.home("plan")
    offer = portal.plan_offer(guest.visit, chosen.currency, chosen.months, chosen.down)
    drawn = portal.draw_plan(guest.visit, offer)
    least = settings.least_down_percent
    return guest.render(
        "plan",
        {
            "offer": offer,
            "drawn": drawn,
            "currency": currency,
            "months": range(1, settings.most_months + 1),
            "downs": sorted({least, *(each for each in DOWN_STEPS if each > least)}),
            "acknowledgment": _acknowledgment(guest, offer, drawn),
            "total": drawn.debt + drawn.interest,
        },
    )


@entrance.entrance
def one(guest: Guest, plan_id: UUID) -> HttpResponse:
    """A plan's schedule and progress, and the seller's offer to accept."""
    plan, instalments = portal.plan_of(guest.visit, plan_id)
    text = _owes(guest, Money(plan.debt_minor, plan.currency))
    if guest.is_sent:
        agreed = text if guest.form.get("agreed") else ""
        portal.accept_plan(
            guest.visit, plan_id, entrance.text(guest.form, "accepted_by", 120), agreed
        )
        return guest.home("accept")
    open_to = plan.state in {"proposed", "awaiting_insurer_consent"} and plan.accepted_by is None
    return guest.render(
        "plan_one",
        {
            "plan": plan,
            "instalments": instalments,
            "state": words.PLANS.get(plan.state, ""),
            "may_accept": open_to,
            "acknowledgment": text,
        },
    )


def _propose(guest: Guest, chosen: PlanChosen) -> None:
    def acknowledge(offer: Offer, drawn: Drawn) -> str:
        return _acknowledgment(guest, offer, drawn) if guest.form.get("agreed") else ""

    key, name = entrance.text(guest.form, "key", 64), entrance.text(guest.form, "accepted_by", 120)
    portal.propose_plan(guest.visit, key, chosen, name, acknowledge)


def _acknowledgment(guest: Guest, offer: Offer, drawn: Drawn) -> str:
    numbers = [line.number for line in guest.account.lines if line.id in set(offer.invoices)]
    named = ", ".join(numbers[:NUMBERS_NAMED]) + (" …" if len(numbers) > NUMBERS_NAMED else "")
    return _owes(guest, drawn.debt) + " " + _("Invoices: %(numbers)s.") % {"numbers": named}


def _owes(guest: Guest, debt: Money) -> str:
    return _(
        "%(buyer)s acknowledges that it owes %(seller)s %(amount)s, and will pay it as the schedule"
        " above says."
    ) % {
        "buyer": guest.account.buyer,
        "seller": guest.account.seller,
        "amount": formats.money(debt),
    }


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else None
