"""Open sellers, let people and programs in, shut them out again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from netterms.access import events
from netterms.access.models import User
from netterms.access.queries import is_test, key_hash, twin_id
from netterms.access.rules import Role
from netterms.access.second_factor import forget
from netterms.kernel.clock import business_date
from netterms.kernel.context import EVERYTHING, Context, Permission
from netterms.kernel.countries import COUNTRIES
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LANGUAGES = ("en", "zh-hans")
LIVE_PREFIX, TEST_PREFIX = "nt_live_", "nt_test_"
KEY_BYTES = 32
LONGEST_OLD_SECRET = timedelta(days=30)
LONGEST_NAME = 200
# As the validators of the settings have it.
SHORTEST_PASSWORD = 8
HIGHEST_RATE = 1_000_000


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
    _must(name.strip() != "", "name", name, Mend.GIVE_IT)
    _must(country in COUNTRIES, "country", country, Mend.COUNTRY_CODE)
    _must(currency in CURRENCIES, "currency", currency, Mend.CURRENCY_CODE)
    _must(
        time_zone in available_timezones(),
        "time_zone",
        time_zone,
        Mend.TIME_ZONE,
    )
    _one_of(language, LANGUAGES, "language")
    if email:
        _must_be_address(email)
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
    _must_be_address(email)
    _one_of(language, LANGUAGES, "language")
    _must_be_strong(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email=email.lower(), password=password, name=name, language=language
            )
    except IntegrityError:
        raise Refusal(
            Code.VALUE_INVALID, field="email", value=email, mend=Mend.ANOTHER_ADDRESS
        ) from None


def user_by_email(email: str) -> User:
    """The person with this address; NOT_FOUND where nobody has it."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="email", value=email)
    return found


def set_language(user_id: int, language: str) -> None:
    """Remember the language a person reads in."""
    _one_of(language, LANGUAGES, "language")
    User.objects.filter(pk=user_id).update(language=language)


def add_member(ctx: Context, user: User, role: Role | str) -> None:
    """Let a person work for the seller, or change what they may do."""
    ctx.require(Permission.MANAGE_ACCESS)
    _one_of(str(role), list(Role), "role")
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


def remove_member(ctx: Context, user: User) -> None:
    """Shut a person out of the seller's book, at once; NOT_FOUND where they do not work for it.

    What they did stays under their name, and so does their account.
    """
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        gone = sql.execute(
            "delete from membership where seller_id = %(seller)s and user_id = %(user)s",
            {"seller": ctx.seller, "user": user.pk},
        )
        if not gone:
            raise Refusal(Code.NOT_FOUND, field="email", value=user.email)
        record(ctx, events.MemberRemoved(ctx.seller, user.pk))


