"""How long `netterms import` takes to bring a million invoices into the book, against a bare COPY.

Measured is the whole command as a person runs it: start of Python, reading and checking the CSV,
buyers, invoices, payments, allocations and journal, commit. The floor is PostgreSQL's own COPY of
the same file into one logged table with a primary key, committed, on the same server with the same
settings. Both are run three times in turn, each after a vacuum and a checkpoint; the figures are
medians. Every import fills the empty book of a new seller.

A second floor is shown beside it: COPY of the very rows that the import wrote, ready made and in
the same order, into empty tables with the same columns, checks and indexes, but without row-level
security, triggers or anything to read and compare. No single session writes this book faster.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger import AS_OF, buyers_of, write_ledger

INVOICES = int(os.environ.get("NETTERMS_BENCH_INVOICES", "1000000"))
ROUNDS = int(os.environ.get("NETTERMS_BENCH_ROUNDS", "3"))
GOAL_RATIO = 8

COLUMNS = f"""
CASE WHEN fate < 2 THEN 'Credit note' ELSE 'Invoice' END AS "Document type",
issued_on AS "Invoice date", due_on AS "Due date",
CAST(amount AS DECIMAL(12, 2)) / 100 AS "Amount",
CAST(CASE WHEN fate < 65 THEN 0 WHEN fate < 70 THEN amount // 3 ELSE amount END
     AS DECIMAL(12, 2)) / 100 AS "Open amount",
CASE WHEN fate < 65 THEN least(due_on + CAST(hash(n, 10) % 40 AS INTEGER) - 15,
                               DATE '{AS_OF}') END AS "Payment date"
