"""Captions of annual accounts in Chinese (GB) and English, and the line of the chart each means.

The captions are data: `captions.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from netterms.receivables.intake.headings import fold
from netterms.statements.chart import BY_NAME, NAMES, Part

EXPENSES = frozenset(
    {"cost_of_goods_sold", "operating_expenses", "depreciation_amortisation", "interest", "tax"}
)
LIABILITIES = frozenset(name for name in NAMES if BY_NAME[name].part is Part.LIABILITIES)

# "Of which" lines repeat a piece of the line above them; of these the piece is wanted.
OF_WHICH = frozenset({"interest", "revenue", "cost_of_goods_sold"})

_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]?")
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.,]|[(][一二三四五六七八九十0-9ivx]+[)]|[0-9ivx]{1,3}[、.)])\s*"
)
_LEAD = re.compile(r"^(?:加|减|其中|add|less|including|of which)\s*[:：]\s*")
_OF_WHICH = re.compile(r"^(?:其中|including|of which)\s*[:：]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a caption names: the item, `part` of it (-1: all of it), and how well (0 is best)."""

    item: str
    part: int = -1
    rank: int = 0


@cache
def _table() -> dict[str, Meaning]:
    told = tomllib.loads(
        (files("netterms.connectors.accounts") / "captions.toml").read_text(encoding="utf-8")
    )
    found: dict[str, Meaning] = {}
    for item, lines in told["part"].items():
        for part, words in enumerate(lines):
            found |= {_key(word): Meaning(item, part) for word in words}
    for item, lines in told["whole"].items():
        for rank, words in enumerate(lines):
            found |= {_key(word): Meaning(item, rank=rank) for word in words}
    return found


def _key(word: str) -> str:
    return _plain(fold(word).lower())


def _plain(text: str) -> str:
    words = re.sub(r"[^\w]+", " ", text.replace("'", "").replace("’", "")).strip()
    # Chinese has no spaces of its own: some forms spread a short caption over its cell.
    return words if words.isascii() else words.replace(" ", "")


@cache
def meaning(caption: str) -> Meaning | None:
    """The line a caption names, or None."""
    text = fold(caption).strip().lower()
    of_which = _OF_WHICH.match(text)
    for _ in range(3):
        text = _LEAD.sub("", _NUMBERED.sub("", text)).strip()
    found = _table().get(_plain(text)) or _table().get(_plain(_BRACKETS.sub(" ", text)))
    return None if found and of_which and found.item not in OF_WHICH else found
