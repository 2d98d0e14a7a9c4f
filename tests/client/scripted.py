"""A server on a loopback port that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Instead of an answer: the connection ends without one.
HANG_UP = "hang up"


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float


@dataclass
class Say:
    """One answer: after `delay` seconds, its body in `pieces` with the delay between them."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    pieces: int = 1


@dataclass
class Scripted:
    """`script` is taken from its front; the last answer stays."""

    address: str = ""
    script: list[Say | str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def says(self, *answers: Say | str) -> None:
        self.script[:] = answers
        self.asked.clear()


@contextmanager
def scripted() -> Iterator[Scripted]:
    told = Scripted()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def answer(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            raw = self.rfile.read(size)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(raw) if raw else None
            with lock:
                told.asked.append(Asked(self.command, self.path, headers, body, time.monotonic()))
                say = told.script.pop(0) if len(told.script) > 1 else told.script[0]
            if say == HANG_UP:
                self.close_connection = True
                return
            assert isinstance(say, Say)
            text = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
            self.send_response(say.status)
            for name, value in say.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            step = max(1, -(-len(text) // say.pieces))
            try:
                for n in range(0, len(text), step):
                    time.sleep(say.delay)
                    self.wfile.write(text[n : n + step])
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - named so by the library

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
