"""What is derived for a row, what makes it bad, and what is left out."""

# ruff: noqa: E501  (small files stand here line by line)

from __future__ import annotations

import pytest

from netterms.receivables.intake import BadCell, Reason, message, read
from tests.rules.receivables.sheets import bad_of, codes_of, day, rows_of, text_file


def staged_from(folder, text, **options):
    return read(text_file(folder, text), **options)


def one(folder, headings: str, cells: str, *columns: str):
    """The staged values of one row, or the reasons it is bad."""
    staged = staged_from(folder, f"{headings}\n{cells}\n")
    return rows_of(staged, *columns)[0] if staged.rows else [b[3] for b in bad_of(staged)]


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("30", day(2026, 2, 9)), ("net 30", day(2026, 2, 9)), ("30天", day(2026, 2, 9)),
        ("2/10 net 30", day(2026, 2, 9)), ("月结60天", day(2026, 4, 1)), ("EOM+60", day(2026, 4, 1)),
        ("COD", day(2026, 1, 10)), ("货到付款", day(2026, 1, 10)),
        ("NAA8", ["terms_unknown"]), ("", ["due_date_missing"]),
    ],
)  # fmt: skip
def test_due_dates_from_terms(tmp_path, terms, due):
    found = one(tmp_path, "Buyer,Invoice date,Terms,Amount", f"A,2026-01-10,{terms},5", "due_on")
    assert found == due


def test_unknown_terms_do_not_matter_where_a_due_date_stands(tmp_path):
    text = "Buyer,Invoice date,Due date,Terms,Amount\nA,2026-01-10,2026-01-25,NAA8,5\nB,2026-01-10,,15,5\n"
    staged = staged_from(tmp_path, text)
    assert rows_of(staged, "due_on") == [day(2026, 1, 25), day(2026, 1, 25)]
    assert "due_from_terms" in codes_of(staged)


def test_issue_dates_from_due_dates(tmp_path):
    with_terms = one(tmp_path, "Buyer,Due date,Terms,Amount", "A,2026-02-09,30,5", "issued_on")
    assert with_terms == day(2026, 1, 10)
    assert one(tmp_path, "Buyer,Due date,Amount", "A,2026-02-09,5", "issued_on") == day(2026, 2, 9)


def test_a_row_with_a_number_but_no_dates_is_bad(tmp_path):
    text = "Buyer,Invoice no,Invoice date,Due date,Amount\nA,1,,,5\nB,2,2026-01-01,2026-01-02,6\n"
    assert bad_of(staged_from(tmp_path, text)) == [(2, "Invoice date", "", "date_missing")]


HEAD = "Buyer,Invoice no,Due date,Amount,Open amount,Paid amount,Paid on,Status,Type"
STATE = ("kind", "amount_minor", "open_minor", "settled_on")
PAID = day(2026, 2, 3)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ("100,,,,,", ("invoice", 10000, 10000, None)),
        ("100,,,2026-02-03,,", ("invoice", 10000, 0, PAID)),
        ("100,,40,2026-02-03,,", ("invoice", 10000, 6000, None)),
        ("100,,100,2026-02-03,,", ("invoice", 10000, 0, PAID)),
        ("100,40,,2026-02-03,,", ("invoice", 10000, 4000, None)),
        ("100,40,60,,,", ("invoice", 10000, 4000, None)),
        ("100,0,,2026-02-03,paid,", ("invoice", 10000, 0, PAID)),
        (",40,,2026-02-03,paid,", ("invoice", 4000, 0, PAID)),
        (",40,,2026-02-03,,", ("invoice", 4000, 0, PAID)),
        (",40,,2026-02-03,partial,", ("invoice", 4000, 4000, None)),
        (",40,,,,", ("invoice", 4000, 4000, None)),
        (",40,60,,,", ("invoice", 10000, 4000, None)),
        ("100,,,,未收款,", ("invoice", 10000, 10000, None)),
        ("100,,,2026-02-03,已收款,", ("invoice", 10000, 0, PAID)),
        ("100,40,,,partially paid,", ("invoice", 10000, 4000, None)),
        ("-100,,,,,", ("credit_note", 10000, 10000, None)),
        ("-100,-40,,,,", ("credit_note", 10000, 4000, None)),
        ("100,,,,,Credit memo", ("credit_note", 10000, 10000, None)),
        ("100,-100,,,,Credit memo", ("credit_note", 10000, 10000, None)),
        ("-100,,,2026-02-03,,红字发票", ("credit_note", 10000, 0, PAID)),
        ("100,,,,,RV", ("invoice", 10000, 10000, None)),
        ("100,,,,已收款,", ["paid_on_missing"]),
        ("100,0,,,,", ["paid_on_missing"]),
        ("100,,100,,,", ["paid_on_missing"]),
        ("100,,,,部分收款,", ["open_amount_unknown"]),
        ("100,120,,,,", ["open_exceeds_amount"]),
        ("100,,120,,,", ["paid_exceeds_amount"]),
        ("100,-40,,,,", ["sign_conflict"]),
        ("100,40,,,paid,", ["status_conflict"]),
        ("100,,,2026-02-03,open,", ["status_conflict"]),
        ("100,,,,perhaps,", ["status_unknown"]),
        ("100,40,,,perhaps,", ("invoice", 10000, 4000, None)),
        ("100,,,,,Payment", ["not_an_invoice"]),
        ("100,,,soon,,", ["date_unreadable"]),
        ("x,y,z,,,", ["amount_unreadable"] * 3),
    ],
)
def test_what_is_open_and_settled(tmp_path, cells, state):
    ballast = (
        "Z,901,2026-01-20,1,0.4,0.6,2026-01-21,open,Invoice\n"
        "Z,902,2026-01-20,1,0.4,0.6,2026-01-21,open,Invoice\n"
    )
    staged = staged_from(tmp_path, f"{HEAD}\n{ballast}A,1,2026-02-01,{cells}\n")
    found = rows_of(staged, *STATE)[2:]
    assert (found[0] if found else [b[3] for b in bad_of(staged)]) == state


