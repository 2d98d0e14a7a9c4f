"""What both clients share: one call, and when it is asked again. Nothing here waits or connects."""

from __future__ import annotations

import email.utils
import json
import os
import random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import httpx

from netterms.client.clock import now
from netterms.client.errors import AnswerUnreadable, NettermsError, Unavailable, of_problem

T = TypeVar("T")

BASE_URL = "http://127.0.0.1:8000"
KEY_VARIABLE = "NETTERMS_API_KEY"
USER_AGENT = "netterms-client/1"
# Answers after which the same request may be sent again; all others are final.
TRY_AGAIN = frozenset({429, 502, 503, 504})
# The two that say for sure that nothing was done.
NOTHING_DONE = frozenset({429, 503})
FIRST_PROBLEM = 400


@dataclass(frozen=True, slots=True)
class Retries:
    """Seconds. `deadline`: for one call with all its attempts; `timeout`: for one attempt.

    Waits double from `first_wait` up to `longest_wait`, each shortened at random by up to a half so
    that many callers do not come back at one moment. A longer `Retry-After` is honoured.
    """

    deadline: float = 30
    timeout: float = 12
    first_wait: float = 0.1
    longest_wait: float = 5

    def wait(self, failures: int) -> float:
        """How long to wait after so many failures."""
        planned = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 30))
        return planned * random.uniform(0.5, 1)  # noqa: S311 - spreads callers, guards nothing


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer. `sent`: whether the request may have arrived."""

    why: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Step: send the request and wait up to `timeout` seconds."""

    timeout: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Step: do nothing for a while."""

    seconds: float


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request and how its answer is read. `safe`: asked twice it does what it does once."""

    method: str
    path: str
    read: Callable[[Any, bool], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    safe: bool = True


Talk = Generator[Send | Wait, Reply | Lost | None, T]


def talk(call: Call[T], retries: Retries, clock: Callable[[], float] = time.monotonic) -> Talk[T]:
    """The steps of a call, until its answer is returned or its error raised."""
    until = clock() + retries.deadline
    failures = 0
    while True:
        heard = yield Send(min(retries.timeout, max(until - clock(), 0.001)))
        if isinstance(heard, Reply) and heard.status not in TRY_AGAIN:
            return _read(call, heard)
        assert heard is not None
        failures += 1
        error, again = _failed(call, heard)
        wait = max(retries.wait(failures), error.retry_after or 0)
        if not again or clock() + wait >= until:
            raise error
        yield Wait(wait)


def _failed(call: Call[Any], heard: Reply | Lost) -> tuple[NettermsError, bool]:
    """The error, and whether the call may be sent again."""
    if isinstance(heard, Lost):
        return Unavailable(heard.why, idempotency_key=call.key), call.safe or not heard.sent
    return _problem(call, heard), call.safe or heard.status in NOTHING_DONE


def _read(call: Call[T], reply: Reply) -> T:
    if reply.status >= FIRST_PROBLEM:
        raise _problem(call, reply)
    replayed = reply.headers.get("idempotent-replayed") == "true"
    try:
        return call.read(json.loads(reply.body, parse_float=Decimal), replayed)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        why = f"{type(error).__name__} in the answer to {call.method} {call.path}: {error}"
    raise AnswerUnreadable(why, status=reply.status, idempotency_key=call.key)


def _problem(call: Call[Any], reply: Reply) -> NettermsError:
    try:
        said = json.loads(reply.body)
    except ValueError:
        said = None
    wait = retry_after(reply.headers.get("retry-after", ""), now())
    return of_problem(reply.status, said, key=call.key, retry_after=wait)


def retry_after(said: str, since: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for: a number, or a date of HTTP. None for neither."""
    if said.isascii() and said.isdigit() and len(said) <= 9:
        return float(said)
    try:
        at = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - since).total_seconds())


class Bearer(httpx.Auth):
    """Puts the API key into requests, and shows it nowhere else."""

    def __init__(self, api_key: str | None) -> None:
        key = os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            # Without its value, and before a library could complain of it with its value.
            raise ValueError(f"no API key: give one, or set {KEY_VARIABLE}")
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def __repr__(self) -> str:
        return "Bearer(…)"


def address(base_url: str) -> str:
    """`base_url` if it can be one, else ValueError."""
    if not base_url.startswith(("http://", "https://")):
        raise ValueError("the server's address begins with https:// or http://")
    return base_url


def lost(error: httpx.RequestError) -> Lost:
    """What an error of the connection means: whether the request may have arrived."""
    never = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    # The first words only: the error itself carries the request.
    return Lost(f"{type(error).__name__}: {error}".rstrip(": "), sent=not never)
