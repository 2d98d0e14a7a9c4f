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
    KEYED,
    ApiRequest,
    Day,
    Id,
    Instant,
    Problem,
    key_of,
    status_of,
)
from netterms.kernel.countries import COUNTRIES
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.kernel.versions import Version
from netterms.limits import caps, policy, queries, references
from netterms.limits.caps import CapKind
from netterms.limits.formulas import Formula
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
    until: Day


class CreditTermsWanted(Wanted):
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early."""

    net_days: Days = 30
    discount_percent: Annotated[float, Field(ge=0, lt=100, multiple_of=0.01)] = 0
    discount_days: Days = 0
    instalments: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS), BeforeValidator(_number)] = 1


class CreditLineWanted(Wanted):
    """What a line is to be. What is left out is set to its default; `why` goes into the history."""

    limit_minor: Minor
    status: LineStatus = LineStatus.OPEN
    top_up: TopUpWanted | None = None
    insured_minor: Minor = 0
    terms: CreditTermsWanted = CreditTermsWanted()
    why: Why = ""


class TopUp(Schema):
    """More than the limit, up to and on a day."""

    minor: int
    until: date


class CreditTerms(Schema):
    """When to pay: equal instalments, `net_days` apart, and a discount for paying early."""

    net_days: int
    discount_percent: float
    discount_days: int
    instalments: int


class CreditLineShown(Schema):
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
    terms: CreditTerms
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


class CreditLineDetail(CreditLineShown):
    """A line and its last 50 changes, the newest first."""

    history: list[LineChange]


class CreditLines(Schema):
    """A buyer's lines, by currency."""

    items: list[CreditLineShown]


@router.get(
    "/buyers/{buyer_id}/lines",
    response=CreditLines,
    summary="Credit lines of a buyer",
)
def of_buyer(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """One for each currency."""
    buyers.buyer(request.auth, buyer_id)
    lines = queries.lines_of(request.auth, buyer_id)
    return {"items": [line_shown(line) for line in lines.values()]}


@router.get(
    "/buyers/{buyer_id}/lines/{currency}",
    response=CreditLineDetail,
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
    response={200: CreditLineDetail, 201: CreditLineDetail, 412: Problem},
    summary="Open or change a credit line",
    openapi_extra={"responses": {200: TAGGED, 201: TAGGED}},
)
def put(
    request: ApiRequest,
    response: HttpResponse,
    buyer_id: Id,
    currency: Currency,
    wanted: CreditLineWanted,
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


def _terms(wanted: CreditLineWanted) -> LineTerms:
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


def _key_of(kind: CapKind, **key: str | list[str]) -> dict[str, Any]:
    return {"properties": {"kind": {"const": kind.value}, "key": {"type": "string", **key}}}


# Which keys each kind of cap may have.
KEYS_OF_KINDS: dict[str, Any] = {
    "anyOf": [
        _key_of(CapKind.GROUP, format="uuid"),
        _key_of(CapKind.COUNTRY, enum=sorted(COUNTRIES)),
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


Share = Annotated[float, Field(ge=0, le=1, multiple_of=0.0001)]


class LimitPolicyWanted(Wanted):
    """How limits are recommended from a day on. Shares are fractions with at most 4 decimals.

    `net_worth_rule`: at most this part of the buyer's tangible net worth; null is off.
    """

    formulas: list[Formula]
    in_force_on: Day
    concentration_share: Share = float(policy.STARTING.policy.concentration_share)
    tolerated_uninsured_share: Annotated[float, Field(ge=0, lt=1, multiple_of=0.0001)] = 0
    net_worth_rule: Share | None = None
    why: Annotated[str, Field(min_length=1, max_length=500, pattern="^[^\\x00-\\x1f]+$")]


class LimitPolicyShown(Schema):
    """A policy, from when on it counts, who set it and why."""

    number: int
    in_force_on: date
    formulas: list[Formula]
    concentration_share: float
    tolerated_uninsured_share: float
    net_worth_rule: float | None
    set_by: str
    set_at: Instant
    why: str


class LimitPolicies(Schema):
    """Every policy set, the one that counts last first; before any, formula `capacity` alone."""

    items: list[LimitPolicyShown]


class Changed(Schema):
    """The number of the policy that counts on its day."""

    number: int


@router.get("/limit-policies", response=LimitPolicies, summary="How limits are recommended")
def limit_policies(request: ApiRequest) -> dict[str, Any]:
    """Those of the past, the one in force, and those to come."""
    found = policy.limit_policies(request.auth)
    return {"items": [_policy_shown(one) for one in found]}


@router.post(
    "/limit-policies",
    response={200: Changed, 201: Changed},
    openapi_extra=KEYED,
    summary="Change how limits are recommended",
)
def set_limit_policy(
    request: ApiRequest, response: HttpResponse, wanted: LimitPolicyWanted
) -> Status[dict[str, Any]]:
    """From today or a later day on. On that day every buyer's limit is looked at again."""
    worth = wanted.net_worth_rule
    told = policy.LimitPolicy(
        frozenset(wanted.formulas),
        None if worth is None else Decimal(str(worth)),
        Decimal(str(wanted.concentration_share)),
        Decimal(str(wanted.tolerated_uninsured_share)),
    )
    on, key = wanted.in_force_on, key_of(request)
    repeated = policy.set_limit_policy(request.auth, told, on, wanted.why, key=key)
    number = policy.limit_policy(request.auth, on).number
    return Status(status_of(response, repeated=repeated), {"number": number})


def _policy_shown(one: Version[policy.LimitPolicy]) -> dict[str, Any]:
    return {
        "number": one.number,
        "in_force_on": one.in_force_on,
        "formulas": sorted(one.policy.formulas),
        "concentration_share": one.policy.concentration_share,
        "tolerated_uninsured_share": one.policy.tolerated_uninsured_share,
        "net_worth_rule": one.policy.net_worth_rule,
        "set_by": one.set_by,
        "set_at": one.set_at,
        "why": one.why,
    }


class ReferenceWanted(Wanted):
    """What another supplier gives the buyer; `limit_minor` null: none any more."""

    supplier: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00-\\x1f]+$")]
    currency: Currency
    limit_minor: Minor | None
    given_on: Day


class ReferenceShown(Schema):
    """A limit as told; `counts`: it is the supplier's newest and no older than a year."""

    id: UUID
    supplier: str
    currency: str
    limit_minor: int | None
    given_on: date
    entered_by: str
    counts: bool


class References(Schema):
    """What other suppliers give a buyer, the newest entered first."""

    items: list[ReferenceShown]


class ReferenceKept(Schema):
    """What was kept."""

    id: UUID


@router.get(
    "/buyers/{buyer_id}/trade-references",
    response=References,
    summary="Limits that other suppliers give a buyer",
)
def trade_references(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """The recommended limit averages them where the policy has the formula `three_way`."""
    buyers.buyer(request.auth, buyer_id)
    return {"items": references.references_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/trade-references",
    response={200: ReferenceKept, 201: ReferenceKept, 404: Problem},
    openapi_extra=KEYED,
    summary="Enter a limit of another supplier",
)
def add_trade_reference(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: ReferenceWanted
) -> Status[dict[str, Any]]:
    """A newer one of the same supplier takes its place."""
    told = (wanted.supplier, wanted.currency, wanted.limit_minor, wanted.given_on)
    kept, repeated = references.enter_reference(request.auth, buyer_id, *told, key=key_of(request))
    return Status(status_of(response, repeated=repeated), {"id": kept})
