"""A machine that does anything, in any order, to orders on two small lines under one cap.

Whatever it did, its history has to pass the same checker as that of the sixteen clients.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from netterms.checkout.actions import authorise, expire_orders, move
from netterms.checkout.moves import ORDER_MOVES, OrderMove, OrderState
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.limits.caps import CapKind, set_cap
from netterms.limits.lines import LineStatus, LineTerms, set_line
from tests.actions.books import change, rows
from tests.history.checker import check
from tests.history.record import Call, read_book

ORDERS = "/v1/orders"
amounts = st.one_of(st.integers(1, 300), st.integers(1, 1_500))
places = st.integers(0, 10**6)
TOLD = ("amend", "capture", "void", "refund", "approve", "decline")


class Checkout(RuleBasedStateMachine):
    """Lines, orders, and a clock that only goes forward."""

    new_seller: Any

    @initialize(
        limits=st.tuples(st.integers(0, 2_000), st.integers(0, 2_000)), cap=st.integers(0, 3_000)
    )
    def open(self, limits, cap):
        self.ctx = type(self).new_seller()
        self.calls: list[Call] = []
        self.requests: dict[str, OrderRequest | MoveRequest] = {}
        self.orders: list[str] = []
        self.clock, self.names = count(1), count(1)
        self.buyers = [new_id(self.ctx.now) for _ in range(3)]
        for n, buyer in enumerate(self.buyers):
            change(
                self.ctx,
                "insert into buyer (seller_id, id, buyer_number, name, parent_id)"
                " values (%(seller)s, %(id)s, %(n)s, 'B', %(parent)s)",
                id=buyer,
                n=str(n),
                parent=self.buyers[0] if n == 1 else None,
            )
        for buyer, limit in zip(self.buyers, limits, strict=False):
            set_line(self.ctx, buyer, "EUR", LineTerms(limit))
        set_cap(self.ctx, CapKind.GROUP, str(self.buyers[0]), cap)

    @rule(which=places, minor=amounts, partial=st.booleans(), review=st.booleans())
    def ask(self, which, minor, partial, review):
        self._authorise([self._asked(which, minor, partial, review)])

    @rule(
        many=st.lists(
            st.tuples(places, amounts, st.booleans(), st.booleans()), min_size=2, max_size=5
        ),
        twice=st.booleans(),
    )
    def ask_many(self, many, twice):
        asked = [self._asked(*one) for one in many]
        self._authorise([*asked, asked[0]] if twice else asked)

    @precondition(lambda self: self.orders)
    @rule(
        which=st.lists(
            st.tuples(places, st.sampled_from(TOLD), st.none() | amounts), min_size=1, max_size=4
        ),
        twice=st.booleans(),
    )
    def go_on(self, which, twice):
        asked = [
            MoveRequest(
                self._name(),
                UUID(self.orders[place % len(self.orders)]),
                OrderMove(word),
                (minor or 1)
                if word == "amend"
                else minor
                if word in {"capture", "refund"}
                else None,
            )
            for place, word, minor in which
        ]
        self._move([*asked, asked[0]] if twice else asked)

    @precondition(lambda self: self.requests)
    @rule(which=places)
    def repeat(self, which):
        key = sorted(self.requests)[which % len(self.requests)]
        self._again(self.requests[key])

    @precondition(lambda self: self.requests)
    @rule(which=places)
    def use_a_key_again(self, which):
        key = sorted(self.requests)[which % len(self.requests)]
        first = self.requests[key]
        if isinstance(first, OrderRequest):
            self._again(replace(first, order_number=first.order_number + "x"))
        else:
            self._again(replace(first, invoice_number="another"))

    @rule(
        which=places,
        limit=st.integers(0, 2_000),
        status=st.sampled_from([LineStatus.OPEN, LineStatus.OPEN, *LineStatus]),
        extra=st.sampled_from([0, 0, 500]),
        parts=st.sampled_from([1, 3]),
    )
    def change_line(self, which, limit, status, extra, parts):
        until = self.ctx.today + timedelta(days=3) if extra else None
        terms = LineTerms(limit, status, extra, until, instalments=parts)
        set_line(self.ctx, self.buyers[which % 2], "EUR", terms)

    @rule(limit=st.integers(0, 3_000))
    def change_cap(self, limit):
        set_cap(self.ctx, CapKind.GROUP, str(self.buyers[0]), limit)

    @rule(days=st.integers(1, 8))
    def let_time_pass(self, days):
        later = timedelta(days=days)
        self.ctx = replace(self.ctx, now=self.ctx.now + later, today=self.ctx.today + later)
        expire_orders(self.ctx)
        assert expire_orders(self.ctx) == 0

    @invariant()
    def nothing_is_wrong(self):
        if hasattr(self, "ctx"):
            ctx = self.ctx
            book = read_book(lambda query, params: rows(ctx, query, **params), ctx.seller)
            assert check(self.calls, book) == []

    def _asked(self, which: int, minor: int, partial: bool, review: bool) -> OrderRequest:
        key, buyer = self._name(), self.buyers[which % 3]
        return OrderRequest(key, key, buyer, Money(minor, "EUR"), partial=partial, review=review)

    def _name(self) -> str:
        return f"k{next(self.names):04}"

    def _again(self, request: OrderRequest | MoveRequest) -> None:
        if isinstance(request, OrderRequest):
            self._authorise([request])
        else:
            self._move([request])

    def _authorise(self, asked: list[OrderRequest]) -> None:
        began = next(self.clock)
        for request, answer in zip(asked, authorise(self.ctx, asked), strict=True):
            body = {
                "order_number": request.order_number,
                "buyer_id": str(request.buyer_id),
                "amount": {"minor": request.amount.minor, "currency": "EUR"},
                "partial": request.partial,
            }
            self._heard(request, ORDERS, body, answer, began)

    def _move(self, asked: list[MoveRequest]) -> None:
        states = {
            row["id"]: OrderState(row["state"])
            for row in rows(self.ctx, "select id, state from credit_order")
        }
        began = next(self.clock)
        for request, answer in zip(asked, move(self.ctx, asked), strict=True):
            body = {"amount_minor": request.amount_minor, "number": request.invoice_number}
            path = f"{ORDERS}/{request.order_id}/{request.move.value}"
            self._heard(request, path, body, answer, began)
            allowed = ORDER_MOVES.get((states[request.order_id], request.move))
            if answer.status == 201:
                after = OrderState(answer.order["state"])
                assert allowed is not None
                assert after in allowed or answer.order["outcome"] == "declined"
                states[request.order_id] = after
            elif "move_not_allowed" in answer.body:
                assert allowed is None

    def _heard(self, request, path, body, answer, began) -> None:
        call = Call(1, request.key, path, body, began, next(self.clock), answer.status)
        call.text, call.replayed = answer.body, answer.status == 200
        call.answer = answer.order if call.done else {"code": "key_reused"}
        if not call.done and "key_reused" not in answer.body:
            call.answer = {"code": "refused"}
        self.calls.append(call)
        if answer.status == 201:
            self.requests[request.key] = request
            if path == ORDERS:
                self.orders.append(call.answer["id"])


@pytest.mark.parametrize("steps", [30])
def test_whatever_is_done_in_whatever_order_the_checker_is_content(new_seller, steps):
    machine = type("Machine", (Checkout,), {"new_seller": staticmethod(new_seller)})
    run_machine(
        machine,
        settings=settings(max_examples=25, stateful_step_count=steps, deadline=None),
    )
