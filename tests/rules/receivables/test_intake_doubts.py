"""Where a list can be read in two ways: what is taken, and that it is told."""

from __future__ import annotations

import openpyxl
import pytest

from netterms.receivables.intake import read, sniff
from tests.rules.receivables.sheets import bad_of, codes_of, day, rows_of, text_file


@pytest.mark.parametrize("heading", ["Amount ($)", "Amount"])
@pytest.mark.parametrize(
    ("options", "currency"),
    [
        ({"seller_currency": "AUD"}, "AUD"),
        ({"currency": "CAD"}, "CAD"),
        ({"currency": "CAD", "seller_currency": "AUD"}, "CAD"),
        ({"seller_currency": "EUR"}, "USD"),
        ({}, "USD"),
    ],
)
def test_a_shared_sign_means_the_currency_of_the_firm(tmp_path, heading, options, currency):
    cell = "100.00" if "$" in heading else "$100.00"
    path = text_file(
        tmp_path, f"Customer\tInvoice\tDue date\t{heading}\nA\t1\t2026-10-01\t{cell}\n"
    )
    staged = read(path, **options)
    assert rows_of(staged, "currency", "amount_minor") == [(currency, 10_000)]
    assert ("sign_assumed" in codes_of(staged)) == (currency == "USD")


def test_a_shared_sign_in_a_currency_column_and_the_yen(tmp_path):
    path = text_file(
        tmp_path,
        "Customer\tInvoice\tDue date\tCurrency\tAmount\nA\t1\t2026-10-01\t$\t1.00\n"
        "A\t2\t2026-10-01\tUSD\t1.00\n",
    )
    assert rows_of(read(path, seller_currency="AUD"), "currency") == ["AUD", "USD"]
    yen = text_file(tmp_path, "Customer\tInvoice\tDue date\tAmount\nA\t1\t2026-10-01\t¥500\n")
    assert rows_of(read(yen, seller_currency="JPY"), "currency", "amount_minor") == [("JPY", 500)]
    assert rows_of(read(yen, seller_currency="HKD"), "currency") == ["CNY"]


def test_the_only_currency_named_is_that_of_rows_that_name_none(tmp_path):
    path = text_file(
        tmp_path,
        "Kunde\tRechnung\tFälligkeit\tBetrag\nA\t1\t01.10.2026\t1.234,56\n"
        "A\t2\t02.10.2026\t2.000,00 €\n",
    )
    assert rows_of(read(path), "currency") == ["EUR", "EUR"]
    assert rows_of(read(path, seller_currency="CHF"), "currency") == ["CHF", "EUR"]


@pytest.mark.parametrize("heading", ["Paid", "Received", "收款"])
def test_paid_over_dates_is_the_day(tmp_path, heading):
    path = text_file(
        tmp_path,
        f"Customer\tInvoice\tDate\tDue\tAmount\t{heading}\n"
        "A\t1\t2026-09-01\t2026-10-01\t100\t2026-10-03\nA\t2\t2026-09-01\t2026-10-01\t100\t\n",
    )
    assert rows_of(read(path), "open_minor", "settled_on") == [
        (0, day(2026, 10, 3)),
        (10_000, None),
    ]


def test_paid_over_sums_is_what_was_paid_and_due_what_is_open(tmp_path):
    path = text_file(
        tmp_path,
        "Invoice Date\tDue Date\tInvoice Number\tContact\tTotal\tPaid\tDue\n"
        "2026-09-01\t2026-10-01\t1\tA\t1200\t200\t1000\n",
    )
    mapping = sniff(path).mapping
    assert (mapping["paid_amount"], mapping["open_amount"]) == ("Paid", "Due")
    path = text_file(
        tmp_path,
        "Invoice Date\tDue Date\tNumber\tClient\tTotal\tDue\n"
        "2026-09-01\t2026-10-01\t1\tA\t1200\t1000\n2026-09-01\t2026-10-01\t2\tA\t500\t500\n",
    )
    assert rows_of(read(path), "open_minor") == [100_000, 50_000]


def test_columns_that_are_not_used_are_told(tmp_path):
    path = text_file(
        tmp_path,
        "Customer\tInvoice\tDue date\tAmount\tShoe size\tEmpty\nA\t1\t2026-10-01\t1.00\t44\t\n",
    )
    assert [n.facts for n in read(path).guess.notes if n.code == "columns_unused"] == [
        {"headings": "Shoe size"}
    ]


