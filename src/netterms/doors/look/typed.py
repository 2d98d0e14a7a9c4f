"""What people type into a form of any door, read the same everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import invalid

LONGEST_AMOUNT = 30
LONGEST_DAY = 10
# No book is older, and months can be added to any day between them.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# A comma groups thousands or the amount is refused: `2500,00` must not become 250,000.
AMOUNT = re.compile(r"(?:[0-9]{1,24}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def text(form: Mapping[str, str], name: str, most: int) -> str:
    """The text typed, without what no database keeps."""
    # A browser sends a line break as two characters, and counts it as one.
    return form.get(name, "").replace("\r\n", "\n").strip().replace("\x00", "")[:most]


def figures(form: Mapping[str, str], name: str, most: int) -> str:
    """What was typed of a number or a day, one character more than fits; `１２３` is 123."""
    return unicodedata.normalize("NFKC", text(form, name, most + 1))


def money(form: Mapping[str, str], name: str, currency: str) -> Money | None:
    """An amount typed in major units; None when the field was left empty. VALUE_INVALID."""
    typed = figures(form, name, LONGEST_AMOUNT)
    if not typed:
        return None
    try:
        if not AMOUNT.fullmatch(typed):
            raise ValueError(typed)
        return Money.of(typed.replace(",", ""), currency)
    except ValueError as error:
        raise invalid(name, typed, Mend.AMOUNT, currency=currency) from error


def day(form: Mapping[str, str], name: str) -> date | None:
    """A date as browsers send it; None when the field was left empty. VALUE_INVALID."""
    typed = figures(form, name, LONGEST_DAY)
    try:
        found = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise invalid(name, typed, Mend.DAY) from error
    if found is not None and not FIRST_DAY <= found <= LAST_DAY:
        raise invalid(name, typed, Mend.BETWEEN, least=FIRST_DAY, most=LAST_DAY)
    return found
