"""How single cells are read: amounts, dates, currencies."""

# ruff: noqa: E501  (small files stand here line by line)

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake import Reason, message, read
from netterms.receivables.intake.cells import days
from tests.rules.receivables.sheets import (
    bad_of,
    book,
    codes_of,
    day,
    one_column,
    rows_of,
    text_file,
)


def amounts(folder, cells, **options):
    staged = one_column(folder, "Amount", cells, **options)
    assert bad_of(staged) == []
    signs = [-1 if kind == "credit_note" else 1 for kind in rows_of(staged, "kind")]
    minors = rows_of(staged, "amount_minor")
    return [sign * minor for sign, minor in zip(signs, minors, strict=True)]


@pytest.mark.parametrize(
    ("cells", "minor"),
    [
        (["1234.5", "7"], [123450, 700]),
        (["1,234.50", "12,345,678.90", "5"], [123450, 1234567890, 500]),
        (["1.234,56", "2.500", "7"], [123456, 250000, 700]),
        (["1234,5", "2,500"], [123450, 250]),
        (["1.234.567", "1.234"], [123456700, 123400]),
        (["1 234,56", "12\u00a0345,00", "1\u202f234,00"], [123456, 1234500, 123400]),
        (["1'234.50", "1’234’567.00"], [123450, 123456700]),
        (["１，２３４．５０", "￥１２０．００"], [123450, 12000]),
        (["¥1,200.00", "1200元", "￥ 35", "1,200.50 元整"], [120000, 120000, 3500, 120050]),
        (["EUR 5", "5.50 EUR", "€7", "€ 1,000.00"], [500, 550, 700, 100000]),
        (["US$1,200", "$3.10", "USD 4"], [120000, 310, 400]),
        (["(1,234.00)", "1,234.00-", "-1,234", "−5.00", "$(7.50)", "-$8.50"],
         [-123400, -123400, -123400, -500, -750, -850]),
        (["100.00 CR", "100.00 DR"], [-10000, 10000]),
        (["1.2万", "3万元", "1234.5"], [1200000, 3000000, 123450]),
        (["1,23,456.00", "12,34,567.50"], [12345600, 123456750]),
        (["0.30000000000000004", "1.5E+05", "8.1999999999999993"], [30, 15000000, 820]),
        (["1.005", "2.5", "2.125"], [101, 250, 213]),
        ([" 12.50 ", "+3"], [1250, 300]),
        (["999999999999.99", "1234567890123.45"], [99999999999999, 123456789012345]),
    ],
)  # fmt: skip
def test_amount_styles(tmp_path, cells, minor):
    assert amounts(tmp_path, cells) == minor


def test_ambiguous_amounts_are_thousands_by_the_currency_and_said_so(tmp_path):
    staged = one_column(tmp_path, "Amount", ["1.234", "12.500", "1"])
    assert rows_of(staged, "amount_minor") == [123400, 1250000, 100]
    assert "amount_ambiguous" in codes_of(staged)


def test_ambiguous_amounts_of_a_three_decimal_currency_are_decimals(tmp_path):
    staged = one_column(tmp_path, "Amount", ["1.234", "12.500"], currency="KWD")
    assert rows_of(staged, "amount_minor") == [1234, 12500]


def test_whole_thousands_without_separator_make_the_point_a_decimal_one(tmp_path):
    staged = one_column(tmp_path, "Amount", ["1.234", "12500"])
    assert rows_of(staged, "amount_minor") == [123, 1250000]
    assert {"amount_ambiguous", "amount_rounded"} <= codes_of(staged)


def test_mixed_decimal_styles_are_read_cell_by_cell(tmp_path):
    staged = one_column(tmp_path, "Amount", ["1.234,56", "1,234.56", "5,10", "7.10", "9,25"])
    assert rows_of(staged, "amount_minor") == [123456, 123456, 510, 710, 925]
    assert "amount_mixed" in codes_of(staged)
    assert staged.guess.decimal["amount"] == "comma"


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "12 pcs",
        "1-2",
        "1,2,3",
        "12.34.5",
        "5%",
        "TBD 5",
        "1/2",
        "-92233720368547758.08",
        "9" * 40,
    ],
)
def test_unreadable_amounts(tmp_path, cell):
    staged = one_column(tmp_path, "Amount", ["5.00", cell, "6.50"])
    assert bad_of(staged) == [(3, "Amount", cell, "amount_unreadable")]
    assert staged.bad()[0].mend == message(Reason.AMOUNT_UNREADABLE)


