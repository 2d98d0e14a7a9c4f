"""Posts webhook messages for `webhooks.ports.Sender`: to the public internet only, with limits."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from time import monotonic
from urllib.parse import urlsplit

from netterms.webhooks.ports import Answer
from netterms.webhooks.rules import may_call

CONNECT_SECONDS = 5
# From the first byte sent to the last one read, whatever the other side does.
TOTAL_SECONDS = 15
MOST_BODY = 16 * 1024


class NotAllowedError(OSError):
    """The name leads to an address we may not call."""


class HttpSender:
    """One connection a message. No redirect is followed, no proxy used, no cookie kept.

    The name is resolved here, every address it has is checked, and the one checked is the one
    connected to: a name that changes in between leads nowhere else. `loopback` allows this machine.
    """

    def __init__(self, *, loopback: bool = False, trust: ssl.SSLContext | None = None) -> None:
        self._loopback = loopback
        self._trust = trust or ssl.create_default_context()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST `body`; what came back, or why nothing did."""
        try:
            return self._post(url, headers, body)
        except NotAllowedError:
            return Answer(None, error="address")
        except socket.gaierror:
            return Answer(None, error="name")
        except TimeoutError:
            return Answer(None, error="timeout")
        except ssl.SSLError:
            return Answer(None, error="certificate")
        except (OSError, ValueError):
            return Answer(None, error="connection")
        except http.client.HTTPException:
            return Answer(None, error="response")

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        raw = self._connect(host, port)
        expired: list[bool] = []

        def expire() -> None:
            expired.append(True)
            with suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)

        # A timeout of the socket is for each read: a server that drips would never meet it.
        timer = Timer(TOTAL_SECONDS, expire)
        timer.daemon = True
        timer.start()
        try:
            stream = self._trust.wrap_socket(raw, server_hostname=host) if secure else raw
            with stream:
                return _exchange(stream, parts.netloc, _target(url), headers, body)
        except (OSError, http.client.HTTPException):
            if expired:
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            raw.close()

    def _connect(self, host: str, port: int) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(info[4][0]).partition("%")[0] for info in found]
        for address in addresses:
            # One that is not allowed spoils them all: nobody has such a name by chance.
            if not may_call(ipaddress.ip_address(address), loopback=self._loopback):
                raise NotAllowedError(address)
        failed: OSError | None = None
        # A name may have any number of addresses, but only so much time.
        until = monotonic() + CONNECT_SECONDS
        for address in dict.fromkeys(addresses):
            left = until - monotonic()
            if left <= 0:
                break
            try:
                made = socket.create_connection((address, port), timeout=left)
            except OSError as error:
                failed = error
            else:
                made.settimeout(TOTAL_SECONDS)
                return made
        raise failed or socket.gaierror(host)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _exchange(
    stream: socket.socket, netloc: str, target: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    connection = http.client.HTTPConnection(netloc)
    connection.sock = stream
    connection.request("POST", target, body, dict(headers) | {"connection": "close"})
    response = connection.getresponse()
    text = response.read(MOST_BODY)
    after = response.headers.get("retry-after", "")
    wait = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    return Answer(response.status, text.decode("utf-8", "replace"), retry_after=wait)
