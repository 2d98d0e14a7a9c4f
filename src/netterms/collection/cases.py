"""Reads of one case: whose it is, what is to be done about it, and what its buyer paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.collection.ranking import Task
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class OwnedCase:
    """A case with its buyer and the person who works on it (empty: nobody)."""

    id: UUID
    buyer_id: UUID
    state: str
    stage: int
    opened_on: date
    stage_since: date
    closed_on: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """Money in (`receipt`) or out (`refund`)."""

    currency: str
    amount_minor: int
    paid_on: date
    kind: str
    reference: str


def case_by_id(ctx: Context, case_id: UUID) -> OwnedCase:
    """A case and whose it is; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, buyer_id, state, stage, opened_on, stage_since, closed_on, owner
            from collection_case where seller_id = %(seller)s and id = %(case)s
            """,
            {"seller": ctx.seller, "case": case_id},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="case", value=str(case_id))
    return sql.typed(found, OwnedCase)[0]


def tasks_of_case(ctx: Context, case_id: UUID, as_of: date) -> list[Task]:
    """What people are to do about a case on `as_of`, the most money a minute first."""
    ctx.require(Permission.READ)
    with book(ctx):
        params = {"seller": ctx.seller, "as_of": as_of, "case": case_id, "stage": None}
        more = {"owner": None, "most": 20, "skip": 0}
        return sql.read("collection/tasks", Task, params | more)


def payments_of(ctx: Context, buyer_id: UUID, as_of: date, most: int = 10) -> list[PaymentLine]:
    """What a buyer paid, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select currency::text as currency, amount_minor, paid_on, kind, reference
            from payment
            where seller_id = %(seller)s and buyer_id = %(buyer)s and paid_on <= %(as_of)s
            order by paid_on desc, id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "as_of": as_of, "most": most},
        )
    return sql.typed(found, PaymentLine)
