"""Who may do what: four roles, each a fixed set of permissions."""

from __future__ import annotations

from enum import StrEnum

from netterms.kernel.context import EVERYTHING, Permission


class Role(StrEnum):
    """What a person is for a seller."""

    OWNER = "owner"
    CREDIT_MANAGER = "credit_manager"
    COLLECTOR = "collector"
    READER = "reader"


MAY: dict[Role, frozenset[Permission]] = {
    Role.OWNER: EVERYTHING,
    Role.CREDIT_MANAGER: EVERYTHING - {Permission.MANAGE_ACCESS},
    Role.COLLECTOR: frozenset({Permission.READ, Permission.READ_PERSONAL, Permission.COLLECT}),
    Role.READER: frozenset({Permission.READ}),
}
