"""Idempotency keys: the same request twice gives the same answer and happens once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from django.db import connection
from psycopg.types.json import Jsonb

from netterms.kernel.context import Context
from netterms.kernel.events import Plain, plain
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


def fingerprint(request: object) -> str:
    """SHA-256 of the request in canonical JSON."""
    text = json.dumps(plain(request), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def done_once(
    ctx: Context, key: str, request: object, act: Callable[[], Plain]
) -> tuple[Plain, bool]:
    """`once` in a transaction of its own, and whether `key` had been answered before.

    Without a key (empty) it is done each time. KEY_REUSED.
    """
    acted = False

    def acting() -> Plain:
        nonlocal acted
        acted = True
        return act()

    with book(ctx):
        answer = once(ctx, key, request, acting) if key else acting()
    return answer, not acted


def once(ctx: Context, key: str, request: object, act: Callable[[], Plain]) -> Plain:
    """The answer to `request` under `key`: the stored one, or that of `act()`, stored with it.

    Call it inside the transaction of the change. Two callers at once: the second waits for the
    first to commit. KEY_REUSED when the key came before with another request.
    """
    assert connection.in_atomic_block
    mine = fingerprint(request)
    params = {"seller": ctx.seller, "key": key, "mine": mine, "now": ctx.now}
    claimed = sql.execute(
        """
        insert into idempotency_key (seller_id, key, fingerprint, claimed_at)
        values (%(seller)s, %(key)s, %(mine)s, %(now)s)
        on conflict (seller_id, key) do nothing
        """,
        params,
    )
    if not claimed:
        earlier = sql.row(
            "select fingerprint, answer from idempotency_key"
            " where seller_id = %(seller)s and key = %(key)s",
            params,
        )
        assert earlier is not None
        if earlier["fingerprint"] != mine:
            raise Refusal(Code.KEY_REUSED, field="idempotency_key", key=key)
        answer: Plain = earlier["answer"]
        return answer
    answer = act()
    sql.execute(
        "update idempotency_key set answer = %(answer)s"
        " where seller_id = %(seller)s and key = %(key)s",
        params | {"answer": Jsonb(answer)},
    )
    return answer
