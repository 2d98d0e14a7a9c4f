"""What a company is and to whom it belongs: facts, the group, and one company twice in the book."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from netterms.buyers import actions as buyers
from netterms.buyers import duplicates, groups, queries
from netterms.buyers.duplicates import Verdict
from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    CountryCode,
    Day,
    Id,
    PageSize,
    Problem,
    Skip,
    key_of,
    status_of,
)
from netterms.kernel.context import Context
from netterms.scoring.actions import record_company_facts
from netterms.scoring.company import (
    LONGEST_SOURCE,
    MOST_EMPLOYEES,
    STRONGEST_FORM,
    WEAKEST_FORM,
    CompanyFacts,
)
from netterms.scoring.queries import company_facts

router = Router(tags=["buyers"])
Sent = ConfigDict(extra="forbid")


class MasterData(Schema):
    """What the book itself says of a buyer."""

    country: str
    registration_number: str
    sector: str
    language: str
    email: str
    key_account: bool
    insolvent_on: date | None
    parent_id: UUID | None
    merged_into: UUID | None


class MasterWanted(Schema):
    """What is to change; what is left out stays.

    `country` stands fast where it is that of a registration number. A day of insolvency is not
    taken back.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"sector": "46.73", "country": "DE"}]}
    )

    country: CountryCode | None = None
    sector: Annotated[str, Field(max_length=buyers.LONGEST_SECTOR)] | None = None
    language: Annotated[str, Field(json_schema_extra={"enum": list(buyers.LANGUAGES)})] | None = (
        None
    )
    email: Annotated[str, Field(max_length=buyers.LONGEST_EMAIL)] | None = None
    key_account: Annotated[bool, Field(strict=True)] | None = None
    insolvent_on: Day | None = None


class Facts(Schema):
    """What a register or a report tells of a company; null is not known.

    `form_rank` of the legal form: 1 the owner is liable himself (sole trader, partnership), 2
    limited by little capital (Ltd, GmbH), 3 by much, with audited accounts (plc, AG).
    """

    known_on: date | None
    founded_on: date | None
    employees: int | None
    form_rank: int | None
    source: str


