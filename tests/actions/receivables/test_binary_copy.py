"""What DuckDB sends as a binary COPY arrives in PostgreSQL as it was."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import duckdb
import pytest
from django.db import connection

from netterms.receivables.binary_copy import Kind, encode
from netterms.store import sql
from netterms.store.tenancy import book

COLUMNS = {"n": Kind.BIGINT, "day": Kind.DATE, "words": Kind.TEXT, "id": Kind.UUID}
INTEGERS = [0, 1, -1, 255, 256, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63), None]
DAYS = [
    date(2000, 1, 1), date(1999, 12, 31), date(2000, 1, 2), date(1, 1, 1), date(9999, 12, 31),
    date(2024, 2, 29), None,
]  # fmt: skip
WORDS = [
    "", " ", "NULL", "\\N", "\\.", 'a"b', "a,b;c\td\r\ne\nf", "\\x00", "\x01\x7f", "é", "中文票据",
    "👩‍👩‍👧", "{}%s%(x)s'); drop table invoice; --", "x" * 3_000_000, None,
]  # fmt: skip
IDS = [UUID(int=0), UUID(int=2**128 - 1), UUID("00112233-4455-6677-8899-aabbccddeeff"), None]


@pytest.fixture
def duck():
    with duckdb.connect(":memory:") as found:
        found.execute("create table line (row_no bigint, n bigint, day date, words text, id blob)")
        yield found


@pytest.fixture
def sent(ctx, duck):
    """Sends the rows of queries; answers those PostgreSQL has, in the order they came."""

    def send_all(*queries):
        with book(ctx):
            sql.execute(
                "create temp table arrived (n bigint, day date, words text, id uuid) on commit drop"
            )
            with connection.cursor() as cursor:
                with (
                    encode(duck, COLUMNS, queries) as lines,
                    cursor.cursor.copy("copy arrived from stdin (format binary)") as copy,
                ):
                    lines.send(copy.write)
                cursor.execute("select * from arrived order by ctid")
                return cursor.fetchall()

    return send_all


def test_every_value_arrives_as_it_was(duck, sent):
    rows = [
        *((value, None, None, None) for value in INTEGERS),
        *((None, value, None, None) for value in DAYS),
        *((None, None, value, None) for value in WORDS),
        *((None, None, None, value) for value in IDS),
        (-7, date(1970, 1, 1), "all\nfour", IDS[2]),
    ]
    duck.executemany(
        "insert into line values (?, ?, ?, ?, ?)",
        [(at, *row[:3], row[3].bytes if row[3] else None) for at, row in enumerate(rows)],
    )
    half = len(rows) // 2
    columns = "select n, day, words, id from line where row_no"
    found = sent(f"{columns} < {half} order by row_no", f"{columns} >= {half} order by row_no")
    assert found == rows


def test_many_rows_arrive_in_order(duck, sent):
    count = 300_000
    duck.execute(
        "insert into line select i, i * i, null,"
        f" repeat(chr(64 + (i % 60)::int), (i % 7)::int), null from range({count}) t(i)"
    )
    half = count // 2 + 1
    columns = "select n, day, words, id from line where row_no"
    found = sent(f"{columns} < {half} order by row_no", f"{columns} >= {half} order by row_no")
    assert found == [(i * i, None, chr(64 + i % 60) * (i % 7), None) for i in range(count)]


@pytest.mark.parametrize("queries", [[], ["select * from line"]])
def test_no_rows_are_a_copy_too(sent, queries):
    assert sent(*queries) == []


def test_what_does_not_fit_is_an_error(duck):
    query = "select 18446744073709551616::hugeint as n"
    with (
        encode(duck, {"n": Kind.BIGINT}, [query]) as rows,
        pytest.raises(duckdb.ConversionException),
    ):
        rows.send(bytes)
