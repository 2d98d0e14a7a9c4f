"""Reading large XML lists entry by entry, so that one of any size fits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree


def entries(path: Path, *names: str) -> Iterator[etree._Element]:
    """Every element of these names, complete; each is forgotten once the next is asked for.

    ValueError when the document is not well-formed.
    """
    wanted = tuple(f"{{*}}{name}" for name in names)
    for element in _parsed(path, "end", wanted):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def root(path: Path) -> etree._Element:
    """The root element with its attributes, read no further; ValueError."""
    for element in _parsed(path, "start", ("{*}*",)):
        return element
    raise ValueError("nothing in it")


def _parsed(path: Path, event: str, wanted: tuple[str, ...]) -> Iterator[etree._Element]:
    with path.open("rb") as file:
        try:
            found = etree.iterparse(
                file,
                events=(event,),
                tag=wanted,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
            )
            for nth, (_, element) in enumerate(found):
                if not nth and element.getroottree().docinfo.doctype:
                    raise ValueError("a document type of its own")
                yield element
        except etree.XMLSyntaxError as error:
            raise ValueError(str(error)) from error
