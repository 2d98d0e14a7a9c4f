"""What people type into the console's own forms, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from uuid import uuid4

from netterms.doors.look import formats, typed
from netterms.doors.look.refused import Refusals
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import LONGEST_REASON
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits.lines import MOST_MINOR

Found = TypeVar("Found")
Row = TypeVar("Row")
Named = TypeVar("Named", bound=StrEnum)

LONGEST_TEXT = 500
LONGEST_PERCENT = 12
LONGEST_CHOICE = 50
# What every whole number that is kept has room for.
LONGEST_WHOLE = 9


class Asking:
    """Asks for values one by one, so that a form can be told all that is wrong with it at once."""

    def __init__(self) -> None:
        self.refused: list[tuple[Refusal, int]] = []

    def __call__(self, ask: Callable[[], Found], row: int = 0) -> Found | None:
        """What `ask` found; None where it was refused. NOT_ALLOWED goes on: it is of no field."""
        try:
            return ask()
        except Refusal as refusal:
            if refusal.code is Code.NOT_ALLOWED:
                raise
            self.refused.append((refusal, row))
            return None

    def say(self) -> None:
        """Refuse what was refused so far, if anything was."""
        if self.refused:
            raise Refusals(self.refused)


def each_row(rows: Iterable[Row], read: Callable[[Row], Found | None]) -> list[Found]:
    """What `read` makes of every row of a form, those left empty apart; a refusal is of its row."""
    ask = Asking()
    found = [ask(lambda row=row: read(row), number) for number, row in enumerate(rows)]  # type: ignore[misc]
    ask.say()
    return [each for each in found if each is not None]


def new_key() -> str:
    """A key for a form: sent twice, it is done once."""
    return f"console/{uuid4()}"


def text(form: Mapping[str, str], name: str, most: int = LONGEST_TEXT) -> str:
    """The text typed, without what no database keeps."""
    return typed.text(form, name, most)


def reason(form: Mapping[str, str], name: str = "why", most: int = LONGEST_REASON) -> str:
    """Why, as typed; one character more than fits, so that a longer one is refused and not cut."""
    return text(form, name, most + 1)


def minor(form: Mapping[str, str], name: str, currency: str) -> int | None:
    """An amount typed in major units, as minor units; None when the field was left empty."""
    found = typed.money(form, name, currency)
    if found is not None and found.minor > MOST_MINOR:
        most = formats.bare_amount(MOST_MINOR, currency)
        raise invalid(name, text(form, name), Mend.AT_MOST, most=most)
    return None if found is None else found.minor


def figure(form: Mapping[str, str], name: str) -> Decimal | None:
    """A number of zero or more as people write it, `1,200.5`; None when left empty."""
    told = typed.figures(form, name, typed.LONGEST_AMOUNT)
    if not told:
        return None
    if not typed.AMOUNT.fullmatch(told) or len(told) > typed.LONGEST_AMOUNT:
        raise Refusal(Code.VALUE_INVALID, field=name, value=told, mend=Mend.NUMBER)
    return Decimal(told.replace(",", ""))


def needed(field: str, found: Found | None) -> Found:
    """What was found; VALUE_INVALID where the field was left empty."""
    if found is None:
        raise invalid(field, "", Mend.GIVE_IT)
    return found


def one_of(form: Mapping[str, str], name: str, names: type[Named]) -> Named:
    """The one that was chosen. VALUE_INVALID for nothing, and for what nobody offered."""
    told = text(form, name, LONGEST_CHOICE)
    if not told:
        raise invalid(name, "", Mend.GIVE_IT)
    if told not in list(names):
        raise invalid(name, told, Mend.ONE_OF, allowed=", ".join(names))
    return names(told)


def whole(form: Mapping[str, str], name: str, default: int) -> int:
    """A whole number that was typed, or `default`."""
    told = typed.figures(form, name, LONGEST_WHOLE)
    if not told:
        return default
    if not (told.isascii() and told.isdigit()):
        raise Refusal(Code.VALUE_INVALID, field=name, value=told, mend=Mend.WHOLE_NUMBER)
    if len(told) > LONGEST_WHOLE:
        most = 10**LONGEST_WHOLE - 1
        raise Refusal(Code.VALUE_INVALID, field=name, value=told, mend=Mend.AT_MOST, most=most)
    return int(told)


def needed_whole(form: Mapping[str, str], name: str) -> int:
    """A whole number that was typed; VALUE_INVALID where the field was left empty."""
    needed(name, text(form, name) or None)
    return whole(form, name, 0)


def day(form: Mapping[str, str], name: str) -> date | None:
    """A date as browsers send it; None when the field was left empty."""
    return typed.day(form, name)


def percent(form: Mapping[str, str], name: str) -> Decimal | None:
    """A percentage that was typed, with six decimals at most; None when left empty."""
    told = typed.figures(form, name, LONGEST_PERCENT).removesuffix("%").rstrip()
    if not told:
        return None
    try:
        found = Decimal(told)
        fits = len(told) <= LONGEST_PERCENT and found.is_finite() and abs(found) <= 10**6
        if not fits or found != round(found, 6):
            raise InvalidOperation
    except InvalidOperation as error:
        raise Refusal(Code.VALUE_INVALID, field=name, value=told, mend=Mend.NUMBER) from error
    return found
