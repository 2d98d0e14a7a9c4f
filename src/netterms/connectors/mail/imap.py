"""IMAP: reads one mailbox and changes nothing in it, encrypted unless told otherwise."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from netterms.collection.mail.ports import Fetched
from netterms.collection.ports import MailError
from netterms.connectors.mail.incoming import read

IMPLICIT_TLS_PORT = 993
TIMEOUT_SECONDS = 30.0
# Of a larger message only the head is read, so that one mail cannot fill the memory.
MOST_BYTES = 30 * 2**20
AT_ONCE = 500
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
UID = re.compile(rb"UID (\d+)")


class ImapReader:
    """Reads one mailbox. Use it as a context manager: leaving it says goodbye.

    `tls` asks for an encrypted connection with a verified certificate (from the start on port 993,
    by STARTTLS elsewhere) and refuses to go on without; a password is never sent in the clear.
    MailError tells whether trying again may help.
    """

    def __init__(
        self,
        host: str,
        port: int = IMPLICIT_TLS_PORT,
        *,
        user: str,
        password: str,
        folder: str = "INBOX",
        tls: bool = True,
        timeout: float = TIMEOUT_SECONDS,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self.host, self.port, self.user, self.folder = host, port, user, folder
        self._password, self._tls, self._timeout, self._trust = password, tls, timeout, trust
        self._connection: imaplib.IMAP4 | None = None
        self._validity = 0

    @property
    def box(self) -> str:
        """`user@host/folder`."""
        return f"{self.user}@{self.host}/{self.folder}"

    @property
    def uid_validity(self) -> int:
        """Numbers of messages mean the same while this stays."""
        return self._validity

    def __enter__(self) -> Self:
        try:
            self._connection = self._connect()
            self._open_folder(self._connection)
        except (imaplib.IMAP4.error, OSError) as error:
            self._close()
            raise _failed(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()

    def _connect(self) -> imaplib.IMAP4:
        if self._tls and self.port == IMPLICIT_TLS_PORT:
            connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self.host, self.port, ssl_context=self._trust(), timeout=self._timeout
            )
        else:
            connection = imaplib.IMAP4(self.host, self.port, timeout=self._timeout)
        try:
            if self._tls and self.port != IMPLICIT_TLS_PORT:
                connection.starttls(ssl_context=self._trust())
            if not self._tls and self.host not in {"127.0.0.1", "::1", "localhost"}:
                raise imaplib.IMAP4.error("a password needs an encrypted connection")
            connection.login(self.user, self._password)
        except BaseException:
            connection.shutdown()
            raise
        return connection

    def _open_folder(self, connection: imaplib.IMAP4) -> None:
        quoted = '"' + self.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        _ok(*connection.select(quoted, readonly=True))
        answer = connection.response("UIDVALIDITY")[1]
        self._validity = int(answer[0]) if answer and answer[0] else 0

    def after(self, uid: int) -> Iterator[Fetched]:
        """Messages with higher numbers, the lowest first; MailError when the server stops."""
        assert self._connection is not None, "use the reader as a context manager"
        try:
            for number, size in self._numbers(self._connection, uid):
                yield Fetched(number, read(self._whole(self._connection, number, size)))
        except (imaplib.IMAP4.error, OSError) as error:
            raise _failed(error) from error

    def _numbers(self, connection: imaplib.IMAP4, uid: int) -> list[tuple[int, int]]:
        found = _ok(*connection.uid("SEARCH", f"UID {uid + 1}:*"))
        # `n:*` always holds the last message, even where it is not above n.
        numbers = sorted(int(one) for one in (found[0] or b"").split() if int(one) > uid)
        sizes: dict[int, int] = {}
        for start in range(0, len(numbers), AT_ONCE):
            some = ",".join(map(str, numbers[start : start + AT_ONCE]))
            for line in _ok(*connection.uid("FETCH", some, "(RFC822.SIZE)")):
                text = line if isinstance(line, bytes) else b" ".join(line)
                size, number = SIZE.search(text), UID.search(text)
                if size and number:
                    sizes[int(number.group(1))] = int(size.group(1))
        return [(number, sizes[number]) for number in numbers if number in sizes]

    def _whole(self, connection: imaplib.IMAP4, number: int, size: int) -> bytes:
        what = "(BODY.PEEK[])" if size <= MOST_BYTES else "(BODY.PEEK[HEADER])"
        for part in _ok(*connection.uid("FETCH", str(number), what)):
            if isinstance(part, tuple):
                return bytes(part[1])
        return b""


def _ok(answer: str, found: list) -> list:  # type: ignore[type-arg] # imaplib says no more
    if answer != "OK":
        raise imaplib.IMAP4.error(str(found[0] if found else answer))
    return found


def _failed(error: Exception) -> MailError:
    """A server that is away may come back; one that refuses says so again."""
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        return MailError("refused", str(error), temporary=False)
    return MailError("connection", str(error) or type(error).__name__, temporary=True)
