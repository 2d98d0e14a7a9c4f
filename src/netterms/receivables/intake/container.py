"""What kind of file this is and whether it is safe to open."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netterms.kernel.refusal import Code
from netterms.receivables.intake.reasons import refuse

MIB = 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Beginnings of files that are no lists, whatever their name: PDF, images, archives, web pages.
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!",
            b"{\\rtf", b"\x7fELF", b"BZh", b"\xfd7zXZ", b"SQLite format 3", b"PAR1")  # fmt: skip
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<head", b"<style")

# What reading a damaged archive may raise.
DAMAGED_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, NotImplementedError,
    RuntimeError, EOFError,
)  # fmt: skip

# No list has more; looking at each heading of a row of a hundred thousand would take minutes.
MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What intake is willing to open."""

    file_bytes: int = 512 * MIB
    unzipped_bytes: int = 4096 * MIB
    zip_ratio: int = 200  # unzipped to zipped, for workbooks that unzip to more than 64 MiB
    zip_members: int = 10_000
    workbook_memory: int = 6144 * MIB
    workbook_seconds: int = 600


def kind_of_file(path: Path, limits: Limits) -> Literal["text", "workbook"]:
    """Whether `path` is text or a workbook, by its first bytes.

    Refuses with FILE_UNREADABLE, FILE_EMPTY or FILE_TOO_LARGE.
    """
    try:
        if not path.is_file():
            raise refuse(Code.FILE_UNREADABLE, "missing_file", file=path.name)
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise refuse(Code.FILE_UNREADABLE, "missing_file", file=path.name) from error
    if size > limits.file_bytes:
        raise refuse(
            Code.FILE_TOO_LARGE, "too_large", file=path.name, bytes=size, limit=limits.file_bytes
        )
    if not start.strip(b"\r\n\t \0\xef\xbb\xbf"):
        raise refuse(Code.FILE_EMPTY, "empty", file=path.name)
    if start.startswith(_ZIP):
        _check_zip(path, limits)
        return "workbook"
    if start.startswith(_OLE):
        return "workbook"
    if start.startswith(_FOREIGN) or start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(
        _MARKUP
    ):
        raise refuse(Code.FILE_UNREADABLE, "not_a_list", file=path.name)
    return "text"


def _check_zip(path: Path, limits: Limits) -> None:
    """Refuse archives that are no workbook, or that unzip to far more than they should."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED_ZIP as error:
        raise refuse(Code.FILE_UNREADABLE, "corrupt", file=path.name) from error
    names = {member.filename for member in members}
    if not names & {"[Content_Types].xml", "content.xml"}:
        raise refuse(Code.FILE_UNREADABLE, "not_a_list", file=path.name)
    if any(member.flag_bits & 1 for member in members):
        raise refuse(Code.FILE_UNREADABLE, "password", file=path.name)
    unzipped = sum(member.file_size for member in members)
    zipped = max(1, sum(member.compress_size for member in members))
    bomb = unzipped > 64 * MIB and unzipped > limits.zip_ratio * zipped
    if bomb or unzipped > limits.unzipped_bytes or len(members) > limits.zip_members:
        raise refuse(
            Code.FILE_TOO_LARGE, "too_large", file=path.name, bytes=unzipped,
            limit=limits.unzipped_bytes,
        )  # fmt: skip
