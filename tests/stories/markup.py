"""What stands on a page, as a reader of its HTML finds it: tables, amounts, where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
NOTHING = "–"
# A sign, a currency's own sign perhaps, and digits in groups down to the cent.
AMOUNT = re.compile(r"(-?)[^\s\d.,;:-]{0,4}(\d{1,3}(?:,\d{3})*\.\d{2})(?!\d)")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.tree.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.tree.end(tag)

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def parse(html: str) -> Element:
    """The page's root element."""
    reader = _Reader()
    reader.feed(html.strip())
    reader.close()
    return reader.tree.close()


def text(element: Element | None) -> str:
    """All text inside, white space made one blank."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def first_line(element: Element) -> str:
    """The text before whatever stands below it in smaller letters."""
    return (element.text or "").strip()


def of_class(element: Element, name: str) -> list[Element]:
    """Elements inside that carry the class, in the order of the page."""
    return [found for found in element.iter() if name in found.get("class", "").split()]


def rows(table: Element, part: str = "tbody") -> Iterator[list[Element]]:
    """Cells of each row of a table's bodies (or its foot)."""
    for body in table.iter(part):
        for row in body.iter("tr"):
            yield [cell for cell in row if cell.tag in {"td", "th"}]


def link(element: Element) -> str:
    """Where the first link inside leads."""
    return next(element.iter("a")).get("href", "")


def amounts(words: str) -> list[int]:
    """Every amount in the text, in cents."""
    return [
        int(digits.replace(",", "").replace(".", "")) * (-1 if sign else 1)
        for sign, digits in AMOUNT.findall(words)
    ]


def cents(element: Element) -> int:
    """The one amount that is shown here; a dash is nothing."""
    shown = text(element)
    if shown == NOTHING:
        return 0
    [found] = amounts(shown)
    return found


def exact(element: Element) -> int:
    """The one exact amount behind a rounded one, in cents."""
    [found] = [int(data.get("value", "").replace(".", "")) for data in element.iter("data")]
    return found


def count(element: Element) -> int:
    """The first whole number shown here."""
    found = re.search(r"\d[\d,]*", text(element))
    assert found, text(element)
    return int(found.group().replace(",", ""))
