"""Annual accounts of the larger simulated buyers: three years that hold together.

They tell the same story as the payments: who fails earned less every year, borrowed short and has
little left. The newest year has the turnover and the tangible net worth of the buyer's profile.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from netterms.simulation.behaviours import Behaviour
from netterms.simulation.economy import PRICE_LEVEL, SIZES, Economy, Profile
from netterms.statements.actions import Told
from netterms.statements.rules import Accounts, Standard

YEARS = 3
# Accounts are stated in thousands, and come out this long after the year's end.
THOUSAND_MINOR = 100_000
PUBLISHED_AFTER = timedelta(days=150)
ILL = frozenset({Behaviour.FAILING, Behaviour.INSOLVENT})
# Whose rules companies of a country follow; IFRS elsewhere.
STANDARDS = {"CN": Standard.GB, "US": Standard.OTHER}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a company's accounts look like, in hundredths: of turnover, assets or debts."""

    growth: int
    ebit: int
    assets: int
    cash: int
    stock: int
    short_debt: int


def accounts_of(world: Economy, day: date) -> dict[str, list[Told]]:
    """By buyer number, the oldest first: what is out on `day` of those large enough to tell."""
    newest = (day - PUBLISHED_AFTER).year - 1
    return {
        buyer.number: _years(world.seed, buyer, newest) for buyer in world.buyers if _tells(buyer)
    }


def _tells(buyer: Profile) -> bool:
    known = buyer.annual_turnover_minor and buyer.tangible_net_worth_minor is not None
    large = buyer.typical_minor >= SIZES[2][0] * 100 * PRICE_LEVEL[buyer.currency]
    return bool(known and (large or buyer.habit.behaviour in ILL))


def _years(seed: int, buyer: Profile, newest: int) -> list[Told]:
    dice = random.Random(f"{seed}/{buyer.number}/accounts")  # noqa: S311 - not a secret
    turnover, worth = buyer.annual_turnover_minor, buyer.tangible_net_worth_minor
    assert turnover is not None
    assert worth is not None
    told: list[Told] = []
    equity: int | None = None
    for ago in range(YEARS):
        shape = _shape(buyer, ago, dice)
        items = _items(shape, turnover, worth, equity)
        told.insert(0, _told(buyer, date(newest - ago, 12, 31), items))
        turnover = _thousands(turnover * 100, 100 + shape.growth)
        equity = items["equity"] - items["net_income"]
    return told


def _shape(buyer: Profile, ago: int, dice: random.Random) -> Shape:
    luck = dice.randrange(100)
    if buyer.habit.behaviour in ILL:
        return Shape(-18 + luck // 10, -9 + luck // 25 + 5 * ago, 62, 1 + 2 * ago, 31, 45)
    if buyer.habit.behaviour in {Behaviour.CHRONIC, Behaviour.WORSENING}:
        return Shape(-6 + luck // 10, 1 + luck // 34 + ago, 66, 3 + ago, 25, 32)
    return Shape(2 + luck // 12, 5 + luck // 20, 60 + luck // 8, 7 + luck // 20, 18, 16)


def _items(shape: Shape, turnover: int, worth: int, equity: int | None) -> dict[str, int]:
    """Lines in minor units; `equity` where the year after has told it."""
    intangible = _thousands(turnover * 2, 100)
    own = worth + intangible if equity is None else equity
    assets = max(_thousands(turnover * shape.assets, 100), _thousands(own * 130, 100))
    return (
        _assets(shape, assets, intangible)
        | _debts(shape, assets, own)
        | _income(shape, turnover, assets, assets - own)
    )


def _assets(shape: Shape, assets: int, intangible: int) -> dict[str, int]:
    items = {
        "cash": _thousands(assets * shape.cash, 100),
        "receivables": _thousands(assets * 24, 100),
        "inventory": _thousands(assets * shape.stock, 100),
        "other_current_assets": _thousands(assets * 3, 100),
    }
    items["current_assets"] = sum(items.values())
    fixed = assets - items["current_assets"] - intangible
    return items | {
        "tangible_fixed_assets": fixed,
        "intangible_assets": intangible,
        "other_non_current_assets": 0,
        "total_assets": assets,
    }


def _debts(shape: Shape, assets: int, own: int) -> dict[str, int]:
    owed = assets - own
    capital = _thousands(assets * 8, 100)
    items = {
        "short_term_debt": _thousands(owed * shape.short_debt, 100),
        "payables": _thousands(owed * 30, 100),
        "other_current_liabilities": _thousands(owed * 9, 100),
    }
    current = sum(items.values())
    return items | {
        "current_liabilities": current,
        "long_term_debt": owed - current,
        "other_non_current_liabilities": 0,
        "total_liabilities": owed,
        "share_capital": capital,
        "retained_earnings": own - capital,
        "equity": own,
    }


def _income(shape: Shape, turnover: int, assets: int, owed: int) -> dict[str, int]:
    cost = _thousands(turnover * 74, 100)
    wear = _thousands(assets * 3, 100)
    ebit = _thousands(turnover * shape.ebit, 100)
    interest = _thousands(owed * 3, 100)
    tax = _thousands(max(0, ebit - interest) * 25, 100)
    profit = ebit - interest - tax
    return {
        "revenue": turnover,
        "cost_of_goods_sold": cost,
        "gross_profit": turnover - cost,
        "operating_expenses": turnover - cost - wear - ebit,
        "depreciation_amortisation": wear,
        "ebit": ebit,
        "interest": interest,
        "tax": tax,
        "net_income": profit,
        "operating_cash_flow": profit + wear,
    }


def _told(buyer: Profile, end: date, items: dict[str, int]) -> Told:
    return Told(
        Accounts(end, buyer.currency, items, scale=1_000),
        standard=STANDARDS.get(buyer.country, Standard.IFRS),
        audited=buyer.key_account,
        source=_("Made up for the demonstration"),
        # A net worth close to nothing may look like a slip of the units.
        confirmed=True,
    )


def _thousands(product: int, parts: int) -> int:
    """`product` divided by `parts`, in whole thousands."""
    return product // parts // THOUSAND_MINOR * THOUSAND_MINOR
