"""Business days: which were run, what each step did and how long it took."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page, paged
from netterms.monitoring import queries

DAYS_SHOWN = 10


@require_GET
@page
def runs(request: PageRequest) -> HttpResponse:
    """The runs of the business day, the newest first."""

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        return [
            {
                "day": steps[0].business_date,
                "steps": steps,
                "seconds": sum(step.seconds for step in steps),
            }
            for steps in queries.days_run(request.ctx, most=most, skip=skip)
        ]

    counted = queries.count_days(request.ctx)
    context = {"counted": counted, **paged(request, counted, read, DAYS_SHOWN)}
    return render(request, "console/runs.html", context)
