"""A policy and its limits are taken over as the insurer's papers say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.queries import insured_limits
from netterms.insurance.terms import PolicyTerms, terms_from
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)
TERMS = PolicyTerms(currency="EUR", insured_pct_named=Decimal("85.5"), threshold_minor=50_000)
SCHEDULE = PolicySchedule("Northlight", "NL-1", date(2026, 1, 1), date(2026, 12, 31), TERMS)


def test_terms_come_back_as_they_went_in(ctx):
    open_policy(ctx, SCHEDULE)
    [line] = rows(ctx, "select insurer, currency, terms from insurance_policy")
    assert (line["insurer"], line["currency"]) == ("Northlight", "EUR")
    assert terms_from(line["terms"]) == TERMS
    assert kinds(ctx)[-1] == "insurance.policy_opened"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"insurer": " "}, "insurer"),
        ({"policy_number": ""}, "policy_number"),
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"terms": replace(TERMS, insured_pct_named=Decimal(101))}, "insured_pct_named"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(ctx, changes, field):
    with pytest.raises(Refusal) as refused:
        open_policy(ctx, replace(SCHEDULE, **changes))
    assert refused.value.code is Code.POLICY_INVALID
    assert refused.value.facts["field"] == field


def test_a_number_is_used_once_by_a_seller(ctx, new_seller):
    open_policy(ctx, SCHEDULE)
    with pytest.raises(Refusal) as refused:
        open_policy(ctx, SCHEDULE)
    assert refused.value.code is Code.CONFLICTING_NUMBER
    open_policy(new_seller(), SCHEDULE)


def test_a_new_limit_ends_the_old_one_the_day_before(ctx):
    buyer, _ = put(ctx, "1", "A", 100, due_on=DUE)
    policy = open_policy(ctx, SCHEDULE)
    grant_limits(ctx, policy, [GrantedLimit("1", 100_000, date(2026, 1, 1))])
    assert grant_limits(ctx, policy, [GrantedLimit("1", 40_000, date(2026, 5, 1))]) == 1
    [before] = insured_limits(ctx, buyer, date(2026, 4, 30))
    assert (before.amount_minor, before.ends_on) == (100_000, date(2026, 4, 30))
    [now] = insured_limits(ctx, buyer, date(2026, 5, 1))
    assert (now.amount_minor, now.ends_on) == (40_000, None)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ([GrantedLimit("9", 1, DUE)], Code.NOT_FOUND),
        ([GrantedLimit("1", -1, DUE)], Code.POLICY_INVALID),
        ([GrantedLimit("1", 1, DUE, kind="export")], Code.POLICY_INVALID),
        ([GrantedLimit("1", 1, DUE), GrantedLimit("1", 2, DUE)], Code.POLICY_INVALID),
    ],
)
def test_limits_that_cannot_be_are_refused(ctx, limits, code):
    put(ctx, "1", "A", 100, due_on=DUE)
    policy = open_policy(ctx, SCHEDULE)
    with pytest.raises(Refusal) as refused:
        grant_limits(ctx, policy, limits)
    assert refused.value.code is code
    assert rows(ctx, "select id from insured_limit") == []


def test_unknown_policies_and_readers(ctx):
    with pytest.raises(Refusal, match="not_found"):
        grant_limits(ctx, uuid4(), [])
    reader = replace(ctx, may=frozenset({Permission.READ}))
    with pytest.raises(Refusal, match="not_allowed"):
        open_policy(reader, SCHEDULE)
    with pytest.raises(Refusal, match="not_allowed"):
        grant_limits(reader, uuid4(), [])
