"""Sanctions lists in their publishers' own formats, read into `screening.rules.Watchlist`.

Which format a file has is seen from its beginning. Nothing is fetched: a person, or the operator's
own timer, brings the file. Sources of the formats:

* OFAC: SDN.XML and SDN.CSV of the US Treasury (its "data formats" pages);
* UN: the Security Council's consolidated list, XML;
* EU: the consolidated financial sanctions file, XML 1.1;
* OpenSanctions: `targets.simple.csv` of any collection.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netterms.connectors.watchlists import eu, ofac, opensanctions, un
from netterms.kernel.refusal import Code, Refusal
from netterms.screening.rules import Watchlist

# The largest of the public files has some 300 MB.
MOST_BYTES = 2**29
_BEGINNING = 4096

Reader = Callable[[Path], Watchlist]
# What the beginning of a file holds, in lower case, and who reads the rest.
READERS: tuple[tuple[bytes, Reader], ...] = (
    (b"<sdnlist", ofac.read_xml),
    (b"<consolidated_list", un.read),
    (b"<export", eu.read),
    (b"id,schema,name,aliases", opensanctions.read),
)


def read(path: Path) -> Watchlist:
    """The list in a file.

    FILE_UNREADABLE when it is none of the known formats or breaks off, FILE_TOO_LARGE, FILE_EMPTY.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    if size > MOST_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_BYTES)
    try:
        found = _reader(beginning)(path)
    except (OSError, ValueError) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    if not any(entry.id and entry.names for entry in found.entries):
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    return found


def _reader(beginning: bytes) -> Reader:
    lowered = beginning.lstrip(b"\xef\xbb\xbf").lower().replace(b'"', b"")
    # A document that defines its own entities is none of these lists, and may be meant to do harm.
    if b"<!doctype" in lowered:
        raise ValueError("a document type of its own")
    for mark, reader in READERS:
        if mark in lowered:
            return reader
    if ofac.looks_like_csv(beginning):
        return ofac.read_csv
    raise ValueError("no known list")