def test_missing_zero_and_placeholder_amounts(tmp_path):
    staged = one_column(tmp_path, "Amount", ["5.00", "", "0", "n/a", "0.004"])
    assert bad_of(staged) == [
        (3, "Amount", "", "amount_missing"),
        (4, "Amount", "0", "amount_zero"),
        (5, "Amount", "n/a", "amount_missing"),
        (6, "Amount", "0.004", "amount_zero"),
    ]


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 1235), ("KWD", 1234500), ("EUR", 123450)])
def test_minor_units_follow_the_currency(tmp_path, currency, minor):
    staged = one_column(tmp_path, "Amount", ["1234.50"], currency=currency)
    assert rows_of(staged, "currency", "amount_minor") == [(currency, minor)]


def dates(folder, cells, heading="Invoice date", **options):
    staged = one_column(folder, heading, cells, **options)
    assert bad_of(staged) == []
    return rows_of(staged, "issued_on" if heading == "Invoice date" else "due_on")


@pytest.mark.parametrize(
    "cell",
    ["2026-02-26", "2026/2/26", "2026.02.26", "20260226", "20260226.0", "2026年2月26日",
     "2026年02月26日", "26.02.2026", "26/2/2026", "2/26/2026", "26-Feb-26", "26 February 2026",
     "Feb 26, 2026", "46079", "46079.0", "2026-02-26 00:00:00", "2026-02-26T10:15:00Z",
     "26.02.2026 10:15", "２０２６／２／２６", "26 Feb 2026", "26Feb2026", "26.02.26", "2026-2-26 8:05"],
)  # fmt: skip
def test_date_styles(tmp_path, cell):
    assert dates(tmp_path, [cell]) == [day(2026, 2, 26)]


def test_the_order_of_a_column_comes_from_the_cells_that_show_it(tmp_path):
    assert dates(tmp_path, ["1/2/2026", "25/1/2026"]) == [day(2026, 2, 1), day(2026, 1, 25)]
    assert dates(tmp_path, ["1/2/2026", "1/25/2026"]) == [day(2026, 1, 2), day(2026, 1, 25)]


def test_an_undecided_order_follows_the_currency_and_is_said(tmp_path):
    dollars = one_column(tmp_path, "Invoice date", ["1/2/2026"])
    assert rows_of(dollars, "issued_on") == [day(2026, 1, 2)]
    assert "date_order_assumed" in codes_of(dollars)
    euros = one_column(tmp_path, "Invoice date", ["1/2/2026"], currency="EUR")
    assert rows_of(euros, "issued_on") == [day(2026, 2, 1)]
    assert euros.guess.date_order["issued_on"] == "dmy"


def test_dots_mean_day_first(tmp_path):
    staged = one_column(tmp_path, "Invoice date", ["01.02.2026"])
    assert rows_of(staged, "issued_on") == [day(2026, 2, 1)]
    assert "date_order_assumed" not in codes_of(staged)


def test_both_orders_in_one_column(tmp_path):
    staged = one_column(
        tmp_path, "Invoice date", ["25/1/2026", "26/1/2026", "1/27/2026", "1/2/2026"]
    )
    assert rows_of(staged, "issued_on") == [
        day(2026, 1, 25), day(2026, 1, 26), day(2026, 1, 27), day(2026, 2, 1),
    ]  # fmt: skip
    assert "date_mixed" in codes_of(staged)


