"""Open sellers, let people and programs in, shut them out again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from netterms.access import events
from netterms.access.models import User
from netterms.access.queries import key_hash
from netterms.access.rules import Role
from netterms.kernel.clock import business_date
from netterms.kernel.context import EVERYTHING, Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LANGUAGES = ("en", "zh-hans")
KEY_PREFIX = "nt_"
KEY_BYTES = 32


def open_seller(
    name: str,
    country: str,
    currency: str,
    now: datetime,
    time_zone: str = "UTC",
    language: str = "en",
    email: str = "",
) -> UUID:
    """A new seller's empty book; returns its id. VALUE_INVALID names the field to mend."""
    _must(name.strip() != "", "name", name, "give the seller a name")
    _must(bool(re.fullmatch("[A-Z]{2}", country)), "country", country, "ISO 3166, such as DE")
    _must(bool(re.fullmatch("[A-Z]{3}", currency)), "currency", currency, "ISO 4217, such as EUR")
    _must(
        time_zone in available_timezones(),
        "time_zone",
        time_zone,
        "IANA name, such as Asia/Shanghai",
    )
    _must(language in LANGUAGES, "language", language, " or ".join(LANGUAGES))
    seller = new_id(now)
    ctx = Context(seller, "access", business_date(now, time_zone), now, EVERYTHING)
    with book(ctx):
        sql.execute(
            """
            insert into seller (seller_id, name, country, currency, time_zone, language, email,
                                created_at)
            values (%(seller)s, %(name)s, %(country)s, %(currency)s, %(zone)s, %(language)s,
                    %(email)s, %(now)s)
            """,
            {
                "seller": seller,
                "name": name.strip(),
                "country": country,
                "currency": currency,
                "zone": time_zone,
                "language": language,
                "email": email,
                "now": now,
            },
        )
        record(ctx, events.SellerOpened(seller, name.strip(), country, currency))
    return seller


def create_user(email: str, password: str, name: str = "", language: str = "en") -> User:
    """A person who can sign in. VALUE_INVALID for a bad or taken address or a weak password."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(
            Code.VALUE_INVALID, field="email", value=email, mend="give an e-mail address"
        ) from None
    _must(language in LANGUAGES, "language", language, " or ".join(LANGUAGES))
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        # The password itself is never repeated, not even in a refusal.
        raise Refusal(
            Code.VALUE_INVALID, field="password", value="***", mend=" ".join(error.messages)
        ) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email=email.lower(), password=password, name=name, language=language
            )
    except IntegrityError:
        raise Refusal(
            Code.VALUE_INVALID, field="email", value=email, mend="this address has an account"
        ) from None


def set_language(user_id: int, language: str) -> None:
    """Remember the language a person reads in."""
    _must(language in LANGUAGES, "language", language, " or ".join(LANGUAGES))
    User.objects.filter(pk=user_id).update(language=language)


def add_member(ctx: Context, user: User, role: Role | str) -> None:
    """Let a person work for the seller, or change what they may do."""
    ctx.require(Permission.MANAGE_ACCESS)
    _must(str(role) in list(Role), "role", str(role), ", ".join(Role))
    with book(ctx):
        sql.execute(
            """
            insert into membership (seller_id, user_id, role)
            values (%(seller)s, %(user)s, %(role)s)
            on conflict (seller_id, user_id) do update set role = excluded.role
            """,
            {"seller": ctx.seller, "user": user.pk, "role": str(role)},
        )
        record(ctx, events.MemberAdded(ctx.seller, user.pk, str(role)))


def create_key(ctx: Context, name: str, scopes: Iterable[Permission | str]) -> str:
    """An API key for a program. The secret is returned once and stored only as a hash."""
    ctx.require(Permission.MANAGE_ACCESS)
    _must(name.strip() != "", "name", name, "give the key a name")
    wanted = sorted({str(scope) for scope in scopes})
    for scope in wanted:
        _must(scope in list(Permission), "scopes", scope, ", ".join(Permission))
    secret = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    key = new_id(ctx.now)
    with book(ctx):
        sql.execute(
            """
            insert into api_key (seller_id, id, name, key_hash, scopes, created_at)
            values (%(seller)s, %(id)s, %(name)s, %(hash)s, %(scopes)s, %(now)s)
            """,
            {
                "seller": ctx.seller,
                "id": key,
                "name": name.strip(),
                "hash": key_hash(secret),
                "scopes": wanted,
                "now": ctx.now,
            },
        )
        record(ctx, events.KeyCreated(key, name.strip(), tuple(wanted)))
    return secret


def revoke_key(ctx: Context, key_id: UUID) -> None:
    """Shut a key out for good. Revoking it twice changes nothing; an unknown id is NOT_FOUND."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        revoked = sql.execute(
            "update api_key set revoked_at = %(now)s"
            " where seller_id = %(seller)s and id = %(id)s and revoked_at is null",
            {"seller": ctx.seller, "id": key_id, "now": ctx.now},
        )
        if revoked:
            record(ctx, events.KeyRevoked(key_id))
        elif not sql.value(
            "select 1 from api_key where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": key_id},
        ):
            raise Refusal(Code.NOT_FOUND, field="key", value=str(key_id))


def _must(holds: bool, field: str, value: str, mend: str) -> None:
    if not holds:
        raise Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend)
