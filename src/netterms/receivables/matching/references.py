"""References that a payer's words may hold, in the spelling in which they are compared. Pure.

Numbers of invoices are written with and without blanks and dashes, cut by the bank after so many
characters, and without the letters before them: `INV-2026/00123` is found in `inv 2026 00123` and
in `2026-123`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from netterms.receivables.matching.statement import Line

LONGEST_SPAN = 4
SHORTEST, LONGEST = 4, 30
SHORTEST_DIGITS = 5
MOST_KEYS = 120
_WORD = re.compile(r"[A-Z0-9]+")
# ISO 11649: RF and two check digits before the reference itself.
_CREDITOR_REFERENCE = re.compile(r"RF\d\d([A-Z0-9]{1,21})")


def key(text: str) -> str:
    """Letters and digits of a number, in capitals: how invoice numbers are compared."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).upper()))


def digits(text: str) -> str:
    """The digits of a number without the noughts before them; empty when they are too few."""
    found = "".join(c for c in key(text) if c.isdigit()).lstrip("0")
    return found if len(found) >= SHORTEST_DIGITS else ""


def figures(keys: Iterable[str]) -> list[str]:
    """The digits of each reference, each once."""
    return list(dict.fromkeys(told for each in keys if (told := digits(each))))


def in_line(line: Line) -> list[str]:
    """Every reference a line may hold, each once, those of the structured fields first."""
    found: dict[str, None] = {}
    structured = [line.creditor_reference, line.end_to_end]
    if inner := _CREDITOR_REFERENCE.fullmatch(key(line.creditor_reference)):
        structured.insert(0, inner[1])
    for text in structured:
        whole = key(text)
        if SHORTEST <= len(whole) <= LONGEST and any(c.isdigit() for c in whole):
            found[whole] = None
    for text in (*structured, line.text):
        found |= dict.fromkeys(in_text(text))
    return list(found)[:MOST_KEYS]


def in_text(text: str) -> list[str]:
    """Runs of letters and digits, and up to four of them in a row as one, that hold a digit."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).upper())
    found: dict[str, None] = {}
    for at in range(len(words)):
        joined = ""
        for word in words[at : at + LONGEST_SPAN]:
            joined += word
            if len(joined) > LONGEST:
                break
            if len(joined) >= SHORTEST and any(c.isdigit() for c in joined):
                found[joined] = None
    return list(found)


def mask(reference: str) -> str:
    """How a number is built: `INV202600123` is `A3 9 9`, so that another like it is known."""
    return re.sub(r"\d+", lambda run: f"9{len(run[0])}", re.sub(r"[A-Z]", "A", reference))
