"""What people hear and do beside payments: disputes, promises, insolvencies, one payment plan,
visits, a changed bank account, what was decided of names on a list, and a credit report.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netterms.simulation.behaviours import Behaviour
from netterms.simulation.economy import Document, Economy, Profile, weekday
from netterms.simulation.listed import CONFIRMED, PROPOSED, listed

# How far before the first day people remember promises.
REMEMBERED_DAYS = 25
# A kept promise is made this long before the money; a broken one this long after the due date.
AHEAD_DAYS = 7
CALLED_AFTER_DAYS = 20
PLAN_BEFORE_DAYS = 8
# How long before the first day key accounts were visited, in turn.
VISITED_BEFORE_DAYS, VISITS_APART_DAYS = 20, 9
# Names on the list are found by the first business day, and looked at some days later.
CONFIRMED_BEFORE_DAYS, PROPOSED_BEFORE_DAYS = 6, 3
ACCOUNT_BEFORE_DAYS, REPORT_BEFORE_DAYS = 4, 2
PAYERS = ("A. Lindqvist", "M. Okafor", "S. Moreau", "T. Hayashi", "R. Castellano", "J. Wen")
REASONS = ("price", "quantity", "quality", "delivery")


class NewsKind(StrEnum):
    """What is heard. Of one day the insolvency is told last: before it, people talked."""

    DISPUTE_RAISED = "dispute_raised"
    DISPUTE_SETTLED = "dispute_settled"
    PROMISE = "promise"
    PLAN = "plan"
    INSOLVENT = "insolvent"
    VISIT = "visit"
    ACCOUNT_CHANGED = "account_changed"
    LISTED_CONFIRMED = "listed_confirmed"
    LISTED_PROPOSED = "listed_proposed"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class News:
    """One thing heard on `day`. `word` is a reason, a payer or empty; `until` a promised day."""

    day: date
    kind: NewsKind
    buyer: str
    invoice: str = ""
    amount_minor: int = 0
    word: str = ""
    until: date | None = None


def news(world: Economy) -> list[News]:
    """Everything heard, in order of the days; later sales only add to it."""
    buyers = {buyer.number: buyer for buyer in world.buyers}
    found = [each for document in world.documents for each in _of_document(world, document, buyers)]
    found += [
        News(buyer.insolvent_on, NewsKind.INSOLVENT, buyer.number)
        for buyer in world.buyers
        if buyer.insolvent_on
    ]
    found += _plan(world)
    found += _companies(world)
    order = list(NewsKind)
    return sorted(
        found, key=lambda each: (each.day, order.index(each.kind), each.buyer, each.invoice)
    )


def _of_document(world: Economy, document: Document, buyers: dict[str, Profile]) -> Iterator[News]:
    if document.kind != "invoice":
        return
    # Dice of the document itself: what is heard of one changes nothing about another.
    dice = random.Random(f"{world.seed}/{document.buyer}/{document.issued_on}")  # noqa: S311
    if document.disputed:
        raised_on, settled_on = document.disputed
        share = dice.choice((30, 50, 100, 100))
        part = document.amount_minor * share // 100
        reason = dice.choice(REASONS)
        yield News(
            raised_on, NewsKind.DISPUTE_RAISED, document.buyer, document.number, part, reason
        )
        yield News(settled_on, NewsKind.DISPUTE_SETTLED, document.buyer, document.number)
        return
    promise = _promise(document, buyers[document.buyer], dice)
    if promise and promise.day >= world.anchor - timedelta(days=REMEMBERED_DAYS):
        yield promise


def _promise(document: Document, buyer: Profile, dice: random.Random) -> News | None:
    likely, payer = dice.randrange(100), dice.choice(PAYERS)
    if buyer.insolvent_on or len(document.payments) > 1:
        return None
    if not document.payments:
        made_on = weekday(document.due_on + timedelta(days=CALLED_AFTER_DAYS))
        promised_for = weekday(made_on + timedelta(days=AHEAD_DAYS))
    else:
        promised_for = document.payments[0][0]
        made_on = weekday(promised_for - timedelta(days=AHEAD_DAYS))
        if (made_on - document.due_on).days < CALLED_AFTER_DAYS - AHEAD_DAYS or likely >= 60:
            return None
    return News(
        made_on,
        NewsKind.PROMISE,
        document.buyer,
        document.number,
        document.amount_minor,
        payer,
        promised_for,
    )


def _plan(world: Economy) -> list[News]:
    """The failing buyer who owes most late agrees to instalments."""
    day = weekday(world.anchor - timedelta(days=PLAN_BEFORE_DAYS))
    failing = {b.number for b in world.buyers if b.habit.behaviour is Behaviour.FAILING}
    owed: dict[str, int] = {}
    for document in world.documents:
        if document.buyer in failing and document.kind == "invoice" and document.due_on < day:
            owed[document.buyer] = owed.get(document.buyer, 0) + document.open_on(day)
    if not any(owed.values()):
        return []
    buyer = max(sorted(owed), key=lambda number: owed[number])
    return [News(day, NewsKind.PLAN, buyer, until=day + timedelta(days=90))]


def _companies(world: Economy) -> Iterator[News]:
    """What is found out about companies, and who looks at it."""

    def before(days: int) -> date:
        return weekday(world.anchor - timedelta(days=days))

    large = [buyer for buyer in world.buyers if buyer.key_account]
    for place, buyer in enumerate(large):
        day = before(VISITED_BEFORE_DAYS + VISITS_APART_DAYS * place)
        yield News(day, NewsKind.VISIT, buyer.number)
    yield News(before(ACCOUNT_BEFORE_DAYS), NewsKind.ACCOUNT_CHANGED, large[0].number)
    for kind, days, which in (
        (NewsKind.LISTED_CONFIRMED, CONFIRMED_BEFORE_DAYS, CONFIRMED),
        (NewsKind.LISTED_PROPOSED, PROPOSED_BEFORE_DAYS, PROPOSED),
    ):
        yield News(before(days), kind, listed(world, which).number)
    weak = [b for b in world.buyers if b.habit.behaviour is Behaviour.FAILING]
    for buyer in (large[0], weak[0]):
        yield News(before(REPORT_BEFORE_DAYS), NewsKind.REPORT, buyer.number)
