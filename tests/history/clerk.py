"""A process beside the clients: opens the book, then changes lines and caps and decides on orders.

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
from uuid import UUID, uuid4

os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"

import django

django.setup()

import psycopg  # noqa: E402
from django.db import DatabaseError, InterfaceError, connections  # noqa: E402

from netterms.access.actions import create_key, open_seller  # noqa: E402
from netterms.checkout.actions import expire_orders  # noqa: E402
from netterms.checkout.pending import Approval, approve, line_currency  # noqa: E402
from netterms.checkout.policies import draft, put_in_force  # noqa: E402
from netterms.checkout.policy import Bound, Policy, Starter  # noqa: E402
from netterms.kernel.clock import SystemClock  # noqa: E402
from netterms.kernel.context import EVERYTHING, Context  # noqa: E402
from netterms.kernel.refusal import Refusal  # noqa: E402
from netterms.limits.caps import CapKind, refresh_exposure, remove_cap, set_cap  # noqa: E402
from netterms.limits.lines import LineStatus, LineTerms, set_line  # noqa: E402
from netterms.limits.queries import lines_of  # noqa: E402
from netterms.store import sql  # noqa: E402
from netterms.store.schema import open_database  # noqa: E402
from netterms.store.tenancy import book  # noqa: E402
from tests.history.checker import CLERKS  # noqa: E402

# The first four are a group; every second is in France, as those are who come as new buyers; the
# last has no line.
LINES, GROUPED = 6, 4
LIMIT, CAP = 200_000, 600_000
FRANCE = "FR"
# Half of a buyer's limit at once, and as many new buyers as come.
TRUSTING = Policy(
    auto_approve=(Bound("EUR", 10, LIMIT // 8), Bound("USD", 10, LIMIT // 8)),
    starter=(Starter("EUR", FRANCE, 10, LIMIT // 2), Starter("USD", FRANCE, 10, LIMIT // 4)),
    review=(),
)
RATE = "1.0873"
PAUSE_SECONDS = 0.4


def context(seller: UUID) -> Context:
    now = SystemClock().now()
    return Context(seller, "clerk", now.date(), now, EVERYTHING, why="a change")


def open_book() -> dict[str, object]:
    """A seller with buyers, small lines, a cap over a group, a rate, a policy and a key."""
    ctx = context(open_seller("History", "DE", "EUR", now=SystemClock().now()))
    with book(ctx):
        sql.execute(
            "insert into exchange_rate values ('USD', %(day)s, %(rate)s, 'test')",
            {"day": ctx.today, "rate": RATE},
        )
        buyers: list[UUID] = []
        for n in range(LINES + 1):
            made = sql.value(
                "insert into buyer (seller_id, buyer_number, name, parent_id, country)"
                " values (%(seller)s, %(number)s, 'B', %(parent)s, %(country)s) returning id",
                {
                    "seller": ctx.seller,
                    "number": str(n),
                    "parent": buyers[0] if 0 < n < GROUPED else None,
                    "country": FRANCE if n % 2 else "DE",
                },
            )
            assert isinstance(made, UUID)
            buyers.append(made)
    for buyer in buyers[:LINES]:
        set_line(ctx, buyer, "EUR", LineTerms(LIMIT))
    set_cap(ctx, CapKind.GROUP, str(buyers[0]), CAP)
    put_in_force(ctx, draft(ctx, TRUSTING, "trust"), "trust")
    secret = create_key(ctx, "till", ["checkout", "set_limit"])
    return {"seller": str(ctx.seller), "buyers": list(map(str, buyers)), "secret": secret}


def change(ctx: Context, buyers: list[UUID], dice: random.Random) -> None:
    """One change that a person or the day might make."""
    roll = dice.random()
    if roll < 0.2:
        expire_orders(ctx)
    elif roll < 0.25:
        refresh_exposure(ctx)
    elif roll < 0.35:
        set_cap(ctx, CapKind.GROUP, str(buyers[0]), dice.randint(CAP // 2, CAP))
    elif roll < 0.55:
        come_or_go(ctx, dice)
    elif roll < 0.75:
        approve_one(ctx, buyers[-1], dice)
    else:
        set_a_line(ctx, buyers, dice)


def come_or_go(ctx: Context, dice: random.Random) -> None:
    """A cap over France is set, or set otherwise, or taken away."""
    if dice.random() < 0.5:
        set_cap(ctx, CapKind.COUNTRY, FRANCE, dice.randint(CAP // 2, CAP))
    else:
        # There may be none.
        with suppress(Refusal):
            remove_cap(ctx, CapKind.COUNTRY, FRANCE)


def approve_one(ctx: Context, last: UUID, dice: random.Random) -> None:
    """An order that waits is approved, most often with another limit."""
    with book(ctx):
        found = sql.rows("select * from credit_order where state = 'pending'")
    if not found:
        return
    order = dice.choice(found)
    buyer = order["buyer_id"]
    here = order["line_currency"] or line_currency(ctx, buyer, order["currency"])
    line = lines_of(ctx, buyer).get(here)
    seen = line.terms.limit_minor if line else None
    limit = dice.choice([None, dice.randint(LIMIT // 4, LIMIT), LIMIT])
    if buyer == last:
        # The one who never gets a line: without any lock, nobody could tell when.
        limit = None
    # Somebody else may have decided, or changed the line.
    with suppress(Refusal):
        approve(ctx, Approval(f"{CLERKS}{uuid4()}", order["id"], limit, seen))


def set_a_line(ctx: Context, buyers: list[UUID], dice: random.Random) -> None:
    """A line is changed, or one in dollars opened beside that in euros."""
    extra = dice.choice([0, 0, LIMIT // 4])
    terms = LineTerms(
        limit_minor=dice.randint(LIMIT // 4, LIMIT),
        status=dice.choice([LineStatus.OPEN] * 9 + [LineStatus.ON_HOLD]),
        top_up_minor=extra,
        top_up_until=ctx.today + timedelta(days=dice.randint(0, 3)) if extra else None,
        instalments=dice.choice([1, 1, 3]),
    )
    set_line(ctx, dice.choice(buyers[:LINES]), dice.choice(["EUR", "EUR", "USD"]), terms)


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
                _revive()
                with book(context(seller)):
                    found = sql.rows(
                        "select id from buyer where length(buyer_number) = 1 order by buyer_number"
                    )
                    buyers = [row["id"] for row in found]
            change(context(seller), buyers, dice)
        except (DatabaseError, InterfaceError, psycopg.Error, RuntimeError) as error:
            # Done or not done: either will do. But nobody killed what waited in a ring of locks.
            if isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
                raise
            connections.close_all()
            time.sleep(PAUSE_SECONDS)
            _revive()


def _revive() -> None:
    # It may be killed again while it starts: whoever asks it next finds out.
    with suppress(Exception):
        open_database()


if __name__ == "__main__":
    if sys.argv[1] == "open":
        open_database()
        print(json.dumps(open_book()))
    else:
        keep(UUID(sys.argv[2]), int(sys.argv[3]))
