"""Reads of the whole book whose answer is kept until something happens in the book.

A page over a million invoices asks the same again and again, mostly of a book in which nothing has
happened since. Every change comes with its event in one transaction, or is a step of the business
day: an answer stands as long as there is no event of a transaction that had not ended when it was
worked out, and no step was finished since. Small books never get here: what took less than
`LONG_SECONDS` is not kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context
from netterms.store import sql

LONG_SECONDS = 0.2
# They come by the thousand a second and move no invoice: what an order holds is on its line.
ORDERS_HELD = [
    f"checkout.order_{what}"
    for what in (
        "authorised", "pending", "declined", "approved", "approve_declined", "amended",
        "amend_declined", "voided", "expired",
    )
]  # fmt: skip
# How the book stands, and the answer that still does. One statement, and before the question: what
# ends meanwhile may be in its answer, but is not taken for known.
STANDING = """
select now.horizon, now.stepped_at, k.answer
from (
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
         (select max(finished_at) from run_step where seller_id = %(seller)s) as stepped_at
) now
left join kept_answer k
  on k.seller_id = %(seller)s and k.key = %(key)s
 and k.stepped_at is not distinct from now.stepped_at
 and not exists (
   select from event e
   where e.seller_id = %(seller)s and e.tx >= k.horizon and e.kind <> all(%(held)s))
"""
# Of an earlier state of the day nothing can stand any more.
CLEAR = """
delete from kept_answer
where seller_id = %(seller)s and stepped_at is distinct from %(stepped_at)s
"""
KEEP = """
insert into kept_answer (seller_id, key, horizon, stepped_at, answer)
values (%(seller)s, %(key)s, %(horizon)s, %(stepped_at)s, %(answer)s)
on conflict (seller_id, key) do update
set horizon = excluded.horizon, stepped_at = excluded.stepped_at, answer = excluded.answer
"""

Rows = list[dict[str, Any]]


def rows(ctx: Context, text: str, params: Mapping[str, Any]) -> Rows:
    """As `sql.rows`, perhaps without asking the database again. Call it inside `book(ctx)`.

    Only for a question about what events tell of: invoices, payments, buyers, limits, scores.
    Values may be text, numbers, dates, ids, truth and nothing.
    """
    asked = {"seller": ctx.seller, "key": _key(text, params), "held": ORDERS_HELD}
    [standing] = sql.rows(STANDING, asked)
    if standing["answer"] is not None:
        return _read(standing["answer"])
    began = time.monotonic()
    found = sql.rows(text, params)
    if time.monotonic() - began >= LONG_SECONDS:
        kept = asked | standing | {"answer": json.dumps(found, default=_told)}
        sql.execute(CLEAR, kept)
        sql.execute(KEEP, kept)
    return found


def _key(text: str, params: Mapping[str, Any]) -> str:
    said = json.dumps([text, sorted((name, str(value)) for name, value in params.items())])
    return sha256(said.encode()).hexdigest()


def _told(value: object) -> dict[str, str]:
    for name, (kind, _) in KINDS.items():
        if type(value) is kind:
            return {name: str(value)}
    raise TypeError(f"{type(value)} cannot be kept")


def _read(answer: str) -> Rows:
    found: Rows = json.loads(answer, object_hook=_as_told)
    return found


def _as_told(line: dict[str, Any]) -> Any:  # noqa: ANN401 - a row, or one of its values
    for name, (_, read) in KINDS.items():
        if line.keys() == {name}:
            return read(line[name])
    return line


KINDS: dict[str, tuple[type, Callable[[str], object]]] = {
    "$date": (date, date.fromisoformat),
    "$decimal": (Decimal, Decimal),
    "$id": (UUID, UUID),
}
