"""A person finishes a task while the day takes it off the list: one wins, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from netterms.collection.actions import climb_ladder, complete_action, prepare_claim_files
from netterms.kernel.refusal import Code, Refusal
from netterms.store.tenancy import book
from tests.actions.books import (
    Line,
    actions,
    apart,
    bring_in,
    kinds,
    on,
    pay,
    wait_until_held_up,
)

DUE = date(2026, 4, 1)
CALLED = DUE + timedelta(days=31)
SOLD = Line(number="T-1", due_on=DUE)


@pytest.fixture
def called(new_seller):
    """A seller whose only buyer is to be called."""
    ctx = new_seller(today=CALLED)
    bring_in(ctx, SOLD)
    climb_ladder(ctx)
    return ctx


def task(ctx, step="call"):
    [found] = actions(ctx, step)
    return found


@pytest.fixture
def other():
    """Somebody else, with a connection of their own."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda act, *arguments: pool.submit(apart, act, *arguments)


# What takes a planned call off the list: the money came, or the next stage did.
@pytest.mark.parametrize(("later", "paid"), [(1, True), (31, False)])
def test_done_first_it_stays_done(called, other, later, paid):
    next_day = on(called, CALLED + timedelta(days=later))
    if paid:
        pay(next_day, SOLD)
    call = task(called)
    with book(called):
        complete_action(called, call["id"], "will pay")
        day = other(climb_ladder, next_day)
        wait_until_held_up(day)
    day.result(30)
    found = task(called)
    assert (found["state"], found["outcome"]) == ("done", "will pay")
    assert kinds(called).count("collection.action_done") == 1


@pytest.mark.parametrize(("later", "paid"), [(1, True), (31, False)])
def test_taken_off_first_the_person_is_told(called, other, later, paid):
    next_day = on(called, CALLED + timedelta(days=later))
    if paid:
        pay(next_day, SOLD)
    call = task(called)
    with book(called):
        climb_ladder(next_day)
        person = other(complete_action, called, call["id"], "will pay")
        wait_until_held_up(person)
    with pytest.raises(Refusal) as no:
        person.result(30)
    assert no.value.code is Code.MOVE_NOT_ALLOWED
    found = task(called)
    assert (found["state"], found["outcome"]) == ("cancelled", "paid" if paid else "stage_left")
    assert "collection.action_done" not in kinds(called)


def test_two_people_finish_a_task_once(called, other):
    call = task(called)
    with book(called):
        complete_action(called, call["id"], "mine")
        second = other(complete_action, called, call["id"], "yours")
        wait_until_held_up(second)
    with pytest.raises(Refusal) as no:
        second.result(30)
    assert no.value.code is Code.MOVE_NOT_ALLOWED
    assert task(called)["outcome"] == "mine"


def test_a_claim_step_done_by_a_person_gets_no_file_afterwards(called, other):
    last = on(called, DUE + timedelta(days=91))
    climb_ladder(last)
    with book(called):
        complete_action(last, task(called, "claim_file")["id"], "not insured")
        day = other(prepare_claim_files, last)
        wait_until_held_up(day)
    assert day.result(30) == {"claims": 0, "uninsured": 0}
    found = task(called, "claim_file")
    assert (found["state"], found["outcome"]) == ("done", "not insured")
    assert "uninsured" not in found["facts"]
