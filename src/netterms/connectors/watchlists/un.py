"""The consolidated list of the United Nations Security Council, XML."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from netterms.connectors.markup import all_at, text_at
from netterms.connectors.watchlists import markup
from netterms.connectors.watchlists.shaping import countries, day, distinct
from netterms.screening.rules import Entry, ListKind, Party, Watchlist

TITLE = "UN Security Council"
NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read(path: Path) -> Watchlist:
    """The whole list, persons and entities."""
    published = day(markup.root(path).get("dateGenerated", ""))
    found = [
        _entry(element, etree.QName(element).localname)
        for element in markup.entries(path, "INDIVIDUAL", "ENTITY")
    ]
    return Watchlist(ListKind.UN, TITLE, published, tuple(found))


def _entry(element: etree._Element, kind: str) -> Entry:
    aliases = [text_at(each, "ALIAS_NAME") for each in all_at(element, f"{kind}_ALIAS")]
    known = [
        *(each.text or "" for each in all_at(element, "NATIONALITY/VALUE")),
        *(text_at(each, "COUNTRY") for each in all_at(element, f"{kind}_ADDRESS")),
    ]
    return Entry(
        id=text_at(element, "DATAID") or text_at(element, "REFERENCE_NUMBER"),
        party=Party.PERSON if kind == "INDIVIDUAL" else Party.COMPANY,
        names=distinct(
            [
                " ".join(text_at(element, name) for name in NAMES),
                text_at(element, "NAME_ORIGINAL_SCRIPT"),
                *aliases,
            ]
        ),
        countries=countries(known),
        numbers=distinct(text_at(each, "NUMBER") for each in all_at(element, f"{kind}_DOCUMENT")),
        programmes=distinct([text_at(element, "UN_LIST_TYPE")]),
        remarks=text_at(element, "REFERENCE_NUMBER"),
    )
