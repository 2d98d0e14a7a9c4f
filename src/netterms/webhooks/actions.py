"""Add endpoints, make deliveries of events, deliver them, tell again."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from netterms.kernel.clock import Clock
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import before, new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.store import keys, sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, seller_book
from netterms.webhooks import events, rules
from netterms.webhooks.ports import Answer, Sender
from netterms.webhooks.queries import Endpoint, delivery, endpoint, known_kinds

# An attempt is over within half a minute. After this, its worker is taken to be dead.
LEASE = timedelta(minutes=2)
# All of them are posted at the same time, so a batch is over well within its lease.
MOST_AT_ONCE = 32
MOST_REPLAYED = 1000
# How far the clocks of this program and of the database may be apart.
CLOCKS_APART = timedelta(days=1)
BODY_KEPT = 4096
LONGEST_OLD_SECRET = timedelta(days=30)
MOST_ENDPOINTS = 50
# A cursor that nothing moved is written only when so many transactions have gone by.
LAG = 10_000
HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True)
class Added:
    """An endpoint and its secret, told to the one who asked; `repeated`: an earlier answer."""

    endpoint: Endpoint
    secret: str
    repeated: bool


def add_endpoint(
    ctx: Context, key: str, url: str, kinds: Sequence[str] = (), *, loopback: bool = False
) -> Added:
    """Tell events of `kinds` (none: all) to `url` from now on. The same `key` adds it once."""
    ctx.require(Permission.MANAGE_ACCESS)
    rules.checked_url(url, loopback=loopback)
    wanted = tuple(sorted(set(kinds)))
    for kind in wanted:
        if kind not in known_kinds():
            raise Refusal(Code.VALUE_INVALID, field="kinds", value=kind, mend=Mend.EVENT_KIND)
    made: list[UUID] = []

    def add() -> str:
        made.append(_add(ctx, url, wanted))
        return str(made[0])

    with book(ctx):
        asked = {"add_webhook": url, "kinds": list(wanted)}
        found = UUID(str(keys.once(ctx, key, asked, add)))
        secret = sql.value(
            "select secret from webhook_endpoint where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": found},
        )
        # Removed since: then its key brings nothing back.
        return Added(endpoint(ctx, found), secret, repeated=not made)


def _add(ctx: Context, url: str, kinds: tuple[str, ...]) -> UUID:
    made = new_id(ctx.now)
    params = {
        "seller": ctx.seller,
        "id": made,
        "url": url,
        "kinds": list(kinds),
        "secret": rules.new_secret(secrets.token_bytes(rules.SECRET_BYTES)),
        "now": ctx.now,
    }
    others = sql.value(
        "select count(*) from webhook_endpoint where seller_id = %(seller)s and removed_at is null",
        params,
    )
    if others >= MOST_ENDPOINTS:
        raise Refusal(
            Code.VALUE_INVALID,
            field="url",
            value=url[:200],
            mend=Mend.FEWER_ENDPOINTS,
            most=MOST_ENDPOINTS,
        )
    sql.execute(
        "insert into webhook_endpoint (seller_id, id, url, kinds, secret, created_at)"
        " values (%(seller)s, %(id)s, %(url)s, %(kinds)s, %(secret)s, %(now)s)",
        params,
    )
    _start_cursor(ctx)
    record(ctx, events.EndpointAdded(made, url, kinds))
    return made


def _start_cursor(ctx: Context) -> None:
    # Where nobody listened there is nothing to make up for: the endpoint hears from now on.
    sql.execute(
        f"insert into webhook_cursor (seller_id, tx) values (%(seller)s, ({HORIZON}))"  # noqa: S608
        " on conflict (seller_id) do nothing",
        {"seller": ctx.seller},
    )


def rotate_secret(ctx: Context, endpoint_id: UUID, old_until: datetime) -> str:
    """A new secret, told once. Until `old_until`, at most 30 days, the old one signs as well."""
    ctx.require(Permission.MANAGE_ACCESS)
    if not ctx.now <= old_until <= ctx.now + LONGEST_OLD_SECRET:
        raise Refusal(
            Code.VALUE_INVALID,
            field="old_until",
            value=old_until.isoformat(),
            mend=Mend.WITHIN_DAYS,
            days=LONGEST_OLD_SECRET.days,
        )
    fresh = rules.new_secret(secrets.token_bytes(rules.SECRET_BYTES))
    with book(ctx):
        _update(
            ctx,
            endpoint_id,
            "old_secret = secret, old_secret_until = %(until)s, secret = %(fresh)s",
            {"until": old_until, "fresh": fresh},
        )
        record(ctx, events.SecretRotated(endpoint_id, old_until))
    return fresh


def switch_endpoint(ctx: Context, endpoint_id: UUID, *, enabled: bool) -> None:
    """Switch an endpoint on or off. What happens while it is off is told only if replayed."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        if endpoint(ctx, endpoint_id).enabled == enabled:
            return
        _update(
            ctx,
            endpoint_id,
            "enabled = %(enabled)s, disabled_why = '', failing_since = null,"
            " from_event = case when %(enabled)s then uuidv7() else from_event end",
            {"enabled": enabled},
        )
        record(ctx, events.EndpointSwitched(endpoint_id, enabled))


