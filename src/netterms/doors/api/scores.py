"""How the scorecards stood, month by month."""

from __future__ import annotations

from datetime import date

from ninja import Router, Schema

from netterms.doors.api.shapes import ApiRequest, Day, day_shown
from netterms.scoring.figures import Concern, Figure, FigureKind, Role
from netterms.scoring.monthly import figures

router = Router(tags=["scores"])


class ScoreFigure(Schema):
    """One figure of a card in a month; `value` null: too few defaulted to say.

    PSI (`score_shift`, `attribute_shift`): the buyers of `measured_on` against those of `since`.
    `auc`: the scores of `since` by what came of them until `measured_on`. `calibration` of a grade
    (`part`): the share that defaulted, between `low` and `high` at 95 %, beside the mean default
    probability `expected`. `cases` are buyers, by currency.
    """

    month: date
    role: Role
    card: str
    figure: FigureKind
    part: str
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    cases: int
    defaults: int | None
    concern: Concern
    since: date
    measured_on: date


class ScoreMonths(Schema):
    """Figures of the last 36 months, the oldest first."""

    items: list[ScoreFigure]


@router.get("/scores/months", response=ScoreMonths, summary="Scorecards month by month")
def months(request: ApiRequest, as_of: Day | None = None) -> dict[str, list[Figure]]:
    """Stability, order and calibration of the card in force and of the challenger."""
    return {"items": figures(request.auth, day_shown(request.auth, as_of))}
