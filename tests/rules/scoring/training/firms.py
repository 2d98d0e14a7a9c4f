"""Made-up firm-years in the shapes that files have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netterms.scoring.training.samples import COLUMNS, Sample, Shape


def american(firms: int = 600, seed: int = 5) -> Sample:
    """Firms whose losses and debts make them fail."""
    dice = np.random.default_rng(seed)
    assets = np.exp(dice.normal(6, 1.5, firms))
    debt = assets * dice.beta(3, 3, firms)
    income = assets * dice.normal(0.03, 0.1, firms)
    sales = assets * dice.uniform(0.3, 2.0, firms)
    short = debt * dice.uniform(0.3, 0.9, firms)
    columns = {
        "X1": assets * dice.uniform(0.2, 0.7, firms),
        "X2": sales * dice.uniform(0.5, 0.9, firms),
        "X3": assets * 0.04,
        "X4": income + assets * 0.07,
        "X5": assets * dice.uniform(0, 0.2, firms),
        "X6": income,
        "X7": sales * dice.uniform(0.05, 0.3, firms),
        "X8": assets * np.exp(dice.normal(0, 0.7, firms)),
        "X9": sales,
        "X10": assets,
        "X11": debt - short,
        "X12": income + assets * 0.03,
        "X13": sales * 0.3,
        "X14": short,
        "X15": assets * dice.normal(0.1, 0.4, firms),
        "X16": sales,
        "X17": debt,
        "X18": sales * 0.9,
    }
    odds = -2.5 - 14 * income / assets + 3 * (debt / assets - 0.5)
    failed = (dice.uniform(size=firms) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    names = COLUMNS[Shape.AMERICAN]
    return Sample(
        Shape.AMERICAN, names, np.round(np.column_stack([columns[n] for n in names]), 3), failed
    )


def table(sample: Sample, label: str = "bankrupt") -> pd.DataFrame:
    """The sample as a file has it."""
    rows = pd.DataFrame(sample.raw, columns=list(sample.names))
    rows.insert(0, "company_name", [f"C_{n}" for n in range(len(rows))])
    rows.insert(1, "year", 2018)
    rows.insert(2, label, sample.failed)
    return rows
