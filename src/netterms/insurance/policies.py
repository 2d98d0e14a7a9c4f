"""Policies and the limits an insurer grants under them, taken over from the insurer's papers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.insurance import events
from netterms.insurance.granting import (
    FIRST_DAY,
    LAST_DAY,
    LIMIT_KINDS,
    MOST_LIMITS,
    Flaw,
    GrantedLimit,
    Standing,
    flaws,
)
from netterms.insurance.terms import MOST_MINOR, ClaimBasis, PolicyTerms, terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

__all__ = ["LIMIT_KINDS", "GrantedLimit", "PolicySchedule"]

LONGEST_NAME, LONGEST_NUMBER = 200, 100


@dataclass(frozen=True, slots=True)
class PolicySchedule:
    """The policy's first page: insurer, number, first and last day, terms."""

    insurer: str
    policy_number: str
    starts_on: date
    ends_on: date
    terms: PolicyTerms


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of a list of limits: how many are new, and how many the book had just so."""

    new: int
    known: int


def open_policy(ctx: Context, schedule: PolicySchedule) -> UUID:
    """Enter a policy; returns its id. POLICY_INVALID names the field; VALUE_INVALID a number that
    another policy of that time has.
    """
    ctx.require(Permission.MANAGE_POLICY)
    terms = _checked(schedule)
    with book(ctx):
        return _insert(ctx, schedule, terms)


def renew_policy(ctx: Context, policy_id: UUID, schedule: PolicySchedule) -> UUID:
    """The policy that follows one, most often under its number; returns its id.

    The one before ends the day before, where it would run longer. Its deadlines and claims stay
    as they are, by its own terms; limits that run or start later go on under the new one.
    NOT_FOUND; otherwise refuses as `open_policy` and `end_policy` do.
    """
    ctx.require(Permission.MANAGE_POLICY)
    terms = _checked(schedule)
    with book(ctx):
        before = _locked(ctx, policy_id)
        if schedule.terms.currency != before["currency"]:
            # Its limits are amounts in the currency of the policy.
            raise _wrong("currency", schedule.terms.currency, Mend.ONE_OF, before["currency"])
        last_day = schedule.starts_on - timedelta(days=1)
        ending = min(last_day, before["ends_on"])
        if ending <= before["starts_on"]:
            raise _wrong("starts_on", str(schedule.starts_on), Mend.AFTER_START)
        next_id = new_id(ctx.now)
        # Its number is free for the next once it ends; what goes on is what ran until then.
        shortened = _shorten(ctx, before, ending, check_only=True)
        _insert(ctx, schedule, terms, next_id, renews=before)
        params = {"seller": ctx.seller, "policy": policy_id, "next": next_id}
        carried = sql.execute(sql.statement("insurance/carry_limits"), params)
        if shortened:
            _shorten(ctx, before, ending)
        if carried:
            record(ctx, events.LimitsGranted(next_id, carried, _sum_of_limits(ctx, next_id)))
    return next_id


def change_terms(ctx: Context, policy_id: UUID, terms: PolicyTerms) -> bool:
    """Correct the terms of a policy by which nothing has counted; whether they were changed.

    MOVE_NOT_ALLOWED once a deadline was set or a claim prepared: those keep their terms, and the
    policy is renewed with the new ones. POLICY_INVALID for another currency; NOT_FOUND.
    """
    ctx.require(Permission.MANAGE_POLICY)
    wanted = plain(terms)
    assert isinstance(wanted, dict)
    terms_from(wanted)
    with book(ctx):
        policy = _locked(ctx, policy_id)
        if terms.currency != policy["currency"]:
            raise _wrong("currency", terms.currency, Mend.ONE_OF, policy["currency"])
        kept = terms_from(policy["terms"])
        changed = [f.name for f in dataclasses.fields(terms) if _differs(kept, terms, f.name)]
        if not changed:
            return False
        if _counted_until(ctx, policy_id) is not None:
            raise Refusal(
                Code.MOVE_NOT_ALLOWED,
                state="counted",
                move="change_terms",
                mend=Mend.RENEW_POLICY,
            )
        sql.execute(
            "update insurance_policy set terms = %(terms)s"
            " where seller_id = %(seller)s and id = %(policy)s",
            {"seller": ctx.seller, "policy": policy_id, "terms": Jsonb(wanted)},
        )
        before = plain(kept)
        assert isinstance(before, dict)
        record(
            ctx,
            events.PolicyTermsChanged(
                policy_id,
                {name: before[name] for name in changed},
                {name: wanted[name] for name in changed},
            ),
        )
    return True


def end_policy(ctx: Context, policy_id: UUID, last_day: date) -> None:
    """Let a policy end earlier than was agreed: a notice, a cancellation.

    Its limits end with it; deliveries until then stay under cover (TCI-21). VALUE_INVALID for a
    day before what has counted, or after its end; NOT_FOUND.
    """
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        _shorten(ctx, _locked(ctx, policy_id), last_day)


def _shorten(
    ctx: Context, policy: dict[str, Any], last_day: date, *, check_only: bool = False
) -> bool:
    """Whether the policy ends earlier; done unless it is only to be checked."""
    if last_day == policy["ends_on"]:
        return False
    first = policy["starts_on"] + timedelta(days=1)
    least = max(first, _counted_until(ctx, policy["id"]) or first)
    if not least <= last_day < policy["ends_on"]:
        raise invalid(
            "ends_on", last_day, Mend.BETWEEN, least=str(least), most=str(policy["ends_on"])
        )
    if check_only:
        return True
    terms = terms_from(policy["terms"])
    params = {"seller": ctx.seller, "policy": policy["id"], "last": last_day}
    sql.execute(
        "update insurance_policy set ends_on = %(last)s"
        " where seller_id = %(seller)s and id = %(policy)s",
        params,
    )
    sql.execute(
        "update insured_limit set ends_on = %(last)s where seller_id = %(seller)s"
        " and policy_id = %(policy)s and (ends_on is null or ends_on > %(last)s)",
        params,
    )
    if terms.claim_basis is ClaimBasis.POLICY_END:
        # The time to file a claim runs from the end of the policy (TCI-13).
        sql.execute(
            "update policy_deadline set due_on = %(day)s where seller_id = %(seller)s"
            " and policy_id = %(policy)s and kind = 'claim_filing' and state = 'open'",
            params | {"day": terms.claim_deadline.after(last_day)},
        )
    record(ctx, events.PolicyEnded(policy["id"], last_day, policy["ends_on"]))
    return True


def check_limits(ctx: Context, policy_id: UUID, limits: Sequence[GrantedLimit]) -> list[Flaw]:
    """Which of a list cannot be entered, and why; nothing is written. NOT_FOUND."""
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        return _looked_at(ctx, _locked(ctx, policy_id), limits)[0]


def grant_limits(ctx: Context, policy_id: UUID, limits: Sequence[GrantedLimit]) -> Granted:
    """Enter limits the insurer granted, all of them or none.

    A limit of the buyer in force ends the day before the new one starts, whatever its kind
    (TCI-04). One that the book has just so changes nothing. NOT_FOUND names an unknown policy or
    buyer; VALUE_INVALID the first limit that cannot be.
    """
    ctx.require(Permission.MANAGE_POLICY)
    if len(limits) > MOST_LIMITS:
        raise invalid("limits", len(limits), Mend.AT_MOST, most=MOST_LIMITS)
    with book(ctx):
        policy = _locked(ctx, policy_id)
        found, standing = _looked_at(ctx, policy, limits)
        if found:
            raise found[0].refusal()
        new = [limit for limit, known in zip(limits, standing, strict=True) if not known.is_known]
        if new:
            params = _columns(ctx, policy_id, new)
            sql.execute(sql.statement("insurance/end_limits"), params)
            sql.execute(sql.statement("insurance/grant_limits"), params)
            total = sum(limit.amount_minor for limit in new)
            record(ctx, events.LimitsGranted(policy_id, len(new), total))
    return Granted(len(new), len(limits) - len(new))


def end_limit(ctx: Context, limit_id: UUID, last_day: date) -> None:
    """A limit is withdrawn: it covers deliveries until `last_day` and those stay covered (TCI-21).

    VALUE_INVALID for a day before what has counted, or after its end; NOT_FOUND.
    """
    ctx.require(Permission.MANAGE_POLICY)
    params = {"seller": ctx.seller, "limit": limit_id, "last": last_day}
    with book(ctx):
        policy_id = sql.value(
            "select policy_id from insured_limit where seller_id = %(seller)s and id = %(limit)s",
            params,
        )
        if policy_id is None:
            raise Refusal(Code.NOT_FOUND, field="insured_limit", value=str(limit_id))
        # First the policy, then its limits: the order in which everybody locks.
        policy = _locked(ctx, policy_id)
        limit = sql.row(
            "select buyer_id, starts_on, ends_on from insured_limit"
            " where seller_id = %(seller)s and id = %(limit)s",
            params,
        )
        assert limit is not None
        most = limit["ends_on"] or policy["ends_on"]
        counted = _counted_until(ctx, policy_id, limit["buyer_id"])
        least = max(limit["starts_on"], min(counted or limit["starts_on"], most))
        if not least <= last_day <= most:
            raise invalid("ends_on", last_day, Mend.BETWEEN, least=str(least), most=str(most))
        if last_day == most:
            return
        sql.execute(
            "update insured_limit set ends_on = %(last)s"
            " where seller_id = %(seller)s and id = %(limit)s",
            params,
        )
        record(ctx, events.LimitEnded(limit["buyer_id"], limit_id, policy_id, last_day))


def _checked(schedule: PolicySchedule) -> dict[str, Any]:
    """The terms as they are stored. POLICY_INVALID."""
    terms = plain(schedule.terms)
    assert isinstance(terms, dict)
    # What is stored must read back: the daily steps read nothing else.
    terms_from(terms)
    longest = {"insurer": LONGEST_NAME, "policy_number": LONGEST_NUMBER}
    for field, most in longest.items():
        text = getattr(schedule, field).strip()
        if not text:
            raise _wrong(field, "", Mend.GIVE_IT)
        if len(text) > most or not text.isprintable():
            raise Refusal(
                Code.POLICY_INVALID, field=field, value=text[:most], mend=Mend.CHARACTERS,
                least=1, most=most,
            )  # fmt: skip
    for field in ("starts_on", "ends_on"):
        day = getattr(schedule, field)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Refusal(
                Code.POLICY_INVALID, field=field, value=str(day), mend=Mend.BETWEEN,
                least=str(FIRST_DAY), most=str(LAST_DAY),
            )  # fmt: skip
    if schedule.ends_on <= schedule.starts_on:
        raise _wrong("ends_on", str(schedule.ends_on), Mend.AFTER_START)
    return terms


def _wrong(field: str, value: str, mend: Mend, allowed: str = "") -> Refusal:
    return Refusal(Code.POLICY_INVALID, field=field, value=value, mend=mend, allowed=allowed)


def _differs(one: PolicyTerms, other: PolicyTerms, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _insert(
    ctx: Context,
    schedule: PolicySchedule,
    terms: dict[str, Any],
    policy_id: UUID | None = None,
    renews: dict[str, Any] | None = None,
) -> UUID:
    policy = policy_id or new_id(ctx.now)
    insurer, number = schedule.insurer.strip(), schedule.policy_number.strip()
    params = {
        "seller": ctx.seller,
        "id": policy,
        "insurer": insurer,
        "number": number,
        "currency": schedule.terms.currency,
        "starts": schedule.starts_on,
        "ends": schedule.ends_on,
        "terms": Jsonb(terms),
        "renews": renews and renews["id"],
    }
    # Two at once with one number: the second waits and finds the first.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended('policy/' || %(s)s, 0))",
        {"s": str(ctx.seller)},
    )
    taken = sql.value(
        "select 1 from insurance_policy where seller_id = %(seller)s"
        " and policy_number = %(number)s and starts_on <= %(ends)s"
        # The one that is renewed ends the day before.
        " and (ends_on >= %(starts)s and id is distinct from %(renews)s::uuid"
        " or starts_on >= %(starts)s) limit 1",
        params,
    )
    if taken:
        raise invalid("policy_number", number, Mend.OTHER_NUMBER_OR_DAYS)
    sql.execute(
        """
        insert into insurance_policy (seller_id, id, insurer, policy_number, currency,
                                      starts_on, ends_on, terms)
        values (%(seller)s, %(id)s, %(insurer)s, %(number)s, %(currency)s,
                %(starts)s, %(ends)s, %(terms)s)
        """,
        params,
    )
    record(ctx, events.PolicyOpened(policy, insurer, number, renews["id"] if renews else None))
    return policy


def _locked(ctx: Context, policy_id: UUID) -> dict[str, Any]:
    """The policy, ours until the transaction ends: two who change its limits wait for each other.

    NOT_FOUND.
    """
    found = sql.row(
        "select id, currency::text as currency, starts_on, ends_on, terms from insurance_policy"
        " where seller_id = %(seller)s and id = %(policy)s for update",
        {"seller": ctx.seller, "policy": policy_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="policy", value=str(policy_id))
    return found


def _looked_at(
    ctx: Context, policy: dict[str, Any], limits: Sequence[GrantedLimit]
) -> tuple[list[Flaw], list[Standing]]:
    params = _columns(ctx, policy["id"], limits)
    standing = sql.read("insurance/standing_limits", Standing, params)
    return flaws(limits, standing, policy["ends_on"]), standing


def _columns(ctx: Context, policy_id: UUID, limits: Sequence[GrantedLimit]) -> dict[str, Any]:
    # A day before the first that counts is refused before anything ends on it.
    return {
        "seller": ctx.seller,
        "policy": policy_id,
        "numbers": [limit.buyer_number for limit in limits],
        # One beyond the most is refused all the same, and fits the database.
        "amounts": [min(limit.amount_minor, MOST_MINOR + 1) for limit in limits],
        "starts": [limit.starts_on for limit in limits],
        "untils": [limit.granted_until for limit in limits],
        "ends": [max(limit.starts_on, FIRST_DAY) - timedelta(days=1) for limit in limits],
        "kinds": [limit.kind for limit in limits],
    }


def _counted_until(ctx: Context, policy_id: UUID, buyer_id: UUID | None = None) -> date | None:
    """The last day of the policy that a deadline or a claim counts with; None: none does."""
    found: date | None = sql.value(
        sql.statement("insurance/counted_until"),
        {"seller": ctx.seller, "policy": policy_id, "buyer": buyer_id},
    )
    return found


def _sum_of_limits(ctx: Context, policy_id: UUID) -> int:
    return int(
        sql.value(
            "select coalesce(sum(amount_minor), 0) from insured_limit"
            " where seller_id = %(seller)s and policy_id = %(policy)s",
            {"seller": ctx.seller, "policy": policy_id},
        )
    )
