"""A message off the wire becomes plain facts: text only, nothing in it is ever run or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from html.parser import HTMLParser

from netterms.collection.mail.ports import Incoming, LeftOut, MailFile, MailKind
from netterms.kernel.media import kind_of
from netterms.receivables.evidence import MOST_BYTES

LONGEST_TEXT = 50_000
LONGEST_HEADER = 500
LONGEST_ID = 900
MOST_FILES = 10
MOST_PARTS = 200
MOST_IDS = 50
# Of HTML, what is inside these is no text for people.
HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object"})
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table"})
IDS = re.compile(r"<[^<>\s]{3,250}>")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PERMANENT = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")


def read(raw: bytes) -> Incoming:
    """The facts of a message; one that is broken gives what can be read, never an error."""
    message: Message = message_from_bytes(raw, policy=default)
    report = _report(message)
    text, cut = _text(message)
    name, address = _sender(message)
    bounced, reason, original = _bounce(message) if report else ((), "", ())
    return Incoming(
        message_id=_id(message, raw),
        kind=_kind(message, bounced),
        from_address=address,
        from_name=name,
        subject=_header(message, "Subject"),
        said_at=_date(message),
        text=text,
        is_cut=cut,
        references=(*original, *_references(message)),
        bounced=bounced,
        bounce_reason=reason,
        files=tuple(_files(message)),
    )


def _header(message: Message, name: str, longest: int = LONGEST_HEADER) -> str:
    """A header as one clean line. What cannot be read is read as Latin letters."""
    try:
        text = str(message.get(name, ""))
    except Exception:  # noqa: BLE001 - the parser of headers fails in many ways on made-up ones
        text = ""
    return _clean(" ".join(text.split()))[:longest]


def _clean(text: str) -> str:
    # Lone surrogates are bytes that were in no character set; the database takes none.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return CONTROLS.sub("", whole)


def _id(message: Message, raw: bytes) -> str:
    found = IDS.search(_header(message, "Message-ID", LONGEST_ID))
    return found.group(0) if found else f"<{sha256(raw).hexdigest()}@no-message-id>"


def _references(message: Message) -> Iterator[str]:
    """In-Reply-To, then References from the nearest back."""
    yield from IDS.findall(_header(message, "In-Reply-To", LONGEST_ID))[:MOST_IDS]
    yield from IDS.findall(_header(message, "References", 20_000))[::-1][:MOST_IDS]


def _sender(message: Message) -> tuple[str, str]:
    found = getaddresses([_header(message, "From")])
    name, address = found[0] if found else ("", "")
    return name[:200], address.lower()[:254]


def _date(message: Message) -> datetime | None:
    try:
        said = parsedate_to_datetime(_header(message, "Date"))
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _report(message: Message) -> bool:
    """A delivery report (RFC 3464)."""
    return message.get_content_type() == "multipart/report" and any(
        part.get_content_type() == "message/delivery-status" for part in _parts(message)
    )


def _kind(message: Message, bounced: tuple[str, ...]) -> MailKind:
    if bounced:
        return MailKind.BOUNCE
    automatic = _header(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if automatic not in ("", "no") or _header(message, "X-Autoreply"):
        return MailKind.AUTOMATIC
    if _header(message, "Precedence").lower() in {"bulk", "auto_reply", "junk"}:
        return MailKind.AUTOMATIC
    return MailKind.REPLY


def _bounce(message: Message) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Addresses that failed for good, the server's reason, and the Message-ID that was sent."""
    failed: list[str] = []
    reason = ""
    original: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for one in part.get_payload() if part.is_multipart() else []:
                if isinstance(one, Message) and _failed_for_good(one):
                    to = _header(one, "Final-Recipient") or _header(one, "Original-Recipient")
                    failed.append(to.rpartition(";")[2].strip().strip("<>").lower()[:254])
                    reason = reason or _header(one, "Diagnostic-Code") or _header(one, "Status")
        elif kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message):
                original += IDS.findall(_header(inner, "Message-ID", LONGEST_ID))[:1]
        elif kind == "text/rfc822-headers":
            inner = message_from_bytes(_bytes(part), policy=default)
            original += IDS.findall(_header(inner, "Message-ID", LONGEST_ID))[:1]
    return tuple(one for one in failed if one), reason[:LONGEST_HEADER], tuple(original)


def _failed_for_good(status: Message) -> bool:
    """A delay is no bounce: 4.x.x will be tried again by the server."""
    said = _header(status, "Status")
    return _header(status, "Action").lower() == "failed" and (
        not said or bool(PERMANENT.search(said))
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def _own_parts(message: Message) -> Iterator[Message]:
    """Parts of this message, not of messages inside it."""
    inside: set[int] = set()
    for part in _parts(message):
        if id(part) in inside:
            if part.is_multipart():
                inside |= {id(one) for one in part.get_payload() if isinstance(one, Message)}
            continue
        if part.get_content_maintype() == "message" and part.is_multipart():
            inside |= {id(one) for one in part.get_payload() if isinstance(one, Message)}
        yield part


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(message: Message) -> tuple[str, bool]:
    """What a person wrote: plain text where there is some, else HTML as text."""
    plain, rich = [], []
    for part in _own_parts(message):
        if part.is_multipart() or _is_file(part):
            continue
        kind = part.get_content_type()
        if kind == "text/plain":
            plain.append(_decoded(part))
        elif kind == "text/html":
            rich.append(_html_as_text(_decoded(part)))
    text = "\n\n".join(plain).strip() or "\n\n".join(rich).strip()
    text = _clean(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text[:LONGEST_TEXT], len(text) > LONGEST_TEXT


def _decoded(part: Message) -> str:
    content = _bytes(part)[: LONGEST_TEXT * 8]
    for name in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return content.decode("latin-1")


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return part.get_filename("") or ""
    except Exception:  # noqa: BLE001 - as with headers
        return ""


def _files(message: Message) -> Iterator[MailFile]:
    kept = 0
    for part in _own_parts(message):
        if part.is_multipart() or not (_is_file(part) or part.get_content_maintype() == "image"):
            continue
        content = _bytes(part)
        kind = kind_of(content) if content else None
        left_out = LeftOut.NO
        if len(content) > MOST_BYTES:
            left_out = LeftOut.SIZE
        elif kind is None:
            left_out = LeftOut.KIND
        elif kept >= MOST_FILES:
            left_out = LeftOut.NUMBER
        kept += left_out is LeftOut.NO
        yield MailFile(
            name=_safe_name(_file_name(part)),
            kind=kind or "application/octet-stream",
            size=len(content),
            sha256=sha256(content).hexdigest(),
            content=content if left_out is LeftOut.NO else None,
            left_out=left_out,
        )


def _safe_name(name: str) -> str:
    """The last part of a path, of letters, digits and a few marks: a name and no more."""
    last = re.split(r"[/\\]", _clean(name))[-1]
    safe = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    return safe[-120:] or "file"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in HIDDEN:
            self.hidden += 1
        elif tag in BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split(" ")).replace("\n", " "))


def _html_as_text(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    lines = ("".join(words.words)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()
