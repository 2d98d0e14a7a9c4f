"""Interest and compensation of 1,000,000 late invoices of all jurisdictions, in one SQL pass.

Ours is the whole question on the live tables, its answer kept in a temporary table: parts of
invoices, rules, rates, rounding, compensation. The floor is an aggregate over the same rows of the
invoice table joined with their buyers. A sample of 10,000 invoices is worked out again by the
Python rule, one by one, and must be equal.

Sizes: BENCH_INVOICES, BENCH_SAMPLE.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netterms.kernel.context import Context

INVOICES = int(os.environ.get("BENCH_INVOICES", "1000000"))
SAMPLE = int(os.environ.get("BENCH_SAMPLE", "10000"))
BUYERS_A_COUNTRY = 100
AS_OF = date(2026, 6, 1)
FIRST_DUE = date(2023, 1, 2)
GOAL_SECONDS = 60
ROUNDS = 3


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="nt-bench-"))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "netterms.site.settings", "NETTERMS_HOME": str(home)}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from netterms.store import server

    try:
        measure()
    finally:
        from django.db import connections

        connections.close_all()
        server.leave(home)
        subprocess.run(["rm", "-rf", str(home)], check=False)


def measure() -> None:
    from netterms.access.actions import open_seller
    from netterms.kernel.context import EVERYTHING, Context
    from netterms.store import sql
    from netterms.store.schema import migrate, open_database
    from netterms.store.tenancy import book
    from netterms.terms.actions import question

    open_database()
    migrate()
    now = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=UTC)
    ctx = Context(open_seller("Bench", "DE", "EUR", now), "bench", AS_OF, now, EVERYTHING)
    fill(ctx)
    ours, floor = [], []
    for _ in range(ROUNDS):
        with book(ctx):
            started = time.perf_counter()
            sql.value(
                "select sum(i.amount_minor) + count(b.country) + sum(%(as_of)s - i.due_on)"
                " from invoice i join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id"
                " where i.seller_id = %(seller)s and i.due_on < %(as_of)s",
                {"seller": ctx.seller, "as_of": AS_OF},
            )
            floor.append(time.perf_counter() - started)
            sql.execute("drop table if exists pg_temp.claimed")
            started = time.perf_counter()
            text, params = question(ctx, None, AS_OF)
            sql.execute(f"create temp table claimed as {text}", params)
            ours.append(time.perf_counter() - started)
    seconds, bare = min(ours), min(floor)
    with book(ctx):
        counted = sql.row(
            "select count(*) as lines, count(distinct country) as countries,"
            " count(*) filter (where refused is null) as with_interest from claimed"
        )
    assert counted is not None
    told = {
        "figure": "interest_1m",
        "value": round(seconds, 2),
        "unit": "s",
        "against": "bare aggregate over the same invoices and buyers",
        "against_value": round(bare, 2),
        "ratio": round(seconds / bare, 2),
        "goal": f"<= {GOAL_SECONDS} s",
        "met": seconds <= GOAL_SECONDS,
        "rounds": [round(each, 2) for each in ours],
        "invoices": INVOICES,
    }
    print(json.dumps(told | counted | sample(ctx)))


def fill(ctx: Context) -> None:
    """Buyers of every country, invoices, part payments, and rates for every reference."""
    from netterms.store import sql
    from netterms.store.tenancy import book
    from netterms.terms.actions import load_rates, set_terms_policy
    from netterms.terms.jurisdictions import jurisdictions, series_names
    from netterms.terms.queries import TermsPolicy
    from netterms.terms.rates import Rate
    from netterms.terms.rules import OneRate

    dice = random.Random(7)
    load_rates(
        ctx,
        [
            Rate(name, date(year, month, 1), Decimal(dice.randint(0, 700)) / 100, AS_OF, "made up")
            for name in series_names()
            for year in range(2023, 2027)
            for month in (1, 4, 7, 10)
            if date(year, month, 1) <= AS_OF
        ],
    )
    set_terms_policy(ctx, TermsPolicy(creditor_small=True, one_rate=OneRate.START))
    params = {
        "seller": ctx.seller, "countries": list(jurisdictions()), "as_of": AS_OF,
        "currencies": [place.currency for place in jurisdictions().values()],
        "each": BUYERS_A_COUNTRY, "invoices": INVOICES, "first": FIRST_DUE,
        "days": (AS_OF - FIRST_DUE).days,
    }  # fmt: skip
    with book(ctx):
        sql.execute(
            "insert into buyer (seller_id, buyer_number, name, country) select %(seller)s,"
            " c || '-' || n, 'Buyer ' || n, c from unnest(%(countries)s::text[]) c,"
            " generate_series(1, %(each)s) n",
            params,
        )
        sql.execute(
            "insert into buyer_terms (seller_id, buyer_id, debtor_large, contract_percent)"
            " select seller_id, id, true,"
            "   case when hashtext(buyer_number) %% 10 = 0 then 7.5 end from buyer"
            " where seller_id = %(seller)s",
            params,
        )
        sql.execute(
            """
            insert into invoice (seller_id, buyer_id, invoice_number, kind, currency, amount_minor,
                                 open_minor, issued_on, due_on, state)
            select b.seller_id, b.id, n::text, 'invoice', c.currency, 1000 + n * 7919 %% 5000000,
                   1000 + n * 7919 %% 5000000, %(first)s::date - 30 + (n * 31 %% %(days)s)::int,
                   %(first)s::date + (n * 31 %% %(days)s)::int, 'open'
            from generate_series(1::bigint, %(invoices)s) n
            join lateral (select n %% cardinality(%(countries)s::text[]) + 1 as place,
                                 n / 97 %% %(each)s + 1 as nth) p on true
            join lateral (select (%(countries)s::text[])[p.place] as country,
                                 (%(currencies)s::text[])[p.place] as currency) c on true
            join buyer b on b.seller_id = %(seller)s and b.buyer_number = c.country || '-' || p.nth
            """,
            params,
        )
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze invoice")
        cursor.execute("analyze buyer")
        cursor.execute("analyze buyer_terms")
    connections["owner"].close()


def sample(ctx: Context) -> dict[str, Any]:
    """How many of the sampled invoices the Python rule gives the same figures for."""
    from netterms.store import sql
    from netterms.store.tenancy import book
    from netterms.terms import queries
    from netterms.terms.jurisdictions import jurisdictions
    from netterms.terms.rules import Debt, OneRate, Part, Parties, claim

    with book(ctx):
        lines = sql.rows(
            "select c.*, b.country as of, i.currency::text as money, i.due_on, i.amount_minor,"
            " t.contract_percent from claimed c join invoice i on i.id = c.debt::uuid"
            " join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id"
            " join buyer_terms t on t.seller_id = b.seller_id and t.buyer_id = b.id"
            " where i.seller_id = %(seller)s order by md5(c.debt) limit %(sample)s",
            {"seller": ctx.seller, "sample": SAMPLE},
        )
    rates = queries.rate_table(ctx)
    equal = 0
    for line in lines:
        debt = Debt(
            line["of"], line["money"], line["due_on"], (Part(line["amount_minor"], AS_OF),),
            Parties(creditor_small=True, debtor_large=True), line["contract_percent"],
        )  # fmt: skip
        told = claim(debt, jurisdictions()[line["of"]], rates, one_rate=OneRate.START)
        equal += (
            told.interest.minor, told.daily.minor, told.compensation.minor,
            told.compensation.currency, told.why and told.why.value,
        ) == (
            line["interest_minor"], line["daily_minor"], line["compensation_minor"],
            line["compensation_currency"], line["refused"],
        )  # fmt: skip
    assert equal == len(lines), f"{len(lines) - equal} of {len(lines)} differ"
    return {"sample": len(lines), "sample_equal": equal}


if __name__ == "__main__":
    main()
