"""Why a person did something, in a line of text, for whoever asks later."""

from __future__ import annotations

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid

LONGEST_REASON = 500


def checked_reason(
    given: str, field: str = "why", *, least: int = 1, most: int = LONGEST_REASON
) -> str:
    """The reason as one line: any run of blanks and line breaks is one blank.

    VALUE_INVALID for none (`least` of 0 lets there be none), for one longer than `most`, and for
    characters that nobody can read.
    """
    reason = " ".join(given.split())
    if not reason and least:
        raise invalid(field, "", Mend.SAY_WHY)
    if len(reason) > most or not reason.isprintable():
        raise invalid(field, reason[:20], Mend.CHARACTERS, least=least, most=most)
    return reason
