"""Workbooks of tables, their rows written as XML: fast enough for a whole book.

XlsxWriter keeps and checks every cell on its own, which takes longer than all the rest of a report.
A table's cells need none of that: text goes in as inline strings (never as a formula, whatever it
begins with), money as the exact decimal it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import DEFLATED, MAX_WBITS

from isal import isal_zlib
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPOCH = date(1899, 12, 30)
LONGEST_TEXT = 32_767
LONGEST_SHEET = 1_048_575  # rows below the headings
WIDEST_MONEY = 4
THIRD_LAST = itemgetter(-3)
ROWS_AT_ONCE = 2_000
QUICK = 2  # of isal's levels

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Readers decode _x0041_ to a letter; a name that really says so must survive.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Row = Sequence[Any]


class Kind(Enum):
    """How a column's values are written and shown."""

    TEXT = auto()
    WHOLE = auto()
    FIGURE = auto()
    """Two decimals."""
    MONEY = auto()
    """A decimal string in major units; it shows as many places as it has."""
    SHARE = auto()
    """A fraction, shown in percent."""
    DATE = auto()
    ANY = auto()
    """Each value is a pair of its kind and itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, columns and rows (as wide as the columns)."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `width` in characters."""

    heading: str
    kind: Kind
    width: int

    @classmethod
    def text(cls, heading: str, width: int = 16) -> Self:
        return cls(heading, Kind.TEXT, width)

    @classmethod
    def money(cls, heading: str) -> Self:
        return cls(heading, Kind.MONEY, 18)

    @classmethod
    def whole(cls, heading: str, width: int = 12) -> Self:
        return cls(heading, Kind.WHOLE, width)

    @classmethod
    def share(cls, heading: str, width: int = 12) -> Self:
        return cls(heading, Kind.SHARE, width)

    @classmethod
    def day(cls, heading: str) -> Self:
        return cls(heading, Kind.DATE, 12)


class Styles:
    """The workbook's cell formats, each as the number its cells carry."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.heading = book.add_format({"bold": True, "bg_color": "#EEF1F5", "bottom": 1})
        self.of_kind = {
            Kind.TEXT: 0,
            Kind.WHOLE: self._number("#,##0"),
            Kind.FIGURE: self._number("#,##0.00"),
            Kind.SHARE: self._number("0.0%"),
            Kind.DATE: self._number("yyyy-mm-dd"),
        }
        self.money = [
            self._number("#,##0" + (f".{'0' * places}" if places else ""))
            for places in range(WIDEST_MONEY + 1)
        ]

    def _number(self, shown: str) -> int:
        made: Format = self._book.add_format({"num_format": shown})
        return int(made._get_xf_index())  # noqa: SLF001 - our rows need it, nobody else gives it


def write_tables(
    to: Path | IO[bytes], tables: Iterable[Table], properties: Mapping[str, str]
) -> None:
    """A workbook with one table a sheet: headings frozen, with a filter.

    XlsxWriter makes everything but the rows, which are put into its sheets on the way.
    """
    shell = BytesIO()
    book = Workbook(shell, {"in_memory": True})
    book.set_properties(dict(properties))
    styles, shown = Styles(book), []
    for table in tables:
        _add_sheet(book, table, styles)
        shown.append(table)
    book.close()
    sheets = {f"xl/worksheets/sheet{at}.xml": table for at, table in enumerate(shown, 1)}
    with (
        ZipFile(shell) as parts,
        ZipFile(to, "w", ZIP_DEFLATED) as whole,
    ):
        for part in parts.infolist():
            with whole.open(part.filename, "w", force_zip64=True) as file:
                # A zip file's deflate by a quicker hand; the module has no way to ask for it.
                deflate = isal_zlib.compressobj(QUICK, DEFLATED, -MAX_WBITS)
                file._compressor = deflate  # type: ignore[attr-defined]  # noqa: SLF001
                if part.filename in sheets:
                    _fill(file, parts.read(part).decode(), sheets[part.filename], styles)
                else:
                    file.write(parts.read(part))


def _add_sheet(book: Workbook, table: Table, styles: Styles) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(min(len(table.rows), LONGEST_SHEET), 1), len(table.columns) - 1)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.heading, styles.heading)


def _fill(file: IO[bytes], sheet: str, table: Table, styles: Styles) -> None:
    """`sheet` with the table's rows below its headings."""
    rows = table.rows[:LONGEST_SHEET]
    last = xl_rowcol_to_cell(len(rows), len(table.columns) - 1)
    sheet = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', sheet, count=1)
    above, end, below = sheet.partition("</sheetData>")
    file.write(above.encode())
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        file.write(_rows(some, start + 2, table.columns, styles).encode())
    file.write((end + below).encode())


