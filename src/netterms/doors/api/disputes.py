"""Disputes: note one, move it on, and see its clocks."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from netterms.doors.api.once import NO_NUL, Amount, Long, Made, Strict, file_bytes, money, once
from netterms.doors.api.shapes import KEYED, ApiRequest, Flag, Id, Instant, PageSize, Skip
from netterms.doors.api.shapes import Money as MoneyShown
from netterms.doors.api.shapes import money as shown_money
from netterms.kernel.context import Context
from netterms.receivables import disputes as acts
from netterms.receivables import evidence, reading
from netterms.receivables.disputes import DisputeOutcome, DisputeReason
from netterms.receivables.moves import DisputeMove

router = Router(tags=["receivables"])


class DisputeWanted(Strict):
    """What of the invoice is disputed, and why."""

    amount: Amount
    reason: DisputeReason
    note: Long = ""


class MoveWanted(Strict):
    """`assign` needs an owner, `state_position` a note; `credited` may name the credit note."""

    move: DisputeMove
    note: Long = ""
    owner: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    credit_note_number: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = ""


class EvidenceWanted(Strict):
    """A file, `content` its bytes in base64: a PDF, JPEG, PNG or WebP by its content.

    At most 5 MiB, and 20 files a dispute. The suffix of its name follows from what it is.
    """

    file_name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    content: Annotated[str, Field(min_length=4)]


class EvidenceShown(Schema):
    """A file of a dispute; `kind` is its media type by its content, `bytes` how many it has."""

    id: UUID
    name: str
    kind: str
    bytes: int
    sha256: str
    added_by: str
    added_at: Instant


class EvidenceFiles(Schema):
    """Files of a dispute, in the order they came."""

    items: list[EvidenceShown]


class EvidenceContent(Schema):
    """A file with its bytes in base64."""

    name: str
    kind: str
    content: str


class ClockShown(Schema):
    """The last day of one duty (COL-01), and when it was done."""

    clock: str
    due_on: date
    done_on: date | None
    late_days: int


class DisputeShown(Schema):
    """A dispute with its clocks; `escalations` counts the steps up that are due."""

    id: UUID
    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    amount: MoneyShown
    reason: str
    note: str
    state: str
    raised_on: date
    owner: str
    position: str
    settled_on: date | None
    credit_note_id: UUID | None
    is_after_due: bool
    escalations: int
    clocks: list[ClockShown]


class Disputes(Schema):
    """Open disputes, the oldest first; settled ones after them."""

    items: list[DisputeShown]


@router.post(
    "/invoices/{invoice_id}/disputes",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Note a dispute",
)
def dispute(
    request: ApiRequest, response: HttpResponse, invoice_id: Id, wanted: DisputeWanted
) -> Status[Made]:
    """Of what is open and not disputed yet."""
    amount = money(wanted.amount)
    return once(
        request,
        response,
        {"dispute": invoice_id, "wanted": wanted.model_dump(mode="json")},
        lambda: acts.raise_dispute(request.auth, invoice_id, wanted.reason, amount, wanted.note),
    )


@router.get("/disputes", response=Disputes, summary="Disputes")
def disputes(
    request: ApiRequest,
    buyer_id: Id | None = None,
    only_open: Flag = True,
    limit: PageSize = 50,
    skip: Skip = 0,
) -> dict[str, Any]:
    """Open ones, the oldest first; settled ones after them."""
    found = reading.disputes(
        request.auth, buyer_id=buyer_id, only_open=only_open, most=limit, skip=skip
    )
    return {"items": [_dispute(request.auth, each) for each in found]}


@router.get("/disputes/{dispute_id}", response=DisputeShown, summary="One dispute")
def one_dispute(request: ApiRequest, dispute_id: Id) -> dict[str, Any]:
    """With its clocks."""
    return _dispute(request.auth, reading.dispute(request.auth, dispute_id))


@router.post(
    "/disputes/{dispute_id}/moves",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Move a dispute on",
)
def move(
    request: ApiRequest, response: HttpResponse, dispute_id: Id, wanted: MoveWanted
) -> Status[Made]:
    """Acknowledge, assign, answer, bring to court, credit or confirm it.

    The answer names the credit note where the dispute ended with one.
    """
    ctx = request.auth
    moves: dict[DisputeMove, Callable[[], UUID | None]] = {
        DisputeMove.ACKNOWLEDGE: lambda: acts.acknowledge(ctx, dispute_id),
        DisputeMove.ASSIGN: lambda: acts.assign(ctx, dispute_id, wanted.owner),
        DisputeMove.STATE_POSITION: lambda: acts.state_position(ctx, dispute_id, wanted.note),
        DisputeMove.LITIGATE: lambda: acts.litigate(ctx, dispute_id, wanted.note),
        DisputeMove.CREDIT: lambda: acts.settle_dispute(
            ctx, dispute_id, DisputeOutcome.CREDITED, wanted.note, wanted.credit_note_number
        ),
        DisputeMove.CONFIRM: lambda: acts.settle_dispute(
            ctx, dispute_id, DisputeOutcome.CONFIRMED, wanted.note
        ),
    }
    asked = {"move": dispute_id, "wanted": wanted.model_dump(mode="json")}
    return once(request, response, asked, moves[wanted.move])


@router.post(
    "/disputes/{dispute_id}/evidence",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Put a file to a dispute",
)
def attach(
    request: ApiRequest, response: HttpResponse, dispute_id: Id, wanted: EvidenceWanted
) -> Status[Made]:
    """What it rests on. The same bytes again are the same file."""
    content = file_bytes(wanted.content)
    asked = {
        "evidence": dispute_id,
        "name": wanted.file_name,
        "sha256": sha256(content).hexdigest(),
    }
    return once(
        request,
        response,
        asked,
        lambda: evidence.attach(request.auth, dispute_id, wanted.file_name, content),
    )


@router.get("/disputes/{dispute_id}/evidence", response=EvidenceFiles, summary="Files of a dispute")
def files(request: ApiRequest, dispute_id: Id) -> dict[str, Any]:
    """What they are; their bytes come one by one."""
    reading.dispute(request.auth, dispute_id)
    return {"items": evidence.evidence_of(request.auth, dispute_id)}


@router.get("/evidence/{file_id}", response=EvidenceContent, summary="One file of a dispute")
def file(request: ApiRequest, file_id: Id) -> dict[str, Any]:
    """With its bytes."""
    found = evidence.evidence_file(request.auth, file_id)
    content = base64.b64encode(found.content).decode()
    return {"name": found.name, "kind": found.kind, "content": content}


def _dispute(ctx: Context, found: reading.Dispute) -> dict[str, Any]:
    told = (
        "id", "invoice_id", "invoice_number", "buyer_id", "reason", "note", "state", "raised_on",
        "owner", "position", "settled_on", "credit_note_id", "is_after_due", "escalations",
    )  # fmt: skip
    return {
        **{name: getattr(found, name) for name in told},
        "amount": shown_money(found.amount_minor, found.currency),
        "clocks": [
            {
                "clock": due.clock,
                "due_on": due.due_on,
                "done_on": due.done_on,
                "late_days": due.late_days(found.settled_on or ctx.today),
            }
            for due in found.clocks
        ],
    }
