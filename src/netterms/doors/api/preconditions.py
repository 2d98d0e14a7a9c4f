"""Entity tags and the preconditions on them, as RFC 9110 has them. A tag here is a version."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from netterms.kernel.mends import Mend

ONE = r'(W/)?"[!#-~]*"'
MANY = rf"(\*|{ONE}([ \t]*,[ \t]*{ONE})*)?"
NO_VERSION = -1


def _tags(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(MANY, value):
        raise ValueError(Mend.ETAG)
    return value


ETags = Annotated[
    str | None,
    BeforeValidator(_tags),
    WithJsonSchema({"type": "string", "pattern": f"^{MANY}$"}),
]


def tag(version: int) -> str:
    """The tag of a version."""
    return f'"{version}"'


def asked_version(if_match: str, there: int | None) -> int | None:
    """The version that `If-Match` asks for: the one that is there if it is among its tags.

    Else another, NO_VERSION where the tags name none; None for whichever there is.
    """
    if if_match == "*":
        return NO_VERSION if there is None else None
    # A weak tag never matches: what it stands for may differ.
    strong = [text for weak, text in re.findall(r'(W/)?"([^"]*)"', if_match) if not weak]
    versions = [int(text) for text in strong if re.fullmatch("[0-9]{1,18}", text)]
    return there if there in versions else next(iter(versions), NO_VERSION)


def is_known(if_none_match: str, version: int) -> bool:
    """Whether `If-None-Match` says that the caller has this version."""
    known = re.findall(r'"[^"]*"', if_none_match)
    return if_none_match == "*" or tag(version) in known
