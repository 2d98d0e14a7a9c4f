"""Our models and the usual rivals on the same firm-years: in the same folds, or on a test file.

Everything is fitted on the training rows alone: bins, quantiles, medians and weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.training import cards, challenger, ratios
from netterms.scoring.training.candidates import candidates_for_card, columns_for_card
from netterms.scoring.training.measures import Measures, calibration_error, measured
from netterms.scoring.training.samples import Flags, Matrix, Sample, Shape

# Trained on the first sample, the risk of each row of the second; None where it cannot be had.
Forecast = Callable[[Sample, Sample, int], Matrix | None]
FEWEST_FOLDS, MOST_FOLDS = 2, 20


@dataclass(frozen=True)
class Line:
    """One model's measures of each fold, or of the one test file.

    `calibration` is of all rows together: a fold has too few failures for its tenths.
    """

    model: str
    folds: tuple[Measures, ...]
    calibration: float | None

    @property
    def auc(self) -> float:
        """Mean AUC."""
        return fmean(m.auc for m in self.folds)

    @property
    def auc_spread(self) -> float | None:
        """Standard deviation of the AUC over the folds."""
        return stdev(m.auc for m in self.folds) if len(self.folds) > 1 else None

    @property
    def gini(self) -> float:
        """Mean Gini."""
        return fmean(m.gini for m in self.folds)

    @property
    def ks(self) -> float:
        """Mean KS."""
        return fmean(m.ks for m in self.folds)

    @property
    def brier(self) -> float | None:
        """Mean Brier score; None of a bare score."""
        known = [m.brier for m in self.folds if m.brier is not None]
        return fmean(known) if known else None


def _scorecard(listed: bool) -> Forecast:
    def forecast(train: Sample, test: Sample, _seed: int) -> Matrix | None:
        if not listed and train.shape is not Shape.AMERICAN:
            return None
        candidates = candidates_for_card(train, listed=listed)
        card = cards.fit(columns_for_card(train, listed=listed), train.failed, candidates)
        return card.risk(columns_for_card(test, listed=listed))

    return forecast


def _challenger(train: Sample, test: Sample, seed: int) -> Matrix | None:
    return challenger.fit(train, seed).risk(test)


def _logistic(train: Sample, test: Sample, _seed: int) -> Matrix | None:
    model = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=5000),
    )
    model.fit(train.raw, train.failed)
    found: Matrix = model.predict_proba(test.raw)[:, 1]
    return found


def _altman(_train: Sample, test: Sample, _seed: int) -> Matrix | None:
    z = ratios.altman(test)
    return None if z is None else -z


def _lightgbm(train: Sample, test: Sample, seed: int) -> Matrix | None:
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(**challenger.COMMON, random_state=seed)
    model.fit(train.raw, train.failed)
    found: Matrix = np.asarray(model.predict_proba(test.raw))[:, 1]
    return found


SCORECARD, PRIVATE_CARD, CHALLENGER = "scorecard", "scorecard_private", "challenger"
LOGISTIC, ALTMAN, LIGHTGBM = "logistic_raw", "altman_z", "lightgbm_raw"
MODELS: Mapping[str, Forecast] = {
    SCORECARD: _scorecard(listed=True),
    PRIVATE_CARD: _scorecard(listed=False),
    CHALLENGER: _challenger,
    LOGISTIC: _logistic,
    ALTMAN: _altman,
    LIGHTGBM: _lightgbm,
}
# They order, and name no probability.
BARE_SCORES = frozenset({ALTMAN})


def in_folds(
    sample: Sample, folds: int, seed: int, progress: Callable[[int], None] = lambda _n: None
) -> list[Line]:
    """Every model in the same stratified folds."""
    _check_folds(sample, folds)
    pairs = _split(sample, folds, seed)
    return _lines(pairs, seed, progress)


def on_test(train: Sample, test: Sample, seed: int) -> list[Line]:
    """Every model trained on one file and measured on the other."""
    if train.shape is not test.shape or train.names != test.names:
        lacking = sorted(set(train.names) - set(test.names)) or [train.shape.value]
        raise Refusal(Code.COLUMN_MISSING, field=lacking[0])
    return _lines(iter([(train, test)]), seed, lambda _n: None)


def _check_folds(sample: Sample, folds: int) -> None:
    most = min(MOST_FOLDS, int(sample.failed.sum()))
    if not FEWEST_FOLDS <= folds <= most:
        raise Refusal(
            Code.VALUE_INVALID,
            field="folds",
            value=folds,
            mend=Mend.BETWEEN,
            least=FEWEST_FOLDS,
            most=most,
        )


def _split(sample: Sample, folds: int, seed: int) -> Iterator[tuple[Sample, Sample]]:
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(sample.raw, sample.failed):
        yield sample.rows(train), sample.rows(test)


def _lines(
    pairs: Iterator[tuple[Sample, Sample]], seed: int, progress: Callable[[int], None]
) -> list[Line]:
    seen: dict[str, list[tuple[Flags, Matrix]]] = {name: [] for name in MODELS}
    for number, (train, test) in enumerate(pairs, start=1):
        progress(number)
        for name, forecast in MODELS.items():
            risk = forecast(train, test, seed)
            if risk is not None:
                seen[name].append((test.failed, risk))
    return [_line(name, folds) for name, folds in seen.items() if folds]


def _line(name: str, folds: list[tuple[Flags, Matrix]]) -> Line:
    probability = name not in BARE_SCORES
    failed, risk = (np.concatenate(parts) for parts in zip(*folds, strict=True))
    return Line(
        model=name,
        folds=tuple(measured(f, r, probability=probability) for f, r in folds),
        calibration=calibration_error(failed, risk) if probability else None,
    )
