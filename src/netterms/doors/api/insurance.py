"""Credit insurance: policies, the insurer's limits, and what the policies ask by when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from netterms.doors.api.once import NO_NUL, Code, Made, Minor, Strict, once
from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    Day,
    Flag,
    Id,
    Money,
    PageSize,
    Skip,
    Text,
    day_shown,
    key_of,
    money,
    status_of,
)
from netterms.insurance import queries
from netterms.insurance.policies import (
    LONGEST_NAME,
    LONGEST_NUMBER,
    GrantedLimit,
    PolicySchedule,
    change_terms,
    end_limit,
    end_policy,
    grant_limits,
    open_policy,
    renew_policy,
)
from netterms.insurance.terms import (
    MOST_DAYS,
    MOST_MULTIPLE,
    ClaimBasis,
    DeductibleBasis,
    DisputeClock,
    MepBasis,
    NoticeBasis,
    Period,
    PeriodUnit,
    PolicyTerms,
    PreLossAllocation,
    PremiumBasis,
    WaitingBasis,
    terms_from,
)
from netterms.kernel.events import Plain, plain
from netterms.store import keys

router = Router(tags=["insurance"])
MOST_LIMITS = 10_000

Number = Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=NO_NUL)]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=9)]
Multiple = Annotated[Decimal, Field(ge=0, le=MOST_MULTIPLE, max_digits=9)]
Kind = Literal["named", "discretionary", "base_cover"]


class Span(Strict):
    """A length of time: calendar days, or months that keep the day of the month."""

    length: Days
    unit: PeriodUnit


# What a field is that was left out: as everywhere, of whatever currency.
GIVEN = PolicyTerms("EUR")


def _span(period: Period) -> Span:
    return Span(length=period.length, unit=period.unit)


class Terms(Strict):
    """The schedule of a policy. A field left out has a public example or a convention.

    Days count from the end of the maximum extension period (`mep`) or as the field's basis says;
    `hand_over_days` null asks for none, `stop_days` null stops deliveries with the `mep`,
    `max_liability` (a multiple of the premium) null is no cap.
    """

    insured_pct_named: Percent = GIVEN.insured_pct_named
    insured_pct_self_check: Percent = GIVEN.insured_pct_self_check
    insured_pct_base_cover: Percent = GIVEN.insured_pct_base_cover
    insured_pct_export: Percent = GIVEN.insured_pct_export
    max_credit_period: Days = GIVEN.max_credit_period
    max_invoicing_period: Days = GIVEN.max_invoicing_period
    mep: Days = GIVEN.mep
    mep_basis: MepBasis = GIVEN.mep_basis
    overdue_notice_days: Days = GIVEN.overdue_notice_days
    notice_basis: NoticeBasis = GIVEN.notice_basis
    hand_over_days: Days | None = GIVEN.hand_over_days
    stop_days: Days | None = GIVEN.stop_days
    insolvency_notice_days: Days = GIVEN.insolvency_notice_days
    waiting_period: Span = _span(GIVEN.waiting_period)
    waiting_basis: WaitingBasis = GIVEN.waiting_basis
    dispute_clock: DisputeClock = GIVEN.dispute_clock
    claim_deadline: Span = _span(GIVEN.claim_deadline)
    claim_basis: ClaimBasis = GIVEN.claim_basis
    threshold_minor: Minor = GIVEN.threshold_minor
    each_and_every_first_loss_minor: Minor = GIVEN.each_and_every_first_loss_minor
    aggregate_first_loss_minor: Minor = GIVEN.aggregate_first_loss_minor
    minimum_retention_minor: Minor = GIVEN.minimum_retention_minor
    max_liability: Multiple | None = GIVEN.max_liability
    vat_covered: bool = GIVEN.vat_covered
    premium_basis: PremiumBasis = GIVEN.premium_basis
    minimum_premium_minor: Minor = GIVEN.minimum_premium_minor
    deductible_basis: DeductibleBasis = GIVEN.deductible_basis
    pre_loss_allocation: PreLossAllocation = GIVEN.pre_loss_allocation

    def told(self, currency: str) -> PolicyTerms:
        """As the room knows them."""
        return terms_from(self.model_dump(mode="json") | {"currency": currency})


class PolicyWanted(Strict):
    """The first page of a policy, and its terms."""

    insurer: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NO_NUL)]
    policy_number: Number
    currency: Code
    starts_on: Day
    ends_on: Day
    terms: Terms = Terms()

    def told(self) -> PolicySchedule:
        """As the room knows it."""
        return PolicySchedule(
            self.insurer,
            self.policy_number,
            self.starts_on,
            self.ends_on,
            self.terms.told(self.currency),
        )


class LastDay(Strict):
    """The last day of a policy or a limit; deliveries until then stay under cover."""

    ends_on: Day


class LimitWanted(Strict):
    """A decision of the insurer, in the policy's currency; 0 where it refused.

    Without `granted_until` it runs as long as the policy.
    """

    buyer_number: Number
    amount_minor: Minor
    starts_on: Day
    kind: Kind = "named"
    granted_until: Day | None = None


class LimitsWanted(Strict):
    """Limits of one policy: all of them are entered, or none. Each buyer once."""

    limits: Annotated[list[LimitWanted], Field(min_length=1, max_length=MOST_LIMITS)]


class LimitsEntered(Schema):
    """How many are new, and how many the book had just so."""

    new: int
    known: int


class Policy(Schema):
    """A policy and what stands under it. `terms_are_fixed`: deadlines or claims count by them."""

    id: UUID
    insurer: str
    policy_number: str
    starts_on: date
    ends_on: date
    terms: dict[str, Any]
    terms_are_fixed: bool
    limits_in_force: int
    insured: Money
    open_deadlines: int


class Policies(Schema):
    """A page of policies, the last to end first."""

    total: int
    items: list[Policy]


class Limit(Schema):
    """A limit under a policy. `is_replaced`: it never came into force."""

    id: UUID
    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    kind: str
    amount: Money
    starts_on: date
    ends_on: date | None
    is_in_force: bool
    is_replaced: bool


class InsuredLimits(Schema):
    """A page of limits by buyer, the newest of each first."""

    total: int
    items: list[Limit]


class Deadline(Schema):
    """An open deadline; `rule` names the clause it comes from."""

    id: UUID
    kind: str
    due_on: date
    rule: str
    buyer_id: UUID
    buyer_name: str
    invoice_id: UUID
    invoice_number: str
    open: Money
    insurer: str
    policy_number: str


class Deadlines(Schema):
    """Open deadlines, the next one first."""

    total: int
    items: list[Deadline]


@router.get("/insurance/policies", response=Policies, summary="Insurance policies")
def policies(request: ApiRequest, skip: Skip = 0, limit: PageSize = 50) -> dict[str, Any]:
    """The last to end first, ended ones too."""
    day = day_shown(request.auth, None)
    found = queries.policies(request.auth, day, most=limit, skip=skip)
    return {"total": queries.count_policies(request.auth), "items": [_policy(one) for one in found]}


@router.post(
    "/insurance/policies",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Enter an insurance policy",
)
def enter(request: ApiRequest, response: HttpResponse, wanted: PolicyWanted) -> Status[Made]:
    """As its schedule says."""
    asked = {"policy": wanted.model_dump(mode="json")}
    return once(request, response, asked, lambda: open_policy(request.auth, wanted.told()))


@router.get("/insurance/policies/{policy_id}", response=Policy, summary="One insurance policy")
def policy(request: ApiRequest, policy_id: Id) -> dict[str, Any]:
    """With its terms."""
    return _policy(queries.policy(request.auth, policy_id, day_shown(request.auth, None)))


@router.post(
    "/insurance/policies/{policy_id}/terms",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Correct the terms of a policy",
)
def correct(
    request: ApiRequest, response: HttpResponse, policy_id: Id, wanted: Terms
) -> Status[Made]:
    """All of them, while no deadline and no claim counts by them. Later: renew the policy."""

    def act() -> UUID:
        shown = queries.policy(request.auth, policy_id, request.auth.today)
        change_terms(request.auth, policy_id, wanted.told(shown.currency))
        return policy_id

    asked = {"correct": policy_id, "terms": wanted.model_dump(mode="json")}
    return once(request, response, asked, act)


@router.post(
    "/insurance/policies/{policy_id}/renewals",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Renew a policy",
)
def renew(
    request: ApiRequest, response: HttpResponse, policy_id: Id, wanted: PolicyWanted
) -> Status[Made]:
    """The policy that follows: the one before ends the day before, its limits go on."""
    asked = {"renew": policy_id, "policy": wanted.model_dump(mode="json")}
    return once(
        request, response, asked, lambda: renew_policy(request.auth, policy_id, wanted.told())
    )


@router.post(
    "/insurance/policies/{policy_id}/end",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="End a policy early",
)
def end(
    request: ApiRequest, response: HttpResponse, policy_id: Id, wanted: LastDay
) -> Status[Made]:
    """Its limits end with it."""

    def act() -> UUID:
        end_policy(request.auth, policy_id, wanted.ends_on)
        return policy_id

    return once(request, response, {"end": policy_id, "on": wanted.ends_on}, act)


@router.get(
    "/insurance/policies/{policy_id}/limits", response=InsuredLimits, summary="Insured limits"
)
def limits(
    request: ApiRequest,
    policy_id: Id,
    buyer: Text = "",
    in_force: Flag = True,
    skip: Skip = 0,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Of a buyer, by a piece of its name or its whole number, where asked."""
    day = day_shown(request.auth, None)
    shown = queries.policy(request.auth, policy_id, day)
    found, total = queries.limits_of(
        request.auth, policy_id, day, buyer=buyer, in_force=in_force, most=limit, skip=skip
    )
    return {"total": total, "items": [_limit(one, shown.currency) for one in found]}


