"""What operations that book something share: strict bodies, amounts, and the key of a request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Schema, Status
from pydantic import BeforeValidator, ConfigDict

from netterms.checkout.requests import check_key
from netterms.doors.api.shapes import ApiRequest
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import invalid
from netterms.receivables.keyed import keyed

MOST = 10**15
NO_NUL = "^[^\\x00]*$"


def _whole_number(value: object) -> object:
    # A whole number, also where it is written 5.0; no text and no truth value.
    if isinstance(value, str | bool):
        raise ValueError(Mend.WHOLE_NUMBER)
    return value


Minor = Annotated[int, Field(ge=0, le=MOST), BeforeValidator(_whole_number)]
Signed = Annotated[int, Field(ge=-MOST, le=MOST), BeforeValidator(_whole_number)]
Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Short = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Long = Annotated[str, Field(max_length=2_000, pattern=NO_NUL)]


class Strict(Schema):
    """A body: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Amount(Strict):
    """Whole minor units of an ISO 4217 currency."""

    minor: Minor
    currency: Code


class Made(Schema):
    """What was made; null where nothing was."""

    id: UUID | None


def once(
    request: ApiRequest, response: HttpResponse, asked: object, act: Callable[[], UUID | None]
) -> Status[Made]:
    """Do it once for the key: 201 when it was done now, 200 when it was before."""
    key = request.headers.get("Idempotency-Key", "")
    check_key(key)
    made, new = keyed(request.auth, key, asked, act)
    if not new:
        response["Idempotent-Replayed"] = "true"
    return Status(201 if new else 200, Made(id=made))


def file_bytes(content: str) -> bytes:
    """A file that came in base64; VALUE_INVALID where it is none."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("content", content[:20], Mend.AS_DOCUMENTED) from error


def money(wanted: Amount) -> Money:
    """As the rooms know it."""
    return Money(wanted.minor, wanted.currency)


def some(wanted: Amount | None) -> Money | None:
    """As the rooms know it, or nothing."""
    return None if wanted is None else money(wanted)
