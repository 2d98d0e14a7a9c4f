"""The simulated seller's credit insurance: one policy a currency, limits for most buyers."""

from __future__ import annotations

import random
from datetime import date, timedelta

from netterms.insurance.policies import GrantedLimit, PolicySchedule
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.calendar import add_months
from netterms.simulation.behaviours import Behaviour
from netterms.simulation.economy import HISTORY_MONTHS, PRICE_LEVEL, Economy, Profile

INSURER = "Northlight Credit Insurance"
INSURED_OF_HUNDRED = 60
DAYS_IN_YEAR = 365


def schedules(world: Economy) -> list[PolicySchedule]:
    """A policy for each currency sold in, on the terms of the rule book's public examples."""
    starts_on = date(add_months(world.anchor, -HISTORY_MONTHS).year, 1, 1)
    return [
        PolicySchedule(
            insurer=INSURER,
            policy_number=f"NL-{starts_on.year}-{currency}",
            starts_on=starts_on,
            ends_on=date(world.anchor.year + 2, 12, 31),
            terms=PolicyTerms(
                currency=currency,
                each_and_every_first_loss_minor=1_000_00 * PRICE_LEVEL[currency],
                minimum_retention_minor=500_00 * PRICE_LEVEL[currency],
            ),
        )
        for currency in PRICE_LEVEL
    ]


def limits(world: Economy, currency: str) -> list[GrantedLimit]:
    """Named limits of the buyers of one currency: about what they need, less for weak ones."""
    return [
        GrantedLimit(buyer.number, _amount(world.seed, buyer), buyer.since - timedelta(days=30))
        for buyer in world.buyers
        if buyer.currency == currency and _insured(world.seed, buyer)
    ]


def _insured(seed: int, buyer: Profile) -> bool:
    # Whoever went insolvent was insured: a demonstration shows a claim.
    dice = random.Random(f"{seed}/{buyer.number}/insured")  # noqa: S311 - not a secret
    lucky = buyer.habit.behaviour in {Behaviour.INSOLVENT, Behaviour.FAILING}
    return lucky or dice.randrange(100) < INSURED_OF_HUNDRED - 3


def _amount(seed: int, buyer: Profile) -> int:
    dice = random.Random(f"{seed}/{buyer.number}/limit")  # noqa: S311 - not a secret
    need = buyer.annual_sales_minor * (buyer.terms_days + 30) // DAYS_IN_YEAR
    weak = buyer.habit.behaviour in {Behaviour.INSOLVENT, Behaviour.FAILING, Behaviour.CHRONIC}
    percent = dice.randrange(40, 80) if weak else dice.randrange(80, 180)
    step = 5_000_00
    return max(step, need * percent // 100 // step * step)
