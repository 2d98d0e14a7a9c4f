"""Credit reports: order one, find and read it again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status

from netterms.buyers.queries import buyer
from netterms.doors.api.shapes import KEYED, ApiRequest, Id, Instant, PageSize, next_of
from netterms.reports import queries
from netterms.reports.actions import order_report
from netterms.reports.queries import CreditReport

router = Router(tags=["reports"])


class Report(Schema):
    """What was known of a buyer on a day. `content`: codes and plain values, `missing` among them.

    Amounts are minor units beside their currency, shares and probabilities fractions.
    """

    id: UUID
    buyer_id: UUID
    as_of: date
    ordered_at: Instant
    ordered_by: str
    content: dict[str, Any]


class OrderedReport(Schema):
    """A report that was ordered; `reports/{id}` has what it says."""

    id: UUID
    as_of: date
    ordered_at: Instant
    ordered_by: str


class OrderedReports(Schema):
    """A page of reports, the newest first; `next` is the cursor of the page after it."""

    items: list[OrderedReport]
    next: UUID | None


@router.get(
    "/buyers/{buyer_id}/reports", response=OrderedReports, summary="Credit reports of a buyer"
)
def of_buyer(
    request: ApiRequest, buyer_id: Id, after: Id | None = None, limit: PageSize = 50
) -> dict[str, Any]:
    """The newest first, without what they say."""
    buyer(request.auth, buyer_id)
    found = queries.reports_of(request.auth, buyer_id, after=after, most=limit)
    return {"items": found, "next": next_of([each.id for each in found], limit)}


@router.post(
    "/buyers/{buyer_id}/reports",
    response={200: Report, 201: Report},
    openapi_extra=KEYED,
    summary="Order a credit report",
)
def order(request: ApiRequest, response: HttpResponse, buyer_id: Id) -> Status[CreditReport]:
    """It is there at once, and kept as it is. The buyer is held against sanctions lists first."""
    key = request.headers.get("Idempotency-Key", "")
    made, repeated = order_report(request.auth, buyer_id, key)
    if repeated:
        response["Idempotent-Replayed"] = "true"
    return Status(200 if repeated else 201, made)


@router.get("/reports/{report_id}", response=Report, summary="Read a credit report")
def one(request: ApiRequest, report_id: Id) -> CreditReport:
    """A report as it was given."""
    return queries.report(request.auth, report_id)
