"""Reads of the ladder: whom to work on, where every buyer stands, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.buyers.queries import search
from netterms.kernel.context import Context, Permission
from netterms.limits.queries import lines_of_buyers
from netterms.receivables.queries import live_engine
from netterms.store import kept, sql
from netterms.store.tenancy import book

# Of the buyers that fit a text, the likest.
MOST_FOUND = 200


class Sort(StrEnum):
    """Orders of the list of buyers."""

    OPEN = "open"
    OVERDUE = "overdue"
    DAYS = "days"
    GRADE = "grade"
    LIMIT = "limit"
    NAME = "name"
    ID = "id"


# Amounts of two currencies do not compare: the seller's own currency first, then one after another.
BY_CURRENCY = (
    "currency is distinct from (select s.currency::text from seller s"
    " where s.seller_id = %(seller)s), currency nulls last"
)
# Every order ends in the id, so that pages neither repeat nor lose a row.
ORDERS: dict[Sort, str] = {
    Sort.OPEN: f"{BY_CURRENCY}, open_minor desc, id",
    Sort.OVERDUE: f"{BY_CURRENCY}, overdue_minor desc, id",
    Sort.DAYS: "days_past_due desc, id, currency",
    Sort.GRADE: f"grade desc nulls last, {BY_CURRENCY}, open_minor desc, id",
    Sort.LIMIT: f"{BY_CURRENCY}, limit_minor desc nulls last, id",
    Sort.NAME: "lower(name), id, currency",
    Sort.ID: "id, currency",
}


@dataclass(frozen=True, slots=True)
class BuyerFilter:
    """Which buyers to list; empty text and None filter nothing. `after` is a buyer's id."""

    text: str = ""
    country: str = ""
    currency: str = ""
    grade: int | None = None
    stage: int | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class BuyerLine:
    """A buyer in one currency. Amounts are minor units; `currency` is None without any invoice."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    currency: str | None
    grade: int | None
    pd: Decimal | None
    stage: int
    case_state: str | None
    open_minor: int
    overdue_minor: int
    days_past_due: int
    limit_minor: int | None
    available_minor: int | None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice or credit note (negative amounts) as known on a day."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    invoice_number: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    settled_on: date | None
    stage: int
    disputed_minor: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What a buyer owes in one currency; credits are negative, collectable is not disputed now."""

    currency: str
    items: int
    open_minor: int
    credits_minor: int
    overdue_minor: int
    stage: int
    collectable_minor: int = 0


@dataclass(frozen=True, slots=True)
class BucketLine:
    """A buyer's share of an ageing bucket."""

    buyer_id: UUID
    buyer_name: str
    country: str
    invoices: int
    open_minor: int
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a buyer owes late in one currency."""

    buyer_id: UUID
    currency: str
    invoices: int
    overdue_minor: int
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do for a buyer. `facts` is what was known when it was planned."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    country: str
    email: str
    stage: int
    step: str
    state: str
    planned_on: date
    due_on: date
    facts: dict[str, Any]
    attempts: int
    case_state: str


@dataclass(frozen=True, slots=True)
class Case:
    """A buyer's collection case."""

    id: UUID
    state: str
    stage: int
    opened_on: date
    stage_since: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Action:
    """An action of a case and how it ended."""

    id: UUID
    stage: int
    step: str
    planned_on: date
    due_on: date
    state: str
    done_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise to pay."""

    currency: str
    amount_minor: int
    made_on: date
    promised_for: date
    payer: str
    state: str


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A dispute about an invoice."""

    id: UUID
    invoice_number: str
    currency: str
    reason: str
    amount_minor: int
    raised_on: date
    settled_on: date | None
    state: str


def _filled(ctx: Context, as_of: date, asked: BuyerFilter) -> dict[str, Any]:
    found = search(ctx, asked.text, MOST_FOUND) if asked.text else []
    return {
        "seller": ctx.seller,
        "as_of": as_of,
        "text": asked.text,
        "found": [buyer.id for buyer in found],
        "country": asked.country,
        "currency": asked.currency,
        "grade": asked.grade,
        "stage": asked.stage,
        "after": asked.after,
    }


