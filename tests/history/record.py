"""What was asked and answered, as the clients saw it, and what the book holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Rows = list[dict[str, Any]]
Fetch = Callable[[str, dict[str, Any]], Rows]


@dataclass
class Call:
    """One request that a client repeated until it was answered, on the clients' own clock.

    `lost`: how the attempts before the answer ended. `text` is the body as it was sent, where it
    was sent alone. Without a status it was never answered.
    """

    client: int
    key: str
    path: str
    body: dict[str, Any]
    began: float
    ended: float = 0.0
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    replayed: bool = False
    lost: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """It was answered that it is done."""
        return self.status in {200, 201}

    @property
    def asked(self) -> tuple[str, str]:
        """What the key stands for."""
        return self.path, repr(sorted(self.body.items()))


@dataclass
class Book:
    """The tables of one seller that orders touch, and the rates of the currencies in use.

    `home` is the seller's own currency.
    """

    home: str
    keys: Rows
    orders: Rows
    events: Rows
    invoices: Rows
    journal: Rows
    lines: Rows
    caps: Rows
    buyers: Rows
    rates: Rows


def read_book(fetch: Fetch, seller: UUID) -> Book:
    """The book of `seller` as it stands."""

    def rows(query: str) -> Rows:
        return fetch(query, {"seller": seller})

    return Book(
        home=rows("select currency from seller where seller_id = %(seller)s")[0]["currency"],
        keys=rows("select key, answer from idempotency_key where seller_id = %(seller)s"),
        orders=rows("select * from credit_order where seller_id = %(seller)s"),
        events=rows(
            "select id, kind, subject_id, business_date, facts from event"
            " where seller_id = %(seller)s and (kind like 'checkout.order\\_%%'"
            " or kind like 'limits.line\\_%%' or kind like 'limits.cap\\_%%') order by id"
        ),
        invoices=rows(
            "select i.*, o.order_id from invoice i left join order_invoice o"
            " on o.seller_id = i.seller_id and o.invoice_id = i.id"
            " where i.seller_id = %(seller)s"
        ),
        journal=rows("select * from journal_entry where seller_id = %(seller)s"),
        lines=rows("select * from credit_line where seller_id = %(seller)s"),
        caps=rows("select * from exposure_cap where seller_id = %(seller)s"),
        buyers=rows(
            "select id, parent_id, country, sector from buyer where seller_id = %(seller)s"
        ),
        rates=rows(
            "select currency, day, per_euro from exchange_rate where currency in"
            " (select currency from credit_line where seller_id = %(seller)s"
            "  union select currency from credit_order where seller_id = %(seller)s)"
        ),
    )
