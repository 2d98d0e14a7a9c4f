"""Reading XML that strangers send: no entities, no network, no document type, bounded in size."""

from __future__ import annotations

import re
from decimal import Decimal

from lxml import etree

from netterms.kernel.refusal import Code, Refusal

# Entities are what XML bombs are made of; none of the formats read here has a document type.
_BEGINNING = 1024
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_BLANKS = b" \r\n\t"
# As XML Schema writes one; the longest of the formats read here has 18 digits and a point.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)")
_LONGEST_DECIMAL = 40


def parse(content: bytes, *, most_bytes: int, file: str = "") -> etree._Element:
    """The root element of a document.

    FILE_TOO_LARGE beyond `most_bytes`; FILE_UNREADABLE when it is not well-formed, nests deeper
    than 256 elements, or brings a document type.
    """
    if len(content) > most_bytes:
        raise Refusal(Code.FILE_TOO_LARGE, file=file, limit=most_bytes)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_bare(content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=file) from error
    if root is None or root.getroottree().docinfo.doctype:
        raise Refusal(Code.FILE_UNREADABLE, file=file)
    return root


def _bare(content: bytes) -> bytes:
    """The document alone: some banks put blanks before it, and fill up with zeros behind it."""
    if content.startswith((b"<\0", b"\0<")):  # UTF-16 that does not say so
        return (b"\xff\xfe" if content.startswith(b"<") else b"\xfe\xff") + content
    return content if content.startswith(_UTF16) else content.strip(_BLANKS + b"\0")


def looks_like(content: bytes) -> bool:
    """Whether it begins as XML does, in any of its encodings."""
    start = content[:_BEGINNING].lstrip(b"\xef\xbb\xbf" + _BLANKS)
    return start.startswith(b"<") or start.startswith(_UTF16)


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def all_at(element: etree._Element, path: str) -> list[etree._Element]:
    """Every element at `path` below, its names without namespace."""
    return list(element.findall("/".join(f"{{*}}{name}" for name in path.split("/"))))


def first_at(element: etree._Element, path: str) -> etree._Element | None:
    """The first element at `path` below."""
    return element.find("/".join(f"{{*}}{name}" for name in path.split("/")))


def text_at(element: etree._Element, *paths: str) -> str:
    """The words of the first of `paths` that says something, with one space between them."""
    for path in paths:
        found = first_at(element, path)
        if found is not None and (words := squeezed(found.text or "")):
            return words
    return ""


def decimal(words: str) -> Decimal | None:
    """The number that `words` are in XML Schema; None for anything else, such as 1e3 or 1_000."""
    plain = words.strip()
    fits = len(plain) <= _LONGEST_DECIMAL and _DECIMAL.fullmatch(plain)
    return Decimal(plain) if fits else None


def squeezed(words: str) -> str:
    """Words with one space between them."""
    return " ".join(words.split())
