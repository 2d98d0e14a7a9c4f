"""`targets.simple.csv` of OpenSanctions: one row a target, a semicolon between values of a cell."""

from __future__ import annotations

import csv
from pathlib import Path

from netterms.connectors.watchlists.shaping import countries, day, distinct, table
from netterms.screening.rules import Entry, ListKind, Party, Watchlist

PERSONS = {"Person"}
COMPANIES = {"Company", "Organization", "LegalEntity", "PublicBody"}
TITLE = "OpenSanctions"


def read(path: Path) -> Watchlist:
    """Every target of the file."""
    with table(path) as lines:
        try:
            found = [_entry(row) for row in csv.DictReader(lines)]
        except (KeyError, AttributeError) as error:
            raise ValueError(str(error)) from error
    newest = max((seen for seen, _ in found), default="")
    return Watchlist(ListKind.OPENSANCTIONS, TITLE, newest, tuple(entry for _, entry in found))


def _entry(row: dict[str, str]) -> tuple[str, Entry]:
    schema = row["schema"]
    party = Party.PERSON if schema in PERSONS else Party.OTHER
    return day(row.get("last_seen", "")), Entry(
        id=row["id"],
        party=Party.COMPANY if schema in COMPANIES else party,
        names=distinct([row["name"], *row["aliases"].split(";")]),
        countries=countries(row["countries"].split(";")),
        numbers=distinct(row["identifiers"].split(";")),
        programmes=distinct([row.get("dataset", "")]),
        remarks=" ".join(row.get("sanctions", "").split())[:500],
    )
