"""Sellers, people and keys: who gets in, and who does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator

from netterms.access import actions, queries
from netterms.access.models import User
from netterms.access.rules import MAY, Role
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book

NOW = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
PASSWORD = "correct-horse-battery-7"


def someone(name: str) -> User:
    return actions.create_user(f"{name}.{uuid4().hex[:8]}@example.com", PASSWORD)


def refusal(act) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def test_a_seller_is_opened_under_its_own_id_with_an_event(database):
    seller = actions.open_seller("Far East Ltd", "CN", "CNY", NOW, time_zone="Asia/Shanghai")
    user = someone("li")
    ctx = replace_seller(seller)
    actions.add_member(ctx, user, Role.OWNER)
    found = queries.context_for_user(user.pk, user.email, seller, NOW)
    assert found.today == date(2026, 6, 2)
    assert found.may == MAY[Role.OWNER]
    with book(found):
        kinds = [line["kind"] for line in sql.rows("select kind from event order by id")]
    assert kinds == ["access.seller_opened", "access.member_added"]


def replace_seller(seller):
    from netterms.kernel.context import EVERYTHING, Context

    return Context(seller, "test", NOW.date(), NOW, EVERYTHING)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", "  "),
        ("country", "Germany"),
        ("currency", "euro"),
        ("currency", "ZZZ"),
        ("country", "UK"),
        ("email", "nobody"),
        ("time_zone", "Mars/Olympus"),
        ("language", "fr"),
    ],
)
def test_a_seller_needs_facts_that_exist(database, field, wrong):
    good = {"name": "A", "country": "DE", "currency": "EUR", "time_zone": "UTC", "language": "en"}
    no = refusal(lambda: actions.open_seller(**{**good, field: wrong}, now=NOW))
    assert no.code is Code.VALUE_INVALID
    assert no.facts["field"] == field
    assert no.facts["value"] == wrong
    assert no.facts["mend"]


def test_people_need_an_address_of_their_own_and_a_strong_password(database):
    user = someone("ana")
    for email, password, field in [
        ("not an address", PASSWORD, "email"),
        (user.email.upper(), PASSWORD, "email"),
        ("ben@example.com", "12345678", "password"),
    ]:
        no = refusal(lambda e=email, p=password: actions.create_user(e, p))
        assert (no.code, no.facts["field"]) == (Code.VALUE_INVALID, field)
        assert password not in str(no)


def test_a_role_can_be_changed_and_an_unknown_one_is_refused(ctx):
    user = someone("eve")
    actions.add_member(ctx, user, "reader")
    actions.add_member(ctx, user, "collector")
    assert [m.role for m in queries.memberships_of(user.pk)] == ["collector"]
    assert refusal(lambda: actions.add_member(ctx, user, "emperor")).facts["field"] == "role"


def test_people_see_only_their_own_memberships(ctx, new_seller):
    one, other = someone("one"), someone("other")
    actions.add_member(ctx, one, "reader")
    actions.add_member(new_seller(), other, "reader")
    assert [m.seller_id for m in queries.memberships_of(one.pk)] == [ctx.seller]
    no = refusal(lambda: queries.context_for_user(other.pk, "x", ctx.seller, NOW))
    assert no.code is Code.NOT_ALLOWED


def test_only_those_who_may_manage_let_others_in(ctx):
    weak = replace(ctx, may=MAY[Role.CREDIT_MANAGER])
    for act in (
        lambda: actions.add_member(weak, someone("x"), "owner"),
        lambda: actions.create_key(weak, "k", ["read"]),
        lambda: actions.remove_member(weak, someone("x")),
        lambda: queries.members(weak),
        lambda: actions.revoke_key(weak, uuid4()),
    ):
        assert refusal(act).code is Code.NOT_ALLOWED


def test_a_key_opens_its_sellers_book_with_its_scopes_until_revoked(ctx):
    secret = actions.create_key(ctx, "reporting", [Permission.READ])
    found = queries.context_for_key(secret, NOW)
    assert (found.seller, found.may) == (ctx.seller, frozenset({Permission.READ}))
    assert found.actor == "key:reporting"
    with book(ctx):
        stored = sql.rows("select * from api_key")
        told = sql.rows("select facts from event where kind = 'access.key_created'")
    assert secret not in str(stored) + str(told)
    assert len(stored[0]["key_hash"]) == 64
    actions.revoke_key(ctx, stored[0]["id"])
    actions.revoke_key(ctx, stored[0]["id"])
    assert refusal(lambda: queries.context_for_key(secret, NOW)).code is Code.NOT_SIGNED_IN
    assert refusal(lambda: actions.revoke_key(ctx, uuid4())).code is Code.NOT_FOUND


def test_an_unknown_key_opens_nothing(database):
    assert refusal(lambda: queries.context_for_key("nt_guess", NOW)).code is Code.NOT_SIGNED_IN
    assert refusal(lambda: queries.context_for_key("", NOW)).code is Code.NOT_SIGNED_IN


def test_a_scope_that_is_none_is_refused(ctx):
    assert refusal(lambda: actions.create_key(ctx, "k", ["fly"])).facts["field"] == "scopes"


def test_who_is_shut_out_works_for_the_seller_no_more_and_for_others_still(ctx, new_seller):
    user, other = someone("gone"), new_seller()
    for where in (ctx, other):
        actions.add_member(where, user, "collector")
    actions.remove_member(ctx, user)
    assert [m.seller_id for m in queries.memberships_of(user.pk)] == [other.seller]
    assert user.email not in [m.email for m in queries.members(ctx)]
    with book(ctx):
        [told] = sql.rows("select facts from event where kind = 'access.member_removed'")
    assert told["facts"]["user"] == user.pk
    assert refusal(lambda: actions.remove_member(ctx, user)).code is Code.NOT_FOUND


def test_another_password_opens_and_the_lost_one_does_not(database):
    user = someone("forgetful")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert refusal(lambda: actions.set_password(user, "12345678")).facts["field"] == "password"
    actions.set_password(user, "another-horse-9")
    known = actions.user_by_email(user.email.upper())
    assert known.check_password("another-horse-9")
    assert not known.check_password(PASSWORD)
    assert Authenticator.objects.filter(user=user).exists()
    actions.set_password(user, "another-horse-9", forget_second_factor=True)
    assert not Authenticator.objects.filter(user=user).exists()
    no = refusal(lambda: actions.user_by_email("nobody@example.com"))
    assert no.code is Code.NOT_FOUND
