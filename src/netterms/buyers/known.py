"""Whether the seller has a buyer: asked by every use case that writes about one or about many."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from netterms.kernel.context import Context
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql


class Lock(StrEnum):
    """How the buyer's row is held until the transaction ends (PostgreSQL's row locks)."""

    NONE = ""
    # It stays, whatever else of it changes.
    KEY_SHARE = " for key share"
    # One at a time writes what hangs on the buyer.
    NO_KEY_UPDATE = " for no key update"


def require_buyer(ctx: Context, buyer_id: UUID, lock: Lock = Lock.NONE) -> None:
    """NOT_FOUND for an id that is no buyer of the seller. Call it inside `book(ctx)`."""
    wanted = "select id from buyer where seller_id = %(seller)s and id = %(buyer)s"
    found = sql.row(
        wanted + lock.value,
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))


def ids_by_number(ctx: Context, numbers: Iterable[str], lock: Lock = Lock.NONE) -> dict[str, UUID]:
    """Ids of the seller's buyers by number, of those that it has. Call it inside `book(ctx)`."""
    wanted = (
        "select buyer_number, id from buyer"
        " where seller_id = %(seller)s and buyer_number = any(%(numbers)s)"
        # As everything that hears of buyers takes its locks.
        " order by id"
    )
    found = sql.rows(
        wanted + lock.value,
        {"seller": ctx.seller, "numbers": sorted(set(numbers))},
    )
    return {line["buyer_number"]: line["id"] for line in found}
