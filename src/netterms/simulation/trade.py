"""Sales on credit as a shop would ask for them: lines from decided limits, orders and what became
of them, companies nobody knows, and a policy for those.

Once a day. Of every day's orders some are shipped, some in part, one is credited, one changed, one
cancelled, one forgotten, one is too large, and one too large order waits for a person.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from netterms.buyers.actions import Introduction
from netterms.checkout.actions import CREATED, authorise, expire_orders, move
from netterms.checkout.moves import ORDER_MOVES, OrderMove, OrderState
from netterms.checkout.newcomers import NewBuyerRequest, authorise_newcomer
from netterms.checkout.policies import draft, put_in_force, versions
from netterms.checkout.policy import Bound, Doubt, Largest, Policy, Starter
from netterms.checkout.queries import Order, OrderFilter, orders
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.context import Context
from netterms.kernel.events import Plain
from netterms.kernel.money import Money
from netterms.limits.lines import LineStatus, LineTerms, set_line
from netterms.simulation.economy import COUNTRIES, Economy
from netterms.simulation.names import companies
from netterms.simulation.queries import OpenLine, decided_limits, open_lines

STRANGERS = {"DE": "HRB {}", "GB": "0{}", "US": "{}-A", "NL": "{}0"}
STRANGER_EVERY = 3
TOO_LARGE = 40
UNITS = 100
UNTOUCHED = LineTerms(0)
# What becomes of the nth order of a day, on the days after it: (days later, move, hundredths).
FATES: tuple[tuple[tuple[int, OrderMove, int], ...], ...] = (
    ((1, OrderMove.CAPTURE, 100),),
    ((1, OrderMove.CAPTURE, 40),),
    ((1, OrderMove.CAPTURE, 100), (3, OrderMove.REFUND, 15)),
    ((1, OrderMove.AMEND, 80), (3, OrderMove.CAPTURE, 80)),
    ((2, OrderMove.VOID, 0),),
    (),
    ((1, OrderMove.CAPTURE, 100),),
)
FORGOTTEN, HURRY = 5, timedelta(hours=20)
REMEMBERED = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Day:
    """The business day `ctx.today` and the world it is in."""

    ctx: Context
    world: Economy

    def dice(self, what: str) -> random.Random:
        """Dice of this day for one thing: what is asked of one changes nothing about another."""
        return random.Random(f"{self.world.seed}/{self.ctx.today}/{what}")  # noqa: S311


def trade(ctx: Context, world: Economy) -> dict[str, Plain]:
    """One day at the shop's checkout."""
    day = Day(ctx, world)
    _set_policy(ctx)
    lines = _open_lines(day)
    expired = expire_orders(ctx)
    moved = _go_on(day)
    asked = _ask(day)
    strangers = _strangers(day)
    return {
        "lines": lines,
        "expired": expired,
        "orders_moved": moved,
        "orders": asked,
        "strangers": strangers,
    }


def _set_policy(ctx: Context) -> None:
    """A cautious policy in force, and a bolder draft that somebody has not decided on."""
    if versions(ctx):
        return
    cautious = Policy(
        countries=tuple(COUNTRIES),
        auto_approve=(Bound("EUR", 5, 2_500_00), Bound("USD", 5, 2_500_00)),
        starter=(Starter("EUR", "", 5, 5_000_00), Starter("EUR", "NL", 5, 8_000_00)),
        largest=(Largest("EUR", 50_000_00), Largest("USD", 50_000_00)),
    )
    number = draft(ctx, cautious, _("First policy, agreed with sales"))
    put_in_force(ctx, number, _("Start of selling on credit in the shop"))
    leave = {Doubt.NO_GRADE, Doubt.NUMBER_UNCHECKED, Doubt.NOT_SCREENED}
    bolder = replace(
        cautious,
        auto_approve=(Bound("EUR", 10, 1_000_00), *cautious.auto_approve),
        starter=(Starter("EUR", "", 10, 1_500_00), *cautious.starter),
        review=tuple(doubt for doubt in Doubt if doubt not in leave),
    )
    draft(ctx, bolder, _("Sales asks: small first orders without waiting"))