def test_an_open_flag_reads_by_its_heading(tmp_path):
    text = (
        "Buyer,Due date,Amount,Clear date,isOpen\nA,2026-01-01,5,,1\nB,2026-01-01,6,2026-01-05,0\n"
    )
    assert rows_of(staged_from(tmp_path, text), "open_minor") == [500, 0]
    text = "Buyer,Due date,Amount,Clear date,是否已收款\nA,2026-01-01,5,,否\nB,2026-01-01,6,2026-01-05,是\n"
    assert rows_of(staged_from(tmp_path, text), "open_minor") == [500, 0]


def test_zero_rows_and_cancelled_rows_are_left_out_with_a_note(tmp_path):
    text = (
        "Buyer,Invoice no,Due date,Amount,Paid on,Status\nA,1,2026-01-01,0,2026-01-02,\n"
        "B,2,2026-01-01,0,,\nC,3,2026-01-01,7,,作废\nD,4,2026-01-01,8,,open\n"
    )
    staged = staged_from(tmp_path, text)
    assert rows_of(staged, "buyer_name") == ["D"]
    assert bad_of(staged) == [(3, "Amount", "0", "amount_zero")]
    assert {"zero_skipped", "cancelled_skipped"} <= codes_of(staged)


def test_buyer_numbers(tmp_path):
    text = (
        "Customer number,Customer name,Due date,Amount\n"
        "0200769623,WAL-MAR co,2026-01-01,1\n200769623.0,WAL-MAR corp,2026-01-01,2\n"
        "CCU013,Acme,2026-01-01,3\n000,Zero,2026-01-01,4\n,Beta  (Ltd.),2026-01-01,5\n"
    )
    staged = staged_from(tmp_path, text)
    assert rows_of(staged, "buyer_number") == ["200769623", "200769623", "CCU013", "0", "BETA LTD"]
    assert rows_of(staged, "buyer_name")[0] == "WAL-MAR co"
    named = staged_from(
        tmp_path, "Buyer,Due date,Amount\n Acme  Ltd. ,2026-01-01,1\nacme ltd,2026-01-01,2\n"
    )
    assert rows_of(named, "buyer_number") == ["ACME LTD", "ACME LTD"]
    assert "buyer_number_made" in codes_of(named)


def test_country_email_and_money_of_the_buyer(tmp_path):
    text = (
        "Buyer,Country,E-mail,Due date,Amount,Net worth,Annual turnover\n"
        "A,Germany,a@b.example,2026-01-01,1,\"1,000\",2000.50\nB,中国,no,2026-01-01,2,,\nC,Atlantis,,2026-01-01,2,,x\n"
    )  # fmt: skip
    staged = staged_from(tmp_path, text)
    assert rows_of(
        staged, "country", "email", "tangible_net_worth_minor", "annual_turnover_minor"
    ) == [("DE", "a@b.example", 100000, 200050), ("CN", "", None, None)]
    assert "country_unknown" in codes_of(staged)
    assert bad_of(staged) == [(4, "Annual turnover", "x", "amount_unreadable")]


