"""What the wording of a heading tells: the field it names, a currency, a unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from netterms.receivables.intake import units
from netterms.receivables.intake.synonyms import (
    BLOCKERS_EN,
    BLOCKERS_ZH,
    STOP_TOKENS,
    SYNONYMS,
    TRADITIONAL,
)
from netterms.receivables.intake.words import CURRENCY_WORDS, ISO_CURRENCIES, SHARED_SIGNS

_PARENTHESES = re.compile(r"[(\[【{][^)\]】}]*[)\]】}]?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z]+|[0-9]+|[^\W\d_a-z]+|#")
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as found (`text`) and what its wording alone tells."""

    text: str
    tokens: tuple[str, ...]  # latin words without currency and stop words
    han: str  # the Chinese characters, simplified, without currency and unit
    currency: str  # "" when the heading names none
    definite: bool  # whether only this currency can be meant: 美元, not $
    sign: str  # the sign of several currencies that names it, such as $
    unit: Decimal | None  # 10000 for 万元, 1 for 元; None when the heading names none

    @property
    def chinese(self) -> bool:
        return bool(_HAN.search(self.text))


def fold(text: str) -> str:
    """Full-width to half-width, compatible forms joined, traditional to simplified, accents off."""
    text = unicodedata.normalize("NFKC", text).translate(TRADITIONAL)
    text = unicodedata.normalize("NFD", text.replace("ß", "ss"))
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


def _words(text: str) -> list[str]:
    return _WORD.findall(_CAMEL.sub(" ", text).lower())


_MAJOR = "usd eur gbp cny rmb cad aud hkd jpy chf sgd inr twd krw sek nok dkk pln mxn brl nzd"
_CODE = re.compile(rf"(?<![A-Za-z])({_MAJOR.replace(' ', '|')})(?![A-Za-z])", re.IGNORECASE)
_CODE_IN_BRACKETS = re.compile(r"[(\[/]\s*([A-Z]{3})\s*[)\]]?\s*$")
_SIGN = re.compile(r"(?<=[(\[/:_\s])\s*(元|[$€£¥])|(元|[$€£¥])\s*$")


def currency_in(folded: str) -> tuple[str, bool, str]:
    """The currency a heading names, whether it is definite, and the heading without it."""
    code = _CODE.search(folded) or _CODE_IN_BRACKETS.search(folded)
    if code:
        word = code.group(1).upper()
        word = CURRENCY_WORDS.get(word, word)
        if word in ISO_CURRENCIES:
            return word, True, folded[: code.start(1)] + " " + folded[code.end(1) :]
    for name, iso in CURRENCY_WORDS.items():
        if len(name) > 1 and not name.isascii() and name in folded:
            return iso, True, folded.replace(name, " ", 1)
    if sign := _sign_in(folded):
        return CURRENCY_WORDS[sign], sign not in SHARED_SIGNS, folded.replace(sign, " ", 1)
    return "", False, folded


def _sign_in(folded: str) -> str:
    found = _SIGN.search(folded)
    return (found.group(1) or found.group(2)) if found else ""


@lru_cache(maxsize=4096)
def parse(text: str) -> Heading:
    """What the wording of one heading tells."""
    folded = fold(text)
    unit, rest = units.in_heading(folded)
    currency, definite, wording = currency_in(rest)
    # A currency that is not definite is named by a sign alone.
    sign = "" if definite else _sign_in(rest)
    words = [w for w in _words(wording) if w not in STOP_TOKENS]
    latin = tuple(w for w in words if w.isascii())
    return Heading(text, latin, "".join(_HAN.findall(wording)), currency, definite, sign, unit)


class _Table:
    """The synonyms, found by their joined words, their first word, or as Chinese text."""

    def __init__(self) -> None:
        self.joined: dict[str, list[tuple[str, int]]] = {}
        self.first: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
        self.han: list[tuple[str, int, str]] = []
        for field, synonyms in SYNONYMS.items():
            for rank, synonym in enumerate(synonyms.split("|")):
                chinese = "".join(_HAN.findall(fold(synonym)))
                if chinese:
                    self.han.append((field, rank, chinese))
                    continue
                words = tuple(w for w in _words(fold(synonym)) if w not in STOP_TOKENS)
                self.joined.setdefault("".join(words), []).append((field, rank))
                self.first.setdefault(words[0], []).append((field, rank, words))


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[k : k + len(part)] == part for k in range(len(words) - len(part) + 1))


def _latin_scores(words: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    table, joined = _table(), "".join(words)
    for field, rank in table.joined.get(joined, ()):
        yield field, 100 - rank * 0.2
    for word in set(words):
        for field, rank, part in table.first.get(word, ()):
            share = len("".join(part)) / len(joined)
            blocked = BLOCKERS_EN & (set(words) - set(part))
            if share >= 0.3 and not blocked and _contains(words, part):
                yield field, 50 + 35 * share - rank * 0.2


def _score_han(text: str, part: str, rank: int) -> float:
    if text == part:
        return 100 - rank * 0.2
    if part not in text or len(part) < 2:
        return 0
    if any(word in text and word not in part for word in BLOCKERS_ZH):
        return 0
    return 50 + 35 * len(part) / len(text) - rank * 0.2


def _variants(heading: Heading) -> list[Heading]:
    """The heading as it stands and, where it has brackets, without them."""
    bare = _PARENTHESES.sub(" ", fold(heading.text))
    return [heading] if bare == fold(heading.text) else [heading, parse(bare)]


@lru_cache(maxsize=4096)
def scores(text: str) -> dict[str, float]:
    """How well a heading names each field (0 to 100; absent means not at all)."""
    best: dict[str, float] = {}
    if not _LETTER.search(text):
        return best
    for form in _variants(parse(text)):
        found = list(_latin_scores(form.tokens)) if form.tokens else []
        if form.han:
            found += [(f, _score_han(form.han, part, rank)) for f, rank, part in _table().han]
        for field, score in found:
            if score > best.get(field, 0):
                best[field] = score
    return best