def remove_endpoint(ctx: Context, endpoint_id: UUID) -> None:
    """Tell an endpoint nothing more. What was told stays in the history."""
    ctx.require(Permission.MANAGE_ACCESS)
    with book(ctx):
        url = endpoint(ctx, endpoint_id).url
        _update(ctx, endpoint_id, "removed_at = %(now)s, enabled = false", {"now": ctx.now})
        record(ctx, events.EndpointRemoved(endpoint_id, url))


def _update(ctx: Context, endpoint_id: UUID, what: str, params: dict[str, Any]) -> None:
    touched = sql.execute(
        f"update webhook_endpoint set {what}"  # noqa: S608 - our own text
        " where seller_id = %(seller)s and id = %(id)s and removed_at is null",
        params | {"seller": ctx.seller, "id": endpoint_id},
    )
    if not touched:
        raise Refusal(Code.NOT_FOUND, field="webhook", value=str(endpoint_id))


def replay(ctx: Context, key: str, delivery_id: UUID) -> bool:
    """Deliver once more, with the same id. True when `key` asked before and nothing is new."""

    def again() -> int:
        found = delivery(ctx, delivery_id)
        sql.execute(
            "update webhook_delivery set state = 'pending', tries = 0, next_at = %(now)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": delivery_id, "now": ctx.now},
        )
        record(ctx, events.DeliveriesReplayed(found.endpoint_id, 1))
        return 1

    return _once(ctx, key, {"replay": delivery_id}, again)[1]


def replay_range(
    ctx: Context, key: str, endpoint_id: UUID, since: datetime, until: datetime
) -> tuple[int, bool]:
    """Tell an endpoint of everything that happened in a range, also of what it was never told.

    The worker makes the deliveries. Returns how many, and whether `key` asked before.
    """

    def again() -> int:
        endpoint(ctx, endpoint_id)
        params = {
            "seller": ctx.seller,
            "endpoint": endpoint_id,
            "since": since,
            "until": until,
            # An event gets its id when it is written, which is not before it happened.
            "after": before(since, CLOCKS_APART),
        }
        found = int(sql.value(sql.statement("webhooks/replayed"), params))
        sql.execute(
            "insert into webhook_replay (seller_id, endpoint_id, since, until, after_event)"
            " values (%(seller)s, %(endpoint)s, %(since)s, %(until)s, %(after)s)",
            params,
        )
        record(ctx, events.DeliveriesReplayed(endpoint_id, found))
        return found

    return _once(ctx, key, {"replay": endpoint_id, "since": since, "until": until}, again)


def _once(ctx: Context, key: str, request: object, act: Callable[[], int]) -> tuple[int, bool]:
    ctx.require(Permission.MANAGE_ACCESS)
    done: list[int] = []

    def acting() -> int:
        done.append(act())
        return done[0]

    with book(ctx):
        answer = keys.once(ctx, key, request, acting)
    assert isinstance(answer, int)
    return answer, not done


def fan_out(seller: UUID, now: datetime) -> int:
    """Make deliveries of what happened since the last call; returns how many.

    Two workers at once: one does it, the other has nothing to do.
    """
    with seller_book(seller):
        cursor = sql.row(
            "select tx from webhook_cursor where seller_id = %(seller)s for update skip locked",
            {"seller": seller},
        )
        if cursor is None:
            return 0
        # A statement of its own: its snapshot sees what the last holder of the lock committed.
        horizon = sql.value(HORIZON)
        since = cursor["tx"]
        if since > horizon:
            # The book was brought over from another database, whose transactions were further on.
            # Nothing is told twice: an event has one delivery an endpoint.
            since = 0
        params = {"seller": seller, "since": since, "horizon": horizon, "now": now}
        found = sql.row(sql.statement("webhooks/fan_out"), params)
        assert found is not None
        if found["made"] or found["tx"] < cursor["tx"] or found["tx"] > cursor["tx"] + LAG:
            sql.execute(
                "update webhook_cursor set tx = %(tx)s where seller_id = %(seller)s",
                {"seller": seller, "tx": found["tx"]},
            )
        return int(found["made"])


def make_replays(seller: UUID, now: datetime, most: int = MOST_REPLAYED) -> None:
    """Go on with what is to be told again: the next `most` events of the oldest replay."""
    with seller_book(seller):
        sql.execute(sql.statement("webhooks/replay"), {"seller": seller, "now": now, "most": most})


def claim(seller: UUID, now: datetime, most: int = MOST_AT_ONCE) -> list[dict[str, Any]]:
    """Take deliveries that are due: the first of each buyer. They are ours for `LEASE`."""
    with seller_book(seller):
        return sql.rows(
            sql.statement("webhooks/claim"),
            {"seller": seller, "now": now, "until": now + LEASE, "most": most},
        )


