"""What the cells of a sample look like, column by column. Only samples pass through here."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from netterms.receivables.intake.words import (
    EMPTY_DATES,
    EMPTY_WORDS,
    currency_code,
    kind_of,
    status_of,
)

_TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年 ]\s?(\d{{1,2}})[-/.月 ]\s?(\d{{1,2}})日?{_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3})[a-z]*[-/., ]*(\d{4}|\d{2})", re.IGNORECASE
)
_NAMED_US = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19[89]|20\d)\d)(0[1-9]|1[0-2])([0-3]\d)(?:\.0+)?")
_SERIAL = re.compile(r"(?:3[3-9]|[4-6]\d|7[0-2])\d{3}(?:\.\d+)?")
_NUMBER = re.compile(r"[^\d\n]{0,6}[\d.,\s'’]*\d[\d.,\s'’]*[^\d\n]{0,6}")
_ID = re.compile(r"[A-Za-z]{0,6}[-_]?\d+(?:\.0)?")
_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"


def clean(cell: str) -> str:
    """A cell without surrounding blanks and in half-width characters; "" for N/A and the like."""
    text = unicodedata.normalize("NFKC", cell).strip()
    return "" if text in EMPTY_WORDS else text


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year + (2000 if year < 100 else 0), month, day).toordinal()
    except ValueError:
        return None


def rough_day(text: str) -> int | None:
    """The day a date-like cell means, as an ordinal; good enough to compare two columns."""
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(text):
        a, b, year = int(found[1]), int(found[2]), int(found[3])
        return _day(year, a, b) or _day(year, b, a)
    if found := _NAMED.fullmatch(text):
        at = _MONTHS.find(found[2].upper())
        return _day(int(found[3]), at // 3 + 1, int(found[1])) if at >= 0 and at % 3 == 0 else None
    if found := _NAMED_US.fullmatch(text):
        at = _MONTHS.find(found[1].upper())
        return _day(int(found[3]), at // 3 + 1, int(found[2])) if at >= 0 and at % 3 == 0 else None
    return None


@dataclass(frozen=True, slots=True)
class Shape:
    """Shares (0 to 1) of the filled cells of a sampled column that look like something."""

    filled: int
    dates: float  # surely dates
    days: float  # dates, or numbers that can be spreadsheet day serials
    numbers: float
    decimals: float  # numbers with a fraction
    flags: float  # only 0 and 1
    ids: float
    currencies: float
    kinds: float
    statuses: float
    emails: float
    distinct: float
    longest: int
    counting: bool  # 1, 2, 3 …
    middle_day: float | None


def _share(hits: Iterable[bool], count: int) -> float:
    return sum(hits) / count if count else 0.0


def shape(cells: Sequence[str]) -> Shape:
    """The shape of one sampled column."""
    texts = [text for text in map(clean, cells) if text]
    n = len(texts)
    days = [rough_day(text) for text in texts]
    numbers = [d is None and bool(_NUMBER.fullmatch(t)) for t, d in zip(texts, days, strict=True)]
    known = [d for d in days if d is not None]
    digits = [int(text) for text in texts if text.isdecimal() and len(text) < 7]
    return Shape(
        filled=n,
        dates=_share((d is not None for d in days), n),
        days=_share(
            (
                d is not None or bool(_SERIAL.fullmatch(t)) or t in EMPTY_DATES
                for t, d in zip(texts, days, strict=True)
            ),
            n,
        ),
        # dates written as 20260301 are numbers too: the heading says which
        numbers=_share(
            (k or bool(_COMPACT.fullmatch(t)) for k, t in zip(numbers, texts, strict=True)), n
        ),
        decimals=_share(
            (k and bool(re.search(r"[.,]\d", t)) for k, t in zip(numbers, texts, strict=True)), n
        ),
        flags=_share((t in ("0", "1", "0.0", "1.0") for t in texts), n),
        ids=_share((bool(_ID.fullmatch(t)) for t in texts), n),
        currencies=_share((bool(currency_code(t)) for t in texts), n),
        kinds=_share((bool(kind_of(t)) for t in texts), n),
        statuses=_share((bool(status_of(t, yes_is_open=True)) for t in texts), n),
        emails=_share(("@" in t for t in texts), n),
        distinct=len(set(texts)) / n if n else 0.0,
        longest=max(map(len, texts), default=0),
        counting=len(digits) == n > 1 and digits == list(range(digits[0], digits[0] + n)),
        middle_day=statistics.median(known) if known else None,
    )
