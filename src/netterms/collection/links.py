"""Links that open a buyer's own page: made, opened, revoked.

A link is signed and holds seller, buyer, expiry and 128 random bits; its purpose is in the
signature. The book keeps its SHA-256 alone. A link that is forged, over or revoked opens nothing,
and the answer does not tell which it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from netterms.buyers.known import require_buyer
from netterms.collection import events
from netterms.collection.page import page_settings
from netterms.kernel.clock import business_date
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, seller_book

PURPOSE = "account"
SALT = f"netterms.collection.links/{PURPOSE}"
SECRET_BYTES, EXPIRY_BYTES = 16, 5
PAYLOAD_BYTES = 16 + 16 + EXPIRY_BYTES + SECRET_BYTES
LONGEST_TOKEN = 200
# A person reads and sends; more than this is a program.
MOST_USES, USES_SECONDS = 60, 60
MOST_ACTS, ACTS_SECONDS = 20, 3_600


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the seller sees it: when it was made, by whom, and how often it was opened."""

    id: UUID
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    uses: int
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who came in by a link. The context may do nothing: `portal.py` acts for it."""

    ctx: Context
    link_id: UUID
    buyer_id: UUID


def make_link(ctx: Context, buyer_id: UUID) -> str:
    """A new link for a buyer, as the token that stands in its address. NOT_FOUND.

    It is told this once and cannot be read again.
    """
    if not {Permission.COLLECT, Permission.RUN_DAY} & ctx.may:
        ctx.require(Permission.COLLECT)
    with book(ctx):
        require_buyer(ctx, buyer_id)
        expires = ctx.now.replace(microsecond=0) + timedelta(days=page_settings(ctx).link_days)
        token = _token(ctx.seller, buyer_id, expires)
        link = new_id(ctx.now)
        sql.execute(
            """
            insert into buyer_link (seller_id, id, buyer_id, purpose, token_hash, made_at, made_by,
                                    expires_at)
            values (%(seller)s, %(id)s, %(buyer)s, %(purpose)s, %(hash)s, %(now)s, %(actor)s,
                    %(expires)s)
            """,
            {
                "seller": ctx.seller,
                "id": link,
                "buyer": buyer_id,
                "purpose": PURPOSE,
                "hash": token_hash(token),
                "now": ctx.now,
                "actor": ctx.actor,
                "expires": expires,
            },
        )
        record(ctx, events.LinkMade(buyer_id, link, expires))
    return token


def revoke_link(ctx: Context, link_id: UUID) -> None:
    """Let a link open nothing any more. Again changes nothing. NOT_FOUND."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select buyer_id, revoked_at from buyer_link"
            " where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": link_id},
        )
        if found is None:
            raise Refusal(Code.NOT_FOUND, field="link", value=str(link_id))
        if found["revoked_at"] is None:
            sql.execute(
                "update buyer_link set revoked_at = %(now)s, revoked_by = %(actor)s"
                " where seller_id = %(seller)s and id = %(id)s",
                {"seller": ctx.seller, "id": link_id, "now": ctx.now, "actor": ctx.actor},
            )
            record(ctx, events.LinkRevoked(found["buyer_id"], link_id))


def links_of(ctx: Context, buyer_id: UUID, most: int = 10) -> list[Link]:
    """A buyer's links, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select l.id, l.made_at, l.made_by, l.expires_at, l.revoked_at, used.uses,
                   used.last_used_at
            from buyer_link l
            cross join lateral (
              select count(*) as uses, max(u.used_at) as last_used_at from buyer_link_use u
              where u.seller_id = l.seller_id and u.link_id = l.id
            ) used
            where l.seller_id = %(seller)s and l.buyer_id = %(buyer)s
            order by l.made_at desc, l.id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, Link)


def open_link(token: str, now: datetime, address: str = "", *, acts: bool = False) -> Visit:
    """Who comes in by `token`; noted with the network of `address`, and as an act if it `acts`.

    NOT_FOUND for a token that is not ours, over or revoked. TOO_MANY_REQUESTS after sixty uses a
    minute or twenty acts an hour of one link. A forged token never reaches the database.
    """
    seller, buyer = _read(token, now)
    with seller_book(seller):
        link = sql.row(
            """
            select l.id, s.time_zone from buyer_link l join seller s on s.seller_id = l.seller_id
            where l.seller_id = %(seller)s and l.token_hash = %(hash)s and l.buyer_id = %(buyer)s
              and l.purpose = %(purpose)s and l.revoked_at is null and l.expires_at > %(now)s
            """,
            {
                "seller": seller,
                "hash": token_hash(token),
                "buyer": buyer,
                "purpose": PURPOSE,
                "now": now,
            },
        )
        if link is None:
            raise _no_link()
        _note_use(seller, link["id"], now, address, acts=acts)
    actor = f"page:{link['id']}"
    return Visit(
        Context(seller, actor, business_date(now, link["time_zone"]), now), link["id"], buyer
    )


def token_hash(token: str) -> str:
    """What is kept of a link: 128 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def network(address: str) -> str:
    """The network an address is in (/24, /48): enough to see a pattern, and no person."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False))


def _note_use(seller: UUID, link: UUID, now: datetime, address: str, *, acts: bool) -> None:
    params = {
        "seller": seller,
        "link": link,
        "now": now,
        "minute": now - timedelta(seconds=USES_SECONDS),
        "hour": now - timedelta(seconds=ACTS_SECONDS),
    }
    used = sql.row(
        """
        select count(*) filter (where used_at > %(minute)s) as uses,
               count(*) filter (where what = 'act') as acts
        from buyer_link_use
        where seller_id = %(seller)s and link_id = %(link)s and used_at > %(hour)s
        """,
        params,
    )
    assert used is not None
    if used["uses"] >= MOST_USES or (acts and used["acts"] >= MOST_ACTS):
        raise Refusal(Code.TOO_MANY_REQUESTS, most=1, seconds=USES_SECONDS)
    sql.execute(
        "insert into buyer_link_use (seller_id, id, link_id, used_at, what, place)"
        " values (%(seller)s, %(id)s, %(link)s, %(now)s, %(what)s, %(place)s)",
        params | {"id": new_id(now), "what": "act" if acts else "open", "place": network(address)},
    )


def _token(seller: UUID, buyer: UUID, expires: datetime) -> str:
    seconds = int(expires.timestamp()).to_bytes(EXPIRY_BYTES)
    payload = seller.bytes + buyer.bytes + seconds + secrets.token_bytes(SECRET_BYTES)
    return f"{_text(payload)}.{_signature(payload)}"


def _read(token: str, now: datetime) -> tuple[UUID, UUID]:
    payload, _, signature = token[:LONGEST_TOKEN].partition(".")
    try:
        said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except (binascii.Error, ValueError):
        raise _no_link() from None
    # What is spelled otherwise is another token, though it says the same.
    if len(said) != PAYLOAD_BYTES or _text(said) != payload:
        raise _no_link()
    if not constant_time_compare(_signature(said), signature):
        raise _no_link()
    expires = datetime.fromtimestamp(int.from_bytes(said[32 : 32 + EXPIRY_BYTES]), UTC)
    if expires <= now:
        raise _no_link()
    return UUID(bytes=said[:16]), UUID(bytes=said[16:32])


def _signature(payload: bytes) -> str:
    return _text(salted_hmac(SALT, payload, algorithm="sha256").digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _no_link() -> Refusal:
    return Refusal(Code.NOT_FOUND, field="link", value="")
