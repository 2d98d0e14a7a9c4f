"""A seller with a buyer and a line for each test, and callers that speak to the one server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import UUID

import pytest
from django.db import connections

from netterms.access.actions import create_key
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from netterms.limits.lines import LineTerms, set_line
from tests.doors.credit import buyer
from tests.doors.gateway.servers import Caller

_names = count(1)


@dataclass
class Shop:
    """A seller with a buyer whose line is 10,000.00 EUR, and callers with keys of that seller."""

    ctx: Context
    buyer: UUID
    address: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def caller(self, *scopes: str, address: str = "") -> Caller:
        secret = create_key(self.ctx, f"till {next(_names)}", scopes or ["checkout", "set_limit"])
        return Caller(address or self.address, secret)

    def order(self, minor: int = 100, **more: object) -> dict[str, object]:
        return {
            "order_number": f"N-{next(self.numbers)}",
            "buyer_id": str(self.buyer),
            "amount": {"minor": minor, "currency": "EUR"},
        } | more


@pytest.fixture
def open_shop(new_seller: Callable[..., Context], address: str) -> Callable[[], Shop]:
    def make() -> Shop:
        now = SystemClock().now()
        ctx = replace(new_seller(), now=now, today=now.date())
        found = buyer(ctx, "B-1", "Nordlicht GmbH")
        set_line(ctx, found, "EUR", LineTerms(10_000_00))
        connections.close_all()
        return Shop(ctx, found, address)

    return make


@pytest.fixture
def shop(open_shop: Callable[[], Shop]) -> Shop:
    return open_shop()
