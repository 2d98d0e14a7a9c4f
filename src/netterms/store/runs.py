"""Runs made of steps, each done once for its date. What a crash interrupts, the next call ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import Error, connection
from psycopg.types.json import Jsonb

from netterms.kernel.context import Context
from netterms.kernel.events import Plain, plain
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run. `act` works on whole sets and tells what it did, e.g. `{"sent": 3}`.

    A step runs inside its own transaction, together with the note that it is done. One that talks
    to the outside (`outside=True`) manages its own transactions instead, and must be repeatable.
    """

    name: str
    act: Callable[[Context], dict[str, Plain]]
    outside: bool = False


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a finished step did, now or in an earlier call of the same run."""

    step: str
    seconds: float
    facts: dict[str, Plain]
    repeated: bool


@contextmanager
def alone(ctx: Context, name: str) -> Iterator[None]:
    """Nobody else does `name` for this seller while the block lasts.

    ALREADY_RUNNING, at once, while somebody does. The lock belongs to the database session that
    does the work: it goes when the process dies or is killed, and whoever lost the session, and the
    lock with it, cannot write on under it either.
    """
    assert not connection.in_atomic_block, "a lock for several transactions inside one"
    params = {"key": f"alone/{ctx.seller}/{name}"}
    if not sql.value("select pg_try_advisory_lock(hashtextextended(%(key)s, 0))", params):
        raise Refusal(Code.ALREADY_RUNNING, run=name, date=ctx.today.isoformat())
    try:
        yield
    finally:
        # A session that broke has let go already.
        with suppress(Error):
            sql.value("select pg_advisory_unlock(hashtextextended(%(key)s, 0))", params)


def run(
    ctx: Context, name: str, steps: Sequence[Step], told: Callable[[StepDone], None] | None = None
) -> list[StepDone]:
    """Do the steps not yet done for (`name`, `ctx.today`), in order; tell of each at its end."""
    finished = []
    for step in steps:
        done = _once(ctx, name, step)
        finished.append(done)
        if told is not None:
            told(done)
    return finished


def _once(ctx: Context, run_name: str, step: Step) -> StepDone:
    if step.outside:
        earlier = _finished(ctx, run_name, step)
        if earlier:
            return earlier
        started = time.perf_counter()
        facts = step.act(ctx)
        with book(ctx):
            return _finished(ctx, run_name, step) or _note(ctx, run_name, step, started, facts)
    with book(ctx):
        # Two callers of the same step: the second waits here, then finds it done.
        sql.value(
            "select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))",
            {"key": f"{ctx.seller}/{run_name}"},
        )
        earlier = _finished(ctx, run_name, step)
        if earlier:
            return earlier
        started = time.perf_counter()
        return _note(ctx, run_name, step, started, step.act(ctx))


def _finished(ctx: Context, run_name: str, step: Step) -> StepDone | None:
    with book(ctx):
        found = sql.row(
            "select seconds, facts from run_step where seller_id = %(seller)s and run = %(run)s"
            " and business_date = %(day)s and step = %(step)s",
            {"seller": ctx.seller, "run": run_name, "day": ctx.today, "step": step.name},
        )
    if found is None:
        return None
    return StepDone(step.name, float(found["seconds"]), found["facts"], repeated=True)


def _note(
    ctx: Context, run_name: str, step: Step, started: float, facts: dict[str, Plain]
) -> StepDone:
    seconds = time.perf_counter() - started
    sql.execute(
        """
        insert into run_step (seller_id, run, business_date, step, finished_at, seconds, facts)
        values (%(seller)s, %(run)s, %(day)s, %(step)s, clock_timestamp(), %(seconds)s, %(facts)s)
        """,
        {
            "seller": ctx.seller,
            "run": run_name,
            "day": ctx.today,
            "step": step.name,
            "seconds": seconds,
            "facts": Jsonb(plain(facts)),
        },
    )
    return StepDone(step.name, seconds, facts, repeated=False)
