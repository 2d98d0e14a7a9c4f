"""Our models and the usual rivals on the same firm-years: in the same folds, or on a test file.

Everything is fitted on the training rows alone: bins, quantiles, medians and weights. A card that
is there already is measured as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import fmean, stdev

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.scorecard import Scorecard, evaluate
from netterms.scoring.training import cards, challenger, ratios
from netterms.scoring.training.candidates import candidates_for_card, columns_for_card
from netterms.scoring.training.measures import Measures, calibration_error, measured
from netterms.scoring.training.samples import FIRST_ROW, Flags, Matrix, Sample, Shape

# Trained on the first sample, the risk of each row of the second; None where it cannot be had.
Forecast = Callable[[Sample, Sample, int], Matrix | None]
FEWEST_FOLDS, MOST_FOLDS = 2, 20


@dataclass(frozen=True)
class Part:
    """What a model said of the rows at `places` of the file that is measured, and what came."""

    places: Flags
    failed: Flags
    risk: Matrix


@dataclass(frozen=True)
class Line:
    """One model's measures of each fold, or of the one test file.

    `calibration` is of all rows together: a fold has too few failures for its tenths.
    """

    model: str
    folds: tuple[Measures, ...]
    calibration: float | None
    parts: tuple[Part, ...]

    @property
    def failed(self) -> Flags:
        """Outcomes of all rows that were measured, fold after fold."""
        return np.concatenate([part.failed for part in self.parts])

    @property
    def risk(self) -> Matrix:
        """Forecasts of the same rows."""
        return np.concatenate([part.risk for part in self.parts])

    @property
    def rows(self) -> Flags:
        """Where the same rows stand in the file, counted as people do, with its headings."""
        return np.concatenate([part.places for part in self.parts]) + FIRST_ROW

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
    lacking = [name for name in train.names if name not in test.names]
    if lacking:
        raise Refusal(Code.COLUMN_MISSING, field=", ".join(lacking), headings=list(test.names))
    # What the first file does not have nothing was learned of.
    alike = Sample(
        train.shape, train.names, np.column_stack([*map(test.column, train.names)]), test.failed
    )
    return _lines(iter([(train, alike, np.arange(len(test.failed)))]), seed, lambda _n: None)


def of_card(card: Scorecard, sample: Sample) -> Line:
    """A card that is there already, as it is: nothing is fitted to `sample`."""
    columns = columns_for_card(sample, listed=False)
    lacking = [a.name for a in card.attributes if a.reachable != (0, 0) and a.name not in columns]
    if lacking:
        raise Refusal(Code.COLUMN_MISSING, field=", ".join(lacking), headings=list(sample.names))
    unknown = dict.fromkeys(a.name for a in card.attributes)
    known = {name: columns[name].tolist() for name in unknown if name in columns}
    risk = np.array(
        [
            float(evaluate(card, unknown | dict(zip(known, map(_exact, row), strict=True))).pd)
            for row in zip(*known.values(), strict=True)
        ]
    )
    return _line(card.name, [Part(np.arange(len(risk)), sample.failed, risk)])


def _exact(value: float) -> Decimal | None:
    return None if np.isnan(value) else Decimal(repr(value))


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


def _split(sample: Sample, folds: int, seed: int) -> Iterator[tuple[Sample, Sample, Flags]]:
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(sample.raw, sample.failed):
        yield sample.rows(train), sample.rows(test), test


def _lines(
    pairs: Iterator[tuple[Sample, Sample, Flags]], seed: int, progress: Callable[[int], None]
) -> list[Line]:
    seen: dict[str, list[Part]] = {name: [] for name in MODELS}
    for number, (train, test, places) in enumerate(pairs, start=1):
        progress(number)
        for name, forecast in MODELS.items():
            risk = forecast(train, test, seed)
            if risk is not None:
                seen[name].append(Part(places, test.failed, risk))
    return [_line(name, parts) for name, parts in seen.items() if parts]


def _line(name: str, parts: list[Part]) -> Line:
    probability = name not in BARE_SCORES
    line = Line(
        model=name,
        folds=tuple(measured(p.failed, p.risk, probability=probability) for p in parts),
        calibration=None,
        parts=tuple(parts),
    )
    if not probability:
        return line
    return replace(line, calibration=calibration_error(line.failed, line.risk))


def forecasts(lines: Sequence[Line]) -> pd.DataFrame:
    """One row for each firm-year that was measured: its row in the file, outcome, forecasts."""
    of_each = [pd.Series(line.risk, line.rows, name=line.model) for line in lines]
    failed = pd.Series(lines[0].failed, lines[0].rows, name="failed")
    return pd.concat([failed, *of_each], axis=1).sort_index().rename_axis("row").reset_index()
