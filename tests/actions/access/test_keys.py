"""Keys rotate, expire, and open either the live book or its twin, never both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from netterms.access import actions, queries
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.access.test_access import refusal, someone
from tests.doors.seed import insert


def works(secret: str, now) -> bool:
    try:
        queries.context_for_key(secret, now)
    except Refusal as no:
        if no.code is not Code.NOT_SIGNED_IN:
            raise
        return False
    return True


def only(ctx) -> queries.ApiKey:
    [key] = queries.keys_of(ctx)
    return key


def test_a_secret_says_which_book_it_opens(ctx):
    assert actions.create_key(ctx, "shop", ["read"]).startswith("nt_live_")
    assert actions.create_key(ctx, "shop", ["read"], test=True).startswith("nt_test_")
    assert sorted(key.test for key in queries.keys_of(ctx)) == [False, True]


def test_a_test_key_works_in_a_book_of_its_own_with_nothing_of_the_live_one(ctx):
    with book(ctx):
        insert("buyer", seller_id=ctx.seller, buyer_number="L", name="Live", country="DE")
    inside = queries.context_for_key(actions.create_key(ctx, "t", ["read"], test=True), ctx.now)
    assert inside.seller == queries.twin_id(ctx.seller) != ctx.seller
    with book(inside):
        assert sql.value("select count(*) from buyer") == 0
        insert("buyer", seller_id=inside.seller, buyer_number="T", name="Test", country="DE")
        twin = sql.row("select name, currency, email, test_of from seller")
    assert (twin["test_of"], twin["email"]) == (ctx.seller, "")
    with book(ctx):
        assert [line["name"] for line in sql.rows("select name from buyer")] == ["Live"]


def test_the_twin_is_opened_once_and_has_no_twin(ctx):
    twin = actions.open_twin(ctx)
    assert actions.open_twin(ctx) == twin
    assert queries.is_test(twin)
    assert not queries.is_test(ctx)
    assert actions.create_key(twin, "t", ["read"]).startswith("nt_test_")
    assert actions.create_key(twin, "t", ["read"], test=True).startswith("nt_test_")
    assert [key.test for key in queries.keys_of(twin)] == [True, True]
    with book(twin):
        told = sql.value("select count(*) from event where kind = 'access.seller_opened'")
    assert told == 1


def test_members_of_the_live_seller_are_members_of_its_twin_and_no_others(ctx, new_seller):
    one, other = someone("one"), someone("other")
    actions.add_member(ctx, one, "collector")
    actions.add_member(new_seller(), other, "owner")
    twin = actions.open_twin(ctx)
    found = queries.memberships_of(one.pk)
    assert [(m.seller_id, m.test, m.role) for m in found] == [
        (ctx.seller, False, "collector"),
        (twin.seller, True, "collector"),
    ]
    assert queries.context_for_user(one.pk, "x", twin.seller, ctx.now).seller == twin.seller
    no = refusal(lambda: queries.context_for_user(other.pk, "x", twin.seller, ctx.now))
    assert no.code is Code.NOT_ALLOWED


def test_twins_are_no_sellers_of_their_own_for_the_operator(ctx):
    twin = actions.open_twin(ctx)
    assert twin.seller not in {s.seller_id for s in queries.every_seller()}
    assert twin.seller in {s.seller_id for s in queries.every_seller(tests=True)}


@pytest.mark.parametrize("test", [False, True])
def test_after_a_rotation_both_secrets_work_until_the_chosen_time(ctx, test):
    old = actions.create_key(ctx, "shop", ["read"], test=test)
    key, until = only(ctx).id, ctx.now + timedelta(days=2)
    fresh = actions.rotate_key(ctx, key, until)
    assert fresh[:8] == old[:8]
    assert works(old, ctx.now)
    assert works(fresh, ctx.now)
    assert not works(old, until)
    assert works(fresh, until)
    newest = actions.rotate_key(ctx, key, ctx.now)
    assert [works(s, ctx.now) for s in (old, fresh, newest)] == [False, False, True]
    actions.revoke_key(ctx, key)
    assert not works(newest, ctx.now)
    assert refusal(lambda: actions.rotate_key(ctx, key, until)).code is Code.NOT_FOUND


def test_a_revoked_key_is_shut_with_its_old_secret_too(ctx):
    old = actions.create_key(ctx, "shop", ["read"])
    actions.rotate_key(ctx, only(ctx).id, ctx.now + timedelta(days=30))
    actions.revoke_key(ctx, only(ctx).id)
    assert not works(old, ctx.now)


def test_an_old_secret_lasts_thirty_days_at_most(ctx):
    actions.create_key(ctx, "shop", ["read"])
    for until in (ctx.now + timedelta(days=30, seconds=1), ctx.now - timedelta(seconds=1)):
        no = refusal(lambda u=until: actions.rotate_key(ctx, only(ctx).id, u))
        assert no.facts["field"] == "old_until"


def test_a_key_ends_when_it_was_to_end(ctx):
    end = ctx.now + timedelta(days=1)
    secret = actions.create_key(ctx, "guest", ["read"], expires_at=end)
    assert works(secret, ctx.now)
    assert not works(secret, end)
    no = refusal(lambda: actions.create_key(ctx, "g", ["read"], expires_at=ctx.now))
    assert no.facts["field"] == "expires_at"


def test_the_last_day_of_use_is_noted(ctx):
    secret = actions.create_key(ctx, "shop", ["read"], requests_per_second=7)
    assert (only(ctx).last_used_on, only(ctx).requests_per_second) == (None, 7)
    queries.context_for_key(secret, ctx.now)
    assert only(ctx).last_used_on == ctx.today
    queries.context_for_key(secret, ctx.now + timedelta(days=3))
    assert only(ctx).last_used_on == ctx.today + timedelta(days=3)
    for rate in (0, -1, 10**9):
        no = refusal(lambda r=rate: actions.create_key(ctx, "k", ["read"], requests_per_second=r))
        assert no.facts["field"] == "requests_per_second"


def test_nobody_rotates_or_revokes_the_key_of_another_seller(ctx, new_seller):
    other = new_seller()
    actions.create_key(other, "theirs", ["read"])
    actions.create_key(other, "theirs", ["read"], test=True)
    for key in queries.keys_of(other):
        for act in (
            lambda k=key.id: actions.rotate_key(ctx, k, ctx.now),
            lambda k=key.id: actions.revoke_key(ctx, k),
        ):
            assert refusal(act).code is Code.NOT_FOUND


def test_only_those_who_may_manage_see_or_change_keys(ctx):
    weak = replace(ctx, may=frozenset(Permission) - {Permission.MANAGE_ACCESS})
    for act in (
        lambda: queries.keys_of(weak),
        lambda: actions.rotate_key(weak, uuid4(), ctx.now),
        lambda: actions.open_twin(weak),
    ):
        assert refusal(act).code is Code.NOT_ALLOWED
