"""From the statement items of the American set to ratios. NaN where one cannot be computed."""

from __future__ import annotations

import numpy as np

from netterms.scoring.training.attributes import FINANCIAL
from netterms.scoring.training.samples import Matrix, Sample, Shape

Columns = dict[str, Matrix]

ITEMS = {
    "X1": "current_assets",
    "X2": "cost_of_goods_sold",
    "X3": "depreciation",
    "X4": "ebitda",
    "X5": "inventory",
    "X6": "net_income",
    "X7": "receivables",
    "X8": "market_value",
    "X9": "net_sales",
    "X10": "total_assets",
    "X11": "long_term_debt",
    "X12": "ebit",
    "X13": "gross_profit",
    "X14": "current_liabilities",
    "X15": "retained_earnings",
    "X16": "total_revenue",
    "X17": "total_liabilities",
    "X18": "operating_expenses",
}
DAYS_OF_YEAR = 365


def over(top: Matrix, bottom: Matrix) -> Matrix:
    """`top` / `bottom`, NaN unless `bottom` is above 0: a ratio of nothing has no meaning."""
    usable = bottom > 0
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=usable)


def log_amount(amount: Matrix) -> Matrix:
    """ln(1 + amount); a negative amount counts as 0."""
    found: Matrix = np.log1p(np.maximum(amount, 0))
    return found


def items(sample: Sample) -> Columns:
    """The American set's columns by what they are."""
    assert sample.shape is Shape.AMERICAN
    return {ITEMS[name]: sample.column(name) for name in sample.names}


def financial(i: Columns) -> Columns:
    """The attributes of `FINANCIAL`, rounded as statements give them."""
    assets, liabilities, short = i["total_assets"], i["total_liabilities"], i["current_liabilities"]
    found = {
        "working_capital_to_assets": over(i["current_assets"] - short, assets),
        "retained_earnings_to_assets": over(i["retained_earnings"], assets),
        "ebit_to_assets": over(i["ebit"], assets),
        "equity_to_liabilities": over(assets - liabilities, liabilities),
        "sales_to_assets": over(i["net_sales"], assets),
        "liabilities_to_assets": over(liabilities, assets),
        "net_income_to_assets": over(i["net_income"], assets),
        "current_ratio": over(i["current_assets"], short),
        "quick_ratio": over(i["current_assets"] - i["inventory"], short),
        "ebit_margin": over(i["ebit"], i["net_sales"]),
        "gross_margin": over(i["gross_profit"], i["net_sales"]),
        "ffo_to_liabilities": over(i["net_income"] + i["depreciation"], liabilities),
        "long_term_debt_to_assets": over(i["long_term_debt"], assets),
        "receivable_days": DAYS_OF_YEAR * over(i["receivables"], i["net_sales"]),
        "inventory_days": DAYS_OF_YEAR * over(i["inventory"], i["cost_of_goods_sold"]),
    }
    return {a.name: np.round(found[a.name], a.decimals) for a in FINANCIAL}


def listed(i: Columns) -> Columns:
    """What only a listed firm has, and its size. Amounts as logarithms of USD million."""
    market, liabilities, assets = i["market_value"], i["total_liabilities"], i["total_assets"]
    return {
        "market_to_liabilities": np.round(over(market, liabilities), 4),
        "market_to_book": np.round(over(market, assets), 4),
        "log_assets": np.round(log_amount(assets), 4),
        "log_market_value": np.round(log_amount(market), 4),
    }


def engineered(i: Columns) -> Columns:
    """What the challenger sees beside the attributes: shares of assets, sales and liabilities."""
    assets, sales, liabilities = i["total_assets"], i["net_sales"], i["total_liabilities"]
    return {
        "inventory_to_assets": over(i["inventory"], assets),
        "receivables_to_assets": over(i["receivables"], assets),
        "current_assets_to_assets": over(i["current_assets"], assets),
        "short_to_liabilities": over(i["current_liabilities"], liabilities),
        "depreciation_to_assets": over(i["depreciation"], assets),
        "ebitda_to_liabilities": over(i["ebitda"], liabilities),
        "ebitda_to_debt": over(i["ebitda"], i["long_term_debt"]),
        "net_margin": over(i["net_income"], sales),
        "cost_to_sales": over(i["operating_expenses"], sales),
        "gross_to_assets": over(i["gross_profit"], assets),
        "interest_and_tax_to_assets": over(i["ebit"] - i["net_income"], assets),
        "market_to_sales": over(i["market_value"], sales),
        "market_to_debt": over(i["market_value"], i["long_term_debt"]),
        "earnings_yield": over(i["net_income"], i["market_value"]),
        "retained_to_market": over(i["retained_earnings"], i["market_value"]),
        "liabilities_to_market": over(liabilities, i["market_value"]),
        "log_sales": log_amount(sales),
        "log_liabilities": log_amount(liabilities),
    }


def altman(sample: Sample) -> Matrix | None:
    """Altman's Z (SCR-01) of listed firms, or Z' (SCR-02) of others; None where items lack.

    A ratio that cannot be computed counts as 0.
    """
    if sample.shape is Shape.AMERICAN:
        i = items(sample)
        ratios = financial(i)
        weights = (1.2, 1.4, 3.3, 0.6, 0.999)
        worth = over(i["market_value"], i["total_liabilities"])
    elif sample.shape is Shape.POLISH:
        names = ("Attr3", "Attr6", "Attr7", "Attr8", "Attr9")
        columns = [sample.column(name) for name in names]
        return _weighed((0.717, 0.847, 3.107, 0.420, 0.998), columns)
    else:
        if not set(_ALTMAN) <= set(sample.names):
            return None
        ratios = {name: sample.column(name) for name in sample.names}
        weights = (0.717, 0.847, 3.107, 0.420, 0.998)
        worth = ratios["equity_to_liabilities"]
    columns = [ratios[name] for name in _ALTMAN]
    columns[3] = worth
    return _weighed(weights, columns)


_ALTMAN = (
    "working_capital_to_assets",
    "retained_earnings_to_assets",
    "ebit_to_assets",
    "equity_to_liabilities",
    "sales_to_assets",
)


def _weighed(weights: tuple[float, ...], columns: list[Matrix]) -> Matrix:
    found: Matrix = np.sum(
        [w * np.nan_to_num(c) for w, c in zip(weights, columns, strict=True)], axis=0
    )
    return found
