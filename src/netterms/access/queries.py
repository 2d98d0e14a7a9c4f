"""Who is this, for which seller, and what may they do: read before a seller is chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import connections

from netterms.access.rules import MAY, Role
from netterms.kernel.clock import business_date
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book, seller_book, sign_in_book


@dataclass(frozen=True, slots=True)
class Membership:
    """One seller a person works for, or its book for tests. `time_zone` is an IANA name."""

    seller_id: UUID
    name: str
    currency: str
    time_zone: str
    role: str
    test: bool = False


def memberships_of(user_id: int) -> list[Membership]:
    """The sellers a person works for, by name, and then their books for tests."""
    with sign_in_book(user=user_id):
        found = sql.rows(
            """
            select s.seller_id, s.name, s.currency::text as currency, s.time_zone, m.role,
                   s.test_of is not null as test
            from membership m join seller s on m.seller_id in (s.seller_id, s.test_of)
            where m.user_id = %(user)s
            order by test, lower(s.name), s.seller_id
            """,
            {"user": user_id},
        )
    return sql.typed(found, Membership)


@dataclass(frozen=True, slots=True)
class Member:
    """A person who works for the seller."""

    email: str
    name: str
    role: str


def members(ctx: Context) -> list[Member]:
    """Who works for the seller, by address."""
    ctx.require(Permission.MANAGE_ACCESS)
    with seller_book(ctx.seller):
        found = sql.rows(
            """
            select u.email, u.name, m.role from membership m join access_user u on u.id = m.user_id
            where m.seller_id = %(seller)s order by u.email
            """,
            {"seller": ctx.seller},
        )
    return sql.typed(found, Member)


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
    """The context of a program; NOT_SIGNED_IN for a key that is unknown, over or revoked.

    The first use on a day is noted.
    """
    presented = key_hash(secret)
    with sign_in_book(key_hash=presented):
        key = sql.row(
            """
            select seller_id, id, name, scopes, last_used_on from api_key
            where (key_hash = %(hash)s or (previous_hash = %(hash)s and previous_until > %(now)s))
              and revoked_at is null and (expires_at is null or expires_at > %(now)s)
            """,
            {"hash": presented, "now": now},
        )
    if key is None:
        raise Refusal(Code.NOT_SIGNED_IN)
    with seller_book(key["seller_id"]):
        zone = sql.value(
            "select time_zone from seller where seller_id = %(seller)s",
            {"seller": key["seller_id"]},
        )
        today = business_date(now, zone)
        if key["last_used_on"] != today:
            sql.execute(
                "update api_key set last_used_on = %(today)s"
                " where seller_id = %(seller)s and id = %(id)s",
                {"seller": key["seller_id"], "id": key["id"], "today": today},
            )
    return Context(
        seller=key["seller_id"],
        actor=f"key:{key['name']}",
        today=today,
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


class NotTheOwnerError(RuntimeError):
    """The command line has no login that sees every seller."""


def every_seller(*, tests: bool = False) -> list[Seller]:
    """All sellers by name, for the command line: who runs it owns the database anyway.

    Their books for tests only if `tests`. NotTheOwnerError for a login that the walls stand before:
    it would find no seller, and nothing to do.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("select row_security_active('seller')")
        if cursor.fetchone()[0]:
            raise NotTheOwnerError("the login of the command line does not own the tables")
        cursor.execute(
            "select seller_id, name, time_zone from seller where %s or test_of is null"
            " order by test_of is not null, lower(name), seller_id",
            [tests],
        )
        found = [Seller(*line) for line in cursor.fetchall()]
    connections["owner"].close()
    return found


def seller_currency(ctx: Context) -> str:
    """The ISO 4217 code of the currency the seller keeps its book in."""
    with seller_book(ctx.seller):
        found = sql.value(
            "select currency::text from seller where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    return str(found)


def seller_name(ctx: Context) -> str:
    """What the seller is called."""
    with seller_book(ctx.seller):
        found = sql.value(
            "select name from seller where seller_id = %(seller)s", {"seller": ctx.seller}
        )
    return str(found)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's way in; its secret is nowhere. `test`: it opens the book for tests."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None
    previous_until: datetime | None
    last_used_on: date | None
    requests_per_second: int | None
    test: bool


def keys_of(ctx: Context) -> list[ApiKey]:
    """The keys of a seller, live ones and those of its book for tests; revoked ones last."""
    ctx.require(Permission.MANAGE_ACCESS)
    found = [_keys_in(ctx.seller)]
    if not is_test(ctx):
        found.append(_keys_in(twin_id(ctx.seller)))
    ordered = [key for keys in found for key in keys]
    return sorted(ordered, key=lambda key: key.revoked_at is not None)


def _keys_in(seller_id: UUID) -> list[ApiKey]:
    with seller_book(seller_id):
        found = sql.rows(
            """
            select k.id, k.name, k.scopes, k.created_at, k.revoked_at, k.expires_at,
                   k.previous_until, k.last_used_on, k.requests_per_second,
                   s.test_of is not null as test
            from api_key k join seller s on s.seller_id = k.seller_id
            where k.seller_id = %(seller)s
            order by k.created_at desc, k.id desc
            """,
            {"seller": seller_id},
        )
    return sql.typed(found, ApiKey)


def twin_id(seller_id: UUID) -> UUID:
    """The id of a seller's book for tests, whether it was opened or not."""
    return uuid5(seller_id, "test")


def is_test(ctx: Context) -> bool:
    """Whether the call is in a book for tests."""
    with seller_book(ctx.seller):
        return bool(
            sql.value(
                "select test_of is not null from seller where seller_id = %(seller)s",
                {"seller": ctx.seller},
            )
        )


def others_who_may(ctx: Context, permission: Permission) -> int:
    """How many other people of the seller hold `permission`."""
    roles = [role.value for role, may in MAY.items() if permission in may]
    with book(ctx):
        found = sql.value(
            """
            select count(*) from membership m join access_user u on u.id = m.user_id
            where m.seller_id = %(seller)s and m.role = any(%(roles)s)
              and u.is_active and u.email <> %(actor)s
            """,
            {"seller": ctx.seller, "roles": roles, "actor": ctx.actor},
        )
    return int(found)


def same_person(ctx: Context, one: str, other: str) -> bool:
    """Whether two actors may be one person: a program acts for whoever has held its key's secret.

    Those are who made the key and who gave it a new secret. Without this, one person would be two
    by making a key.
    """
    return bool(_behind(ctx, one) & _behind(ctx, other))


def _behind(ctx: Context, actor: str) -> frozenset[str]:
    program, colon, name = actor.partition(":")
    if program != "key" or not colon:
        return frozenset({actor})
    with book(ctx):
        found = sql.rows(
            """
            select distinct e.actor from api_key k
            join event e on e.seller_id = k.seller_id and e.subject_id = k.id
              and e.kind in ('access.key_created', 'access.key_rotated')
            where k.seller_id = %(seller)s and k.name = %(name)s
            """,
            {"seller": ctx.seller, "name": name},
        )
    return frozenset({actor, *(line["actor"] for line in found)})
