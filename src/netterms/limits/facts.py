"""What the formulas SCR-10 and SCR-11 ask of a buyer, out of what the book holds. Pure.

How the book's facts stand for those that the formulas name is our convention; each is said where it
is worked out. A fact that is not known stays unknown: the formula then bounds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from netterms.buyers import names
from netterms.kernel.calendar import add_months
from netterms.kernel.money import Money
from netterms.limits.formulas import Pays, Trading
from netterms.statements.rules import rounded

# A reference older than this says nothing of today.
REFERENCE_MONTHS = 12
# On terms, by amount (SCR-07); from this part of what was settled on a buyer takes discounts.
ON_TERMS, DISCOUNT_SHARE = Decimal(80), Fraction(1, 2)
PLACES = 4
# A ratio beyond this says no more than this, and every engine holds it exactly.
MOST_RATIO = 1000


@dataclass(frozen=True, slots=True)
class TradeReference:
    """The limit that another supplier gave on a day; None: it gives none any more."""

    # As somebody wrote it; `same_supplier` says which are one.
    supplier: str
    limit: Money | None
    given_on: date


def same_supplier(name: str) -> str:
    """The spelling by which two names are one supplier: `ACME GmbH`, `Acme Gmbh.` and `acme`.

    As the search for buyers compares names, so without the legal form: of one group under one name
    the newest counts.
    """
    return names.core(name) or name


def counting(given: Sequence[TradeReference], as_of: date) -> list[TradeReference]:
    """The references that count for SCR-10: of each supplier its newest, a year old at most.

    `given` is in the order it was entered: of two of one day the later entered counts.
    """
    newest: dict[str, TradeReference] = {}
    for reference in sorted(given, key=lambda one: one.given_on):
        if reference.given_on <= as_of:
            newest[same_supplier(reference.supplier)] = reference
    first = add_months(as_of, -REFERENCE_MONTHS)
    return [one for one in newest.values() if one.limit is not None and one.given_on > first]


def standing(given: Sequence[TradeReference], currency: str, as_of: date) -> tuple[Money, ...]:
    """The limits in `currency` of those that count."""
    limits = [one.limit for one in counting(given, as_of) if one.limit is not None]
    return tuple(limit for limit in limits if limit.currency == currency)


@dataclass(frozen=True, slots=True)
class Known:
    """What the book knows of how a buyer trades; None is "not known".

    `accounts` are lines of its newest statement by name of the chart, minor units, empty where that
    is in another currency than the need. `settled_minor` is what was settled in twelve months,
    `discounted_minor` the part of it on which a discount was taken.
    """

    need_minor: int
    payment_index: Decimal | None = None
    settled_minor: int = 0
    discounted_minor: int = 0
    founded_on: date | None = None
    accounts: Mapping[str, int] = field(default_factory=dict)


def trading(known: Known, as_of: date) -> Trading | None:
    """The six facts of the heuristic table (SCR-11); None where one of them is not known.

    Our share of the need: the need over trade payables. Age: whole months since it was founded.
    Margin: net income over revenue. Debt: liabilities over assets.
    """
    lines = known.accounts
    share = _ratio(known.need_minor, lines.get("payables"))
    margin = _ratio(lines.get("net_income"), lines.get("revenue"))
    current = _ratio(lines.get("current_assets"), lines.get("current_liabilities"))
    debt = _ratio(lines.get("total_liabilities"), lines.get("total_assets"))
    age, pays = _age(known.founded_on, as_of), _pays(known)
    if share is None or margin is None or current is None or debt is None:
        return None
    if age is None or pays is None:
        return None
    return Trading(share, pays, age, margin, current, debt)


def _ratio(top: int | None, bottom: int | None) -> Decimal | None:
    if top is None or bottom is None or bottom <= 0:
        return None
    value = Fraction(top, bottom)
    return rounded(max(Fraction(-MOST_RATIO), min(Fraction(MOST_RATIO), value)), PLACES)


def _age(founded_on: date | None, as_of: date) -> Decimal | None:
    if founded_on is None:
        return None
    months = 12 * (as_of.year - founded_on.year) + as_of.month - founded_on.month
    return _ratio(months - (as_of.day < founded_on.day), 12)


def _pays(known: Known) -> Pays | None:
    if known.payment_index is None:
        return None
    if known.payment_index < ON_TERMS:
        return Pays.LATE
    if known.settled_minor > 0:
        taken = Fraction(known.discounted_minor, known.settled_minor)
        if taken >= DISCOUNT_SHARE:
            return Pays.DISCOUNT
    return Pays.ON_TIME
