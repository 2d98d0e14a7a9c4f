"""A worksheet that is one table, written row by row as XML: fast enough for a whole book.

XlsxWriter keeps and checks every cell on its own, which takes longer than all the rest of a report.
A table's cells need none of that: text goes in as inline strings (never as a formula, whatever it
begins with), money as the exact decimal it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
        headings = (
            f'<c r="{xl_col_to_name(at)}1" s="{self._styles.heading}" t="inlineStr"><is>'
            f"{text(column.heading)}</is></c>"
            for at, column in enumerate(self._columns)
        )
        self.fh.write(f'<row r="1">{"".join(headings)}</row>')
        for start in range(0, len(self._rows), ROWS_AT_ONCE):
            rows = self._rows[start : start + ROWS_AT_ONCE]
            self.fh.write(_rows(rows, start + 2, self._columns, self._styles))
        self._xml_end_tag("sheetData")


def _rows(rows: Sequence[Row], first: int, columns: Sequence[Column], styles: Styles) -> str:
    """Some rows, column by column: one template for all of them, filled a row at a time."""
    numbers = range(first, first + len(rows))
    template = '<row r="%d">'
    filling: list[Iterable[Any]] = [numbers]
    for at, (column, values) in enumerate(zip(columns, zip(*rows, strict=True), strict=True)):
        begin = f'<c r="{xl_col_to_name(at)}'
        same = _alike(column.kind, values, styles)
        if same:
            style, shape, shown = same
            template += f'{begin}%d"{style}{shape}</c>'
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
        shape = '<is><t xml:space="preserve">%s</t></is>'
        return ' t="inlineStr">', shape, values if _are_plain(values) else _escaped(values)
    if kind is Kind.MONEY:
        places = set(map(_places, values))
        return (
            (_style(styles.money[places.pop()]), "<v>%s</v>", values) if len(places) == 1 else None
        )
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


def _places(amount: str) -> int:
    point = amount.rfind(".")
    return 0 if point < 0 else len(amount) - point - 1


def text(value: str) -> str:
    """A `<t>` element that holds `value` and nothing else."""
    return f'<t xml:space="preserve">{_escaped((value,))[0]}</t>'


def _escaped(values: Iterable[str]) -> list[str]:
    found = []
    for value in values:
        plain = _UNSPEAKABLE.sub("\ufffd", _LOOKS_ESCAPED.sub("_x005F_", value[:LONGEST_TEXT]))
        found.append(plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return found


def _are_plain(values: Sequence[str]) -> bool:
    """Whether XML has nothing to say about any of them: looked at all at once, which is quick."""
    words = "".join(values)
    return (
        words.isprintable()
        and not any(sign in words for sign in ("&", "<", ">", "_x"))
        and max(map(len, values)) <= LONGEST_TEXT
    )
