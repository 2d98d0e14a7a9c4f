"""An order of a company that the seller may not know yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from netterms.buyers.actions import LONGEST_EMAIL, LONGEST_NAME, Introduction
from netterms.buyers.numbers import LONGEST
from netterms.checkout.actions import REPEATED
from netterms.checkout.newcomers import NewBuyerRequest, authorise_newcomer
from netterms.checkout.requests import LONGEST_NUMBER, MOST_MINOR
from netterms.doors.api.buyers import Reason
from netterms.doors.api.checkout import Order
from netterms.doors.api.shapes import KEYED, ApiRequest, At
from netterms.doors.look.sentences import score_reasons
from netterms.kernel.money import Money

router = Router(tags=["checkout"])
# As it was typed; the spelling that is kept has letters and digits only.
LONGEST_TYPED = 2 * LONGEST


class NewBuyer(Schema):
    """How the company introduces itself. The number is that of its country's company register.

    Its check digits are checked in BE, BR, CH, CN, DK, EE, FI, FR, JP, KR, NO, SE and TW. No
    register is asked whether the company exists.
    """

    model_config = ConfigDict(extra="forbid")

    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166 code.")
    registration_number: str = Field(min_length=1, max_length=LONGEST_TYPED)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    email: str = Field("", max_length=LONGEST_EMAIL)


class Asked(Schema):
    """Whole minor units (cents, yen, fils) of an ISO 4217 currency."""

    model_config = ConfigDict(extra="forbid")

    minor: int = Field(ge=1, le=MOST_MINOR, strict=True)
    currency: str = Field(pattern="^[A-Z]{3}$")


class NewBuyerOrder(Schema):
    """May this company have this amount on credit? `partial`: a part will do."""

    model_config = ConfigDict(extra="forbid")

    buyer: NewBuyer
    order_number: str = Field(min_length=1, max_length=LONGEST_NUMBER)
    amount: Asked
    partial: bool = Field(False, strict=True)
    expires_at: At | None = None


class GivenScore(Schema):
    """The score that the policy was asked with: the newest, or a first one given in this call.

    `confidence` 0: nothing is known of the buyer, and the grade is that of unknown companies.
    """

    currency: str
    scored_on: date
    scorecard: str
    score: float
    probability_of_default: float
    grade: int
    confidence: float
    reasons: list[Reason]


class JudgedOrder(Order):
    """The order, and how the buyer was graded for it."""

    score: GivenScore | None


@router.post(
    "/orders/new-buyer",
    response={200: JudgedOrder, 201: JudgedOrder},
    openapi_extra=KEYED,
    summary="Ask for credit for a buyer that may be new",
)
def new_buyer(
    request: ApiRequest,
    asked: NewBuyerOrder,
) -> HttpResponse:
    """Find or open the buyer, score it, judge it by the policy in force, and answer the order.

    `pending` means that a person decides; the outcome comes by webhook (`checkout.order_approved`
    or `checkout.order_declined`). `reasons` say what the policy found.
    """
    told = asked.buyer
    answer = authorise_newcomer(
        request.auth,
        NewBuyerRequest(
            key=request.headers.get("Idempotency-Key", ""),
            order_number=asked.order_number,
            buyer=Introduction(
                told.country, told.registration_number, told.name.strip(), told.email
            ),
            amount=Money(asked.amount.minor, asked.amount.currency),
            partial=asked.partial,
            expires_at=asked.expires_at,
        ),
    )
    # The answer's own words, the same the second time, with the score that was kept beside them.
    score = json.dumps(_score(answer.score), ensure_ascii=False)
    body = f'{answer.body.removesuffix("}")}, "score": {score}}}'
    said = HttpResponse(body, status=answer.status, content_type="application/json")
    if answer.status == REPEATED:
        said.headers["Idempotent-Replayed"] = "true"
    return said


def _score(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """None for an answer of the time before newcomers were scored."""
    if kept is None:
        return None
    return {
        "currency": kept["currency"],
        "scored_on": kept["scored_on"],
        "scorecard": kept["scorecard"],
        "score": float(kept["score"]),
        "probability_of_default": float(kept["pd"]),
        "grade": kept["grade"],
        "confidence": float(kept["confidence"]),
        "reasons": score_reasons(kept["scorecard"], kept["attributes"], kept["reasons"]),
    }
