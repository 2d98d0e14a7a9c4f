"""Every operation as a `Call`: its address, what is sent, how the answer is read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from netterms.client import shapes
from netterms.client.core import Call
from netterms.client.errors import NettermsError, of_problem
from netterms.client.values import (
    FoundBuyer,
    JudgedOrder,
    Line,
    LineDetail,
    LineWanted,
    Money,
    Moved,
    NewBuyer,
    NewOrder,
    Order,
    OrderDetail,
    OrderState,
)

T = TypeVar("T")
MOST_IN_A_BATCH = 1000
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one order of a batch, with the key it was sent with."""

    idempotency_key: str
    answer: Order | NettermsError

    @property
    def order(self) -> Order:
        """The order; its error is raised."""
        if isinstance(self.answer, NettermsError):
            raise self.answer
        return self.answer


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, and the cursor of those after them."""

    orders: tuple[Order, ...]
    next: str | None


def new_key() -> str:
    """A key that nobody has used."""
    return str(uuid.uuid4())


def _post(path: str, body: Any, key: str | None, read: Callable[[Any, bool], T]) -> Call[T]:  # noqa: ANN401
    key = new_key() if key is None else key
    if not 1 <= len(key) <= 255 or not (key.isascii() and key.isprintable()) or key != key.strip():
        raise ValueError(
            "an idempotency key has 1 to 255 printable ASCII characters, no space at either end"
        )
    headers = {"Idempotency-Key": key}
    return Call("POST", path, read, body=body, headers=headers, key=key)


def _id(given: UUID) -> UUID:
    # Text where an id should be must not become another address.
    return UUID(str(given))


def _money(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}


def _order(said: Any, replayed: bool) -> Order:  # noqa: ANN401
    return shapes.order(said, replayed=replayed)


def _judged(said: Any, replayed: bool) -> JudgedOrder:  # noqa: ANN401
    return shapes.judged_order(said, replayed=replayed)


def _moved(said: Any, replayed: bool) -> Moved:  # noqa: ANN401
    return shapes.moved(said, replayed=replayed)


def _asked(order: NewOrder) -> dict[str, Any]:
    said: dict[str, Any] = {
        "order_number": order.order_number,
        "buyer_id": str(order.buyer_id),
        "amount": _money(order.amount),
        "partial": order.partial,
        "review": order.review,
    }
    return said | _expiry(order.expires_at)


def _expiry(at: datetime | None) -> dict[str, Any]:
    if at is None:
        return {}
    if at.tzinfo is None:
        raise ValueError("expires_at needs a time zone")
    return {"expires_at": at.isoformat()}


def authorise(order: NewOrder) -> Call[Order]:
    """May this buyer have this order on credit? The order has its key."""
    return _post("/v1/orders", _asked(order), order.idempotency_key, _order)


def batches(orders: Iterable[NewOrder]) -> list[list[NewOrder]]:
    """The orders in batches that the API takes, each with a key from now on."""
    keyed = [o if o.idempotency_key else replace(o, idempotency_key=new_key()) for o in orders]
    return [keyed[n : n + MOST_IN_A_BATCH] for n in range(0, len(keyed), MOST_IN_A_BATCH)]


def authorise_many(orders: Sequence[NewOrder]) -> Call[list[Answered]]:
    """One batch. The keys are in its body, so that it may be sent again as it is."""
    body = {"orders": [_asked(o) | {"idempotency_key": o.idempotency_key} for o in orders]}
    return Call("POST", "/v1/orders/batch", partial(_answers, orders), body=body)


def _answers(orders: Sequence[NewOrder], said: Any, _replayed: bool) -> list[Answered]:  # noqa: ANN401
    answers = said["answers"]
    if len(answers) != len(orders):
        raise ValueError(f"{len(answers)} answers to {len(orders)} orders")
    return [
        Answered(order.idempotency_key, _one(order.idempotency_key, each))
        for order, each in zip(orders, answers, strict=True)
    ]


def _one(key: str, said: Mapping[str, Any]) -> Order | NettermsError:
    status, body = said["status"], said["body"]
    if status >= 400:
        return of_problem(status, body, key=key)
    return shapes.order(body, replayed=status == 200)


def new_buyer_order(
    buyer: NewBuyer,
    order_number: str,
    amount: Money,
    *,
    partial: bool,
    expires_at: datetime | None,
    idempotency_key: str | None,
) -> Call[JudgedOrder]:
    """An order of a company that the seller may not know yet."""
    company = {
        "country": buyer.country,
        "registration_number": buyer.registration_number,
        "name": buyer.name,
        "email": buyer.email,
    }
    said = {
        "buyer": company,
        "order_number": order_number,
        "amount": _money(amount),
        "partial": partial,
    }
    return _post("/v1/orders/new-buyer", said | _expiry(expires_at), idempotency_key, _judged)


def move(
    order_id: UUID, word: str, body: Mapping[str, Any], idempotency_key: str | None
) -> Call[Moved]:
    """`word` on an order."""
    return _post(f"/v1/orders/{_id(order_id)}/{word}", dict(body), idempotency_key, _moved)


def paper(
    amount: Money | None, invoice_number: str | None, issued_on: date | None
) -> dict[str, Any]:
    """What is said of an invoice or a credit note; nothing means all, or the default."""
    said: dict[str, Any] = {}
    if amount is not None:
        said["amount_minor"] = amount.minor
    if invoice_number is not None:
        said["invoice_number"] = invoice_number
    if issued_on is not None:
        said["issued_on"] = issued_on.isoformat()
    return said


def order(order_id: UUID) -> Call[OrderDetail]:
    """One order with its life."""
    return Call("GET", f"/v1/orders/{_id(order_id)}", lambda said, _: shapes.order_detail(said))


def orders(
    q: str, state: OrderState | str | None, buyer_id: UUID | None, page_size: int
) -> Call[Page]:
    """The first page of orders."""
    query = {"limit": str(page_size)}
    if q:
        query["q"] = q
    if state is not None:
        query["state"] = str(state)
    if buyer_id is not None:
        query["buyer_id"] = str(buyer_id)
    return Call("GET", "/v1/orders", _page, query=query)


def _page(said: Any, _replayed: bool) -> Page:  # noqa: ANN401
    return Page(tuple(shapes.order(each) for each in said["items"]), said["next"])


def after(first: Call[Page], page: Page) -> Call[Page] | None:
    """The page after `page`, None where it was the last."""
    if page.next is None:
        return None
    return replace(first, query={**first.query, "after": str(page.next)})


def find_buyers(text: str, most: int) -> Call[tuple[FoundBuyer, ...]]:
    """Buyers that fit a text."""
    query = {"q": text, "limit": str(most)}
    return Call(
        "GET",
        "/v1/buyers/search",
        lambda said, _: tuple(shapes.found_buyer(each) for each in said["items"]),
        query=query,
    )


def lines(buyer_id: UUID) -> Call[tuple[Line, ...]]:
    """A buyer's lines."""
    path = f"/v1/buyers/{_id(buyer_id)}/lines"
    return Call("GET", path, lambda said, _: tuple(shapes.line(each) for each in said["items"]))


def line(buyer_id: UUID, currency: str) -> Call[LineDetail]:
    """One line."""
    return Call("GET", _line_at(buyer_id, currency), lambda said, _: shapes.line_detail(said))


def set_line(buyer_id: UUID, wanted: LineWanted, version: int, why: str) -> Call[LineDetail]:
    """Open a line, or change the `version` of it that was read.

    Not asked again where the answer got lost: the second one could only say that somebody changed
    it, and that would be this client.
    """
    return Call(
        "PUT",
        _line_at(buyer_id, wanted.limit.currency),
        lambda said, _: shapes.line_detail(said),
        body=shapes.line_said(wanted) | {"why": why},
        headers={"If-Match": f'"{version}"'} if version else {},
        safe=False,
    )


def _line_at(buyer_id: UUID, currency: str) -> str:
    return f"/v1/buyers/{_id(buyer_id)}/lines/{quote(currency, safe='')}"
