"""Legal entity identifiers, from the public API of the Global LEI Foundation (JSON:API, no key).

The data is in the public domain (CC0). Described by GLEIF at
<https://documenter.getpostman.com/view/7679680/SVYrrxuU> and
<https://www.gleif.org/en/lei-data/gleif-api>, of which on 2026-11-26 a stored copy of the quick
start could be read, and an answer to `/lei-records/{lei}` that was kept in October 2026: it has the
fields used here (`lei`, `entity.legalName`, `otherNames`, `transliteratedOtherNames`,
`legalAddress`, `registeredAs`, `status`, `creationDate`, `expiration`, `successorEntity`,
`eventGroups`). The filters (`filter[entity.legalName]`, `filter[entity.legalAddress.country]`,
`page[size]`), the 60 requests a minute and the shape of an event are those of published programs.
Not checked: how alike a name must be.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from netterms.buyers.identifiers import identifier
from netterms.buyers.ports import RegisteredCompany, RegistryError
from netterms.connectors.registry.asking import Asking

BASE = "https://api.gleif.org/api/v1"
MOST = 100
# Events of the format LEI-CDF 3.1 that tell of a company's end as a debtor.
ENDS = frozenset(
    {"BANKRUPTCY", "DISSOLUTION", "INSOLVENCY", "LIQUIDATION", "VOLUNTARY_ARRANGEMENT"}
)
WITHDRAWN = "WITHDRAWN_CANCELLED"
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


def _detail(entity: Any) -> str:  # noqa: ANN401 - any JSON
    """What happened to the company: the newest event that tells of its end, or that it merged."""
    told = [
        event
        for group in entity.get("eventGroups") or ()
        for event in group.get("events") or ()
        if event.get("type") in ENDS and event.get("status") != WITHDRAWN
    ]
    newest = max(told, key=lambda event: event.get("effectiveDate") or "", default=None)
    if newest is not None:
        return str(newest["type"])
    expired = (entity.get("expiration") or {}).get("reason") or ""
    successor = (entity.get("successorEntity") or {}).get("lei")
    return "MERGED" if successor or expired == "CORPORATE_ACTION" else expired


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
            status_detail=_detail(entity),
            registration=entity.get("registeredAs") or "",
            other_names=tuple(other["name"] for kind in OTHERS for other in entity.get(kind) or ()),
            founded_on=date.fromisoformat(founded[:10]) if founded else None,
            address=", ".join(place.get("addressLines") or ()),
            postal_code=place.get("postalCode") or "",
            city=place.get("city") or "",
        )
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise RegistryError("answer", f"{error!r}", temporary=False) from error
