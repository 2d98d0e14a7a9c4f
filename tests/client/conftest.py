"""A scripted server, and both clients behind one face: what holds for one holds for the other."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from netterms.client import AsyncClient, Client, Retries
from tests.client.scripted import Scripted, scripted

SECRET = "nt_test_secret-of-the-tests"
QUICK = Retries(deadline=2, timeout=1, first_wait=0.02, longest_wait=0.1)


@pytest.fixture(scope="session")
def _server() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture
def server(_server: Scripted) -> Scripted:
    _server.says()
    return _server


class Both:
    """Calls a method of the sync or the async client, and gives its answer either way."""

    def __init__(self, kind: str, address: str, secret: str, retries: Retries) -> None:
        self.kind, self.address, self.secret, self.retries = kind, address, secret, retries

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if self.kind == "async":
                return asyncio.run(self._waited(name, args, named))
            with Client(self.secret, self.address, retries=self.retries) as client:
                found = getattr(client, name)(*args, **named)
                return list(found) if inspect.isgenerator(found) else found

        return call

    async def _waited(self, name: str, args: Any, named: Any) -> Any:
        async with AsyncClient(self.secret, self.address, retries=self.retries) as client:
            found = getattr(client, name)(*args, **named)
            if inspect.isasyncgen(found):
                return [each async for each in found]
            return await found


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Callable[..., Both]:
    def make(address: str, secret: str = SECRET, retries: Retries = QUICK) -> Both:
        return Both(request.param, address, secret, retries)

    return make


@pytest.fixture
def client(connect: Callable[..., Both], server: Scripted) -> Both:
    return connect(server.address)
