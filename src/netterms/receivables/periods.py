"""Closing a period: nothing is booked in it any more, and what it held is hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.access.queries import same_person
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.store import kept, sql
from netterms.store.outbox import record
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Period:
    """A closed period, or one that was opened again. `balances`: account, currency, minor units.

    `is_as_stored` says whether the journal until that day still hashes to `sha256`.
    """

    id: UUID
    closed_until: date
    entries: int
    sha256: str
    balances: list[dict[str, Any]]
    closed_by: str
    closed_at: datetime
    reopen_asked_by: str | None
    reopen_why: str | None
    reopened_by: str | None
    reopened_at: datetime | None


def closed_until(ctx: Context) -> date | None:
    """The last closed day of the seller; call it inside `book(ctx)`."""
    found: date | None = sql.value(
        "select closed_until() where %(seller)s = current_seller()", {"seller": ctx.seller}
    )
    return found


def require_open(ctx: Context, day: date) -> None:
    """PERIOD_CLOSED for a day that lies in a closed period; call it inside `book(ctx)`."""
    until = closed_until(ctx)
    if until is not None and day <= until:
        raise Refusal(
            Code.PERIOD_CLOSED,
            field="booked_on",
            value=day.isoformat(),
            closed_until=until.isoformat(),
        )


def close_period(ctx: Context, until: date) -> UUID:
    """Close every day up to and on `until`, a day that is over; returns the period.

    VALUE_INVALID for today or later; PERIOD_CLOSED for a day that is closed already.
    """
    ctx.require(Permission.BOOK)
    if until >= ctx.today:
        raise Refusal(
            Code.VALUE_INVALID,
            field="closed_until",
            value=until.isoformat(),
            mend=Mend.LESS_THAN,
            most=ctx.today.isoformat(),
        )
    with book(ctx):
        _wait_for_bookings(ctx)
        require_open(ctx, until)
        held = _held(ctx, until)
        period = new_id(ctx.now)
        sql.execute(
            """
            insert into period_close (seller_id, id, closed_until, entries, sha256, balances,
                                      closed_by, closed_at)
            values (%(seller)s, %(id)s, %(until)s, %(entries)s, %(sha256)s, %(balances)s,
                    %(actor)s, %(now)s)
            """,
            {
                "seller": ctx.seller,
                "id": period,
                "until": until,
                "entries": held["entries"],
                "sha256": held["sha256"],
                "balances": Jsonb(balances(ctx, until)),
                "actor": ctx.actor,
                "now": ctx.now,
            },
        )
        record(ctx, events.PeriodClosed(period, until, held["entries"], held["sha256"]))
    return period


def ask_to_reopen(ctx: Context, period_id: UUID, why: str) -> None:
    """Ask that the last closed period be opened; another person has to agree.

    NOT_FOUND; MOVE_NOT_ALLOWED for one that is open or not the last; VALUE_INVALID without a
    reason.
    """
    ctx.require(Permission.BOOK)
    reason = checked_reason(why)
    with book(ctx):
        _last(ctx, period_id, "ask_to_reopen")
        sql.execute(
            "update period_close set reopen_asked_by = %(actor)s, reopen_why = %(why)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {
                "seller": ctx.seller,
                "id": period_id,
                "actor": ctx.actor,
                "why": reason,
            },
        )
        record(ctx, events.ReopeningAsked(period_id, reason))


def reopen(ctx: Context, period_id: UUID) -> None:
    """Open the last closed period as another person asked: SAME_PERSON for the one who did.

    NOT_FOUND; MOVE_NOT_ALLOWED where nobody asked, or it is not the last closed one.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        period = _last(ctx, period_id, "reopen")
        if period["reopen_asked_by"] is None:
            raise Refusal(
                Code.MOVE_NOT_ALLOWED, state="closed", move="reopen", allowed=["ask_to_reopen"]
            )
        if same_person(ctx, period["reopen_asked_by"], ctx.actor):
            raise Refusal(Code.SAME_PERSON, field="period", value=ctx.actor)
        sql.execute(
            "update period_close set reopened_by = %(actor)s, reopened_at = %(now)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": period_id, "actor": ctx.actor, "now": ctx.now},
        )
        record(ctx, events.PeriodReopened(period_id, period["closed_until"], period["reopen_why"]))


def periods(ctx: Context) -> list[Period]:
    """Every closing, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from period_close where seller_id = %(seller)s"
            " order by closed_at desc, id desc",
            {"seller": ctx.seller},
        )
    return sql.typed(found, Period)


def is_as_stored(ctx: Context, period: Period) -> bool:
    """Whether the journal of a closed period is still what was hashed: False is tampering."""
    ctx.require(Permission.READ)
    with book(ctx):
        held = _held(ctx, period.closed_until)
    return bool(held["sha256"] == period.sha256 and held["entries"] == period.entries)


def balances(ctx: Context, as_of: date) -> list[dict[str, Any]]:
    """Debits, credits and balance of each account and currency; call it inside `book(ctx)`."""
    return kept.rows(
        ctx, sql.statement("receivables/trial_balance"), {"seller": ctx.seller, "as_of": as_of}
    )


def _wait_for_bookings(ctx: Context) -> None:
    # Bookings under way hold it together (refuse_closed); new ones wait for the closing.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended('period/' || %(seller)s, 0))",
        {"seller": str(ctx.seller)},
    )


def _held(ctx: Context, until: date) -> dict[str, Any]:
    found = sql.row(
        sql.statement("receivables/journal_hash"), {"seller": ctx.seller, "until": until}
    )
    assert found is not None
    return found


def _last(ctx: Context, period_id: UUID, move: str) -> dict[str, Any]:
    found = sql.row(
        "select * from period_close where seller_id = %(seller)s and id = %(id)s for update",
        {"seller": ctx.seller, "id": period_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="period", value=str(period_id))
    if found["reopened_at"] is not None or found["closed_until"] != closed_until(ctx):
        state = "closed" if found["reopened_at"] is None else "reopened"
        raise Refusal(Code.MOVE_NOT_ALLOWED, state=state, move=move, allowed=[])
    return found
