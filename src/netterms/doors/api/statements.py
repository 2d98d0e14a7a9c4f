"""A buyer's annual accounts: their lines, ratios, and what failure models say of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from netterms.checkout.requests import check_key
from netterms.doors.api.shapes import KEYED, ApiRequest, Day, Id, Instant
from netterms.kernel.context import Context
from netterms.limits.rates import per_dollar
from netterms.statements import queries
from netterms.statements.actions import LONGEST_SOURCE, Recorded, Told, record_statement
from netterms.statements.failure import Choice, Lack, Model, Score, Zone
from netterms.statements.queries import Judged
from netterms.statements.rules import MOST_MINOR, MOST_MONTHS, Accounts, Standard

router = Router(tags=["statements"])
Amount = Annotated[int, Field(ge=-MOST_MINOR, le=MOST_MINOR, strict=True)]


class StatementWanted(Schema):
    """Accounts of a period. `items`: minor units of `currency` by line, without those not given.

    Expenses, interest and tax are positive. `scale` is the unit the paper states them in: it says
    how much they may be rounded by. `confirmed`: what looks like a slip of the unit is so.
    """

    model_config = ConfigDict(extra="forbid")

    period_end: Day
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS, strict=True)] = 12
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    scale: Annotated[int, Field(strict=True)] = 1
    standard: Standard = Standard.OTHER
    consolidated: Annotated[bool, Field(strict=True)] = False
    audited: Annotated[bool, Field(strict=True)] = False
    source: Annotated[str, Field(max_length=LONGEST_SOURCE)] = ""
    confirmed: Annotated[bool, Field(strict=True)] = False
    items: dict[str, Amount]


class Lacking(Schema):
    """Why a model has no value: `item` is missing or zero, lacks the year before, or a rate."""

    lack: Lack
    item: str


class ModelScore(Schema):
    """A failure model's value; `fits`: of Altman's models the one made for such firms, and why."""

    model: Model
    rule: str
    value: float | None
    probability_of_failure: float | None
    zone: Zone | None
    wants: list[Lacking]
    fits: bool
    why: str


class StatementShown(Schema):
    """Accounts of a period with what follows from them; a ratio is null where not computable."""

    id: UUID
    period_end: date
    months: int
    currency: str
    scale: int
    standard: Standard
    consolidated: bool
    audited: bool
    source: str
    entered_by: str
    entered_at: Instant
    version: int
    corrects: UUID | None
    items: dict[str, int]
    ratios: dict[str, float | None]
    models: list[ModelScore]


class StatementRecorded(Schema):
    """The statement that holds the accounts; `new` is false where they were known just so."""

    id: UUID
    version: int
    new: bool


class Statements(Schema):
    """The last version of each of a buyer's statements, the newest period first."""

    items: list[StatementShown]


@router.get(
    "/buyers/{buyer_id}/statements", response=Statements, summary="Annual accounts of a buyer"
)
def of_buyer(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Lines, ratios and models of each period."""
    return {"items": [_shown(one) for one in _judged(request.auth, buyer_id)]}


@router.post(
    "/buyers/{buyer_id}/statements",
    response={200: StatementRecorded, 201: StatementRecorded},
    openapi_extra=KEYED,
    summary="Enter annual accounts of a buyer",
)
def enter(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: StatementWanted
) -> Status[Recorded]:
    """Other figures for a known period are a new version; the same again changes nothing (200).

    422 names the line that does not hold, and what would mend it.
    """
    key = request.headers.get("Idempotency-Key", "")
    check_key(key)
    done = record_statement(request.auth, buyer_id, _told(wanted), key=key)
    if not done.new:
        response["Idempotent-Replayed"] = "true"
    return Status(201 if done.new else 200, done)


def _judged(ctx: Context, buyer_id: UUID) -> list[Judged]:
    currencies = {one.accounts.currency for one in queries.statements_of(ctx, buyer_id)}
    return queries.judged(ctx, buyer_id, per_dollar(currencies, ctx.today))


def _shown(one: Judged) -> dict[str, Any]:
    statement, accounts = one.statement, one.statement.accounts
    told = ("id", "standard", "consolidated", "audited", "source", "entered_by", "entered_at")
    return {
        **{name: getattr(statement, name) for name in (*told, "version", "corrects")},
        "period_end": accounts.period_end,
        "months": accounts.months,
        "currency": accounts.currency,
        "scale": accounts.scale,
        "items": accounts.items,
        "ratios": one.ratios,
        "models": [_model(score, one.fits) for score in one.scores.values()],
    }


def _model(score: Score, fits: Choice) -> dict[str, Any]:
    fitting = score.model is fits.model
    return {
        "model": score.model,
        "rule": score.rule,
        "value": score.value,
        "probability_of_failure": score.pd,
        "zone": score.zone,
        "wants": [{"lack": want.lack, "item": want.item} for want in score.wants],
        "fits": fitting,
        "why": _(fits.why) if fitting else "",
    }


def _told(wanted: StatementWanted) -> Told:
    return Told(
        Accounts(wanted.period_end, wanted.currency, wanted.items, wanted.months, wanted.scale),
        wanted.standard,
        consolidated=wanted.consolidated,
        audited=wanted.audited,
        source=wanted.source,
        confirmed=wanted.confirmed,
    )
