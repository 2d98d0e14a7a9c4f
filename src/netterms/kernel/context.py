"""Who does what for which seller, when and why. Every use case takes one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from netterms.kernel.refusal import Code, Refusal


class Permission(StrEnum):
    """What a use case may ask of the person or key that calls it."""

    READ = "read"
    READ_PERSONAL = "read_personal"
    IMPORT = "import"
    CHECKOUT = "checkout"
    RUN_DAY = "run_day"
    BOOK = "book"
    COLLECT = "collect"
    SET_LIMIT = "set_limit"
    MANAGE_POLICY = "manage_policy"
    MANAGE_ACCESS = "manage_access"


@dataclass(frozen=True, slots=True)
class Context:
    """`today` is the seller's business date and `now` the instant in UTC: both are arguments."""

    seller: UUID
    actor: str
    today: date
    now: datetime
    may: frozenset[Permission] = field(default_factory=frozenset)
    why: str = ""

    def require(self, permission: Permission) -> None:
        """NOT_ALLOWED unless the caller holds `permission`."""
        if permission not in self.may:
            raise Refusal(Code.NOT_ALLOWED, permission=permission.value, actor=self.actor)

    def on(self, day: date) -> Context:
        """The same call on another business date."""
        return replace(self, today=day)


EVERYTHING = frozenset(Permission)
