"""What the credit insurance policy asks by when."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page, paged
from netterms.insurance import queries

SOON_DAYS = 14


@require_GET
@page
def deadlines(request: PageRequest) -> HttpResponse:
    """Open deadlines by date, with the rule each comes from and what is lost if it is missed."""
    counted = queries.count_deadlines(request.ctx)

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = queries.open_deadlines(request.ctx, most=most, skip=skip)
        return [
            {"deadline": line, "days_left": (line.due_on - request.as_of).days} for line in found
        ]

    return render(
        request,
        "console/deadlines.html",
        {"counted": counted, "soon": SOON_DAYS, **paged(request, counted, read)},
    )
