"""The workbook to fill in: several years side by side, totals by formula, units to choose."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from netterms.connectors.accounts.heads import NO, SCALE_WORDS, STANDARD_WORDS, YES
from netterms.kernel.calendar import add_months
from netterms.statements.chart import ITEMS, Item, Part

HEAD_ROW, PERIOD_ROW = 2, 9
CAPTIONS, FIRST_YEAR = 0, 1
# What a formula gave when the file was made: without any it would be one that nobody computed.
EMPTY = " "


def write(path: Path, *, newest: date, years: int, currency: str) -> None:
    """Write the template in the active language, its years ending with `newest`, oldest last."""
    with Workbook(path, {"strings_to_formulas": False}) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "bold": book.add_format({"bold": True}),
            "hint": book.add_format({"font_color": "#666666", "italic": True}),
            "input": book.add_format({"bg_color": "#FFF9E5", "border": 1, "align": "right"}),
            "day": book.add_format(
                {"bg_color": "#FFF9E5", "border": 1, "bold": True, "num_format": "yyyy-mm-dd"}
            ),
            "amount": book.add_format(
                {"bg_color": "#FFF9E5", "border": 1, "num_format": "#,##0.00;[Red]-#,##0.00"}
            ),
            "total": book.add_format(
                {"bold": True, "border": 1, "num_format": "#,##0.00;[Red]-#,##0.00"}
            ),
            "bad": book.add_format({"bg_color": "#F8D7DA"}),
        }
        sheet = book.add_worksheet(_("Annual accounts"))
        sheet.set_column(CAPTIONS, CAPTIONS, 44)
        sheet.set_column(FIRST_YEAR, FIRST_YEAR + years - 1, 20)
        sheet.freeze_panes(PERIOD_ROW + 1, FIRST_YEAR)
        sheet.write(0, 0, _("Annual accounts"), formats["title"])
        hint = _(
            "Leave a line empty where it is not known. Expenses are positive, losses negative."
        )
        sheet.write(1, 0, hint, formats["hint"])
        _head(sheet, formats, currency)
        sheet.write(PERIOD_ROW, 0, _("end of the period").capitalize(), formats["bold"])
        for year in range(years):
            column = FIRST_YEAR + year
            sheet.write_datetime(PERIOD_ROW, column, add_months(newest, -12 * year), formats["day"])
        _lines(sheet, formats, years)


def words(pair: tuple[str, str]) -> str:
    """A choice in the active language: the template holds no codes."""
    return pair[1] if _("yes") == YES[1] else pair[0]


def _head(sheet: Any, formats: dict[str, Any], currency: str) -> None:  # noqa: ANN401
    yes_no = [words(NO), words(YES)]
    rows: list[tuple[str, object, list[str]]] = [
        (_("currency"), currency, []),
        (_("unit of the amounts"), words(SCALE_WORDS[1]), [words(w) for w in SCALE_WORDS.values()]),
        (_("months of the period"), 12, []),
        (
            _("accounting standard"),
            words(next(iter(STANDARD_WORDS.values()))) if currency == "CNY" else "IFRS",
            [words(w) for w in STANDARD_WORDS.values()],
        ),
        (_("group accounts"), words(NO), yes_no),
        (_("audited"), words(NO), yes_no),
    ]
    for place, (caption, value, choices) in enumerate(rows):
        row = HEAD_ROW + place
        sheet.write(row, CAPTIONS, caption.capitalize(), formats["bold"])
        sheet.write(row, FIRST_YEAR, value, formats["input"])
        if choices:
            sheet.data_validation(
                row, FIRST_YEAR, row, FIRST_YEAR, {"validate": "list", "source": choices}
            )


def _lines(sheet: Any, formats: dict[str, Any], years: int) -> None:  # noqa: ANN401
    parts = {
        Part.ASSETS: _("Assets"),
        Part.LIABILITIES: _("Liabilities"),
        Part.EQUITY: _("Owners"),
        Part.INCOME: _("Income statement"),
        Part.CASH_FLOW: _("Cash flow statement"),
        Part.MARKET: _("Market"),
    }
    rows: dict[str, int] = {}
    row, part = PERIOD_ROW, None
    for item in ITEMS:
        if item.part is not part:
            part = item.part
            row += 1
            sheet.write(row, CAPTIONS, parts[part], formats["hint"])
        row += 1
        rows[item.name] = row
        style = formats["total" if item.sum_of else "amount"]
        sheet.write(row, CAPTIONS, _(item.caption), formats["bold"] if item.sum_of else None)
        for column in range(FIRST_YEAR, FIRST_YEAR + years):
            if item.sum_of:
                sheet.write_formula(row, column, _total(item, rows, column), style, EMPTY)
            else:
                sheet.write_blank(row, column, None, style)
    row += 1
    sheet.write(row, CAPTIONS, _("Check: assets less liabilities and equity"), formats["hint"])
    for column in range(FIRST_YEAR, FIRST_YEAR + years):
        cells = [xl_rowcol_to_cell(rows[n], column) for n in BALANCE]
        formula = f'=IF(COUNT({",".join(cells)})=3,{"-".join(cells)},"")'
        sheet.write_formula(row, column, formula, formats["total"], EMPTY)
        outside = {"type": "cell", "criteria": "not between", "minimum": -1, "maximum": 1}
        sheet.conditional_format(row, column, row, column, outside | {"format": formats["bad"]})


BALANCE = ("total_assets", "total_liabilities", "equity")


def _total(item: Item, rows: dict[str, int], column: int) -> str:
    """The total of its parts, once all of them are filled in; a person may write over it."""
    plus = [xl_rowcol_to_cell(rows[name], column) for name in item.sum_of]
    less = [xl_rowcol_to_cell(rows[name], column) for name in item.less]
    whole = "+".join(plus) + "".join(f"-{cell}" for cell in less)
    every = plus + less
    return f'=IF(COUNT({",".join(every)})={len(every)},{whole},"")'
