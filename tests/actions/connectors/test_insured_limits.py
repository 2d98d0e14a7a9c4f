"""Lists of insured limits are read as insurers write them; what cannot be read has its place."""

from datetime import date

import openpyxl
import pytest

from netterms.connectors.insured_limits import read
from netterms.insurance.granting import GrantedLimit
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

DAY = date(2026, 1, 1)


def listed(tmp_path, text, name="limits.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_headings_kinds_days_and_amounts_as_people_write_them(tmp_path):
    german = (
        "Northlight;;;;;\nDebitor;Name;Kreditlimit;Währung;Gültig ab;Gültig bis\n"
        "007;Müller;50.000,00;EUR;01.02.2026;31.12.2026\n8;B;0;EUR;15.02.2026;\n"
        ";Total;50.000,00;;;\n"
    )
    found = read(listed(tmp_path, german, encoding="cp1252"), "EUR")
    assert found.bad == ()
    assert found.limits == (
        GrantedLimit("007", 50_000_00, date(2026, 2, 1), "named", date(2026, 12, 31)),
        GrantedLimit("8", 0, date(2026, 2, 15)),
    )
    assert found.rows == (3, 4)


def test_a_chinese_workbook_with_a_day_for_all(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["客户编号", "批复限额", "限额类型"])
    book.active.append([1001, "5万", "自行掌握限额"])
    book.active.append(["1002", 80_000, None])
    path = tmp_path / "limits.xlsx"
    book.save(path)
    found = read(path, "CNY", DAY)
    assert found.limits == (
        GrantedLimit("1001", 50_000_00, DAY, "discretionary"),
        GrantedLimit("1002", 80_000_00, DAY),
    )


def test_every_bad_cell_is_named_and_its_row_is_no_limit(tmp_path):
    text = (
        "buyer number,limit,currency,type,valid from\n"
        "1,100.0051,EUR,named,2026-01-01\n"
        ",100,USD,export,2026-01-01\n"
        "3,-,EUR,named,\n"
        "4,100,EUR,,soon\n"
        "5,100,EUR,,2026-01-01\n"
    )
    found = read(listed(tmp_path, text), "EUR")
    assert [limit.buyer_number for limit in found.limits] == ["5"]
    assert [(bad.row, bad.field, bad.value, bad.mend) for bad in found.bad] == [
        (2, "amount_minor", "100.0051", Mend.AMOUNT),
        (3, "buyer_number", "", Mend.GIVE_IT),
        (3, "currency", "USD", Mend.ONE_OF),
        (3, "kind", "export", Mend.ONE_OF),
        (4, "amount_minor", "-", Mend.GIVE_IT),
        (4, "starts_on", "", Mend.GIVE_IT),
        (5, "starts_on", "soon", Mend.DAY),
    ]
    assert found.bad[0].heading == "limit"


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\n1,2\n", Code.NO_HEADER), ("buyer,limit\n", Code.FILE_EMPTY), ("", Code.FILE_EMPTY)],
)
def test_a_file_that_is_no_list_of_limits_is_refused(tmp_path, text, code):
    with pytest.raises(Refusal) as refused:
        read(listed(tmp_path, text), "EUR")
    assert refused.value.code is code
