"""Small invoice lists on disk, and what the book holds after they were imported."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from netterms.kernel.context import Context
from netterms.receivables.actions import Imported, SourceFile, import_invoices
from netterms.receivables.intake import read
from netterms.store import sql
from netterms.store.tenancy import book

HEADINGS = (
    "Customer number,Customer name,Country,Currency,Invoice number,Document type,"
    "Invoice date,Due date,Amount,Open amount,Payment date,Email"
)
TABLES = ("buyer", "invoice", "payment", "allocation", "journal_entry")


def line(
    number,
    buyer="K1",
    amount="100.00",
    left="100.00",
    paid_on="",
    kind="Invoice",
    currency="EUR",
    *,
    name=None,
    country="DE",
    email="",
    due="2026-02-04",
):
    """One invoice of 2026-01-05."""
    return (
        f"{buyer},{name or f'Buyer {buyer}'},{country},{currency},{number},{kind},2026-01-05,{due},"
        f"{amount},{left},{paid_on},{email}"
    )


def ledger(folder: Path, *lines: str) -> Path:
    path = folder / "ledger.csv"
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


def large_ledger(path: Path, invoices: int, seed: int = 1) -> Path:
    """30 in 100 open, 5 part paid, 2 credit notes; the same file for the same seed."""
    draw = random.Random(seed)
    lines = [HEADINGS]
    for n in range(invoices):
        buyer = draw.randrange(max(1, invoices // 20))
        issued = date(2025, 1, 1) + timedelta(days=draw.randrange(500))
        due = issued + timedelta(days=30)
        minor = draw.randrange(300, 2_000_000)
        fate = draw.randrange(100)
        left = 0 if fate < 65 else minor // 3 if fate < 70 else minor
        paid_on = min(due + timedelta(days=draw.randrange(-10, 60)), date(2026, 5, 31))
        lines.append(
            f"K{buyer:05d},Buyer {buyer},DE,{'USD' if buyer % 4 else 'EUR'},I-{n:07d},"
            f"{'Credit note' if fate % 50 == 0 else 'Invoice'},{issued},{due},"
            f"{minor / 100:.2f},{left / 100:.2f},"
            f"{'' if left else paid_on},"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bring(ctx: Context, path: Path, **how) -> Imported:
    """Read and import a file."""
    staged = read(path)
    assert not staged.bad_rows, staged.bad()
    source = SourceFile(path.name, "0" * 64, dict(staged.guess.mapping), staged.rows, 0)
    with staged.connection:
        return import_invoices(ctx, staged.connection, source, **how)


def changes(done: Imported) -> tuple[int, int, int]:
    return done.buyers_new, done.invoices_new, done.payments_new


def counts(ctx: Context) -> dict[str, int]:
    """Rows of every table an import writes to."""
    with book(ctx):
        return {table: sql.value(f"select count(*) from {table}") for table in TABLES}


def open_totals(ctx: Context) -> dict[str, int]:
    """Open amounts by currency, credit notes taken off, from the invoices."""
    with book(ctx):
        found = sql.rows(
            "select currency::text, sum(case kind when 'invoice' then open_minor"
            " else -open_minor end)::bigint as minor from invoice group by 1"
        )
    return {row["currency"]: row["minor"] for row in found}


def everything(ctx: Context) -> list[tuple]:
    """The book's facts without its ids: equal books are equal lists."""
    with book(ctx):
        invoices = sql.rows(
            """
            select i.invoice_number, i.kind, i.currency::text, i.amount_minor, i.open_minor,
                   i.issued_on, i.due_on, i.state, i.settled_on, b.buyer_number, b.name,
                   (select array_agg((a.amount_minor, p.amount_minor, p.kind, p.currency, p.paid_on,
                                      p.buyer_id = i.buyer_id)::text order by p.paid_on)
                    from allocation a join payment p on p.id = a.payment_id
                    where a.invoice_id = i.id) as payments,
                   (select array_agg((j.booked_on, j.debit_account, j.credit_account, j.currency,
                                      j.amount_minor, j.buyer_id = i.buyer_id)::text
                                     order by j.booked_on, j.debit_account)
                    from journal_entry j
                    where j.source_id = i.id
                       or j.source_id in (select payment_id from allocation
                                          where invoice_id = i.id)) as entries
            from invoice i join buyer b on b.id = i.buyer_id
            order by i.invoice_number
            """
        )
    return [tuple(map(str, row.values())) for row in invoices]
