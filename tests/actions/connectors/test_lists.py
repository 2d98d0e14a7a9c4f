"""Lists of notices and of other suppliers' limits: lines with their rows, and what is bad."""

from __future__ import annotations

import gzip
from datetime import date

import duckdb
import openpyxl
import pytest

from netterms.buyers.insolvency import Listed, Notice, NoticeKind
from netterms.connectors import columns, notices, references
from netterms.doors.look.sentences import sentence
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits.references import ReferenceIn

DAY = date(2026, 5, 31)


def listed(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def told(bad):
    return [(row, refusal.facts["field"], refusal.facts["mend"]) for row, refusal in bad]


def test_notices_are_read_and_bad_rows_told_in_order_with_those_of_the_book(tmp_path):
    found = notices.read(
        listed(
            tmp_path,
            "Buyer_Number,kind,dated_on,source,withdrawn\n"
            "1,sign,2026-05-31,Gazette,\n"
            "2,unheard of,2026-05-31,Gazette,\n"
            "3,In liquidation,2026-05-31 08:00,Gazette,set aside\n"
            "4,opened,31 May,Gazette,\n",
        )
    )
    assert found.lines == (
        Listed("1", Notice(NoticeKind.SIGN, DAY, "Gazette")),
        Listed("3", Notice(NoticeKind.OPENED, DAY, "Gazette"), "set aside"),
    )
    assert found.rows == (2, 4)
    unknown = invalid("buyer_number", "3", Mend.KNOWN_BUYER)
    assert told(found.all_bad([(1, unknown)])) == [
        (3, "kind", Mend.ONE_OF),
        (4, "buyer_number", Mend.KNOWN_BUYER),
        (5, "dated_on", Mend.DAY),
    ]


def test_limits_of_other_suppliers_are_read_in_minor_units(tmp_path):
    heads = "buyer_number,supplier,currency,limit,given_on\n"
    found = references.read(
        listed(
            tmp_path,
            f"{heads}1,Nord,eur,1000.50,2026-05-31\n1,West,JPY,,2026-05-31\n1,Ost,XXQ,1,2026-05-31\n",
        )
    )
    assert found.lines == (
        ReferenceIn("1", "Nord", "EUR", 1000_50, DAY),
        ReferenceIn("1", "West", "JPY", None, DAY),
    )
    assert told(found.bad) == [(4, "currency", Mend.CURRENCY_CODE)]


@pytest.mark.parametrize("amount", ["1.005", "ten", '"1,000"', "inf", "1e999999", "1e99999"])
def test_what_is_no_amount_is_a_bad_row(tmp_path, amount):
    text = f"buyer_number,supplier,currency,limit,given_on\n1,Nord,EUR,{amount},2026-05-31\n"
    found = references.read(listed(tmp_path, text))
    assert told(found.bad) == [(2, "limit_minor", Mend.AMOUNT)]


def test_a_list_without_a_column_is_refused(tmp_path):
    with pytest.raises(Refusal) as error:
        notices.read(listed(tmp_path, "buyer_number,kind,dated_on\n1,sign,2026-05-31\n"))
    assert (error.value.code, error.value.facts["field"]) == (Code.COLUMN_MISSING, "source")
    assert sentence(error.value) == (
        "The file has no column for source. To mend it: give list.csv these columns: source."
    )


HEADS = "buyer_number,supplier,currency,limit,given_on\n"
ROW = "1,Nordwärts,EUR,1000,2026-05-31\n"
READ = (ReferenceIn("1", "Nordwärts", "EUR", 1000_00, DAY),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_is_read_in_any_encoding_and_with_any_mark_between_cells(tmp_path, encoding, mark):
    path = tmp_path / "list.csv"
    path.write_bytes((HEADS + ROW).replace(",", mark).encode(encoding))
    assert references.read(path).lines == READ


def test_a_workbook_is_a_list(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADS.strip().split(","))
    book.active.append([1, "Nordwärts", "EUR", 1000, DAY])
    book.save(tmp_path / "list.xlsx")
    assert references.read(tmp_path / "list.xlsx").lines == READ


def test_a_name_that_is_a_pattern_names_its_own_file_only(tmp_path):
    for name, number in (("list1.csv", "7"), ("list[12].csv", "1")):
        (tmp_path / name).write_text(HEADS + ROW.replace("1,", f"{number},", 1), encoding="utf-8")
    assert references.read(tmp_path / "list[12].csv").lines == READ


@pytest.mark.parametrize(
    ("above", "row"),
    [("", 4), ("\n\n", 6), ("Our references\n", 5), ("sep=,\n", 5), ('"two\nlines"\n', 5)],
)
def test_a_row_has_the_number_that_a_spreadsheet_shows(tmp_path, above, row):
    found = references.read(listed(tmp_path, f"{above}{HEADS}{ROW}\n1,Süd,EUR,ten,2026-05-31\n"))
    assert [place for place, _ in found.bad] == [row]


def test_a_short_row_is_bad_and_the_others_are_read(tmp_path):
    found = references.read(listed(tmp_path, f"{HEADS}{ROW}1,Süd\n"))
    assert found.lines == READ
    assert [place for place, _ in found.bad] == [3]


@pytest.mark.parametrize(
    "day", ["2026/5/31", "20260531", "2026年5月31日", "2026.05.31", "2026-05-31T08:00"]
)
def test_a_day_begins_with_its_year(tmp_path, day):
    found = references.read(listed(tmp_path, HEADS + ROW.replace("2026-05-31", day)))
    assert found.lines == READ


@pytest.mark.parametrize("text", ["", "\n \n", HEADS])
def test_a_list_of_nothing_is_refused(tmp_path, text):
    with pytest.raises(Refusal) as error:
        references.read(listed(tmp_path, text))
    assert error.value.code is Code.FILE_EMPTY


def test_a_packed_list_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress((HEADS + ROW).encode()))
    with pytest.raises(Refusal) as error:
        references.read(path)
    assert error.value.code is Code.FILE_UNREADABLE


def test_a_parquet_file_of_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "list.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 'x' as number, 'y' as name from range(3)) to '{path}'")
    monkeypatch.setattr(columns, "MOST_LINES", 2)
    with pytest.raises(Refusal) as error:
        columns.read_columns(path, ["number"])
    assert error.value.code is Code.FILE_TOO_LARGE
