"""British companies, from the public data API of Companies House: a free key, two a second.

Described at
<https://developer-specs.company-information.service.gov.uk/companies-house-public-data-api>
(resources `companyprofile`, `companysearch` and `insolvency`; 600 requests in five minutes for a
key, then 429 with `X-Ratelimit-Reset`, guide `rateLimiting`). On 2026-11-26 the parameters of
`/search/companies` (`q`, `items_per_page`) and the limit were read in published copies of it; the
fields of an answer, the words of `company_status` and `company_status_detail`, the types of
insolvency cases, and the shapes of company numbers are those that published programs read. Not
checked: a live answer. Left out of an address: `po_box`, and `care_of`, which often names a person.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from netterms.buyers.identifiers import identifier
from netterms.buyers.insolvency import SOLVENT_LIQUIDATION
from netterms.buyers.ports import RegisteredCompany, RegistryError
from netterms.connectors.registry.asking import Asking

BASE = "https://api.company-information.service.gov.uk"
MOST = 100
LIQUIDATION = "liquidation"
LINES = ("premises", "address_line_1", "address_line_2")


class CompaniesHouse:
    """`buyers.ports.Registry` by company number."""

    def __init__(self, asking: Asking, base: str = BASE) -> None:
        self._asking = asking
        self._base = base

    def by_number(self, number: str) -> RegisteredCompany | None:
        """The company with that number; leading zeros may lack. VALUE_INVALID for another shape."""
        bare = identifier("companies_house", "GB", number).value
        answer = self._asking.json(f"{self._base}/company/{bare}")
        if answer is None:
            return None
        found = _company(answer, "company_name", "registered_office_address")
        if found.status != LIQUIDATION:
            return found
        cases = self._asking.json(f"{self._base}/company/{bare}/insolvency")
        return replace(found, status_detail=_liquidation(cases) or found.status_detail)

    def by_name(self, name: str, country: str = "", most: int = 10) -> list[RegisteredCompany]:
        """Companies whose name is like it; none for another country."""
        if country not in {"", "GB"}:
            return []
        params = {"q": name, "items_per_page": str(min(most, MOST))}
        answer = self._asking.json(f"{self._base}/search/companies", params) or {}
        if not isinstance(answer, dict):
            raise RegistryError("answer", "items", temporary=False)
        return [_company(item, "title", "address") for item in answer.get("items") or ()][:most]


def _liquidation(told: Any) -> str:  # noqa: ANN401 - any JSON
    """What kind of liquidation it is, as the status does not say; "" where the cases do not either.

    Members may begin one and creditors take it over: what is not the members' alone comes first.
    """
    try:
        kinds = {case["type"] for case in (told or {}).get("cases") or ()}
    except (AttributeError, TypeError, KeyError) as error:
        raise RegistryError("answer", f"{error!r}", temporary=False) from error
    liquidations = {kind for kind in kinds if str(kind).endswith(LIQUIDATION)}
    return min(liquidations, key=lambda kind: kind == SOLVENT_LIQUIDATION, default="")


def _company(told: Any, name: str, place_name: str) -> RegisteredCompany:  # noqa: ANN401 - any JSON
    try:
        place = told.get(place_name) or {}
        founded = told.get("date_of_creation")
        lines = (place.get(line) for line in LINES)
        return RegisteredCompany(
            source="companies-house",
            kind="companies_house",
            number=told["company_number"],
            name=told[name],
            country="GB",
            status=told.get("company_status") or "",
            status_detail=told.get("company_status_detail") or "",
            registration=told["company_number"],
            other_names=tuple(old["name"] for old in told.get("previous_company_names") or ()),
            founded_on=date.fromisoformat(founded) if founded else None,
            address=", ".join(line for line in lines if line),
            postal_code=place.get("postal_code") or "",
            city=place.get("locality") or "",
        )
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise RegistryError("answer", f"{error!r}", temporary=False) from error
