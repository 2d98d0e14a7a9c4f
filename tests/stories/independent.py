"""The real ledger's files asked by DuckDB alone, without a look at how the platform reads them.

Their own headings, decimals made cents, numbers of buyers without the zeros that fill them up in
one of the files: a figure here and a figure on a page have nothing in common but the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

CLOSED, OPEN = "closed_invoices.csv", "open_invoices_a.csv"
LINES = """
create table line as
select ltrim(cust_number, '0') as buyer, invoice_currency as currency, invoice_id as invoice,
       cast(posting_date as date) as issued_on, cast(due_in_date as date) as due_on,
       cast(round(cast(total_open_amount as decimal(18, 4)) * 100) as bigint) as minor,
       date_diff('day', cast(due_in_date as date), $day) as days
from read_csv($file, all_varchar = true)
where cast(posting_date as date) <= $day
"""
PAID = """
create table paid as
select ltrim(cust_number, '0') as buyer, 'USD' as currency,
       cast(posting_date_est as date) as issued_on, cast(clear_date as date) as paid_on,
       cast(round(cast(amount as decimal(18, 4)) * 100) as bigint) as minor
from read_csv($file, all_varchar = true)
"""


@dataclass(frozen=True, order=True)
class Owed:
    """Cents owed, the part of it past due, days of the oldest, and numbers of invoices."""

    total: int = 0
    overdue: int = 0
    oldest: int = 0
    invoices: int = 0
    late: int = 0


OWED = """
cast(sum(minor) as bigint), cast(coalesce(sum(minor) filter (where days > 0), 0) as bigint),
greatest(0, max(days)), count(*), count(*) filter (where days > 0)
"""


class Ledger:
    """Both files as they stood on `day`."""

    def __init__(self, folder: Path, day: date) -> None:
        self.day = day
        self._db = duckdb.connect()
        self._db.execute(LINES, {"file": str(folder / OPEN), "day": day})
        self._db.execute(PAID, {"file": str(folder / CLOSED)})

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return self._db.execute(question).fetchall()

    def totals(self) -> dict[str, Owed]:
        """By currency."""
        found = self.ask(f"select currency, {OWED} from line group by currency")
        return {code: Owed(*figures) for code, *figures in found}

    def buyers(self) -> dict[tuple[str, str], Owed]:
        """By buyer number and currency; who owes nothing is not here."""
        found = self.ask(f"select buyer, currency, {OWED} from line group by buyer, currency")
        return {(buyer, code): Owed(*figures) for buyer, code, *figures in found}

    def buckets(self) -> dict[str, list[tuple[int, int]]]:
        """By currency: cents and invoices of the six buckets, the one not yet due first."""
        found = self.ask(
            """
            select currency,
                   case when days <= 0 then 0 when days <= 30 then 1 when days <= 60 then 2
                        when days <= 90 then 3 when days <= 120 then 4 else 5 end,
                   cast(sum(minor) as bigint), count(*)
            from line group by 1, 2
            """
        )
        made = {code: [(0, 0)] * 6 for code in self.totals()}
        for code, place, minor, invoices in found:
            made[code][place] = (minor, invoices)
        return made

    def months(self, code: str) -> dict[str, tuple[int, int]]:
        """By month `2020-04`: cents invoiced and cents received."""
        found = self.ask(
            f"""
            select strftime(on_day, '%Y-%m') as month, cast(sum(sold) as bigint),
                   cast(sum(received) as bigint)
            from (select currency, issued_on as on_day, minor as sold, 0 as received from line
                  union all select currency, issued_on, minor, 0 from paid
                  union all select currency, paid_on, 0, minor from paid)
            where currency = '{code}'
            group by month
            """
        )
        return {month: (sales, received) for month, sales, received in found}

    def stages(self) -> dict[int, int]:
        """How many buyers stand at each stage by the days of their oldest invoice."""
        found = self.ask(
            """
            select case when days > 90 then 4 when days > 60 then 3 when days > 30 then 2
                        else 1 end, count(*)
            from (select max(days) as days from line group by buyer) where days > 0 group by 1
            """
        )
        return dict(found)

    def invoices(self) -> dict[str, int]:
        """Cents of each open invoice."""
        return dict(self.ask("select invoice, minor from line"))

    def paying(self) -> set[str]:
        """Buyers of whom something is paid."""
        return {buyer for (buyer,) in self.ask("select distinct buyer from paid")}