def attempt(taken: dict[str, Any], sender: Sender, now: datetime) -> tuple[Answer, float]:
    """Post one delivery, outside any transaction; the answer and the seconds it took."""
    data = {
        "subject_id": str(taken["subject_id"]),
        "business_date": taken["business_date"].isoformat(),
        **taken["facts"],
    }
    message = str(taken["event_id"])
    text = rules.body(taken["kind"], taken["happened_at"], taken["event_id"], data)
    signing = [secret for secret in (taken["secret"], taken["old_secret"]) if secret]
    head = rules.headers(signing, message, int(now.timestamp()), text)
    started = perf_counter()
    answer = sender.post(taken["url"], head, text)
    return answer, perf_counter() - started


def settle(
    ctx: Context, taken: dict[str, Any], answer: Answer, started: datetime, seconds: float
) -> None:
    """Record an attempt and what comes next: done, another try later, or given up."""
    good = answer.status is not None and 200 <= answer.status < 300
    wait = None if good else rules.wait_after(taken["tries"], random.random(), answer.retry_after)  # noqa: S311
    state = "delivered" if good else "failed" if wait is None else "pending"
    params = {
        "seller": ctx.seller,
        "id": taken["id"],
        "endpoint": taken["endpoint_id"],
        "attempt": taken["attempts"],
        "started": started,
        "seconds": round(seconds, 3),
        "status": answer.status,
        "error": answer.error,
        "body": answer.body[:BODY_KEPT].replace("\x00", "\ufffd"),
        "state": state,
        "now": ctx.now,
        "next": ctx.now + wait if wait else ctx.now,
        "delivered": ctx.now if good else None,
    }
    with book(ctx):
        sql.execute(
            """
            insert into webhook_attempt
              (seller_id, delivery_id, attempt, started_at, seconds, status, error, body)
            values (%(seller)s, %(id)s, %(attempt)s, %(started)s, %(seconds)s, %(status)s,
                    %(error)s, %(body)s)
            on conflict do nothing
            """,
            params,
        )
        # Taken over or replayed meanwhile: the later attempt says what becomes of it.
        sql.execute(
            """
            update webhook_delivery
            set state = %(state)s, next_at = %(next)s, last_status = %(status)s,
                last_error = %(error)s, delivered_at = coalesce(%(delivered)s, delivered_at)
            where seller_id = %(seller)s and id = %(id)s and attempts = %(attempt)s and tries > 0
            """,
            params,
        )
        _judge_endpoint(ctx, answer, good=good, params=params)


def _judge_endpoint(ctx: Context, answer: Answer, *, good: bool, params: dict[str, Any]) -> None:
    """Note since when an endpoint fails; switch it off when it is gone or failed for days."""
    if good:
        sql.execute(
            "update webhook_endpoint set failing_since = null where seller_id = %(seller)s"
            " and id = %(endpoint)s and failing_since is not null",
            params,
        )
        return
    reason = "gone" if answer.status == rules.GONE else "failing"
    sql.execute(
        "update webhook_endpoint set failing_since = %(now)s where seller_id = %(seller)s"
        " and id = %(endpoint)s and failing_since is null",
        params,
    )
    off = sql.rows(
        """
        update webhook_endpoint set enabled = false, disabled_why = %(reason)s
        where seller_id = %(seller)s and id = %(endpoint)s and enabled
          and (%(reason)s = 'gone' or failing_since <= %(long_ago)s)
        returning url
        """,
        params | {"reason": reason, "long_ago": ctx.now - rules.PATIENCE},
    )
    for line in off:
        record(ctx, events.EndpointDisabled(params["endpoint"], line["url"], reason))


@dataclass(frozen=True, slots=True, eq=False)
class Underway:
    """A delivery that is being posted."""

    ctx: Context
    taken: dict[str, Any]
    started: datetime
    answer: Future[tuple[Answer, float]]


def send(
    ctx: Context, sender: Sender, pool: Executor, clock: Clock, most: int = MOST_AT_ONCE
) -> list[Underway]:
    """Make the seller's deliveries and post up to `most` that are due now; `finish` each."""
    fan_out(ctx.seller, clock.now())
    make_replays(ctx.seller, clock.now())
    now = clock.now()
    return [
        Underway(ctx, taken, now, pool.submit(attempt, taken, sender, now))
        for taken in claim(ctx.seller, now, most)
    ]


def finish(one: Underway, clock: Clock) -> None:
    """Wait for what comes back, and record it."""
    answer, seconds = one.answer.result()
    settle(_at(one.ctx, clock.now()), one.taken, answer, one.started, seconds)


def deliver(ctx: Context, sender: Sender, pool: Executor, clock: Clock) -> int:
    """Make the seller's deliveries and try all that are due now, once; returns how many."""
    underway = send(ctx, sender, pool, clock)
    for one in underway:
        finish(one, clock)
    return len(underway)


def _at(ctx: Context, now: datetime) -> Context:
    return Context(ctx.seller, ctx.actor, ctx.today, now, ctx.may, ctx.why)
