"""Sanctions: the lists in force, and a buyer's hits."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.buyers import queries as buyers
from netterms.doors.api.shapes import ApiRequest, Id
from netterms.screening import queries

router = Router(tags=["screening"])


class List(Schema):
    """A sanctions list in force: the newest load of its kind."""

    kind: str
    title: str
    published_on: date | None
    entries: int


class Hit(Schema):
    """A buyer beside an entry it looks like. `score` 0 to 100, `points` what it is made of."""

    id: UUID
    kind: str
    entry_id: str
    listed_name: str
    score: int
    points: dict[str, int]
    state: str
    found_on: date
    decided_on: date | None


class Screening(Schema):
    """What sanctions lists say of a buyer; `screened_on` is null when nobody has looked."""

    screened_on: date | None
    lists: list[List]
    hits: list[Hit]


@router.get("/buyers/{buyer_id}/screening", response=Screening, summary="What sanctions lists say")
def of_buyer(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """The lists in force, when the buyer was held against them, and its hits."""
    buyers.buyer(request.auth, buyer_id)
    return {
        "screened_on": queries.screened_on(request.auth, buyer_id),
        "lists": queries.lists_in_force(request.auth.seller),
        "hits": queries.hits_of(request.auth, buyer_id),
    }
