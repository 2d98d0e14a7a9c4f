"""A staged file made by hand, as intake would leave it, for tests of the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from types import SimpleNamespace
from typing import Any

import duckdb

COLUMNS = """
row_no BIGINT, company_code VARCHAR, buyer_number VARCHAR, buyer_name VARCHAR, country VARCHAR,
email VARCHAR, currency VARCHAR, invoice_number VARCHAR, kind VARCHAR, issued_on DATE, due_on DATE,
amount_minor BIGINT, open_minor BIGINT, settled_on DATE, tangible_net_worth_minor BIGINT,
annual_turnover_minor BIGINT
"""


@dataclass(frozen=True)
class Line:
    """One invoice of a staged file."""

    buyer: str
    issued_on: date
    due_on: date
    amount: int
    open: int = 0
    settled_on: date | None = None
    currency: str = "EUR"
    kind: str = "invoice"
    name: str = ""
    country: str = "DE"
    net_worth: int | None = None
    turnover: int | None = None


@dataclass
class StagedFile:
    """What `receivables.intake.Staged` is to the portfolio."""

    connection: duckdb.DuckDBPyConnection
    rows: int
    bad_rows: int = 0
    guess: Any = field(default_factory=lambda: SimpleNamespace(mapping={}, notes=(), columns={}))

    def bad(self, limit: int = 100) -> list[Any]:
        return []


def staged(lines: Iterable[Line]) -> StagedFile:
    """`lines` as the table `staged`, in their order."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE staged ({COLUMNS})")
    rows = [
        (
            number, "", line.buyer, line.name or f"Buyer {line.buyer}", line.country, "",
            line.currency, f"I{number}", line.kind, line.issued_on, line.due_on, line.amount,
            line.open, line.settled_on, line.net_worth, line.turnover,
        )
        for number, line in enumerate(lines, 2)
    ]  # fmt: skip
    if rows:
        places = ", ".join([f"({', '.join('?' * 16)})"] * len(rows))
        connection.execute(f"INSERT INTO staged VALUES {places}", list(chain(*rows)))
    return StagedFile(connection, len(rows))
