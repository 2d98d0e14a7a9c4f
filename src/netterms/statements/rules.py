"""Annual accounts: whether they hold together, and the ratios a scorecard reads.

Amounts are whole minor units; a line that is not given is absent. Ratios are exact and rounded
half-up once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from netterms.kernel.money import exponent, half_up
from netterms.kernel.sentence import gettext_noop as _
from netterms.statements.chart import BY_NAME, ITEMS, TOTALS, Item

MOST_MINOR = 10**17
MOST_MONTHS = 23
FIRST_DAY = date(1990, 1, 1)
# Units accounts are stated in: one, a thousand, ten thousand (万), a million, 亿.
SCALES = (1, 1_000, 10_000, 1_000_000, 100_000_000)


class Standard(StrEnum):
    """Whose rules the accounts follow."""

    GB = "gb"
    IFRS = "ifrs"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Accounts:
    """One period of one company. `items` by name of the chart, minor units of `currency`."""

    period_end: date
    currency: str
    items: Mapping[str, int]
    months: int = 12
    scale: int = 1

    @property
    def unit_minor(self) -> int:
        """One unit of the stated scale in minor units: what rounding may be out by."""
        return int(self.scale * 10 ** exponent(self.currency))

    def yearly(self, item: str) -> Fraction | None:
        """What an item of a period is at the pace of a year; None where it is not given."""
        value = self.items.get(item)
        return None if value is None else Fraction(value * 12, self.months)


# Whether the accounts hold together


class Flaw(StrEnum):
    """What can be wrong with accounts."""

    BALANCE = "balance"
    TOTAL = "total"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    NOTHING = "nothing"
    SCALE_JUMP = "scale_jump"


# A question to the person who enters: it may be so, but most often it is a slip of the units.
QUESTIONS = frozenset({Flaw.SCALE_JUMP})


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw of one line: what stands there, and what was expected (both minor units)."""

    flaw: Flaw
    item: str
    value: int | None = None
    expected: int | None = None

    @property
    def is_question(self) -> bool:
        """Whether it may be right all the same."""
        return self.flaw in QUESTIONS


NEEDED = ("total_assets", "revenue")
COMPARED = ("total_assets", "total_liabilities", "equity", "revenue", "cost_of_goods_sold")
JUMPS = (10**3, 10**4, 10**6)


def completed(accounts: Accounts) -> Accounts:
    """The accounts with the lines that follow from others: totals, the rest of a total, EBIT.

    What is given is never changed. A total follows from all its parts; its one part not given,
    where that is an "other" line, from the rest; assets, liabilities and equity from two of them;
    EBIT from net income, tax and interest.
    """
    items = dict(accounts.items)
    for total in TOTALS:
        _complete_total(items, total)
    _complete(items, "total_assets", plus=("total_liabilities", "equity"))
    _complete(items, "total_liabilities", plus=("total_assets",), less=("equity",))
    _complete(items, "equity", plus=("total_assets",), less=("total_liabilities",))
    _complete(items, "ebit", plus=("net_income", "tax", "interest"))
    for total in TOTALS:
        _complete_rest(items, total)
    return replace(accounts, items=MappingProxyType(items))


def _complete(
    items: dict[str, int], name: str, plus: tuple[str, ...], less: tuple[str, ...] = ()
) -> None:
    if name not in items and all(other in items for other in plus + less):
        items[name] = sum(items[x] for x in plus) - sum(items[x] for x in less)


def _complete_total(items: dict[str, int], total: Item) -> None:
    _complete(items, total.name, total.sum_of, total.less)


def _complete_rest(items: dict[str, int], total: Item) -> None:
    absent = [name for name in total.sum_of if name not in items]
    if total.name in items and len(absent) == 1 and absent[0].startswith("other_"):
        rest = items[total.name] - sum(items[name] for name in total.sum_of if name in items)
        if rest >= 0:
            items[absent[0]] = rest


def findings(accounts: Accounts, before: Accounts | None = None) -> list[Finding]:
    """Everything wrong with the accounts; `before` are those of the year before, if known."""
    found = [*_signs(accounts), *_totals(accounts), *_balance(accounts)]
    if before is not None and before.currency == accounts.currency:
        found += _jumps(accounts, before)
    if not any(name in accounts.items for name in NEEDED):
        found.append(Finding(Flaw.NOTHING, NEEDED[0]))
    return found


def _signs(accounts: Accounts) -> Iterator[Finding]:
    for item in ITEMS:
        value = accounts.items.get(item.name)
        if value is None:
            continue
        if abs(value) > MOST_MINOR:
            yield Finding(Flaw.TOO_LARGE, item.name, value, MOST_MINOR)
        if value < 0 and not item.signed:
            yield Finding(Flaw.NEGATIVE, item.name, value)


