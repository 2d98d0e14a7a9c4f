"""What the cells of a sample look like, column by column. Only samples pass through here."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from netterms.receivables.intake.words import (
    EMPTY_DATES,
    EMPTY_TEXTS,
    currency_code,
    kind_of,
    status_of,
)

_TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年 ]\s?(\d{{1,2}})[-/.月 ]\s?(\d{{1,2}})日?{_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_SHORT_YEAR_FIRST = re.compile(rf"(\d{{2}})[-/. ](\d{{1,2}})[-/. ](\d{{1,2}}){_TIME}")
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
    """A cell without surrounding blanks and in half-width characters; "" for N/A and the like.

    A formula without a result says nothing of what its column holds.
    """
    text = unicodedata.normalize("NFKC", cell).strip()
    return "" if text in EMPTY_TEXTS or text.startswith("=") else text


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
        if day := _day(year, a, b) or _day(year, b, a):
            return day
    if found := _SHORT_YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
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
    serials: float  # numbers that can be spreadsheet day serials
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


def shape(cells: Sequence[str]) -> Shape:
    """The shape of one sampled column."""
    texts = [text for text in map(clean, cells) if text]
    counts = Counter(texts)
    n = len(texts)
    days = {text: rough_day(text) for text in counts}
    numbers = {t for t, day in days.items() if day is None and _NUMBER.fullmatch(t)}

    def share(test: Callable[[str], object]) -> float:
        return sum(count for text, count in counts.items() if test(text)) / n if n else 0.0

    known = [day for text in texts if (day := days[text]) is not None]
    digits = [int(text) for text in texts if text.isdecimal() and len(text) < 7]
    return Shape(
        filled=n,
        dates=share(lambda t: days[t] is not None),
        days=share(lambda t: days[t] is not None or _SERIAL.fullmatch(t) or t in EMPTY_DATES),
        serials=share(lambda t: days[t] is None and _SERIAL.fullmatch(t)),
        # dates written as 20260301 are numbers too: the heading says which
        numbers=share(lambda t: t in numbers or _COMPACT.fullmatch(t)),
        decimals=share(lambda t: t in numbers and re.search(r"[.,]\d", t)),
        flags=share(lambda t: t in ("0", "1", "0.0", "1.0")),
        ids=share(_ID.fullmatch),
        currencies=share(currency_code),
        kinds=share(kind_of),
        statuses=share(lambda t: status_of(t, yes_is_open=True)),
        emails=share(lambda t: "@" in t),
        distinct=len(counts) / n if n else 0.0,
        longest=max(map(len, counts), default=0),
        counting=len(digits) == n > 1 and digits == list(range(digits[0], digits[0] + n)),
        middle_day=statistics.median(known) if known else None,
    )
