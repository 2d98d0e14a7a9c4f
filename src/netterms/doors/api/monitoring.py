"""Which business days were run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Router, Schema

from netterms.doors.api.shapes import ApiRequest, PageSize, Skip
from netterms.monitoring import queries

router = Router(tags=["monitoring"])


class Step(Schema):
    """A finished step and what it did."""

    step: str
    finished_at: datetime
    seconds: float
    facts: dict[str, Any]


class BusinessDay(Schema):
    """A business day and its steps, in the order they finished."""

    business_date: date
    steps: list[Step]


class Runs(Schema):
    """Business days, the newest first."""

    total: int
    items: list[BusinessDay]


@router.get("/runs", response=Runs, summary="Business days that were run")
def runs(
    request: ApiRequest,
    skip: Skip = 0,
    limit: PageSize = 30,
) -> dict[str, Any]:
    """Each step with its facts and how long it took."""
    found = queries.days_run(request.auth, most=limit, skip=skip)
    return {
        "total": queries.count_days(request.auth),
        "items": [{"business_date": day[0].business_date, "steps": day} for day in found],
    }
