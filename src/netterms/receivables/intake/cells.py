"""Cells of a small table as numbers and days, read as those of an invoice list are."""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from names of this package only)
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from netterms.receivables.intake.amounts import read_amounts
from netterms.receivables.intake.dates import read_dates
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.units import ONE
from netterms.receivables.intake.words import EMPTY_WORDS


def numbers(texts: Iterable[str], currency: str, *, typed: bool) -> dict[str, Decimal | None]:
    """What each text is as a number: 1.234,56, full-width digits, 3.5万, (1,000).

    `typed`: the cells come from a workbook. A text that says nothing is not in the answer.
    """
    wanted = _wanted(texts)
    if not wanted:
        return {}
    with _table(wanted) as connection:
        column = Column("amount", "", "content", 0)
        reading, _ = read_amounts(connection, column, ONE, currency, currency, typed=typed)
        found = connection.execute(f"SELECT c0, {reading.fast('c0')} FROM intake_raw").fetchall()
        slow: dict[str, Decimal] = {}
        if reading.table:
            slow = dict(connection.execute(f"SELECT cell, value FROM {reading.table}").fetchall())
    return {text: slow.get(text) if value is None else value for text, value in found}


def days(texts: Iterable[str], currency: str) -> dict[str, date | None]:
    """The day each text means, or None; day or month first as the texts themselves show."""
    wanted = _wanted(texts)
    if not wanted:
        return {}
    with _table(wanted) as connection:
        column = Column("issued_on", "", "content", 0)
        readings, _ = read_dates(connection, {"issued_on": column}, currency)
        reading = readings["issued_on"]
        join = f"LEFT JOIN {reading.table} x ON x.cell = c0" if reading.table else ""
        found = connection.execute(
            f"SELECT c0, {reading.value('c0', 'x')} FROM intake_raw {join}"
        ).fetchall()
    return dict(found)


def _wanted(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if text and text not in EMPTY_WORDS})


def _table(wanted: list[str]) -> Any:  # noqa: ANN401 - a DuckDB connection as a context
    import pyarrow

    connection = duckdb.connect()
    connection.register("texts", pyarrow.table({"c0": pyarrow.array(wanted, "string")}))
    connection.execute("CREATE TEMP TABLE intake_raw AS SELECT * FROM texts")
    return connection