INVOICED_AND_DUE = "No,Customer,Invoice date,Due date,Amount,Currency\n"


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        # Alone and among others; where a cell is no date; before the century.
        (["26-03-01,26-04-05"], [(day(2026, 3, 1), day(2026, 4, 5))]),
        (["26/3/1,26/3/31"], [(day(2026, 3, 1), day(2026, 3, 31))]),
        (["26.03.15,26.04.14", "25.12.31,26.01.30"],
         [(day(2026, 3, 15), day(2026, 4, 14)), (day(2025, 12, 31), day(2026, 1, 30))]),
        (["26-03-01,26-04-05", "26-13-01,26-04-05"], [(day(2026, 3, 1), day(2026, 4, 5))]),
        (["99-12-31,00-01-30"], [(day(1999, 12, 31), day(2000, 1, 30))]),
        # The year last: German, American, and of the same day in several years.
        (["15.03.26,14.04.26", "31.12.25,30.01.26"],
         [(day(2026, 3, 15), day(2026, 4, 14)), (day(2025, 12, 31), day(2026, 1, 30))]),
        (["03-04-26,03-06-26"], [(day(2026, 3, 4), day(2026, 3, 6))]),
        (["31-12-25,30-01-26", "31-12-24,30-01-25", "31-12-23,30-01-24"],
         [(day(2025, 12, 31), day(2026, 1, 30)), (day(2024, 12, 31), day(2025, 1, 30)),
          (day(2023, 12, 31), day(2024, 1, 30))]),
    ],
)  # fmt: skip
def test_a_short_year_comes_first_where_due_dates_fit_better_so(tmp_path, cells, read_as):
    rows = [f"{k},X,{both},10.00,USD" for k, both in enumerate(cells)]
    staged = read(text_file(tmp_path, INVOICED_AND_DUE + "\n".join(rows)))
    assert rows_of(staged, "issued_on", "due_on") == read_as
    assert ("date_year_first" in codes_of(staged)) == (staged.guess.date_order["due_on"] == "ymd")


def test_without_due_dates_a_short_year_comes_first_where_years_are_few(tmp_path):
    assert dates(tmp_path, ["26-03-01", "26-03-15"]) == [day(2026, 3, 1), day(2026, 3, 15)]
    assert dates(tmp_path, ["15-03-26", "16-03-26"]) == [day(2026, 3, 15), day(2026, 3, 16)]
    assert days(["26-03-01", "26-3-15"], "EUR") == {
        "26-03-01": day(2026, 3, 1), "26-3-15": day(2026, 3, 15),
    }  # fmt: skip


def test_a_person_who_says_the_order_is_believed(tmp_path):
    path = text_file(tmp_path, INVOICED_AND_DUE + "1,X,12-03-01,12-04-05,10.00,USD\n")
    said = {None: day(2012, 3, 1), "dmy": day(2001, 3, 12), "mdy": day(2001, 12, 3)}
    for order, issued_on in said.items():
        assert rows_of(read(path, date_order=order), "issued_on") == [issued_on]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("soon", "date_unreadable"),
        ("31/2/2026", "date_unreadable"),
        ("2026-02-30", "date_unreadable"),
        ("20261350", "date_unreadable"),
        ("1926-02-01", "date_implausible"),
        ("2201-02-01", "date_implausible"),
        ("0026-02-01", "date_implausible"),
    ],
)
def test_bad_dates(tmp_path, cell, reason):
    staged = one_column(tmp_path, "Invoice date", ["2026-01-02", cell])
    assert bad_of(staged) == [(3, "Invoice date", cell, reason)]


def test_dates_ten_years_apart_are_bad(tmp_path):
    staged = one_column(tmp_path, "Invoice date", ["2026-01-02", "2014-01-02"])
    assert bad_of(staged) == [(3, "Due date", "2026-03-01", "dates_far_apart")]


@pytest.mark.parametrize(
    ("heading", "cell", "options", "currency"),
    [
        ("Amount", "5", {}, "USD"),
        ("Amount", "5", {"currency": "eur"}, "EUR"),
        ("Amount (EUR)", "5", {}, "EUR"),
        ("Amount (EUR)", "5", {"currency": "CHF"}, "EUR"),
        ("Amount in GBP", "5", {}, "GBP"),
        ("金额", "5", {}, "CNY"),
        ("金额（元）", "5", {}, "CNY"),
        ("金额(美元)", "5", {}, "USD"),
        ("含稅金額(港幣)", "5", {}, "HKD"),
        ("Amount", "HK$5", {}, "HKD"),
        ("Amount", "CHF 5", {"currency": "EUR"}, "CHF"),
        ("Amount", "$5", {"currency": "CAD"}, "CAD"),
        ("Amount", "£5", {}, "GBP"),
        ("Amount", "5", {"mapping": {"currency": "=SEK"}}, "SEK"),
    ],
)
def test_where_the_currency_comes_from(tmp_path, heading, cell, options, currency):
    path = text_file(tmp_path, f"Buyer,{heading},Due date\nA,{cell},2026-03-01\n")
    staged = read(path, **options)
    assert rows_of(staged, "currency", "amount_minor") == [(currency, 500)]
    assumed = "currency_assumed" in codes_of(staged)
    assert assumed == (heading in ("Amount", "金额") and cell == "5" and not options)


