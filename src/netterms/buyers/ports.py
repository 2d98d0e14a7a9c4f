"""What buyers ask of registers of companies: who is behind a number, and who bears a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RegisteredCompany:
    """A company as a register has it. '' and None are what the register does not tell.

    `kind` and `number` are an identifier of `netterms.buyers.identifiers`; `registration` the
    number in the register of its country; `status` and `status_detail` are in the register's own
    words (`netterms.buyers.insolvency.state_kind` knows those that tell of an insolvency).
    """

    source: str
    kind: str
    number: str
    name: str
    country: str = ""
    status: str = ""
    registration: str = ""
    other_names: tuple[str, ...] = ()
    founded_on: date | None = None
    address: str = ""
    postal_code: str = ""
    city: str = ""
    status_detail: str = ""

    @property
    def state(self) -> str:
        """Everything the register says of the company's state, in its own words."""
        return ", ".join(filter(None, (self.status, self.status_detail)))


class RegistryError(Exception):
    """A register that gave no answer. `temporary`: trying again later may help; else it will not.

    `reason` is a short code (`connection`, `busy`, `refused`, `answer`) and `detail` what is known.
    """

    def __init__(self, reason: str, detail: str, *, temporary: bool) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.temporary = temporary

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class Registry(Protocol):
    """A register of companies."""

    def by_number(self, number: str) -> RegisteredCompany | None:
        """The company with that number, None where the register has none; RegistryError."""
        ...

    def by_name(self, name: str, country: str = "", most: int = 10) -> list[RegisteredCompany]:
        """Companies with a name like it, the likest first; RegistryError."""
        ...