@router.post(
    "/insurance/policies/{policy_id}/limits",
    response={200: LimitsEntered, 201: LimitsEntered},
    openapi_extra=KEYED,
    summary="Enter insured limits",
)
def grant(
    request: ApiRequest, response: HttpResponse, policy_id: Id, wanted: LimitsWanted
) -> Status[Any]:
    """A new limit ends the buyer's limit before it the day before; one known just so is kept."""
    told = [GrantedLimit(**one.model_dump()) for one in wanted.limits]

    def act() -> Plain:
        done = grant_limits(request.auth, policy_id, told)
        return {"new": done.new, "known": done.known}

    asked = {"grant": policy_id, "limits": wanted.model_dump(mode="json")}
    answer, repeated = keys.done_once(request.auth, key_of(request), asked, act)
    return Status(status_of(response, repeated=repeated), answer)


@router.post(
    "/insurance/limits/{limit_id}/end",
    response={200: Made, 201: Made},
    openapi_extra=KEYED,
    summary="Withdraw an insured limit",
)
def withdraw(
    request: ApiRequest, response: HttpResponse, limit_id: Id, wanted: LastDay
) -> Status[Made]:
    """It covers deliveries until its last day."""

    def act() -> UUID:
        end_limit(request.auth, limit_id, wanted.ends_on)
        return limit_id

    return once(request, response, {"withdraw": limit_id, "on": wanted.ends_on}, act)


