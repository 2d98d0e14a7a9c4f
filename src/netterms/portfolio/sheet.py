"""A worksheet that is one table, written row by row as XML: fast enough for a whole book.

XlsxWriter keeps and checks every cell on its own, which takes longer than all the rest of a report.
A table's cells need none of that: text goes in as inline strings (never as a formula, whatever it
begins with), money as the exact decimal it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

EPOCH = date(1899, 12, 30)
LONGEST_TEXT = 32_767
LONGEST_SHEET = 1_048_575  # rows below the headings
WIDEST_MONEY = 4
ROWS_AT_ONCE = 2_000

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Readers decode _x0041_ to a letter; a name that really says so must survive.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Row = Sequence[Any]
Write = Callable[[Any], str]


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
class Column:
    """One column of a table; `width` in characters."""

    heading: str
    kind: Kind
    width: int


class Styles:
    """The workbook's cell formats, each as the number its cells carry."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.heading = self._style(bold=True, bg_color="#EEF1F5", bottom=1, text_wrap=True)
        self.of_kind = {
            Kind.TEXT: 0,
            Kind.WHOLE: self._style(num_format="#,##0"),
            Kind.FIGURE: self._style(num_format="#,##0.00"),
            Kind.SHARE: self._style(num_format="0.0%"),
            Kind.DATE: self._style(num_format="yyyy-mm-dd"),
        }
        self.money = [
            self._style(num_format="#,##0" + (f".{'0' * places}" if places else ""))
            for places in range(WIDEST_MONEY + 1)
        ]

    def _style(self, **properties: object) -> int:
        made: Format = self._book.add_format(properties)
        return int(made._get_xf_index())  # noqa: SLF001 - rows are written without XlsxWriter's cells


class TableSheet(Worksheet):  # type: ignore[misc]
    """Add with `book.add_worksheet(name, worksheet_class=TableSheet)`, then `fill` it once."""

    def fill(self, columns: Sequence[Column], rows: Sequence[Row], styles: Styles) -> None:
        """The table: headings frozen, with a filter. Rows beyond what a sheet holds are cut."""
        self._columns, self._styles = columns, styles
        self._rows = rows[:LONGEST_SHEET]
        self.freeze_panes(1, 0)
        self.autofilter(0, 0, max(len(self._rows), 1), len(columns) - 1)
        for index, column in enumerate(columns):
            self.set_column(index, index, column.width)
        self.dim_rowmin, self.dim_rowmax = 0, len(self._rows)
        self.dim_colmin, self.dim_colmax = 0, len(columns) - 1

    def _write_sheet_data(self) -> None:
        """Called by XlsxWriter where it would write its own cells."""
        self._xml_start_tag("sheetData")
        letters = [xl_col_to_name(index) for index in range(len(self._columns))]
        headings = (
            f'<c r="{at}1" s="{self._styles.heading}" t="inlineStr"><is>{text(c.heading)}</is></c>'
            for at, c in zip(letters, self._columns, strict=True)
        )
        self.fh.write(f'<row r="1">{"".join(headings)}</row>')
        writers = [_writer(column.kind, self._styles) for column in self._columns]
        cells = list(zip(['<c r="' + letter for letter in letters], writers, strict=True))
        for start in range(0, len(self._rows), ROWS_AT_ONCE):
            self.fh.write(_rows(self._rows[start : start + ROWS_AT_ONCE], start + 2, cells))
        self._xml_end_tag("sheetData")


def _rows(rows: Iterable[Row], first: int, cells: Sequence[tuple[str, Write]]) -> str:
    parts = []
    for at, row in enumerate(rows, first):
        parts.append(f'<row r="{at}">')
        parts += [
            f'{begin}{at}"{write(value)}'
            for (begin, write), value in zip(cells, row, strict=True)
            if value is not None and value != ""
        ]
        parts.append("</row>")
    return "".join(parts)


def _writer(kind: Kind, styles: Styles) -> Write:
    """What follows a cell's address, for one kind of value."""
    if kind is Kind.TEXT:
        return lambda value: f' t="inlineStr"><is>{text(value)}</is></c>'
    if kind is Kind.MONEY:
        money = [f' s="{number}"><v>' for number in styles.money]
        return lambda value: f"{money[_places(value)]}{value}</v></c>"
    if kind is Kind.ANY:
        writers = {each: _writer(each, styles) for each in Kind if each is not Kind.ANY}
        return lambda pair: writers[pair[0]](pair[1])
    begin = f' s="{styles.of_kind[kind]}"><v>'
    if kind is Kind.DATE:
        return lambda value: f"{begin}{(value - EPOCH).days}</v></c>"
    return lambda value: f"{begin}{value}</v></c>"


def _places(amount: str) -> int:
    point = amount.rfind(".")
    return 0 if point < 0 else len(amount) - point - 1


def text(value: object) -> str:
    """A `<t>` element that holds `value` and nothing else."""
    plain = str(value)[:LONGEST_TEXT]
    if _is_plain(plain):
        return f"<t>{plain}</t>"
    plain = _UNSPEAKABLE.sub("\ufffd", _LOOKS_ESCAPED.sub("_x005F_", plain))
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<t xml:space="preserve">{plain}</t>'


def _is_plain(words: str) -> bool:
    """Whether XML has nothing to say about `words`; regular expressions would take far longer."""
    return (
        words.isprintable()
        and "&" not in words
        and "<" not in words
        and ">" not in words
        and "_x" not in words
        and words[:1] != " "
        and words[-1:] != " "
    )