@pytest.mark.parametrize(
    ("heading", "cell", "options", "currency", "note"),
    [
        ("Amount", "5", {}, "CHF", "currency_of_seller"),
        ("Montant", "5", {}, "CHF", "currency_of_seller"),
        ("金额", "5", {}, "CNY", "currency_assumed"),
        ("Amount", "5", {"currency": "EUR"}, "EUR", None),
        ("Amount (EUR)", "5", {}, "EUR", None),
        ("Amount", "EUR 5", {}, "EUR", None),
        ("Amount", "$5", {}, "USD", None),
        ("Amount", "5", {"mapping": {"currency": "=SEK"}}, "SEK", None),
    ],
)
def test_the_sellers_currency_is_the_last_to_be_asked(
    tmp_path, heading, cell, options, currency, note
):
    path = text_file(tmp_path, f"Buyer,{heading},Due date\nA,{cell},2026-03-01\n")
    staged = read(path, seller_currency="CHF", **options)
    assert rows_of(staged, "currency", "amount_minor") == [(currency, 500)]
    assert {code for code in codes_of(staged) if code.startswith("currency")} == ({note} - {None})


def test_the_sellers_currency_says_how_many_places_an_amount_has(tmp_path):
    path = text_file(tmp_path, "Buyer,Amount,Due date\nA,500,2026-03-01\n")
    assert rows_of(read(path, seller_currency="JPY"), "currency", "amount_minor") == [("JPY", 500)]


def test_units_of_ten_thousand(tmp_path):
    staged = one_column(tmp_path, "金额（万元）", ["1.5", "12", "0.25"])
    assert rows_of(staged, "amount_minor", "currency") == [
        (1500000, "CNY"), (12000000, "CNY"), (250000, "CNY"),
    ]  # fmt: skip
    assert "amount_unit" in codes_of(staged)


def test_a_currency_column_and_its_bad_cells(tmp_path):
    staged = one_column(tmp_path, "Currency", ["USD", "人民币", "€", "XQQ", "", "eur"])
    assert rows_of(staged, "currency") == ["USD", "CNY", "EUR", "USD", "EUR"]
    assert bad_of(staged) == [(5, "Currency", "XQQ", "currency_unknown")]


def test_two_currencies_in_one_row_conflict(tmp_path):
    path = text_file(
        tmp_path,
        "Buyer,Amount,Currency,Due date\nA,EUR 5,USD,2026-03-01\nA,$7,CAD,2026-03-01\n",
    )
    staged = read(path)
    assert bad_of(staged) == [(2, "Amount", "EUR 5", "currency_conflict")]
    assert rows_of(staged, "currency", "amount_minor") == [("CAD", 700)]


LIST = "客户,到期日,{},\n甲,2026-03-01,12.5,\n乙,2026-03-01,3,\n"


@pytest.mark.parametrize(
    ("line", "heading", "unit"),
    [
        ("单位：万元", "金额", 10_000), ("金额单位：人民币千元", "金额", 1_000),
        ("应收账款明细表（万元）", "金额", 10_000), ("單位：萬元", "金额", 10_000),
        ("单位：万元", "金额（万元）", 10_000), ("单位：元", "金额", 1), ("单位：分", "金额", 0.01),
        ("人民币（大写）：伍拾万元整", "金额", 1), ("共计五百万元", "金额", 1),
        ("单位：十万元", "金额", 100_000), ("单位：一万元", "金额", 10_000),
        ("合计 125 万元", "金额", 1), ("计量单位：千克", "金额", 1), ("北京万科有限公司", "金额", 1),
        ("All amounts in thousands", "Amount", 1_000), ("USD '000", "Amount", 1_000),
        ("in TEUR", "Betrag", 1_000), ("(Mio. €)", "Betrag", 1_000_000),
        ("Stores in Thousand Oaks", "Amount", 1), ("Million Dollar Baby (UK) Ltd", "Amount", 1),
        ("", "Amount (k€)", 1_000), ("", "Betrag TEUR", 1_000), ("", "amount_cents", 0.01),
        ("", "金额(分)", 0.01), ("", "金额(万)", 10_000), ("", "金额（万英镑）", 10_000),
    ],
)  # fmt: skip
def test_the_unit_of_amounts_is_found_wherever_it_stands(tmp_path, line, heading, unit):
    """Read without it, each amount would be wrong by a factor of thousands, in silence."""
    listed = LIST.format(heading)
    expected = [int(1250 * unit + 0.5), int(300 * unit + 0.5)]
    rows = [line.split(",") for line in listed.splitlines()]
    for path in (
        text_file(tmp_path, f"{line},,,\n{listed}"),
        text_file(tmp_path, f"{listed}合计,,15.5,\n{line},,,\n", "below.csv"),
        text_file(tmp_path, f"{line.replace('：', '：,')},,,\n{listed}", "cells.csv"),
        book(tmp_path, [[line], *rows]),
    ):
        staged = read(path)
        assert (bad_of(staged), rows_of(staged, "amount_minor")) == ([], expected), path.name
        assert ("amount_unit" in codes_of(staged)) == (unit != 1)


