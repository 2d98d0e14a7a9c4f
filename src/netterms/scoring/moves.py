"""States of a seller's own scorecard, and the moves between them."""

from __future__ import annotations

from enum import StrEnum


class CardState(StrEnum):
    """Where a trained card stands."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    CHAMPION = "champion"
    RETIRED = "retired"


class CardMove(StrEnum):
    """What may be decided about it."""

    SHADOW = "shadow"
    APPROVE = "approve"
    RETIRE = "retire"


# In shadow a card scores beside the one in force and decides nothing: no second person is asked.
# A retired card may come back: by another decision, of another person than who trained it.
CARD_MOVES: dict[tuple[CardState, CardMove], CardState] = {
    (CardState.CANDIDATE, CardMove.APPROVE): CardState.CHAMPION,
    (CardState.CANDIDATE, CardMove.RETIRE): CardState.RETIRED,
    (CardState.CANDIDATE, CardMove.SHADOW): CardState.SHADOW,
    (CardState.RETIRED, CardMove.SHADOW): CardState.SHADOW,
    (CardState.SHADOW, CardMove.APPROVE): CardState.CHAMPION,
    (CardState.SHADOW, CardMove.RETIRE): CardState.RETIRED,
    (CardState.CHAMPION, CardMove.RETIRE): CardState.RETIRED,
    (CardState.RETIRED, CardMove.APPROVE): CardState.CHAMPION,
}
