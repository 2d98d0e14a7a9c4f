"""Reads of the simulation: where it stands, and what its people would look up before they act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from netterms.kernel.context import Context
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms
from netterms.store import sql
from netterms.store.tenancy import book

RUN = "simulation"


@dataclass(frozen=True, slots=True)
class Started:
    """With which seed and around which day a simulated book was begun; `base` is its first day."""

    seed: int
    anchor: date
    base: date


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """An open invoice of the book and its buyer."""

    id: UUID
    buyer_id: UUID
    open: Money


def started(ctx: Context) -> Started | None:
    """How the seller's book was begun; None when nothing is in it yet."""
    with book(ctx):
        found = sql.row(
            "select business_date, facts from run_step where seller_id = %(seller)s"
            " and run = %(run)s and step = 'book' order by business_date limit 1",
            {"seller": ctx.seller, "run": RUN},
        )
    if found is None:
        return None
    facts = found["facts"]
    return Started(facts["seed"], date.fromisoformat(facts["anchor"]), found["business_date"])


def delivered_before(ctx: Context, day: date) -> date | None:
    """The last day before `day` whose invoices and payments are in the book."""
    with book(ctx):
        found: date | None = sql.value(
            "select max(business_date) from run_step where seller_id = %(seller)s"
            " and run = %(run)s and step in ('book', 'deliveries') and business_date < %(day)s",
            {"seller": ctx.seller, "run": RUN, "day": day},
        )
    return found


