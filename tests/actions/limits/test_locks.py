"""Locks are taken in one order everywhere: people and the day change lines under orders."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from django.db import OperationalError

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.checkout.actions import authorise, move
from netterms.checkout.books import check_books
from netterms.checkout.moves import OrderMove
from netterms.checkout.pending import Approval, approve
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.limits.caps import CapKind, caps, refresh_exposure, remove_cap, set_cap
from netterms.limits.lines import LineTerms, set_line, top_up
from netterms.limits.queries import lines_of
from netterms.store import sql
from netterms.store.tenancy import book, once_more
from tests.actions.books import Line, apart, bring_in, buyer_id, change, rows, wait_until_held_up

BUYERS = 6
ROUNDS = 12
MAY = date(2026, 5, 1)


@pytest.fixture
def world(ctx):
    """Six buyers in three groups and two countries, with lines in euros under two caps."""
    change(
        ctx,
        "insert into exchange_rate values ('USD', %(day)s, 1.0873, 'test') on conflict do nothing",
        day=ctx.today,
    )
    for n in range(BUYERS):
        bring_in(ctx, Line(buyer=str(n), country="DE" if n % 2 else "FR", amount=100))
    buyers = [buyer_id(ctx, str(n)) for n in range(BUYERS)]
    update_facts(ctx, [BuyerFacts(str(n), parent=str(n - 1)) for n in (1, 3, 5)])
    for buyer in buyers:
        set_line(ctx, buyer, "EUR", LineTerms(1_000))
    set_cap(ctx, CapKind.COUNTRY, "DE", 100_000)
    set_cap(ctx, CapKind.GROUP, str(buyers[0]), 100_000)
    return replace(ctx, why="a test"), buyers


def together(acts: list[Callable[[int], None]]) -> None:
    """Each act `ROUNDS` times in a thread of its own, all at once."""
    start = Barrier(len(acts))

    def run(act: Callable[[int], None]) -> None:
        start.wait()
        for n in range(ROUNDS):
            act(n)

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(apart, run, act) for act in acts]:
            done.result()


def at_once(ctx, *acts: Callable[[int], None]) -> list[Callable[[int], None]]:
    """In an outer transaction nothing is tried once more: a ring of locks is an error here."""

    def whole(act: Callable[[int], None], n: int) -> None:
        with book(ctx):
            act(n)

    return [partial(whole, act) for act in acts]


def waiting(ctx, buyers: list[UUID], name: str) -> list[UUID]:
    """Pending orders, more than their lines carry."""
    asked = [
        OrderRequest(f"{name}{n}", f"{name}{n}", buyers[n % len(buyers)], Money(5_000, "EUR"),
                     review=True)
        for n in range(ROUNDS)
    ]  # fmt: skip
    return [UUID(answer.order["id"]) for answer in authorise(ctx, asked)]


def approver(ctx, buyers: list[UUID], name: str) -> Callable[[int], None]:
    orders = waiting(ctx, buyers, name)

    def act(n: int) -> None:
        buyer = buyers[n % len(buyers)]
        # What the person saw; another approver may have been faster.
        seen = lines_of(ctx, buyer)["EUR"].terms.limit_minor
        limit = None if n % 3 == 2 else seen + 10_000
        yes = Approval(f"yes-{name}{n}", orders[n], limit, seen if limit else None)
        assert approve(ctx, yes).status == 201

    return act


def test_approvals_with_a_limit_and_caps_that_come_and_go_never_wait_in_a_ring(world):
    ctx, buyers = world

    def cap_writer(kind: CapKind, key: str) -> Callable[[int], None]:
        def act(n: int) -> None:
            set_cap(ctx, kind, key, 100_000 + n)
            remove_cap(ctx, kind, key)

        return act

    # Each approver has buyers of its own: what one saw nobody else changes.
    people = [approver(ctx, buyers[k : k + 2], f"{k}-") for k in (0, 2, 4)]
    others = cap_writer(CapKind.COUNTRY, "FR"), cap_writer(CapKind.GROUP, str(buyers[2]))
    together(at_once(ctx, *people, *others))
    assert {row["state"] for row in rows(ctx, "select state from credit_order")} == {"authorised"}
    assert set(check_books(ctx).values()) == {0}


def test_the_days_step_and_all_that_moves_lines_never_wait_in_a_ring(world):
    ctx, buyers = world
    dice = random.Random(5)
    plan = [[dice.sample(buyers, 4) for _ in range(ROUNDS)] for _ in range(2)]

    def orders(mine: list[list[UUID]], name: str) -> Callable[[int], None]:
        def act(n: int) -> None:
            asked = [
                OrderRequest(f"{name}{n}-{k}", f"{name}{n}-{k}", buyer, Money(10, "EUR"))
                for k, buyer in enumerate(mine[n])
            ]
            made = [UUID(answer.order["id"]) for answer in authorise(ctx, asked)]
            move(ctx, [MoveRequest(f"c{key}", key, OrderMove.CAPTURE) for key in made])

        return act

    def day(n: int) -> None:
        # Grades and rates come in: lines move between caps, and two buyers owe something else.
        sql.execute(
            "insert into score values (%(seller)s, %(buyer)s, 'EUR', %(day)s, 'x', 1, 0.1,"
            " %(grade)s, null, 1, '{}', '[]') on conflict do nothing",
            {
                "seller": ctx.seller,
                "buyer": buyers[n % BUYERS],
                "day": MAY + timedelta(days=n),
                "grade": 3 + n % 2,
            },
        )
        sql.execute(
            # Rates are every seller's: another test may have loaded those that are shipped.
            "insert into exchange_rate values ('SEK', %(day)s, %(rate)s, 'test')"
            " on conflict do nothing",
            {"day": MAY + timedelta(days=n), "rate": 10 + n},
        )

    def step(_: int) -> None:
        refresh_exposure.__wrapped__(ctx)

    def regroup(n: int) -> None:
        parent = str(2 * (n % 3))
        update_facts(
            ctx, [BuyerFacts(str(k), parent=parent) for k in (1, 3, 5) if str(k) != parent]
        )

    def opener(n: int) -> None:
        if n < BUYERS:
            set_line(ctx, buyers[n], "USD", LineTerms(1_000))
        else:
            top_up(ctx, buyers[n - BUYERS], Money(n, "EUR"), ctx.today, "")

    for number in "23":
        bring_in(ctx, Line(buyer=number, currency="SEK", amount=900, issued_on=MAY.replace(day=31)))
    for grade in "34":
        set_cap(ctx, CapKind.GRADE, grade, 100_000)
    others = orders(plan[0], "p"), orders(plan[1], "q"), day, regroup, opener
    together([*at_once(ctx, *others), step])
    refresh_exposure(ctx)
    assert set(check_books(ctx).values()) == {0}
    assert len(caps(ctx)) == 4


def graded(ctx, buyer: UUID, grade: int) -> None:
    with book(ctx):
        sql.execute(
            "insert into score values (%(seller)s, %(buyer)s, 'EUR', %(day)s, 'x', 1, 0.1,"
            " %(grade)s, null, 1, '{}', '[]')",
            {"seller": ctx.seller, "buyer": buyer, "day": MAY, "grade": grade},
        )


def in_caps(ctx) -> dict[UUID, int]:
    found = rows(ctx, "select buyer_id, cardinality(cap_ids) as caps from credit_line")
    return {row["buyer_id"]: row["caps"] for row in found}


def test_a_grade_that_comes_in_while_the_day_waits_for_a_lock_moves_no_line_it_does_not_hold(world):
    ctx, buyers = world
    first, second, before = buyers[0], buyers[2], in_caps(world[0])
    set_cap(ctx, CapKind.GRADE, "3", 100_000)
    graded(ctx, first, 3)

    with ThreadPoolExecutor(2) as pool:
        with book(ctx):
            sql.rows("select from credit_line where buyer_id = %(id)s for update", {"id": first})
            day = pool.submit(apart, refresh_exposure, ctx)
            wait_until_held_up(day)
            pool.submit(apart, graded, ctx, second, 3).result()
        day.result()
    assert in_caps(ctx) == before | {first: before[first] + 1}
    refresh_exposure(ctx)
    assert in_caps(ctx) == before | {buyer: before[buyer] + 1 for buyer in (first, second)}
    assert set(check_books(ctx).values()) == {0}


def test_a_use_case_that_was_given_up_for_a_ring_of_locks_is_done_once_more(ctx):
    """Two use cases that lock against the rule: the database gives up one, and both are done."""
    for number in "12":
        bring_in(ctx, Line(buyer=number))
    first, second = buyer_id(ctx, "1"), buyer_id(ctx, "2")
    met = Barrier(2)
    calls = []

    @once_more
    def rename(one: UUID, other: UUID, name: str) -> None:
        calls.append(name)
        with book(ctx):
            for n, buyer in enumerate((one, other)):
                sql.execute(
                    "update buyer set sector = sector || %(name)s"
                    " where seller_id = %(seller)s and id = %(buyer)s",
                    {"seller": ctx.seller, "buyer": buyer, "name": name},
                )
                if n == 0 and len(calls) <= 2:
                    met.wait()

    asked = (first, second, "a"), (second, first, "b")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(apart, rename, *names) for names in asked]
        for one in both:
            one.result()
    assert sorted(calls) in (["a", "a", "b"], ["a", "b", "b"])
    for row in rows(ctx, "select sector from buyer"):
        assert sorted(row["sector"]) == ["a", "b"]


def test_another_trouble_is_not_done_again_and_none_within_a_transaction(ctx):
    calls = []

    @once_more
    def fail() -> None:
        calls.append(1)
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError):
        fail()
    with book(ctx), pytest.raises(OperationalError):
        fail()
    assert len(calls) == 2
