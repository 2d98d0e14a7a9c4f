"""Registers of companies for `buyers.ports.Registry`: GLEIF, Companies House, or a file."""

from __future__ import annotations

from pathlib import Path

from netterms.buyers.ports import Registry
from netterms.connectors.registry.asking import Asking
from netterms.connectors.registry.companies_house import CompaniesHouse
from netterms.connectors.registry.file import FileRegistry
from netterms.connectors.registry.gleif import Gleif
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import Config

SOURCES = ("gleif", "companies-house")


def open_registry(config: Config, source: str, file: Path | None = None) -> Registry:
    """The register called `source`, or the list in `file`. VALUE_INVALID for another name."""
    if file is not None:
        return FileRegistry(file)
    cache = config.home / "registry_cache"
    if source == "gleif":
        return Gleif(Asking(cache))
    if source == "companies-house":
        if not config.companies_house_key:
            raise Refusal(Code.VALUE_INVALID, field="key", value="", mend=Mend.GIVE_IT)
        return CompaniesHouse(Asking(cache, key=config.companies_house_key, per_minute=120))
    allowed = ", ".join(SOURCES)
    raise Refusal(
        Code.VALUE_INVALID, field="registry", value=source, mend=Mend.ONE_OF, allowed=allowed
    )
