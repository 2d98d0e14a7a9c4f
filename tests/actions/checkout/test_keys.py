"""Keys of callers and keys of our own jobs never meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from netterms.checkout.actions import authorise, expire_orders, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.newcomers import authorise_newcomer
from netterms.checkout.pending import Approval, approve
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.mends import Mend
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


def test_what_was_granted_in_time_is_answered_the_same_after_its_time(ctx, order):
    buyer, until = buyer_id(ctx, "7"), ctx.now + timedelta(minutes=1)
    asked = OrderRequest("soon", "s", buyer, Money(1, "EUR"), expires_at=until)
    new = newcomer("new", "w", expires_at=until)
    [granted], judged = authorise(ctx, [asked]), authorise_newcomer(ctx, new)
    late = replace(ctx, now=ctx.now + timedelta(minutes=2))
    other = replace(asked, key="late", order_number="t")
    again, refused, twice = authorise(late, [asked, other, other])
    assert (again.status, again.body) == (200, granted.body)
    assert [(one.status, one.refusal.code) for one in (refused, twice)] == [
        (422, Code.VALUE_INVALID)
    ] * 2
    assert refused.refusal.facts["field"] == "expires_at"
    assert refused.refusal.facts["mend"] is Mend.WITHIN_DAYS
    same = authorise_newcomer(late, new)
    assert (same.status, same.body) == (200, judged.body)
    with pytest.raises(Refusal) as too_late:
        authorise_newcomer(late, replace(new, key="late", order_number="t"))
    assert too_late.value.facts["field"] == "expires_at"


def test_of_a_buyer_that_is_not_there_nothing_is_kept(ctx, order):
    asked = OrderRequest("nobody", "n0", uuid4(), Money(1, "EUR"), review=True)
    [answer] = authorise(ctx, [asked])
    assert (answer.status, answer.refusal.code) == (404, Code.NOT_FOUND)
    assert answer.refusal.facts == {"field": "buyer", "value": str(asked.buyer_id)}
    assert len(rows(ctx, "select from credit_order")) == 1
    # Its key and number are free.
    right = replace(asked, buyer_id=buyer_id(ctx, "7"))
    assert authorise(ctx, [right])[0].order["state"] == "authorised"
