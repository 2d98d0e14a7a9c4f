"""The policy for new buyers: examples, and what holds for every policy and every buyer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.checkout.hints import Action, Hint, would_change
from netterms.checkout.policy import (
    DEFAULT,
    Bound,
    Decision,
    Doubt,
    Facts,
    Largest,
    Policy,
    Screened,
    Starter,
    decide,
    read,
)
from netterms.kernel.events import plain
from netterms.kernel.refusal import Code, Refusal

OPEN = Policy(
    countries=("DE", "FR"),
    auto_approve=(Bound("EUR", 4, 1_000_00), Bound("EUR", 6, 300_00)),
    starter=(Starter("EUR", "", 6, 2_000_00), Starter("EUR", "FR", 4, 800_00)),
    largest=(Largest("EUR", 50_000_00),),
    review=tuple(doubt for doubt in Doubt if doubt is not Doubt.NOT_SCREENED),
)
GOOD = Facts("DE", "EUR", 500_00, 3, Screened.UNKNOWN, False, False, (Doubt.NOT_SCREENED,))

currencies = st.sampled_from(["EUR", "USD"])
amounts = st.integers(0, 5)
grades = st.integers(1, 10)
policies = st.builds(
    Policy,
    serve_newcomers=st.booleans(),
    countries=st.lists(st.sampled_from(["DE", "FR"]), unique=True).map(tuple),
    decline_from_grade=st.integers(1, 11),
    auto_approve=st.lists(st.builds(Bound, currencies, grades, amounts), max_size=3).map(tuple),
    starter=st.lists(
        st.builds(Starter, currencies, st.sampled_from(["", "DE", "FR"]), grades, amounts),
        max_size=4,
    ).map(tuple),
    largest=st.lists(st.builds(Largest, currencies, amounts), max_size=2).map(tuple),
    review=st.lists(st.sampled_from(Doubt), unique=True).map(tuple),
)
facts = st.builds(
    Facts,
    country=st.sampled_from(["DE", "FR", "US"]),
    currency=currencies,
    amount_minor=st.integers(1, 6),
    grade=st.none() | grades,
    screened=st.sampled_from(Screened),
    insolvent=st.booleans(),
    has_line=st.booleans(),
    doubts=st.lists(st.sampled_from(Doubt), unique=True).map(tuple),
)


@pytest.mark.parametrize(
    ("change", "decision", "starter", "reasons"),
    [
        ({}, "approve", 2_000_00, ()),
        ({"country": "FR"}, "approve", 800_00, ()),
        ({"country": "FR", "amount_minor": 900_00}, "review", 0, ("over_starter_limit",)),
        ({"country": "FR", "grade": 5, "amount_minor": 1}, "review", 0, ("no_starter_limit",)),
        ({"country": "US"}, "decline", 0, ("country_not_served",)),
        ({"grade": 5}, "review", 0, ("over_auto_approval",)),
        ({"grade": 5, "amount_minor": 300_00}, "approve", 2_000_00, ()),
        ({"grade": 9}, "decline", 0, ("grade_too_weak",)),
        ({"grade": None}, "review", 0, ("over_auto_approval", "no_starter_limit")),
        ({"currency": "USD"}, "review", 0, ("over_auto_approval", "no_starter_limit")),
        (
            {"screened": Screened.HIT, "insolvent": True},
            "decline",
            0,
            ("sanctions_hit", "insolvent"),
        ),
        (
            {"doubts": (Doubt.FREE_MAIL, Doubt.NAME_DIFFERS)},
            "review",
            0,
            ("name_differs", "free_mail"),
        ),
        ({"has_line": True, "grade": 9, "amount_minor": 40_000_00}, "approve", 0, ()),
        ({"has_line": True, "amount_minor": 60_000_00}, "review", 0, ("over_largest_order",)),
        ({"has_line": True, "doubts": (Doubt.NAME_DIFFERS,)}, "review", 0, ("name_differs",)),
        ({"has_line": True, "doubts": (Doubt.NO_GRADE,)}, "approve", 0, ()),
    ],
)
def test_examples(change, decision, starter, reasons):
    verdict = decide(OPEN, replace(GOOD, **change))
    assert (verdict.decision, verdict.starter_minor, verdict.reasons) == (
        decision, starter, reasons,
    )  # fmt: skip


@given(facts)
def test_the_programs_own_policy_lets_no_new_buyer_through_without_a_person(buyer):
    verdict = decide(DEFAULT, replace(buyer, has_line=False))
    assert verdict.decision is not Decision.APPROVE
    assert verdict.starter_minor == 0


@given(facts)
def test_by_default_nobody_unscreened_passes(buyer):
    unscreened = replace(buyer, screened=Screened.UNKNOWN, doubts=(Doubt.NOT_SCREENED,))
    assert decide(DEFAULT, unscreened).decision is not Decision.APPROVE


@given(policies, facts)
def test_an_approval_has_a_limit_that_carries_the_order_and_any_other_answer_has_reasons(
    policy, buyer
):
    verdict = decide(policy, buyer)
    approved = verdict.decision is Decision.APPROVE
    assert approved == (not verdict.reasons)
    if approved and not buyer.has_line:
        assert verdict.starter_minor >= buyer.amount_minor
        assert any(
            row.limit_minor == verdict.starter_minor and row.country in {"", buyer.country}
            for row in policy.starter
        )
    else:
        assert verdict.starter_minor == 0
    if buyer.screened is Screened.HIT or buyer.insolvent:
        assert verdict.decision is Decision.DECLINE


@given(policies, facts)
def test_a_smaller_order_and_fewer_doubts_never_get_a_worse_answer(policy, buyer):
    rank = [Decision.APPROVE, Decision.REVIEW, Decision.DECLINE]
    easier = replace(buyer, amount_minor=max(1, buyer.amount_minor - 1), doubts=buyer.doubts[1:])
    assert rank.index(decide(policy, easier).decision) <= rank.index(decide(policy, buyer).decision)


@given(policies)
def test_a_policy_is_read_as_it_was_written(policy):
    assert read(plain(policy)) == policy
    policy.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"decline_from_grade": 0},
        {"net_days": 366},
        {"countries": ("Germany",)},
        {"countries": ("de",)},
        {"auto_approve": (Bound("EURO", 3, 1),)},
        {"auto_approve": (Bound("EUR", 11, 1),)},
        {"auto_approve": (Bound("EUR", 3, -1),)},
        {"starter": (Starter("EUR", "XXX", 3, 1),)},
        {"starter": (Starter("EUR", "", 0, 1),)},
        {"largest": (Largest("EUR", 10**16),)},
        {"largest": (Largest("EUR", 1),) * 251},
    ],
)
def test_a_policy_that_cannot_be_is_refused(wrong):
    with pytest.raises(Refusal) as refused:
        replace(OPEN, **wrong).check()
    assert refused.value.code is Code.POLICY_INVALID


@pytest.mark.parametrize(
    ("changes", "hints"),
    [
        ({"amount_minor": 1_500_00}, [Hint(Action.ASK_LESS, 1_000_00)]),
        ({"country": "FR", "amount_minor": 900_00}, [Hint(Action.ASK_LESS, 800_00)]),
        (
            {"amount_minor": 500_00, "grade": 5, "doubts": (Doubt.NO_GRADE, Doubt.NO_EMAIL)},
            [
                Hint(Action.ASK_LESS, 300_00),
                Hint(Action.SEND_ACCOUNTS),
                Hint(Action.GIVE_COMPANY_EMAIL),
            ],
        ),
        ({"doubts": (Doubt.NAME_DIFFERS,)}, [Hint(Action.SEND_REGISTER_EXTRACT)]),
        ({"grade": 9}, [Hint(Action.SEND_ACCOUNTS)]),
        # Nothing that the caller can do.
        ({"grade": 9, "country": "US"}, []),
        ({"currency": "USD", "doubts": (Doubt.NO_EMAIL,)}, []),
        ({}, []),
    ],
)
def test_what_would_change_the_answer(changes, hints):
    asked = replace(GOOD, **changes)
    assert list(would_change(OPEN, asked, decide(OPEN, asked))) == hints


@given(policies, facts)
def test_who_does_what_would_change_it_is_approved(policy, asked):
    verdict = decide(policy, asked)
    if verdict.decision is not Decision.REVIEW:
        return
    hints = would_change(policy, asked, verdict)
    less = next((hint.amount_minor for hint in hints if hint.action is Action.ASK_LESS), None)
    least = asked.amount_minor if less is None else less
    done = decide(policy, replace(asked, amount_minor=least if hints else 1, doubts=()))
    assert (done.decision is Decision.APPROVE) == bool(hints)
