"""A file of reference rates: CSV with series, valid_from, rate_pct, known_until, source. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from netterms.kernel.refusal import Code, Refusal
from netterms.terms.rates import DECIMALS, Rate

COLUMNS = ("series", "valid_from", "rate_pct", "source")
MOST_BYTES = 2**20
LARGEST = 1000


def read(content: bytes, name: str, known: Collection[str]) -> list[Rate]:
    """The rates of a file; `known` are the series there are.

    Without `known_until` a rate is known for its first day only: enough where a rule reads the
    first day of a half-year. FILE_TOO_LARGE, FILE_UNREADABLE, FILE_EMPTY, COLUMN_MISSING, or
    ROWS_BAD with the first row that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, file=name, limit=MOST_BYTES)
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=name) from error
    if not lines:
        raise Refusal(Code.FILE_EMPTY, file=name)
    for column in COLUMNS:
        if column not in lines[0]:
            raise Refusal(Code.COLUMN_MISSING, field=column)
    return [_rate(row, line, known) for row, line in enumerate(lines, 2)]


def _rate(row: int, line: dict[str, str | None], known: Collection[str]) -> Rate:
    cells = {name: (line.get(name) or "").strip() for name in (*COLUMNS, "known_until")}
    if cells["series"] not in known:
        raise Refusal(Code.ROWS_BAD, rows=[row], field="series", value=cells["series"])
    if not cells["source"]:
        raise Refusal(Code.ROWS_BAD, rows=[row], field="source", value="")
    valid_from = _day(row, "valid_from", cells["valid_from"])
    until = cells["known_until"]
    known_until = _day(row, "known_until", until) if until else valid_from
    if known_until < valid_from:
        raise Refusal(Code.ROWS_BAD, rows=[row], field="known_until", value=until)
    percent = _percent(row, cells["rate_pct"])
    return Rate(cells["series"], valid_from, percent, known_until, cells["source"])


def _day(row: int, field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(Code.ROWS_BAD, rows=[row], field=field, value=text) from error


def _percent(row: int, text: str) -> Decimal:
    try:
        percent = Decimal(text)
        fits = abs(percent) < LARGEST and percent == round(percent, DECIMALS)
    except InvalidOperation:
        fits = False
    if not fits:
        raise Refusal(Code.ROWS_BAD, rows=[row], field="rate_pct", value=text)
    return percent
