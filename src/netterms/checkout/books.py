"""The check at the end of the day: credit lines and caps equal the sums of what they count."""

from __future__ import annotations

from typing import Any

from netterms.checkout import events
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

NAMED = 20


def check_books(ctx: Context) -> dict[str, Plain]:
    """How many lines and caps are wrong: always none. A bug is told, not mended."""
    ctx.require(Permission.RUN_DAY)
    params = {"seller": ctx.seller}
    wrong: dict[str, list[dict[str, Any]]] = {"held": [], "owed": [], "caps": []}
    with book(ctx):
        if sql.row("select 1 as one from credit_line where seller_id = %(seller)s limit 1", params):
            for line in sql.rows(sql.statement("checkout/books"), params):
                wrong[line.pop("what")].append(line)
        if any(wrong.values()):
            first: dict[str, Any] = {what: lines[:NAMED] for what, lines in wrong.items()}
            record(ctx, events.BooksDiffer(ctx.seller, **first))
    return {f"{what}_wrong": len(lines) for what, lines in wrong.items()}