def _on_items(question: str, tail: str = "", narrowed: str = "") -> str:
    # Only our own statements and the orders above: no value is ever put into the text.
    text = sql.statement(f"collection/{question}")
    return f"with item as not materialized ({live_engine().item}{narrowed})\n{text}\n{tail}"


def buyer_lines(
    ctx: Context,
    as_of: date,
    asked: BuyerFilter,
    *,
    sort: Sort = Sort.OPEN,
    most: int = 50,
    skip: int = 0,
) -> list[BuyerLine]:
    """Buyers with what they owe, grade, limit and stage on `as_of`."""
    ctx.require(Permission.READ)
    tail = f"select * from listed order by {ORDERS[sort]} limit %(most)s offset %(skip)s"  # noqa: S608
    with book(ctx):
        params = {**_filled(ctx, as_of, asked), "most": most, "skip": skip}
        found = kept.rows(ctx, _on_items("buyer_list", tail), params)
        return _less_orders(ctx, sql.typed(found, BuyerLine))


def buyers_page(ctx: Context, as_of: date, asked: BuyerFilter, most: int) -> list[BuyerLine]:
    """Lines of the first `most` buyers in the order of their ids, all currencies of each."""
    ctx.require(Permission.READ)
    tail = (
        "select * from listed where id in (select distinct id from listed order by id"  # noqa: S608
        f" limit %(most)s) order by {ORDERS[Sort.ID]}"
    )
    with book(ctx):
        params = {**_filled(ctx, as_of, asked), "most": most}
        found = sql.rows(_on_items("buyer_list", tail), params)
        return _less_orders(ctx, sql.typed(found, BuyerLine))


def _less_orders(ctx: Context, found: list[BuyerLine]) -> list[BuyerLine]:
    """Orders hold a part of a credit line but end no kept answer: the line is read beside it."""
    lines = lines_of_buyers(ctx, [buyer.id for buyer in found])
    return [
        replace(buyer, available_minor=max(0, line.available_minor))
        if buyer.currency and (line := lines[buyer.id].get(buyer.currency))
        else buyer
        for buyer in found
    ]


def count_buyer_lines(ctx: Context, as_of: date, asked: BuyerFilter) -> int:
    """How many lines `buyer_lines` has in all."""
    ctx.require(Permission.READ)
    with book(ctx):
        text = _on_items("buyer_list", "select count(*) as lines from listed")
        return int(kept.rows(ctx, text, _filled(ctx, as_of, asked))[0]["lines"])


def invoice_lines(
    ctx: Context,
    as_of: date,
    *,
    buyer_id: UUID | None = None,
    currency: str = "",
    only_open: bool = True,
    after: UUID | None = None,
    most: int = 500,
) -> list[InvoiceLine]:
    """Invoices and credit notes in the order of their ids, from after the id `after`."""
    ctx.require(Permission.READ)
    with book(ctx):
        return sql.read(
            "collection/invoices",
            InvoiceLine,
            {
                "seller": ctx.seller,
                "as_of": as_of,
                "buyer": buyer_id,
                "currency": currency,
                "only_open": only_open,
                "after": after,
                "most": most,
            },
        )


def balances_of(ctx: Context, as_of: date, buyer_id: UUID) -> list[Balance]:
    """What a buyer owes on `as_of`, over all its invoices; no line where nothing is open."""
    ctx.require(Permission.READ)
    with book(ctx):
        text = _on_items("balances", narrowed=" and i.buyer_id = %(buyer)s")
        params = {"seller": ctx.seller, "as_of": as_of, "buyer": buyer_id}
        return sql.typed(sql.rows(text, params), Balance)


def in_bucket(
    ctx: Context,
    as_of: date,
    currency: str,
    first: int | None,
    last: int | None,
    *,
    most: int = 50,
    skip: int = 0,
) -> list[BucketLine]:
    """Buyers whose open invoices are `first` to `last` days past due (None: no bound)."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = kept.rows(
            ctx,
            _on_items("bucket"),
            {
                "as_of": as_of,
                "currency": currency,
                "first": first,
                "last": last,
                "most": most,
                "skip": skip,
            },
        )
    return sql.typed(found, BucketLine)


def currencies(ctx: Context) -> list[str]:
    """Currencies the seller has invoices in."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = kept.rows(
            ctx,
            "select distinct currency::text as currency from invoice"
            " where seller_id = %(seller)s order by 1",
            {"seller": ctx.seller},
        )
    return [line["currency"] for line in found]


