"""Every transaction belongs to one seller. PostgreSQL's row-level security holds us to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, RestrictViolation, SerializationFailure

from netterms.kernel.context import Context
from netterms.kernel.refusal import Code, Refusal

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
GIVEN_UP = DeadlockDetected, SerializationFailure
PAUSE_SECONDS = 0.05
# The name under which the journal refuses a booking in a closed period.
PERIOD_CLOSED = "period_closed"


@contextmanager
def book(ctx: Context) -> Iterator[None]:
    """One transaction in the seller's book. Nested calls join the outer one."""
    with seller_book(ctx.seller):
        yield


@contextmanager
def seller_book(seller: UUID) -> Iterator[None]:
    """One transaction that sees the rows of `seller` and no others.

    PERIOD_CLOSED where the database refuses a booking because its period is closed: use cases ask
    before they book, but a period may be closed meanwhile.
    """
    try:
        with transaction.atomic():
            _set("netterms.seller_id", str(seller))
            yield
    except IntegrityError as error:
        refusal = period_closed(error.__cause__)
        if refusal is None:
            raise
        raise refusal from error


def once_more(use_case: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Call it again, once, where the database gave it up: a ring of locks, or what it saw is over.

    Nothing of it was done. Within an outer transaction that is for the outermost use case.
    """

    @wraps(use_case)
    def tried(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return use_case(*args, **kwargs)
        except OperationalError as error:
            if connection.in_atomic_block or not isinstance(error.__cause__, GIVEN_UP):
                raise
        # The one that was let through goes first.
        time.sleep(PAUSE_SECONDS)
        return use_case(*args, **kwargs)

    return tried


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


def period_closed(cause: object) -> Refusal | None:
    """The refusal that an error of the journal means (refuse_closed.sql); None for another."""
    if not isinstance(cause, RestrictViolation) or cause.diag.constraint_name != PERIOD_CLOSED:
        return None
    day, _, until = (cause.diag.message_detail or "").partition(" ")
    return Refusal(Code.PERIOD_CLOSED, field="booked_on", value=day, closed_until=until)
