"""Keys of callers and keys of our own jobs never meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from netterms.checkout.actions import authorise, expire_orders, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.newcomers import authorise_newcomer
from netterms.checkout.pending import Approval, approve
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from tests.actions.books import Line, bring_in, buyer_id, rows
from tests.actions.checkout.test_newcomers import ask as newcomer


@pytest.fixture
def order(ctx):
    bring_in(ctx, Line(buyer="7"))
    set_line(ctx, buyer_id(ctx, "7"), "EUR", LineTerms(1_000_000))
    asked = OrderRequest("k", "n", buyer_id(ctx, "7"), Money(900, "EUR"))
    return order_of(authorise(ctx, [asked])[0])


def test_no_key_of_a_caller_keeps_an_order_from_expiring(ctx, order):
    later = replace(ctx, now=ctx.now + timedelta(days=8))
    for n, key in enumerate((f"expire/{order}", f"/expire/{order}")):
        authorise(ctx, [OrderRequest(key, f"x{n}", buyer_id(ctx, "7"), Money(1, "EUR"))])
    assert expire_orders(later) == 3
    assert expire_orders(later) == 0
    assert lines_of(ctx, buyer_id(ctx, "7"))["EUR"].held_minor == 0


def test_a_caller_cannot_write_a_key_of_ours(ctx, order):
    expire_orders(replace(ctx, now=ctx.now + timedelta(days=8)))
    [ours] = [
        row["key"]
        for row in rows(ctx, "select key from idempotency_key")
        if str(order) in row["key"]
    ]
    buyer = buyer_id(ctx, "7")
    for act in (
        lambda: authorise(ctx, [OrderRequest(ours, "m", buyer, Money(1, "EUR"))]),
        lambda: move(ctx, [MoveRequest(ours, order, OrderMove.VOID)]),
        lambda: authorise_newcomer(ctx, newcomer(key=ours)),
        lambda: approve(ctx, Approval(ours, order)),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.VALUE_INVALID
        assert refused.value.facts["field"] == "idempotency_key"