def test_numbers_made_from_content_are_the_same_again_and_keep_identical_rows_apart(tmp_path):
    row = "A,2026-01-01,5\n"
    first = staged_from(tmp_path, "Buyer,Due date,Amount\n" + row * 3 + "B,2026-01-01,5\n")
    numbers = rows_of(first, "invoice_number")
    assert len(set(numbers)) == 4
    assert numbers[1] == numbers[0] + "-2"
    again = staged_from(tmp_path, "Due date,Buyer,Paid on,Amount\n2026-01-01,b,2026-02-01,5.00\n"
                        + "2026-01-01,A,,5.00\n" * 3)  # fmt: skip
    assert sorted(rows_of(again, "invoice_number")) == sorted(numbers)
    assert "number_made" in codes_of(first)


def test_numbers_from_the_sequence_of_the_buyer(tmp_path):
    text = "cust_number,cust_clear_seq,Due date,Amount\n007,1,2026-01-01,5\n7,2,2026-01-01,5\n"
    staged = staged_from(tmp_path, text)
    assert rows_of(staged, "invoice_number") == ["7-1", "7-2"]


def test_repeats_are_left_out_and_different_rows_of_one_number_are_bad(tmp_path):
    text = (
        "Company code,Buyer,Invoice no,Due date,Amount\n"
        "U1,A,1,2026-01-01,5\nU1,A,1,2026-01-01,5.00\nU2,A,1,2026-01-01,5\n"
        "U1,A,2,2026-01-01,5\nU1,A,2,2026-01-01,6\nU1,A,2,2026-01-01,6\nU1,A,3.0,2026-01-01,6\n"
    )
    staged = staged_from(tmp_path, text)
    assert rows_of(staged, "row_no", "company_code", "invoice_number") == [
        (2, "U1", "1"), (4, "U2", "1"), (8, "U1", "3"),
    ]  # fmt: skip
    assert bad_of(staged) == [
        (5, "Invoice no", "2", "number_used_twice"),
        (6, "Invoice no", "2", "number_used_twice"),
    ]
    assert next(n.facts for n in staged.guess.notes if n.code == "repeats_skipped") == {"count": 2}


def test_erp_dumps_with_numbers_for_dates(tmp_path):
    text = (
        "business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,"
        "document_create_date,document_create_date.1,due_in_date,invoice_currency,document type,"
        "total_open_amount,baseline_create_date,cust_payment_terms,invoice_id,isOpen\n"
        "U001,0200769623,WAL-MAR corp,2020-02-11 00:00:00,2020.0,1930438491.0,20200126,20200125,"
        "20200126,20200210.0,USD,RV,54273.28,20200126.0,NAH4,1930438491.0,0\n"
        "CA02,0140105686,SYSC llc,,2020.0,2960623488.0,2020-03-30,20200330,43920,20200410.0,CAD,RV,"
        "3299.7,20200331.0,CA10,2960623488.0,1\n"
    )
    staged = staged_from(tmp_path, text)
    assert bad_of(staged) == []
    assert rows_of(
        staged, "buyer_number", "invoice_number", "currency", "issued_on", "due_on",
        "amount_minor", "open_minor", "settled_on",
    ) == [
        ("200769623", "1930438491", "USD", day(2020, 1, 26), day(2020, 2, 10), 5427328, 0, day(2020, 2, 11)),
        ("140105686", "2960623488", "CAD", day(2020, 3, 30), day(2020, 4, 10), 329970, 329970, None),
    ]  # fmt: skip


def test_every_reason_has_a_sentence_and_bad_cells_carry_it(tmp_path):
    assert all(message(reason).endswith(".") for reason in Reason)
    staged = staged_from(tmp_path, "Buyer,Due date,Amount\nA,soon,x\n,2026-01-01,5\n")
    assert staged.bad(1) == [
        BadCell(2, "Amount", "x", "amount_unreadable", message("amount_unreadable"))
    ]
    assert [b.row for b in staged.bad()] == [2, 2, 3]
    assert staged.bad_rows == 2


