"""What is to be done today."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.collection import ladder_versions, queries
from netterms.collection.ladder import LadderStep
from netterms.collection.ladder_versions import LadderVersion
from netterms.doors.api.shapes import (
    ApiRequest,
    LateStage,
    Money,
    PageSize,
    Skip,
    day_shown,
    money,
)

router = Router(tags=["collection"])


class Thing(Schema):
    """One thing to do for a buyer; `overdue` is what it owes late, by currency."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    stage: int
    step: str
    state: str
    planned_on: date
    due_on: date
    overdue: list[Money]
    days_past_due: int


class WorkList(Schema):
    """What is to be done, the last stage of the ladder first."""

    as_of: date
    total: int
    items: list[Thing]


@router.get("/work", response=WorkList, summary="Work list of the day")
def work(
    request: ApiRequest,
    stage: LateStage | None = None,
    skip: Skip = 0,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Planned and failed actions that are due."""
    ctx = request.auth
    day = day_shown(ctx, None)
    counts = queries.work_counts(ctx, day)
    found = queries.work(ctx, day, stage=stage, most=limit, skip=skip)
    owed = queries.overdue_of(ctx, day, [thing.buyer_id for thing in found])
    return {
        "as_of": day,
        "total": counts.get(stage, 0) if stage else sum(counts.values()),
        "items": [_thing(thing, owed.get(thing.buyer_id, [])) for thing in found],
    }


class LadderRow(Schema):
    """A step: what is done at a stage, how many days after it was reached, and only for whom.

    `segment` is `key_account`, `others` or a sector. Amounts are minor units of `currency`.
    """

    stage: int
    step: str
    after_days: int
    channel: str
    who: str
    segment: str
    country: str
    currency: str
    from_minor: int | None
    to_minor: int | None
    best_grade: int | None
    worst_grade: int | None


class Ladder(Schema):
    """A version of the ladder; 0 is the program's own. A draft has no `live_from`."""

    version: int
    live: bool
    made_by: str
    why: str
    live_from: date | None
    put_by: str
    steps: list[LadderRow]


class Ladders(Schema):
    """Every version, the newest first."""

    as_of: date
    items: list[Ladder]


@router.get("/ladder", response=Ladders, summary="The ladder and its versions")
def ladder(request: ApiRequest) -> dict[str, Any]:
    """What is done at which stage, and what was or may be."""
    ctx = request.auth
    day = day_shown(ctx, None)
    live = ladder_versions.live_version(ctx, day)
    found = ladder_versions.versions(ctx)
    return {"as_of": day, "items": [_ladder(version, live) for version in found]}


def _ladder(version: LadderVersion, live: int) -> dict[str, Any]:
    return {
        "version": version.version,
        "live": version.version == live,
        "made_by": version.made_by,
        "why": version.why,
        "live_from": version.live_from,
        "put_by": version.put_by,
        "steps": [_step(step) for step in version.steps],
    }


def _step(step: LadderStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in LadderStep.__dataclass_fields__}


def _thing(thing: queries.Work, owed: list[queries.Overdue]) -> dict[str, Any]:
    return {
        "id": thing.id,
        "buyer_id": thing.buyer_id,
        "buyer_name": thing.buyer_name,
        "stage": thing.stage,
        "step": thing.step,
        "state": thing.state,
        "planned_on": thing.planned_on,
        "due_on": thing.due_on,
        "overdue": [money(line.overdue_minor, line.currency) for line in owed],
        "days_past_due": max((line.days_past_due for line in owed), default=0),
    }
