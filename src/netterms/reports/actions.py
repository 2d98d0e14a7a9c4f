"""Ordering a credit report: what is known of a buyer today, put down once and kept."""

from __future__ import annotations

import json
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.checkout.requests import check_key
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.reports import events
from netterms.reports.content import content_of
from netterms.reports.queries import CreditReport, report
from netterms.screening.actions import screen_buyer
from netterms.store import sql
from netterms.store.keys import once
from netterms.store.outbox import record
from netterms.store.tenancy import book


def order_report(ctx: Context, buyer_id: UUID, key: str) -> tuple[CreditReport, bool]:
    """A report on a buyer as of `ctx.today`, and whether `key` had ordered it before.

    The buyer is held against the sanctions lists first. NOT_FOUND for a buyer the seller does not
    have; KEY_REUSED when the key ordered another buyer's; VALUE_INVALID for what is no key.
    """
    ctx.require(Permission.READ)
    check_key(key)
    new = new_id(ctx.now)

    def order() -> str:
        screen_buyer(ctx, buyer_id)
        _write(ctx, new, buyer_id)
        record(ctx, events.ReportOrdered(buyer_id, new))
        return str(new)

    with book(ctx):
        made = UUID(str(once(ctx, key, {"credit_report": buyer_id}, order)))
        return report(ctx, made), made != new


def _write(ctx: Context, new: UUID, buyer_id: UUID) -> None:
    sql.execute(
        """
        insert into credit_report (seller_id, id, buyer_id, as_of, ordered_at, ordered_by, content)
        values (%(seller)s, %(id)s, %(buyer)s, %(as_of)s, %(now)s, %(actor)s, %(content)s)
        """,
        {
            "seller": ctx.seller,
            "id": new,
            "buyer": buyer_id,
            "as_of": ctx.today,
            "now": ctx.now,
            "actor": ctx.actor,
            "content": Jsonb(content_of(ctx, buyer_id), dumps=_written),
        },
    )


def _written(content: object) -> str:
    # What a room below keeps as JSON, such as a score's inputs, stays as it is.
    return json.dumps(content, default=plain, ensure_ascii=False)
