"""One business day over 1,000,000 open invoices of 50,000 buyers, 2 % of them changing stage.

Against: a bare query that computes every open invoice's days past due, and an UPDATE of only the
rows whose stage changes, on a plain table with the same rows in the same server. Prints one line of
JSON.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

INVOICES = int(os.environ.get("BENCH_INVOICES", "1000000"))
BUYERS = INVOICES // 20
FIRST = date(2026, 6, 1)  # a Monday; the days measured follow it
DAYS = 3

# Due dates spread over 200 days: each day four stage bounds pass through them, 2 % of the book.
STAGED = f"""
create table staged as
select i + 2 as row_no, '' as company_code, cast(hash(i) % {BUYERS} as varchar) as buyer_number,
       'Buyer ' || hash(i) % {BUYERS} as buyer_name,
       ['DE', 'FR', 'GB', 'US', 'CN'][1 + cast(hash(i) % 5 as int)] as country,
       'b' || hash(i) % {BUYERS} || '@buyers.example' as email, 'EUR' as currency,
       'INV' || i as invoice_number, 'invoice' as kind,
       date '{FIRST}' + 60 - cast(hash(i + 7) % 200 as int) - 90 as issued_on,
       date '{FIRST}' + 60 - cast(hash(i + 7) % 200 as int) as due_on,
       cast(10000 + hash(i + 11) % 1000000 as bigint) as amount_minor,
       cast(10000 + hash(i + 11) % 1000000 as bigint) as open_minor,
       cast(null as date) as settled_on, cast(null as bigint) as tangible_net_worth_minor,
       cast(null as bigint) as annual_turnover_minor
from range({INVOICES}) t(i)
"""

POLICY = """
insert into insurance_policy
  (seller_id, insurer, policy_number, currency, starts_on, ends_on, terms)
values
  (%(seller)s, 'Example', 'P-1', 'EUR', '2025-01-01', '2027-12-31', '{"currency": "EUR"}')
"""
LIMITS = """
insert into insured_limit (seller_id, policy_id, buyer_id, kind, amount_minor, starts_on)
select b.seller_id, p.id, b.id, 'named', 5000000, '2025-01-01'
from buyer b join insurance_policy p on p.seller_id = b.seller_id
where b.seller_id = %(seller)s and hashtext(b.buyer_number) > 0
"""
BARE = """
create table bare as
select i.id, i.buyer_id, i.due_on, i.open_minor,
       case when %(day)s - due_on >= 91 then 4 when %(day)s - due_on >= 61 then 3
            when %(day)s - due_on >= 31 then 2 when %(day)s - due_on >= 1 then 1 else 0 end as stage
from invoice i
"""
BARE_QUERY = "select count(*), sum(%(day)s - due_on) from bare where open_minor > 0"
BARE_UPDATE = """
update bare set stage = now.stage
from (select id, case when %(day)s - due_on >= 91 then 4 when %(day)s - due_on >= 61 then 3
                      when %(day)s - due_on >= 31 then 2 when %(day)s - due_on >= 1 then 1
                      else 0 end as stage
      from bare where open_minor > 0) now
where bare.id = now.id and bare.stage <> now.stage
"""


class NoMail:
    """Letters are made and counted, not sent: a mail server's speed is not ours to measure."""

    sent = 0

    def send(self, message: object) -> None:  # noqa: ARG002
        self.sent += 1


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="nt-bench-"))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "netterms.site.settings", "NETTERMS_HOME": str(home)}
    import django

    django.setup()
    try:
        measure(home)
    finally:
        from django.db import connections

        from netterms.store import server

        connections.close_all()
        server.leave(home)
        shutil.rmtree(home, ignore_errors=True)


def measure(home: Path) -> None:
    import psycopg

    from netterms.store import server
    from netterms.store.schema import migrate
    from netterms.wiring import run_day

    running = server.start(home)
    migrate()
    ctx = in_a_child(prepare)
    mailer = NoMail()
    # The plain table belongs to the database's own administrator, whom no row security slows.
    bare = psycopg.connect(
        host=running.host, port=running.port, user="postgres", dbname=server.DATABASE
    )
    bare.autocommit = True
    bare.execute(BARE.replace("%(day)s", f"date '{FIRST}'"))
    bare.execute("alter table bare add primary key (id)")
    bare.execute("vacuum analyze")
    ours, theirs, changed = [], [], 0
    for k in range(1, DAYS + 1):
        day = FIRST.replace(day=FIRST.day + k)
        bare.execute("checkpoint")
        began = time.perf_counter()
        bare.execute(BARE_QUERY, {"day": day}).fetchall()
        changed = bare.execute(BARE_UPDATE, {"day": day}).rowcount
        theirs.append(time.perf_counter() - began)
        bare.execute("checkpoint")
        began = time.perf_counter()
        steps = run_day(ctx.on(day), mailer=mailer)
        ours.append(time.perf_counter() - began)
        told = ", ".join(f"{s.step} {s.seconds:.2f}" for s in steps)
        say(f"{day}: ours {ours[-1]:.2f} s ({told}); bare {theirs[-1]:.2f} s, {changed} rows")
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "figure": "day_1m_open",
                "value": round(statistics.median(ours), 2),
                "unit": "s",
                "against": "bare days-past-due query and UPDATE of the changed rows",
                "ratio": round(statistics.median(ratios), 2),
                "goal": "<= 5",
                "stage_changes_share": round(changed / INVOICES, 4),
                "letters": mailer.sent,
                "client_peak_mib": round(peak),
            }
        )
    )


def in_a_child(act):
    """What `act` returns, made in a process of its own: its memory is not the measured days'."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as children:
        return children.submit(act).result()


def prepare():
    """The book and its first day, on which everything is new; gives the seller's context."""
    import django

    django.setup()
    from django.db import connections

    from netterms.store.schema import open_database
    from netterms.wiring import run_day

    open_database()
    ctx = fill()
    say("first day, the whole book at once")
    run_day(ctx, mailer=NoMail(), told=lambda s: say(f"  {s.step} {s.seconds:.1f} s"))
    connections.close_all()
    return ctx


def fill():
    import duckdb

    from netterms.access.actions import open_seller
    from netterms.kernel.context import EVERYTHING, Context
    from netterms.receivables.actions import SourceFile, import_invoices
    from netterms.store import sql
    from netterms.store.tenancy import book

    now = datetime(2026, 6, 1, 6, tzinfo=UTC)
    seller = open_seller(name="Bench", country="DE", currency="EUR", now=now)
    ctx = Context(seller, "bench", FIRST, now, EVERYTHING)
    staged = duckdb.connect()
    staged.execute(STAGED)
    source = SourceFile("bench.csv", "0" * 64, {}, INVOICES, 0)
    import_invoices(ctx, staged, source, told=say)
    staged.close()
    with book(ctx):
        sql.execute(POLICY, {"seller": seller})
        sql.execute(LIMITS, {"seller": seller})
    return ctx


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
