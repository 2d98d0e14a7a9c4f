"""A changed account confirmed by one person: off at first, late, told in full, with a code."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache

from netterms.access.actions import add_member, create_key, create_user
from netterms.access.rules import Role
from netterms.buyers.accounts import (
    BankAccount,
    accounts_of,
    confirm_bank_account,
    set_bank_account,
)
from netterms.buyers.alone import (
    AccountPolicy,
    Call,
    account_policy,
    confirm_alone,
    set_account_policy,
)
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from tests.actions.books import on
from tests.actions.small_book import kinds, put, rows

FIRST, SECOND = "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"
CALL = Call("Ms Li", "+49 40 123456", "contract of 2019")
WHY = "I work alone"


class Person:
    """Who signs in, with an authenticator app."""

    def __init__(self, ctx, role=Role.OWNER):
        self.email = f"{uuid4()}@example.com"
        user = create_user(self.email, "correct horse battery staple")
        add_member(ctx, user, role)
        self.secret = totp.generate_totp_secret()
        totp.TOTP.activate(user, self.secret)
        self.ctx = replace(ctx, actor=self.email)

    def code(self):
        """The code of now, as if it had not been used yet."""
        cache.clear()
        return totp.format_hotp_value(totp.hotp_value(self.secret, int(time.time()) // 30))


@pytest.fixture
def one(ctx):
    return Person(ctx)


@pytest.fixture
def changed(one):
    buyer, _ = put(one.ctx, "1", "A", 100, due_on=date(2026, 3, 1))
    first = set_bank_account(one.ctx, buyer, BankAccount(FIRST))
    return set_bank_account(one.ctx, buyer, BankAccount(SECOND), replaces=first)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as no:
        act(*args, **kwargs)
    return no.value


def test_one_person_confirms_late_with_a_call_and_a_code_and_it_shows(one, changed):
    ctx = one.ctx
    assert account_policy(ctx) == AccountPolicy()
    assert refusal(confirm_alone, ctx, changed, CALL, "000000").code is Code.SAME_PERSON
    on_it = {"one_person": True, "cooling_days": 3, "why": WHY}
    assert refusal(set_account_policy, ctx, **on_it).facts["mend"] is Mend.CODE_OF_APP
    set_account_policy(ctx, **on_it, code=one.code())
    # The days run from when it was switched on, too: not for the account that is there.
    early = refusal(confirm_alone, on(ctx, ctx.today + timedelta(days=2)), changed, CALL, "0")
    assert (early.code, early.facts["until"]) == (
        Code.TOO_EARLY, (ctx.today + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    late = on(ctx, ctx.today + timedelta(days=3))
    silent = Call("Ms Li", " ", "contract of 2019")
    assert refusal(confirm_alone, late, changed, silent, "0").facts["field"] == "number"
    assert refusal(confirm_alone, late, changed, CALL, "12345x").facts["field"] == "code"
    buyer = buyer_of(late)
    assert len(accounts_of(late, buyer)) == 2
    confirm_alone(late, changed, CALL, one.code())
    [kept] = accounts_of(late, buyer)
    assert kept.id == changed
    assert (kept.to_confirm, kept.confirmed_alone, kept.confirmed_by) == (False, True, one.email)
    assert kept.confirmed_how == "Ms Li · +49 40 123456 · contract of 2019"
    assert refusal(confirm_alone, late, changed, CALL, "0").code is Code.NOT_FOUND
    assert kinds(ctx).count("access.second_factor_wrong") == 2


def buyer_of(ctx):
    [line] = rows(ctx, "select id from buyer")
    return line["id"]


def test_where_there_is_a_second_person_that_one_confirms(one, changed):
    set_account_policy(one.ctx, one_person=True, cooling_days=1, why=WHY, code=one.code())
    late = on(one.ctx, one.ctx.today + timedelta(days=9))
    Person(one.ctx, Role.COLLECTOR)
    Person(one.ctx, Role.CREDIT_MANAGER)
    assert refusal(confirm_alone, late, changed, CALL, one.code()).code is Code.SAME_PERSON


def test_a_code_works_once_and_guessing_ends_after_five(one, changed):
    code = one.code()
    set_account_policy(one.ctx, one_person=True, cooling_days=1, why=WHY, code=code)
    late = on(one.ctx, one.ctx.today + timedelta(days=1))
    assert refusal(confirm_alone, late, changed, CALL, code).facts["mend"] is Mend.CODE_OF_APP
    for _ in range(4):
        refusal(confirm_alone, late, changed, CALL, "x")
    assert refusal(confirm_alone, late, changed, CALL, one.code()).code is Code.TOO_EARLY
    confirm_alone(replace(late, now=late.now + timedelta(minutes=16)), changed, CALL, one.code())


def test_only_the_owner_switches_it_and_within_bounds(one):
    manager = replace(one.ctx, may=one.ctx.may - {Permission.MANAGE_ACCESS})
    wanted = {"one_person": True, "cooling_days": 3, "why": WHY}
    assert refusal(set_account_policy, manager, **wanted).code is Code.NOT_ALLOWED
    for field, wrong in (("cooling_days", 0), ("cooling_days", 31), ("why", " ")):
        no = refusal(set_account_policy, one.ctx, **wanted | {field: wrong}, code="1")
        assert no.facts["field"] == field
    nobody = replace(one.ctx, actor="key:shop")
    assert refusal(set_account_policy, nobody, **wanted).facts["mend"] is Mend.SET_UP_APP


def test_a_program_of_who_entered_it_is_no_second_person(one, changed):
    create_key(one.ctx, "mine", ["read"])
    create_key(replace(one.ctx, actor="other@example.com"), "theirs", ["read"])
    mine = replace(one.ctx, actor="key:mine")
    assert refusal(confirm_bank_account, mine, changed, "called").code is Code.SAME_PERSON
    confirm_bank_account(replace(one.ctx, actor="key:theirs"), changed, "called")
