"""A new buyer at checkout is held against the lists in force, in the call that asks for credit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netterms.checkout.newcomers import authorise_newcomer
from netterms.checkout.policies import draft, put_in_force
from netterms.checkout.policy import Doubt
from netterms.screening.actions import decide, propose
from netterms.screening.queries import hits_of, undecided
from tests.actions.checkout.test_newcomers import TRUSTING, ask
from tests.actions.screening.conftest import HERON
from tests.actions.small_book import rows


@pytest.fixture
def careful(ctx):
    policy = replace(TRUSTING, review=(*TRUSTING.review, Doubt.NOT_SCREENED))
    put_in_force(ctx, draft(ctx, policy, "test"), "test")
    return ctx


def answered(ctx, **more):
    answer = authorise_newcomer(ctx, ask(**more))
    return answer.order["state"], answer.order["reasons"]


def test_without_a_list_nobody_has_looked_and_a_person_does(careful):
    assert answered(careful) == ("pending", ["not_screened"])


def test_a_name_that_is_like_none_of_the_list_passes_at_once(careful, load):
    load(HERON)
    assert answered(careful)[0] == "authorised"


def test_a_name_that_is_like_a_listed_one_waits_until_two_people_have_cleared_it(careful, load):
    load(HERON)
    found = {"name": "Blue Heron Shipping SARL"}
    assert answered(careful, **found) == ("pending", ["not_screened"])
    [hit] = undecided(careful, most=5)
    propose(careful, hit.id, same=False, why="another company")
    decide(replace(careful, actor="second"), hit.id, agree=True)
    assert answered(careful, key="k2", number="n2", **found)[0] == "authorised"
    assert len(hits_of(careful, hit.buyer_id)) == 1


def test_a_confirmed_one_is_declined(careful, load):
    load(HERON)
    found = {"name": "Blue Heron Shipping SARL"}
    answered(careful, **found)
    [hit] = undecided(careful, most=5)
    propose(careful, hit.id, same=True, why="same registry")
    decide(replace(careful, actor="second"), hit.id, agree=True)
    assert answered(careful, key="k2", number="n2", **found) == ("declined", ["sanctions_hit"])
    assert rows(careful, "select sanctions_hit from buyer") == [{"sanctions_hit": True}]
