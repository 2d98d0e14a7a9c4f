"""What pydantic says of a wrong value, as codes of our own: the sentence is said by the door."""

from __future__ import annotations

from typing import Any

from netterms.kernel.mends import Mend

# By the type of pydantic's error. `value_error` is a check of our own: see `mend_of_error`.
MENDS: dict[str, Mend] = {
    "missing": Mend.GIVE_IT,
    "extra_forbidden": Mend.LEAVE_OUT,
    "enum": Mend.ONE_OF,
    "literal_error": Mend.ONE_OF,
    "greater_than": Mend.MORE_THAN,
    "greater_than_equal": Mend.AT_LEAST,
    "less_than": Mend.LESS_THAN,
    "less_than_equal": Mend.AT_MOST,
    "multiple_of": Mend.STEPS_OF,
    "string_pattern_mismatch": Mend.FITTING,
    "string_too_long": Mend.CHARACTERS,
    "string_too_short": Mend.GIVE_IT,
    "too_long": Mend.ITEMS,
    "too_short": Mend.GIVE_IT,
}
# Other types begin with what was expected: `int_parsing`, `date_from_datetime_parsing`.
EXPECTED: dict[str, Mend] = {
    "bool": Mend.TRUE_OR_FALSE,
    "date": Mend.DAY,
    "datetime": Mend.INSTANT,
    "decimal": Mend.NUMBER,
    "dict": Mend.OBJECT,
    "finite": Mend.NUMBER,
    "float": Mend.NUMBER,
    "int": Mend.WHOLE_NUMBER,
    "list": Mend.LIST,
    "mapping": Mend.OBJECT,
    "model": Mend.OBJECT,
    "string": Mend.TEXT,
    "timezone": Mend.INSTANT,
    "uuid": Mend.ID,
}
# What pydantic calls the facts that our sentences name.
FACTS: dict[str, str] = {
    "ge": "least",
    "gt": "least",
    "le": "most",
    "lt": "most",
    "max_length": "most",
    "multiple_of": "step",
    "expected": "allowed",
    "pattern": "pattern",
}


def mend_of_error(error: dict[str, Any]) -> tuple[Mend, dict[str, object]]:
    """The mend of one of pydantic's errors, and the facts of its sentence.

    A check of our own raises ValueError with a mend as its message.
    """
    kind = str(error["type"])
    context = dict(error.get("ctx") or {})
    facts: dict[str, object] = {
        ours: str(context[theirs]).replace("'", "").replace(" or ", ", ")
        for theirs, ours in FACTS.items()
        if theirs in context
    }
    if kind == "value_error":
        said = str(context.get("error", ""))
        return (Mend(said) if said in list(Mend) else Mend.AS_DOCUMENTED), facts
    found = MENDS.get(kind) or EXPECTED.get(kind.partition("_")[0], Mend.AS_DOCUMENTED)
    return found, {"least": 0} | facts if found in {Mend.CHARACTERS, Mend.ITEMS} else facts
