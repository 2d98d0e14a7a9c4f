"""The challenger: what can be had out of the same columns where nobody has to read the model.

Boosted trees over the file's columns and what they imply, each a mean over several seeds. With few
failures trees are unsteady, so they are small, and are averaged with a strongly penalised logistic
regression on quantiles and with a readable card. Hyperparameters are fixed by the number of
failures alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from netterms.scoring.training import cards, polish, ratios
from netterms.scoring.training.candidates import candidates_for_card, columns_for_card
from netterms.scoring.training.cards import FittedCard
from netterms.scoring.training.samples import Flags, Matrix, Sample, Shape

FEW_FAILURES = 150
TINY = 1e-6
COMMON: dict[str, Any] = {"verbose": -1, "deterministic": True, "force_row_wise": True, "n_jobs": 1}
SMALL_TREES: dict[str, Any] = {
    "n_estimators": 500,
    "learning_rate": 0.03,
    "num_leaves": 5,
    "min_child_samples": 30,
    "colsample_bytree": 0.3,
    "subsample": 0.8,
    "subsample_freq": 1,
    "extra_trees": True,
}
LARGE_TREES: dict[str, Any] = {
    "n_estimators": 400,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_child_samples": 20,
    "colsample_bytree": 0.8,
    "subsample": 0.8,
    "subsample_freq": 1,
}
SMALL_BAG, LARGE_BAG = 8, 3


def features(sample: Sample) -> Matrix:
    """The file's own columns and what they imply."""
    if sample.shape is Shape.AMERICAN:
        items = ratios.items(sample)
        more = ratios.financial(items) | ratios.listed(items) | ratios.engineered(items)
    elif sample.shape is Shape.POLISH:
        more = polish.implied(sample)
    else:
        return sample.raw
    return np.column_stack([sample.raw, *more.values()])


@dataclass(frozen=True)
class Challenger:
    """A fitted challenger. `smooth` and `card` are there where failures were few."""

    trees: Sequence[Any]
    smooth: Any | None
    card: FittedCard | None

    def risk(self, sample: Sample) -> Matrix:
        """The probability of failure of each row: a mean of log odds."""
        seen = features(sample)
        parts = [np.mean([_log_odds(m.predict_proba(seen)[:, 1]) for m in self.trees], axis=0)]
        if self.smooth is not None:
            parts.append(_log_odds(self.smooth.predict_proba(seen)[:, 1]))
        if self.card is not None:
            parts.append(_log_odds(self.card.risk(columns_for_card(sample, listed=True))))
        odds: Matrix = np.mean(parts, axis=0)
        found: Matrix = 1 / (1 + np.exp(-odds))
        return found


def fit(sample: Sample, seed: int = 0) -> Challenger:
    """A challenger for `sample`."""
    from lightgbm import LGBMClassifier

    seen, failed = features(sample), sample.failed
    few = failed.sum() < FEW_FAILURES
    shape, bag = (SMALL_TREES, SMALL_BAG) if few else (LARGE_TREES, LARGE_BAG)
    trees = [
        LGBMClassifier(**COMMON, **shape, random_state=seed + n).fit(seen, failed)
        for n in range(bag)
    ]
    if not few:
        return Challenger(trees, None, None)
    card = cards.fit(
        columns_for_card(sample, listed=True), failed, candidates_for_card(sample, listed=True)
    )
    return Challenger(trees, _quantile_logistic(seen, failed), card)


def _quantile_logistic(seen: Matrix, failed: Flags) -> Any:  # noqa: ANN401 - a pipeline
    model = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=0),
        StandardScaler(),
        LogisticRegression(C=0.003, max_iter=3000),
    )
    return model.fit(seen, failed)


def _log_odds(probability: Matrix) -> Matrix:
    kept = np.clip(probability, TINY, 1 - TINY)
    return np.log(kept / (1 - kept))
