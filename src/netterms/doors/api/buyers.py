"""Buyers, their grade, limit and place on the ladder."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.buyers import queries as buyers
from netterms.collection import queries as collection
from netterms.doors.api.receivables import Invoices, invoices_page
from netterms.doors.api.shapes import (
    ApiRequest,
    CountryCode,
    Flag,
    Grade,
    Id,
    Money,
    PageSize,
    Stage,
    Text,
    day_shown,
    next_of,
    some,
)
from netterms.doors.look.sentences import score_reasons
from netterms.limits import queries as limits
from netterms.scoring import queries as scoring

router = Router(tags=["buyers"])


class BuyerAccount(Schema):
    """A buyer in one currency; the currency is null when nothing was ever invoiced."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    currency: str | None
    grade: int | None
    probability_of_default: float | None
    stage: int
    open: Money | None
    overdue: Money | None
    days_past_due: int
    limit: Money | None
    available: Money | None


class BuyersPage(Schema):
    """A page of buyers; `next` is the cursor of the page after it."""

    as_of: date
    items: list[BuyerAccount]
    next: UUID | None


class Reason(Schema):
    """Why a score is what it is; `direction` is lowered or raised."""

    code: str
    text: str
    direction: str


class ScoreBlock(Schema):
    """What a block did: a level has score, confidence and share of the mean; the others points."""

    block: str
    card: str
    score: float | None = None
    confidence: float | None = None
    share: float | None = None
    points: float | None = None
    stale: bool | None = None


class Score(Schema):
    """The newest score of one currency."""

    currency: str
    scored_on: date
    scorecard: str
    score: float
    probability_of_default: float
    grade: int
    payment_index: float | None
    confidence: float
    blocks: list[ScoreBlock]
    reasons: list[Reason]


class BuyerLimit(Schema):
    """The decision in force of one currency; `granted` is null until someone decides."""

    decided_on: date
    decided_by: str
    recommended: Money
    granted: Money | None


class BuyerDetail(Schema):
    """One buyer."""

    as_of: date
    id: UUID
    buyer_number: str
    name: str
    country: str
    email: str
    key_account: bool
    insolvent_on: date | None
    stage: int
    case_state: str | None
    scores: list[Score]
    limits: list[BuyerLimit]


@router.get("/buyers", response=BuyersPage, summary="List buyers")
def listing(
    request: ApiRequest,
    q: Text = "",
    country: CountryCode = "",
    grade: Grade | None = None,
    stage: Stage | None = None,
    after: Id | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Buyers in the order of their ids. A buyer with several currencies is listed once for each."""
    day = day_shown(request.auth, None)
    asked = collection.BuyerFilter(text=q, country=country, grade=grade, stage=stage, after=after)
    found = collection.buyers_page(request.auth, day, asked, limit)
    ids = list(dict.fromkeys(line.id for line in found))
    return {
        "as_of": day,
        "items": [_account(line) for line in found],
        "next": next_of(ids, limit),
    }


class FoundBuyer(Schema):
    """A buyer that fits; `said` is its name or number that fitted, `score` 0 to 100."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    said: str
    score: int


class FoundBuyers(Schema):
    """Buyers that fit, the likest first."""

    items: list[FoundBuyer]


@router.get("/buyers/search", response=FoundBuyers, summary="Find buyers")
def finding(request: ApiRequest, q: Text = "", limit: PageSize = 20) -> dict[str, Any]:
    """Buyers by name, other name, number or identifier, with slips of typing."""
    return {"items": buyers.search(request.auth, q, limit)}


@router.get("/buyers/{buyer_id}", response=BuyerDetail, summary="One buyer")
def one(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """A buyer with its newest scores and the limits in force."""
    ctx = request.auth
    day = day_shown(ctx, None)
    buyer = buyers.buyer(ctx, buyer_id)
    case = collection.case_of(ctx, buyer_id)
    running = case if case and case.closed_on is None else None
    history = scoring.score_history(ctx, buyer_id, day)
    decisions = limits.decisions_in_force(ctx, buyer_id, day)
    return {
        "as_of": day,
        "id": buyer.id,
        "buyer_number": buyer.buyer_number,
        "name": buyer.name,
        "country": buyer.country,
        "email": buyer.email,
        "key_account": buyer.key_account,
        "insolvent_on": buyer.insolvent_on,
        "stage": running.stage if running else 0,
        "case_state": running.state if running else None,
        "scores": [_score(scores[-1]) for scores in history.values()],
        "limits": [_limit(decision) for decision in decisions.values()],
    }


@router.get(
    "/buyers/{buyer_id}/invoices",
    response=Invoices,
    summary="Invoices of a buyer",
)
def invoices(
    request: ApiRequest,
    buyer_id: Id,
    only_open: Flag = True,
    after: Id | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Invoices and credit notes of one buyer."""
    buyers.buyer(request.auth, buyer_id)
    return invoices_page(
        request.auth, None, buyer_id=buyer_id, only_open=only_open, after=after, limit=limit
    )


def _account(line: collection.BuyerLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "buyer_number": line.buyer_number,
        "name": line.name,
        "country": line.country,
        "currency": line.currency,
        "grade": line.grade,
        "probability_of_default": line.pd,
        "stage": line.stage,
        "open": some(line.open_minor, line.currency),
        "overdue": some(line.overdue_minor, line.currency),
        "days_past_due": line.days_past_due,
        "limit": some(line.limit_minor, line.currency),
        "available": some(line.available_minor, line.currency),
    }


def _score(score: scoring.StoredScore) -> dict[str, Any]:
    return {
        "currency": score.currency,
        "scored_on": score.scored_on,
        "scorecard": score.scorecard,
        "score": score.score,
        "probability_of_default": score.pd,
        "grade": score.grade,
        "payment_index": score.payment_index,
        "confidence": score.confidence,
        "blocks": score.parts,
        "reasons": score_reasons(score.scorecard, score.attributes, score.reasons),
    }


def _limit(decision: limits.Decision) -> dict[str, Any]:
    return {
        "decided_on": decision.decided_on,
        "decided_by": decision.decided_by,
        "recommended": some(decision.recommended_minor, decision.currency),
        "granted": some(decision.granted_minor, decision.currency),
    }