def set_password(user: User, password: str, *, forget_second_factor: bool = False) -> None:
    """Another password, for who lost theirs; VALUE_INVALID for a weak one. Sessions end with it.

    With `forget_second_factor` the authenticator app and the recovery codes are forgotten, too.
    """
    _must_be_strong(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        if forget_second_factor:
            forget(user)


def create_key(
    ctx: Context,
    name: str,
    scopes: Iterable[Permission | str],
    *,
    test: bool = False,
    expires_at: datetime | None = None,
    requests_per_second: int | None = None,
) -> str:
    """An API key for a program. The secret is returned once and stored only as a hash.

    With `test` it opens the seller's book for tests, which is opened with its first key. Without
    `requests_per_second` the installation's rate holds.
    """
    ctx.require(Permission.MANAGE_ACCESS)
    named = name.strip()
    good = 0 < len(named) <= LONGEST_NAME
    _must(good, "name", named[:LONGEST_NAME], Mend.CHARACTERS, least=1, most=LONGEST_NAME)
    wanted = sorted({str(scope) for scope in scopes})
    for scope in wanted:
        _one_of(scope, list(Permission), "scopes")
    rate = requests_per_second
    good = rate is None or 0 < rate <= HIGHEST_RATE
    _must(good, "requests_per_second", str(rate), Mend.BETWEEN, least=1, most=HIGHEST_RATE)
    good = expires_at is None or expires_at > ctx.now
    _must(good, "expires_at", str(expires_at), Mend.TIME_TO_COME)
    in_test = is_test(ctx)
    home = open_twin(ctx) if test and not in_test else ctx
    secret = _new_key(test=test or in_test)
    key = new_id(ctx.now)
    with book(home):
        sql.execute(
            """
            insert into api_key (seller_id, id, name, key_hash, scopes, created_at, expires_at,
                                 requests_per_second)
            values (%(seller)s, %(id)s, %(name)s, %(hash)s, %(scopes)s, %(now)s, %(expires)s,
                    %(rate)s)
            """,
            {
                "seller": home.seller,
                "id": key,
                "name": named,
                "hash": key_hash(secret),
                "scopes": wanted,
                "now": ctx.now,
                "expires": expires_at,
                "rate": rate,
            },
        )
        record(home, events.KeyCreated(key, named, tuple(wanted)))
    return secret


def _new_key(*, test: bool) -> str:
    return (TEST_PREFIX if test else LIVE_PREFIX) + secrets.token_urlsafe(KEY_BYTES)


def open_twin(ctx: Context) -> Context:
    """The same call in the seller's book for tests, which is opened if it is not there yet."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        live = sql.row(
            "select name, country, currency, time_zone, language, created_at, test_of from seller"
            " where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    assert live is not None
    assert live["test_of"] is None, "a twin of a twin"
    twin = replace(ctx, seller=twin_id(ctx.seller))
    with book(twin):
        # Without the address that buyers answer to: nobody is written to from here.
        opened = sql.execute(
            """
            insert into seller (seller_id, name, country, currency, time_zone, language, created_at,
                                test_of)
            values (%(twin)s, %(name)s, %(country)s, %(currency)s, %(time_zone)s, %(language)s,
                    %(now)s, %(live)s)
            on conflict (seller_id) do nothing
            """,
            live | {"twin": twin.seller, "live": ctx.seller, "now": ctx.now},
        )
        if opened:
            record(
                twin,
                events.SellerOpened(twin.seller, live["name"], live["country"], live["currency"]),
            )
    return twin


def rotate_key(ctx: Context, key_id: UUID, old_until: datetime) -> str:
    """A new secret, told once. The old one works until `old_until`, at most 30 days from now.

    A key that was rotated before loses its secret before the last at once.
    """
    ctx.require(Permission.MANAGE_ACCESS)
    good = ctx.now <= old_until <= ctx.now + LONGEST_OLD_SECRET
    most = LONGEST_OLD_SECRET.days
    _must(good, "old_until", old_until.isoformat(), Mend.WITHIN_DAYS, days=most)
    home = _home_of_key(ctx, key_id)
    secret = _new_key(test=is_test(home))
    with book(home):
        rotated = sql.execute(
            """
            update api_key
            set previous_hash = key_hash, previous_until = %(until)s, key_hash = %(hash)s
            where seller_id = %(seller)s and id = %(id)s and revoked_at is null
            """,
            {
                "seller": home.seller,
                "id": key_id,
                "until": old_until,
                "hash": key_hash(secret),
            },
        )
        if not rotated:
            raise Refusal(Code.NOT_FOUND, field="key", value=str(key_id))
        record(home, events.KeyRotated(key_id, old_until))
    return secret


def _home_of_key(ctx: Context, key_id: UUID) -> Context:
    """The call in the book that has the key: the seller's, or its book for tests."""
    here = replace(ctx, seller=twin_id(ctx.seller))
    for home in (ctx, here):
        with book(home):
            if sql.value(
                "select 1 from api_key where seller_id = %(seller)s and id = %(id)s",
                {"seller": home.seller, "id": key_id},
            ):
                return home
    raise Refusal(Code.NOT_FOUND, field="key", value=str(key_id))


def revoke_key(ctx: Context, key_id: UUID) -> None:
    """Shut a key out for good. Revoking it twice changes nothing; an unknown id is NOT_FOUND."""
    ctx.require(Permission.MANAGE_ACCESS)
    home = _home_of_key(ctx, key_id)
    with book(home):
        revoked = sql.execute(
            "update api_key set revoked_at = %(now)s"
            " where seller_id = %(seller)s and id = %(id)s and revoked_at is null",
            {"seller": home.seller, "id": key_id, "now": ctx.now},
        )
        if revoked:
            record(home, events.KeyRevoked(key_id))


def _must_be_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError:
        # The password itself is never repeated, not even in a refusal.
        raise Refusal(
            Code.VALUE_INVALID,
            field="password",
            value="***",
            mend=Mend.PASSWORD,
            least=SHORTEST_PASSWORD,
        ) from None


def _must_be_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(Code.VALUE_INVALID, field="email", value=email, mend=Mend.EMAIL) from None


def _one_of(value: str, allowed: Sequence[str], field: str) -> None:
    _must(value in allowed, field, value, Mend.ONE_OF, allowed=", ".join(allowed))


def _must(holds: bool, field: str, value: str, mend: Mend, **facts: object) -> None:
    if not holds:
        raise Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend, **facts)
