"""Who is this, for which seller, and what may they do: read before a seller is chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from netterms.access.rules import MAY, Role
from netterms.kernel.clock import business_date
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import seller_book, sign_in_book


@dataclass(frozen=True, slots=True)
class Membership:
    """One seller a person works for. `time_zone` is the seller's, an IANA name."""

    seller_id: UUID
    name: str
    currency: str
    time_zone: str
    role: str


def memberships_of(user_id: int) -> list[Membership]:
    """The sellers a person works for, by name."""
    with sign_in_book(user=user_id):
        found = sql.rows(
            """
            select s.seller_id, s.name, s.currency::text as currency, s.time_zone, m.role
            from membership m join seller s on s.seller_id = m.seller_id
            where m.user_id = %(user)s
            order by lower(s.name), s.seller_id
            """,
            {"user": user_id},
        )
    return sql.typed(found, Membership)


def chosen(memberships: list[Membership], seller_id: UUID | None) -> Membership | None:
    """The membership of `seller_id`, else the first; None when there are none."""
    asked = (m for m in memberships if m.seller_id == seller_id)
    return next(asked, memberships[0] if memberships else None)


def member_context(membership: Membership, actor: str, now: datetime) -> Context:
    """What a member does now: on the seller's own date, with the role's permissions."""
    return Context(
        seller=membership.seller_id,
        actor=actor,
        today=business_date(now, membership.time_zone),
        now=now,
        may=MAY[Role(membership.role)],
    )


def context_for_user(user_id: int, actor: str, seller_id: UUID | None, now: datetime) -> Context:
    """The context of a signed-in person; NOT_ALLOWED for a seller they do not work for."""
    membership = chosen(memberships_of(user_id), seller_id)
    if membership is None or (seller_id is not None and membership.seller_id != seller_id):
        raise Refusal(Code.NOT_ALLOWED, permission="member", actor=actor)
    return member_context(membership, actor, now)


def key_hash(secret: str) -> str:
    """What is stored of an API key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def context_for_key(secret: str, now: datetime) -> Context:
    """The context of a program; NOT_SIGNED_IN for a key that is unknown or revoked."""
    presented = key_hash(secret)
    with sign_in_book(key_hash=presented):
        key = sql.row(
            "select seller_id, name, scopes from api_key"
            " where key_hash = %(hash)s and revoked_at is null",
            {"hash": presented},
        )
    if key is None:
        raise Refusal(Code.NOT_SIGNED_IN, field="Authorization", mend="send a valid API key")
    with seller_book(key["seller_id"]):
        zone = sql.value(
            "select time_zone from seller where seller_id = %(seller)s",
            {"seller": key["seller_id"]},
        )
    return Context(
        seller=key["seller_id"],
        actor=f"key:{key['name']}",
        today=business_date(now, zone),
        now=now,
        may=frozenset(Permission(scope) for scope in key["scopes"]),
    )


def context_for_job(seller_id: UUID, name: str, now: datetime) -> Context:
    """What a job of the installation does in a seller's book, on the seller's own date."""
    with seller_book(seller_id):
        zone = sql.value(
            "select time_zone from seller where seller_id = %(seller)s", {"seller": seller_id}
        )
    may = frozenset({Permission.RUN_DAY})
    return Context(seller_id, f"job:{name}", business_date(now, zone), now, may)


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller as the operator of the installation sees it: no row of its book."""

    seller_id: UUID
    name: str
    time_zone: str


def every_seller() -> list[Seller]:
    """All sellers by name, for the command line: who runs it owns the database anyway."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select seller_id, name, time_zone from seller order by lower(name), seller_id"
        )
        found = [Seller(*line) for line in cursor.fetchall()]
    connections["owner"].close()
    return found
