"""Workbooks of annual accounts, as accountants make them and as our template asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation

from netterms.connectors.accounts import Problem, read
from netterms.connectors.accounts.captions import meaning
from netterms.connectors.accounts.template import PERIOD_ROW, write
from netterms.kernel.refusal import Code, Refusal
from netterms.statements.chart import ITEMS
from netterms.statements.rules import Standard, completed, findings

Sheets = Mapping[str, Sequence[Sequence[Any]]]
END, BEFORE = date(2025, 12, 31), date(2024, 12, 31)


def workbook(folder: Path, sheets: Sheets) -> Path:
    path = folder / "accounts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


GB: Sheets = {
    "资产负债表": [
        ["资产负债表"],
        ["编制单位：深圳某某电子有限公司", "", "2025年12月31日", "", "", "", "", "单位：万元"],
        ["资　产", "行次", "期末余额", "年初余额",
         "负债和所有者权益（或股东权益）", "行次", "期末余额", "年初余额"],
        ["流动资产：", "", "", "", "流动负债：", "", "", ""],
        ["货币资金", 1, 120, 100, "短期借款", 30, 80, 70],
        ["应收票据", 2, 30, 20, "应付票据", 31, "", ""],
        ["应收账款", 3, "２００", 180, "应付账款", 32, 150, 140],
        ["其他应收款", 4, 20, 20, "应交税费", 33, 20, 20],
        ["  其中：应收利息", 5, 5, 5, "流动负债合计", 34, 250, 230],
        ["存　货", 6, 130, 120, "非流动负债：", "", "", ""],
        ["流动资产合计", 7, 500, 440, "长期借款", 35, 100, 100],
        ["固定资产", 8, 300, 310, "负债合计", 36, 350, 330],
        ["在建工程", 9, 100, 60, "所有者权益（或股东权益）：", "", "", ""],
        ["无形资产", 10, 80, 70, "实收资本（或股本）", 37, 400, 400],
        ["商誉", 11, "", "", "盈余公积", 38, 50, 40],
        ["长期待摊费用", 12, 20, 20, "未分配利润", 39, 200, 130],
        ["非流动资产合计", 13, 500, 460, "所有者权益（或股东权益）合计", 40, 650, 570],
        ["资产总计", 14, 1000, 900, "负债和所有者权益（或股东权益）总计", 41, 1000, 900],
    ],
    "利润表": [
        ["利润表"],
        ["编制单位：深圳某某电子有限公司", "2025年度", "单位：万元"],
        ["项　目", "本期金额", "上期金额"],
        ["一、营业收入", 1500, 1300],
        ["减：营业成本", 1100, 980],
        ["    税金及附加", 10, 9],
        ["    销售费用", 90, 80],
        ["    管理费用", 100, 90],
        ["    研发费用", 50, 40],
        ["    财务费用", 18, 17],
        ["      其中：利息费用", 20, 19],
        ["            利息收入", 2, 2],
        ["二、营业利润（亏损以“－”号填列）", 132, 84],
        ["减：所得税费用", 32, 20],
        ["四、净利润（净亏损以“－”号填列）", "100", 64],
    ],
    "现金流量表": [
        ["现金流量表"],
        ["", "2025年度", "单位：万元"],
        ["项目", "本期金额", "上期金额"],
        ["经营活动产生的现金流量净额", "110.5", "—"],
    ],
}  # fmt: skip


def test_chinese_statements_of_two_years_are_read(tmp_path):
    found = read(workbook(tmp_path, GB))
    assert found.bad == ()
    before, now = (paper.told for paper in found.papers)
    assert (before.accounts.period_end, now.accounts.period_end) == (BEFORE, END)
    assert (now.accounts.currency, now.accounts.scale, now.standard) == ("CNY", 10_000, Standard.GB)
    in_units = {name: value / 10_000_00 for name, value in now.accounts.items.items()}
    assert in_units == {
        "cash": 120, "receivables": 230, "inventory": 130, "other_current_assets": 20,
        "current_assets": 500, "tangible_fixed_assets": 400, "intangible_assets": 80,
        "other_non_current_assets": 20, "total_assets": 1000, "short_term_debt": 80,
        "payables": 150, "other_current_liabilities": 20, "current_liabilities": 250,
        "long_term_debt": 100, "total_liabilities": 350, "share_capital": 400,
        "retained_earnings": 250, "equity": 650, "revenue": 1500, "cost_of_goods_sold": 1100,
        "operating_expenses": 250, "interest": 20, "tax": 32, "net_income": 100,
        "operating_cash_flow": 110.5,
    }  # fmt: skip
    assert before.accounts.items["operating_cash_flow"] == 0
    for told in (before, now):
        assert findings(completed(told.accounts)) == []
    assert completed(now.accounts).items["ebit"] == 152 * 10_000_00


def test_a_group_and_its_company_are_kept_apart(tmp_path):
    sheets = {f"合并{name}": rows for name, rows in GB.items()}
    sheets |= {f"母公司{name}": rows for name, rows in GB.items()}
    told = [paper.told for paper in read(workbook(tmp_path, sheets)).papers]
    assert [one.consolidated for one in told] == [False, False, True, True]


IFRS: Sheets = {
    "Balance sheet": [
        ["Example Ltd"],
        ["Consolidated statement of financial position at 31 December 2025 (IFRS, audited)"],
        ["in EUR thousands", "Note", "2025", "2024"],
        ["Property, plant and equipment", 4, "1.250,5", "1.200,0"],
        ["Goodwill", 5, "100,0", "100,0"],
        ["Inventories", "", "400,0", "380,0"],
        ["Trade and other receivables", "", "500,0", "450,0"],
        ["Cash and cash equivalents", "", "150,0", "120,0"],
        ["Total current assets", "", "1.050,0", "950,0"],
        ["Total assets", "", "2.400,5", "2.250,0"],
        ["Trade and other payables", "", "(600,0)", "(550,0)"],
        ["Total current liabilities", "", "(800,0)", "(750,0)"],
        ["Borrowings", "", "(400,0)", "(400,0)"],
        ["Total liabilities", "", "(1.200,0)", "(1.150,0)"],
        ["Retained earnings", "", "700,5", "600,0"],
        ["Total equity", "", "1.200,5", "1.100,0"],
    ],
    "Income statement": [
        ["Consolidated income statement", "", ""],
        ["in EUR thousands", "2025", "2024"],
        ["Revenue", "3.000,0", "2.800,0"],
        ["Cost of sales", "(2.100,0)", "(2.000,0)"],
        ["Gross profit", "900,0", "800,0"],
        ["Administrative expenses", "(600,0)", "(550,0)"],
        ["Operating profit", "300,0", "250,0"],
        ["Finance costs", "(40,0)", "(40,0)"],
        ["Income tax expense", "(60,0)", "(50,0)"],
        ["Profit for the year", "200,0", "160,0"],
    ],
}


def test_english_statements_with_decimal_commas_and_brackets_are_read(tmp_path):
    found = read(workbook(tmp_path, IFRS))
    assert found.bad == ()
    now = found.papers[-1].told
    assert (now.accounts.period_end, now.standard) == (END, Standard.IFRS)
    assert (now.consolidated, now.audited, now.accounts.scale) == (True, True, 1000)
    items = now.accounts.items
    assert items["tangible_fixed_assets"] == 1_250_500_00
    assert items["cost_of_goods_sold"] == 2_100_000_00
    assert (items["tax"], items["interest"]) == (60_000_00, 40_000_00)
    assert items["total_liabilities"] == 1_200_000_00
    assert findings(completed(now.accounts)) == []


def changed(sheets: Sheets, sheet: str, row: int, column: int, value: object) -> Sheets:
    rows = [list(each) for each in sheets[sheet]]
    rows[row][column] = value
    return {**sheets, sheet: rows}


def test_a_cell_that_is_no_number_is_named(tmp_path):
    found = read(workbook(tmp_path, changed(GB, "利润表", 4, 1, "1l00")))
    [bad] = found.bad
    assert (bad.place.sheet, bad.place.row, bad.place.caption) == ("利润表", 5, "减：营业成本")
    assert (bad.value, bad.problem, bad.key) == ("1l00", Problem.NOT_A_NUMBER, (False, END))


def test_two_places_that_disagree_are_named(tmp_path):
    sheets = {**GB, "附表": [["", "2025年度", "单位：万元"], ["项目", "本期金额"], ["净利润", 101]]}
    [bad] = read(workbook(tmp_path, sheets)).bad
    assert (bad.place.sheet, bad.problem) == ("附表", Problem.CONTRADICTS)


def test_a_paper_without_a_date_or_a_currency_asks_for_it(tmp_path):
    rows = [["", "Current year", "Prior year"], ["Revenue", 10, 9], ["Total assets", 5, 4]]
    path = workbook(tmp_path, {"P&L": rows})
    for given, field in (({}, "currency"), ({"currency": "GBP"}, "period_end")):
        with pytest.raises(Refusal) as no:
            read(path, **given)
        assert (no.value.code, no.value.facts["field"]) == (Code.VALUE_INVALID, field)
    found = read(path, currency="GBP", end=END)
    assert [p.told.accounts.period_end for p in found.papers] == [BEFORE, END]


def test_of_half_a_year_only_the_newest_period_counts(tmp_path):
    rows = [
        ["利润表"], ["2025年1-6月", "", "单位：元"], ["项目", "本期金额", "上期金额"],
        ["营业收入", 10, 9], ["净利润", 1, 1],
    ]  # fmt: skip
    [paper] = read(workbook(tmp_path, {"利润表": rows})).papers
    assert (paper.told.accounts.months, paper.told.accounts.period_end) == (6, date(2025, 6, 30))


def test_a_workbook_of_something_else_is_refused(tmp_path):
    with pytest.raises(Refusal) as no:
        read(workbook(tmp_path, {"List": [["Name", "Colour"], ["Ada", "blue"]]}))
    assert no.value.code is Code.NO_HEADER


@pytest.mark.parametrize(
    ("caption", "item"),
    [
        ("一、营业总收入", "revenue"), ("减：营业成本", "cost_of_goods_sold"),
        ("其中：应收利息", None), ("  其中：利息费用", "interest"),
        ("实收资本(或股本)", "share_capital"), ("所有者权益（或股东权益）合计", "equity"),
        ("负债合计", "total_liabilities"), ("Trade receivables (net)", "receivables"),
        ("Profit / (loss) for the year", "net_income"), ("Marketing", None),
    ],
)  # fmt: skip
def test_captions(caption, item):
    found = meaning(caption)
    assert (found.item if found else None) == item


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_template_comes_back_as_it_was_filled_in(tmp_path, language):
    path = tmp_path / "template.xlsx"
    with translation.override(language):
        write(path, newest=END, years=2, currency="CNY")
        unit, yes = ("万元", "是") if language == "zh-hans" else ("ten thousands", "yes")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 4
    sheet["B4"], sheet["B8"] = unit, yes
    wanted = {}
    row = PERIOD_ROW + 1
    captions = {str(translated(item.caption, language)): item for item in ITEMS}
    for number, row in enumerate(sheet.iter_rows(min_row=PERIOD_ROW + 2, max_col=3)):
        item = captions.get(row[0].value)
        if item:
            row[1].value = 100 + number
            wanted[item.name] = (100 + number) * (1 if item.count else 10_000_00)
            row[2].value = None
    assert len(wanted) == len(ITEMS)
    book.save(path)
    [paper] = read(path).papers
    told = paper.told
    assert told.accounts.items == wanted
    assert (told.accounts.period_end, told.accounts.scale, told.audited) == (END, 10_000, True)
    assert (told.accounts.currency, told.consolidated) == ("CNY", False)


def translated(text: str, language: str) -> str:
    with translation.override(language):
        return translation.gettext(text)


def test_an_empty_template_holds_no_accounts(tmp_path):
    path = tmp_path / "template.xlsx"
    with translation.override("en"):
        write(path, newest=END, years=3, currency="EUR")
    found = read(path)
    assert (found.papers, found.bad) == ((), ())
