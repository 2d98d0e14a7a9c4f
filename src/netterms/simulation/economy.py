"""A small economy from one seed: buyers, what they are sold and when they pay.

Every buyer has dice of its own, rolled in the order of its invoices. So the same seed gives the
same economy on every machine, and looking further ahead (`until`) only adds to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypedDict

from netterms.kernel.calendar import add_months
from netterms.simulation.behaviours import (
    INSOLVENT_BUYERS,
    SHARES,
    SILENT_MONTHS,
    WORSENING_MONTHS,
    Behaviour,
    Habit,
)
from netterms.simulation.names import companies

HISTORY_MONTHS = 18
FIRST_NUMBER = 100_001
# Buyers and invoice currency by country: 200 in all. We sell in three currencies only.
COUNTRIES: dict[str, tuple[int, str]] = {
    "CN": (40, "CNY"),
    "DE": (31, "EUR"),
    "US": (28, "USD"),
    "FR": (20, "EUR"),
    "GB": (18, "EUR"),
    "IT": (13, "EUR"),
    "NL": (12, "EUR"),
    "PL": (11, "EUR"),
    "JP": (9, "USD"),
    "BR": (7, "USD"),
    "MX": (6, "USD"),
    "AE": (5, "USD"),
}
# A CNY is worth about an eighth of a EUR or USD: the same goods cost more of them.
PRICE_LEVEL = {"EUR": 1, "USD": 1, "CNY": 8}
TERMS = {
    "CN": (30, 45, 60, 60, 90),
    "IT": (60, 60, 90),
    "AE": (60, 90),
    "US": (30, 45),
    "JP": (30, 60),
}
USUAL_TERMS = (30, 30, 45, 60)
# Typical invoice in whole units and invoices a month, from many small buyers to few large ones.
SIZES = ((400, 2_500, 1), (2_500, 9_000, 2), (9_000, 30_000, 2), (30_000, 90_000, 3))
SIZE_SHARES = (45, 33, 17, 5)
# A very large buyer pays nearly on time: nobody lets one of that size slip for long.
SOUND = frozenset({Behaviour.PROMPT, Behaviour.SLIGHTLY_LATE, Behaviour.SEASONAL})
# A failing buyer gets goods for this long after it stopped paying: then someone notices.
DELIVERED_ON_DAYS = 60
PEAK_MONTHS = frozenset({9, 10, 11})


@dataclass(frozen=True, slots=True)
class Profile:
    """A buyer and its habits. Amounts are minor units of `currency`; accounts may be unknown."""

    number: str
    name: str
    country: str
    currency: str
    language: str
    email: str
    sector: str
    habit: Habit
    terms_days: int
    typical_minor: int
    monthly: int
    since: date
    key_account: bool
    tangible_net_worth_minor: int | None
    annual_turnover_minor: int | None
    insolvent_on: date | None = None
    parent: str | None = None

    @property
    def annual_sales_minor(self) -> int:
        """What the buyer is sold in a year, roughly."""
        return self.typical_minor * self.monthly * 12


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note and every payment on it, also those that lie in the future.

    `disputed` is the days on which the buyer raised a dispute about it and gave it up.
    """

    number: str
    buyer: str
    kind: str
    issued_on: date
    due_on: date
    amount_minor: int
    payments: tuple[tuple[date, int], ...]
    disputed: tuple[date, date] | None = None

    def open_on(self, day: date) -> int:
        """What is still open at the end of `day`."""
        return self.amount_minor - sum(minor for paid_on, minor in self.payments if paid_on <= day)


@dataclass(frozen=True, slots=True)
class Economy:
    """All buyers, and all documents in the order of their numbers."""

    seed: int
    anchor: date
    until: date
    buyers: tuple[Profile, ...]
    documents: tuple[Document, ...]


