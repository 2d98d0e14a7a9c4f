"""State machines are tables: (state, move) to the next state. An empty cell is a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from netterms.kernel.refusal import Code, Refusal

State = TypeVar("State", bound=StrEnum)
Move = TypeVar("Move", bound=StrEnum)


def after(moves: Mapping[tuple[State, Move], State], state: State, move: Move) -> State:
    """The state that `move` leads to from `state`; MOVE_NOT_ALLOWED when the cell is empty."""
    try:
        return moves[state, move]
    except KeyError:
        allowed = sorted(m.value for s, m in moves if s == state)
        raise Refusal(
            Code.MOVE_NOT_ALLOWED, state=state.value, move=move.value, allowed=allowed
        ) from None