class FactsWanted(Schema):
    """All that is known now, and who told it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"founded_on": "1999-05-03", "employees": 40, "form_rank": 2, "source": "register"}
            ]
        },
    )

    founded_on: Day | None = None
    employees: Annotated[int, Field(ge=0, le=MOST_EMPLOYEES, strict=True)] | None = None
    form_rank: Annotated[int, Field(ge=WEAKEST_FORM, le=STRONGEST_FORM, strict=True)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=LONGEST_SOURCE)]


class Member(Schema):
    """A company of a group; `depth` is 0 for the ultimate parent.

    `merged`: it turned out to be the company above it.
    """

    id: UUID
    buyer_number: str
    name: str
    country: str
    parent_id: UUID | None
    depth: int
    merged: bool


class Group(Schema):
    """A group as a tree: each company stands before those below it, the ultimate parent first."""

    items: list[Member]


class ParentWanted(Schema):
    """The company above; null for none."""

    model_config = Sent

    parent_id: UUID | None


class Half(Schema):
    """One buyer of a pair."""

    id: UUID
    buyer_number: str
    name: str
    country: str


class Pair(Schema):
    """Two buyers that may be one company, or are; `score` 0 to 100."""

    one: Half
    other: Half
    score: int
    reasons: list[str]
    state: str
    merged_into: UUID | None
    decided_on: date | None
    decided_by: str | None


class Pairs(Schema):
    """Pairs: proposals the likest first, decisions the newest first."""

    items: list[Pair]


class PairWanted(Schema):
    """Two buyers: the one that stays, and the other."""

    model_config = Sent

    keep: UUID
    other: UUID
    why: Annotated[str, Field(max_length=500, pattern="^[^\\x00]*$")] = ""


class PairDecided(Schema):
    """The pair that was decided."""

    keep: UUID
    other: UUID


@router.get("/buyers/{buyer_id}/master-data", response=MasterData, summary="Master data")
def master_data(request: ApiRequest, buyer_id: Id) -> queries.Buyer:
    """Country, sector, language, marks and parent."""
    return queries.buyer(request.auth, buyer_id)


@router.patch("/buyers/{buyer_id}/master-data", response=MasterData, summary="Change master data")
def change_master_data(request: ApiRequest, buyer_id: Id, wanted: MasterWanted) -> queries.Buyer:
    """The same again changes nothing. A new sector or country counts in caps at once."""
    ctx = request.auth
    number = queries.buyer(ctx, buyer_id).buyer_number
    buyers.update_facts(ctx, [buyers.BuyerFacts(number, **wanted.dict())])
    return queries.buyer(ctx, buyer_id)


@router.get("/buyers/{buyer_id}/facts", response=Facts, summary="Facts of a company")
def facts(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """The newest facts: age, size and legal form."""
    queries.buyer(request.auth, buyer_id)
    return _facts(request.auth, buyer_id)


@router.put("/buyers/{buyer_id}/facts", response=Facts, summary="Tell facts of a company")
def put_facts(request: ApiRequest, buyer_id: Id, wanted: FactsWanted) -> dict[str, Any]:
    """They count as a whole from today on, in the score, too. What was known before is kept."""
    record_company_facts(request.auth, buyer_id, CompanyFacts(**wanted.dict()))
    return _facts(request.auth, buyer_id)


@router.get("/buyers/{buyer_id}/group", response=Group, summary="The group of a buyer")
def group(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """From the ultimate parent down; the buyer alone where it belongs to no group."""
    return {"items": groups.group_of(request.auth, buyer_id)}


@router.put("/buyers/{buyer_id}/parent", response=Group, summary="Set the parent of a buyer")
def put_parent(request: ApiRequest, buyer_id: Id, wanted: ParentWanted) -> dict[str, Any]:
    """Answers the group that it stands in now. 422 for a company that stands below it."""
    groups.set_parent(request.auth, buyer_id, wanted.parent_id)
    return {"items": groups.group_of(request.auth, buyer_id)}


@router.get("/duplicates", response=Pairs, summary="Buyers that may be one company")
def pairs(
    request: ApiRequest,
    state: Annotated[str, Field(pattern="^(proposed|refused|merged)$")] = "proposed",
    limit: PageSize = 50,
    skip: Skip = 0,
) -> dict[str, Any]:
    """Proposals, or what was decided."""
    return {"items": duplicates.pairs(request.auth, state, limit, skip)}


DECIDED: dict[Any, Any] = {200: PairDecided, 201: PairDecided, 404: Problem}


@router.post("/duplicates/merge", response=DECIDED, openapi_extra=KEYED, summary="Merge two buyers")
def merge(
    request: ApiRequest, response: HttpResponse, wanted: PairWanted
) -> Status[dict[str, Any]]:
    """`other` points to `keep` from now on; no paper moves. It can be taken back."""
    return _decided(request, response, wanted, Verdict.MERGE)


@router.post("/duplicates/undo", response=DECIDED, openapi_extra=KEYED, summary="Take a merge back")
def undo(request: ApiRequest, response: HttpResponse, wanted: PairWanted) -> Status[dict[str, Any]]:
    """All is as it was, and the pair is a proposal again."""
    return _decided(request, response, wanted, Verdict.UNDO)


@router.post(
    "/duplicates/part", response=DECIDED, openapi_extra=KEYED, summary="Say that two are two"
)
def part(request: ApiRequest, response: HttpResponse, wanted: PairWanted) -> Status[dict[str, Any]]:
    """The pair is not proposed again."""
    return _decided(request, response, wanted, Verdict.PART)


def _decided(
    request: ApiRequest, response: HttpResponse, wanted: PairWanted, verdict: Verdict
) -> Status[dict[str, Any]]:
    repeated = duplicates.decide(
        request.auth, verdict, wanted.keep, wanted.other, wanted.why, key_of(request)
    )
    made = {"keep": wanted.keep, "other": wanted.other}
    return Status(status_of(response, repeated=repeated), made)


def _facts(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    known = company_facts(ctx, buyer_id)
    told = known.facts if known else CompanyFacts()
    return {
        "known_on": known.known_on if known else None,
        "founded_on": told.founded_on,
        "employees": told.employees,
        "form_rank": told.form_rank,
        "source": told.source,
    }