"""
# 30 in 100 are open, 5 part paid, 2 are credit notes.
ROWS = """
SELECT *, issued_on + 15 * (1 + CAST(hash(n, 5) % 4 AS INTEGER)) AS due_on, hash(n, 6) % 100 AS fate
FROM numbered
"""

# The tables an import fills most, each with the order in which it does.
BOOK = {
    "invoice": "id",
    "payment": "id",
    "allocation": "invoice_id",
    "journal_entry": "source_id",
}

BARE_TABLE = """
create table bare (
  customer_number text, customer_name text, country text, currency char(3),
  invoice_number text primary key, document_type text, invoice_date date, due_date date,
  amount numeric, open_amount numeric, payment_date date
)
"""


def bare_copy(owner: Any, ledger: Path) -> float:
    """Seconds of one committed COPY of the file into a new keyed table."""
    owner.execute("drop table if exists bare")
    owner.execute(BARE_TABLE)
    started = time.perf_counter()
    with (
        owner.transaction(),
        owner.cursor() as cursor,
        ledger.open("rb") as file,
        cursor.copy("copy bare from stdin (format csv, header)") as copy,
    ):
        while chunk := file.read(1 << 20):
            copy.write(chunk)
    seconds = time.perf_counter() - started
    (copied,) = owner.execute("select count(*) from bare").fetchone()
    assert copied == INVOICES, copied
    return seconds


def prepared(superuser: Any, seller: str, folder: Path) -> None:
    """What an import wrote for this seller: a file of each table, and an empty table like it."""
    for table, key in BOOK.items():
        superuser.execute(f"drop table if exists bare_{table}")
        superuser.execute(f"create table bare_{table} (like {table} including all)")
        rows = f"select * from {table} where seller_id = '{seller}' order by {key}"
        with (
            (folder / table).open("wb") as file,
            superuser.cursor().copy(f"copy ({rows}) to stdout (format binary)") as copy,
        ):
            for chunk in copy:
                file.write(chunk)


def bare_rows(superuser: Any, folder: Path) -> float:
    """Seconds of one transaction that copies the prepared rows into the empty tables."""
    for table in BOOK:
        superuser.execute(f"truncate bare_{table}")
    superuser.execute("checkpoint")
    started = time.perf_counter()
    with superuser.transaction():
        for table in BOOK:
            with (
                (folder / table).open("rb") as file,
                superuser.cursor().copy(f"copy bare_{table} from stdin (format binary)") as copy,
            ):
                while chunk := file.read(1 << 20):
                    copy.write(chunk)
    return time.perf_counter() - started


def settled(superuser: Any) -> None:
    """What the server still does about the rows of the round before is done, not measured."""
    superuser.execute(f"vacuum (analyze) {', '.join(BOOK)}")
    superuser.execute("checkpoint")


def whole_import(ledger: Path, seller: str) -> float:
    """Seconds of one `netterms import`, from the start of the process to its end."""
    netterms = str(Path(sys.executable).with_name("netterms"))
    command = [netterms, "import", str(ledger), "--seller", seller, "--yes"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return seconds


def open_server(home: Path) -> tuple[Any, Any]:
    """A migrated embedded server: connections of the owner of the tables and of the superuser."""
    os.environ.pop("DATABASE_URL", None)
    os.environ["NETTERMS_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"
    import django

    django.setup()
    import psycopg

    from netterms.store import server
    from netterms.store.schema import migrate, open_database

    open_database()
    migrate()
    running = server.start(home)
    where = {"host": running.host, "port": running.port, "dbname": server.DATABASE}
    owner = psycopg.connect(user=server.OWNER_ROLE, autocommit=True, **where)
    return owner, psycopg.connect(user="postgres", autocommit=True, **where)


def new_seller(name: str) -> str:
    from netterms.access.actions import open_seller

    return str(open_seller(name, "DE", "EUR", datetime.now(UTC)))


def booked(superuser: Any, seller: str) -> None:
    """The book holds the whole file, or the benchmark measured something else."""
    count = "select count(*) from {} where seller_id = %s"
    (invoices,) = superuser.execute(count.format("invoice"), [seller]).fetchone()
    (payments,) = superuser.execute(count.format("payment"), [seller]).fetchone()
    (entries,) = superuser.execute(count.format("journal_entry"), [seller]).fetchone()
    assert invoices == INVOICES, invoices
    assert entries == invoices + payments, (entries, invoices, payments)


def main() -> None:
    from netterms.store import server

    with tempfile.TemporaryDirectory(prefix="nt-bench-") as name:
        folder = Path(name)
        ledger = folder / "ledger.csv"
        write_ledger(ledger, INVOICES, COLUMNS, ROWS)
        owner, superuser = open_server(folder / "home")
        copies: list[float] = []
        imports: list[float] = []
        rows: list[float] = []
        try:
            for turn in range(ROUNDS):
                settled(superuser)
                copies.append(bare_copy(owner, ledger))
                seller = new_seller(f"Seller {turn}")
                settled(superuser)
                imports.append(whole_import(ledger, seller))
                booked(superuser, seller)
                if not turn:
                    prepared(superuser, seller, folder)
                rows.append(bare_rows(superuser, folder))
                print(
                    f"  copy {copies[-1]:.2f} s, import {imports[-1]:.2f} s, "
                    f"bare rows {rows[-1]:.2f} s",
                    flush=True,
                )
        finally:
            owner.close()
            superuser.close()
            server.leave(folder / "home")
        value, bare = statistics.median(imports), statistics.median(copies)
        written = statistics.median(rows)
        shown = {
            "figure": "import_1m_rows",
            "value": round(value, 2),
            "unit": "s",
            "against": "bare COPY of the rows it wrote into the same tables and indexes",
            "against_value": round(written, 2),
            "ratio": round(value / written, 1),
            "goal": "shown beside it",
        }
        print(json.dumps(shown))
        figure = {
            "figure": "import_1m",
            "value": round(value, 2),
            "unit": "s",
            "against": "bare COPY of the same file into one keyed table",
            "against_value": round(bare, 2),
            "ratio": round(value / bare, 1),
            "goal": f"<= {GOAL_RATIO}",
            "met": value / bare <= GOAL_RATIO,
            "measured": "whole netterms import command, committed",
            "invoices": INVOICES,
            "buyers": buyers_of(INVOICES),
        }
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