def _rows(rows: Sequence[Row], first: int, columns: Sequence[Column], styles: Styles) -> str:
    """Some rows, column by column: one template for all of them, filled a row at a time."""
    # As text at once: sixteen cells of a row carry its number.
    numbers = list(map(str, range(first, first + len(rows))))
    template = '<row r="%s">'
    filling: list[Iterable[Any]] = [numbers]
    for at, (column, values) in enumerate(zip(columns, zip(*rows, strict=True), strict=True)):
        begin = f'<c r="{xl_col_to_name(at)}'
        same = _alike(column.kind, values, styles)
        if same:
            style, shape, shown = same
            template += f'{begin}%s"{style}{shape}</c>'
            filling += [numbers, shown]
        else:
            template += "%s"
            filling.append(_cells(begin, first, column.kind, values, styles))
    return "".join(map((template + "</row>").__mod__, zip(*filling, strict=True)))


def _alike(
    kind: Kind, values: Sequence[Any], styles: Styles
) -> tuple[str, str, Sequence[Any]] | None:
    """Style, template and values of cells that are all there and of one style; None if not."""
    if kind is Kind.ANY or None in values or "" in values:
        return None
    if kind is Kind.TEXT:
        if _are_plain(values):
            return ' t="inlineStr">', "<is><t>%s</t></is>", values
        # Readers may drop spaces at either end, unless they are told to keep them.
        return ' t="inlineStr">', '<is><t xml:space="preserve">%s</t></is>', _escaped(values)
    if kind is Kind.MONEY:
        places = _same_places(values)
        return None if places is None else (_style(styles.money[places]), "<v>%s</v>", values)
    if kind is Kind.DATE:
        values = [(value - EPOCH).days for value in values]
    return _style(styles.of_kind[kind]), "<v>%s</v>", values


def _cells(
    begin: str, first: int, kind: Kind, values: Sequence[Any], styles: Styles
) -> Iterator[str]:
    """Whole cells one by one; what is not known or empty is no cell."""
    for at, value in enumerate(values, first):
        of, known = value if kind is Kind.ANY else (kind, value)
        same = _alike(of, (known,), styles)
        yield f'{begin}{at}"{same[0]}{same[1] % same[2][0]}</c>' if same else ""


def _style(number: int) -> str:
    return f' s="{number}">'


def _same_places(amounts: Sequence[str]) -> int | None:
    """How many decimals all of them have; None if they differ."""
    with suppress(IndexError):
        # Most have two: seen at once, without a look at each.
        if set(map(THIRD_LAST, amounts)) == {"."}:
            return 2
    places = set(map(_places, amounts))
    return places.pop() if len(places) == 1 else None


def _places(amount: str) -> int:
    point = amount.rfind(".")
    return 0 if point < 0 else len(amount) - point - 1


def _escaped(values: Iterable[str]) -> list[str]:
    found = []
    for value in values:
        plain = _UNSPEAKABLE.sub("\ufffd", _LOOKS_ESCAPED.sub("_x005F_", value[:LONGEST_TEXT]))
        found.append(plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return found


def _are_plain(values: Sequence[str]) -> bool:
    """Whether XML has nothing to say about any of them: looked at all at once, which is quick."""
    words = f"|{'|'.join(values)}|"
    return (
        words.isprintable()
        and not any(sign in words for sign in ("&", "<", ">", "_x", "| ", " |"))
        and max(map(len, values)) <= LONGEST_TEXT
    )
