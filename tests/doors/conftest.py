"""A seeded seller, a person of each role who can sign in, one server for all that only ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from django.test import Client

from netterms.kernel.context import Context
from tests.doors.gateway.servers import serving
from tests.doors.seed import Book, fill

PASSWORD = "correct-horse-battery-7"
_numbers = count(1)


def visitor(**more: bool) -> Client:
    """A client at the address that the server allows."""
    return Client(SERVER_NAME="localhost", **more)


@pytest.fixture(scope="session")
def address(database: Path) -> Iterator[str]:
    """Where `netterms serve` answers, with two processes."""
    with serving(database, workers=2) as server:
        yield server.address


@pytest.fixture(scope="session")
def _books() -> dict[str, Book]:
    return {}


@pytest.fixture
def shop(new_seller: Callable[..., Context], _books: dict[str, Book]) -> Book:
    """A book with everything in it; made once, so do not change it."""
    if "shop" not in _books:
        _books["shop"] = fill(new_seller(name="Seed & Sons"))
    return _books["shop"]


@pytest.fixture
def crowd(new_seller: Callable[..., Context], _books: dict[str, Book]) -> Book:
    """A book with more buyers than a page holds; made once, so do not change it."""
    if "crowd" not in _books:
        _books["crowd"] = fill(new_seller(name="Crowd"), buyers=60)
    return _books["crowd"]


@pytest.fixture
def person(database: object) -> Callable[..., object]:
    """Makes people: `person(ctx, "reader")` can sign in with PASSWORD and works for that seller."""
    from netterms.access.actions import add_member, create_user

    def make(ctx: Context | None, role: str = "owner", language: str = "en") -> object:
        email = f"person{next(_numbers)}@example.com"
        user = create_user(email, PASSWORD, "Pat Example", language)
        if ctx is not None:
            add_member(ctx, user, role)
        return user

    return make


@pytest.fixture
def signed_in(person: Callable[..., object]) -> Callable[..., object]:
    """Makes clients that are signed in: `signed_in(ctx, "collector")`."""

    def make(ctx: Context | None, role: str = "owner", language: str = "en") -> Client:
        client = visitor()
        client.force_login(person(ctx, role, language))
        return client

    return make
