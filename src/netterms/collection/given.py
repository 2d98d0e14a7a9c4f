"""What people type in, checked once for the buyer's page and for plans."""

from __future__ import annotations

from decimal import Decimal

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid


def checked_text(field: str, given: str, most: int, least: int = 0) -> str:
    """The text without blanks around it; VALUE_INVALID unless `least` to `most` long."""
    text = given.strip()
    if not least <= len(text) <= most or "\0" in text:
        mend = Mend.CHARACTERS if text else Mend.GIVE_IT
        raise invalid(field, text[:50], mend, least=least, most=most)
    return text


def check_within(field: str, value: int | Decimal, least: int, most: int) -> None:
    """VALUE_INVALID for a number that is not from `least` to `most`."""
    if not least <= value <= most:
        raise invalid(field, value, Mend.BETWEEN, least=least, most=most)
