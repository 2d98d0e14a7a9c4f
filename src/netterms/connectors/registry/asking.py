"""Ask a register over HTTP: politely, patiently, and not twice the same."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from netterms.buyers.ports import RegistryError
from netterms.kernel.clock import Clock, SystemClock

TIMEOUT_SECONDS = 15
TRIES = 4
MOST_WAIT_SECONDS = 60
MOST_BYTES = 4 * 2**20
FRESH_FOR = timedelta(days=1)
AGAIN = {429, 500, 502, 503, 504}
REFUSED = {401, 403}
NOT_THERE = 404


class Asking:
    """GET requests with a cache in a folder, a pause between them, and patience.

    An answer is used for a day, a "not there" as well. `per_minute` is what the register allows;
    where it says Retry-After or X-Ratelimit-Reset it is waited for, up to a minute. `key` is sent
    as the user of basic authentication. The cache holds public facts of companies and no key.
    """

    def __init__(
        self,
        cache: Path,
        *,
        key: str = "",
        per_minute: int = 60,
        clock: Clock | None = None,
        sleep: Any = time.sleep,  # noqa: ANN401 - any function of seconds
    ) -> None:
        self._cache = cache
        self._auth = httpx.BasicAuth(key, "") if key else None
        self._pause = 60 / per_minute
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._next = 0.0

    def json(self, url: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        """The answer of `url`, None where there is no such thing; RegistryError."""
        asked = str(httpx.URL(url, params=dict(params or {})))
        kept = self._cache / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        known = self._kept(kept)
        if known is not None:
            return known["answer"]
        answer = self._asked(asked)
        self._keep(kept, {"at": self._clock.now().isoformat(), "url": asked, "answer": answer})
        return answer

    def _kept(self, path: Path) -> dict[str, Any] | None:
        try:
            known: dict[str, Any] = json.loads(path.read_text("utf-8"))
            age = self._clock.now() - datetime.fromisoformat(known["at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return known if timedelta() <= age < FRESH_FOR else None

    def _keep(self, path: Path, known: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Renamed when whole: another process reads all of it or nothing.
        part = path.with_suffix(f".{id(known)}.part")
        part.write_text(json.dumps(known, ensure_ascii=False), "utf-8")
        part.replace(path)

    def _asked(self, url: str) -> Any:  # noqa: ANN401 - any JSON
        trouble = RegistryError("connection", url, temporary=True)
        for nth in range(TRIES):
            self._wait_for_turn()
            wait = float(2**nth)
            try:
                status, headers, body = self._got(url)
            except httpx.HTTPError as error:
                trouble = RegistryError("connection", str(error), temporary=True)
            else:
                if status not in AGAIN:
                    return _answer(status, body)
                trouble = RegistryError("busy", f"{status}", temporary=True)
                wait = self._told_to_wait(headers, wait)
            if nth + 1 == TRIES or wait > MOST_WAIT_SECONDS:
                break
            self._sleep(wait)
        raise trouble

    def _got(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        headers = {"accept": "application/vnd.api+json, application/json"}
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, auth=self._auth, trust_env=False) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise RegistryError("answer", f"more than {MOST_BYTES}", temporary=False)
            return answer.status_code, answer.headers, body

    def _wait_for_turn(self) -> None:
        wait = self._next - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._next = time.monotonic() + self._pause

    def _told_to_wait(self, headers: httpx.Headers, otherwise: float) -> float:
        told = headers.get("retry-after", "")
        # Companies House tells the second in which its five minutes begin anew instead.
        reset = headers.get("x-ratelimit-reset", "")
        if not told and reset.isascii() and reset.isdigit():
            return max(0.0, float(reset) - self._clock.now().timestamp())
        if told.isascii() and told.isdigit():
            return float(told)
        try:
            at = parsedate_to_datetime(told)
        except ValueError:
            return otherwise
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - self._clock.now()).total_seconds())


def _answer(status: int, body: bytes) -> Any:  # noqa: ANN401 - any JSON
    if status == NOT_THERE:
        return None
    if status in REFUSED:
        raise RegistryError("refused", f"{status}", temporary=False)
    if status != 200:
        raise RegistryError("answer", f"{status}", temporary=False)
    try:
        return json.loads(body)
    except ValueError as error:
        raise RegistryError("answer", str(error), temporary=False) from error
