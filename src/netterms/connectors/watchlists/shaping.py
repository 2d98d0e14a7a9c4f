"""What publishers write in many ways, in one: countries, names, dates."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from babel import Locale

# Spellings of countries in these lists that are not the English names of the Unicode data.
SPELLINGS = {
    "bolivia, plurinational state of": "BO",
    "burma": "MM",
    "central african republic (the)": "CF",
    "congo, democratic republic of the": "CD",
    "congo, republic of the": "CG",
    "cote d ivoire": "CI",
    "côte d'ivoire": "CI",
    "czech republic": "CZ",
    "democratic people's republic of korea": "KP",
    "democratic republic of the congo": "CD",
    "gambia, the": "GM",
    "hong kong": "HK",
    "iran (islamic republic of)": "IR",
    "iran, islamic republic of": "IR",
    "islamic republic of iran": "IR",
    "korea, north": "KP",
    "korea, south": "KR",
    "libyan arab jamahiriya": "LY",
    "macau": "MO",
    "north korea": "KP",
    "palestinian": "PS",
    "region: gaza": "PS",
    "republic of korea": "KR",
    "republic of moldova": "MD",
    "russian federation": "RU",
    "state of palestine": "PS",
    "syrian arab republic": "SY",
    "the gambia": "GM",
    "turkey": "TR",
    "united kingdom of great britain and northern ireland": "GB",
    "united republic of tanzania": "TZ",
    "united states of america": "US",
    "venezuela (bolivarian republic of)": "VE",
    "viet nam": "VN",
    "west bank": "PS",
}
# A cell of a much sanctioned party is longer than the reader of CSV takes by default.
LONGEST_CELL = 2**24
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y")


@contextmanager
def table(path: Path, errors: str = "strict") -> Iterator[Iterator[str]]:
    """The lines of a CSV list, for a reader of CSV that takes cells of any sane length.

    ValueError for what is no CSV; `errors` says what becomes of what is not UTF-8.
    """
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", errors=errors, newline="") as file:
            yield (line.replace("\0", "") for line in file)
    except csv.Error as error:
        raise ValueError(str(error)) from error
    finally:
        csv.field_size_limit(before)


def country(written: str) -> str:
    """The ISO 3166 alpha-2 code of a country's English name or code; empty when not known."""
    words = " ".join(written.split())
    if re.fullmatch("[A-Za-z]{2}", words):
        return words.upper()
    return _countries().get(words.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    names = {
        name.casefold(): code
        for code, name in Locale("en").territories.items()
        if re.fullmatch("[A-Z]{2}", code)
    }
    return names | {name.replace(" & ", " and "): code for name, code in names.items()} | SPELLINGS


def countries(written: Iterable[str]) -> tuple[str, ...]:
    """The codes of countries, each once, in order."""
    return distinct(country(each) for each in written)


def distinct(written: Iterable[str]) -> tuple[str, ...]:
    """What is not empty, each once, in order."""
    return tuple(dict.fromkeys(word for each in written if (word := " ".join(each.split()))))


def day(written: str) -> str:
    """A day or instant as an ISO date; empty when it is none."""
    head = written.strip().split("T")[0].split("+")[0]
    for pattern in _DAYS:
        try:
            return datetime.strptime(head, pattern).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return ""
