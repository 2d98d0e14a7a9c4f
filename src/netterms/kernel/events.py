"""Events: facts in the past tense, appended with the change they tell of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from netterms.kernel.money import Money

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. `kind` is `room.fact_in_past_tense`; `subject` the id it is about."""

    kind: ClassVar[str] = ""
    subject: UUID


def plain(value: object) -> Plain:
    """`value` as JSON can hold it: money as minor units and currency, decimals as text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def facts(event: Event) -> dict[str, Plain]:
    """The event's fields but its subject, as JSON can hold them."""
    return {
        f.name: plain(getattr(event, f.name))
        for f in dataclasses.fields(event)
        if f.name != "subject"
    }
