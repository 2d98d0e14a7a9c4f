"""The Specially Designated Nationals list of the US Treasury: SDN.XML, or SDN.CSV alone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from lxml import etree

from netterms.connectors.markup import all_at, text_at
from netterms.connectors.watchlists import markup
from netterms.connectors.watchlists.shaping import countries, day, distinct, table
from netterms.screening.rules import Entry, ListKind, Party, Watchlist

TITLE = "OFAC SDN"
PARTIES = {"entity": Party.COMPANY, "individual": Party.PERSON}
# Where an entry of SDN.XML names countries.
COUNTRIES = {
    "addressList/address": "country",
    "idList/id": "idCountry",
    "nationalityList/nationality": "country",
}
# SDN.CSV has no headings: number, name, type, programmes, ..., remarks; -0- stands for nothing.
COLUMNS, NAME, TYPE, PROGRAMMES, REMARKS = 12, 1, 2, 3, 11
NOTHING = "-0-"
END = "\x1a"  # the last line
# Of the kinds of numbers an entry has, those that tell one company from another.
NUMBERS = re.compile(
    r"(?:registration|tax|company|commercial|enterprise|business|legal entity|"
    r"organization|identification|national id|passport|unified social credit)[^;]*?"
    r"\b((?=[A-Z0-9./-]*\d)[A-Z0-9][A-Z0-9./-]{4,})",
    re.IGNORECASE,
)
ALIAS = re.compile(r"\b(?:a|f|n)\.k\.a\. '([^']+)'", re.IGNORECASE)


def read_xml(path: Path) -> Watchlist:
    """SDN.XML, and the consolidated list in the same form."""
    published, found = "", []
    for element in markup.entries(path, "Publish_Date", "sdnEntry"):
        if etree.QName(element).localname == "Publish_Date":
            published = day(element.text or "")
        else:
            found.append(_entry(element))
    return Watchlist(ListKind.OFAC, TITLE, published, tuple(found))


def _entry(element: etree._Element) -> Entry:
    party = PARTIES.get(text_at(element, "sdnType").lower(), Party.OTHER)
    programmes = [each.text or "" for each in all_at(element, "programList/program")]
    listed = all_at(element, "akaList/aka")
    known = [
        text_at(each, name) for path, name in COUNTRIES.items() for each in all_at(element, path)
    ]
    return Entry(
        id=text_at(element, "uid"),
        party=party,
        names=distinct(_name(each) for each in [element, *listed]),
        countries=countries(known),
        numbers=distinct(text_at(each, "idNumber") for each in all_at(element, "idList/id")),
        programmes=distinct(programmes),
        remarks=text_at(element, "remarks"),
    )


def _name(element: etree._Element) -> str:
    return f"{text_at(element, 'firstName')} {text_at(element, 'lastName')}"


def looks_like_csv(beginning: bytes) -> bool:
    """Whether a file begins as SDN.CSV does, which has no headings."""
    lines = beginning.decode("utf-8", "replace").splitlines()
    cells = next(csv.reader(lines[:1]), [])
    return len(cells) == COLUMNS and cells[0].strip().isdigit()


def read_csv(path: Path) -> Watchlist:
    """SDN.CSV. Its other names and numbers are what the remarks tell; SDN.XML has them all."""
    with table(path, "replace") as lines:
        rows = [list(map(_cell, cells)) for cells in csv.reader(lines)]
    found = [_of_row(cells) for cells in rows if any(cells) and cells != [END]]
    return Watchlist(ListKind.OFAC, TITLE, "", tuple(found))


def _cell(cell: str) -> str:
    words = " ".join(cell.split())
    return "" if words == NOTHING else words


def _of_row(cells: list[str]) -> Entry:
    if len(cells) != COLUMNS:
        raise ValueError("a row that breaks off")
    remarks = cells[REMARKS]
    party = PARTIES.get(cells[TYPE].lower(), Party.OTHER if cells[TYPE] else Party.COMPANY)
    name = cells[NAME]
    if party is Party.PERSON and "," in name:
        last, first = name.split(",", 1)
        name = f"{first} {last}"
    return Entry(
        id=cells[0],
        party=party,
        names=distinct([name, *ALIAS.findall(remarks)]),
        countries=countries(re.findall(r"\(([A-Z][A-Za-z ,']+)\)", remarks)),
        numbers=distinct(NUMBERS.findall(remarks)),
        programmes=distinct(re.split(r"[\[\];]", cells[PROGRAMMES])),
        remarks=remarks,
    )
