"""report.xlsx opens in a spreadsheet, holds real numbers and dates, and no formula of a buyer's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from netterms.portfolio import workbook
from netterms.portfolio.report import build_with_book
from netterms.portfolio.sheet import Column, Kind, Table, write_tables
from tests.rules.portfolio.staged_file import Line, staged

AS_OF = date(2026, 5, 31)
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2",
    "<b>&amp;</b>",
    "a\x07b_x0041_ ",
    "  pad ",
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    issued, due = AS_OF - timedelta(days=90), AS_OF - timedelta(days=60)
    lines = [
        Line(f"b{n}", issued, due, 1234_56, 1234_56, name=name) for n, name in enumerate(HOSTILE)
    ]
    lines.append(Line("yen", issued, AS_OF, 5_000, 5_000, currency="JPY"))
    result = build_with_book(staged(lines), AS_OF, "en", "book.csv")
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    workbook.write(
        path,
        result.report,
        open_items=result.open_items[:5],
        bad=[(7, "Amount", "=HYPERLINK(1)", "Write a number.")],
        method=[("DSO", "a / b", "", "AR-01")],
    )
    return openpyxl.load_workbook(path)


def test_every_list_is_a_sheet_with_a_filter_and_frozen_headings(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "Summary", "Ageing", "Top 20", "Buyers", "Chase today", "Open invoices", "Method",
        "Bad rows",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref


def test_no_cell_is_a_formula(book: openpyxl.Workbook) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    names = {row[2] for row in book["Buyers"].iter_rows(min_row=2, values_only=True)}
    assert {"=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "<b>&amp;</b>", "  pad "} <= names
    assert book["Bad rows"]["C2"].value == "=HYPERLINK(1)"
    assert book["Bad rows"]["D2"].value == "Write a number."


def test_control_characters_become_a_sign_and_escapes_are_escaped(book: openpyxl.Workbook) -> None:
    names = {row[2] for row in book["Buyers"].iter_rows(min_row=2, values_only=True)}
    assert [n for n in names if n.startswith("a\ufffdb")] == ["a\ufffdb_x005F_x0041_ "]


def test_numbers_and_dates_are_real_with_their_currency_s_places(book: openpyxl.Workbook) -> None:
    rows = {row[1].value: row for row in book["Open invoices"].iter_rows(min_row=2)}
    first = rows["b0"]
    assert first[4].is_date
    assert first[4].value.date() == date(2026, 3, 2)
    assert first[7].value == 1234.56
    assert first[7].number_format == "#,##0.00"
    buyers = {row[1].value: row for row in book["Buyers"].iter_rows(min_row=2)}
    assert buyers["yen"][9].value == 5000
    assert buyers["yen"][9].number_format == "#,##0"
    assert buyers["yen"][7].value is None


def test_a_cut_list_says_so(book: openpyxl.Workbook) -> None:
    said = [row[2] for row in book["Summary"].iter_rows(values_only=True)]
    assert "The sheet of open invoices lists the 5 oldest of 8." in said
    assert book["Open invoices"].max_row == 6


def test_spaces_at_the_ends_of_a_text_are_kept_and_only_these_are_marked(tmp_path: Path) -> None:
    names = ["plain", " before", "after ", "", "two  in the middle"]
    for name in names:
        path = tmp_path / "one.xlsx"
        table = Table("Names", [Column("Name", Kind.TEXT, 10)], [(name,), ("other",)])
        write_tables(path, [table], {})
        assert (openpyxl.load_workbook(path)["Names"]["A2"].value or "") == name
        with ZipFile(path) as parts:
            cells = parts.read("xl/worksheets/sheet1.xml")
        assert (b'xml:space="preserve"' in cells) == (name != name.strip())


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        '=HYPERLINK("http://x.example","a")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_name_that_looks_like_a_formula_stays_a_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / "one.xlsx"
    table = Table("Names", [Column("Name", Kind.TEXT, 10)], [(name,)])
    write_tables(path, [table], {})
    cell = openpyxl.load_workbook(path)["Names"]["A2"]
    assert (cell.data_type, cell.value) == ("s", name)
    with ZipFile(path) as parts:
        assert b"<f" not in parts.read("xl/worksheets/sheet1.xml")
