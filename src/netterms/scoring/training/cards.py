"""Fitting a scorecard: monotone bins (OptBinning), a logistic regression, whole points.

Steps: bin every candidate; leave out those that say next to nothing (information value) and those
that repeat a better one; fit the weights of evidence of the rest with a ridge penalty, dropping any
that would count against what its bins say; turn the sum into whole points (SCR-14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from sklearn.linear_model import LogisticRegression

from netterms.scoring.rules import Scaling
from netterms.scoring.training.samples import Flags, Matrix

SCALING = Scaling(pdo=Decimal(20), base_score=Decimal(600), base_odds=Decimal(50))
FACTOR, OFFSET = float(SCALING.factor), float(SCALING.offset)
EVENT_TRENDS = {"safer": "descending", "riskier": "ascending", None: "auto_asc_desc"}


@dataclass(frozen=True)
class Candidate:
    """A column a card may use. `more_is` as in `attributes.Trainable`."""

    name: str
    decimals: int
    more_is: str | None


@dataclass(frozen=True)
class Settings:
    """How a card is fitted. Fixed before measuring; none of it is tuned on what is measured."""

    most_attributes: int = 12
    most_bins: int = 6
    smallest_bin: float = 0.05
    least_information: float = 0.05
    most_alike: float = 0.80
    # Inverse strength of the ridge penalty, and firms of average risk added to each bin.
    ridge: float = 0.1
    smoothing: float = 20.0


@dataclass(frozen=True)
class Binned:
    """A column in bins: upper bounds (the last bin is open) and weights of evidence.

    The weight of evidence is ln(share of the good / share of the failed): positive is safer.
    """

    candidate: Candidate
    up_to: tuple[Decimal, ...]
    evidence: tuple[float, ...]
    missing_evidence: float
    information: float

    def places(self, values: Matrix) -> npt.NDArray[np.int64]:
        """The bin of each value; one past the last for a missing one."""
        found = np.searchsorted(np.array([float(b) for b in self.up_to]), values, side="left")
        return np.where(np.isnan(values), len(self.evidence), found)

    def weights(self, values: Matrix) -> Matrix:
        """The weight of evidence of each value."""
        return np.array([*self.evidence, self.missing_evidence])[self.places(values)]


@dataclass(frozen=True)
class FittedAttribute:
    """One attribute of a fitted card."""

    binned: Binned
    points: tuple[int, ...]
    missing_points: int


@dataclass(frozen=True)
class FittedCard:
    """A card as fitted: `score` and `risk` are what `scorecard.evaluate` gives."""

    attributes: tuple[FittedAttribute, ...]
    base_points: int

    def score(self, columns: Mapping[str, Matrix]) -> Matrix:
        """The integer score of each row."""
        total = np.full(len(next(iter(columns.values()))), float(self.base_points))
        for a in self.attributes:
            points = np.array([*a.points, a.missing_points], dtype=np.float64)
            total += points[a.binned.places(columns[a.binned.candidate.name])]
        return total

    def risk(self, columns: Mapping[str, Matrix]) -> Matrix:
        """The default probability of each row (SCR-14)."""
        return 1 / (1 + np.exp((self.score(columns) - OFFSET) / FACTOR))


def fit(
    columns: Mapping[str, Matrix],
    failed: Flags,
    candidates: Sequence[Candidate],
    settings: Settings | None = None,
    central_tendency: float | None = None,
) -> FittedCard:
    """A card for `failed`. With `central_tendency` its mean PD over these rows is that share."""
    settings = settings or Settings()
    chosen = _chosen(columns, failed, candidates, settings)
    weights, level = _weighed(chosen, columns, failed, settings)
    attributes = tuple(_pointed(b, w) for b, w in zip(chosen, weights, strict=True) if w > 0)
    # Points count from the worst bin up; what they all start from goes into the base.
    floor = sum(
        w * min(*b.evidence, b.missing_evidence)
        for b, w in zip(chosen, weights, strict=True)
        if w > 0
    )
    card = FittedCard(attributes, round(OFFSET + FACTOR * (level + floor)))
    if central_tendency is None:
        return card
    return FittedCard(attributes, _rebased(card, columns, central_tendency))


def binned(values: Matrix, failed: Flags, candidate: Candidate, settings: Settings) -> Binned:
    """`values` in monotone bins."""
    from optbinning import OptimalBinning

    binning = OptimalBinning(
        monotonic_trend=EVENT_TRENDS[candidate.more_is],
        max_n_bins=settings.most_bins,
        min_bin_size=settings.smallest_bin,
    )
    binning.fit(values, failed)
    up_to = tuple(dict.fromkeys(_below(split, candidate.decimals) for split in binning.splits))
    blank = Binned(candidate, up_to, (0.0,) * (len(up_to) + 1), 0.0, 0.0)
    places = blank.places(values)
    counts = [np.bincount(places[failed == mark], minlength=len(up_to) + 2) for mark in (0, 1)]
    shares = [count / count.sum() for count in counts]
    overall = counts[1].sum() / len(failed)
    smoothed = [
        (counts[mark] + settings.smoothing * part)
        / (counts[mark].sum() + settings.smoothing * part)
        for mark, part in ((0, 1 - overall), (1, overall))
    ]
    evidence = np.log(smoothed[0] / smoothed[1])
    # Nothing was seen without a value: it says nothing.
    missing = float(evidence[-1]) if counts[0][-1] + counts[1][-1] else 0.0
    information = float(np.sum((shares[0] - shares[1]) * evidence))
    return Binned(candidate, up_to, tuple(map(float, evidence[:-1])), missing, information)


def _below(split: float, decimals: int) -> Decimal:
    """The last value with `decimals` decimals below `split`: bins end there, inclusive."""
    unit = Decimal(1).scaleb(-decimals)
    return Decimal(float(split)).quantize(unit, ROUND_CEILING) - unit


def _chosen(
    columns: Mapping[str, Matrix],
    failed: Flags,
    candidates: Sequence[Candidate],
    settings: Settings,
) -> list[Binned]:
    found = [binned(columns[c.name], failed, c, settings) for c in candidates]
    found = [b for b in found if b.up_to and b.information >= settings.least_information]
    found.sort(key=lambda b: -b.information)
    chosen: list[Binned] = []
    kept: list[Matrix] = []
    for each in found:
        weights = each.weights(columns[each.candidate.name])
        alike = [abs(np.corrcoef(weights, other)[0, 1]) for other in kept]
        if max(alike, default=0.0) < settings.most_alike:
            chosen.append(each)
            kept.append(weights)
    return chosen


def _weighed(
    chosen: Sequence[Binned], columns: Mapping[str, Matrix], failed: Flags, settings: Settings
) -> tuple[list[float], float]:
    """What each weight of evidence counts, 0 for those left out, and the level.

    Left out, one after the other: what would count backwards, then what adds least to the order.
    """
    evidence = np.column_stack([b.weights(columns[b.candidate.name]) for b in chosen])
    spread = evidence.std(axis=0)
    used = list(range(len(chosen)))
    while True:
        model = LogisticRegression(C=settings.ridge, max_iter=1000)
        model.fit(evidence[:, used], 1 - failed)
        counted = model.coef_[0]
        least = int(np.argmin(counted * spread[used]))
        if len(used) == 1 or (counted[least] > 0 and len(used) <= settings.most_attributes):
            break
        used.pop(least)
    weights = [0.0] * len(chosen)
    for place, weight in zip(used, counted, strict=True):
        weights[place] = float(weight)
    return weights, float(model.intercept_[0])


def _pointed(b: Binned, weight: float) -> FittedAttribute:
    lowest = min(*b.evidence, b.missing_evidence)
    points = tuple(round(FACTOR * weight * (e - lowest)) for e in b.evidence)
    return FittedAttribute(b, points, round(FACTOR * weight * (b.missing_evidence - lowest)))


def _rebased(card: FittedCard, columns: Mapping[str, Matrix], tendency: float) -> int:
    """Base points at which the mean PD over these rows is `tendency`."""
    score = card.score(columns)

    def miss(shift: float) -> float:
        return float(np.mean(1 / (1 + np.exp((score + shift - OFFSET) / FACTOR)))) - tendency

    return card.base_points + round(float(brentq(miss, -2000, 2000)))
