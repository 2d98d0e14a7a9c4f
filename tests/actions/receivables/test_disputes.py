"""A dispute is about what is open and not disputed yet, and ends once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)


def euros(minor):
    return Money(minor, "EUR")


def test_raised_and_settled_with_their_days(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    dispute = raise_dispute(ctx, invoice, DisputeReason.PRICE, euros(4_000))
    later = ctx.on(ctx.today + timedelta(days=9))
    settle_dispute(later, dispute, DisputeOutcome.CONFIRMED)
    settle_dispute(later, dispute, DisputeOutcome.CONFIRMED)
    [line] = rows(ctx, "select state, amount_minor, raised_on, settled_on from dispute")
    assert line == {
        "state": "confirmed",
        "amount_minor": 4_000,
        "raised_on": ctx.today,
        "settled_on": later.today,
    }
    assert kinds(ctx)[-2:] == ["receivables.dispute_raised", "receivables.dispute_settled"]
    with pytest.raises(Refusal) as refused:
        settle_dispute(later, dispute, DisputeOutcome.CREDITED)
    assert refused.value.code is Code.MOVE_NOT_ALLOWED


def test_only_what_is_open_and_free_can_be_disputed(ctx):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE, paid=3_000)
    raise_dispute(ctx, invoice, DisputeReason.QUALITY, euros(5_000))
    for amount in (euros(2_001), euros(0), euros(-1), Money(100, "USD")):
        with pytest.raises(Refusal) as refused:
            raise_dispute(ctx, invoice, DisputeReason.QUALITY, amount)
        assert refused.value.code is Code.VALUE_INVALID
    raise_dispute(ctx, invoice, DisputeReason.QUANTITY, euros(2_000))


def test_what_is_not_there_is_not_found(ctx, new_seller):
    _, invoice = put(ctx, "1", "A", 10_000, due_on=DUE)
    for caller, number in ((ctx, uuid4()), (new_seller(), invoice)):
        with pytest.raises(Refusal) as refused:
            raise_dispute(caller, number, DisputeReason.PRICE, euros(1))
        assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal, match="not_found"):
        settle_dispute(ctx, uuid4(), DisputeOutcome.CREDITED)


def test_readers_raise_nothing(ctx):
    with pytest.raises(Refusal, match="not_allowed"):
        raise_dispute(
            replace(ctx, may=frozenset({Permission.READ})), uuid4(), DisputeReason.PRICE, euros(1)
        )
