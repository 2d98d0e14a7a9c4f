"""How a buyer is held against the entries of sanctions lists. Pure: names in, a match out.

A score is 0 to 100. It says how alike two names are, and what speaks for or against the same party;
it is no probability. The points below are our convention: no list says how alike is too alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

# From this score on a person looks. Lists are made of many spellings: better one look too many.
THRESHOLD = 85
# The same number of a register or a tax office is the same party, whatever it calls itself.
SAME_NUMBER = 100
# Points off a name's score when buyer and entry are known in different countries only; and when a
# company's name is held against a person's.
OTHER_COUNTRY, OTHER_KIND = 6, 10


class ListKind(StrEnum):
    """The public formats that can be loaded."""

    OFAC = "ofac"
    UN = "un"
    EU = "eu"
    OPENSANCTIONS = "opensanctions"


class Party(StrEnum):
    """What an entry is."""

    COMPANY = "company"
    PERSON = "person"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One party on a list. `names` begins with the one the list calls it by.

    `countries` are ISO 3166 alpha-2 codes, `numbers` identifiers as written, `programmes` what it
    is listed under, `remarks` at most what a person needs to tell it from another.
    """

    id: str
    party: Party
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A list as its publisher gave it out. `published_on` is an ISO date, or empty."""

    kind: ListKind
    title: str
    published_on: str
    entries: tuple[Entry, ...]


class Point(StrEnum):
    """What a score is made of; the doors have a sentence for each."""

    NAME = "name"
    NUMBER = "number"
    SAME_COUNTRY = "same_country"
    OTHER_COUNTRY = "other_country"
    OTHER_KIND = "other_kind"


@dataclass(frozen=True, slots=True)
class Match:
    """A score with its working: points by what gave or took them; a name gives all it has."""

    score: int
    points: Mapping[Point, int]


def match(
    similarity: int,
    *,
    same_number: bool,
    buyer_country: str,
    countries: Collection[str],
    party: Party,
) -> Match:
    """The score of a buyer against an entry whose names are `similarity` (0..100) alike at best."""
    points = {Point.NAME: similarity}
    if same_number:
        points[Point.NUMBER] = SAME_NUMBER
    if buyer_country and countries:
        known = buyer_country in countries
        points[Point.SAME_COUNTRY if known else Point.OTHER_COUNTRY] = (
            0 if known else -OTHER_COUNTRY
        )
    if party is Party.PERSON:
        points[Point.OTHER_KIND] = -OTHER_KIND
    if same_number:
        return Match(SAME_NUMBER, points)
    return Match(max(0, sum(points.values())), points)
