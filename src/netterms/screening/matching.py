"""Which names of the lists look like a name. Every pair is compared: no short cut can miss one.

`Names` holds the lists' names ready to compare. A name is compared as its words in order of the
alphabet, so "Trading Acme" is "Acme Trading"; and with every listed name that shares a rare word,
so a short form is found as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process

from netterms.buyers.names import core, similarity

# A first look: what is less alike than this, letter by letter, is not looked at again.
ALIKE = 70
# A word that so many listed names have, or fewer, is rare.
RARE = 30
SHORTEST_WORD = 4
# Rows of the table of all pairs at a time: at 50,000 names 50 MB.
CHUNK = 1000


def sorted_core(name: str) -> str:
    """The name without its legal form, words in order of the alphabet."""
    return " ".join(sorted(core(name).split()))


@dataclass(frozen=True)
class Names:
    """Names of the lists, each with the position of its entry."""

    written: Sequence[str]
    entries: Sequence[int]
    sorted: list[str] = field(init=False)
    rare: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        words: dict[str, list[int]] = defaultdict(list)
        cores = [sorted_core(name) for name in self.written]
        for position, each in enumerate(cores):
            for word in set(each.split()):
                if len(word) >= SHORTEST_WORD:
                    words[word].append(position)
        rare = {word: found for word, found in words.items() if len(found) <= RARE}
        object.__setattr__(self, "sorted", cores)
        object.__setattr__(self, "rare", rare)


@dataclass(frozen=True, slots=True)
class Alike:
    """Name `asked` (a position) is `score` like name `listed` (a position)."""

    asked: int
    listed: int
    score: int


def alike(asked: Sequence[str], names: Names, threshold: int) -> Iterator[Alike]:
    """Every pair that is at least `threshold` alike, in order of `asked`."""
    cores = [sorted_core(name) for name in asked]
    for first in range(0, len(cores), CHUNK):
        for position, found in _candidates(cores[first : first + CHUNK], names):
            name = asked[first + position]
            for listed in found:
                score = similarity(name, names.written[listed])
                if score >= threshold:
                    yield Alike(first + position, listed, score)


def _candidates(cores: list[str], names: Names) -> Iterator[tuple[int, set[int]]]:
    table = process.cdist(
        cores, names.sorted, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8, workers=-1
    )
    found: dict[int, set[int]] = defaultdict(set)
    for position, listed in np.argwhere(table):
        found[int(position)].add(int(listed))
    for position, each in enumerate(cores):
        for word in each.split():
            found[position].update(names.rare.get(word, ()))
        if found[position]:
            yield position, found[position]
