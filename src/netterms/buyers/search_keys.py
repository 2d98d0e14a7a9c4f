"""What a search finds names by, as numbers for an index of arrays.

A name in letters is found by its words and by how they begin. Chinese, Japanese and Korean have no
spaces: such a name is found by two characters in a row, and by four letters in a row of its sound.
Numbers carry their seller, so that a search never meets another seller's names.

What a search asks is a list of groups: a name that has a key of every group is worth a look.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID
from zlib import crc32

from netterms.buyers import names

Groups = list[list[int]]
# Characters, or letters of a sound, in a row.
CJK_SIZE, SOUND_SIZE = 2, 4
# Words of fewer letters are only like themselves; those of more are in the list of words.
SHORT_WORD = names.SHORT_WORD
BEGINNING = 3
# Two words with a slip between them are the same in these letters but for one: of longer words the
# rest need not be kept to find them. (Garbe's symmetric deletion, with a prefix.)
SLIP_LETTERS = 7
# A slip is looked for at every character of a run of so many; a longer one, and a sound, is tried
# without each of about so many of its stretches.
SHORT_RUN = 12
STRETCHES = 4


def stored(seller: UUID, name: str) -> list[int]:
    """All keys of a name, sorted."""
    said = words(name)
    keys = [*said, *(f"{word[:BEGINNING]}*" for word in said if word[BEGINNING:])]
    for run in _runs(name):
        keys += _in_a_row(run, CJK_SIZE) + _around(run)
    if not names.core(name).isascii():
        keys += _sound(name)
    return sorted({number(seller, key) for key in keys})


def words(text: str) -> list[str]:
    """Words in letters, each once, without the legal form; short forms of words as the word."""
    said = [names.SAME_WORDS.get(word, word) for word in names.core(text).split(" ")]
    return [word for word in dict.fromkeys(said) if word and word.isascii()]


def slips(seller: UUID, word: str) -> list[int]:
    """Keys that two words share if they are one slip apart: left out, put in, wrong or swapped."""
    head = word[:SLIP_LETTERS]
    kept = {head, *(head[:at] + head[at + 1 :] for at in range(len(head)))}
    return sorted(number(seller, one) for one in kept)


def exactly(seller: UUID, text: str) -> Groups:
    """What names must have that hold all that is typed."""
    pieces = [piece for run in _runs(text) for piece in _in_a_row(run, CJK_SIZE)]
    return _each(seller, [*words(text), *pieces])


def sounding(seller: UUID, text: str) -> Groups:
    """What names in other scripts must have that sound like what is typed, or a part of them."""
    return _thinned(_each(seller, _sound(text)))


def begun(seller: UUID, word: str) -> list[int]:
    """Keys of a word too short to be in the list of words, and of those that begin with it."""
    return [number(seller, word), number(seller, f"{word}*")]


def one_of(seller: UUID, some: list[str]) -> list[int]:
    """Keys of words any of which will do."""
    return [number(seller, word) for word in some]


def with_slips(seller: UUID, text: str, groups: Groups) -> list[Groups]:
    """What names must have that hold one of each group, and the rest with one slip in it."""
    runs = _runs(text)
    if not runs:
        return [groups]
    found = []
    for nth, run in enumerate(runs):
        others = [
            one
            for other, whole in enumerate(runs)
            if other != nth
            for one in _each(seller, _in_a_row(whole, CJK_SIZE))
        ]
        found += [groups + others + rest for rest in _run_with_a_slip(seller, run)]
    return _once(found)


def _run_with_a_slip(seller: UUID, run: str) -> list[Groups]:
    """The characters beside a slip tell that they are neighbours but for it; see `_around`."""
    pieces = _each(seller, _in_a_row(run, CJK_SIZE))
    if len(run) > SHORT_RUN:
        return _without_a_stretch(pieces, CJK_SIZE)
    found = []
    for at in range(len(run)):
        before, after = run[:at][-1:], run[at + 1 :][:1]
        # Wrong, or one too many.
        beside = [f"{before}_{after}", before + after] if before and after else []
        found.append(_with_one_of(seller, pieces[: max(0, at - 1)] + pieces[at + 1 :], beside))
        # Left out before it, or in the place of the one before it.
        beside = [f"{before}_{run[at]}", run[at] + before] if before else []
        found.append(_with_one_of(seller, pieces[: max(0, at - 2)] + pieces[at + 1 :], beside))
    return found


def _with_one_of(seller: UUID, pieces: Groups, some: list[str]) -> Groups:
    return [*pieces, one_of(seller, some)] if some else pieces


def sounding_with_slips(seller: UUID, text: str) -> list[Groups]:
    """The same as `sounding` for what is typed with one slip in it."""
    whole = _each(seller, _sound(text))
    return _once([_thinned(rest) for rest in _without_a_stretch(whole, SOUND_SIZE)])


def array(keys: list[int]) -> str:
    """Keys as PostgreSQL writes an array: a list of such texts may hold arrays of any length."""
    return f"{{{','.join(map(str, keys))}}}"


def _runs(text: str) -> list[str]:
    return [word for word in names.core(text).split(" ") if not word.isascii()]


def _sound(text: str) -> list[str]:
    """Where the words of a sound end is a matter of taste: it is taken as one."""
    return [f"~{piece}" for piece in _in_a_row(names.latin(text).replace(" ", ""), SOUND_SIZE)]


def _in_a_row(run: str, size: int) -> list[str]:
    return [run[at : at + size] for at in range(max(1, len(run) - size + 1))] if run else []


def _around(run: str) -> list[str]:
    """Characters with one between them: what a slip leaves whole that spoils both pairs."""
    return [f"{one}_{other}" for one, other in zip(run, run[2:], strict=False)]


def _without_a_stretch(pieces: Groups, size: int) -> list[Groups]:
    """A slip spoils one piece more than a piece is long: wherever it is, one of these lacks it."""
    step = max(1, len(pieces) // STRETCHES)
    starts = range(-size, len(pieces), step)
    return [pieces[: max(0, at)] + pieces[max(0, at + size + step) :] for at in starts]


def _thinned(sound: Groups) -> Groups:
    """Pieces side by side hold all letters: those between them cost time and tell little more."""
    return sound[::SOUND_SIZE] + sound[-1:]


def _each(seller: UUID, keys: list[str]) -> Groups:
    return [[number(seller, key)] for key in dict.fromkeys(keys)]


def _once(asked: list[Groups]) -> list[Groups]:
    """Each question once, and none that asks for nothing: that would be every name."""
    return [groups for nth, groups in enumerate(asked) if groups and groups not in asked[:nth]]


def number(seller: UUID, key: str) -> int:
    """A key of a seller's name as a 64-bit number; two that share one cost a look, no more."""
    return _seller_half(seller) | _key_half(key)


@lru_cache(4096)
def _seller_half(seller: UUID) -> int:
    return (seller.int & 0x7FFF_FFFF) << 32


@lru_cache(500_000)
def _key_half(key: str) -> int:
    return crc32(key.encode())
