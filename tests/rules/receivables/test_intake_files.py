"""Which files are read, and how their rows and columns are found."""

# ruff: noqa: E501  (small files stand here line by line)

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake import Limits, read, sniff
from tests.rules.receivables.sheets import bad_of, book, codes_of, day, rows_of, text_file

CHINESE = (
    "客户编码,客户名称,发票号码,开票日期,到期日,价税合计,币种,未收金额\n"
    "C001,上海某某贸易有限公司,04412345,2026年3月1日,2026年3月31日,\"１，２３４．５０\",人民币,0.5\n"
    "C002,深圳市电子有限公司,04412346,2026/3/2,2026/4/1,¥200.00,CNY,200\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"),
     ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)  # fmt: skip
def test_chinese_in_every_encoding(tmp_path, encoding, name):
    text = CHINESE.replace("¥", "￥") if encoding == "gbk" else CHINESE
    path = text_file(tmp_path, text, encoding=encoding)
    staged = read(path)
    assert staged.guess.encoding == name
    assert bad_of(staged) == []
    assert rows_of(
        staged, "row_no", "buyer_number", "buyer_name", "invoice_number", "issued_on", "due_on",
        "amount_minor", "open_minor", "currency",
    ) == [
        (2, "C001", "上海某某贸易有限公司", "04412345", day(2026, 3, 1), day(2026, 3, 31), 123450, 50, "CNY"),
        (3, "C002", "深圳市电子有限公司", "04412346", day(2026, 3, 2), day(2026, 4, 1), 20000, 20000, "CNY"),
    ]  # fmt: skip


