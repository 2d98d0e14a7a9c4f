"""The policy for new buyers as use cases: write a version, put one in force, read them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from netterms.checkout import events
from netterms.checkout.policy import DEFAULT, Policy, read
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

VERSIONS = """
select p.version, p.terms, p.made_at, p.made_by, p.why,
       (select max(f.since) from checkout_policy_in_force f
        where f.seller_id = p.seller_id and f.version = p.version) as last_put_at
from checkout_policy p
where p.seller_id = %(seller)s
"""
IN_FORCE = """
select version from checkout_policy_in_force where seller_id = %(seller)s order by id desc limit 1
"""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version and who wrote it when; `last_put_at` is None for a draft that never counted.

    Version 0 is the program's own and has no author.
    """

    version: int
    policy: Policy
    made_at: datetime | None
    made_by: str
    why: str
    last_put_at: datetime | None


BUILT_IN = PolicyVersion(0, DEFAULT, None, "", "", None)


def versions(ctx: Context) -> list[PolicyVersion]:
    """Every version the seller ever wrote, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(VERSIONS + " order by p.version desc", {"seller": ctx.seller})
    return [_version(line) for line in found]


def version(ctx: Context, number: int) -> PolicyVersion:
    """One version; NOT_FOUND for one that was never written."""
    ctx.require(Permission.READ)
    return _one(ctx, number)


def in_force(ctx: Context) -> PolicyVersion:
    """The version that counts now; whoever may ask for credit is judged by it."""
    with book(ctx):
        number = sql.value(IN_FORCE, {"seller": ctx.seller})
        return BUILT_IN if number is None else _one(ctx, number)


def draft(ctx: Context, policy: Policy, why: str) -> int:
    """Write a version down; it counts for nothing yet. Returns its number.

    POLICY_INVALID names what cannot be, VALUE_INVALID is for the reason; there may be none. The
    same again as the newest version is that version.
    """
    ctx.require(Permission.MANAGE_POLICY)
    policy.check()
    reason = checked_reason(why, least=0)
    with book(ctx):
        _alone(ctx)
        newest = sql.row(VERSIONS + " order by p.version desc limit 1", {"seller": ctx.seller})
        if newest and read(newest["terms"]) == policy:
            return int(newest["version"])
        number = newest["version"] + 1 if newest else 1
        sql.execute(
            "insert into checkout_policy (seller_id, version, terms, made_at, made_by, why)"
            " values (%(seller)s, %(version)s, %(terms)s, %(now)s, %(actor)s, %(why)s)",
            {
                "seller": ctx.seller,
                "version": number,
                "terms": Jsonb(plain(policy)),
                "now": ctx.now,
                "actor": ctx.actor,
                "why": reason,
            },
        )
        terms = plain(policy)
        assert isinstance(terms, dict)
        record(ctx, events.PolicyDrafted(ctx.seller, number, terms, reason))
    return number


def put_in_force(ctx: Context, number: int, why: str) -> None:
    """Let a version count from now on, be it new or an older one. Again: nothing changes.

    NOT_FOUND for a version that was never written; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.MANAGE_POLICY)
    reason = checked_reason(why)
    with book(ctx):
        _alone(ctx)
        _one(ctx, number)
        before = in_force(ctx).version
        if before == number:
            return
        sql.execute(
            "insert into checkout_policy_in_force (seller_id, version, since, put_by, why)"
            " values (%(seller)s, %(version)s, %(now)s, %(actor)s, %(why)s)",
            {
                "seller": ctx.seller,
                "version": number,
                "now": ctx.now,
                "actor": ctx.actor,
                "why": reason,
            },
        )
        record(ctx, events.PolicyPutInForce(ctx.seller, number, before, reason))


def _alone(ctx: Context) -> None:
    # One writer of a seller's policy at a time: version numbers have no gaps and no twins.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended(%(what)s, 0))",
        {"what": f"checkout_policy/{ctx.seller}"},
    )


def _one(ctx: Context, number: int) -> PolicyVersion:
    with book(ctx):
        found = sql.row(
            VERSIONS + " and p.version = %(version)s::bigint",
            {"seller": ctx.seller, "version": number},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="policy", value=str(number))
    return _version(found)


def _version(line: dict[str, object]) -> PolicyVersion:
    terms = line["terms"]
    assert isinstance(terms, dict)
    rest = {name: value for name, value in line.items() if name != "terms"}
    return PolicyVersion(policy=read(terms), **rest)  # type: ignore[arg-type]
