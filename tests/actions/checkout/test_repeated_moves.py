"""A request and its repetition in one array are answered with the same words."""

from __future__ import annotations

import pytest

from netterms.checkout.actions import authorise, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms, set_line
from tests.actions.books import Line, bring_in, buyer_id, value


@pytest.mark.parametrize("kind", [OrderMove.CAPTURE, OrderMove.REFUND])
def test_a_repetition_beside_the_first_names_the_same_papers(ctx, kind):
    bring_in(ctx, Line(buyer="7"))
    set_line(ctx, buyer_id(ctx, "7"), "EUR", LineTerms(1_000_000, instalments=3))
    asked = OrderRequest("k", "n", buyer_id(ctx, "7"), Money(900, "EUR"))
    order = order_of(authorise(ctx, [asked])[0])
    if kind is OrderMove.REFUND:
        move(ctx, [MoveRequest("before", order, OrderMove.CAPTURE)])
    papers = value(ctx, "select count(*) from invoice")
    twice = [MoveRequest("c", order, kind), MoveRequest("c", order, kind)]
    first, again = move(ctx, twice)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    many = len(first.order["invoices"])
    assert many == (3 if kind is OrderMove.CAPTURE else 1)
    assert value(ctx, "select count(*) from invoice") == papers + many
    assert move(ctx, twice)[0].body == first.body
