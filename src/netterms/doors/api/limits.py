"""Credit lines: what a buyer may owe, and how it came about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Header, Router, Schema, Status
from pydantic import BeforeValidator, ConfigDict, WithJsonSchema

from netterms.buyers import queries as buyers
from netterms.doors.api.preconditions import ETags, asked_version, is_known, tag
from netterms.doors.api.shapes import (
    ApiRequest,
    Id,
    Instant,
    Problem,
)
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.limits import caps, queries
from netterms.limits.caps import CapKind
from netterms.limits.lines import (
    LONGEST_NET_DAYS,
    MOST_INSTALMENTS,
    MOST_MINOR,
    CreditLine,
    LineStatus,
    LineTerms,
    set_line,
)

router = Router(tags=["limits"])
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


def _number(value: object) -> object:
    # A body has numbers of its own: neither text nor true is one.
    if isinstance(value, bool | str):
        raise ValueError(Mend.WHOLE_NUMBER)
    return value


Minor = Annotated[int, Field(ge=0, le=MOST_MINOR), BeforeValidator(_number)]
Days = Annotated[int, Field(ge=0, le=LONGEST_NET_DAYS), BeforeValidator(_number)]


TAGGED: dict[str, Any] = {
    "headers": {
        "ETag": {
            "description": "The line's version: send it as `If-Match` to change the line.",
            "required": True,
            "schema": {"type": "string"},
        }
    }
}
Nothing = Annotated[Literal["*"] | None, WithJsonSchema({"type": "string", "const": "*"})]
Key = Annotated[str, Field(min_length=1, max_length=100, pattern="^[^\\x00-\\x1f\\x7f]+$")]
Why = Annotated[str, Field(max_length=500, pattern="^[^\\x00]*$")]


class Wanted(Schema):
    """What is sent: a field that there is not is a slip of the pen."""

    model_config = ConfigDict(extra="forbid")


class TopUpWanted(Wanted):
    """More than the limit, up to and on a day."""

    minor: Annotated[int, Field(ge=1, le=MOST_MINOR), BeforeValidator(_number)]
    until: date


class TermsWanted(Wanted):
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early."""

    net_days: Days = 30
    discount_percent: Annotated[float, Field(ge=0, lt=100, multiple_of=0.01)] = 0
    discount_days: Days = 0
    instalments: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS), BeforeValidator(_number)] = 1


class LineWanted(Wanted):
    """What a line is to be. What is left out is set to its default; `why` goes into the history."""

    limit_minor: Minor
    status: LineStatus = LineStatus.OPEN
    top_up: TopUpWanted | None = None
    insured_minor: Minor = 0
    terms: TermsWanted = TermsWanted()
    why: Why = ""


class TopUp(Schema):
    """More than the limit, up to and on a day."""

    minor: int
    until: date


class Terms(Schema):
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early."""

    net_days: int
    discount_percent: float
    discount_days: int
    instalments: int


class Line(Schema):
    """A credit line in minor units of its currency.

    `available_minor` is limit and running top-up less held and owed; below zero when the limit was
    lowered under use. `version` is the ETag.
    """

    buyer_id: UUID
    currency: str
    status: LineStatus
    limit_minor: int
    top_up: TopUp | None
    insured_minor: int
    held_minor: int
    owed_minor: int
    available_minor: int
    terms: Terms
    version: int


class LineChange(Schema):
    """One change of a line; `before` is null when it was opened."""

    id: UUID
    happened_at: Instant
    business_date: date
    actor: str
    why: str
    before: dict[str, Any] | None
    after: dict[str, Any]


class LineDetail(Line):
    """A line and its last 50 changes, the newest first."""

    history: list[LineChange]


class Lines(Schema):
    """A buyer's lines, by currency."""

    items: list[Line]


