"""SMTP: one connection for many letters, encrypted unless told otherwise, and never in a hurry."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from netterms.collection.ports import Letter, MailError, MailServerAwayError
from netterms.connectors.mail.envelope import envelope
from netterms.kernel.clock import Clock, SystemClock

log = logging.getLogger(__name__)
IMPLICIT_TLS_PORT = 465
TIMEOUT_SECONDS = 20.0
OK = 250
CLOCK = SystemClock()


class SmtpMailer:
    """Sends through one server. Use it as a context manager: leaving it says goodbye.

    `tls` asks for an encrypted connection with a verified certificate (from the start on port 465,
    by STARTTLS elsewhere) and refuses to go on without; a password is never sent in the clear.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        user: str = "",
        password: str = "",
        tls: bool = True,
        timeout: float = TIMEOUT_SECONDS,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        clock: Clock = CLOCK,
    ) -> None:
        self.host, self.port = host, port
        self._user, self._password = user, password
        self._tls, self._timeout, self._trust, self._clock = tls, timeout, trust, clock
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: Letter) -> None:
        """Hand one letter to the server; MailError tells whether trying again may help.

        A connection that broke while idle is made anew. One that breaks in the middle of a letter
        is a temporary failure: the letter may have left, and its message id tells the reader's
        side that the second one is the same.
        """
        whole = envelope(message, self._clock.now())
        connection = self._ready()
        try:
            connection.send_message(whole)
        except (smtplib.SMTPException, OSError) as error:
            failure = failed(error)
            if failure.temporary:
                self.close()
            raise failure from error

    def close(self) -> None:
        """End the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def _ready(self) -> smtplib.SMTP:
        if self._connection is not None:
            try:
                # Nothing is under way, so asking costs one round trip and can do no harm.
                if self._connection.rset()[0] == OK:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            self._connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            # Whatever is wrong with the server or our password, the letter itself is in order.
            log.warning("the mail server %s takes no letters: %s", self.host, _said(error))
            raise MailServerAwayError(_said(error)) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        if self._user and not self._tls:
            raise smtplib.SMTPException("a password needs an encrypted connection")
        if self._tls and self.port == IMPLICIT_TLS_PORT:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self._timeout, context=self._trust()
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=self._timeout)
        try:
            if self._tls and self.port != IMPLICIT_TLS_PORT:
                connection.starttls(context=self._trust())
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def failed(error: Exception) -> MailError:
    """What an error means: 4xx and broken connections pass, 5xx stay (RFC 5321, section 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return MailError("refused", _said(error), temporary=all(c < 500 for c in codes))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailError("refused", _said(error), temporary=False)
    if isinstance(error, smtplib.SMTPResponseException):
        # smtplib gives -1 where the server's answer was no answer at all.
        return MailError("refused", _said(error), temporary=error.smtp_code < 500)
    return MailError("connection", _said(error), temporary=True)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
        return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in answers)
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__
