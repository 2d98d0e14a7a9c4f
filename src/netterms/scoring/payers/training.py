"""Training and measuring the model. Needs the extra `train`; predicting does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring.payers import trees
from netterms.scoring.payers.features import FEATURES, RISING, values_of

Row = Mapping[str, Any]
VERSION = "payers_v1"
LEAST_PAID = 500
RIPE_DAYS = 10
# Chosen on a slice of time inside the training part of one ledger; not searched for each seller.
SETTINGS: dict[str, Any] = {
    "learning_rate": 0.07,
    "num_leaves": 31,
    "min_data_in_leaf": 30,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.6,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "seed": 1,
    # The same book gives the same model, on a busy machine too.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Forecast:
    """Days late, whole and negative when early; chances as fractions."""

    days_late: int
    late: float
    late_30: float


@dataclass(frozen=True, slots=True)
class Model:
    """Trees by what they answer: `days_late`, `late` and `late_30`."""

    trees: Mapping[str, Any]

    def forecast(self, row: Row) -> Forecast:
        """What is expected of the invoice whose features are `row`."""
        values = values_of(row)
        return Forecast(
            # A median of whole days: rounding is nearer to it more often than not.
            days_late=round(trees.total(self.trees["days_late"], values)),
            late=trees.chance(self.trees["late"], values),
            late_30=trees.chance(self.trees["late_30"], values),
        )


def require_paid(count: int) -> None:
    """Refuse to learn from fewer than `LEAST_PAID` paid invoices."""
    if count < LEAST_PAID:
        raise Refusal(
            Code.VALUE_INVALID,
            field="paid_invoices",
            value=count,
            mend=Mend.MORE_PAID_INVOICES,
            least=LEAST_PAID,
            missing=LEAST_PAID - count,
        )


def train(rows: Sequence[Row]) -> Model:
    """A model of paid invoices: each row its features and `days_late`."""
    import lightgbm
    import numpy

    table = numpy.array([values_of(row) for row in rows], dtype=float)
    days = numpy.array([row["days_late"] for row in rows], dtype=float)
    rising = [1 if name in RISING else 0 for name in FEATURES]

    def grown(answers: Any, **settings: object) -> list[Any]:  # noqa: ANN401 - an array
        data = lightgbm.Dataset(table, answers)
        booster = lightgbm.train(SETTINGS | settings, data, num_boost_round=ROUNDS)
        return trees.from_lightgbm(booster.dump_model())

    return Model(
        {
            # Absolute error asks for the median: one invoice of 300 days does not move it.
            "days_late": grown(days, objective="l1"),
            "late": grown(days > 0, objective="binary", monotone_constraints=rising),
            "late_30": grown(days >= 30, objective="binary", monotone_constraints=rising),
        }
    )


def known_before(rows: Sequence[Row], day: date) -> list[Row]:
    """The paid rows to learn from on `day`: those that were paid before, and long enough due.

    Of invoices that are hardly due only the quick payers are known: they would teach haste.
    """
    ripe = day - timedelta(days=RIPE_DAYS)
    return [
        row
        for row in rows
        if row["settled_on"] and row["settled_on"] < day and row["due_on"] < ripe
    ]
