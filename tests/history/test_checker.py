"""The checker complains: a true history passes, and each way to falsify one is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from netterms.checkout.actions import authorise, move
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.limits.caps import CapKind, set_cap
from netterms.limits.lines import LineTerms, set_line
from tests.actions.books import Line, bring_in, buyer_id, change, rows
from tests.history.checker import check
from tests.history.record import Book, Call, read_book

ORDERS = "/v1/orders"


class Till:
    """Asks the use cases, and writes down the answers as a client of the API would."""

    def __init__(self, ctx) -> None:
        self.ctx = ctx
        self.calls: list[Call] = []
        self.clock = count(1)

    def ask(self, key: str, buyer: object, minor: int, currency: str = "EUR", **more: bool) -> Any:
        body = {"buyer_id": str(buyer), "amount": {"minor": minor, "currency": currency}} | more
        asked = OrderRequest(key, key, buyer, Money(minor, currency), **more)
        return self._heard(key, ORDERS, body, authorise(self.ctx, [asked])[0])

    def go_on(self, key: str, order: Any, word: str, minor: int | None = None) -> Any:
        body = {} if minor is None else {"amount_minor": minor}
        asked = MoveRequest(key, order["id"], OrderMove(word), minor)
        answer = move(self.ctx, [asked])[0]
        return self._heard(key, f"{ORDERS}/{order['id']}/{word}", body, answer)

    def _heard(self, key: str, path: str, body: dict[str, Any], answer: Any) -> Any:
        call = Call(1, key, path, body, next(self.clock), next(self.clock), answer.status)
        call.replayed, call.text = answer.status == 200, answer.body
        call.answer = answer.order if call.done else {"code": "key_reused"}
        self.calls.append(call)
        return call.answer


@pytest.fixture
def history(ctx) -> tuple[list[Call], Book]:
    """Two lines of 1,000 under a cap of 1,500, orders in every state, a lowered limit.

    The last order is in Icelandic kronur, a krona being 0.66 cents.
    """
    bring_in(ctx, Line(buyer="A", number="X"), Line(buyer="B", number="Y"))
    # Invoices from elsewhere are none of the tills' business.
    change(ctx, "update invoice set open_minor = 0, state = 'paid', settled_on = issued_on")
    a, b = buyer_id(ctx, "A"), buyer_id(ctx, "B")
    change(ctx, "update buyer set parent_id = %(a)s where id = %(b)s", a=a, b=b)
    for buyer in (a, b):
        set_line(ctx, buyer, "EUR", LineTerms(1_000))
    set_cap(ctx, CapKind.GROUP, str(a), 1_500)
    till = Till(ctx)
    one = till.ask("one", a, 600)
    till.ask("over", a, 600)
    two = till.ask("two", b, 900)
    till.ask("part", a, 500, partial=True)
    till.go_on("cap-1", one, "capture", 200)
    till.go_on("cap-2", one, "capture")
    till.go_on("back", one, "refund", 100)
    till.go_on("less", two, "amend", 700)
    till.go_on("more", two, "amend", 1_001)
    set_line(ctx, b, "EUR", LineTerms(500))
    till.ask("late", b, 1)
    till.go_on("off", two, "void")
    till.go_on("off", two, "void")
    assert till.calls[-1].status == 200
    change(
        ctx,
        "insert into exchange_rate values ('ISK', %(day)s, 150.7, 'test') on conflict do nothing",
        day=ctx.today,
    )
    abroad = till.ask("abroad", a, 100, "ISK")
    till.go_on("cap-3", abroad, "capture")
    book = read_book(lambda query, params: rows(ctx, query, **params), ctx.seller)
    ours = [row for row in book.invoices if row["order_id"]]
    ids = {row["id"] for row in ours}
    book.invoices = ours
    book.journal = [row for row in book.journal if row["source_id"] in ids]
    return till.calls, book


def test_a_true_history_is_not_complained_of(history):
    calls, book = history
    assert check(calls, book) == []
    assert [call.answer["state"] for call in calls if call.path == ORDERS] == [
        "authorised", "declined", "authorised", "declined", "declined", "authorised",
    ]  # fmt: skip


def _key(book: Book, key: str) -> dict[str, Any]:
    return next(row for row in book.keys if row["key"] == key)


def _call(calls: list[Call], key: str) -> Call:
    return next(call for call in calls if call.key == key)


def _event(book: Book, calls: list[Call], key: str) -> dict[str, Any]:
    return next(e for e in book.events if e["facts"] == _call(calls, key).answer)


def _twice(calls, book):
    row = next(row for row in book.orders if row["order_number"] == "one")
    book.orders.append(row | {"id": uuid4()})


def _granted_twice(calls, book):
    """The same request as two orders, each with its hold."""
    again = copy.deepcopy(_call(calls, "one"))
    again.answer["id"] = str(uuid4())
    again.began, again.ended = again.ended + 0.1, again.ended + 0.2
    calls.append(again)
    book.events.append(copy.deepcopy(_event(book, calls, "one")) | {"facts": again.answer})


def _over_limit(calls, book):
    """A grant beyond the line, with every sum in the book made to agree."""
    call, event = _call(calls, "over"), _event(book, calls, "over")
    facts = call.answer | {"state": "authorised", "authorised_minor": 600, "reasons": []}
    facts["line"] = facts["line"] | {"held_minor": 600, "available_minor": -200}
    call.answer, event["facts"], event["kind"] = facts, facts, "checkout.order_authorised"
    _key(book, "over")["answer"] = facts
    row = next(row for row in book.orders if row["order_number"] == "over")
    row.update(state="authorised", authorised_minor=600, held_minor=600)
    line = next(row for row in book.lines if str(row["buyer_id"]) == facts["buyer_id"])
    line["held_minor"] += 600
    book.caps[0]["used_minor"] += 600


def _swapped(calls, book, first, second):
    one, other = (book.events.index(_event(book, calls, key)) for key in (first, second))
    book.events[one], book.events[other] = book.events[other], book.events[one]


FORGERIES: dict[str, tuple[Callable[[list[Call], Book], object], str]] = {
    "an order granted twice": (_granted_twice, "key one has two answers"),
    "an order in the book twice": (_twice, "order number one 2 times"),
    "a grant beyond the limit": (_over_limit, "is over its limit by 200"),
    "a grant beyond the cap": (
        lambda c, b: b.events[2]["facts"].update(after_minor=1_000),
        "cap",
    ),
    "two moves of an order swapped": (lambda c, b: _swapped(c, b, "one", "cap-1"), "version"),
    "two orders swapped": (lambda c, b: _swapped(c, b, "one", "over"), "and 400 was said"),
    "an answer without its key": (
        lambda c, b: b.keys.remove(_key(b, "one")),
        "key one was acknowledged and is 0 times in the book",
    ),
    "a key twice": (lambda c, b: b.keys.append(_key(b, "two")), "2 times in the book"),
    "an answer without its event": (
        lambda c, b: b.events.remove(_event(b, c, "off")),
        "answers without an event",
    ),
    "an order nobody asked for": (
        lambda c, b: b.keys.append({"key": "x", "answer": {}}),
        "nobody asked",
    ),
    "an answer that is not the book's": (
        lambda c, b: _call(c, "less").answer.update(authorised_minor=701),
        "answered otherwise",
    ),
    "an order without its row": (
        lambda c, b: b.orders.remove(next(r for r in b.orders if r["order_number"] == "two")),
        "0 times in the book",
    ),
    "a hold that was lost": (lambda c, b: b.lines[0].update(held_minor=-1), "its orders"),
    "a debt that was lost": (
        lambda c, b: next(r for r in b.lines if r["owed_minor"]).update(owed_minor=0),
        "its invoices say 566",
    ),
    "a cap that forgot a line": (lambda c, b: b.caps[0].update(used_minor=1), "its lines"),
    "a rate nobody published": (
        lambda c, b: [
            facts["line"].update(rate=0.7)
            for facts in (_call(c, "abroad").answer, _event(b, c, "abroad")["facts"])
        ],
        "has the rate",
    ),
    "a line that is not the order's": (
        lambda c, b: [
            facts["line"].update(currency="ISK")
            for facts in (_call(c, "abroad").answer, _event(b, c, "abroad")["facts"])
        ],
        "is on line ISK",
    ),
    "a paper that counts for another amount": (
        lambda c, b: next(r for r in b.invoices if r["line_minor"]).update(line_minor=65),
        "count for",
    ),
    "a cap taken away untold": (lambda c, b: b.caps.clear(), "caps should end as"),
    "an invoice lost": (lambda c, b: b.invoices.pop(), "was told and is not there"),
    "an invoice too many": (
        lambda c, b: b.invoices.append(b.invoices[0] | {"id": uuid4()}),
        "is there and was not told",
    ),
    "a journal entry lost": (lambda c, b: b.journal.pop(), "no journal entry"),
    "a journal entry twice": (lambda c, b: b.journal.append(b.journal[0]), "entry for nothing"),
    "a request never answered": (
        lambda c, b: c.append(Call(1, "silent", ORDERS, {}, 99)),
        "never answered",
    ),
    "an answer that is no answer": (
        lambda c, b: c.append(Call(1, "odd", ORDERS, {}, 99, 100, 401)),
        "answered 401",
    ),
    "a key done twice": (
        lambda c, b: c.append(copy.deepcopy(_call(c, "one"))),
        "key one was done twice",
    ),
    "another request under a known key": (
        lambda c, b: c.append(Call(1, "one", ORDERS, {}, 99, 100, 422, {"code": "value_invalid"})),
        "for another request",
    ),
    "a done request refused later": (
        lambda c, b: c.append(
            Call(1, "one", ORDERS, _call(c, "one").body, 99, 100, 409, {"code": "key_reused"})
        ),
        "later refused",
    ),
    "a refused request in the book": (
        lambda c, b: (
            c.append(Call(1, "no", ORDERS, {}, 99, 100, 422)),
            b.keys.append({"key": "no", "answer": {}}),
        ),
        "key no was refused and is in the book",
    ),
    "an answer from before its question": (
        lambda c, b: (
            setattr(_call(c, "two"), "began", 90),
            setattr(_call(c, "two"), "ended", 91),
        ),
        "precedes in the book",
    ),
    "a wrong reason": (
        lambda c, b: [
            facts.update(reasons=["over_group_cap"])
            for facts in (_call(c, "over").answer, _event(b, c, "over")["facts"])
        ],
        "the rules say",
    ),
    "a limit that changed untold": (
        lambda c, b: b.lines[1].update(limit_minor=9_999),
        "should end",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_history_is_complained_of(history, forgery):
    calls, book = copy.deepcopy(history)
    forge, complaint = FORGERIES[forgery]
    forge(calls, book)
    found = check(calls, book)
    assert any(complaint in violation for violation in found), found
