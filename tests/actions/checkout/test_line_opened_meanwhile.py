"""An order that waits while a line is opened for its buyer goes where one asked for later would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from netterms.checkout import newcomers
from netterms.checkout.actions import authorise, move
from netterms.checkout.moves import OrderMove
from netterms.checkout.newcomers import authorise_newcomer
from netterms.checkout.policies import draft, put_in_force
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms, set_line
from netterms.store.tenancy import book
from tests.actions.books import buyer_id, change, value
from tests.actions.checkout.test_currencies import ask, new_buyer
from tests.actions.checkout.test_newcomers import TRUSTING
from tests.actions.checkout.test_newcomers import ask as newcomer

WAITING = "select count(*) from pg_locks where not granted"


@pytest.fixture
def buyer(ctx) -> UUID:
    change(
        ctx,
        "insert into exchange_rate values ('USD', %(day)s, 1.0873, 'test') on conflict do nothing",
        day=ctx.today,
    )
    return new_buyer(ctx)


def while_opening(ctx, buyer: UUID, act):
    """What `act` returns that had to wait until a line in dollars was opened."""

    def run():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with book(ctx):
            set_line(ctx, buyer, "USD", LineTerms(1_000))
            answer = pool.submit(run)
            while not value(ctx, WAITING):
                assert not answer.done()
        return answer.result()


def test_an_order_goes_to_the_line_opened_while_it_waited(ctx, buyer):
    set_line(ctx, buyer, "EUR", LineTerms(1_000))
    asked = [OrderRequest("k", "n", buyer, Money(100, "USD"))]
    [answer] = while_opening(ctx, buyer, lambda: authorise(ctx, asked))
    assert answer.order["line"]["currency"] == "USD"


def test_an_approval_goes_to_the_line_opened_while_it_waited(ctx, buyer):
    order = ask(ctx, buyer, 100, "USD", review=True)
    assert order["line"] is None
    set_line(ctx, buyer, "EUR", LineTerms(1_000))
    yes = [MoveRequest("yes", UUID(order["id"]), OrderMove.APPROVE)]
    [answer] = while_opening(ctx, buyer, lambda: move(ctx, yes))
    assert answer.order["line"]["currency"] == "USD"


def test_a_newcomer_whose_first_line_a_person_opens_meanwhile_is_judged_anew(ctx, monkeypatch):
    put_in_force(ctx, draft(ctx, TRUSTING, "test"), "test")
    judge = newcomers.decide
    opened = []

    def opening(*facts):
        verdict = judge(*facts)
        if not opened:
            with ThreadPoolExecutor(1) as pool:
                opened.append(pool.submit(open_it).result())
        return verdict

    def open_it():
        try:
            return set_line(ctx, buyer_id(ctx, "FR-552008443"), "EUR", LineTerms(100_00))
        finally:
            connection.close()

    authorise_newcomer(ctx, newcomer("k0", "n0", 5_000_00))
    monkeypatch.setattr(newcomers, "decide", opening)
    order = authorise_newcomer(ctx, newcomer("k1", "n1", 50_00)).order
    assert order["state"] == "authorised"
    assert order["line"]["available_minor"] == 50_00
