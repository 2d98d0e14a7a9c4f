"""Legal entity identifiers, from the public API of the Global LEI Foundation (JSON:API, no key).

The data is in the public domain (CC0). Described by GLEIF at
<https://documenter.getpostman.com/view/7679680/SVYrrxuU> and
<https://www.gleif.org/en/lei-data/gleif-api>, of which on 2026-11-26 a stored copy of the quick
start could be read. The names of fields and filters used here (`lei`, `entity.legalName`,
`otherNames`, `transliteratedOtherNames`, `legalAddress`, `registeredAs`, `status`, `creationDate`;
`filter[entity.legalName]`, `filter[entity.legalAddress.country]`, `page[size]`) are those that
published programs read and send. Not checked: a live answer, and how alike a name must be.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from netterms.buyers.identifiers import identifier
from netterms.buyers.ports import RegisteredCompany, RegistryError
from netterms.connectors.registry.asking import Asking

BASE = "https://api.gleif.org/api/v1"
MOST = 100
OTHERS = ("otherNames", "transliteratedOtherNames")


class Gleif:
    """`buyers.ports.Registry` by LEI."""

    def __init__(self, asking: Asking, base: str = BASE) -> None:
        self._asking = asking
        self._base = base

    def by_number(self, number: str) -> RegisteredCompany | None:
        """The entity with that LEI; VALUE_INVALID for one whose check digits are wrong."""
        lei = identifier("lei", "", number).value
        answer = self._asking.json(f"{self._base}/lei-records/{lei}")
        return None if answer is None else _company(_data(answer))

    def by_name(self, name: str, country: str = "", most: int = 10) -> list[RegisteredCompany]:
        """Entities whose legal name is like it."""
        params = {"filter[entity.legalName]": name, "page[size]": str(min(most, MOST))}
        if country:
            params["filter[entity.legalAddress.country]"] = country
        answer = self._asking.json(f"{self._base}/lei-records", params)
        return [_company(record) for record in _data(answer or {"data": []})][:most]


def _data(answer: Any) -> Any:  # noqa: ANN401 - any JSON
    try:
        return answer["data"]
    except (TypeError, KeyError) as error:
        raise RegistryError("answer", "data", temporary=False) from error


def _company(record: Any) -> RegisteredCompany:  # noqa: ANN401 - any JSON
    try:
        told = record["attributes"]
        entity = told["entity"]
        place = entity.get("legalAddress") or {}
        founded = entity.get("creationDate") or ""
        return RegisteredCompany(
            source="gleif",
            kind="lei",
            number=told["lei"],
            name=entity["legalName"]["name"],
            country=(place.get("country") or "")[:2],
            status=entity.get("status") or "",
            registration=entity.get("registeredAs") or "",
            other_names=tuple(other["name"] for kind in OTHERS for other in entity.get(kind) or ()),
            founded_on=date.fromisoformat(founded[:10]) if founded else None,
            address=", ".join(place.get("addressLines") or ()),
            postal_code=place.get("postalCode") or "",
            city=place.get("city") or "",
        )
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise RegistryError("answer", f"{error!r}", temporary=False) from error
