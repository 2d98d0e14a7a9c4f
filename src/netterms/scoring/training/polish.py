"""What the 64 ratios of the Polish set imply but do not say: sums and differences with a meaning.

Ratios over the same base subtract: profit before tax less net profit, each over assets, is the tax.
Meanings of the ratios are those of the set's own list (UCI "Polish companies bankruptcy").
"""

from __future__ import annotations

import numpy as np

from netterms.scoring.training.samples import Matrix, Sample

DAYS_OF_YEAR = 365
Columns = dict[str, Matrix]


def implied(sample: Sample) -> Columns:
    """The implied columns; NaN where a part is missing or a base is 0."""
    x = {n: sample.raw[:, n - 1] for n in range(1, 65)}
    return _results(x) | _balance(x) | _working_capital(x) | _patterns(sample.raw, x)


def _divided(top: Matrix, bottom: Matrix) -> Matrix:
    usable = np.isfinite(top) & np.isfinite(bottom) & (bottom != 0)
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=usable)


def _results(x: dict[int, Matrix]) -> Columns:
    """Parts of the result: over assets, then over sales."""
    return {
        "tax_to_assets": x[18] - x[1],
        "interest_to_assets": x[14] - x[18],
        "extraordinary_to_assets": x[11] - x[18],
        "ebit_difference": x[7] - x[14],
        "other_operating_to_assets": x[22] - x[35],
        "non_operating_to_assets": x[18] - x[22],
        "depreciation_to_assets": x[22] - x[48],
        "financial_expenses_to_assets": _divided(x[22], x[27]),
        "other_revenue_to_assets": x[36] - x[9],
        "three_years_difference": x[24] - x[18],
        "depreciation_to_sales": x[13] - x[19],
        "interest_to_sales": x[31] - x[19],
        "financial_expenses_to_sales": _divided(x[42], x[27]),
        "gross_difference": x[39] - x[56],
        "operating_difference": x[42] - x[39],
        "net_difference": x[23] - x[19],
        "costs_difference": x[58] + x[19] - 1,
        "operating_costs_difference": x[58] + x[42] - 1,
        "depreciation_by_liabilities": x[26] * x[2] - x[1],
        "gross_depreciation_by_liabilities": x[16] * x[2] - x[18],
    }


def _balance(x: dict[int, Matrix]) -> Columns:
    """Parts of the balance sheet over assets, and whether it balances."""
    return {
        "balance_difference": x[10] + x[2] - 1,
        "long_liabilities_to_assets": x[38] - x[10],
        "other_liabilities_to_assets": x[2] - x[51],
        "share_capital_to_assets": x[10] - x[25],
        "reserves_difference": x[6] - x[25],
        "receivables_to_assets": x[44] * x[9] / DAYS_OF_YEAR,
        "inventory_to_assets": x[20] * x[9] / DAYS_OF_YEAR,
        "cash_to_assets": x[2] - x[30] * x[9],
        "operating_expenses_to_assets": x[34] * x[2],
        "cost_of_sales_to_assets": (1 - x[56]) * x[9],
        "current_assets_to_assets": x[4] * x[51],
        "current_assets_by_liabilities": x[50] * x[2],
        "fixed_assets_to_assets": _divided(x[9], x[64]),
    }


def _working_capital(x: dict[int, Matrix]) -> Columns:
    """Days and liquidity against each other, and size."""
    return {
        "inventory_days_difference": x[47] - x[20],
        "short_days_difference": x[62] - x[52],
        "payables_days_difference": x[32] - x[52],
        "receivables_less_payables_days": x[44] - x[62],
        "receivables_to_short": x[46] - x[40],
        "inventory_to_short": x[4] - x[46],
        "log_sales": x[29] + np.log10(np.maximum(x[9], 1e-4)),
        "sales_before_to_assets": _divided(x[9], x[21]),
        "working_capital_difference": x[55] / 10 ** x[29] - x[3],
    }


def _patterns(raw: Matrix, x: dict[int, Matrix]) -> Columns:
    """How much is missing: firms in trouble report less."""
    return {
        "missing_ratios": np.isnan(raw).sum(axis=1).astype(np.float64),
        "growth_of_result": _divided(x[24], x[18]),
    }
