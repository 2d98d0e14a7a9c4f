"""What every room relies on: keys, events, runs, and walls between sellers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from netterms.kernel.events import Event
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.keys import once
from netterms.store.outbox import record
from netterms.store.runs import Step, alone, run
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Something(Event):
    kind: ClassVar[str] = "test.something"
    what: str


def test_the_same_key_answers_again_without_acting_again(ctx):
    acts = []

    def act():
        acts.append(1)
        return {"answer": 42}

    for _ in range(2):
        with book(ctx):
            assert once(ctx, "key", {"amount": 1}, act) == {"answer": 42}
    assert acts == [1]


def test_a_key_with_another_request_is_refused(ctx):
    with book(ctx):
        once(ctx, "key", {"amount": 1}, dict)
    with pytest.raises(Refusal) as refused, book(ctx):
        once(ctx, "key", {"amount": 2}, dict)
    assert refused.value.code is Code.KEY_REUSED


def test_a_key_whose_act_failed_is_free_again(ctx):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), book(ctx):
        once(ctx, "key", {}, fail)
    with book(ctx):
        assert once(ctx, "key", {}, lambda: {"done": True}) == {"done": True}


def test_two_callers_with_one_key_act_once(ctx):
    def call(_):
        try:
            with book(ctx):
                return once(ctx, "key", {}, lambda: {"by": str(uuid4())})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as callers:
        answers = list(callers.map(call, range(8)))
    assert all(answer == answers[0] for answer in answers)


def test_events_go_with_their_change(ctx):
    def fail():
        with book(ctx):
            record(ctx, Something(uuid4(), "lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with book(ctx):
        record(ctx, Something(uuid4(), "kept"), Something(uuid4(), "too"))
    with book(ctx):
        kept = sql.rows("select facts, actor from event where kind = 'test.something' order by id")
    assert [row["facts"]["what"] for row in kept] == ["kept", "too"]
    assert {row["actor"] for row in kept} == {"test"}


@pytest.mark.parametrize(
    "change", ["update event set actor = 'x'", "delete from event", "truncate event"]
)
def test_events_are_append_only(ctx, change):
    with book(ctx):
        record(ctx, Something(uuid4(), "kept"))
    with pytest.raises(DatabaseError), book(ctx):
        sql.execute(change)


def test_a_run_does_each_step_once_and_goes_on_where_it_stopped(ctx):
    done = []
    trouble = [ZeroDivisionError]

    def step(name):
        def act(_):
            done.append(name)
            if name == "second" and trouble:
                raise trouble.pop()
            return {"did": name}

        return Step(name, act)

    steps = [step("first"), step("second"), step("third")]
    with pytest.raises(ZeroDivisionError):
        run(ctx, "test", steps)
    finished = run(ctx, "test", steps)
    assert done == ["first", "second", "second", "third"]
    assert [(one.step, one.repeated) for one in finished] == [
        ("first", True), ("second", False), ("third", False),
    ]  # fmt: skip
    assert all(one.repeated for one in run(ctx, "test", steps))
    assert finished[0].facts == {"did": "first"}
    run(ctx.on(ctx.today + timedelta(days=1)), "test", steps)
    assert done[4:] == ["first", "second", "third"]


def test_a_step_and_its_note_are_one(ctx):
    def act(at):
        record(at, Something(uuid4(), "half"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(ctx, "test", [Step("only", act)])
    with book(ctx):
        assert sql.value("select count(*) from event where kind = 'test.something'") == 0
        assert sql.value("select count(*) from run_step") == 0


def test_an_outside_step_manages_its_own_transactions(ctx):
    inside = []
    step = Step("mail", lambda _: inside.append(connection.in_atomic_block) or {}, outside=True)
    run(ctx, "test", [step])
    run(ctx, "test", [step])
    assert inside == [False]


def test_two_runs_at_once_do_each_step_once(ctx):
    done = []
    steps = [Step(str(n), lambda _, n=n: done.append(n) or {}) for n in range(3)]

    def go(_):
        try:
            return run(ctx, "test", steps)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as callers:
        list(callers.map(go, range(3)))
    assert sorted(done) == [0, 1, 2]


def in_another_session(act, *arguments):
    """Run `act` as another process would: through a connection of its own."""

    def go():
        with closing(connection):
            return act(*arguments)

    with ThreadPoolExecutor(1) as other:
        return other.submit(go).result(30)


def is_free(ctx, name="test"):
    def take():
        try:
            with alone(ctx, name):
                return True
        except Refusal as refusal:
            said = {"run": name, "date": ctx.today.isoformat()}
            if (refusal.code, refusal.facts) != (Code.ALREADY_RUNNING, said):
                raise
            return False

    return in_another_session(take)


def test_one_process_at_a_time_for_one_seller_and_one_name(new_seller):
    ctx, other = new_seller(), new_seller()
    with alone(ctx, "test"):
        assert not is_free(ctx)
        assert not is_free(ctx.on(ctx.today + timedelta(days=1))), "whatever the day"
        assert is_free(ctx, "something else")
        assert is_free(other)
    assert is_free(ctx)


def test_the_lock_goes_with_an_error_and_with_the_session(ctx):
    with pytest.raises(ZeroDivisionError), alone(ctx, "test"):
        raise ZeroDivisionError
    assert is_free(ctx)

    def cut_off(backend):
        return sql.value("select pg_terminate_backend(%(pid)s, 5000)", {"pid": backend})

    with alone(ctx, "test"):
        assert in_another_session(cut_off, sql.value("select pg_backend_pid()"))
        assert is_free(ctx)
        # Whoever lost the lock cannot write on as if nothing had happened.
        with pytest.raises(DatabaseError), book(ctx):
            pass
    connection.close()
    assert is_free(ctx)


def test_no_seller_no_rows(ctx):
    with book(ctx):
        record(ctx, Something(uuid4(), "mine"))
    assert sql.value("select count(*) from event") == 0


def test_another_sellers_row_cannot_be_written(new_seller):
    one, other = new_seller(), new_seller()
    with pytest.raises(DatabaseError, match="row-level security"), book(other):
        record(one, Something(uuid4(), "not here"))
