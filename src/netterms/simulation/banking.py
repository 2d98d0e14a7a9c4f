"""The seller's bank statement of a day: money for open invoices, as payers write it.

Most lines name their invoice, one with a typing error. Some pay less than they say, some hold a
name in another spelling and no number, and some are no buyer's at all: these wait for a person.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from netterms.buyers import names
from netterms.receivables.matching.statement import Line, Report, Statement
from netterms.simulation.behaviours import Behaviour
from netterms.simulation.economy import Document, Economy, Profile
from netterms.simulation.particulars import account_of

# The seller's own account: a bank that does not exist.
ACCOUNT, CURRENCY = "NL19ZZZZ0999999999", "EUR"
OPENING_MINOR = 48_316_205
SURE = 4
# They pay so many days before the economy says they would: what it says later is known by then.
AHEAD = timedelta(days=4)
# Who pays without being understood owes for longer: the line may wait that long for a person.
LATER = timedelta(days=16)
SILENT_EVERY, STRANGER_EVERY = 2, 3
PART = 60


@dataclass(frozen=True, slots=True)
class _Payer:
    place: int
    buyer: Profile
    document: Document
    paid_on: date


def statement_of(
    world: Economy, day: date, open_minor: Mapping[str, int], balance: int | None
) -> Statement | None:
    """What the bank tells on `day`; None when nobody pays.

    `open_minor`: what the book has open by invoice number. `balance`: what the account held after
    the statement before; None for the first.
    """
    opening = OPENING_MINOR if balance is None else balance
    lines = list(_lines(world, day, open_minor))
    if not lines:
        return None
    closing = opening + sum(line.minor for line in lines)
    return Statement(
        Report.STATEMENT, "camt.053", ACCOUNT, CURRENCY, f"{day:%Y%j}", opening, closing, lines
    )


def _lines(world: Economy, day: date, open_minor: Mapping[str, int]) -> Iterator[Line]:
    dice = random.Random(f"{world.seed}/{day}/bank")  # noqa: S311 - a simulation, not a secret
    payers = _payers(world, open_minor)
    soon = [payer for payer in payers if day < payer.paid_on <= day + AHEAD]
    later = [payer for payer in payers if payer.paid_on == day + LATER]
    dice.shuffle(soon)
    dice.shuffle(later)
    for payer in soon[:SURE]:
        yield _line(day, payer, _invoice(payer.document.number))
    for nth, payer in enumerate(later[:3]):
        if nth == 0:
            yield _line(day, payer, _mistyped(payer.document.number, dice), known=False)
        elif nth == 1 and day.toordinal() % SILENT_EVERY == 0:
            yield _line(day, payer, "", known=False)
        elif nth == 2 and day.toordinal() % STRANGER_EVERY == 1:
            yield _line(day, payer, _invoice(payer.document.number), known=False, percent=PART)
    if day.toordinal() % STRANGER_EVERY == 0:
        minor = dice.randrange(4_000, 90_000)
        yield Line(day, minor, name="Lantern Quay Utilities", text=_("Refund of a deposit"))


def _invoice(number: str) -> str:
    return _("Invoice %(number)s") % {"number": number}


def _payers(world: Economy, open_minor: Mapping[str, int]) -> list[_Payer]:
    """Who owes the whole of an invoice that the economy has paid at once, and on which day."""
    places = {buyer.number: (place, buyer) for place, buyer in enumerate(world.buyers)}
    found = []
    for document in world.documents:
        place, buyer = places[document.buyer]
        if (
            document.kind == "invoice"
            and buyer.currency == CURRENCY
            and buyer.habit.behaviour is not Behaviour.DISPUTING
            and open_minor.get(document.number) == document.amount_minor
            and len(document.payments) == 1
        ):
            found.append(_Payer(place, buyer, document, document.payments[0][0]))
    return found


def _line(day: date, payer: _Payer, text: str, *, known: bool = True, percent: int = 100) -> Line:
    """`known`: from the account the buyer told, under its own name; else in another spelling."""
    name = payer.buyer.name if known else names.core(payer.buyer.name)
    return Line(
        day,
        payer.document.amount_minor * percent // 100,
        name=name.upper(),
        account=account_of(payer.buyer, payer.place).number if known else "",
        bank_reference=f"{day:%y%m%d}{payer.place:05}",
        text=text,
    )


def _mistyped(number: str, dice: random.Random) -> str:
    """The number with one of its digits wrong."""
    at = dice.randrange(4, len(number))
    return f"{number[:at]}{(int(number[at]) + 1 + dice.randrange(8)) % 10}{number[at + 1 :]}"
