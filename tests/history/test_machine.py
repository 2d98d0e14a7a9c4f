"""A machine that does anything, in any order, to orders, lines and caps in three currencies.

Whatever it did, its history has to pass the same checker as that of the sixteen clients.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from netterms.buyers.actions import Introduction
from netterms.checkout.actions import Answer, authorise, expire_orders, move
from netterms.checkout.books import check_books
from netterms.checkout.moves import ORDER_MOVES, OrderMove, OrderState
from netterms.checkout.newcomers import NewBuyerRequest, authorise_newcomer
from netterms.checkout.pending import Approval, approve, line_currency
from netterms.checkout.policies import draft, put_in_force
from netterms.checkout.policy import Bound, Doubt, Policy, Starter
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.limits.caps import CapKind, caps, refresh_exposure, remove_cap, set_cap
from netterms.limits.lines import LineStatus, LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import change, rows, value
from tests.conftest import TODAY
from tests.history.checker import check
from tests.history.record import Call, read_book
from tests.history.replay import COUNTED, NEW_BUYER, ORDERS

# All out of seeds that Hypothesis draws: more varied than what it draws one by one. It still leaves
# out the steps that a failure does not need.
dices = st.randoms(use_true_random=True)
# The seller's own, one with three decimals and one with none: a unit of either is less than a cent.
CODES = ("EUR", "OMR", "ISK")
PER_EURO = {"OMR": "0.42", "ISK": "150.7"}
# Rates come in every ten days: for three of them there is none.
RATE_DAYS = [TODAY + timedelta(days=10 * n) for n in range(40)]
# Which moves an order is likely to allow, the likeliest more than once; any other is tried, too.
LIKELY = {
    "pending": (OrderMove.APPROVE, OrderMove.APPROVE, OrderMove.AMEND, OrderMove.DECLINE),
    "authorised": (OrderMove.CAPTURE, OrderMove.CAPTURE, OrderMove.AMEND, OrderMove.VOID),
    "part_captured": (OrderMove.CAPTURE, OrderMove.REFUND, OrderMove.AMEND, OrderMove.VOID),
    "captured": (OrderMove.REFUND, OrderMove.CAPTURE),
}
ANY = tuple(kind for kind in OrderMove if kind is not OrderMove.EXPIRE)
COUNTRIES = ("DE", "FR", "DE")
NEWCOMERS = ("552008443", "732829320")
# Newcomers of France are trusted with little; one with another name meets a person.
TRUSTING = Policy(
    auto_approve=(Bound("EUR", 10, 600), Bound("OMR", 10, 600)),
    starter=(Starter("EUR", "FR", 10, 900), Starter("OMR", "FR", 10, 700)),
    review=(Doubt.NAME_DIFFERS,),
)

Request = OrderRequest | MoveRequest | NewBuyerRequest


class Checkout(RuleBasedStateMachine):
    """Lines, caps, orders, and a clock that only goes forward."""

    new_seller: Any

    @initialize(dice=dices)
    def open(self, dice):
        self.ctx = replace(type(self).new_seller(), why="known for years")
        self.calls: list[Call] = []
        self.requests: dict[str, Request] = {}
        self.orders: list[str] = []
        self.counted: list[dict[str, Any]] = []
        self.clock, self.names = count(1), count(1)
        self.buyers = [new_id(self.ctx.now) for _ in COUNTRIES]
        for n, buyer in enumerate(self.buyers):
            change(
                self.ctx,
                "insert into buyer (seller_id, id, buyer_number, name, parent_id, country)"
                " values (%(seller)s, %(id)s, %(n)s, 'B', %(parent)s, %(country)s)",
                id=buyer,
                n=str(n),
                parent=self.buyers[0] if n == 1 else None,
                country=COUNTRIES[n],
            )
        # The last has none yet.
        for buyer in self.buyers[:-1]:
            terms = LineTerms(_limit(dice), instalments=dice.choice([1, 3]))
            set_line(self.ctx, buyer, "EUR", terms)
        set_cap(self.ctx, CapKind.GROUP, str(self.buyers[0]), _limit(dice))
        put_in_force(self.ctx, draft(self.ctx, TRUSTING, "trust"), "trust")

    @rule(dice=dices)
    def anything(self, dice):
        # One rule: of several, each example would leave some out, and faults are where they meet.
        act = dice.choice(
            [self._ask] * 4
            + [self._go_on] * 6
            + [self._open_or_change_a_line] * 2
            + [self._ask_as_a_newcomer, self._repeat, self._set_or_remove_a_cap]
            + [self._approve_with_a_limit, self._approve_whatever_waits, self._let_time_pass]
        )
        act(dice)

    def _ask(self, dice: Random) -> None:
        asked = [self._asked(dice) for _ in range(dice.randint(1, 4))]
        self._authorise([*asked, asked[0]] if dice.random() < 0.3 else asked)

    def _ask_as_a_newcomer(self, dice: Random) -> None:
        key, name = self._name(), dice.choice(["Dubois", "Dubois", "Another"])
        told = Introduction("FR", dice.choice(NEWCOMERS), name)
        money = Money(_amount(dice), dice.choice(CODES))
        self._introduce(NewBuyerRequest(key, key, told, money, dice.random() < 0.5))

    def _go_on(self, dice: Random) -> None:
        if live := self._live():
            asked = [self._moving(live, dice) for _ in range(dice.randint(1, 4))]
            self._move([*asked, asked[0]] if dice.random() < 0.3 else asked)

    def _approve_whatever_waits(self, _dice: Random) -> None:
        self._move(
            [MoveRequest(self._name(), order["id"], OrderMove.APPROVE) for order in self._pending()]
        )

    def _approve_with_a_limit(self, dice: Random) -> None:
        pending = self._pending()
        if not pending:
            return
        order = dice.choice(pending)
        here = order["line_currency"] or line_currency(
            self.ctx, order["buyer_id"], order["currency"]
        )
        line = lines_of(self.ctx, order["buyer_id"]).get(here)
        began, key = next(self.clock), self._name()
        seen = line.terms.limit_minor if line else None
        answer = approve(self.ctx, Approval(key, order["id"], _limit(dice), seen))
        request = MoveRequest(key, order["id"], OrderMove.APPROVE)
        self._heard(request, answer, began)

    def _repeat(self, dice: Random) -> None:
        """The same key again, for the same or for another request."""
        if not self.requests:
            return
        first = self.requests[dice.choice(sorted(self.requests))]
        if dice.random() < 0.5:
            self._again(first)
        elif isinstance(first, OrderRequest):
            self._again(replace(first, order_number=first.order_number + "x"))
        elif isinstance(first, MoveRequest):
            self._again(replace(first, invoice_number="another"))

    def _open_or_change_a_line(self, dice: Random) -> None:
        extra = dice.choice([0, 0, 500])
        terms = LineTerms(
            _limit(dice),
            dice.choice([LineStatus.OPEN] * 8 + [LineStatus.ON_HOLD, LineStatus.CLOSED]),
            extra,
            self.ctx.today + timedelta(days=3) if extra else None,
            instalments=dice.choice([1, 3]),
        )
        set_line(self.ctx, dice.choice(self.buyers), dice.choice(CODES), terms)

    def _set_or_remove_a_cap(self, dice: Random) -> None:
        keys = {"group": str(self.buyers[0]), "country": dice.choice(["DE", "FR"])}
        kind = dice.choice([CapKind.GROUP, CapKind.COUNTRY])
        known = {(cap.kind, cap.key) for cap in caps(self.ctx)}
        if (kind, keys[kind]) in known and dice.random() < 0.5:
            remove_cap(self.ctx, kind, keys[kind])
        else:
            set_cap(self.ctx, kind, keys[kind], _limit(dice))

    def _let_time_pass(self, dice: Random) -> None:
        later = timedelta(days=dice.choice([1, 2, 8]))
        self.ctx = replace(self.ctx, now=self.ctx.now + later, today=self.ctx.today + later)
        expire_orders(self.ctx)
        assert expire_orders(self.ctx) == 0
        # What orders owe changes by no rate.
        assert refresh_exposure(self.ctx)["recounted"] == 0
        self.counted.append(
            {
                "id": value(self.ctx, "select uuidv7()"),
                "kind": COUNTED,
                "business_date": self.ctx.today,
                "facts": {},
            }
        )

    @invariant()
    def every_sum_is_right(self):
        if hasattr(self, "ctx"):
            assert set(check_books(self.ctx).values()) == {0}

    def teardown(self):
        """Every moment of it once more, in the end."""
        if hasattr(self, "ctx"):
            ctx = self.ctx
            book = read_book(lambda query, params: rows(ctx, query, **params), ctx.seller)
            book.events = sorted(book.events + self.counted, key=lambda event: event["id"])
            assert check(self.calls, book) == []

    def _pending(self) -> list[dict[str, Any]]:
        return rows(
            self.ctx,
            "select id, buyer_id, currency, line_currency from credit_order"
            " where state = 'pending' and expires_at > %(now)s order by order_number",
            now=self.ctx.now,
        )

    def _asked(self, dice: Random) -> OrderRequest:
        key = self._name()
        return OrderRequest(
            key,
            key,
            dice.choice(self.buyers),
            Money(_amount(dice), dice.choice(CODES)),
            partial=dice.random() < 0.5,
            review=dice.random() < 0.5,
        )

    def _live(self) -> list[tuple[UUID, tuple[OrderMove, ...]]]:
        """Orders that are not over, with their likely moves; all of them where none is."""
        found = rows(
            self.ctx,
            "select id, state, refunded_minor < authorised_minor as lives from credit_order"
            " order by order_number",
        )
        live = [row for row in found if row["lives"] or row["state"] == "pending"]
        return [(row["id"], LIKELY.get(row["state"], ANY)) for row in live or found]

    def _moving(self, live: list[tuple[UUID, tuple[OrderMove, ...]]], dice: Random) -> MoveRequest:
        order, likely = dice.choice(live)
        kind = dice.choice(likely if dice.random() < 0.9 else ANY)
        amount = dice.choice([None, _amount(dice)])
        if kind not in {OrderMove.CAPTURE, OrderMove.REFUND}:
            return MoveRequest(
                self._name(), order, kind, (amount or 1) if kind is OrderMove.AMEND else None
            )
        days = dice.choice([None, None, None, -40, -31, 1])
        # A credit note may take the number of an instalment.
        last = "" if kind is OrderMove.CAPTURE else dice.choice(["", ".1", ".2", ".3"])
        return MoveRequest(
            self._name(),
            order,
            kind,
            amount,
            dice.choice([None, dice.choice("ABC") + last]),
            None if days is None else self.ctx.today + timedelta(days=days),
        )

    def _name(self) -> str:
        return f"k{next(self.names):04}"

    def _again(self, request: Request) -> None:
        if isinstance(request, OrderRequest):
            self._authorise([request])
        elif isinstance(request, MoveRequest):
            self._move([request])
        else:
            self._introduce(request)

    def _authorise(self, asked: list[OrderRequest]) -> None:
        began = next(self.clock)
        for request, answer in zip(asked, authorise(self.ctx, asked), strict=True):
            self._heard(request, answer, began)

    def _introduce(self, request: NewBuyerRequest) -> None:
        began = next(self.clock)
        answer = authorise_newcomer(self.ctx, request)
        self._heard(request, answer, began)
        buyer = UUID(answer.order["buyer_id"])
        if buyer not in self.buyers:
            self.buyers.append(buyer)

    def _move(self, asked: list[MoveRequest]) -> None:
        states = {
            row["id"]: OrderState(row["state"])
            for row in rows(self.ctx, "select id, state from credit_order")
        }
        began, heard = next(self.clock), set[str]()
        for request, answer in zip(asked, move(self.ctx, asked), strict=True):
            self._heard(request, answer, began)
            allowed = ORDER_MOVES.get((states[request.order_id], request.move))
            if answer.status == 201:
                after = OrderState(answer.order["state"])
                assert allowed is not None
                assert after in allowed or answer.order["outcome"] == "declined"
                states[request.order_id] = after
            elif "move_not_allowed" in answer.body and request.key not in heard:
                assert allowed is None
            # Asked twice at once it has the first answer again, whatever came between.
            heard.add(request.key)

    def _heard(self, request: Request, answer: Answer, began: int) -> None:
        path, body = as_sent(request)
        call = Call(1, request.key, path, body, began, next(self.clock), answer.status)
        call.text, call.replayed = answer.body, answer.status == 200
        call.answer = json.loads(answer.body)
        self.calls.append(call)
        if answer.status == 201:
            self.requests[request.key] = request
            if path in {ORDERS, NEW_BUYER}:
                self.orders.append(call.answer["id"])


def _limit(dice: Random) -> int:
    return dice.choice([dice.randint(0, 300), dice.randint(0, 6_000), dice.randint(0, 6_000)])


def _amount(dice: Random) -> int:
    return dice.choice([dice.randint(1, 5), dice.randint(1, 300), dice.randint(1, 2_000)])


def as_sent(request: Request) -> tuple[str, dict[str, Any]]:
    """Where the request goes and what it says, as far as the checker looks at it."""
    if isinstance(request, MoveRequest):
        return f"{ORDERS}/{request.order_id}/{request.move.value}", {
            "amount_minor": request.amount_minor,
            "number": request.invoice_number,
            "day": str(request.issued_on),
        }
    body = {
        "order_number": request.order_number,
        "buyer": str(request.buyer_id if isinstance(request, OrderRequest) else request.buyer),
        "amount": {"minor": request.amount.minor, "currency": request.amount.currency},
        "partial": request.partial,
    }
    return ORDERS if isinstance(request, OrderRequest) else NEW_BUYER, body


@pytest.mark.parametrize("steps", [50])
def test_whatever_is_done_in_whatever_order_the_checker_is_content(new_seller, steps):
    with book(new_seller()):
        for code, per_euro in PER_EURO.items():
            sql.execute(
                "insert into exchange_rate select %(code)s, unnest(%(days)s::date[]), %(rate)s,"
                " 'test' on conflict do nothing",
                {"code": code, "days": RATE_DAYS, "rate": per_euro},
            )
    machine = type("Machine", (Checkout,), {"new_seller": staticmethod(new_seller)})
    run_machine(
        machine,
        settings=settings(max_examples=25, stateful_step_count=steps, deadline=None),
    )
