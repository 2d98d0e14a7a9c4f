"""A card of payment behaviour trained on a seller's own outcomes.

Only buyers who were given credit have an outcome (no reject inference): the card is valid for the
kind of buyer the seller has let in so far. Looks at the same buyer a quarter apart are not
independent, so folds keep a buyer together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import versions
from netterms.scoring.experience import Observed, days_to_look, observed
from netterms.scoring.scorecard import CARD, OWN, Attribute, Scorecard, built_in, parse
from netterms.scoring.training import cards, samples
from netterms.scoring.training.cards import Candidate, FittedAttribute, FittedCard
from netterms.scoring.training.measures import calibration_error, measured, stability_index
from netterms.scoring.training.samples import Flags, Matrix, Shape

FEWEST_DEFAULTS = 30
FOLDS = 5
DECIMALS = {
    "payment_index": 2,
    "late_share": 4,
    "average_days_late_recent": 2,
    "overdue_share_of_open": 4,
    "trend_days_late": 2,
}
NOT_COUNTED = "How many were refused was not counted."
STATEMENT = (
    "Trained on the seller's own buyers. Only buyers who were given credit have an outcome, so it"
    " is valid for the kind of buyer let in so far (no reject inference)."
)


@dataclass(frozen=True)
class Refused:
    """How many orders were asked and declined while the buyers were looked at."""

    orders: int
    orders_declined: int
    newcomers: int
    newcomers_declined: int

    @property
    def note(self) -> str:
        """What the training saw of them."""
        return (
            f"While these buyers were looked at, {self.orders_declined} of {self.orders} orders and"
            f" {self.newcomers_declined} of {self.newcomers} newcomers were declined. A newcomer"
            " that was declined has no invoice, so the training saw nothing of it; a buyer with a"
            " declined order was seen through the invoices it has."
        )


@dataclass(frozen=True)
class OwnCard:
    """A card trained on a seller's outcomes, with its measures as kept beside it."""

    text: str
    measures: Mapping[str, Plain]


def train(ctx: Context, looks: int, refused: Refused | None = None) -> OwnCard:
    """Train the next card of the seller; nothing is kept (`versions.keep_candidate` does that).

    `refused`: since the first look; the card tells it, and that it saw nothing of them.
    VALUE_INVALID with fewer than `FEWEST_DEFAULTS` defaults in the horizons that are over.
    """
    ctx.require(Permission.MANAGE_POLICY)
    model = built_in(CARD)
    days = days_to_look(ctx.today, looks)
    seen = observed(ctx, days, [a.name for a in model.attributes])
    defaults = sum(o.defaulted for o in seen)
    if defaults < FEWEST_DEFAULTS or len(seen) - defaults < FEWEST_DEFAULTS:
        raise Refusal(
            Code.VALUE_INVALID,
            field="defaults",
            value=defaults,
            mend=Mend.MORE_DEFAULTS,
            least=FEWEST_DEFAULTS,
        )
    columns, failed = _columns(model, seen)
    fitted, measures = _fitted(model, columns, failed, np.array([o.buyer for o in seen]))
    score = fitted.score(columns)
    at = np.array([o.seen_on.toordinal() for o in seen])
    moved = stability_index(score[at == at.min()], score[at == at.max()])
    provenance = _provenance(model, ctx.today.isoformat(), failed, refused) | {
        "looks": [day.isoformat() for day in days]
    }
    return OwnCard(
        own_card(fitted, model, versions.next_version(ctx), provenance),
        measures | {"stability_index": f"{moved:.4f}"} | (asdict(refused) if refused else {}),
    )


def train_file(path: Path, date: str) -> OwnCard:
    """Train card 1 from a CSV file: columns named as the attributes, and a mark of default."""
    model = built_in(CARD)
    sample = samples.read(path, FEWEST_DEFAULTS, [a.name for a in model.attributes])
    if sample.shape is not Shape.GENERIC:
        raise Refusal(Code.COLUMN_MISSING, field=model.attributes[0].name)
    columns = {name: sample.column(name) for name in sample.names}
    fitted, measures = _fitted(model, columns, sample.failed, np.arange(len(sample.failed)))
    provenance = _provenance(model, date, sample.failed)
    return OwnCard(own_card(fitted, model, 1, provenance), measures)