def test_a_sheet_without_a_name_is_damage(tmp_path):
    path, damaged = (
        book(tmp_path, [["Invoice No", "Customer"], [1, "X"]]),
        tmp_path / "damaged.xlsx",
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content = re.sub(rb'(<sheet [^>]*?) name="[^"]*"', rb"\1", content)
            new.writestr(name, content)
    with pytest.raises(Refusal) as refused:
        read(damaged)
    assert refused.value.code is Code.FILE_UNREADABLE


@pytest.mark.parametrize("name", ["Größmann GmbH", "Süß AG", "Müürsepp OÜ", "Weiß", "Café “é”"])
def test_one_western_name_is_not_taken_for_chinese(tmp_path, name):
    text = f"Invoice No,Customer,Invoice date,Due date,Amount\n1,{name},2026-03-01,2026-03-31,5\n"
    staged = read(text_file(tmp_path, text, encoding="cp1252"))
    assert staged.connection.execute("SELECT buyer_name FROM staged").fetchall() == [(name,)]


def test_traditional_headings_and_big5(tmp_path):
    text = "客戶名稱,發票號碼,開票日期,到期日,價稅合計,幣別\n臺灣電子股份有限公司,AB12345678,2026/3/1,2026/3/31,1200,TWD\n"
    staged = read(text_file(tmp_path, text, encoding="big5"))
    assert staged.guess.encoding.startswith("big5")
    assert rows_of(staged, "buyer_name", "currency", "amount_minor") == [
        ("臺灣電子股份有限公司", "TWD", 120000)
    ]


def test_latin_text_with_umlauts(tmp_path):
    text = "Kunde;Rechnungsnummer;Rechnungsdatum;Fälligkeit;Betrag\nMüller & Söhne GmbH;R1;01.03.2026;31.03.2026;1.234,56\n"
    staged = read(text_file(tmp_path, text, encoding="latin-1"), currency="EUR")
    assert staged.guess.encoding == "cp1252"
    assert rows_of(staged, "buyer_name", "buyer_number", "due_on", "amount_minor") == [
        ("Müller & Söhne GmbH", "MÜLLER SÖHNE GMBH", day(2026, 3, 31), 123456)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path, delimiter, end):
    lines = [
        "Customer,Invoice No,Date,Due date,Amount",
        "A,1,2026-01-01,2026-02-01,5",
        "B,2,2026-01-01,2026-02-01,6",
    ]
    text = end.join(line.replace(",", delimiter) for line in lines)
    staged = read(text_file(tmp_path, text, name="x.txt"))
    assert staged.guess.delimiter == delimiter
    assert rows_of(staged, "row_no", "buyer_name", "amount_minor") == [(2, "A", 500), (3, "B", 600)]


def test_excel_separator_line_formula_texts_and_globs_in_the_name(tmp_path):
    text = 'sep=;\nCustomer;Invoice No;Due date;Amount\n="0012";="0034";2026-02-01;5\n'
    staged = read(text_file(tmp_path, text, name="list [1]*.csv"))
    assert rows_of(staged, "row_no", "buyer_number", "invoice_number") == [(3, "12", "0034")]
    plain = read(
        text_file(tmp_path, text.replace('="0012"', "A").replace('="0034"', "7"), name="a[1].csv")
    )
    assert rows_of(plain, "row_no", "buyer_name", "invoice_number") == [(3, "A", "7")]


def test_title_rows_blank_rows_total_rows_and_footers(tmp_path):
    text = (
        "应收账款明细表\n制表日期：2026-03-31\n\n"
        "序号,客户名称,开票日期,到期日,金额\n"
        "1,甲公司,2026-01-01,2026-02-01,100\n\n,,,,\n"
        "2,乙公司,2026-01-02,2026-02-02,200\n"
        "小计,,,,300\n"
        "序号,客户名称,开票日期,到期日,金额\n"
        "3,丙公司,2026-01-03,2026-02-03,300\n"
        " 合  计 ,,,,600\n"
        "制表人：张三,,,,\n"
    )
    staged = read(text_file(tmp_path, text))
    assert staged.guess.header_row == 4
    assert bad_of(staged) == []
    assert rows_of(staged, "row_no", "buyer_name", "amount_minor") == [
        (5, "甲公司", 10000), (8, "乙公司", 20000), (11, "丙公司", 30000),
    ]  # fmt: skip
    assert {"totals_skipped"} <= codes_of(staged)
    sentence = next(str(n) for n in staged.guess.notes if n.code == "totals_skipped")
    assert sentence.endswith(": 2.")


LEDGERS = [
    (
        "Customer,Invoice no,Issued on,Due date,Amount,Open amount\n",
        ["Acme,I-1,2026-01-05,2026-02-04,100,100\n", "Beta,I-2,2026-01-06,2026-02-05,200,50\n"],
        "Total,,,,300,150\n",
        ["Prepared by Anna,,,Checked by Bo,,\n", "Prepared by Anna,Checked by Bo,,,,\n",
         "Signed,,,,Anna,\n"],
    ),
    (
        "客户名称,发票号码,开票日期,到期日,金额,未收金额\n",
        ["甲公司,I-1,2026-01-05,2026-02-04,100,100\n", "乙公司,I-2,2026-01-06,2026-02-05,200,50\n"],
        "合计,,,,300,150\n",
        ["制表人：王,,审核：李,,,\n", "制表人：王,,审核：李,复核：赵,,\n", "制表人：王,,,,审核：李,\n"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "rows", "total", "trailers"), LEDGERS)
def test_words_under_the_dates_of_rows_below_the_table_are_no_bad_rows(
    tmp_path, headings, rows, total, trailers
):
    for below in ([total, *trailers], [*trailers, total], trailers, ["\n", *trailers, "\n"]):
        staged = read(text_file(tmp_path, headings + "".join([*rows, *below])))
        assert bad_of(staged) == []
        assert rows_of(staged, "invoice_number", "open_minor") == [("I-1", 10000), ("I-2", 5000)]
        note = next(note for note in staged.guess.notes if note.code == "footer_skipped")
        assert note.facts["count"] == len(trailers)


@pytest.mark.parametrize(("headings", "rows", "total", "trailers"), LEDGERS)
def test_the_same_words_between_invoices_are_bad(tmp_path, headings, rows, total, trailers):
    first, last = rows
    for trailer in trailers:
        text = f"{headings}{first}{trailer}{last}{trailer}"
        staged = read(text_file(tmp_path, text))
        assert staged.bad_rows == 1
        assert {row for row, _, _, reason in bad_of(staged)} == {3}
        unreadable = {value for _, _, value, reason in bad_of(staged) if "unreadable" in reason}
        assert unreadable == {
            cell for at, cell in enumerate(trailer.strip().split(",")) if at > 1 and cell
        }
        assert rows_of(staged, "invoice_number") == ["I-1", "I-2"]


@pytest.mark.parametrize(
    "last",
    [
        "Gamma,I-3,soon,,,",  # an invoice's number
        "Gamma,,,2026-02-30,,",  # meant as a date
        "Gamma,,,,1o0,",  # meant as an amount
        "Gamma,,soon,,,7",
        "Gamma,,=A1,later,,",  # a formula
        "Gamma,,soon,later,tbd,",  # not few cells
        "Gamma,,soon,,,,,Bo",  # wider than the headings
    ],
)
def test_a_last_row_that_may_be_an_invoice_stays_bad(tmp_path, last):
    headings, rows, total, _ = LEDGERS[0]
    for below in ("", total):
        staged = read(text_file(tmp_path, "".join([headings, *rows, last, "\n", below])))
        assert {row for row, *_ in bad_of(staged)} == {4}
        assert staged.rows == 2


def test_words_below_a_left_out_invoice_only_are_words_and_above_it_bad(tmp_path):
    headings = "Customer,Invoice no,Issued on,Due date,Amount,Status\n"
    kept, cancelled = (
        f"Acme,I-{k},2026-01-05,2026-02-04,100,{word}\n" for k, word in ((1, "open"), (2, "void"))
    )
    trailer = "Gamma,,,soon,,\n"
    below = read(text_file(tmp_path, headings + kept + cancelled + trailer))
    assert (below.rows, below.bad_rows) == (1, 0)
    above = read(text_file(tmp_path, headings + kept + trailer + cancelled))
    assert (above.rows, above.bad_rows) == (1, 1)


def test_rows_of_words_alone_are_bad(tmp_path):
    headings, _, _, trailers = LEDGERS[0]
    staged = read(text_file(tmp_path, headings + trailers[0] + trailers[0]))
    assert (staged.rows, staged.bad_rows) == (0, 2)


def test_words_below_groups_of_filled_down_buyers(tmp_path):
    group = "甲公司,I-1,2026-01-05,2026-02-04,100,100\n" + "".join(
        f",I-{k},2026-01-05,2026-02-04,100,100\n" for k in range(2, 8)
    )
    trailer = "制表人：王,,审核：李,,,\n"
    headings = LEDGERS[1][0]
    staged = read(text_file(tmp_path, headings + group + trailer))
    assert (staged.rows, staged.bad_rows) == (7, 0)
    assert "footer_skipped" in codes_of(staged)
    between = read(text_file(tmp_path, headings + group + trailer + ",I-9,,2026-02-04,5,5\n"))
    assert between.bad_rows == 1


def test_words_below_a_large_plain_file(tmp_path):
    headings = "Customer number,Invoice number,Issued on,Due date,Amount,Currency\n"
    plain = "".join(
        f"C{k % 997 + 1},I-{k},2026-01-05,2026-02-04,{k}.25,USD\n" for k in range(300_001)
    )
    trailer = "Total,,,,123.00,\nPrepared by Anna,,,Checked by Bo,,\n"
    staged = read(text_file(tmp_path, headings + plain + trailer))
    assert (staged.rows, staged.bad_rows) == (300_001, 0)
    assert {"totals_skipped", "footer_skipped"} <= codes_of(staged)
    middle = read(
        text_file(tmp_path, headings + plain + trailer + "C1,J-1,2026-01-05,2026-02-04,1,USD\n")
    )
    assert (middle.rows, {row for row, *_ in bad_of(middle)}) == (300_002, {300_004})


def test_a_sum_without_a_word_is_a_total_but_a_nameless_row_with_a_date_is_bad(tmp_path):
    text = "Buyer,Due date,Amount\nA,2026-01-01,5\n,2026-01-02,6\nB,2026-01-03,7\nC,2026-01-03,7\nD,2026-01-03,7\n,,32\n"
    staged = read(text_file(tmp_path, text))
    assert bad_of(staged) == [(3, "Buyer", "", "buyer_missing")]
    assert staged.rows == 4
    assert staged.bad_rows == 1


def test_quoted_line_breaks_count_as_one_record(tmp_path):
    text = 'Buyer,Due date,Amount,Text\n"A\nLtd",2026-01-01,5,"x\ny"\nB,2026-01-02,6,z\n'
    staged = read(text_file(tmp_path, text))
    assert rows_of(staged, "row_no", "amount_minor") == [(2, 500), (3, 600)]
    assert "records_counted" in codes_of(staged)


def test_ragged_rows_and_stray_quotes(tmp_path):
    text = 'Buyer,Due date,Amount,Text\nA,2026-01-01,5\nB "the" C,2026-01-02,6,5" pipe\nC,2026-01-02,8,5" pipe,more\n"D,2026-01-03,7,x\n'
    staged = read(text_file(tmp_path, text))
    assert rows_of(staged, "row_no", "amount_minor")[:2] == [(2, 500), (3, 600)]
    assert (4, "Text", '5" pipe,more', "row_too_wide") in bad_of(staged)


def test_a_lone_carriage_return_in_an_unclosed_quote(tmp_path):
    text = 'Buyer,Invoice no,Due date,Amount\nA,1,2026-01-01,5\nB,"9\r'
    assert rows_of(read(text_file(tmp_path, text)), "row_no", "amount_minor") == [(2, 500)]


def test_buyers_are_filled_down_only_when_it_is_evident(tmp_path):
    grouped = book(
        tmp_path,
        [
            ["客户名称", "发票号", "开票日期", "到期日", "金额"],
            ["甲公司", "1", "2026-01-01", "2026-02-01", 100],
            [None, "2", "2026-01-02", "2026-02-01", 200],
            [None, "3", "2026-01-03", "2026-02-01", 300],
            ["小计", None, None, None, 600],
            ["乙公司", "4", "2026-01-04", "2026-02-01", 400],
            [None, "5", "2026-01-05", "2026-02-01", 500],
        ],
        merge=("A2:A4", "A6:A7"),
    )
    staged = read(grouped)
    assert rows_of(staged, "row_no", "buyer_name") == [
        (2, "甲公司"), (3, "甲公司"), (4, "甲公司"), (6, "乙公司"), (7, "乙公司"),
    ]  # fmt: skip
    assert "buyer_filled_down" in codes_of(staged)
    rows = "".join(
        f"{b},2026-02-0{k},{k}\n" for k, b in enumerate(["A", "", "B", "A", "C", "A"], 1)
    )
    scattered = read(text_file(tmp_path, "Buyer,Due date,Amount\n" + rows))
    assert bad_of(scattered) == [(3, "Buyer", "", "buyer_missing")]


def test_group_heading_rows_name_the_rows_below(tmp_path):
    text = (
        "Customer,Num,Date,Due Date,Open Balance\n"
        "Acme Inc,,,,\n,1,2026-01-01,2026-02-01,10\n,2,2026-01-02,2026-02-02,20\nTotal Acme Inc,,,,30\n"
        "Beta LLC,,,,\n,3,2026-01-03,2026-02-03,30\nTotal Beta LLC,,,,30\nTOTAL,,,,60\n"
    )
    staged = read(text_file(tmp_path, text))
    assert bad_of(staged) == []
    assert rows_of(staged, "buyer_name", "invoice_number", "open_minor") == [
        ("Acme Inc", "1", 1000), ("Acme Inc", "2", 2000), ("Beta LLC", "3", 3000),
    ]  # fmt: skip


def test_workbook_with_real_dates_numbers_and_titles(tmp_path):
    path = book(
        tmp_path,
        [
            [], ["Receivables as of", day(2026, 3, 31)], [],
            ["Customer No", "Customer", "Invoice No.", "Invoice date", "Due date", "Amount", "Paid on"],
            [200769623, "Acme", 1930571429, day(2026, 3, 1), day(2026, 3, 31), 1234.5, None],
            ["0000123", "Beta", "R-2", "2026/3/2", 46113, "1,200.00", day(2026, 3, 20)],
            [None, None, None, None, None, "=SUM(F5:F6)", None],
        ],
        merge=("A2:C2",),
    )  # fmt: skip
    staged = read(path)
    assert staged.guess.header_row == 4
    assert rows_of(
        staged, "row_no", "buyer_number", "invoice_number", "issued_on", "due_on", "amount_minor",
        "open_minor", "settled_on",
    ) == [
        (5, "200769623", "1930571429", day(2026, 3, 1), day(2026, 3, 31), 123450, 123450, None),
        (6, "123", "R-2", day(2026, 3, 2), day(2026, 4, 1), 120000, 0, day(2026, 3, 20)),
    ]  # fmt: skip
    assert bad_of(staged) == []


def test_the_sheet_with_the_list_is_found_or_named(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Cover"
    workbook.active.append(["Report"])
    for name, amount in (("Open", 5), ("Other", 7)):
        sheet = workbook.create_sheet(name)
        sheet.append(["Buyer", "Due date", "Amount"])
        sheet.append(["A", "2026-01-01", amount])
    path = tmp_path / "several.xlsx"
    workbook.save(path)
    assert sniff(path).sheet == "Open"
    assert rows_of(read(path, sheet="Other"), "amount_minor") == [700]
    with pytest.raises(Refusal) as refused:
        read(path, sheet="Nothing")
    assert refused.value.code is Code.NOT_FOUND
    assert refused.value.facts["sheets"] == ["Cover", "Open", "Other"]


def refused(path, **options) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(path, **options)
    assert caught.value.facts["mend"]
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.FILE_EMPTY),
        (b"\n\n  \n", Code.FILE_EMPTY),
        (b"\xef\xbb\xbf\r\n", Code.FILE_EMPTY),
        (b"%PDF-1.7 ...", Code.FILE_UNREADABLE),
        (b"\x89PNG\r\n\x1a\n0000", Code.FILE_UNREADABLE),
        (b"<html><table><tr><td>1</td></tr></table></html>", Code.FILE_UNREADABLE),
        (b"PK\x03\x04 not a zip at all", Code.FILE_UNREADABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook", Code.FILE_UNREADABLE),
        (b"1,2,3\n4,5,6\n", Code.NO_HEADER),
        (b"just a line of words\n", Code.NO_HEADER),
    ],
)
def test_files_that_are_no_lists(tmp_path, content, code):
    assert refused(text_file(tmp_path, content, name="x.csv")).code is code


def test_missing_files_directories_and_limits(tmp_path):
    assert refused(tmp_path / "none.csv").code is Code.FILE_UNREADABLE
    assert refused(tmp_path).code is Code.FILE_UNREADABLE
    path = text_file(tmp_path, "Buyer,Due date,Amount\nA,2026-01-01,5\n")
    assert refused(path, limits=Limits(file_bytes=10)).code is Code.FILE_TOO_LARGE


def test_zip_bombs_and_other_archives(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    assert refused(path).code is Code.FILE_TOO_LARGE
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refused(other).code is Code.FILE_UNREADABLE


def test_a_sheet_that_asks_for_all_memory_is_refused_and_does_not_end_the_process(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Buyer"
    workbook.active["XFD1048576"] = 1
    path = tmp_path / "sparse.xlsx"
    workbook.save(path)
    assert refused(path).code is Code.FILE_UNREADABLE


@pytest.mark.parametrize("below", ["", "\n", ",,\n,,\n , ,\n"])
def test_headings_without_a_row_are_an_empty_file(tmp_path, below):
    path = text_file(tmp_path, f"Buyer,Due date,Amount\n{below}")
    assert refused(path).code is Code.FILE_EMPTY
    with pytest.raises(Refusal) as caught:
        sniff(path)
    assert caught.value.code is Code.FILE_EMPTY
    assert "at least one invoice" in caught.value.facts["mend"]


def test_a_sheet_of_headings_alone_is_an_empty_file(tmp_path):
    path = book(tmp_path, [["Buyer", "Due date", "Amount"]])
    assert refused(path).code is Code.FILE_EMPTY


def test_it_works_without_a_django_site(tmp_path):
    path = text_file(tmp_path, "Buyer,Due date,Amount\nA,soon,5\n")
    code = (
        "import sys; from netterms.receivables.intake import read; s = read(sys.argv[1]); "
        "print(s.bad()[0].mend)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"},
    )  # fmt: skip
    assert done.stdout == "This is not a date. Write it as 2026-03-31.\n"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_truncated_workbook_is_refused(tmp_path, cut):
    whole = book(
        tmp_path, [["Buyer", "Due date", "Amount"], ["A", day(2026, 1, 1), 5]]
    ).read_bytes()
    path = text_file(tmp_path, whole[: int(len(whole) * cut)], name="cut.xlsx")
    assert refused(path).code is Code.FILE_UNREADABLE
