"""Pieces of names that an index of arrays can find: three letters, or two characters.

A name with a slip still holds most of its pieces, and a part of a name holds only pieces that the
name holds too. Pieces carry their seller, so that a search never meets another seller's names.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from uuid import UUID
from zlib import crc32

from netterms.buyers import names

SIZE, CJK_SIZE = 3, 2
# A slip touches three or four pieces in a row: of three parts one stays whole.
PARTS = 3
LEAST_PART = 2
MOST_WORDS = 3


def stored(seller: UUID, name: str) -> list[int]:
    """All pieces of a name, and of how it sounds where it is not written in letters, sorted."""
    core = names.core(name)
    words = core.split(" ")
    if not core.isascii():
        words += names.latin(name).split(" ")
    return sorted({number(seller, piece) for word in words for piece in _pieces(word)})


def asked(seller: UUID, text: str) -> list[list[list[int]]]:
    """Sets of pieces to look for, in steps: as typed, with a slip in one word, one word alone.

    A name that holds all pieces of one set is worth a look. A later step is for when the earlier
    ones find too little.
    """
    words = [word for word in names.core(text).split(" ") if word]
    pieces = [_numbered(seller, _pieces(word)) for word in words]
    longest = sorted(range(len(words)), key=lambda nth: -len(words[nth]))[:MOST_WORDS]
    others = {
        nth: [one for other, some in enumerate(pieces) if other != nth for one in some]
        for nth in longest
    }
    # A slip is in one word: of its parts one stays whole, and so do the other words.
    slips = [part + others[nth] for nth in longest for part in _parts(pieces[nth])]
    if len(words) == 1:
        slips = [part for part in slips if len(part) >= LEAST_PART]
    alone = [pieces[nth] for nth in longest] if len(words) > 1 else []
    return [_once([_all(pieces)]), _once(slips), _once(alone)]


def _all(pieces: list[list[int]]) -> list[int]:
    return [one for some in pieces for one in some]


def _once(sets: list[list[int]]) -> list[list[int]]:
    """Each set once, and none that asks for nothing: that would be every name."""
    return [list(one) for one in dict.fromkeys(map(tuple, sets)) if one]


def _parts(whole: list[int]) -> list[list[int]]:
    bounds = [len(whole) * nth // PARTS for nth in range(PARTS + 1)]
    return [whole[start:end] for start, end in pairwise(bounds)]


def _numbered(seller: UUID, pieces: list[str]) -> list[int]:
    return list(dict.fromkeys(number(seller, piece) for piece in pieces))


def _pieces(word: str) -> list[str]:
    if not word:
        return []
    size = SIZE if word.isascii() else CJK_SIZE
    # Where a word begins tells more than where it ends: people type beginnings.
    padded = f" {word}" if word.isascii() else word
    return [padded[at : at + size] for at in range(max(1, len(padded) - size + 1))]


def number(seller: UUID, piece: str) -> int:
    """A piece of a seller's name as a 64-bit number; two that share one cost a look, no more."""
    return _seller_half(seller) | _piece_half(piece)


@lru_cache(4096)
def _seller_half(seller: UUID) -> int:
    return (seller.int & 0x7FFF_FFFF) << 32


@lru_cache(500_000)
def _piece_half(piece: str) -> int:
    return crc32(piece.encode())
