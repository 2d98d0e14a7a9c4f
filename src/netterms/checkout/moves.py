"""The states of an order and every move between them.

A cell that is missing here does not exist: the table `order_move` of the database holds the same
pairs, and `move_orders` refuses what it does not find there.
"""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """From the question at checkout to the last invoice."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PART_CAPTURED = "part_captured"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"


class OrderMove(StrEnum):
    """What may happen to an order after it was asked for."""

    AMEND = "amend"
    APPROVE = "approve"
    DECLINE = "decline"
    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"
    REFUND = "refund"


PENDING, AUTHORISED, PART_CAPTURED, CAPTURED, DECLINED, VOIDED, EXPIRED = OrderState

# Where a move leads. Two lead to one of two states, by what was captured: `capture` of the rest and
# `amend` down to what was captured end in captured; of an order that was captured in part, `void`
# and `expire` give the rest back and end there too.
ORDER_MOVES: dict[tuple[OrderState, OrderMove], frozenset[OrderState]] = {
    (PENDING, OrderMove.AMEND): frozenset({PENDING}),
    (PENDING, OrderMove.APPROVE): frozenset({AUTHORISED, PENDING}),
    (PENDING, OrderMove.DECLINE): frozenset({DECLINED}),
    (PENDING, OrderMove.VOID): frozenset({VOIDED}),
    (PENDING, OrderMove.EXPIRE): frozenset({EXPIRED}),
    (AUTHORISED, OrderMove.AMEND): frozenset({AUTHORISED}),
    (AUTHORISED, OrderMove.CAPTURE): frozenset({PART_CAPTURED, CAPTURED}),
    (AUTHORISED, OrderMove.VOID): frozenset({VOIDED}),
    (AUTHORISED, OrderMove.EXPIRE): frozenset({EXPIRED}),
    (PART_CAPTURED, OrderMove.AMEND): frozenset({PART_CAPTURED, CAPTURED}),
    (PART_CAPTURED, OrderMove.CAPTURE): frozenset({PART_CAPTURED, CAPTURED}),
    (PART_CAPTURED, OrderMove.VOID): frozenset({CAPTURED}),
    (PART_CAPTURED, OrderMove.EXPIRE): frozenset({CAPTURED}),
    (PART_CAPTURED, OrderMove.REFUND): frozenset({PART_CAPTURED}),
    (CAPTURED, OrderMove.REFUND): frozenset({CAPTURED}),
}
