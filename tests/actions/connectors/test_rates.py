"""Rates of the European Central Bank: what ships, newer lists, and files that are none."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal

import pytest

from netterms.connectors import rates
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rates import Rate, last_day, load_rates
from tests.actions.books import value

NEWER = "Date, USD, JPY, \n31 October 2044, 1.25, 150.5, \n"


def test_the_shipped_rates_load_once_and_end_after_a_week(ctx):
    shipped = rates.shipped()
    assert max(rate.day for rate in shipped) == rates.SHIPPED_UNTIL == date(2026, 10, 30)
    assert Rate("USD", date(2026, 10, 30), Decimal("1.1172"), rates.SOURCE) in shipped
    assert load_rates(shipped) > 0
    assert load_rates(shipped) == 0
    asked = "select minor_rate('EUR', 'CHF', %(day)s)"
    assert value(ctx, asked, day=date(2026, 11, 6)) == Decimal("0.9194")
    assert value(ctx, asked, day=date(2026, 11, 7)) is None


@pytest.mark.parametrize("zipped", [False, True])
def test_a_newer_list_is_read_as_csv_or_zip(tmp_path, database, zipped):
    file = tmp_path / "eurofxref.csv"
    if zipped:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("eurofxref.csv", NEWER)
    else:
        file.write_text(NEWER)
    found = rates.read(file)
    assert [(rate.currency, rate.per_euro) for rate in found] == [
        ("USD", Decimal("1.25")),
        ("JPY", Decimal("150.5")),
    ]
    load_rates(found)
    assert last_day() == date(2044, 10, 31)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.FILE_EMPTY),
        (b"\xff\xfe\x00", Code.FILE_UNREADABLE),
        (b"\nDate,USD\n2026-01-02,1\n", Code.NO_HEADER),
        (b"Name,USD\n", Code.NO_HEADER),
        (b"Date,USD\n2026-13-01,1\n", Code.ROWS_BAD),
        (b"Date,USD\n2026-01-02,0\n", Code.ROWS_BAD),
        (b"Date,USD\n2026-01-02,NaN\n", Code.ROWS_BAD),
        (b"PK\x03\x04rest", Code.NO_HEADER),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path, content, code):
    file = tmp_path / "rates"
    file.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        rates.read(file)
    assert refused.value.code is code


def test_a_damaged_zip_is_refused(tmp_path):
    file = tmp_path / "rates.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref.csv", b"Date,USD\n2026-01-02,1.1\n" * 9)
    content = bytearray(file.read_bytes())
    content[44:60] = bytes(255 - byte for byte in content[44:60])
    file.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        rates.read(file)
    assert refused.value.code is Code.FILE_UNREADABLE


def test_a_zip_that_grows_beyond_measure_is_not_unpacked(tmp_path):
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref.csv", b"0" * (rates.MOST_BYTES + 1))
    with pytest.raises(Refusal) as refused:
        rates.read(file)
    assert refused.value.code is Code.FILE_TOO_LARGE
    with pytest.raises(Refusal) as refused:
        rates.read(tmp_path / "missing")
    assert refused.value.code is Code.FILE_UNREADABLE
