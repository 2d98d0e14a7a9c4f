"""Reads for people who watch: alerts, what happened, and whether the business day was run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.tenancy import book

DAY = "day"


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """Something a person should look at. `severity` is 1 (notice) to 3 (act today)."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    kind: str
    severity: int
    raised_on: date
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FinishedStep:
    """A finished step of the business day and what it did."""

    business_date: date
    step: str
    finished_at: datetime
    seconds: Decimal
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: who did what, when and why."""

    happened_at: datetime
    business_date: date
    actor: str
    why: str
    kind: str
    facts: dict[str, Any]


def open_alerts(ctx: Context, *, buyer_id: UUID | None = None, most: int = 8) -> list[OpenAlert]:
    """Open alerts, the newest first and of one day the gravest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select a.id, a.buyer_id, b.name as buyer_name, a.kind, a.severity, a.raised_on, a.facts
            from alert a join buyer b on b.seller_id = a.seller_id and b.id = a.buyer_id
            where a.seller_id = %(seller)s and a.closed_on is null
              and (%(buyer)s::uuid is null or a.buyer_id = %(buyer)s)
            order by a.raised_on desc, a.severity desc, a.id desc
            limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, OpenAlert)


def last_day(ctx: Context) -> date | None:
    """The last business date that was run; None before the first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found: date | None = sql.value(
            "select max(business_date) from run_step"
            " where seller_id = %(seller)s and run = %(run)s",
            {"seller": ctx.seller, "run": DAY},
        )
    return found


def days_run(ctx: Context, *, most: int = 30, skip: int = 0) -> list[list[FinishedStep]]:
    """The steps of the last `most` business days, the newest day first, steps as they finished."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select business_date, step, finished_at, seconds, facts
            from run_step
            where seller_id = %(seller)s and run = %(run)s and business_date in (
              select distinct business_date from run_step
              where seller_id = %(seller)s and run = %(run)s
              order by business_date desc limit %(most)s offset %(skip)s)
            -- Steps of one call carry one instant; rows are only added, so they stand in order.
            order by business_date desc, finished_at, ctid
            """,
            {"seller": ctx.seller, "run": DAY, "most": most, "skip": skip},
        )
    days: dict[date, list[FinishedStep]] = {}
    for step in sql.typed(found, FinishedStep):
        days.setdefault(step.business_date, []).append(step)
    return list(days.values())


def count_days(ctx: Context) -> int:
    """How many business days were run."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                "select count(distinct business_date) from run_step"
                " where seller_id = %(seller)s and run = %(run)s",
                {"seller": ctx.seller, "run": DAY},
            )
        )


def timeline(
    ctx: Context, subjects: list[UUID], most: int = 30, kinds: Sequence[str] = ()
) -> list[Happened]:
    """Events about any of `subjects`, the newest first; of `kinds`, if any are named."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select happened_at, business_date, actor, why, kind, facts
            from event
            where seller_id = %(seller)s and subject_id = any(%(subjects)s)
              and (cardinality(%(kinds)s::text[]) = 0 or kind = any(%(kinds)s))
            order by id desc limit %(most)s
            """,
            {"seller": ctx.seller, "subjects": subjects, "most": most, "kinds": list(kinds)},
        )
    return sql.typed(found, Happened)
