"""What somebody from the seller saw at a key account's place: made up, as everything here."""

from __future__ import annotations

import random
from datetime import date

from netterms.statements.visits import Visit

VISITORS = ("Ines Marlow", "Pieter Vosbeek", "陈书言")
PREMISES = ("Own works, two halls, tidy.", "Rented hall on a long lease, well kept.")
STOCK = ("Turns over in about six weeks; little that is old.", "Full, but all of it is on order.")
MACHINES = ("Modern, about five years old.", "Older, but looked after.")
ORDERS = ("Four months of work, no buyer above a fifth.", "Three months; two large buyers.")
MANAGEMENT = ("Open about figures; successor named.", "Founder still decides everything.")


def visit_to(buyer_number: str, day: date) -> Visit:
    """The visit of a day; the same buyer and day give the same visit."""
    dice = random.Random(f"{buyer_number}/{day}/visit")  # noqa: S311 - not a secret
    return Visit(
        day,
        visitor=dice.choice(VISITORS),
        verdict=dice.choice((1, 2, 2, 3)),
        staff=dice.randrange(80, 900),
        premises=dice.choice(PREMISES),
        stock=dice.choice(STOCK),
        machines=dice.choice(MACHINES),
        order_book=dice.choice(ORDERS),
        management=dice.choice(MANAGEMENT),
    )