def test_a_unit_below_the_heading_or_in_the_name_of_the_sheet(tmp_path):
    text = "客户,到期日,金额,\n,,万元,\n甲,2026-03-01,12.5,\n乙,2026-03-01,3,\n"
    assert rows_of(read(text_file(tmp_path, text)), "amount_minor") == [12_500_000, 3_000_000]
    rows = [["客户", "到期日", "金额"], ["甲", "2026-03-01", 12.5]]
    path = book(tmp_path, rows)
    workbook = openpyxl.load_workbook(path)
    workbook.active.title = "应收（万元）"
    workbook.save(path)
    assert rows_of(read(path), "amount_minor") == [12_500_000]


def test_an_amount_in_words_is_a_bad_cell_and_no_unit_of_the_others(tmp_path):
    text = "客户,到期日,金额\n甲,2026-03-01,壹万元\n乙,2026-03-01,12.50\n"
    staged = read(text_file(tmp_path, text))
    assert rows_of(staged, "amount_minor") == [1250]
    assert [cell[:3] for cell in bad_of(staged)] == [(2, "金额", "壹万元")]


def test_a_plain_file_with_a_unit_above_its_headings(tmp_path):
    headings = "Customer number,Currency,Invoice number,Invoice date,Due date,Amount"
    row = "K1,EUR,R-1,2026-01-01,2026-02-01,12.50"
    staged = read(text_file(tmp_path, f"Amounts in thousands\n{headings}\n{row}\n"))
    assert rows_of(staged, "amount_minor") == [1_250_000]


@pytest.mark.parametrize(
    ("line", "heading"),
    [("单位：万元", "金额（元）"), ("单位：元", "金额（万元）"), ("单位：千元", "金额（万元）"),
     ("单位：元 / 单位：万元", "金额"), ("in thousands", "Amount (EUR m)")],
)  # fmt: skip
def test_two_units_for_one_amount_are_refused(tmp_path, line, heading):
    lines = "\n".join(line.split(" / "))
    with pytest.raises(Refusal) as refused:
        read(text_file(tmp_path, f"{lines}\n{LIST.format(heading)}"))
    assert refused.value.code is Code.FILE_UNREADABLE
    assert {"unit", "other"} <= refused.value.facts.keys()


def test_a_cell_may_repeat_its_columns_unit_but_not_name_another(tmp_path):
    staged = one_column(
        tmp_path, "金额（万元）", ["12.5万", "12.5", "12.5万元", "¥12.5", "125000元", "1千"]
    )
    assert rows_of(staged, "amount_minor") == [12_500_000] * 4
    assert [b[2:] for b in bad_of(staged)] == [
        ("125000元", "amount_unreadable"), ("1千", "amount_unreadable"),
    ]  # fmt: skip
    plain = one_column(tmp_path, "金额（元）", ["12.5万", "12.5万元", "125000元", "125000"])
    assert rows_of(plain, "amount_minor") == [12_500_000] * 4


@pytest.mark.parametrize(
    "line", ["Currency: EUR", "币种：欧元", "All amounts in EUR", "单位：欧元"]
)
def test_a_currency_above_the_table_is_that_of_rows_that_name_none(tmp_path, line):
    listed = "Buyer,Due date,Amount\nA,2026-03-01,5\nB,2026-03-01,CHF 6\n"
    staged = read(text_file(tmp_path, f"{line}\n{listed}"), currency="USD")
    assert rows_of(staged, "currency") == ["EUR", "CHF"]
    assert "currency_assumed" not in codes_of(staged)


