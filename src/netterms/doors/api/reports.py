"""Credit reports: order one, read it again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status

from netterms.doors.api.shapes import KEYED, ApiRequest, Id
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
    ordered_at: datetime
    ordered_by: str
    content: dict[str, Any]


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
