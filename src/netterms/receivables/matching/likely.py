"""Buyers whose names are like a payer's, out of all that owe something. Pure.

A likely pair shares a word, or the beginning of one; a word that hundreds of names share leads
nowhere. Only those few are compared closely, by `netterms.buyers.names`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from netterms.buyers import names

BEGINNING = 4
MOST_SHARED = 60
GLANCED = 4
CJK_PIECE = 2


class Namesakes:
    """An index of names in their comparable spelling (`names.core`)."""

    def __init__(self, said: Iterable[tuple[int, str]]) -> None:
        self._of: dict[int, list[str]] = defaultdict(list)
        self._with: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._known: dict[str, list[tuple[int, int]]] = {}
        for buyer, name in said:
            self._of[buyer].append(name)
            for piece in _pieces(name):
                self._with[piece].append((buyer, name))

    def of(self, buyer: int) -> list[str]:
        """The names of a buyer."""
        return self._of.get(buyer, [])

    def like(self, name: str, least: int) -> list[tuple[int, int]]:
        """Buyers with a name at least so alike, and how alike, the likest first; at most three."""
        if name not in self._known:
            found: dict[int, int] = {}
            # A glance first: only the few that look alike are compared word by word.
            looked_at = self._candidates(name)
            glanced = process.extract(
                name, list(looked_at), scorer=fuzz.token_sort_ratio, limit=GLANCED, processor=None
            )
            for other, _, _ in glanced:
                alike = names.similarity(name, other)
                for buyer in looked_at[other] if alike >= least else ():
                    found[buyer] = max(alike, found.get(buyer, 0))
            self._known[name] = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        return self._known[name]

    def _candidates(self, name: str) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for piece in _pieces(name):
            others = self._with.get(piece, ())
            if len(others) <= MOST_SHARED:
                for buyer, other in others:
                    found[other].add(buyer)
        return found


def _pieces(name: str) -> set[str]:
    """Words and their beginnings; pairs of characters of scripts without spaces."""
    found: set[str] = set()
    for word in name.split(" "):
        if names.IS_CJK.match(word):
            found.update(word[k : k + CJK_PIECE] for k in range(max(1, len(word) - 1)))
        else:
            found.update({word, f"{word[:BEGINNING]}-", f"-{word[-BEGINNING:]}"})
    return found
