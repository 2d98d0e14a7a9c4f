"""A letter as RFC 5322 wants it. Nothing a letter says can add or change a header."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from netterms.collection.ports import Letter, MailError

MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")
# Line ends and every other control character, also those Unicode treats as a line's end.
CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
ADDRESS_LENGTH = 254
# What people have before the @; a quoted one with blanks is legal and never meant.
PLAIN_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")


def envelope(letter: Letter, at: datetime) -> EmailMessage:
    """The message to send; a permanent MailError names the header that is not acceptable."""
    for header in ("to", "sender", "subject", "message_id", "language"):
        if CONTROL.search(getattr(letter, header)):
            raise MailError("header", f"{header} holds a control character", temporary=False)
    if not MESSAGE_ID.fullmatch(letter.message_id):
        raise MailError("header", "message_id is not of the form <id@domain>", temporary=False)
    message = EmailMessage(policy=SMTP)
    message["From"] = address(letter.sender)
    message["To"] = address(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    # No out-of-office machine should answer, and no list should forward it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    # After the content: setting that clears what describes it.
    message["Content-Language"] = letter.language
    for file in letter.attachments:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def address(written: str) -> Address:
    """One mailbox, with or without a display name; a domain in its own script is encoded."""
    found = getaddresses([written])
    name, spec = found[0] if len(found) == 1 else ("", "")
    local, _, domain = spec.rpartition("@")
    try:
        if not PLAIN_LOCAL.fullmatch(local) or len(spec) > ADDRESS_LENGTH or not domain:
            raise ValueError(written)
        return Address(name, local, domain.encode("idna").decode("ascii"))
    except (ValueError, UnicodeError, IndexError):
        raise MailError(
            "address", f"{written!r} is not one e-mail address", temporary=False
        ) from None