def test_a_connection_of_ones_own_is_used_and_left_tidy(tmp_path):
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE mine AS SELECT 1")
    told = []
    path = text_file(tmp_path, "Buyer,Due date,Amount\nA,2026-01-01,5\n")
    for _ in range(2):
        staged = read(path, connection=connection, progress=told.append)
    assert staged.connection is connection
    assert [t for (t,) in connection.execute("SHOW TABLES").fetchall()] == ["bad", "mine", "staged"]
    assert len(told) == 6
    described = connection.execute("DESCRIBE staged").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        ("row_no", "BIGINT"), ("company_code", "VARCHAR"), ("buyer_number", "VARCHAR"),
        ("buyer_name", "VARCHAR"), ("country", "VARCHAR"), ("email", "VARCHAR"),
        ("currency", "VARCHAR"), ("invoice_number", "VARCHAR"), ("kind", "VARCHAR"),
        ("issued_on", "DATE"), ("due_on", "DATE"), ("amount_minor", "BIGINT"),
        ("open_minor", "BIGINT"), ("settled_on", "DATE"), ("tangible_net_worth_minor", "BIGINT"),
        ("annual_turnover_minor", "BIGINT"),
    ]  # fmt: skip


WIDE = "row_too_wide"


@pytest.mark.parametrize(
    ("headings", "row", "bad"),
    [
        ("Customer,Invoice,Due date,Amount", "A,1,2026-02-28,1,234.56", ("Amount", "1,234.56")),
        ("Customer,Invoice,Due date,Amount,", "A,1,2026-02-28,1,234.56", ("Amount", "1,234.56")),
        ("Customer,Invoice,Due date,Amount,", "A,1,2026-02-28,1,234.56,", ("Amount", "1,234.56")),
        ("Customer,Invoice,Due date,Amount", "A,1,2026-02-28,1234,5", ("Amount", "1234,5")),
        ("Customer,Due date,Amount,Invoice", "A,2026-02-28,1,234.56,", ("Invoice", "234.56,")),
        ("Customer,Due date,Amount,Invoice,Text", "A,2026-02-28,1,234.56,7,", ("Text", "7,")),
        ("Customer,Due date,Amount,Text", 'A,2026-02-28,1,234.56,"a,b"', ("Text", "234.56,a,b")),
        ("Customer,Due date,Amount,Text", 'A,2026-02-28,"1,234.56",a,b', ("Text", "a,b")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("others", [0, 1, 700])
def test_a_row_with_more_cells_than_headings_is_bad(tmp_path, headings, row, bad, others):
    """An amount cut in two by its comma must never be read as its first part."""
    count = headings.rstrip(",").count(",") + 1
    after = "," * (count - headings.split(",").index("Amount") - 1)
    before = "B,2," if headings.startswith("Customer,Invoice") else "B,"
    end = "," if headings.endswith(",") else ""
    lines = [headings, *[f"{before}2026-03-01,500.00{after}{end}"] * others, row]
    staged = staged_from(tmp_path, "\n".join(lines) + "\n")
    assert (others + 2, *bad, WIDE) in bad_of(staged)
    assert staged.bad_rows == 1
    assert set(rows_of(staged, "amount_minor")) <= {50000}


def test_empty_cells_beyond_the_headings_are_nothing(tmp_path):
    rows = "A,2026-02-28,500.00,X1\nB,2026-02-28,7.25,X2\n"
    for text in (
        "Customer,Due date,Amount,Invoice\n" + rows.replace("\n", ",\n"),
        "Customer,Due date,Amount,Invoice,,\n" + rows.replace("\n", ",,\n"),
        "Customer,Due date,Amount,Invoice,,\n" + rows,
        '"Customer","Due date","Amount","Invoice"\n' + rows.replace("\n", ",\n"),
    ):
        staged = staged_from(tmp_path, text)
        assert bad_of(staged) == []
        assert rows_of(staged, "invoice_number", "amount_minor") == [("X1", 50000), ("X2", 725)]


def test_a_person_may_name_a_column_without_a_heading(tmp_path):
    text = "Customer,Due date,Amount,\nA,2026-02-28,5,X1\nB,2026-03-28,6,X2\n"
    assert {b[3] for b in bad_of(staged_from(tmp_path, text))} == {WIDE}
    staged = staged_from(tmp_path, text, mapping={"invoice_number": "column 4"})
    assert bad_of(staged) == []
    assert rows_of(staged, "invoice_number") == ["X1", "X2"]
