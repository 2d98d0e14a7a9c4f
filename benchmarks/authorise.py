"""Authorise orders over HTTP, against pgbench that calls the same function in the same server.

Single orders at 16 and 64 connections, batches of 1,000, all orders on ten lines of one group,
and growth up to ten million lines with ten million past orders, their keys and events. HTTP and
pgbench take turns; a figure is the median of the rounds. `fsync` and `synchronous_commit` are on.
Prints one line of JSON a figure.

Sizes: BENCH_LINES, BENCH_ORDERS, BENCH_SECONDS (a measurement), BENCH_ROUNDS, BENCH_WORKERS,
BENCH_WARM (seconds of orders before the rounds of a size).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from callers import Measured, client, http, pgbench

LINES = [int(n) for n in os.environ.get("BENCH_LINES", "10000,1000000,10000000").split(",")]
ORDERS = int(os.environ.get("BENCH_ORDERS", "10000000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WARM = int(os.environ.get("BENCH_WARM", "60"))
WORKERS = int(os.environ.get("BENCH_WORKERS", "1"))
BATCH, BATCHES = 1000, 2
CONTENDED = 10
NETTERMS = str(Path(sys.executable).with_name("netterms"))

# The n-th buyer's id; callers make the same ones.
ID = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
BUYERS = f"""
insert into buyer (seller_id, id, buyer_number, name)
select %(seller)s, {ID}, 'B' || n, 'Buyer ' || n
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
CREDIT_LINES = f"""
insert into credit_line (seller_id, buyer_id, currency, limit_minor)
select %(seller)s, {ID}, 'EUR', 1000000000000
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
PAST = """
with past as materialized (
  select md5(n::text) as name, uuidv7() as id,
    ('00000000-0000-7000-8000-' || lpad(to_hex(1 + n %% %(lines)s::bigint), 12, '0'))::uuid
      as buyer_id
  from generate_series(%(first)s::bigint, %(last)s::bigint) n
), keyed as (
  insert into idempotency_key (seller_id, key, fingerprint, answer, claimed_at)
  select %(seller)s, name, repeat('0', 64), jsonb_build_object('id', id), '2026-01-01' from past
), told as (
  insert into event (seller_id, happened_at, business_date, actor, kind, subject_id, facts)
  select %(seller)s, '2026-01-01', '2026-01-01', 'bench', 'checkout.order_captured', id,
         jsonb_build_object('id', id)
  from past
)
insert into credit_order (seller_id, id, order_number, buyer_id, currency, amount_minor,
  authorised_minor, captured_minor, state, line_currency, rate, net_days, created_at, expires_at)
select %(seller)s, id, 'p' || name, buyer_id, 'EUR', 100, 100, 100, 'captured', 'EUR', 1, 30,
  '2026-01-01', '2026-01-08' from past