def count_in_bucket(
    ctx: Context, as_of: date, currency: str, first: int | None, last: int | None
) -> int:
    """How many buyers `in_bucket` has in all."""
    ctx.require(Permission.READ)
    params = {"as_of": as_of, "currency": currency, "first": first, "last": last}
    with book(ctx):
        return int(kept.rows(ctx, _on_items("bucket_count"), params)[0]["buyers"])


def work(
    ctx: Context, as_of: date, *, stage: int | None = None, most: int = 200, skip: int = 0
) -> list[Work]:
    """What is to be done on `as_of`, the last stage of the ladder first, then what is due first."""
    ctx.require(Permission.READ)
    with book(ctx):
        params = {
            "seller": ctx.seller,
            "as_of": as_of,
            "stage": stage,
            "most": most,
            "skip": skip,
        }
        return sql.read("collection/work", Work, params)


def work_counts(ctx: Context, as_of: date) -> dict[int, int]:
    """How many things are to be done on `as_of`, by stage."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select stage, count(*) as things from collection_action
            where seller_id = %(seller)s and state in ('planned', 'sending', 'failed')
              and planned_on <= %(as_of)s
            group by stage
            """,
            {"seller": ctx.seller, "as_of": as_of},
        )
    return {line["stage"]: line["things"] for line in found}


def count_reminders(ctx: Context, as_of: date) -> int:
    """How many reminders the day is still to send by itself."""
    ctx.require(Permission.READ)
    with book(ctx):
        return int(
            sql.value(
                "select count(*) from collection_action where seller_id = %(seller)s"
                " and state in ('planned', 'sending') and step = 'email_reminder'"
                " and planned_on <= %(as_of)s",
                {"seller": ctx.seller, "as_of": as_of},
            )
        )


def stage_counts(ctx: Context) -> dict[int, int]:
    """How many buyers stand at each stage of the ladder."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select stage, count(*) as buyers from collection_case"
            " where seller_id = %(seller)s and closed_on is null group by stage",
            {"seller": ctx.seller},
        )
    return {line["stage"]: line["buyers"] for line in found}


def overdue_of(ctx: Context, as_of: date, buyers: list[UUID]) -> dict[UUID, list[Overdue]]:
    """What these buyers owe late, by buyer, the largest currency first."""
    ctx.require(Permission.READ)
    with book(ctx):
        params = {"seller": ctx.seller, "as_of": as_of, "buyers": buyers}
        found = sql.read("collection/overdue", Overdue, params)
    by_buyer: dict[UUID, list[Overdue]] = {}
    for line in found:
        by_buyer.setdefault(line.buyer_id, []).append(line)
    return by_buyer


def case_of(ctx: Context, buyer_id: UUID) -> Case | None:
    """The buyer's open case, else the one closed last; None when it was never late."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, state, stage, opened_on, stage_since, closed_on from collection_case
            where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by closed_on desc nulls first, id desc limit 1
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return sql.typed(found, Case)[0] if found else None


def actions_of(ctx: Context, buyer_id: UUID, most: int = 20) -> list[Action]:
    """What was or is to be done about a buyer, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, stage, step, planned_on, due_on, state, done_at, outcome
            from collection_action
            where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by planned_on desc, id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, Action)


def promises_of(ctx: Context, buyer_id: UUID, most: int = 20) -> list[PromiseLine]:
    """A buyer's promises to pay, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select currency::text as currency, amount_minor, made_on, promised_for, payer, state
            from promise where seller_id = %(seller)s and buyer_id = %(buyer)s
            order by made_on desc, id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, PromiseLine)


def disputes_of(ctx: Context, buyer_id: UUID, most: int = 20) -> list[DisputeLine]:
    """Disputes about a buyer's invoices, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select d.id, i.invoice_number, i.currency::text as currency, d.reason, d.amount_minor,
                   d.raised_on, d.settled_on, d.state
            from dispute d
            join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
            where d.seller_id = %(seller)s and i.buyer_id = %(buyer)s
            order by d.raised_on desc, d.id desc limit %(most)s
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, DisputeLine)
