"""A policy and its limits are taken over as the insurer's papers say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.insurance.actions import refresh_deadlines
from netterms.insurance.policies import (
    GrantedLimit,
    PolicySchedule,
    change_terms,
    check_limits,
    end_limit,
    end_policy,
    grant_limits,
    open_policy,
    renew_policy,
)
from netterms.insurance.queries import insured_limits, limits_of, policies, policy
from netterms.insurance.terms import ClaimBasis, PolicyTerms, terms_from
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from tests.actions.small_book import kinds, put, rows

YEAR, DUE = date(2026, 1, 1), date(2026, 3, 1)
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


def test_a_number_is_used_once_at_a_time_by_a_seller(ctx, new_seller):
    open_policy(ctx, SCHEDULE)
    with pytest.raises(Refusal) as refused:
        open_policy(ctx, SCHEDULE)
    assert refused.value.facts["mend"] is Mend.OTHER_NUMBER_OR_DAYS
    later = replace(SCHEDULE, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    open_policy(ctx, later)
    open_policy(new_seller(), SCHEDULE)


def test_a_new_limit_ends_the_old_one_the_day_before(ctx):
    buyer, _ = put(ctx, "1", "A", 100, due_on=DUE)
    policy = open_policy(ctx, SCHEDULE)
    grant_limits(ctx, policy, [GrantedLimit("1", 100_000, date(2026, 1, 1))])
    assert grant_limits(ctx, policy, [GrantedLimit("1", 40_000, date(2026, 5, 1))]).new == 1
    [before] = insured_limits(ctx, buyer, date(2026, 4, 30))
    assert (before.amount_minor, before.ends_on) == (100_000, date(2026, 4, 30))
    [now] = insured_limits(ctx, buyer, date(2026, 5, 1))
    assert (now.amount_minor, now.ends_on) == (40_000, SCHEDULE.ends_on)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ([GrantedLimit("9", 1, DUE)], Code.NOT_FOUND),
        ([GrantedLimit("1", -1, DUE)], Code.VALUE_INVALID),
        ([GrantedLimit("1", 1, DUE, kind="export")], Code.VALUE_INVALID),
        ([GrantedLimit("1", 1, DUE), GrantedLimit("1", 2, DUE)], Code.VALUE_INVALID),
        ([GrantedLimit("1", 1, date(1989, 1, 1))], Code.VALUE_INVALID),
        ([GrantedLimit("1", 1, date(2027, 1, 1))], Code.VALUE_INVALID),
        ([GrantedLimit("1", 1, DUE, granted_until=date(2026, 2, 1))], Code.VALUE_INVALID),
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


def test_the_same_list_again_changes_nothing_and_brings_nothing_back(ctx):
    for number in ("1", "2"):
        put(ctx, number, number, 100, due_on=DUE)
    opened = open_policy(ctx, SCHEDULE)
    told = [GrantedLimit("1", 100, YEAR), GrantedLimit("2", 200, YEAR, granted_until=DUE)]
    assert grant_limits(ctx, opened, told).new == 2
    grant_limits(ctx, opened, [GrantedLimit("1", 50, date(2026, 4, 1), "discretionary")])
    [two] = limits_of(ctx, opened, YEAR, buyer="2")[0]
    end_limit(ctx, two.id, date(2026, 2, 1))
    before = rows(ctx, "select * from insured_limit order by id"), kinds(ctx)
    done = grant_limits(ctx, opened, told)
    assert (done.new, done.known) == (0, 2)
    assert (rows(ctx, "select * from insured_limit order by id"), kinds(ctx)) == before


def test_a_list_is_entered_whole_or_not_at_all_and_each_flaw_has_its_place(ctx):
    put(ctx, "1", "A", 100, due_on=DUE)
    opened = open_policy(ctx, SCHEDULE)
    grant_limits(ctx, opened, [GrantedLimit("1", 100, DUE)])
    told = [
        GrantedLimit("1", 90, YEAR),  # before the one in force
        GrantedLimit("9", 1, DUE),
        GrantedLimit("1", 80, date(2026, 6, 1)),
    ]
    found = check_limits(ctx, opened, told)
    assert [(flaw.place, flaw.field) for flaw in found] == [
        (0, "starts_on"), (1, "buyer_number"), (2, "buyer_number")
    ]  # fmt: skip
    with pytest.raises(Refusal):
        grant_limits(ctx, opened, told)
    assert len(rows(ctx, "select from insured_limit")) == 1


def test_a_limit_of_the_same_day_corrects_the_one_before(ctx):
    buyer, _ = put(ctx, "1", "A", 100, due_on=DUE)
    opened = open_policy(ctx, SCHEDULE)
    for minor in (100, 1_000, 100):
        assert grant_limits(ctx, opened, [GrantedLimit("1", minor, YEAR)]).new == 1
    assert [limit.amount_minor for limit in insured_limits(ctx, buyer, YEAR)] == [100]
    found, count = limits_of(ctx, opened, DUE)
    assert count == 3
    assert [(one.amount_minor, one.is_in_force, one.is_replaced) for one in found] == [
        (100, True, False), (1_000, False, True), (100, False, True)
    ]  # fmt: skip


def insured_and_late(ctx, terms=TERMS):
    """A policy with a limit for the buyer of an invoice of 2 January that is late."""
    buyer, _ = put(ctx, "1", "A", 100, due_on=DUE)
    opened = open_policy(ctx, replace(SCHEDULE, starts_on=date(2025, 12, 1), terms=terms))
    grant_limits(ctx, opened, [GrantedLimit("1", 1_000, YEAR)])
    return buyer, opened


def test_terms_are_corrected_until_something_counts_by_them(ctx):
    _, opened = insured_and_late(ctx)
    assert not change_terms(ctx, opened, TERMS)
    assert change_terms(ctx, opened, replace(TERMS, mep=30))
    assert policy(ctx, opened, DUE).terms.mep == 30
    [told] = rows(ctx, "select facts from event where kind = 'insurance.policy_terms_changed'")
    assert told["facts"] == {"before": {"mep": 60}, "after": {"mep": 30}}
    with pytest.raises(Refusal, match="policy_invalid"):
        change_terms(ctx, opened, replace(TERMS, currency="USD"))
    refresh_deadlines(ctx)
    with pytest.raises(Refusal) as refused:
        change_terms(ctx, opened, TERMS)
    assert refused.value.code is Code.MOVE_NOT_ALLOWED
    assert refused.value.facts["mend"] is Mend.RENEW_POLICY


def test_a_policy_ends_with_its_limits_but_not_before_what_counted(ctx):
    filed = replace(TERMS, claim_basis=ClaimBasis.POLICY_END)
    buyer, opened = insured_and_late(ctx, filed)
    refresh_deadlines(ctx)
    with pytest.raises(Refusal) as refused:
        end_policy(ctx, opened, YEAR)
    assert refused.value.facts["field"] == "ends_on"
    last = date(2026, 8, 31)
    end_policy(ctx, opened, last)
    [limit] = insured_limits(ctx, buyer, last)
    assert limit.ends_on == last
    assert insured_limits(ctx, buyer, date(2026, 9, 1)) == []
    # The time to file runs from the end of the policy, which is nearer now.
    [filing] = rows(ctx, "select due_on from policy_deadline where kind = 'claim_filing'")
    assert filing["due_on"] == date(2027, 8, 31)
    end_policy(ctx, opened, last)
    assert kinds(ctx).count("insurance.policy_ended") == 1
    with pytest.raises(Refusal):
        end_policy(ctx, opened, date(2026, 12, 31))


def test_a_renewal_keeps_number_limits_and_what_has_counted(ctx):
    buyer, opened = insured_and_late(ctx)
    refresh_deadlines(ctx)
    dates = rows(ctx, "select * from policy_deadline order by id")
    starts = date(2026, 7, 1)
    new = PolicySchedule("Northlight", "NL-1", starts, date(2027, 6, 30), replace(TERMS, mep=30))
    renewed = renew_policy(ctx, opened, new)
    assert rows(ctx, "select * from policy_deadline order by id") == dates
    found = [(one.id, one.ends_on, one.terms.mep) for one in policies(ctx, starts)]
    assert found == [(renewed, date(2027, 6, 30), 30), (opened, date(2026, 6, 30), 60)]
    [before] = insured_limits(ctx, buyer, date(2026, 6, 30))
    [after] = insured_limits(ctx, buyer, starts)
    assert (before.ends_on, after.starts_on, after.ends_on) == (
        date(2026, 6, 30), starts, date(2027, 6, 30)
    )  # fmt: skip
    with pytest.raises(Refusal):
        renew_policy(ctx, opened, new)


def test_a_renewal_leaves_out_what_was_withdrawn_or_granted_for_a_time(ctx):
    for number in ("1", "2", "3"):
        put(ctx, number, number, 100, due_on=DUE)
    opened = open_policy(ctx, SCHEDULE)
    granted = [
        GrantedLimit("1", 10, YEAR),
        GrantedLimit("2", 20, YEAR, granted_until=date(2026, 12, 31)),
        GrantedLimit("3", 30, YEAR, granted_until=date(2027, 3, 31)),
    ]
    grant_limits(ctx, opened, granted)
    [one] = limits_of(ctx, opened, YEAR, buyer="1")[0]
    end_limit(ctx, one.id, DUE)
    year = replace(SCHEDULE, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    renewed = renew_policy(ctx, opened, year)
    found, _ = limits_of(ctx, renewed, date(2027, 1, 1))
    assert [(limit.buyer_number, limit.ends_on) for limit in found] == [("3", date(2027, 3, 31))]


def test_a_withdrawn_limit_covers_what_was_delivered(ctx):
    buyer, opened = insured_and_late(ctx)
    refresh_deadlines(ctx)
    [limit] = limits_of(ctx, opened, DUE)[0]
    with pytest.raises(Refusal):
        end_limit(ctx, limit.id, YEAR)
    end_limit(ctx, limit.id, DUE)
    assert insured_limits(ctx, buyer, date(2026, 3, 2)) == []
    assert rows(ctx, "select from policy_deadline where state = 'open'")
    with pytest.raises(Refusal, match="not_found"):
        end_limit(ctx, uuid4(), DUE)
