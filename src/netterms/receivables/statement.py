"""The statement of a buyer's account: opening balance, what moved it, closing balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What moved the account: above zero the buyer owes more. Minor units."""

    booked_on: date
    kind: str
    document: str
    due_on: date | None
    minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A buyer's account in one currency. Below zero the seller owes."""

    currency: str
    since: date
    until: date
    opening_minor: int
    lines: tuple[StatementLine, ...]
    closing_minor: int


def statements(rows: Sequence[Mapping[str, Any]], since: date, until: date) -> list[Statement]:
    """One statement a currency, of rows that come by currency with the opening balance first."""
    return [
        _statement(currency, list(group), since, until)
        for currency, group in groupby(rows, key=lambda row: row["currency"])
    ]


def _statement(
    currency: str, rows: Sequence[Mapping[str, Any]], since: date, until: date
) -> Statement:
    opening, *moves = rows
    balance = opening["minor"]
    lines = []
    for row in moves:
        balance += row["minor"]
        lines.append(
            StatementLine(
                row["booked_on"],
                row["source_kind"],
                row["document"],
                row["due_on"],
                row["minor"],
                balance,
            )
        )
    return Statement(currency, since, until, opening["minor"], tuple(lines), balance)
