"""The euro foreign exchange reference rates of the European Central Bank.

`eurofxref.csv.xz` beside this file is the bank's own list from 2019-01-02 to 2026-10-30 (source:
European Central Bank). A newer one is at the bank's site as eurofxref.zip or eurofxref-hist.zip.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path

from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rates import Rate
from netterms.receivables.intake.container import DAMAGED_ZIP

SOURCE = "European Central Bank"
SHIPPED_UNTIL = date(2026, 10, 30)
# The whole history since 1999 has 2 MB.
MOST_BYTES = 16 * 2**20
# The history writes 2026-10-30, the file of one day "30 October 2026".
DAY_FORMATS = ("%Y-%m-%d", "%d %B %Y")
NONE = {"", "N/A"}


def shipped() -> list[Rate]:
    """The rates that came with the program."""
    packed = (files(__name__) / "eurofxref.csv.xz").read_bytes()
    return _rates(lzma.decompress(packed), "eurofxref.csv")


def read(path: Path) -> list[Rate]:
    """The rates of an `eurofxref` list of the bank, as CSV or zipped.

    FILE_UNREADABLE, FILE_TOO_LARGE, FILE_EMPTY, or ROWS_BAD with the first row that is wrong.
    """
    try:
        zipped = zipfile.is_zipfile(path)
        content = _unzipped(path) if zipped else _content(path)
    except DAMAGED_ZIP as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    return _rates(content, path.name)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(file.read(MOST_BYTES + 1), path)


def _unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise Refusal(Code.FILE_UNREADABLE, file=path.name)
        # What a header says of its size is not believed.
        with archive.open(names[0]) as member:
            return _bounded(member.read(MOST_BYTES + 1), path)


def _bounded(content: bytes, path: Path) -> bytes:
    if len(content) > MOST_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_BYTES)
    return content


def _rates(content: bytes, name: str) -> list[Rate]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=name) from error
    if not lines:
        raise Refusal(Code.FILE_EMPTY, file=name)
    heads = [head.strip() for head in lines[0]]
    if heads[:1] != ["Date"] or not all(re.fullmatch("[A-Z]{3}|", head) for head in heads[1:]):
        raise Refusal(Code.NO_HEADER, file=name)
    return [
        rate
        for row, cells in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in cells)
        for rate in _of_day(row, heads, cells)
    ]


def _of_day(row: int, heads: list[str], cells: list[str]) -> list[Rate]:
    day = _day(cells[0].strip())
    if day is None or len(cells) > len(heads):
        raise Refusal(Code.ROWS_BAD, rows=[row], field="Date", value=cells[0])
    found = []
    for code, cell in zip(heads[1:], cells[1:], strict=False):
        text = cell.strip()
        if code and text not in NONE:
            found.append(Rate(code, day, _number(row, code, text), SOURCE))
    return found


def _day(text: str) -> date | None:
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    return None


def _number(row: int, code: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(0)
    if not (number.is_finite() and 0 < number < 10**12):
        raise Refusal(Code.ROWS_BAD, rows=[row], field=code, value=text)
    return number
