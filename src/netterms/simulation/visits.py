"""What somebody from the seller saw at a key account's place: made up, as everything here."""

from __future__ import annotations

import random
from datetime import date

from django.utils.translation import gettext_lazy as _

from netterms.statements.visits import Visit

VISITORS = ("Ines Marlow", "Pieter Vosbeek", "陈书言")
PREMISES = (_("Own works, two halls, tidy."), _("Rented hall on a long lease, well kept."))
STOCK = (
    _("Turns over in about six weeks; little that is old."),
    _("Full, but all of it is on order."),
)
MACHINES = (_("Modern, about five years old."), _("Older, but looked after."))
ORDERS = (_("Four months of work, no buyer above a fifth."), _("Three months; two large buyers."))
MANAGEMENT = (_("Open about figures; successor named."), _("Founder still decides everything."))


def visit_to(buyer_number: str, day: date) -> Visit:
    """The visit of a day; the same buyer and day give the same visit."""
    dice = random.Random(f"{buyer_number}/{day}/visit")  # noqa: S311 - not a secret
    return Visit(
        day,
        visitor=dice.choice(VISITORS),
        verdict=dice.choice((1, 2, 2, 3)),
        staff=dice.randrange(80, 900),
        premises=str(dice.choice(PREMISES)),
        stock=str(dice.choice(STOCK)),
        machines=str(dice.choice(MACHINES)),
        order_book=str(dice.choice(ORDERS)),
        management=str(dice.choice(MANAGEMENT)),
    )
