"""Any amount or date in any style is read back exactly; any bytes are read or refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.refusal import Refusal
from netterms.receivables.intake import read, sniff
from tests.rules.receivables.sheets import bad_of, one_column, rows_of, text_file

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def grouped(minor: int, group: str, point: str) -> str:
    whole, cents = divmod(minor, 100)
    return f"{whole:,}".replace(",", group) + point + f"{cents:02d}"


AMOUNT_STYLES = {
    "plain": lambda m: grouped(m, "", "."),
    "english": lambda m: grouped(m, ",", "."),
    "german": lambda m: grouped(m, ".", ","),
    "french": lambda m: grouped(m, "\u202f", ","),
    "swiss": lambda m: grouped(m, "'", "."),
    "full width": lambda m: grouped(m, ",", ".").translate(FULL_WIDTH),
    "yuan": lambda m: "¥" + grouped(m, ",", "."),
    "code": lambda m: grouped(m, ".", ",") + " EUR",
    "brackets": lambda m: "(" + grouped(m, ",", ".") + ")",
    "minus behind": lambda m: grouped(m, ".", ",") + "-",
    "short": lambda m: grouped(m, "", ".").removesuffix("0").removesuffix(".0"),
}
DATE_STYLES = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%d.%m.%Y", "%d-%b-%y", "%d/%m/%Y",
               "%m/%d/%Y", "%b %d, %Y", "%d.%m.%Y %H:%M", "serial"]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    style=st.sampled_from(sorted(AMOUNT_STYLES)),
    minors=st.lists(st.integers(1, 10**13), min_size=1, max_size=8),
)
def test_amounts_come_back(style, minors):
    write = AMOUNT_STYLES[style]
    with tempfile.TemporaryDirectory() as folder:
        staged = one_column(Path(folder), "Amount", [write(m) for m in minors])
    assert bad_of(staged) == []
    assert rows_of(staged, "amount_minor") == minors
    negative = style in ("brackets", "minus behind")
    assert set(rows_of(staged, "kind")) == {"credit_note" if negative else "invoice"}


def written(date: dt.date, style: str) -> str:
    if style == "serial":
        return str((date - dt.date(1899, 12, 30)).days)
    return dt.datetime.combine(date, dt.time(9, 5)).strftime(style)


@settings(max_examples=30, deadline=None)
@given(
    style=st.sampled_from(DATE_STYLES),
    dates=st.lists(st.dates(dt.date(2017, 1, 1), dt.date(2035, 12, 31)), min_size=1, max_size=8),
)
def test_dates_come_back(style, dates):
    dates = [*dates, dt.date(2026, 1, 25)]  # one cell that shows which comes first
    with tempfile.TemporaryDirectory() as folder:
        staged = one_column(Path(folder), "Invoice date", [written(d, style) for d in dates])
    assert bad_of(staged) == []
    assert rows_of(staged, "issued_on") == dates


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Refusal):
        sniff(text_file(Path(folder), content))


@settings(max_examples=60, deadline=None)
@given(
    body=st.text(
        alphabet=st.sampled_from("12059.,-/;\t\"'\n\r 年月A=總¥€()\x00\u3000é"), max_size=120
    ),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_any_text_below_headings_is_staged_or_bad(body, encoding):
    text = "Buyer,Invoice no,Due date,Amount\nA,1,2026-01-01,5\n" + body
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Refusal):
        staged = read(text_file(Path(folder), text, encoding=encoding))
        found = staged.connection.execute(
            "SELECT count(*) FROM staged WHERE amount_minor IS NULL OR amount_minor <= 0 "
            "OR open_minor IS NULL OR open_minor NOT BETWEEN 0 AND amount_minor OR due_on IS NULL "
            "OR issued_on IS NULL OR buyer_number IS NULL OR invoice_number IS NULL "
            "OR (settled_on IS NULL) <> (open_minor > 0) OR length(currency) <> 3"
        ).fetchall()
        assert found == [(0,)]


SEED = (
    '客户,发票号,开票日期,到期日,金额,状态\n甲,1,2026/1/1,2026-02-01,"1,234.50",open\n'
    "乙,2,1/13/2026,01.02.2026,(5),已收款\n合计,,,,1239.5,\n"
).encode("gb18030")
PIECES = [
    *(bytes([c]) for c in b"\",\n\r\x00;-.'\t\xff\x81"),
    b"9" * 20,
    b"1/2/26",
    b"46079",
    "万".encode(),
]


@settings(max_examples=60, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 20), st.sampled_from(PIECES)),
        max_size=8,
    )
)
def test_a_damaged_list_is_read_or_refused(edits):
    content = SEED
    for at, cut, piece in edits:
        content = content[:at] + piece + content[at + cut :]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Refusal):
        read(text_file(Path(folder), content))


@settings(max_examples=10, deadline=None)
@given(amount=st.decimals(Decimal("0.01"), Decimal(10**12), places=2))
def test_sniff_and_read_agree(amount):
    with tempfile.TemporaryDirectory() as folder:
        path = text_file(Path(folder), f"Buyer,Due date,Amount\nA,2026-01-01,{amount}\n")
        assert sniff(path).mapping == read(path).guess.mapping
