"""The states of a dispute and what leads from one to the next (COL-01)."""

from __future__ import annotations

from enum import StrEnum


class DisputeState(StrEnum):
    """`litigated` is with a court: the disputed part stays off the ladder until that has spoken."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    LITIGATED = "litigated"
    CREDITED = "credited"
    CONFIRMED = "confirmed"


class DisputeMove(StrEnum):
    """What a person does with a dispute."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    STATE_POSITION = "state_position"
    LITIGATE = "litigate"
    CREDIT = "credited"
    CONFIRM = "confirmed"


_S, _M = DisputeState, DisputeMove
OPEN_STATES = (_S.RAISED, _S.ACKNOWLEDGED, _S.INVESTIGATING, _S.LITIGATED)
DISPUTE_MOVES: dict[tuple[DisputeState, DisputeMove], DisputeState] = {
    (_S.RAISED, _M.ACKNOWLEDGE): _S.ACKNOWLEDGED,
    # Who takes it on has noticed it; an owner may pass it on in any open state.
    (_S.RAISED, _M.ASSIGN): _S.ACKNOWLEDGED,
    (_S.ACKNOWLEDGED, _M.ASSIGN): _S.ACKNOWLEDGED,
    (_S.INVESTIGATING, _M.ASSIGN): _S.INVESTIGATING,
    (_S.LITIGATED, _M.ASSIGN): _S.LITIGATED,
    (_S.RAISED, _M.STATE_POSITION): _S.INVESTIGATING,
    (_S.ACKNOWLEDGED, _M.STATE_POSITION): _S.INVESTIGATING,
    (_S.INVESTIGATING, _M.STATE_POSITION): _S.INVESTIGATING,
    **{
        (state, _M.LITIGATE): _S.LITIGATED
        for state in (_S.RAISED, _S.ACKNOWLEDGED, _S.INVESTIGATING)
    },
    **{(state, _M.CREDIT): _S.CREDITED for state in OPEN_STATES},
    **{(state, _M.CONFIRM): _S.CONFIRMED for state in OPEN_STATES},
}