@router.get("/deadlines", response=Deadlines, summary="Policy deadlines")
def deadlines(
    request: ApiRequest,
    until: Day | None = None,
    skip: Skip = 0,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Open deadlines by date."""
    found = queries.open_deadlines(request.auth, until=until, most=limit, skip=skip)
    return {
        "total": queries.count_deadlines(request.auth, until),
        "items": [_deadline(line) for line in found],
    }


def _policy(one: queries.Policy) -> dict[str, Any]:
    return {
        "id": one.id,
        "insurer": one.insurer,
        "policy_number": one.policy_number,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "terms": plain(one.terms),
        "terms_are_fixed": one.is_counted,
        "limits_in_force": one.limits,
        "insured": money(one.insured_minor, one.currency),
        "open_deadlines": one.open_deadlines,
    }


def _limit(one: queries.LimitOfBuyer, currency: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "buyer_id": one.buyer_id,
        "buyer_number": one.buyer_number,
        "buyer_name": one.buyer_name,
        "kind": one.kind,
        "amount": money(one.amount_minor, currency),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "is_in_force": one.is_in_force,
        "is_replaced": one.is_replaced,
    }


def _deadline(line: queries.OpenDeadline) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "due_on": line.due_on,
        "rule": line.rule,
        "buyer_id": line.buyer_id,
        "buyer_name": line.buyer_name,
        "invoice_id": line.invoice_id,
        "invoice_number": line.invoice_number,
        "open": money(line.open_minor, line.currency),
        "insurer": line.insurer,
        "policy_number": line.policy_number,
    }
