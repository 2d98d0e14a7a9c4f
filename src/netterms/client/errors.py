"""What can go wrong, one class for each code that a caller acts on."""

# The names are the codes of the API: `key_reused` is KeyReused.
# ruff: noqa: N818

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NettermsError(Exception):
    """No answer of the kind that was asked for.

    `code` is stable (docs/reference.md lists them); `errors` names each value and what mends it.
    `status` is that of HTTP, 0 where nothing came back. `idempotency_key` is the key that was sent:
    asked again with it, nothing is done twice. `retry_after`: seconds to wait, where told.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        status: int = 0,
        errors: tuple[Mapping[str, Any], ...] = (),
        idempotency_key: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if code else detail)
        self.detail = detail
        self.code = code
        self.status = status
        self.errors = errors
        self.idempotency_key = idempotency_key
        self.retry_after = retry_after

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the first of `errors` says: such as `most_minor` of AmountOutOfRange."""
        return self.errors[0] if self.errors else {}


class AmountOutOfRange(NettermsError):
    """More or less than there is: `facts` has `least_minor` and `most_minor`."""


class ChangedMeanwhile(NettermsError):
    """Somebody else changed it: read it again, then change it."""


class InvoiceNumberTaken(NettermsError):
    """There is an invoice with this number already."""


class KeyReused(NettermsError):
    """The idempotency key was used for another request."""


class MoveNotAllowed(NettermsError):
    """Not from the state that the order is in: `facts` has `state` and `move`."""


class NotAllowed(NettermsError):
    """The API key lacks a permission: `facts` names it."""


class NotFound(NettermsError):
    """There is no such thing, or it is another seller's."""


class NotSignedIn(NettermsError):
    """The API key is none, or was revoked."""


class OrderExpired(NettermsError):
    """The grant fell back: ask for credit again."""


class OrderNumberTaken(NettermsError):
    """There is an order with this number already."""


class RateLimited(NettermsError):
    """The key asked too often, and the deadline left no time to wait."""


class Unavailable(NettermsError):
    """No answer in time. It may have been done: ask again with `idempotency_key` to know."""


class ValueInvalid(NettermsError):
    """A field cannot be what it is: `facts` has `field`, `value` and what would mend it."""


class AnswerUnreadable(NettermsError):
    """What came back is not an answer of netterms; most often something else has the address."""


class WebhookInvalid(NettermsError):
    """A message that netterms did not sign, or not now: do not act on it."""


BY_CODE: dict[str, type[NettermsError]] = {
    "amount_out_of_range": AmountOutOfRange,
    "busy": Unavailable,
    "changed_meanwhile": ChangedMeanwhile,
    "invoice_number_taken": InvoiceNumberTaken,
    "issued_on_out_of_range": ValueInvalid,
    "key_reused": KeyReused,
    "move_not_allowed": MoveNotAllowed,
    "no_answer_in_time": Unavailable,
    "not_allowed": NotAllowed,
    "not_found": NotFound,
    "not_signed_in": NotSignedIn,
    "order_expired": OrderExpired,
    "order_number_taken": OrderNumberTaken,
    "period_closed": ValueInvalid,
    "too_many_requests": RateLimited,
    "value_invalid": ValueInvalid,
}
BY_STATUS: dict[int, type[NettermsError]] = {
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def of_problem(
    status: int, body: object, *, key: str = "", retry_after: float | None = None
) -> NettermsError:
    """The error that an answer of 400 or more is: RFC 9457 where it is netterms' own."""
    said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    code = said.get("code")
    code = code if isinstance(code, str) else ""
    found = said.get("errors")
    errors = tuple(e for e in found if isinstance(e, Mapping)) if isinstance(found, list) else ()
    kind = BY_CODE.get(code) or BY_STATUS.get(status, NettermsError)
    return kind(
        str(said.get("detail") or said.get("title") or f"HTTP {status}"),
        code=code,
        status=status,
        errors=errors,
        idempotency_key=key,
        retry_after=retry_after,
    )