def _fitted(
    model: Scorecard, columns: Mapping[str, Matrix], failed: Flags, groups: npt.NDArray[Any]
) -> tuple[FittedCard, dict[str, Plain]]:
    candidates = [_candidate(a) for a in model.attributes if a.name in columns]
    fitted = cards.fit(columns, failed, candidates, central_tendency=float(failed.mean()))
    return fitted, _measures(columns, failed, candidates, groups, fitted)


def _provenance(
    model: Scorecard, date: str, failed: Flags, refused: Refused | None = None
) -> dict[str, object]:
    return {
        "kind": "trained",
        "statement": STATEMENT,
        "rejects": refused.note if refused else NOT_COUNTED,
        "date": date,
        "horizon_months": 12,
        "target": model.provenance["target"],
        "observations": len(failed),
        "defaults": int(failed.sum()),
        "central_tendency": f"{failed.mean():.6f}",
        "central_tendency_source": "The seller's own default rate over the horizons",
        "method": "Monotone bins (OptBinning), ridge logistic regression on weights of evidence",
    }


def own_card(
    fitted: FittedCard, model: Scorecard, number: int, provenance: Mapping[str, object]
) -> str:
    """The JSON of a card of behaviour, in the words of the card delivered."""
    known = {a.binned.candidate.name: a for a in fitted.attributes}
    raw = {
        "id": OWN,
        "version": number,
        "provenance": provenance,
        "scaling": {name: str(getattr(cards.SCALING, name)) for name in _SCALING},
        "base_points": fitted.base_points,
        "confidence": {
            "attribute": model.confidence_attribute,
            "missing": str(model.confidence_missing),
            "bins": [
                {"up_to": _text(s.up_to), "confidence": str(s.confidence)}
                for s in model.confidence_steps
            ],
        },
        # Those that were not chosen stay, without points: they are kept with every score.
        "attributes": [_attribute(a, known.get(a.name)) for a in model.attributes],
    }
    text = json.dumps(raw, indent=2) + "\n"
    parse(text)
    return text


_SCALING = ("pdo", "base_score", "base_odds")


def _text(bound: object) -> str | None:
    return None if bound is None else f"{bound:f}"


def _attribute(a: Attribute, fitted: FittedAttribute | None) -> dict[str, Any]:
    bounds = fitted.binned.up_to if fitted else ()
    points = fitted.points if fitted else (0,)
    return {
        "name": a.name,
        "unit": a.unit,
        "bins": [
            {"up_to": _text(end), "points": given}
            for end, given in zip([*bounds, None], points, strict=True)
        ],
        # Nothing known is never better than the best that can be known.
        "missing_points": min(fitted.missing_points, max(points)) if fitted else 0,
        **{
            kind: {"code": words.code, "text": words.text}
            for kind, words in (
                ("lowered", a.lowered),
                ("raised", a.raised),
                ("missing", a.missing),
            )
        },
    }


def _candidate(a: Attribute) -> Candidate:
    # The card delivered says which way is better.
    rising = a.bins[-1].points > a.bins[0].points
    return Candidate(a.name, DECIMALS.get(a.name, 0), "safer" if rising else "riskier")


def _columns(model: Scorecard, seen: Sequence[Observed]) -> tuple[dict[str, Matrix], Flags]:
    columns = {
        a.name: np.array(
            [np.nan if (v := o.attributes[a.name]) is None else float(v) for o in seen]
        )
        for a in model.attributes
    }
    return columns, np.array([o.defaulted for o in seen], dtype=np.int64)


def _measures(
    columns: Mapping[str, Matrix],
    failed: Flags,
    candidates: Sequence[Candidate],
    groups: npt.NDArray[Any],
    fitted: FittedCard,
) -> dict[str, Plain]:
    """Measures in folds that keep a buyer (one of `groups`) together."""
    risk = np.empty(len(failed))
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1)
    for train_rows, test_rows in splitter.split(risk, failed, groups):
        card = cards.fit(
            {name: c[train_rows] for name, c in columns.items()}, failed[train_rows], candidates
        )
        risk[test_rows] = card.risk({name: c[test_rows] for name, c in columns.items()})
    found = measured(failed, risk)
    return {
        "buyers": len(set(groups)),
        "observations": len(failed),
        "defaults": int(failed.sum()),
        "auc": f"{found.auc:.4f}",
        "gini": f"{found.gini:.4f}",
        "ks": f"{found.ks:.4f}",
        "brier": f"{found.brier:.4f}",
        "calibration_error": f"{calibration_error(failed, risk):.4f}",
        "attributes": [a.binned.candidate.name for a in fitted.attributes],
    }
