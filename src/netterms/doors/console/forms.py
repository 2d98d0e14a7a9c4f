"""What people type into the console's own forms, read strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import uuid4

from netterms.doors.look import formats
from netterms.doors.look.sentences import sentence
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits.lines import MOST_MINOR

Found = TypeVar("Found")

LONGEST_REASON = 500
LONGEST_AMOUNT = 30
LONGEST_PERCENT = 12
# A comma groups thousands or the amount is refused: `2500,00` must not become 250,000.
AMOUNT = re.compile(r"(?:[0-9]{1,24}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


class Asking:
    """Asks for values one by one; what is refused stands beside its field, and the next is asked.

    `errors` gets a sentence by the name of the field; `places` says which field of the form is
    meant by another name, and what is no field of the form stands where the caller says.
    """

    def __init__(
        self,
        errors: dict[str, str],
        fields: Collection[str],
        places: Mapping[str, str] | None = None,
    ) -> None:
        """`fields` are the names that the form has."""
        self._errors, self._fields, self._places = errors, fields, places or {}

    def __call__(self, place: str, ask: Callable[[], Found]) -> Found | None:
        """What `ask` found; None where it was refused. NOT_ALLOWED goes on: it is of no field."""
        try:
            return ask()
        except Refusal as refusal:
            if refusal.code is Code.NOT_ALLOWED:
                raise
            named = str(refusal.facts.get("field", ""))
            named = self._places.get(named, named)
            self._errors.setdefault(named if named in self._fields else place, sentence(refusal))
            return None


def new_key() -> str:
    """A key for a form: sent twice, it is done once."""
    return f"console/{uuid4()}"


def text(form: Mapping[str, str], name: str, most: int = LONGEST_REASON) -> str:
    """The text typed, without what no database keeps."""
    return form.get(name, "").strip().replace("\x00", "")[:most]


def minor(form: Mapping[str, str], name: str, currency: str, field: str = "amount") -> int | None:
    """An amount typed in major units, as minor units; None when the field was left empty."""
    typed = text(form, name, LONGEST_AMOUNT + 1)
    if not typed:
        return None
    try:
        if not AMOUNT.fullmatch(typed):
            raise ValueError(typed)
        found = Money.of(typed.replace(",", ""), currency).minor
    except ValueError as error:
        raise Refusal(
            Code.VALUE_INVALID,
            field=field,
            value=typed,
            mend=Mend.AMOUNT,
            currency=currency,
        ) from error
    if found > MOST_MINOR:
        most = formats.bare_amount(MOST_MINOR, currency)
        raise Refusal(Code.VALUE_INVALID, field=field, value=typed, mend=Mend.AT_MOST, most=most)
    return found


def figure(form: Mapping[str, str], name: str) -> Decimal | None:
    """A number of zero or more as people write it, `1,200.5`; None when left empty."""
    typed = text(form, name, LONGEST_AMOUNT + 1)
    if not typed:
        return None
    if not AMOUNT.fullmatch(typed) or len(typed) > LONGEST_AMOUNT:
        raise Refusal(Code.VALUE_INVALID, field=name, value=typed, mend=Mend.NUMBER)
    return Decimal(typed.replace(",", ""))


def needed(field: str, found: Found | None) -> Found:
    """What was found; VALUE_INVALID where the field was left empty."""
    if found is None:
        raise invalid(field, "", Mend.GIVE_IT)
    return found


def whole(form: Mapping[str, str], name: str, label: str, default: int) -> int:
    """A whole number that was typed, or `default`."""
    typed = text(form, name, 12)
    if not typed:
        return default
    if not (typed.isascii() and typed.isdigit()):
        raise Refusal(Code.VALUE_INVALID, field=label, value=typed, mend=Mend.WHOLE_NUMBER)
    return int(typed)


def day(form: Mapping[str, str], name: str, label: str) -> date | None:
    """A date as browsers send it; None when the field was left empty."""
    typed = text(form, name, 10)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refusal(Code.VALUE_INVALID, field=label, value=typed, mend=Mend.DAY) from error


def percent(form: Mapping[str, str], name: str) -> Decimal | None:
    """A percentage that was typed, with six decimals at most; None when left empty."""
    typed = text(form, name, LONGEST_PERCENT + 1)
    if not typed:
        return None
    try:
        found = Decimal(typed)
        fits = len(typed) <= LONGEST_PERCENT and found.is_finite() and abs(found) <= 10**6
        if not fits or found != round(found, 6):
            raise InvalidOperation
    except InvalidOperation as error:
        raise Refusal(Code.VALUE_INVALID, field=name, value=typed, mend=Mend.NUMBER) from error
    return found
