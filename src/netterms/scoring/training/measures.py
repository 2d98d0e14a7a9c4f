"""How good forecasts of failure are: order, level, and whether a population moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

from netterms.scoring.training.samples import Flags, Matrix

DECILES = 10
# An empty band has no logarithm: it counts as this share.
SMALLEST_SHARE = 1e-4


@dataclass(frozen=True)
class Measures:
    """AUC, KS and Gini are of the order; Brier (None of a bare score) of the level too."""

    auc: float
    ks: float
    brier: float | None

    @property
    def gini(self) -> float:
        """Accuracy ratio: 2 x AUC - 1."""
        return 2 * self.auc - 1


def measured(failed: Flags, risk: Matrix, *, probability: bool = True) -> Measures:
    """Measures of `risk` (higher is worse) against what happened."""
    false_rate, true_rate, _ = roc_curve(failed, risk)
    return Measures(
        auc=float(roc_auc_score(failed, risk)),
        ks=float(np.max(true_rate - false_rate)),
        brier=float(np.mean((risk - failed) ** 2)) if probability else None,
    )


@dataclass(frozen=True)
class Tenth:
    """A tenth of the rows in the order of their forecasts: mean forecast, share that failed."""

    rows: int
    forecast: float
    observed: float


def tenths(failed: Flags, pd: Matrix) -> list[Tenth]:
    """Forecast and outcome by tenth of the forecast, the lowest first."""
    order = np.argsort(pd, kind="stable")
    return [
        Tenth(len(tenth), float(pd[tenth].mean()), float(failed[tenth].mean()))
        for tenth in np.array_split(order, DECILES)
        if len(tenth)
    ]


def calibration_error(failed: Flags, pd: Matrix) -> float:
    """Mean distance of forecast and observed share over deciles of the forecast, by their size."""
    gaps = [abs(t.forecast - t.observed) * t.rows for t in tenths(failed, pd)]
    return sum(gaps) / len(pd)


def stability_index(before: Matrix, after: Matrix) -> float:
    """Population stability index (PSI) of a score: deciles of `before`, shares of `after`.

    Usual reading: below 0.10 stable, above 0.25 another population.
    """
    inner = np.unique(np.quantile(before, np.linspace(0, 1, DECILES + 1)[1:-1]))
    shares = [
        np.maximum(
            np.bincount(np.searchsorted(inner, part, "left"), minlength=len(inner) + 1) / len(part),
            SMALLEST_SHARE,
        )
        for part in (before, after)
    ]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
