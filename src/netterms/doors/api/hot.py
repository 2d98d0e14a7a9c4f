"""Shapes of the operations that `doors/gateway` answers: what may be sent, checked while read.

They are here, below the gateway, because the API's schema (`openapi.py`) is made of them, too.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Raw, Struct

from netterms.checkout.requests import KEY

MOST_IN_A_BATCH = 1000
Minor = Annotated[int, Meta(ge=1, le=10**15, description="Whole minor units (cents, yen, fils).")]
Number = Annotated[str, Meta(min_length=1, max_length=100)]
Instant = Annotated[datetime, Meta(tz=True)]


class Amount(Struct, forbid_unknown_fields=True):
    """Money: whole minor units of an ISO 4217 currency."""

    minor: Minor
    # `$` alone would let a line's end follow.
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", max_length=3)]


class NewOrder(Struct, forbid_unknown_fields=True):
    """May this buyer have this amount on credit?

    `partial`: a part will do. `review`: rather than a no, let a person look. `expires_at`: when the
    grant falls back; a week from now where it is left out.
    """

    order_number: Number
    buyer_id: UUID
    amount: Amount
    partial: bool = False
    review: bool = False
    expires_at: Instant | None = None


class KeyedOrder(NewOrder, forbid_unknown_fields=True, kw_only=True):
    """One order of a batch, with a key of its own."""

    idempotency_key: Annotated[str, Meta(pattern=KEY)]


class Batch(Struct, forbid_unknown_fields=True):
    """Up to 1,000 orders; each is answered, and one that is refused fails alone."""

    orders: Annotated[list[KeyedOrder], Meta(min_length=1, max_length=MOST_IN_A_BATCH)]


class RawBatch(Struct, forbid_unknown_fields=True):
    """A batch whose orders are read one by one."""

    orders: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_IN_A_BATCH)]


class Amend(Struct, forbid_unknown_fields=True):
    """The order's new amount, in its currency."""

    amount_minor: Minor


class Paper(Struct, forbid_unknown_fields=True):
    """An invoice or a credit note. Without an amount it is all there is; without a number, the
    order's own with a suffix; without a day, today.
    """

    amount_minor: Minor | None = None
    invoice_number: Number | None = None
    issued_on: date | None = None


class Nothing(Struct, forbid_unknown_fields=True):
    """No field at all."""


MOVES: dict[str, type[Amend] | type[Paper] | type[Nothing]] = {
    "amend": Amend,
    "capture": Paper,
    "void": Nothing,
    "refund": Paper,
    "approve": Nothing,
    "decline": Nothing,
}
SUMMARIES = {
    "amend": "Change an order's amount",
    "capture": "Invoice what was shipped",
    "void": "Give the rest of a grant back",
    "refund": "Credit what was invoiced",
    "approve": "Grant an order that waits for a person",
    "decline": "Decline an order that waits for a person",
}