def economy(seed: int, anchor: date, until: date | None = None) -> Economy:
    """The economy around `anchor` (the day someone first looks at it), with sales to `until`."""
    last = max(anchor, until or anchor)
    buyers = tuple(_grouped(_buyers(seed, anchor)))
    drafts = [draft for buyer in buyers for draft in _sales(seed, buyer, anchor, last)]
    # Numbers follow the day of issue, so later sales never renumber earlier ones.
    drafts.sort(key=lambda draft: (draft.issued_on, draft.buyer, draft.kind))
    documents = tuple(
        replace(draft, number=f"{'CN' if draft.kind == 'credit_note' else 'IN'}{count:06}")
        for count, draft in enumerate(drafts, 1)
    )
    return Economy(seed, anchor, last, buyers, documents)


def weekday(day: date) -> date:
    """`day`, or the Monday after it."""
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _buyers(seed: int, anchor: date) -> list[Profile]:
    dice = random.Random(f"{seed}/buyers")  # noqa: S311 - a simulation, not a secret
    total = sum(count for count, _ in COUNTRIES.values())
    habits = _habits(total, anchor)
    numbers = dice.sample(range(FIRST_NUMBER, FIRST_NUMBER + total), total)
    offset = dice.randrange(100)
    found: list[Profile] = []
    for country, (count, currency) in COUNTRIES.items():
        for company in companies(country, count, dice):
            place = len(found)
            # Steps of 62 go through all hundredths and leave no country without a size.
            size = _size((place * 62 + place // 50 + offset) % 100, habits[place].behaviour)
            found.append(
                Profile(
                    number=str(numbers[place]),
                    name=company.name,
                    country=country,
                    currency=currency,
                    language="zh-hans" if country == "CN" else "en",
                    email=company.email,
                    sector=company.sector,
                    habit=habits[place],
                    terms_days=dice.choice(TERMS.get(country, USUAL_TERMS)),
                    since=_since(anchor, dice),
                    **_scale(size, PRICE_LEVEL[currency], habits[place].behaviour, dice),
                )
            )
    return found


def _habits(total: int, anchor: date) -> list[Habit]:
    """Behaviours spread evenly over the list, so that every country has its share of each."""
    counts = {kind: total * share // 100 for kind, share in SHARES.items()}
    counts[Behaviour.INSOLVENT] = INSOLVENT_BUYERS
    counts[Behaviour.PROMPT] += total - sum(counts.values())
    spread = sorted(
        ((2 * place + 1) * total // count, kind.value, place)
        for kind, count in counts.items()
        for place in range(count)
    )
    return [Habit(Behaviour(kind), _turning(kind, place, anchor)) for _, kind, place in spread]


def _turning(behaviour: str, place: int, anchor: date) -> date:
    """The day a buyer begins to fail: one after the other over the last months."""
    if behaviour == Behaviour.WORSENING:
        return add_months(anchor, -WORSENING_MONTHS)
    if behaviour == Behaviour.INSOLVENT:
        return add_months(anchor, -SILENT_MONTHS)
    return anchor - timedelta(days=25 + 18 * place)


def _size(hundredth: int, behaviour: Behaviour) -> tuple[int, int, int]:
    if behaviour in {Behaviour.FAILING, Behaviour.INSOLVENT}:
        # Who fails is of middling size: neither a trifle nor half the book.
        return SIZES[1 + hundredth % 2]
    allowed = SIZES if behaviour in SOUND else SIZES[:-1]
    for size, share in zip(SIZES, SIZE_SHARES, strict=True):
        hundredth -= share
        if hundredth < 0:
            return min(size, allowed[-1])
    raise AssertionError("the shares make a hundred")


def _since(anchor: date, dice: random.Random) -> date:
    late, early, new = dice.randrange(60, 360), dice.randrange(25), dice.randrange(100) < 20
    return add_months(anchor, -HISTORY_MONTHS) + timedelta(days=late if new else early)


class Scale(TypedDict):
    """How large a buyer is."""

    typical_minor: int
    monthly: int
    key_account: bool
    tangible_net_worth_minor: int | None
    annual_turnover_minor: int | None


def _scale(
    size: tuple[int, int, int], level: int, behaviour: Behaviour, dice: random.Random
) -> Scale:
    low, high, monthly = size
    typical = dice.randrange(low, high) * level * 100
    turnover = typical * monthly * 12 * dice.randrange(8, 45)
    ill = behaviour in {Behaviour.FAILING, Behaviour.INSOLVENT}
    worth = turnover * (dice.randrange(-4, 8) if ill else dice.randrange(6, 38)) // 100
    known = dice.randrange(100) < 60
    return Scale(
        typical_minor=typical,
        monthly=monthly,
        key_account=size == SIZES[-1],
        tangible_net_worth_minor=_rounded(worth) if known else None,
        annual_turnover_minor=_rounded(turnover) if known else None,
    )


def _rounded(minor: int) -> int:
    return minor // 100_000 * 100_000


def _grouped(buyers: list[Profile]) -> list[Profile]:
    """Insolvency days for those who go insolvent, and a parent for the next buyers of three."""
    days = iter((45, 6))
    found = []
    for place, buyer in enumerate(buyers):
        if buyer.habit.behaviour is Behaviour.INSOLVENT:
            on = weekday(
                add_months(buyer.habit.turning, SILENT_MONTHS) - timedelta(days=next(days))
            )
            buyer = replace(buyer, insolvent_on=on)
        parent = buyers[place // 20 * 20]
        if place in {1, 2, 41, 42, 43, 101} and parent.country == buyer.country:
            # One group has a company in between: its ultimate parent is two steps up.
            above = buyers[place - 1] if place == 43 else parent
            buyer = replace(buyer, parent=above.number)
        found.append(buyer)
    return found


def _sales(seed: int, buyer: Profile, anchor: date, until: date) -> Iterator[Document]:
    dice = random.Random(f"{seed}/{buyer.number}")  # noqa: S311 - a simulation, not a secret
    last = until
    if buyer.habit.behaviour in {Behaviour.FAILING, Behaviour.INSOLVENT}:
        noticed = buyer.habit.turning + timedelta(days=DELIVERED_ON_DAYS)
        last = min(until, noticed, buyer.insolvent_on or noticed)
    day = buyer.since
    while True:
        issued_on = weekday(day)
        if issued_on > last:
            return
        yield from _sale(buyer, issued_on, anchor, until, dice)
        day += timedelta(days=_gap(buyer, day, dice))


def _gap(buyer: Profile, day: date, dice: random.Random) -> int:
    usual = 30 // buyer.monthly
    peak = buyer.habit.behaviour is Behaviour.SEASONAL and day.month in PEAK_MONTHS
    return max(2, usual * dice.randrange(60, 141) // (200 if peak else 100))


def _sale(
    buyer: Profile, issued_on: date, anchor: date, until: date, dice: random.Random
) -> Iterator[Document]:
    due_on = issued_on + timedelta(days=buyer.terms_days)
    amount = buyer.typical_minor * dice.randrange(50, 151) // 100 + dice.randrange(100)
    paid_on = weekday(max(issued_on, due_on + timedelta(days=buyer.habit.delay(due_on, dice))))
    parts, share, later = dice.randrange(100), dice.randrange(30, 71), dice.randrange(15, 41)
    credit, cut, quarrel = dice.randrange(100), dice.randrange(5, 21), dice.randrange(100)
    disputed = None
    recent = due_on >= add_months(anchor, -3)
    if buyer.habit.behaviour is Behaviour.DISPUTING and recent and quarrel < 35:
        raised_on = weekday(due_on + timedelta(days=3))
        settled_on = weekday(raised_on + timedelta(days=30 + quarrel))
        disputed, paid_on = (raised_on, settled_on), weekday(settled_on + timedelta(days=5))
    payments: tuple[tuple[date, int], ...] = ((paid_on, amount),)
    if parts < 5 and disputed is None:
        first = amount * share // 100
        payments = ((paid_on, first), (weekday(paid_on + timedelta(days=later)), amount - first))
    if buyer.habit.stops_paying(due_on):
        payments = ()
    yield Document("", buyer.number, "invoice", issued_on, due_on, amount, payments, disputed)
    credited_on = weekday(issued_on + timedelta(days=12))
    if credit < 4 and credited_on <= until:
        back = amount * cut // 100
        used = ((max(paid_on, credited_on), back),) if payments else ()
        yield Document("", buyer.number, "credit_note", credited_on, credited_on, back, used)
