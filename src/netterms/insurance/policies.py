"""Policies and the limits an insurer grants under them, taken over from the insurer's papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.insurance import events
from netterms.insurance.terms import PolicyTerms, terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

# Under the other kinds of cover of TCI-04 the policy itself is the limit.
LIMIT_KINDS = ("named", "discretionary", "base_cover")


@dataclass(frozen=True, slots=True)
class PolicySchedule:
    """The policy's first page: insurer, number, first and last day, terms."""

    insurer: str
    policy_number: str
    starts_on: date
    ends_on: date
    terms: PolicyTerms


@dataclass(frozen=True, slots=True)
class GrantedLimit:
    """A limit for one buyer, in minor units of the policy's currency, from `starts_on` on."""

    buyer_number: str
    amount_minor: int
    starts_on: date
    kind: str = "named"


def open_policy(ctx: Context, schedule: PolicySchedule) -> UUID:
    """Enter a policy; returns its id. POLICY_INVALID names the field, CONFLICTING_NUMBER a number
    that another policy has.
    """
    ctx.require(Permission.MANAGE_POLICY)
    terms = plain(schedule.terms)
    assert isinstance(terms, dict)
    # What is stored must read back: the daily steps read nothing else.
    terms_from(terms)
    for field in ("insurer", "policy_number"):
        if not getattr(schedule, field).strip():
            raise Refusal(Code.POLICY_INVALID, field=field, value="", mend=Mend.GIVE_IT)
    if schedule.ends_on <= schedule.starts_on:
        raise Refusal(
            Code.POLICY_INVALID,
            field="ends_on",
            value=str(schedule.ends_on),
            mend=Mend.AFTER_START,
        )
    policy = new_id(ctx.now)
    with book(ctx):
        added = sql.execute(
            """
            insert into insurance_policy (seller_id, id, insurer, policy_number, currency,
                                          starts_on, ends_on, terms)
            values (%(seller)s, %(id)s, %(insurer)s, %(number)s, %(currency)s,
                    %(starts)s, %(ends)s, %(terms)s)
            on conflict (seller_id, policy_number) do nothing
            """,
            {
                "seller": ctx.seller,
                "id": policy,
                "insurer": schedule.insurer.strip(),
                "number": schedule.policy_number.strip(),
                "currency": schedule.terms.currency,
                "starts": schedule.starts_on,
                "ends": schedule.ends_on,
                "terms": Jsonb(terms),
            },
        )
        if not added:
            raise Refusal(
                Code.CONFLICTING_NUMBER, field="policy_number", value=schedule.policy_number
            )
        record(
            ctx,
            events.PolicyOpened(policy, schedule.insurer.strip(), schedule.policy_number.strip()),
        )
    return policy


def grant_limits(ctx: Context, policy_id: UUID, limits: Sequence[GrantedLimit]) -> int:
    """Enter limits the insurer granted, set by set; returns how many were new.

    A limit of the same buyer and kind in force ends the day before the new one starts. NOT_FOUND
    names an unknown policy or buyer; POLICY_INVALID a limit that cannot be.
    """
    ctx.require(Permission.MANAGE_POLICY)
    _check(limits)
    params = {
        "seller": ctx.seller,
        "policy": policy_id,
        "numbers": [limit.buyer_number for limit in limits],
        "amounts": [limit.amount_minor for limit in limits],
        "starts": [limit.starts_on for limit in limits],
        "ends": [limit.starts_on - timedelta(days=1) for limit in limits],
        "kinds": [limit.kind for limit in limits],
    }
    with book(ctx):
        _must_know(ctx, policy_id, params["numbers"])
        sql.execute(sql.statement("insurance/end_limits"), params)
        granted = sql.execute(sql.statement("insurance/grant_limits"), params)
        record(
            ctx,
            events.LimitsGranted(policy_id, granted, sum(limit.amount_minor for limit in limits)),
        )
    return granted


def _check(limits: Sequence[GrantedLimit]) -> None:
    for limit in limits:
        if limit.kind not in LIMIT_KINDS:
            raise Refusal(
                Code.POLICY_INVALID,
                field="kind",
                value=limit.kind,
                mend=Mend.ONE_OF,
                allowed=", ".join(LIMIT_KINDS),
            )
        if limit.amount_minor < 0:
            raise Refusal(
                Code.POLICY_INVALID,
                field="amount_minor",
                value=limit.amount_minor,
                mend=Mend.AT_LEAST,
                least=0,
            )
    twice = [key for key, n in Counter((x.buyer_number, x.kind) for x in limits).items() if n > 1]
    if twice:
        raise Refusal(
            Code.POLICY_INVALID,
            field="buyer_number",
            value=twice[0][0],
            mend=Mend.ONE_LIMIT_A_BUYER,
        )


def _must_know(ctx: Context, policy_id: UUID, numbers: object) -> None:
    params = {"seller": ctx.seller, "policy": policy_id, "numbers": numbers}
    if not sql.value(
        "select 1 from insurance_policy where seller_id = %(seller)s and id = %(policy)s", params
    ):
        raise Refusal(Code.NOT_FOUND, field="policy", value=str(policy_id))
    unknown = sql.value(
        """
        select min(number) from unnest(%(numbers)s::text[]) as told(number)
        where not exists (select from buyer b where b.seller_id = %(seller)s
                                                and b.buyer_number = told.number)
        """,
        params,
    )
    if unknown is not None:
        raise Refusal(Code.NOT_FOUND, field="buyer_number", value=unknown)
