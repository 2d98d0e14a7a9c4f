"""The JSON that a caller sent: read strictly, and found again where something in it is wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from netterms.kernel.refusal import Code, Refusal

LONGEST_SHOWN = 100


def read(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """The value of a body; BODY_UNREADABLE for what is not JSON, or nested too deep."""
    try:
        return json.loads(body, parse_int=_number, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(Code.BODY_UNREADABLE, field="body", value=str(error)) from None


def value_at(value: Any, path: Sequence[str]) -> str:  # noqa: ANN401 - any JSON
    """What is at `path`, cut short: text as it is, anything else as JSON.

    Empty where there is nothing, or something too deep to show.
    """
    for part in path:
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)]
        else:
            value = value.get(part, "") if isinstance(value, dict) else ""
    try:
        return (value if isinstance(value, str) else json.dumps(value))[:LONGEST_SHOWN]
    except RecursionError:
        return ""


def _number(digits: str) -> int | str:
    # Python reads no number of thousands of digits; as text it is wrong, but can be shown.
    return int(digits) if len(digits) <= LONGEST_SHOWN else digits


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
