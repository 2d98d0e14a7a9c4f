"""What cards are trained on and measured against: buyers as they were, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from netterms.kernel.context import Context, Permission
from netterms.receivables.queries import live_engine
from netterms.scoring import versions
from netterms.scoring.scorecard import CARD, built_in, evaluate, parse
from netterms.scoring.validation import Backtested, Moved
from netterms.store.tenancy import book

HORIZON = timedelta(days=365)
# Looks lie a quarter of a year apart: nearer ones would mostly repeat each other.
APART = timedelta(days=91)
LOOKS = 4


@dataclass(frozen=True, slots=True)
class Observed:
    """A buyer as it stood on `seen_on`, and whether it defaulted within the horizon after."""

    buyer: str
    currency: str
    seen_on: date
    attributes: dict[str, Decimal | int | None]
    defaulted: bool


def days_to_look(today: date, looks: int) -> list[date]:
    """The last `looks` days whose horizon is over, the oldest first."""
    return [today - HORIZON - APART * n for n in reversed(range(looks))]


def observed(ctx: Context, days: Sequence[date], names: Sequence[str]) -> list[Observed]:
    """Every buyer with attributes on each of `days`, less those that were in default already.

    `names` are the attributes wanted. Nothing known only after a day is in its attributes.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        return [one for day in days for one in _on(day, names)]


def _on(day: date, names: Sequence[str]) -> Iterator[Observed]:
    engine, until = live_engine(), day + HORIZON
    became = {
        (line["buyer"], line["currency"]): line
        for line in engine.ask("scoring/outcomes", since=day, as_of=until)
    }
    for line in engine.ask("scoring/behaviour", as_of=day):
        outcome = became[line["buyer"], line["currency"]]
        if outcome["was_in_default"]:
            continue
        yield Observed(
            buyer=line["buyer"],
            currency=line["currency"],
            seen_on=day,
            attributes={name: line[name] for name in names},
            defaulted=bool(outcome["defaulted"]),
        )


def backtest(ctx: Context, as_of: date) -> list[Backtested]:
    """What stored scores forecast and what came of it, of those whose year is over on `as_of`."""
    ctx.require(Permission.READ)
    with book(ctx):
        return [Backtested(**line) for line in live_engine().ask("scoring/backtest", as_of=as_of)]


def rebuilt(ctx: Context) -> list[Backtested]:
    """As `backtest`, of scores worked out now: what the card in force says of past days.

    On `LOOKS` days whose year is over, from the payments known then; for a book whose invoices go
    back further than its scores. Accounts, facts and news of those days are left out, so that it
    measures the card of payment behaviour alone. A pass over the whole book for each day.
    """
    own = versions.champion(ctx)
    card = parse(own) if own else built_in(CARD)
    counted: dict[tuple[int, int], Counted] = defaultdict(Counted)
    for one in observed(ctx, days_to_look(ctx.today, LOOKS), [a.name for a in card.attributes]):
        said = evaluate(card, one.attributes)
        counted[12 * one.seen_on.year + one.seen_on.month - 1, said.grade].add(said.pd, one)
    return [
        Backtested(vintage, grade, line.buyers, line.expected, line.defaults)
        for (vintage, grade), line in sorted(counted.items())
    ]


@dataclass(slots=True)
class Counted:
    """Buyers of one grade on one day."""

    buyers: int = 0
    expected: Decimal = Decimal(0)
    defaults: int = 0

    def add(self, pd: Decimal, one: Observed) -> None:
        """One buyer with its default probability and what came of it."""
        self.buyers += 1
        self.expected += pd
        self.defaults += one.defaulted


def migration(ctx: Context, since: date, as_of: date) -> list[Moved]:
    """How grades moved between two days."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = live_engine().ask("scoring/migration", since=since, as_of=as_of)
    return [Moved(**line) for line in found]
