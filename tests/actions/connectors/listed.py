"""Small lists in their publishers' formats, with parties that do not exist."""

from __future__ import annotations

from pathlib import Path

LISTS = Path(__file__).parent / "lists"


def _text(name: str) -> str:
    with (LISTS / name).open(encoding="utf-8", newline="") as file:
        return file.read()


OFAC_XML, OFAC_CSV = _text("ofac.xml"), _text("ofac.csv")
UN_XML, EU_XML = _text("un.xml"), _text("eu.xml")
OPENSANCTIONS_CSV = _text("opensanctions.csv")