def _open_lines(day: Day) -> int:
    """Every decided limit has a line on the buyer's terms; an insolvent buyer's is put on hold.

    What a person has changed on a line since stays as it is.
    """
    buyers = {buyer.number: buyer for buyer in day.world.buyers}
    changed = 0
    for decided in decided_limits(day.ctx):
        buyer = buyers.get(decided.buyer_number)
        if buyer is None:
            continue
        wanted = decided.line or LineTerms(decided.limit.minor)
        if (wanted.net_days, wanted.instalments) == (UNTOUCHED.net_days, UNTOUCHED.instalments):
            parts = 3 if buyer.key_account else 1
            wanted = replace(wanted, net_days=buyer.terms_days, instalments=parts)
        if decided.insolvent and wanted.status == LineStatus.OPEN:
            wanted = replace(wanted, status=LineStatus.ON_HOLD)
        if wanted != decided.line:
            why = "insolvency" if decided.insolvent else _("The terms agreed with the buyer")
            set_line(day.ctx, decided.buyer_id, decided.limit.currency, wanted, why)
            changed += 1
    return changed


def _number(day: date, nth: int) -> str:
    return f"SO-{day:%y%m%d}-{nth:02}"


def _ask(day: Day) -> int:
    """Orders that fit, one that does not, and one that does not and asks for a person."""
    ctx, dice = day.ctx, day.dice("orders")
    lines = open_lines(ctx)
    if not lines:
        return 0
    asked = [_request(day, nth, dice.choice(lines), dice, 1) for nth in range(len(FATES))]
    asked += [
        _request(day, nth, dice.choice(lines), dice, TOO_LARGE)
        for nth in range(len(FATES), len(FATES) + 2)
    ]
    asked[FORGOTTEN] = replace(asked[FORGOTTEN], expires_at=ctx.now + HURRY)
    asked[-1] = replace(asked[-1], review=True)
    return sum(answer.status == CREATED for answer in authorise(ctx, asked))


def _request(day: Day, nth: int, line: OpenLine, dice: random.Random, times: int) -> OrderRequest:
    number = _number(day.ctx.today, nth)
    part = line.available.minor * dice.randrange(4, 20) // 100
    amount = max(UNITS, part // UNITS * UNITS) * times
    money = Money(amount, line.available.currency)
    return OrderRequest(f"shop/{number}", number, line.buyer_id, money)


def _go_on(day: Day) -> int:
    """What became of earlier orders, each on its own day after it."""
    ctx = day.ctx
    found = [
        order
        for order in orders(ctx, OrderFilter(text="SO-"), most=len(FATES) * 30)
        if order.created_at > ctx.now - REMEMBERED
    ]
    moves = [request for order in found for request in _due(ctx, order)]
    return sum(answer.status == CREATED for answer in move(ctx, moves))


def _due(ctx: Context, order: Order) -> Sequence[MoveRequest]:
    nth = int(order.order_number.rpartition("-")[2])
    if nth >= len(FATES):
        return []
    age = (ctx.today - order.created_at.date()).days
    # The last thing that should have happened by now, if the order is in a state that allows it.
    due = [fate for fate in FATES[nth] if fate[0] <= age]
    done = order.version - 1
    if len(due) <= done or (OrderState(order.state), due[done][1]) not in ORDER_MOVES:
        return []
    _, kind, hundredths = due[done]
    amount = order.amount_minor * hundredths // 100 if hundredths not in {0, 100} else None
    if kind is OrderMove.CAPTURE and done:
        amount = None
    key = f"shop/{order.order_number}/{done}"
    return [MoveRequest(key, order.id, kind, amount)]


def _strangers(day: Day) -> int:
    """Now and then a company nobody knows fills its basket."""
    ctx, dice = day.ctx, day.dice("strangers")
    if ctx.today.toordinal() % STRANGER_EVERY:
        return 0
    country = dice.choice(sorted(STRANGERS))
    company = companies(country, 1, dice)[0]
    told = Introduction(
        country=country,
        registration_number=STRANGERS[country].format(dice.randrange(1_000_000, 10_000_000)),
        name=company.name,
        email=dice.choice((company.email, "purchasing.dept@gmail.com", "")),
    )
    number = _number(ctx.today, UNITS - 1)
    amount = Money(dice.randrange(3, 60) * 100 * UNITS, "EUR")
    answer = authorise_newcomer(ctx, NewBuyerRequest(f"shop/{number}", number, told, amount))
    return int(answer.status == CREATED)
