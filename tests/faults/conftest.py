from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.actions.receivables.ledgers import large_ledger
from tests.faults.victims import Victims, victims

DAY = date(2026, 6, 1)
HEADINGS = (
    "Customer number,Customer name,Email,Country,Currency,Invoice number,Document type,"
    "Invoice date,Due date,Amount,Open amount,Payment date"
)
INVOICES = 2_500
BUYERS = 60
# Days past due on DAY of a buyer's oldest open invoice: three in five buyers are to be reminded.
LATE = (3, 12, 25, 45, 100)


@pytest.fixture(scope="package")
def killed() -> Iterator[Victims]:
    with victims() as found:
        yield found


@pytest.fixture(scope="package")
def to_import(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose import is long enough to be killed in any of its phases."""
    return large_ledger(tmp_path_factory.mktemp("faults") / "ledger.csv", INVOICES)


@pytest.fixture(scope="package")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book with work for every step of the day."""
    path = tmp_path_factory.mktemp("faults") / "late.csv"
    draw = random.Random(1)
    lines = [HEADINGS]
    for buyer in range(BUYERS):
        for n in range(8):
            settled = n > 1
            due = DAY - timedelta(days=LATE[buyer % len(LATE)] + 30 * (n > 1) - 40 * (n == 1))
            paid_on = due + timedelta(days=draw.randrange(-5, 20)) if settled else ""
            minor = draw.randrange(50_000, 2_000_000)
            lines.append(
                f"K{buyer:03d},Buyer {buyer},ap@b{buyer}.example,DE,EUR,I-{buyer}-{n},Invoice,"
                f"{due - timedelta(days=30)},{due},{minor / 100:.2f},"
                f"{0 if settled else minor / 100:.2f},{paid_on}"
            )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