def _totals(accounts: Accounts) -> Iterator[Finding]:
    items = accounts.items
    for total in TOTALS:
        parts = total.sum_of + total.less
        if total.name not in items or not all(name in items for name in parts):
            continue
        expected = sum(items[x] for x in total.sum_of) - sum(items[x] for x in total.less)
        # Each part is rounded by up to half a unit.
        slack = max(1, len(parts) // 2) * accounts.unit_minor
        if abs(items[total.name] - expected) > slack:
            yield Finding(Flaw.TOTAL, total.name, items[total.name], expected)


def _balance(accounts: Accounts) -> Iterator[Finding]:
    items = accounts.items
    if all(name in items for name in ("total_assets", "total_liabilities", "equity")):
        expected = items["total_liabilities"] + items["equity"]
        if abs(items["total_assets"] - expected) > accounts.unit_minor:
            yield Finding(Flaw.BALANCE, "total_assets", items["total_assets"], expected)


def _jumps(accounts: Accounts, before: Accounts) -> Iterator[Finding]:
    for name in COMPARED:
        now, then = accounts.items.get(name, 0), before.items.get(name, 0)
        if now > 0 and then > 0:
            factor = Fraction(max(now, then), min(now, then))
            if any(Fraction(jump, 2) <= factor <= jump * 2 for jump in JUMPS):
                yield Finding(Flaw.SCALE_JUMP, name, now, then)


# Ratios


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of sums of lines. Flows of a period count at the pace of a year (convention).

    `days`: the stock in days of a yearly flow. `flow`: the top is a flow over a stock.
    """

    name: str
    caption: str
    top: tuple[str, ...]
    bottom: str
    less: tuple[str, ...] = ()
    flow: bool = False
    days: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """Every line the ratio needs."""
        return (*self.top, *self.less, self.bottom)

    @property
    def places(self) -> int:
        """Decimal places it is rounded to."""
        return DAY_PLACES if self.days else SHARE_PLACES


SHARE_PLACES, DAY_PLACES = 4, 1
# A ratio beyond this says no more than this; it also keeps the engines' numbers exact.
CAP = 10**8
DAYS_A_YEAR = 365


RATIOS = (
    Ratio(
        "working_capital_to_assets",
        _("Working capital to assets"),
        ("current_assets",),
        "total_assets",
        less=("current_liabilities",),
    ),
    Ratio(
        "retained_earnings_to_assets",
        _("Retained earnings to assets"),
        ("retained_earnings",),
        "total_assets",
    ),
    Ratio("ebit_to_assets", _("EBIT to assets"), ("ebit",), "total_assets", flow=True),
    Ratio("equity_to_liabilities", _("Equity to liabilities"), ("equity",), "total_liabilities"),
    Ratio("sales_to_assets", _("Sales to assets"), ("revenue",), "total_assets", flow=True),
    Ratio(
        "liabilities_to_assets", _("Liabilities to assets"), ("total_liabilities",), "total_assets"
    ),
    Ratio(
        "net_income_to_assets",
        _("Net income to assets"),
        ("net_income",),
        "total_assets",
        flow=True,
    ),
    Ratio("current_ratio", _("Current ratio"), ("current_assets",), "current_liabilities"),
    Ratio(
        "quick_ratio",
        _("Quick ratio"),
        ("current_assets",),
        "current_liabilities",
        less=("inventory",),
    ),
    Ratio("ebit_margin", _("EBIT margin"), ("ebit",), "revenue"),
    Ratio("gross_margin", _("Gross margin"), ("gross_profit",), "revenue"),
    Ratio(
        "ffo_to_liabilities",
        _("Funds from operations to liabilities"),
        ("net_income", "depreciation_amortisation"),
        "total_liabilities",
        flow=True,
    ),
    Ratio(
        "long_term_debt_to_assets",
        _("Long-term debt to assets"),
        ("long_term_debt",),
        "total_assets",
    ),
    Ratio("receivable_days", _("Receivable days"), ("receivables",), "revenue", days=True),
    Ratio("inventory_days", _("Inventory days"), ("inventory",), "cost_of_goods_sold", days=True),
)


def exact_ratio(accounts: Accounts, ratio: Ratio) -> Fraction | None:
    """The ratio unrounded; None where a line is not given or nothing stands below the line."""
    items = accounts.items
    if not all(name in items for name in ratio.items) or items[ratio.bottom] <= 0:
        return None
    top = sum(items[name] for name in ratio.top) - sum(items[name] for name in ratio.less)
    value = Fraction(top, items[ratio.bottom])
    if ratio.flow:
        value *= Fraction(12, accounts.months)
    if ratio.days:
        value *= Fraction(DAYS_A_YEAR * accounts.months, 12)
    return max(Fraction(-CAP), min(Fraction(CAP), value))


def rounded(value: Fraction, places: int) -> Decimal:
    """A fraction as a decimal with `places`, half-up."""
    return Decimal(half_up(value * 10**places)).scaleb(-places)


def ratios(accounts: Accounts) -> dict[str, Decimal | None]:
    """Every ratio by name; None where it cannot be computed."""
    found = {}
    for ratio in RATIOS:
        value = exact_ratio(accounts, ratio)
        found[ratio.name] = None if value is None else rounded(value, ratio.places)
    return found


def age_months(period_end: date, as_of: date) -> int:
    """Whole months since the period ended: 6 from 31 December to 30 June."""
    start, day = period_end + timedelta(days=1), as_of + timedelta(days=1)
    months = 12 * (day.year - start.year) + day.month - start.month
    return months - (day.day < start.day)


def tangible_net_worth(accounts: Accounts) -> int | None:
    """Equity without intangible assets (none where none are given); None without equity."""
    equity = accounts.items.get("equity")
    return None if equity is None else equity - accounts.items.get("intangible_assets", 0)


def annual_turnover(accounts: Accounts) -> int | None:
    """Revenue at the pace of a year, in minor units."""
    revenue = accounts.yearly("revenue")
    return None if revenue is None else half_up(revenue)


def unknown_items(items: Mapping[str, int]) -> list[str]:
    """Names that the chart does not have."""
    return [name for name in items if name not in BY_NAME]
