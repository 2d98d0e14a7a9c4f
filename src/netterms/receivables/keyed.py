"""A use case under the key of its request: the same request again is done once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from netterms.kernel.context import Context
from netterms.store import keys
from netterms.store.tenancy import book, once_more


@once_more
def keyed(
    ctx: Context, key: str, asked: object, act: Callable[[], UUID | None]
) -> tuple[UUID | None, bool]:
    """What `act` made, and whether it was made just now. KEY_REUSED for another request."""
    new = False

    def done() -> str | None:
        nonlocal new
        new = True
        made = act()
        return str(made) if made else None

    with book(ctx):
        answer = keys.once(ctx, key, asked, done)
    return UUID(str(answer)) if answer else None, new
