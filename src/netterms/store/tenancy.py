"""Every transaction belongs to one seller. PostgreSQL's row-level security holds us to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from netterms.kernel.context import Context


@contextmanager
def book(ctx: Context) -> Iterator[None]:
    """One transaction in the seller's book. Nested calls join the outer one."""
    with seller_book(ctx.seller):
        yield


@contextmanager
def seller_book(seller: UUID) -> Iterator[None]:
    """One transaction that sees the rows of `seller` and no others."""
    with transaction.atomic():
        _set("netterms.seller_id", str(seller))
        yield


@contextmanager
def sign_in_book(*, user: int | None = None, key_hash: str = "") -> Iterator[None]:
    """One transaction before a seller is known: it sees that user's memberships or that key."""
    with transaction.atomic():
        _set("netterms.user_id", "" if user is None else str(user))
        _set("netterms.key_hash", key_hash)
        yield


def _set(name: str, value: str) -> None:
    # `true` makes the setting end with the transaction, so a pooled connection carries nothing on.
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [name, value])