def buyer_ids(ctx: Context) -> dict[str, UUID]:
    """The seller's buyers by number."""
    with book(ctx):
        found = sql.rows(
            "select buyer_number, id from buyer where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    return {line["buyer_number"]: line["id"] for line in found}


def invoice(ctx: Context, number: str) -> KnownInvoice | None:
    """An invoice with something open, by its number."""
    with book(ctx):
        found = sql.row(
            "select id, buyer_id, currency::text as currency, open_minor from invoice"
            " where seller_id = %(seller)s and company_code = '' and invoice_number = %(number)s"
            " and open_minor > 0",
            {"seller": ctx.seller, "number": number},
        )
    if found is None:
        return None
    money = Money(found["open_minor"], found["currency"])
    return KnownInvoice(found["id"], found["buyer_id"], money)


def open_invoices(ctx: Context) -> dict[str, int]:
    """What is open of every invoice, by its number, in minor units."""
    with book(ctx):
        found = sql.rows(
            "select invoice_number, open_minor from invoice where seller_id = %(seller)s"
            " and company_code = '' and kind = 'invoice' and open_minor > 0",
            {"seller": ctx.seller},
        )
    return {line["invoice_number"]: line["open_minor"] for line in found}


def balance_of(ctx: Context, account: str) -> int | None:
    """What a bank account held after its last statement; None without one."""
    with book(ctx):
        found: int | None = sql.value(
            "select s.closing_minor from bank_statement s"
            " join bank_account a on a.seller_id = s.seller_id and a.id = s.account_id"
            " where s.seller_id = %(seller)s and a.number = %(account)s order by s.id desc limit 1",
            {"seller": ctx.seller, "account": account},
        )
    return found


def open_dispute(ctx: Context, invoice_number: str) -> UUID | None:
    """The dispute of an invoice that is not settled yet."""
    with book(ctx):
        found: UUID | None = sql.value(
            """
            select d.id from dispute d
            join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
            where d.seller_id = %(seller)s and i.company_code = '' and d.settled_on is null
              and i.invoice_number = %(number)s
            order by d.raised_on limit 1
            """,
            {"seller": ctx.seller, "number": invoice_number},
        )
    return found


def overdue_invoices(ctx: Context, buyer_number: str) -> list[KnownInvoice]:
    """A buyer's invoices that are past due today, the oldest first."""
    with book(ctx):
        found = sql.rows(
            """
            select i.id, i.buyer_id, i.currency::text as currency, i.open_minor from invoice i
            join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
            where i.seller_id = %(seller)s and b.buyer_number = %(number)s and i.kind = 'invoice'
              and i.open_minor > 0 and i.due_on < %(today)s
            order by i.due_on, i.id
            """,
            {"seller": ctx.seller, "number": buyer_number, "today": ctx.today},
        )
    return [
        KnownInvoice(line["id"], line["buyer_id"], Money(line["open_minor"], line["currency"]))
        for line in found
    ]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A recommended limit nobody has decided on, and what the buyer owes."""

    buyer_id: UUID
    grade: int
    recommended: Money
    owed: Money


def undecided(ctx: Context) -> list[Undecided]:
    """Buyers with a recommendation and no granted limit, by name."""
    with book(ctx):
        found = sql.rows(
            """
            select d.buyer_id, d.currency::text as currency, d.grade, d.recommended_minor,
                   coalesce(o.minor, 0)::bigint as owed_minor
            from (
              select distinct on (buyer_id, currency) buyer_id, currency, grade, recommended_minor,
                     granted_minor
              from limit_decision
              where seller_id = %(seller)s and decided_on <= %(day)s
              order by buyer_id, currency, decided_on desc, id desc
            ) d
            join buyer b on b.seller_id = %(seller)s and b.id = d.buyer_id
            left join (
              select buyer_id, currency, sum(open_minor) as minor from invoice
              where seller_id = %(seller)s and kind = 'invoice' group by buyer_id, currency
            ) o on o.buyer_id = d.buyer_id and o.currency = d.currency
            where d.granted_minor is null
            order by b.name, d.currency
            """,
            {"seller": ctx.seller, "day": ctx.today},
        )
    return [
        Undecided(
            line["buyer_id"],
            line["grade"],
            Money(line["recommended_minor"], line["currency"]),
            Money(line["owed_minor"], line["currency"]),
        )
        for line in found
    ]


@dataclass(frozen=True, slots=True)
class DecidedLimit:
    """A granted limit, and the terms of the buyer's line in that currency; None without one."""

    buyer_id: UUID
    buyer_number: str
    limit: Money
    insolvent: bool
    line: LineTerms | None


def decided_limits(ctx: Context) -> list[DecidedLimit]:
    """The granted limits in force, by buyer number."""
    with book(ctx):
        found = sql.rows(
            """
            select d.buyer_id, b.buyer_number, d.currency::text as currency, d.granted_minor,
                   b.insolvent_on is not null as insolvent, l.limit_minor, l.status,
                   l.top_up_minor, l.top_up_until, l.insured_minor, l.net_days, l.discount_percent,
                   l.discount_days, l.instalments
            from (
              select distinct on (buyer_id, currency) buyer_id, currency, granted_minor
              from limit_decision
              where seller_id = %(seller)s and decided_on <= %(day)s and granted_minor is not null
              order by buyer_id, currency, decided_on desc, id desc
            ) d
            join buyer b on b.seller_id = %(seller)s and b.id = d.buyer_id
            left join credit_line l on l.seller_id = %(seller)s and l.buyer_id = d.buyer_id
             and l.currency = d.currency
            order by b.buyer_number, d.currency
            """,
            {"seller": ctx.seller, "day": ctx.today},
        )
    return [
        DecidedLimit(
            line["buyer_id"],
            line["buyer_number"],
            Money(line["granted_minor"], line["currency"]),
            line["insolvent"],
            None if line["status"] is None else sql.typed([line], LineTerms)[0],
        )
        for line in found
    ]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A credit line that takes orders, and what it has left."""

    buyer_id: UUID
    available: Money


def open_lines(ctx: Context) -> list[OpenLine]:
    """Open lines with something left, by buyer number."""
    with book(ctx):
        found = sql.rows(
            """
            select l.buyer_id, l.currency::text as currency,
                   l.limit_minor - l.held_minor - greatest(l.owed_minor, 0) as available_minor
            from credit_line l join buyer b on b.seller_id = l.seller_id and b.id = l.buyer_id
            where l.seller_id = %(seller)s and l.status = 'open'
              and l.limit_minor - l.held_minor - greatest(l.owed_minor, 0) > 100000
            order by b.buyer_number, l.currency
            """,
            {"seller": ctx.seller},
        )
    return [
        OpenLine(line["buyer_id"], Money(line["available_minor"], line["currency"]))
        for line in found
    ]