def test_a_heading_that_names_another_currency_than_the_row_is_a_conflict(tmp_path):
    text = "Buyer,Due date,Amount (USD),Currency\nA,2026-03-01,5,EUR\nB,2026-03-01,6,USD\nC,2026-03-01,€7,\n"
    staged = read(text_file(tmp_path, text))
    assert [(b[0], b[3]) for b in bad_of(staged)] == [
        (2, "currency_conflict"),
        (4, "currency_conflict"),
    ]
    assert rows_of(staged, "currency", "amount_minor") == [("USD", 600)]
    # 元 stands for money in general: the column says which.
    general = "客户,到期日,金额（元）,币种\n甲,2026-03-01,5,USD\n"
    assert rows_of(read(text_file(tmp_path, general)), "currency") == ["USD"]


def test_amounts_in_different_currencies_are_refused(tmp_path):
    text = "Buyer,Due date,Amount (EUR),Open amount (USD)\nA,2026-03-01,5,5\n"
    with pytest.raises(Refusal) as refused:
        read(text_file(tmp_path, text))
    assert refused.value.facts["currencies"] == "EUR, USD"


FORMULA = "formula_without_result"


def test_a_formula_without_a_result_is_told_and_never_an_empty_cell(tmp_path):
    """An open amount nobody computed must not make the invoice wholly open."""
    path = book(
        tmp_path,
        [
            ["Buyer", "Invoice no", "Invoice date", "Due date", "Amount", "Open amount"],
            ["A", "1", "2026-01-01", "2026-02-01", "=5*10", 7],
            ["B", "2", "2026-01-01", "2026-02-01", 50, "=E3-40"],
            ["C", "3", "2026-01-01", "=C4+30", 50, 7],
            ["=CONCATENATE(1,2)", "4", "2026-01-01", "2026-02-01", 50, 7],
            ["E", '="X"&5', "2026-01-01", "2026-02-01", 50, 7],
            ["F", "6", "2026-01-01", "2026-02-01", 50, 7],
            ["Total", None, None, None, "=SUM(E2:E7)", None],
        ],
    )
    staged = read(path)
    assert bad_of(staged) == [
        (2, "Amount", "=5*10", FORMULA),
        (3, "Open amount", "=E3-40", FORMULA),
        (4, "Due date", "=C4+30", FORMULA),
        (5, "Buyer", "=CONCATENATE(1,2)", FORMULA),
        (6, "Invoice no", '="X"&5', FORMULA),
    ]
    assert rows_of(staged, "row_no", "amount_minor", "open_minor") == [(7, 5000, 700)]


def test_a_result_of_a_formula_is_a_value(tmp_path):
    rows = [["Buyer", "Due date", "Amount"], ["A", "2026-02-01", "=5*10"], ["B", "2026-02-01", 6]]
    path = book(tmp_path, rows)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    changed = members[sheet].replace(b"<f>5*10</f><v />", b"<f>5*10</f><v>50</v>")
    changed = changed.replace(b"<f>5*10</f><v></v>", b"<f>5*10</f><v>50</v>")
    assert changed != members[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {sheet: changed}).items():
            archive.writestr(name, content)
    staged = read(path)
    assert (bad_of(staged), rows_of(staged, "amount_minor")) == ([], [5000, 600])


@pytest.mark.parametrize("error", ["#DIV/0!", "#REF!", "#N/A", "#VALUE!", "#NAME?", "=B2*C2"])
@pytest.mark.parametrize("kind", ["text", "workbook"])
def test_a_formula_that_failed_is_no_empty_amount(tmp_path, error, kind):
    rows = [
        ["Buyer", "Due date", "Amount", "Open amount"],
        ["A", "2026-02-01", "50", error],
        ["B", "2026-02-01", error, "7"],
        ["C", "2026-02-01", "50", "7"],
    ]
    if kind == "text":
        path = text_file(tmp_path, "".join(",".join(row) + "\n" for row in rows))
    else:
        path = book(tmp_path, rows)
    staged = read(path)
    assert bad_of(staged) == [
        (2, "Open amount", error, FORMULA), (3, "Amount", error, FORMULA),
    ]  # fmt: skip
    assert rows_of(staged, "row_no") == [4]


def test_a_word_that_a_formula_should_have_given_is_not_empty(tmp_path):
    staged = one_column(tmp_path, "Currency", ["USD", "#REF!", ""])
    assert bad_of(staged) == [(3, "Currency", "#REF!", "currency_unknown")]
