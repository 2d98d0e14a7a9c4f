"""Bank statements in the formats of banks, read into `receivables.matching.statement`.

Which format a file has is seen from its content: camt (XML), MT940, else a list of movements.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from netterms.connectors import markup
from netterms.connectors.banks import camt, movements, mt940
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake.container import DAMAGED_ZIP
from netterms.receivables.intake.encoding import detect, scan
from netterms.receivables.matching.statement import Statement

MOST_BYTES = 64 * 2**20
# Banks send the days of a month as one archive.
MOST_FILES = 400
MOST_UNZIPPED = 256 * 2**20
_BEGINNING = 65_536
_ZIP = b"PK\x03\x04"


def read(path: Path, *, account: str = "", currency: str = "") -> list[Statement]:
    """Every statement in a file, or in the files of an archive.

    `account` and `currency` are used where a list of movements names none. Refuses with
    FILE_UNREADABLE, FILE_EMPTY, FILE_TOO_LARGE, NO_HEADER, and the codes that begin with
    BANK_STATEMENT.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except (OSError, ValueError) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    if size > MOST_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_BYTES)
    if not content.strip(b"\xef\xbb\xbf \r\n\t\0"):
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    if content.startswith(_ZIP) and (members := _archive(content, path.name)) is not None:
        return [statement for member in members for statement in _plain(member, path)]
    if markup.looks_like(content) or _is_mt940(content):
        return _plain(content, path)
    return movements.read(path, account=account, currency=currency)


def _plain(content: bytes, path: Path) -> list[Statement]:
    if markup.looks_like(content):
        return camt.read(markup.parse(content, most_bytes=MOST_BYTES, file=path.name))
    if _is_mt940(content):
        return mt940.read(_text(content))
    raise Refusal(Code.FILE_UNREADABLE, file=path.name)


def _is_mt940(content: bytes) -> bool:
    return mt940.looks_like(content[:_BEGINNING].decode("latin-1"))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        with tempfile.NamedTemporaryFile(prefix="netterms-") as file:
            file.write(content)
            file.flush()
            path = Path(file.name)
            return content.decode(detect(path, scan(path)), errors="replace")


def _is_beside(member: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS puts beside the files: __MACOSX/._may.xml, .DS_Store."""
    folder, _, name = member.filename.rpartition("/")
    return not name or name.startswith(".") or folder.startswith("__MACOSX")


def _archive(content: bytes, file: str) -> list[bytes] | None:
    """The files of an archive, nothing of it written to disk; None for a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not _is_beside(member)]
            if {"[Content_Types].xml", "content.xml"} & {member.filename for member in members}:
                return None
            if not members:
                raise Refusal(Code.FILE_EMPTY, file=file)
            if (
                len(members) > MOST_FILES
                or sum(member.file_size for member in members) > MOST_UNZIPPED
            ):
                raise Refusal(Code.FILE_TOO_LARGE, file=file, limit=MOST_UNZIPPED)
            found = []
            for member in members:
                with archive.open(member) as opened:
                    # A member may be longer than the archive says.
                    found.append(opened.read(member.file_size + 1)[: member.file_size])
            return found
    except DAMAGED_ZIP as error:
        raise Refusal(Code.FILE_UNREADABLE, file=file) from error
