"""What the credit insurance policy asks by when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.doors.api.shapes import ApiRequest, Day, Money, PageSize, Skip, money
from netterms.insurance import queries

router = Router(tags=["insurance"])


class Deadline(Schema):
    """An open deadline; `rule` names the clause it comes from."""

    id: UUID
    kind: str
    due_on: date
    rule: str
    buyer_id: UUID
    buyer_name: str
    invoice_id: UUID
    invoice_number: str
    open: Money
    insurer: str
    policy_number: str


class Deadlines(Schema):
    """Open deadlines, the next one first."""

    total: int
    items: list[Deadline]


@router.get("/deadlines", response=Deadlines, summary="Policy deadlines")
def deadlines(
    request: ApiRequest,
    until: Day | None = None,
    skip: Skip = 0,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Open deadlines by date."""
    found = queries.open_deadlines(request.auth, until=until, most=limit, skip=skip)
    return {
        "total": queries.count_deadlines(request.auth, until),
        "items": [_deadline(line) for line in found],
    }


def _deadline(line: queries.OpenDeadline) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "due_on": line.due_on,
        "rule": line.rule,
        "buyer_id": line.buyer_id,
        "buyer_name": line.buyer_name,
        "invoice_id": line.invoice_id,
        "invoice_number": line.invoice_number,
        "open": money(line.open_minor, line.currency),
        "insurer": line.insurer,
        "policy_number": line.policy_number,
    }
