"""The states of a letter, and every move between them."""

from __future__ import annotations

from enum import StrEnum


class LetterState(StrEnum):
    """From the desk to the reader."""

    WRITTEN = "written"
    SENDING = "sending"
    SENT = "sent"
    POSTED = "posted"
    FAILED = "failed"


class LetterMove(StrEnum):
    """What may happen to a letter."""

    SEND = "send"
    DELIVER = "deliver"
    FAIL = "fail"
    RETRY = "retry"
    POST = "post"


LETTER_MOVES: dict[tuple[LetterState, LetterMove], LetterState] = {
    (LetterState.WRITTEN, LetterMove.SEND): LetterState.SENDING,
    # Claimed once more after a crash: sent again under the same Message-ID.
    (LetterState.SENDING, LetterMove.SEND): LetterState.SENDING,
    (LetterState.SENDING, LetterMove.DELIVER): LetterState.SENT,
    (LetterState.SENDING, LetterMove.FAIL): LetterState.FAILED,
    (LetterState.SENDING, LetterMove.RETRY): LetterState.WRITTEN,
    (LetterState.FAILED, LetterMove.SEND): LetterState.SENDING,
    # Printed and put in the post by a person; it may go both ways.
    (LetterState.WRITTEN, LetterMove.POST): LetterState.POSTED,
    (LetterState.FAILED, LetterMove.POST): LetterState.POSTED,
    (LetterState.SENT, LetterMove.POST): LetterState.POSTED,
}
