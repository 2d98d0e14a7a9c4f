"""Record events: in the same transaction as the change, append only; wake who waits for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from psycopg.types.json import Jsonb

from netterms.kernel.context import Context
from netterms.kernel.events import Event, facts
from netterms.store import sql

INSERT = """
insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def stamp(ctx: Context) -> dict[str, Any]:
    """What a set-based statement that records its own events asks of the call."""
    return {
        "seller": ctx.seller,
        "as_of": ctx.today,
        "now": ctx.now,
        "actor": ctx.actor,
        "why": ctx.why,
    }


def record(ctx: Context, *events: Event) -> None:
    """Append `events`. Call it inside the transaction that made the change."""
    record_all(ctx, events)


def record_all(ctx: Context, events: Sequence[Event]) -> None:
    """Append many events in one round trip, then wake their handlers, in the same transaction."""
    assert connection.in_atomic_block, "an event without its change"
    if not events:
        return
    sql.execute_many(
        INSERT,
        [
            (
                ctx.seller,
                ctx.now,
                ctx.today,
                ctx.actor,
                ctx.why,
                event.kind,
                event.subject,
                Jsonb(facts(event)),
            )
            for event in events
        ],
    )
    for event in events:
        for wake in _woken().get(event.kind, ()):
            wake(ctx, event)


@cache
def _woken() -> Mapping[str, Sequence[Callable[[Context, Event], None]]]:
    # By name: the rooms that wait stand above this one.
    woken: Mapping[str, Sequence[Callable[[Context, Event], None]]] = import_string(settings.WOKEN)
    return woken
