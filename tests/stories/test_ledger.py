"""A real ledger lived through: imported once, thirty business days, every total still agrees."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from netterms.kernel.calendar import BusinessCalendar
from netterms.portfolio.live import ageing, figures
from netterms.portfolio.report import build
from netterms.receivables.actions import SourceFile, import_invoices
from netterms.receivables.intake import Staged, read
from netterms.wiring import run_day
from tests.actions.books import Postbag, on, rows, value

pytestmark = pytest.mark.ledger

FIRST = date(2020, 5, 1)
DAYS = 30
CLOSED, OPEN = "closed_invoices.csv", "open_invoices_a.csv"
# Written without a look at how the platform reads: the file's own headings, cents as decimals.
INDEPENDENT = """
with line as (
  select invoice_currency as currency, cast(posting_date as date) as issued_on,
         cast(due_in_date as date) as due_on,
         cast(round(cast(total_open_amount as decimal(18, 4)) * 100) as bigint) as minor
  from read_csv(?, all_varchar = true)
)
select currency, cast(sum(minor) as bigint) as total,
       cast(coalesce(sum(minor) filter (where due_on < $2), 0) as bigint) as overdue,
       cast(coalesce(sum(minor) filter (where date_diff('day', due_on, $2) between 1 and 30), 0)
            as bigint) as first_bucket,
       count(*) as invoices
from line where issued_on <= $2
group by currency
"""


def bring_in(ctx, staged: Staged, path: Path) -> None:
    source = SourceFile(
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        mapping=staged.guess.mapping,
        rows_read=staged.rows + staged.bad_rows,
        rows_bad=staged.bad_rows,
    )
    import_invoices(ctx, staged.connection, source)


def independent(path: Path, day: date) -> dict[str, dict[str, int]]:
    text = INDEPENDENT.replace("read_csv(?", "read_csv($1")
    found = duckdb.connect().execute(text, [str(path), day])
    names = [column[0] for column in found.description][1:]
    return {line[0]: dict(zip(names, line[1:], strict=True)) for line in found.fetchall()}


def cents(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.fixture
def book(new_seller, ledger):
    """The seller with both files in, and the open one as read."""
    ctx = new_seller(name="Ledger", country="US", currency="USD", today=FIRST)
    closed = read(ledger / CLOSED, currency="USD")
    opened = read(ledger / OPEN)
    bring_in(ctx, closed, ledger / CLOSED)
    bring_in(ctx, opened, ledger / OPEN)
    closed.connection.close()
    return ctx, opened


def test_thirty_days_and_every_total_agrees(book, ledger):
    ctx, opened = book
    bag, calendar = Postbag(), BusinessCalendar()
    for n in range(DAYS):
        day = calendar.add(FIRST, n)
        run_day(on(ctx, day), mailer=bag)
        if n % 10 == 9:
            agree(on(ctx, day), opened, ledger / OPEN, day)
    assert bag.letters == []  # the ledger knows no addresses: people have to write
    climbed_right(ctx, day)


def agree(ctx, opened: Staged, file: Path, day: date) -> None:
    expected = independent(file, day)
    assert sorted(expected) == ["CAD", "USD"]
    aged = ageing(ctx, day)
    assert {
        code: {
            "total": x.total_minor,
            "overdue": x.overdue_minor,
            "first_bucket": x.amounts["1-30"],
            "invoices": x.count,
        }
        for code, x in aged.items()
    } == expected
    assert {code: x.journal_minor for code, x in aged.items()} == {
        code: x["total"] for code, x in expected.items()
    }
    shown = figures(ctx, day)
    said = build(opened, day, "en")["currencies"]
    for code, x in expected.items():
        for block in (shown[code], said[code]):
            assert cents(block["open_total"]) == x["total"]
            assert cents(block["overdue_total"]) == x["overdue"]
            assert block["open_count"] == x["invoices"]
            assert cents(block["ageing"]["1-30"]) == x["first_bucket"]


def climbed_right(ctx, last: date) -> None:
    """The ladder's memory after the last day run is what the dates say by themselves."""
    wrong = rows(
        ctx,
        """
        with late as (
          select id, %(last)s - due_on as days
          from invoice where seller_id = %(seller)s and kind = 'invoice' and open_minor > 0
            and issued_on <= %(last)s
        )
        select l.id, l.days, s.stage
        from late l left join invoice_stage s on s.invoice_id = l.id
        where coalesce(s.stage, 0) <> case when days > 90 then 4 when days > 60 then 3
                                           when days > 30 then 2 when days > 0 then 1 else 0 end
        """,
        last=last,
    )
    assert wrong == []
    assert value(ctx, "select count(*) - count(distinct buyer_id) from collection_case") == 0
