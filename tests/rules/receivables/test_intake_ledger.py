"""The real ledger beside the checkout, against an independent reading with the csv module."""

from __future__ import annotations

import csv
import os
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from netterms.receivables.intake import read
from tests.rules.receivables.sheets import rows_of

FOLDER = Path(
    os.environ.get(
        "NETTERMS_LEDGER_DIR",
        Path(__file__).parents[3].parent / "shared" / "data" / "receivables-ledger",
    )
)
pytestmark = [
    pytest.mark.ledger,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the ledger is not beside the checkout"),
]


def cents(amount: str) -> int:
    return int((Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def source(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sums(staged) -> dict[str, tuple[int, int, int]]:
    found = staged.connection.execute(
        "SELECT currency, count(*), sum(amount_minor), sum(open_minor) FROM staged GROUP BY ALL"
    )
    return {currency: tuple(rest) for currency, *rest in found.fetchall()}


def test_closed_invoices():
    staged = read(FOLDER / "closed_invoices.csv")
    rows = source("closed_invoices.csv")
    assert (staged.rows, staged.bad_rows) == (32_000, 0)
    assert sums(staged) == {"USD": (32_000, sum(cents(r["amount"]) for r in rows), 0)}
    expected = [
        (k, r["cust_number"], f"{r['cust_number']}-{r['cust_clear_seq']}", r["posting_date_est"],
         r["due_date"], cents(r["amount"]), r["clear_date"])
        for k, r in enumerate(rows, 2)
    ]  # fmt: skip
    assert rows_of(
        staged, "row_no", "buyer_number", "invoice_number", "CAST(issued_on AS VARCHAR)",
        "CAST(due_on AS VARCHAR)", "amount_minor", "CAST(settled_on AS VARCHAR)",
    ) == expected  # fmt: skip


def test_open_invoices_a():
    staged = read(FOLDER / "open_invoices_a.csv")
    rows = source("open_invoices_a.csv")
    assert (staged.rows, staged.bad_rows) == (9_700, 0)
    expected = Counter()
    for r in rows:
        expected[r["invoice_currency"]] += cents(r["total_open_amount"])
    assert {c: s[1] for c, s in sums(staged).items()} == expected
    assert {c: s[2] for c, s in sums(staged).items()} == expected
    assert rows_of(staged, "invoice_number", "buyer_number", "CAST(due_on AS VARCHAR)") == [
        (r["invoice_id"], r["cust_number"].lstrip("0"), r["due_in_date"]) for r in rows
    ]


def test_open_invoices_b():
    staged = read(FOLDER / "open_invoices_b.csv")
    rows = source("open_invoices_b.csv")
    assert (staged.rows, staged.bad_rows) == (9_681, 0)
    total = sum(cents(r["converted_usd"]) for r in rows)
    assert sums(staged) == {"USD": (9_681, total, total)}
    assert rows_of(staged, "invoice_number") == [r["doc_id"] for r in rows]
