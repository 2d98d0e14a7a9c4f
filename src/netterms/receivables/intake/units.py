"""The unit that amounts are given in: what a heading, or a line beside the table, says of it."""

from __future__ import annotations

import re
from decimal import Decimal

from netterms.receivables.intake.words import UNIT_WORDS

ONE = Decimal(1)
_HUNDREDTH, _THOUSAND, _MILLION = Decimal("0.01"), Decimal(1000), Decimal(1_000_000)

_SCALE = f"({'|'.join(UNIT_WORDS)})"
_MONEY = "(?:人民币|[美欧日港加澳新韩]?[元圆]|美金|[日港台]币|英镑|法郎|卢布)"
_CODES = "usd|eur|gbp|chf|cny|rmb|hkd|jpy|cad|aud|sgd"
_CODE = rf"(?:(?:{_CODES})(?![a-z])|[€$£¥])"
_BEHIND_CODE = "(?<=[€$£¥])|" + "|".join(f"(?<={code})" for code in _CODES.split("|"))
# 125 万元, 壹拾万元整 and 5 million USD are amounts, and say nothing of the others.
_FIGURES = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
_NO_AMOUNT = rf"(?<![0-9{_FIGURES}])(?<![0-9][ .,])"

_Pattern = tuple[re.Pattern[str], Decimal]


def _patterns(*found: tuple[str, Decimal]) -> list[_Pattern]:
    return [(re.compile(pattern, re.IGNORECASE), unit) for pattern, unit in found]


def _phrases(unit: Decimal, many: str, one: str, before: str, behind: str) -> list[_Pattern]:
    """What says `unit` beyond doubt: a word of it with a currency, "in …s", TEUR, € k, (k)."""
    words = f"{many}|{one}"
    return _patterns(
        (rf"\b(?:in|en) (?:{many})(?![a-z])\.?", unit),
        (rf"{_NO_AMOUNT}\b(?:{words})\.?\s*(?:of |in )?(?={_CODE})", unit),
        (rf"(?:{_BEHIND_CODE})\s?[(]?(?:{words}|{behind})(?![a-z0-9])", unit),
        (rf"(?<![a-z0-9])[{before}](?={_CODE})", unit),
        (rf"(?<=[(\[])(?:{words}|{behind})(?=[)\]])", unit),
        (rf"\bunits?\W+(?:{words})(?![a-z])|^\W*(?:{words})\W*$", unit),
    )  # fmt: skip


_THOUSANDS, _MILLIONS = "thousands|tsd|tausend|milliers", "millions|millionen|mio|mln"
_CENTS = r"\bin (?:cents?|pence)(?![a-z])|(?<=[(\[])(?:cents|pence|分)(?=[)\]])"
_SAID = [
    *_phrases(_THOUSAND, _THOUSANDS, "thousand", "tk", "k|['’]?000s?"),
    *_phrases(_MILLION, _MILLIONS, "million", "m", "m|mm|mn"),
    *_patterns((r"(?<![0-9])['’]000s?\b|\bin 1[.,' ]?000\b", _THOUSAND), (_CENTS, _HUNDREDTH)),
]
# A heading names money anyway: there the word alone is enough.
_WORDS = _patterns(
    (rf"\b(?:{_THOUSANDS}|thousand)\b\.?|\b000s?\b", _THOUSAND),
    (rf"\b(?:{_MILLIONS}|million)\b\.?", _MILLION),
    (r"\b(?:cents|pence)\b", _HUNDREDTH),
)
_CHINESE = re.compile(rf"{_NO_AMOUNT}{_SCALE}(?={_MONEY}|{_CODE})", re.IGNORECASE)
_CHINESE_HEADING = re.compile(rf"{_NO_AMOUNT}{_SCALE}(?=\s*[)\]]|\s*$)")
_LABELLED = re.compile(rf"单位[:\s为是]*(?:人民币)?一?(?:{_SCALE}[元圆]?|[元圆分])(?![一-鿿])")
_WHOLE = re.compile("(?<![美欧日港加澳新韩百千万亿])[元圆]")


def in_heading(folded: str) -> tuple[Decimal | None, str]:
    """The unit that a heading of amounts names (万元 is 10,000), and the heading without it."""
    folded = folded.replace("_", " ")
    for pattern in (_CHINESE, _CHINESE_HEADING):
        if found := pattern.search(folded):
            return Decimal(UNIT_WORDS[found.group(1)]), _without(folded, found)
    for pattern, unit in (*_SAID, *_WORDS):
        if found := pattern.search(folded):
            return unit, _without(folded, found)
    return (ONE if _WHOLE.search(folded) else None), folded


def in_line(folded: str) -> Decimal | None:
    """The unit that a line above or below a table names for all its amounts."""
    if found := _LABELLED.search(folded):
        word = found.group(1) or found.group()[-1]
        return Decimal(UNIT_WORDS.get(word, 1)) if word != "分" else _HUNDREDTH
    if found := _CHINESE.search(folded):
        return Decimal(UNIT_WORDS[found.group(1)])
    return next((unit for pattern, unit in _SAID if pattern.search(folded)), None)


def _without(folded: str, found: re.Match[str]) -> str:
    return folded[: found.start()] + " " + folded[found.end() :]
