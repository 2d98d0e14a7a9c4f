"""Two more ways to say what a buyer can bear, for policies that choose them (SCR-10, SCR-11).

They read facts that come from outside the book: the credit that other suppliers gave, and how the
buyer trades. A formula of which a fact is not known has no answer; it never bounds a limit then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median

from netterms.kernel.money import Money, half_up

# SCR-10: the part of net worth that is averaged with references and need.
AVERAGED_NET_WORTH = Fraction(1, 10)
Steps = tuple[tuple[Decimal, int], ...]


class Formula(StrEnum):
    """A formula that a limit policy may choose; SCR-08 by net worth and turnover, or another."""

    CAPACITY = "capacity"
    THREE_WAY = "three_way"
    HEURISTIC = "heuristic"


class Pays(StrEnum):
    """How a buyer pays, as the heuristic table asks."""

    DISCOUNT = "discount"
    ON_TIME = "on_time"
    LATE = "late"


PAYS_PERCENT = {Pays.DISCOUNT: 10, Pays.ON_TIME: 5, Pays.LATE: -5}
# A value below the first bound gives its percent, up to and including the second that one's; above
# it the last. Bounds of the source; "below" and "up to" where it leaves them open are convention.
SHARE_OF_NEED: Steps = ((Decimal("0.25"), 0), (Decimal("0.50"), 5))
AGE_YEARS: Steps = ((Decimal(3), 0), (Decimal(10), 5))
MARGIN: Steps = ((Decimal("0.05"), 0), (Decimal("0.14"), 5))
CURRENT_RATIO: Steps = ((Decimal("1.5"), 0), (Decimal("2.2"), 5))
DEBT_RATIO: Steps = ((Decimal("0.30"), 10), (Decimal("0.50"), 5))
LAST = 10
LAST_OF_DEBT = -5


@dataclass(frozen=True, slots=True)
class Trading:
    """What the heuristic table asks of a buyer; ratios are fractions, age is in years.

    `share_of_need` is our part of the credit the buyer needs from all suppliers, `debt_ratio` what
    is owed over all assets, `margin` net income over sales.
    """

    share_of_need: Decimal
    pays: Pays
    age_years: Decimal
    margin: Decimal
    current_ratio: Decimal
    debt_ratio: Decimal


def three_way(net_worth: Money, references: Sequence[Money], need: Money) -> Money:
    """Mean of 10 % of net worth, the median limit of trade references, and the need (SCR-10).

    `references` are limits that other suppliers gave, at least one, in the currency of the need. A
    negative net worth counts as none.
    """
    middle = Fraction(median(Fraction(money_in(r, need.currency)) for r in references))
    worth = max(0, money_in(net_worth, need.currency)) * AVERAGED_NET_WORTH
    return Money(half_up((worth + middle + need.minor) / 3), need.currency)


def heuristic_percent(trading: Trading) -> int:
    """The sum of the table's contributions, in percent of net worth, never below zero (SCR-11)."""
    parts = (
        _step(trading.share_of_need, SHARE_OF_NEED, LAST),
        PAYS_PERCENT[trading.pays],
        _step(trading.age_years, AGE_YEARS, LAST),
        _step(trading.margin, MARGIN, LAST),
        _step(trading.current_ratio, CURRENT_RATIO, LAST),
        _step(trading.debt_ratio, DEBT_RATIO, LAST_OF_DEBT),
    )
    return max(0, sum(parts))


def heuristic(net_worth: Money, trading: Trading) -> Money:
    """The limit by the heuristic table, rounded half-up (SCR-11)."""
    share = Fraction(heuristic_percent(trading), 100)
    return Money(half_up(max(0, net_worth.minor) * share), net_worth.currency)


def heuristic_percent_sql() -> str:
    """`heuristic_percent` as an expression over columns named as the fields of `Trading`.

    NULL where one of them is.
    """
    pays = " ".join(f"WHEN pays = '{how.value}' THEN {p}" for how, p in PAYS_PERCENT.items())
    parts = [
        _step_sql("share_of_need", SHARE_OF_NEED, LAST),
        f"CASE {pays} END",
        _step_sql("age_years", AGE_YEARS, LAST),
        _step_sql("margin", MARGIN, LAST),
        _step_sql("current_ratio", CURRENT_RATIO, LAST),
        _step_sql("debt_ratio", DEBT_RATIO, LAST_OF_DEBT),
    ]
    # GREATEST would pass over a NULL: an unknown fact must stay unknown.
    total = " + ".join(parts)
    return f"CASE WHEN {total} < 0 THEN 0 ELSE {total} END"


def money_in(amount: Money, currency: str) -> int:
    """Minor units of an amount that must be in `currency`: others are converted before."""
    assert amount.currency == currency, f"{amount.currency} meets {currency}"
    return amount.minor


def _step(value: Decimal, steps: Steps, last: int) -> int:
    (low, under), (high, between) = steps
    return under if value < low else between if value <= high else last


def _step_sql(column: str, steps: Steps, last: int) -> str:
    (low, under), (high, between) = steps
    return (
        f"CASE WHEN {column} < {low} THEN {under} WHEN {column} <= {high} THEN {between}"
        f" WHEN {column} > {high} THEN {last} END"
    )
