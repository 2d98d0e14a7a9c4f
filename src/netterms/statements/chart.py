"""The standard chart: the few lines of annual accounts that ratios and failure models read.

Expenses, interest and tax stand as positive numbers; losses and lost capital as negative ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from netterms.kernel.sentence import gettext_noop


class Part(StrEnum):
    """Where in the accounts a line stands."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    INCOME = "income"
    CASH_FLOW = "cash_flow"
    MARKET = "market"


@dataclass(frozen=True, slots=True)
class Item:
    """A line. `signed`: it may be below zero. `sum_of`: the lines a total adds up, if all."""

    name: str
    part: Part
    caption: str
    signed: bool = False
    sum_of: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    count: bool = False  # a number of things, not money


_ = gettext_noop
ITEMS = (
    Item("cash", Part.ASSETS, _("Cash")),
    Item("receivables", Part.ASSETS, _("Trade receivables")),
    Item("inventory", Part.ASSETS, _("Inventory")),
    Item("other_current_assets", Part.ASSETS, _("Other current assets")),
    Item(
        "current_assets",
        Part.ASSETS,
        _("Current assets"),
        sum_of=("cash", "receivables", "inventory", "other_current_assets"),
    ),
    Item("tangible_fixed_assets", Part.ASSETS, _("Tangible fixed assets")),
    Item("intangible_assets", Part.ASSETS, _("Intangible assets")),
    Item("other_non_current_assets", Part.ASSETS, _("Other non-current assets")),
    Item(
        "total_assets",
        Part.ASSETS,
        _("Total assets"),
        sum_of=(
            "current_assets",
            "tangible_fixed_assets",
            "intangible_assets",
            "other_non_current_assets",
        ),
    ),
    Item("short_term_debt", Part.LIABILITIES, _("Short-term debt")),
    Item("payables", Part.LIABILITIES, _("Trade payables")),
    Item("other_current_liabilities", Part.LIABILITIES, _("Other current liabilities")),
    Item(
        "current_liabilities",
        Part.LIABILITIES,
        _("Current liabilities"),
        sum_of=("short_term_debt", "payables", "other_current_liabilities"),
    ),
    Item("long_term_debt", Part.LIABILITIES, _("Long-term debt")),
    Item("other_non_current_liabilities", Part.LIABILITIES, _("Other non-current liabilities")),
    Item(
        "total_liabilities",
        Part.LIABILITIES,
        _("Total liabilities"),
        sum_of=("current_liabilities", "long_term_debt", "other_non_current_liabilities"),
    ),
    Item("share_capital", Part.EQUITY, _("Share capital")),
    Item("retained_earnings", Part.EQUITY, _("Retained earnings"), signed=True),
    Item("equity", Part.EQUITY, _("Equity"), signed=True),
    Item("revenue", Part.INCOME, _("Revenue")),
    Item("cost_of_goods_sold", Part.INCOME, _("Cost of goods sold")),
    Item(
        "gross_profit",
        Part.INCOME,
        _("Gross profit"),
        signed=True,
        sum_of=("revenue",),
        less=("cost_of_goods_sold",),
    ),
    Item("operating_expenses", Part.INCOME, _("Operating expenses")),
    Item("depreciation_amortisation", Part.INCOME, _("Depreciation and amortisation")),
    Item("ebit", Part.INCOME, _("EBIT"), signed=True),
    Item("interest", Part.INCOME, _("Interest"), signed=True),
    Item("tax", Part.INCOME, _("Tax on income"), signed=True),
    Item("net_income", Part.INCOME, _("Net income"), signed=True),
    Item("operating_cash_flow", Part.CASH_FLOW, _("Operating cash flow"), signed=True),
    Item("shares_outstanding", Part.MARKET, _("Shares outstanding"), count=True),
    Item("market_value", Part.MARKET, _("Market value of equity")),
)
BY_NAME = {item.name: item for item in ITEMS}
NAMES = tuple(BY_NAME)
TOTALS = tuple(item for item in ITEMS if item.sum_of)