def test_other_sheets_with_invoices_are_told(tmp_path):
    workbook = openpyxl.Workbook()
    for name in ("Jan", "Feb"):
        sheet = workbook.create_sheet(name)
        sheet.append(["Customer", "Invoice", "Due date", "Amount"])
        sheet.append(["A", f"{name}-1", day(2026, 10, 1), 100])
    workbook.create_sheet("Buyers").append(["Customer", "Country"])
    del workbook["Sheet"]
    workbook.save(tmp_path / "list.xlsx")
    staged = read(tmp_path / "list.xlsx")
    assert rows_of(staged, "invoice_number") == ["Jan-1"]
    assert [n.facts for n in staged.guess.notes if n.code == "sheets_unread"] == [
        {"sheet": "Jan", "sheets": "“Feb”"}
    ]
    assert "sheets_unread" not in codes_of(read(tmp_path / "list.xlsx", sheet="Feb"))


FIRSTS = "Customer\tInvoice\tInvoice date\tDue date\tAmount\n" + "".join(
    f"A\t{k}\t01/0{k}/2026\t10/0{k}/2026\t100\n" for k in (3, 4, 5)
)


def test_dates_are_read_so_that_due_dates_fit(tmp_path):
    staged = read(text_file(tmp_path, FIRSTS))
    assert rows_of(staged, "due_on")[0] == day(2026, 3, 10)
    assert "date_order_by_terms" in codes_of(staged)


def test_a_person_says_what_comes_first(tmp_path):
    path = text_file(tmp_path, FIRSTS)
    staged = read(path, date_order="mdy")
    assert rows_of(staged, "due_on")[0] == day(2026, 10, 3)
    assert not codes_of(staged) & {"date_order_by_terms", "date_order_assumed"}
    # where a date can be read in one way only, that is the one
    clear = text_file(tmp_path, FIRSTS.replace("10/03", "31/03"))
    assert rows_of(read(clear, date_order="mdy"), "due_on")[0] == day(2026, 3, 31)


def test_due_before_its_own_date_is_told(tmp_path):
    head = "Customer no\tCurrency\tInvoice\tInvoice date\tDue date\tAmount\n"
    row = "A1\tEUR\t1\t2026-05-01\t2026-02-01\t100.00\n"
    for text in (head + row, head + row.replace("100.00", "1,000.00")):
        staged = read(text_file(tmp_path, text))
        assert not bad_of(staged)
        assert "due_before_issued" in codes_of(staged)


@pytest.mark.parametrize("amount", ["100.00", "1,000.00"])  # both lanes
def test_a_book_takes_nothing_of_days_to_come(tmp_path, amount):
    path = text_file(
        tmp_path,
        "Customer no\tCurrency\tInvoice\tInvoice date\tDue date\tAmount\tPaid on\n"
        f"A1\tEUR\t1\t2026-05-01\t2026-06-01\t{amount}\t2027-06-01\n"
        f"A1\tEUR\t2\t2027-05-01\t2027-06-01\t{amount}\t\n",
    )
    assert not bad_of(read(path))
    assert bad_of(read(path, today=day(2026, 6, 5))) == [
        (2, "Paid on", "2027-06-01", "paid_in_future"),
        (3, "Invoice date", "2027-05-01", "issued_in_future"),
    ]
    assert not bad_of(read(path, today=day(2027, 6, 1)))


def test_a_space_in_a_chinese_name_is_no_other_buyer(tmp_path):
    names = ["广州南方电子", "广州　南方电子", "广 州 南 方 电 子", "广州（南方）电子"]
    rows = "".join(f"{n}\t{k}\t2026-10-01\t100\n" for k, n in enumerate(names))
    staged = read(text_file(tmp_path, "客户名称\t发票号码\t到期日\t金额\n" + rows))
    assert set(rows_of(staged, "buyer_number")) == {"广州南方电子"}
    latin = read(
        text_file(tmp_path, "Customer\tInvoice\tDue date\tAmount\nA B\t1\t2026-10-01\t1\n")
    )
    assert rows_of(latin, "buyer_number") == ["A B"]
