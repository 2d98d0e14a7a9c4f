"""A fitted card written as the JSON that `scorecard.parse` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from netterms.scoring.scorecard import parse
from netterms.scoring.training.attributes import FINANCIAL, STATEMENT_AGE, Trainable
from netterms.scoring.training.cards import SCALING, FittedAttribute, FittedCard

# How far to trust accounts by their age in months: expert judgement, no set says.
AGE_STEPS = (("6", "0.90"), ("12", "0.80"), ("18", "0.60"), ("24", "0.40"), (None, "0.20"))
NO_ACCOUNTS = "0.10"
TRAINABLE: Mapping[str, Trainable] = {a.name: a for a in FINANCIAL}


def financial_card(
    fitted: FittedCard, card_id: str, version: int, provenance: Mapping[str, object]
) -> str:
    """The JSON of a card of annual accounts; a refusal where it would not be a valid card."""
    written = [_attribute(a) for a in fitted.attributes]
    # No points: it is there for the confidence alone.
    age = _worded(STATEMENT_AGE) | {"bins": [{"up_to": None, "points": 0}], "missing_points": 0}
    raw = {
        "id": card_id,
        "version": version,
        "provenance": provenance,
        "scaling": {
            "pdo": str(SCALING.pdo),
            "base_score": str(SCALING.base_score),
            "base_odds": str(SCALING.base_odds),
        },
        "base_points": fitted.base_points,
        "confidence": {
            "attribute": STATEMENT_AGE.name,
            "missing": NO_ACCOUNTS,
            "bins": [{"up_to": up_to, "confidence": trust} for up_to, trust in AGE_STEPS],
        },
        "attributes": [*written, age],
    }
    text = json.dumps(raw, indent=2) + "\n"
    parse(text)
    return text


def _attribute(fitted: FittedAttribute) -> dict[str, Any]:
    ends = [f"{bound.normalize():f}" for bound in fitted.binned.up_to]
    return _worded(TRAINABLE[fitted.binned.candidate.name]) | {
        "bins": [
            {"up_to": end, "points": points}
            for end, points in zip([*ends, None], fitted.points, strict=True)
        ],
        "missing_points": fitted.missing_points,
    }


def _worded(a: Trainable) -> dict[str, Any]:
    said = dict(zip(("lowered", "raised", "missing"), a.wordings, strict=True))
    return {
        "name": a.name,
        "unit": a.unit,
        **{kind: {"code": w.code, "text": w.text} for kind, w in said.items()},
    }