@router.get(
    "/buyers/{buyer_id}/lines",
    response=Lines,
    summary="Credit lines of a buyer",
)
def of_buyer(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """One for each currency."""
    buyers.buyer(request.auth, buyer_id)
    lines = queries.lines_of(request.auth, buyer_id)
    return {"items": [line_shown(line) for line in lines.values()]}


@router.get(
    "/buyers/{buyer_id}/lines/{currency}",
    response=LineDetail,
    summary="One credit line",
    openapi_extra={"responses": {200: TAGGED, 304: {"description": "As it was."} | TAGGED}},
)
def one(
    request: ApiRequest,
    response: HttpResponse,
    buyer_id: Id,
    currency: Currency,
    if_none_match: Annotated[ETags, Header(None, alias="If-None-Match")] = None,
) -> dict[str, Any] | HttpResponse:
    """A line with its history. Send its `ETag` as `If-Match` to change it."""
    line = queries.line(request.auth, buyer_id, currency)
    if is_known(if_none_match or "", line.version):
        return HttpResponse(status=304, headers={"ETag": tag(line.version)})
    return _detail(request, response, line)


@router.put(
    "/buyers/{buyer_id}/lines/{currency}",
    response={200: LineDetail, 201: LineDetail, 412: Problem},
    summary="Open or change a credit line",
    openapi_extra={"responses": {200: TAGGED, 201: TAGGED}},
)
def put(
    request: ApiRequest,
    response: HttpResponse,
    buyer_id: Id,
    currency: Currency,
    wanted: LineWanted,
    if_match: Annotated[ETags, Header(None, alias="If-Match")] = None,
    if_none_match: Annotated[Nothing, Header(None, alias="If-None-Match")] = None,
) -> Status[dict[str, Any]]:
    """Without `If-Match` the line is opened (201); to change one, its ETag is needed.

    Another version there than the ETag says is 412 `changed_meanwhile`; an existing line and no
    `If-Match` is 422, with `If-None-Match: *` 412. The same again changes nothing.
    """
    ctx = request.auth
    there = queries.lines_of(ctx, buyer_id).get(currency)
    version: int | None = 0
    if if_match:
        version = asked_version(if_match, there.version if there else None)
    elif there and not if_none_match:
        raise Refusal(Code.VALUE_INVALID, field="if_match", value="", mend=Mend.ETAG)
    line = set_line(ctx, buyer_id, currency, _terms(wanted), wanted.why, version=version)
    return Status(201 if version == 0 else 200, _detail(request, response, line))


def line_shown(line: CreditLine) -> dict[str, Any]:
    """A line as the API tells of it."""
    terms = line.terms
    top_up = {"minor": terms.top_up_minor, "until": terms.top_up_until}
    return {
        "buyer_id": line.buyer_id,
        "currency": line.currency,
        "status": terms.status,
        "limit_minor": terms.limit_minor,
        "top_up": top_up if terms.top_up_minor else None,
        "insured_minor": terms.insured_minor,
        "held_minor": line.held_minor,
        "owed_minor": line.owed_minor,
        "available_minor": line.available_minor,
        "terms": {
            "net_days": terms.net_days,
            "discount_percent": terms.discount_percent,
            "discount_days": terms.discount_days,
            "instalments": terms.instalments,
        },
        "version": line.version,
    }


def _detail(request: ApiRequest, response: HttpResponse, line: CreditLine) -> dict[str, Any]:
    response["ETag"] = tag(line.version)
    history = queries.line_history(request.auth, line.buyer_id, line.currency)
    return line_shown(line) | {"history": history}


def _terms(wanted: LineWanted) -> LineTerms:
    return LineTerms(
        limit_minor=wanted.limit_minor,
        status=wanted.status,
        top_up_minor=wanted.top_up.minor if wanted.top_up else 0,
        top_up_until=wanted.top_up.until if wanted.top_up else None,
        insured_minor=wanted.insured_minor,
        net_days=wanted.terms.net_days,
        discount_percent=Decimal(str(wanted.terms.discount_percent)).quantize(Decimal("0.01")),
        discount_days=wanted.terms.discount_days,
        instalments=wanted.terms.instalments,
    )


def _key_of(kind: CapKind, **key: str) -> dict[str, Any]:
    return {"properties": {"kind": {"const": kind.value}, "key": {"type": "string", **key}}}


# Which keys each kind of cap may have.
KEYS_OF_KINDS: dict[str, Any] = {
    "anyOf": [
        _key_of(CapKind.GROUP, format="uuid"),
        _key_of(CapKind.COUNTRY, pattern="^[A-Z]{2}$"),
        _key_of(CapKind.GRADE, pattern="^([1-9]|10)$"),
        _key_of(CapKind.SECTOR),
    ]
}


class CapWanted(Wanted):
    """A cap in minor units of the seller's currency; `key` as `GET /v1/caps` explains it."""

    model_config = ConfigDict(json_schema_extra=KEYS_OF_KINDS)

    kind: CapKind
    key: Key
    limit_minor: Minor
    why: Why = ""


class CapShown(Schema):
    """A cap. `key`: the id of the company on top, a country, a sector, or a grade from 1 to 10.

    `used_minor` is what its lines use together; above the limit when that was lowered under use.
    """

    id: UUID
    kind: CapKind
    key: str
    limit_minor: int
    used_minor: int


class Caps(Schema):
    """The seller's caps, by kind and key."""

    items: list[CapShown]


@router.get("/caps", response=Caps, summary="Caps over many lines")
def all_caps(request: ApiRequest) -> dict[str, Any]:
    """What groups, countries, sectors and grades may use together, and do."""
    return {"items": caps.caps(request.auth)}


@router.put("/caps", response={200: CapShown, 404: Problem}, summary="Set a cap over many lines")
def put_cap(request: ApiRequest, wanted: CapWanted) -> caps.Cap:
    """Set a cap or change its limit; every line it covers counts in it at once."""
    return caps.set_cap(request.auth, wanted.kind, wanted.key, wanted.limit_minor, wanted.why)


@router.delete("/caps", response={204: None, 404: Problem}, summary="Remove a cap")
def delete_cap(request: ApiRequest, kind: CapKind, key: Key, why: Why = "") -> Status[None]:
    """Take a cap away, by kind and key; 404 where there is none."""
    caps.remove_cap(request.auth, kind, key, why)
    return Status(204, None)