"""
CAP = """
with cap as (
  insert into exposure_cap (seller_id, kind, key, limit_minor)
  values (%(seller)s, 'group', 'everybody', 1000000000000000) returning id
)
update credit_line l set cap_ids = array[cap.id], cap_rate = 1 from cap
where l.seller_id = %(seller)s
"""


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="nt-bench-"))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "netterms.site.settings", "NETTERMS_HOME": str(home)}
    os.environ.pop("DATABASE_URL", None)
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
    from django.db import connections

    from netterms.store import server
    from netterms.store.schema import migrate

    running = server.start(home)
    migrate()
    at = connections["default"].settings_dict | {"HOST": running.host, "PORT": running.port}
    # Filled by the database's own administrator, without row security and foreign keys.
    filling = psycopg.connect(host=at["HOST"], port=at["PORT"], user="postgres", dbname=at["NAME"])
    filling.autocommit = True
    filling.execute("set session_replication_role = replica")
    for name in ("fsync", "synchronous_commit"):
        assert filling.execute(f"show {name}").fetchone() == ("on",), name
    book, crowded = Book(filling, at), Book(filling, at)
    crowded.grow(CONTENDED)
    filling.execute(CAP, {"seller": crowded.seller})
    book.grow(LINES[0])
    with serving() as address:
        # Warm: connections, prepared statements, the first pages.
        book.over_http(address, 16, 2)
        single(book, address)
        batches(book, address)
        contended(crowded, address)
        growth(book, address)


class Book:
    """A seller of the benchmark with `lines` credit lines, and ways to ask for credit on them."""

    def __init__(self, filling, at) -> None:
        from netterms.access.actions import create_key, open_seller
        from netterms.kernel.context import EVERYTHING, Context

        now = datetime.now(UTC)
        self.seller = open_seller(name="Bench", country="DE", currency="EUR", now=now)
        ctx = Context(self.seller, "bench", now.date(), now, EVERYTHING)
        self.secret = create_key(ctx, "bench", ["checkout"])
        self.filling, self.at, self.lines, self.orders = filling, at, 0, 0

    def grow(self, lines: int, orders: int = 0) -> None:
        """Up to so many lines and past orders, then tidy: what is measured is no clean-up."""
        step = 1_000_000
        for first in range(self.lines + 1, lines + 1, step):
            facts = {"seller": self.seller, "first": first, "last": min(lines, first + step - 1)}
            self.filling.execute(BUYERS, facts)
            self.filling.execute(CREDIT_LINES, facts)
            say(f"  {facts['last']:,} lines")
        self.lines = max(self.lines, lines)
        for first in range(self.orders + 1, orders + 1, step):
            facts = {"seller": self.seller, "first": first, "last": min(orders, first + step - 1)}
            self.filling.execute(PAST, facts | {"lines": self.lines})
            say(f"  {facts['last']:,} past orders")
        self.orders = max(self.orders, orders)
        self.filling.execute("vacuum (freeze, analyze) buyer, credit_line")
        if orders:
            # Not while they are empty: nothing would be known of what they become.
            self.filling.execute("vacuum (freeze, analyze) credit_order, idempotency_key, event")

    def over_http(self, address: str, connections: int, seconds: int = SECONDS, batch: int = 0):
        self.filling.execute("checkpoint")
        return http(address, self.secret, self.lines, connections, seconds, batch)

    def in_sql(self, clients: int, orders: int = 1, seconds: int = SECONDS):
        self.filling.execute("checkpoint")
        return pgbench(self.at, self.seller, self.lines, clients, seconds, orders)


class serving:  # noqa: N801 - a context
    """`netterms serve` on a free port of this machine."""

    def __enter__(self) -> str:
        words = [NETTERMS, "serve", "--port", "0", "--workers", str(WORKERS)]
        self.process = subprocess.Popen(words, text=True, stdout=subprocess.PIPE)
        return re.search(r"http://[^/]+", self.process.stdout.readline())[0]

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def in_turns(ours: Callable[[], Measured], theirs: Callable[[], Measured]):
    """The median round of each, and the median of the rounds' ratios."""
    pairs = []
    for _ in range(ROUNDS):
        pairs.append((ours(), theirs()))
        say(f"  http {told(pairs[-1][0])}; pgbench {told(pairs[-1][1])}")
    ratio = statistics.median(a.rate / b.rate for a, b in pairs)
    return (
        *(sorted(side, key=lambda m: m.rate)[ROUNDS // 2] for side in zip(*pairs, strict=True)),
        ratio,
    )


def figure(name: str, ours: Measured, theirs: Measured, ratio: float, goal: str, **more) -> None:
    print(
        json.dumps(
            {
                "figure": name,
                "value": round(ours.rate),
                "unit": "orders/s",
                "p50_ms": round(ours.p50, 2),
                "p99_ms": round(ours.p99, 2),
                "against": "pgbench, same function, same server",
                "against_value": round(theirs.rate),
                "against_p50_ms": round(theirs.p50, 2),
                "against_p99_ms": round(theirs.p99, 2),
                "ratio": round(ratio, 2),
                "goal": goal,
                "client": client(),
                "client_cpu_share": round(ours.caller_share, 2),
                "pgbench_cpu_share": round(theirs.caller_share, 2),
                "workers": WORKERS,
                **more,
            }
        ),
        flush=True,
    )


def single(book: Book, address: str) -> None:
    for connections, goal in ((16, ""), (64, ">= 0.8")):
        say(f"single orders, {connections} connections, {book.lines:,} lines")
        ours, theirs, ratio = in_turns(
            lambda n=connections: book.over_http(address, n), lambda n=connections: book.in_sql(n)
        )
        more = {"met": ratio >= 0.8 and ours.p99 < 20} if goal else {}
        goal = f"{goal}, p99 < 20 ms" if goal else "none: shown beside it"
        figure(f"authorise_{connections}", ours, theirs, ratio, goal, **more)


def batches(book: Book, address: str) -> None:
    say(f"batches of {BATCH}, {BATCHES} at a time")
    ours, theirs, ratio = in_turns(
        lambda: book.over_http(address, BATCHES, batch=BATCH),
        lambda: book.in_sql(BATCHES, orders=BATCH),
    )
    figure("authorise_batch", ours, theirs, ratio, ">= 0.7")


def contended(book: Book, address: str) -> None:
    say(f"64 connections on {book.lines} lines of one group")
    ours, theirs, ratio = in_turns(lambda: book.over_http(address, 64), lambda: book.in_sql(64))
    figure("authorise_contended", ours, theirs, ratio, "none: shown beside it")


def growth(book: Book, address: str) -> None:
    found: list[tuple[Measured, Measured]] = []
    for lines in LINES:
        orders = ORDERS if lines == LINES[-1] else 0
        say(f"growth: {lines:,} lines, {orders:,} past orders")
        book.grow(lines, orders)
        # As a server that has been at it for a while has its pages in memory.
        book.over_http(address, 64, WARM)
        ours, theirs, _ = in_turns(lambda: book.over_http(address, 64), lambda: book.in_sql(64))
        found.append((ours, theirs))
    (ours, theirs), (first, _) = found[-1], found[0]
    figure(
        "authorise_growth",
        ours,
        theirs,
        ours.rate / first.rate,
        ">= 0.8",
        against=f"over HTTP with {LINES[0]:,} lines",
        against_value=round(first.rate),
        against_p50_ms=round(first.p50, 2),
        against_p99_ms=round(first.p99, 2),
        by_lines={n: round(a.rate) for n, (a, _) in zip(LINES, found, strict=True)},
        pgbench_by_lines={n: round(b.rate) for n, (_, b) in zip(LINES, found, strict=True)},
        past_orders=ORDERS,
    )


def told(one: Measured) -> str:
    return f"{one.rate:,.0f}/s, p50 {one.p50:.1f}, p99 {one.p99:.1f} ms, cpu {one.caller_share:.0%}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
