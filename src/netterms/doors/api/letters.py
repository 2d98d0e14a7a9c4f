"""Letters to buyers and legal steps."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from netterms.buyers.queries import buyer
from netterms.collection.legal import queries as legal
from netterms.collection.letters import actions, queries
from netterms.collection.letters.queries import KeptLetter, LetterLine
from netterms.collection.letters.rules import Template
from netterms.connectors.letters import press
from netterms.doors.api.shapes import KEYED, ApiRequest, Day, Id, PageSize

router = Router(tags=["letters"])

TemplateName = Literal[
    "reminder_1", "reminder_2", "reminder_3", "call_follow_up", "formal_notice", "final_notice",
    "statement", "plan_proposal", "thank_you",
]  # fmt: skip
LanguageName = Literal[
    "", "en", "zh", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ja", "ko", "ar"
]


class LetterIn(Schema):
    """A letter to write. Without `language` it is the buyer's, or its country's."""

    model_config = ConfigDict(extra="forbid")

    template: TemplateName
    language: LanguageName = ""
    deadline: Day | None = None
    note: str = ""


class LetterOut(Schema):
    """A letter that was written; `also_language` is the contract's of a formal notice."""

    id: UUID
    template: str
    language: str
    also_language: str
    written_on: date
    deadline: date | None
    title: str
    state: str
    sent_to: str
    sent_at: datetime | None
    written_by: str


class LetterWhole(LetterOut):
    """A letter with what it asks for by currency, in minor units, and its PDF."""

    asked: dict[str, int]
    pdf_base64: str


class RouteOut(Schema):
    """A step for a part of what is late, with codes of the reasons."""

    step: str
    amount_minor: int
    disputed: bool
    order: str
    reasons: list[str]


class OutlookOut(Schema):
    """Legal steps in one currency. `last_day` is the last before limitation, null if unknown.

    `limitation_note` tells of other periods of that country, in years.
    """

    currency: str
    late_minor: int
    first_due_on: date
    routes: list[RouteOut]
    last_day: date | None
    days_left: int | None
    verified: bool
    limitation_note: str


@router.get("/buyers/{buyer_id}/letters", response=list[LetterOut], summary="Letters to a buyer")
def listing(
    request: ApiRequest, buyer_id: Id, after: Id | None = None, limit: PageSize = 50
) -> list[LetterLine]:
    """The newest first. The id of the last one of a full page is `after` of the next."""
    buyer(request.auth, buyer_id)
    return queries.letters_of(request.auth, buyer_id, limit, after=after)


@router.post(
    "/buyers/{buyer_id}/letters",
    response={200: LetterOut, 201: LetterOut},
    openapi_extra=KEYED,
    summary="Write a letter",
)
def write(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, body: LetterIn
) -> Status[KeptLetter]:
    """It is kept with its PDF and not sent. The same key gives the same letter."""
    wanted = actions.Wanted(
        buyer_id, Template(body.template), body.language, body.deadline, body.note
    )
    key = request.headers.get("Idempotency-Key", "")
    repeated = queries.is_written(request.auth, key)
    made = actions.write_letter(request.auth, wanted, key, press)
    if repeated:
        response["Idempotent-Replayed"] = "true"
    return Status(200 if repeated else 201, queries.letter(request.auth, made))


@router.get("/letters/{letter_id}", response=LetterWhole, summary="One letter")
def one(request: ApiRequest, letter_id: Id) -> LetterWhole:
    """As it was written, with its PDF."""
    kept = queries.letter(request.auth, letter_id)
    content = b64encode(queries.letter_pdf(request.auth, letter_id)).decode()
    return LetterWhole.model_validate(
        LetterOut.from_orm(kept).dict() | {"asked": kept.asked, "pdf_base64": content}
    )


@router.get("/buyers/{buyer_id}/legal", response=list[OutlookOut], summary="Legal steps")
def steps(request: ApiRequest, buyer_id: Id) -> list[OutlookOut]:
    """A guide for people, no legal advice; by currency of what is late."""
    return [
        OutlookOut(
            currency=one.currency,
            late_minor=one.owed.minor,
            first_due_on=one.first_due_on,
            routes=[
                RouteOut(
                    step=route.step.value,
                    amount_minor=route.amount.minor,
                    disputed=route.disputed,
                    order=route.order,
                    reasons=[reason.value for reason in route.reasons],
                )
                for route in one.routes
            ],
            last_day=one.limitation.last_day if one.limitation else None,
            days_left=one.limitation.days_left if one.limitation else None,
            verified=one.limitation_verified,
            limitation_note=one.limitation_note,
        )
        for one in legal.outlooks(request.auth, buyer_id)
    ]
