"""What is asked of an order, checked field by field, and its fingerprint."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from netterms.checkout.moves import OrderMove
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Refusal, invalid

# A grant nobody used falls back after a week, unless asked otherwise; our convention.
VALID_FOR = timedelta(days=7)
LONGEST_VALID = timedelta(days=90)
MOST_MINOR = 10**15
LONGEST_KEY = 255
# Printable ASCII: of other text in a header nobody can tell how it is written.
KEY = "^[!-~]([ -~]{0,253}[!-~])?$"
LONGEST_NUMBER = 100
SEPARATOR = "\x1f"
# Begins the keys of our own jobs: no caller's key has a character that does not print.
OURS = "\x1f"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """May this buyer have `amount` on credit?

    `partial`: a part will do. `review`: rather than a no, let a person look. `expires_at`: when the
    grant falls back (UTC).
    """

    key: str
    order_number: str
    buyer_id: UUID
    amount: Money
    partial: bool = False
    review: bool = False
    expires_at: datetime | None = None

    def fingerprint(self) -> str:
        """SHA-256 of what is asked, without the key."""
        return _hash(
            "authorise",
            self.order_number,
            self.buyer_id,
            self.amount.minor,
            self.amount.currency,
            self.partial,
            self.review,
            self.expires_at,
        )

    def check(self) -> None:
        """VALUE_INVALID names the field, its value and what would mend it.

        Whether `expires_at` lies ahead is for whoever answers: what was answered in time stays so.
        """
        check_key(self.key)
        _check_text("order_number", self.order_number)
        _check_amount(self.amount.minor)
        if self.amount.currency not in CURRENCIES:
            raise invalid("currency", self.amount.currency, Mend.CURRENCY_CODE)


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A move on an order. `amount_minor` in the order's currency; None is all there is.

    `invoice_number` and `issued_on` are for capture and refund; without them the number follows
    from the order's and the day is today.
    """

    key: str
    order_id: UUID
    move: OrderMove
    amount_minor: int | None = None
    invoice_number: str | None = None
    issued_on: date | None = None

    def fingerprint(self) -> str:
        """SHA-256 of what is asked, without the key."""
        return _hash(
            self.move, self.order_id, self.amount_minor, self.invoice_number, self.issued_on
        )

    def check(self) -> None:
        """VALUE_INVALID names the field, its value and what would mend it."""
        check_key(self.key)
        if self.amount_minor is not None:
            _check_amount(self.amount_minor)
        if self.invoice_number is not None:
            _check_text("invoice_number", self.invoice_number)


def in_utc(expires_at: datetime | None) -> datetime | None:
    """The same instant in another zone is the same request; VALUE_INVALID beyond all days."""
    try:
        return None if expires_at is None else expires_at.astimezone(UTC)
    except OverflowError:
        raise _expires_at(expires_at) from None


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """VALUE_INVALID for a grant that would end in the past, or more than 90 days ahead."""
    if expires_at is not None and not now < expires_at <= now + LONGEST_VALID:
        raise _expires_at(expires_at)


def _expires_at(value: datetime | None) -> Refusal:
    shown = "" if value is None else value.isoformat()
    return invalid("expires_at", shown, Mend.WITHIN_DAYS, days=LONGEST_VALID.days)


def _hash(*parts: object) -> str:
    return hashlib.sha256(SEPARATOR.join(map(str, parts)).encode()).hexdigest()


def check_key(key: str) -> None:
    """VALUE_INVALID for what cannot be the key of a request."""
    if not re.fullmatch(KEY, key):
        raise invalid("idempotency_key", key, Mend.FITTING, pattern=KEY)


def _check_text(field: str, value: str) -> None:
    if not 1 <= len(value) <= LONGEST_NUMBER or not value.isprintable():
        raise invalid(field, value, Mend.CHARACTERS, least=1, most=LONGEST_NUMBER)


def _check_amount(minor: int) -> None:
    if not 0 < minor <= MOST_MINOR:
        raise invalid("amount", str(minor), Mend.BETWEEN, least=1, most=MOST_MINOR)
