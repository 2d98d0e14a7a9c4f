"""The invoice lists that the benchmarks read.

Every figure comes from a hash of the row number: the same file every time, on any machine. Some
buyers are far larger than others.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

AS_OF = "2026-06-01"
INVOICES_A_BUYER = 20
# Two years and five months of invoices; a benchmark says when each is due and what became of it.
NUMBERED = """
SELECT n, CAST(floor({buyers} * pow((hash(n, 7) % 1000000) / 1000000.0, 2)) AS BIGINT) AS buyer,
       DATE '2024-01-01' + CAST(hash(n, 8) % 882 AS INTEGER) AS issued_on,
       1000 + hash(n, 9) % 2000000 AS amount
FROM range({invoices}) AS numbers(n)
"""
WHOSE = """
format('K{:06d}', buyer) AS "Customer number",
format('{} {} {}', list_extract(['Nordwind', 'Harbour', 'Atlas', 'Kestrel', 'Orion', 'Vega',
  'Cobalt'], 1 + CAST(hash(buyer, 1) % 7 AS INTEGER)),
  list_extract(['Maschinenbau', 'Foods', 'Packaging', 'Medical', 'Textiles'],
  1 + CAST(hash(buyer, 2) % 5 AS INTEGER)), buyer) AS "Customer name",
list_extract(['US', 'DE', 'CN', 'FR', 'GB', 'CA'], 1 + CAST(hash(buyer, 3) % 6 AS INTEGER))
  AS "Country",
list_extract(['USD', 'USD', 'USD', 'EUR'], 1 + CAST(hash(buyer, 4) % 4 AS INTEGER)) AS "Currency",
format('INV-{:08d}', n) AS "Invoice number"
"""


def buyers_of(invoices: int) -> int:
    """How many buyers a list of so many invoices has."""
    return max(1, invoices // INVOICES_A_BUYER)


def write_ledger(path: Path, invoices: int, columns: str, rows: str) -> None:
    """Write a CSV of `invoices` rows to `path` and say how large it is.

    `rows` selects from `numbered` what the SQL of `columns` needs; whose invoice it is and its
    number stand before them.
    """
    buyers = buyers_of(invoices)
    numbered = NUMBERED.format(invoices=invoices, buyers=buyers)
    duckdb.sql(
        f"COPY (WITH numbered AS ({numbered}) SELECT {WHOSE}, {columns} FROM ({rows})) "
        f"TO '{path}' (HEADER, DELIMITER ',')"
    )
    size = path.stat().st_size / 2**20
    print(f"{invoices:,} invoices, {buyers:,} buyers, {size:.0f} MiB", flush=True)
