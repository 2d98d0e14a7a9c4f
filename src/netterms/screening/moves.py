"""The states of a hit and every move between them: one person proposes, another one decides."""

from __future__ import annotations

from enum import StrEnum


class HitState(StrEnum):
    """Where a hit stands. `gone`: buyer and entry are no longer alike, or it left the list."""

    OPEN = "open"
    CLEARING = "clearing"
    CONFIRMING = "confirming"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    GONE = "gone"


class HitMove(StrEnum):
    """What may happen to a hit."""

    PROPOSE_CLEAR = "propose_clear"
    PROPOSE_CONFIRM = "propose_confirm"
    AGREE = "agree"
    DISAGREE = "disagree"


HIT_MOVES: dict[tuple[HitState, HitMove], HitState] = {
    (HitState.OPEN, HitMove.PROPOSE_CLEAR): HitState.CLEARING,
    (HitState.OPEN, HitMove.PROPOSE_CONFIRM): HitState.CONFIRMING,
    (HitState.CLEARING, HitMove.AGREE): HitState.CLEARED,
    (HitState.CLEARING, HitMove.DISAGREE): HitState.OPEN,
    (HitState.CONFIRMING, HitMove.AGREE): HitState.CONFIRMED,
    (HitState.CONFIRMING, HitMove.DISAGREE): HitState.OPEN,
    # Errors are mended the same way they were made: by two.
    (HitState.CLEARED, HitMove.PROPOSE_CONFIRM): HitState.CONFIRMING,
    (HitState.CONFIRMED, HitMove.PROPOSE_CLEAR): HitState.CLEARING,
}
UNDECIDED = (HitState.OPEN, HitState.CLEARING, HitState.CONFIRMING)
