"""The economy as the table `staged`, so that it takes the way every real invoice list takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa

from netterms.simulation.economy import Document, Economy, Profile

SCHEMA = pa.schema(
    [
        ("row_no", pa.int64()),
        ("company_code", pa.string()),
        ("buyer_number", pa.string()),
        ("buyer_name", pa.string()),
        ("country", pa.string()),
        ("email", pa.string()),
        ("currency", pa.string()),
        ("invoice_number", pa.string()),
        ("kind", pa.string()),
        ("issued_on", pa.date32()),
        ("due_on", pa.date32()),
        ("amount_minor", pa.int64()),
        ("open_minor", pa.int64()),
        ("settled_on", pa.date32()),
        ("tangible_net_worth_minor", pa.int64()),
        ("annual_turnover_minor", pa.int64()),
    ]
)


def known_on(world: Economy, day: date, since: date | None = None) -> list[dict[str, object]]:
    """Rows of `staged` as the seller's own books show them at the end of `day`.

    With `since` only those that are new or were paid after that day.
    """
    buyers = {buyer.number: buyer for buyer in world.buyers}
    return [
        _row(place, document, buyers[document.buyer], day)
        for place, document in enumerate(world.documents, 1)
        if document.issued_on <= day and (since is None or _changed(document, since, day))
    ]


def staged(rows: Iterable[dict[str, object]]) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with `rows` as the table `staged`. Close it after use."""
    connection = duckdb.connect()
    connection.register("rows", pa.Table.from_pylist(list(rows), schema=SCHEMA))
    connection.execute("create table staged as select * from rows")
    connection.unregister("rows")
    return connection


def sha256(rows: Iterable[dict[str, object]]) -> str:
    """Fingerprint of the rows: equal rows, equal fingerprint."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(sorted(row.items())).encode())
    return digest.hexdigest()


def _changed(document: Document, since: date, day: date) -> bool:
    moves = [document.issued_on, *(paid_on for paid_on, _ in document.payments)]
    return any(since < moved <= day for moved in moves)


def _row(place: int, document: Document, buyer: Profile, day: date) -> dict[str, object]:
    left = document.open_on(day)
    return {
        "row_no": place,
        "company_code": "",
        "buyer_number": buyer.number,
        "buyer_name": buyer.name,
        "country": buyer.country,
        "email": buyer.email,
        "currency": buyer.currency,
        "invoice_number": document.number,
        "kind": document.kind,
        "issued_on": document.issued_on,
        "due_on": document.due_on,
        "amount_minor": document.amount_minor,
        "open_minor": left,
        "settled_on": max(paid_on for paid_on, _ in document.payments) if left == 0 else None,
        "tangible_net_worth_minor": buyer.tangible_net_worth_minor,
        "annual_turnover_minor": buyer.annual_turnover_minor,
    }
