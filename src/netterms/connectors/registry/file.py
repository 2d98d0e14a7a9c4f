"""A register as a list with columns of the names of `RegisteredCompany`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from netterms.buyers import names
from netterms.buyers.ports import RegisteredCompany
from netterms.connectors.columns import read_columns

NEEDED = ("number", "name")
OPTIONAL = ("country", "status", "status_detail", "registration", "address", "postal_code", "city")
LEAST_ALIKE = 60
LOOKED_AT = 50


class FileRegistry:
    """`buyers.ports.Registry` by the column `number`; refuses as `read_columns` does."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def by_number(self, number: str) -> RegisteredCompany | None:
        """The line with that number, spaces and case apart."""
        found = self._by_number.get(_bare(number))
        return None if found is None else self._company(found)

    def by_name(self, name: str, country: str = "", most: int = 10) -> list[RegisteredCompany]:
        """Lines whose name is like it."""
        near = process.extract(names.core(name), self._cores, scorer=fuzz.WRatio, limit=LOOKED_AT)
        scored = [(names.similarity(name, self._lines[nth]["name"]), nth) for _, _, nth in near]
        found = [
            self._company(self._lines[nth])
            for score, nth in sorted(scored, key=lambda each: (-each[0], each[1]))
            if score >= LEAST_ALIKE
        ]
        return [one for one in found if not country or one.country in {"", country}][:most]

    @cached_property
    def _lines(self) -> list[Mapping[str, str]]:
        lines = (cells for _, cells in read_columns(self._path, NEEDED))
        return [line for line in lines if line["number"] and line["name"]]

    @cached_property
    def _by_number(self) -> dict[str, Mapping[str, str]]:
        return {_bare(line["number"]): line for line in self._lines}

    @cached_property
    def _cores(self) -> list[str]:
        return [names.core(line["name"]) for line in self._lines]

    def _company(self, line: Mapping[str, str]) -> RegisteredCompany:
        told = {column: line.get(column, "") for column in OPTIONAL}
        return RegisteredCompany(
            source=self._path.name,
            kind="registration",
            number=line["number"],
            name=line["name"],
            country=told["country"],
            status=told["status"],
            status_detail=told["status_detail"],
            registration=told["registration"],
            address=told["address"],
            postal_code=told["postal_code"],
            city=told["city"],
        )


def _bare(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())
