"""What answers are made of: money, problems, pages and what every operation may answer."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator, PlainSerializer, WithJsonSchema

from netterms.checkout.requests import KEY, check_key
from netterms.kernel.context import Context
from netterms.kernel.mends import Mend
from netterms.portfolio.live import as_of

# Days far outside any book would only overflow the arithmetic of months.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def _iso_day(value: object) -> object:
    # Without this a number would be taken for seconds since 1970.
    if isinstance(value, date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value), re.ASCII):
        return value
    raise ValueError(Mend.DAY)


def _iso_instant(value: object) -> object:
    # As of days: a number, also as text, is no instant.
    if isinstance(value, datetime) or re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", str(value), re.ASCII):
        return value
    raise ValueError(Mend.INSTANT)


def _flag(value: object) -> object:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError(Mend.TRUE_OR_FALSE)
    return value


def _whole(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise ValueError(Mend.WHOLE_NUMBER)
    return value


def _id(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9a-fA-F-]{36}", value):
        raise ValueError(Mend.ID)
    return value


# Parameters are read strictly: what the schema does not allow is refused, never guessed at.
Day = Annotated[date, BeforeValidator(_iso_day)]
At = Annotated[AwareDatetime, BeforeValidator(_iso_instant)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Id = Annotated[UUID, BeforeValidator(_id)]
Grade = Annotated[int, Field(ge=1, le=10), BeforeValidator(_whole)]
Stage = Annotated[int, Field(ge=0, le=4), BeforeValidator(_whole)]
LateStage = Annotated[int, Field(ge=1, le=4), BeforeValidator(_whole)]
PageSize = Annotated[int, Field(ge=1, le=200), BeforeValidator(_whole)]
Skip = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_whole)]
Text = Annotated[str, Field(max_length=200, pattern="^[^\\x00]*$")]
CountryCode = Annotated[str, Field(pattern="^([A-Z]{2})?$")]
# Written as the database does, so that an order reads the same in every answer.
Instant = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# Checked with the rest of the request, so that a missing one is named like any other field.
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": KEY},
}
KEYED: dict[str, Any] = {"parameters": [KEY_HEADER]}
CurrencyCode = Annotated[str, Field(pattern="^([A-Z]{3})?$")]


class Money(Schema):
    """An amount: whole minor units (cents, yen, fils) of an ISO 4217 currency."""

    minor: int
    currency: str = Field(pattern="^[A-Z]{3}$")


class Problem(Schema):
    """RFC 9457: what went wrong. `code` is stable; `errors` names each value and what mends it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, Any]]


class ApiRequest(HttpRequest):
    """A request whose API key was accepted."""

    auth: Context


def key_of(request: HttpRequest) -> str:
    """The key that makes a repeated request one; VALUE_INVALID for what is no key."""
    given = request.headers.get("Idempotency-Key", "")
    check_key(given)
    return given


def status_of(response: HttpResponse, *, repeated: bool) -> int:
    """201 for what was done now; 200, and a header, for the answer of the time before."""
    if repeated:
        response["Idempotent-Replayed"] = "true"
    return 200 if repeated else 201


def money(minor: int, currency: str) -> Money:
    """`minor` units of `currency`."""
    return Money(minor=minor, currency=currency)


def some(minor: int | None, currency: str | None) -> Money | None:
    """Money, or nothing where there is none."""
    return None if minor is None or currency is None else money(minor, currency)


def day_shown(ctx: Context, asked: date | None) -> date:
    """The day asked for, else the last business day that was run, else today.

    Days no book can have are read as the first or last one that it could.
    """
    return min(max(asked, FIRST_DAY), LAST_DAY) if asked else as_of(ctx)


def next_of(ids: list[UUID], limit: int) -> UUID | None:
    """The cursor of the next page: the last id of a full page."""
    return ids[-1] if len(ids) == limit else None
