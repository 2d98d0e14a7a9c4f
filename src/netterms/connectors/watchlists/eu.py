"""The consolidated financial sanctions list of the European Union, XML 1.1."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from netterms.connectors.markup import all_at, squeezed
from netterms.connectors.watchlists import markup
from netterms.connectors.watchlists.shaping import countries, day, distinct
from netterms.screening.rules import Entry, ListKind, Party, Watchlist

TITLE = "EU financial sanctions"
PARTIES = {"enterprise": Party.COMPANY, "person": Party.PERSON}
NO_COUNTRY = "00"


def read(path: Path) -> Watchlist:
    """The whole list. What it says stands in attributes of its elements."""
    published = day(markup.root(path).get("generationDate", ""))
    found = [_entry(element) for element in markup.entries(path, "sanctionEntity")]
    return Watchlist(ListKind.EU, TITLE, published, tuple(found))


def _entry(element: etree._Element) -> Entry:
    subject = element.find("{*}subjectType")
    code = subject.get("code", "") if subject is not None else ""
    places = [
        each.get("countryIso2Code", "")
        for name in ("citizenship", "address", "identification")
        for each in all_at(element, name)
    ]
    return Entry(
        id=element.get("euReferenceNumber") or element.get("logicalId", ""),
        party=PARTIES.get(code, Party.OTHER),
        names=distinct(each.get("wholeName", "") for each in all_at(element, "nameAlias")),
        countries=countries(place for place in places if place != NO_COUNTRY),
        numbers=distinct(each.get("number", "") for each in all_at(element, "identification")),
        programmes=distinct(each.get("programme", "") for each in all_at(element, "regulation")),
        remarks=squeezed(element.get("designationDetails", "")),
    )
