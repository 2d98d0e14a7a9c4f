"""`netterms serve` as it is run, on a loopback port, and a caller that speaks to it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from tests.doors.cli.commands import NETTERMS, environment

_keys = count(1)


def fresh() -> str:
    return f"key-{next(_keys)}"


@dataclass
class Said:
    """An answer: `body` is its JSON where it is some."""

    status: int
    headers: http.client.HTTPMessage
    body: Any


@dataclass
class Caller:
    """Speaks to a server with an API key."""

    address: str
    secret: str
    headers: dict[str, str] = field(default_factory=dict)
    timeout: float = 60

    def post(self, path: str, body: object = None, key: str | None = None, **headers: str) -> Said:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        more = {"idempotency-key": key or fresh()} | named
        return self.send("POST", path, body, **more)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        found = {"content-type": "application/json", "authorization": f"Bearer {self.secret}"}
        found |= self.headers | headers
        found = {name: value for name, value in found.items() if value != "-"}
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=self.timeout)
        try:
            connection.request(method, path, raw, found)
            answer = connection.getresponse()
            text = answer.read()
            is_json = "json" in answer.headers.get("content-type", "")
            return Said(
                answer.status, answer.headers, json.loads(text) if is_json and text else text
            )
        finally:
            connection.close()


@contextmanager
def serving(home: Path, workers: int = 1, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """A server on the database of `home`; it has an `address`."""
    env = environment(home) | {name: str(value) for name, value in settings.items()}
    command = [NETTERMS, "serve", "--port", "0", "--workers", str(workers)]
    # A pipe that nobody reads would fill with its log, and stop it.
    with (
        TemporaryFile() as log,
        subprocess.Popen(
            command, env=env, text=True, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            process.address = re.search(r"http://[^/]+", process.stdout.readline())[0]
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.communicate(timeout=60)
                finally:
                    process.kill()
