"""Which money is a plan's, which interest is booked, and what each receipt settles (TRM-03, 04)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.collection.plan_rules import (
    Debt,
    Part,
    Receipt,
    Running,
    interest_until,
    is_sure,
    next_sums,
    reached,
    spread,
    step,
    unearned_from,
)

START = date(2026, 7, 1)
PARTS = tuple(
    Part(n, START + timedelta(days=30 * n), 100_00, 0 if n == 0 else 5_00) for n in range(4)
)
minors = st.integers(1, 10**9)


def plan(received=0, **more):
    return Running(PARTS, (Debt(UUID(int=1), START, 385_00),), received, **more)


def money(left, **more):
    return Receipt(UUID(int=9), left, **{"untouched": True, "names_other": False, **more})


def test_the_next_sums_are_what_one_or_more_instalments_lack():
    assert next_sums(plan(130_00, owes_elsewhere=True)) == {70_00, 170_00, 270_00}


@pytest.mark.parametrize(
    ("receipt", "elsewhere", "sure"),
    [
        (money(100_00), True, True),
        (money(200_00), True, True),
        (money(100_01), True, False),
        (money(100_01), False, True),
        (money(100_00, untouched=False), False, False),
        (money(100_00, names_other=True), False, False),
    ],
)
def test_money_is_sure_to_the_cent_or_where_nothing_else_is_owed(receipt, elsewhere, sure):
    assert is_sure(plan(owes_elsewhere=elsewhere), receipt) is sure
    assert not is_sure(plan(400_00, owes_elsewhere=elsewhere), receipt), "paid whole"


def test_interest_is_booked_when_due_or_when_money_reaches_into_its_instalment():
    standing = plan(owes_elsewhere=False)
    assert [p.number for p in reached(standing, 0, PARTS[1].due_on)] == [1]
    assert [p.number for p in reached(standing, 100_00, START)] == []
    assert [p.number for p in reached(standing, 100_01, START)] == [1]


def test_what_is_unearned_begins_with_what_is_unpaid_or_not_due():
    assert unearned_from(plan(400_00, owes_elsewhere=False), PARTS[1].due_on) == 2
    assert unearned_from(plan(150_00, owes_elsewhere=False), PARTS[3].due_on) == 1
    assert unearned_from(plan(400_00, owes_elsewhere=False), PARTS[3].due_on) == 4


def test_ex_5_6_interest_until_today_runs_from_the_last_due_date_kept():
    paid = plan(200_00, owes_elsewhere=False)
    day = PARTS[1].due_on + timedelta(days=73)
    # 10 % a year for a fifth of a year.
    assert interest_until(paid, 1_000_00, Decimal(10), START, day) == 20_00


@given(
    st.dictionaries(st.uuids(), minors, max_size=4),
    st.lists(st.tuples(minors, st.one_of(st.none(), st.integers(1, 5))), max_size=6),
)
def test_no_cent_is_used_twice_and_none_is_left_while_something_is_open(given_money, told):
    debts = [Debt(UUID(int=n), START, minor, number) for n, (minor, number) in enumerate(told)]
    used = spread(given_money, debts)
    for source, parts in used.items():
        assert 0 < sum(parts.values()) <= given_money[source]
    total = sum(sum(parts.values()) for parts in used.values())
    assert total == min(sum(given_money.values()), sum(debt.open for debt in debts))
    for debt in debts:
        assert sum(parts.get(debt.id, 0) for parts in used.values()) <= debt.open


@given(minors)
def test_a_plan_never_takes_more_than_its_schedule_asks_for(minor):
    notes = {n: UUID(int=100 + n) for n in range(4)}
    wanted = step(plan(owes_elsewhere=False), [money(minor)], START, notes)
    taken = sum(sum(parts.values()) for parts in wanted.uses.values())
    assert taken == min(minor, 400_00)
    assert sum(part.interest for part in wanted.interest) <= 15_00
