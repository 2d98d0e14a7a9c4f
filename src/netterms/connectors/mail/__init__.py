"""Letters out of the house by SMTP, or into a folder; answers back in by IMAP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from netterms.collection.ports import Mailer
from netterms.connectors.mail.folder import FolderMailer
from netterms.connectors.mail.imap import ImapReader
from netterms.connectors.mail.smtp import SmtpMailer
from netterms.site.config import Config, Imap


@contextmanager
def open_mailer(config: Config) -> Iterator[Mailer]:
    """The mailer this installation is configured for; its connection ends with the block.

    Without an SMTP host letters become files in `<home>/outbox`.
    """
    if not config.smtp_host:
        yield FolderMailer(config.home / "outbox")
        return
    with SmtpMailer(
        config.smtp_host,
        config.smtp_port,
        user=config.smtp_user,
        password=config.smtp_password,
        tls=config.smtp_tls,
    ) as mailer:
        yield mailer


def imap_reader(settings: Imap) -> ImapReader:
    """The reader of the mailbox this installation is configured for; use it in a `with`."""
    return ImapReader(
        settings.host,
        settings.port,
        user=settings.user,
        password=settings.password,
        folder=settings.folder,
        tls=settings.tls,
    )
