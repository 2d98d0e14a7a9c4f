"""A process beside the clients: opens the book, then changes lines and caps and lets orders expire.

`open` prints what the clients have to know. `keep SELLER SEED` works until standard input ends.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"

import django

django.setup()

import psycopg  # noqa: E402
from django.db import DatabaseError, InterfaceError, connections  # noqa: E402

from netterms.access.actions import create_key, open_seller  # noqa: E402
from netterms.checkout.actions import expire_orders  # noqa: E402
from netterms.kernel.clock import SystemClock  # noqa: E402
from netterms.kernel.context import EVERYTHING, Context  # noqa: E402
from netterms.limits.caps import CapKind, set_cap  # noqa: E402
from netterms.limits.lines import LineStatus, LineTerms, set_line  # noqa: E402
from netterms.store import sql  # noqa: E402
from netterms.store.schema import open_database  # noqa: E402
from netterms.store.tenancy import book  # noqa: E402

# The first four are a group; the last has no line.
LINES, GROUPED = 6, 4
LIMIT, CAP = 200_000, 600_000
PAUSE_SECONDS = 0.4


def context(seller: UUID) -> Context:
    now = SystemClock().now()
    return Context(seller, "clerk", now.date(), now, EVERYTHING)


def open_book() -> dict[str, object]:
    """A seller with buyers, small lines, a cap over a group, and a key."""
    ctx = context(open_seller("History", "DE", "EUR", now=SystemClock().now()))
    with book(ctx):
        buyers: list[UUID] = []
        for n in range(LINES + 1):
            made = sql.value(
                "insert into buyer (seller_id, buyer_number, name, parent_id)"
                " values (%(seller)s, %(number)s, 'B', %(parent)s) returning id",
                {
                    "seller": ctx.seller,
                    "number": str(n),
                    "parent": buyers[0] if 0 < n < GROUPED else None,
                },
            )
            assert isinstance(made, UUID)
            buyers.append(made)
    for buyer in buyers[:LINES]:
        set_line(ctx, buyer, "EUR", LineTerms(LIMIT))
    set_cap(ctx, CapKind.GROUP, str(buyers[0]), CAP)
    secret = create_key(ctx, "till", ["checkout", "set_limit"])
    return {"seller": str(ctx.seller), "buyers": list(map(str, buyers)), "secret": secret}


def change(ctx: Context, buyers: list[UUID], dice: random.Random) -> None:
    """One change that a person or the day might make."""
    roll = dice.random()
    if roll < 0.3:
        expire_orders(ctx)
    elif roll < 0.5:
        set_cap(ctx, CapKind.GROUP, str(buyers[0]), dice.randint(CAP // 2, CAP))
    else:
        extra = dice.choice([0, 0, LIMIT // 4])
        terms = LineTerms(
            limit_minor=dice.randint(LIMIT // 4, LIMIT),
            status=dice.choice([LineStatus.OPEN] * 9 + [LineStatus.ON_HOLD]),
            top_up_minor=extra,
            top_up_until=ctx.today + timedelta(days=dice.randint(0, 3)) if extra else None,
            instalments=dice.choice([1, 1, 3]),
        )
        set_line(ctx, dice.choice(buyers[:LINES]), "EUR", terms)


def keep(seller: UUID, seed: int) -> None:
    """Change something now and then; a database that died meanwhile is revived."""
    over = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    dice = random.Random(seed)
    buyers: list[UUID] = []
    while not over.wait(PAUSE_SECONDS * 2 * dice.random()):
        try:
            if not buyers:
                open_database()
                with book(context(seller)):
                    found = sql.rows("select id from buyer order by buyer_number")
                    buyers = [row["id"] for row in found]
            change(context(seller), buyers, dice)
        except (DatabaseError, InterfaceError, psycopg.Error, RuntimeError):
            # Done or not done: either will do.
            connections.close_all()
            time.sleep(PAUSE_SECONDS)
            with suppress(Exception):
                open_database()


if __name__ == "__main__":
    if sys.argv[1] == "open":
        open_database()
        print(json.dumps(open_book()))
    else:
        keep(UUID(sys.argv[2]), int(sys.argv[3]))
