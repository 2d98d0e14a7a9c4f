"""Answers about a whole book stand until something happens in it, and not a moment longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Event as Signal
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import connection

from netterms.kernel.events import Event
from netterms.store import kept, sql
from netterms.store.outbox import record
from netterms.store.runs import Step, run
from netterms.store.tenancy import book

# Another answer each time it is really asked.
QUESTION = "select gen_random_uuid() as id, %(day)s::date as day, 1.50 as rate, 7 as n, null as no"


@dataclass(frozen=True, slots=True)
class Changed(Event):
    kind: ClassVar[str] = "test.changed"


@dataclass(frozen=True, slots=True)
class Held(Event):
    kind: ClassVar[str] = "checkout.order_authorised"


@pytest.fixture(autouse=True)
def all_is_long(monkeypatch):
    monkeypatch.setattr(kept, "LONG_SECONDS", 0)


def asked(ctx, day=date(2026, 6, 1)):
    with book(ctx):
        return kept.rows(ctx, QUESTION, {"day": day})


def happened(ctx, event):
    with book(ctx):
        record(ctx, event)


def test_an_answer_stands_as_it_was_with_every_kind_of_value(ctx):
    first = asked(ctx)
    assert asked(ctx) == first
    [line] = first
    assert (line["day"], line["rate"], line["n"], line["no"]) == (
        date(2026, 6, 1), Decimal("1.50"), 7, None,
    )  # fmt: skip
    assert asked(ctx, date(2026, 6, 2)) != first


def test_what_happens_in_the_book_ends_it_and_an_order_held_does_not(ctx, new_seller):
    first = asked(ctx)
    happened(ctx, Held(uuid4()))
    happened(new_seller(), Changed(uuid4()))
    assert asked(ctx) == first
    happened(ctx, Changed(uuid4()))
    second = asked(ctx)
    assert second != first
    assert asked(ctx) == second


def test_another_seller_never_sees_it(ctx, new_seller):
    assert asked(ctx) != asked(new_seller())


def test_a_step_of_the_day_ends_it(ctx):
    first = asked(ctx)
    run(ctx, "day", (Step("one", lambda _: {}),), None)
    second = asked(ctx)
    assert second != first
    with book(ctx):
        # What can never stand again is gone.
        assert sql.value("select count(*) from kept_answer") == 1


def test_what_was_under_way_while_it_was_worked_out_ends_it(ctx):
    written, worked_out = Signal(), Signal()

    def slow_change():
        try:
            with book(ctx):
                record(ctx, Changed(uuid4()))
                written.set()
                worked_out.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        change = beside.submit(slow_change)
        written.wait(10)
        first = asked(ctx)
        worked_out.set()
        change.result()
    assert asked(ctx) != first


def test_what_the_same_transaction_changed_is_not_overlooked(ctx):
    first = asked(ctx)
    with book(ctx):
        record(ctx, Changed(uuid4()))
        second = asked(ctx)
    assert second != first
    assert asked(ctx) != first


def test_a_quick_answer_is_not_kept(ctx, monkeypatch):
    monkeypatch.setattr(kept, "LONG_SECONDS", 60)
    assert asked(ctx) != asked(ctx)
    with book(ctx):
        assert sql.value("select count(*) from kept_answer") == 0
