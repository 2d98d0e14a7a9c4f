"""Reads behind legal steps: what the router asks, what a pack would hold, hand-overs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from netterms.buyers.queries import Buyer
from netterms.buyers.queries import buyer as buyer_of
from netterms.collection.legal.rules import (
    BROUGHT,
    Limitation,
    Matter,
    Paper,
    Route,
    limitation,
    routes,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money, exponent, half_up
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rates import per_dollar
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.jurisdictions import Cell, Standing, jurisdictions


@dataclass(frozen=True, slots=True)
class Partner:
    """An agency or a lawyer."""

    id: UUID
    kind: str
    name: str
    email: str
    country: str
    fee_schedule: str
    note: str
    added_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A file kept for a hand-over, without its bytes."""

    id: UUID
    paper: str
    name: str
    kind: str
    bytes: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverLine:
    """A hand-over as it is listed."""

    id: UUID
    partner_name: str
    partner_kind: str
    handed_on: date
    handed_by: str
    reasons: dict[str, str]
    asked: dict[str, int]
    sha256: str
    taken_back_on: date | None
    taken_back_why: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Legal steps for what a buyer owes late in one currency; `verified`: read in a public text.

    `limitation_note` tells of other periods there, in the words of the table of countries.
    """

    currency: str
    routes: tuple[Route, ...]
    limitation: Limitation | None
    limitation_verified: bool
    first_due_on: date
    owed: Money
    limitation_note: str = ""


def outlooks(ctx: Context, buyer_id: UUID) -> list[Outlook]:
    """What may be done for what is late, by currency; empty when nothing is. NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        buyer = buyer_of(ctx, buyer_id)
        home = sql.value(
            "select country from seller where seller_id = %(seller)s", {"seller": ctx.seller}
        )
        found = sql.rows(
            """
            select i.currency::text as currency, min(i.due_on) as first_due_on,
                   sum(i.open_minor)::bigint as open_minor,
                   sum(least(i.open_minor, d.minor))::bigint as disputed_minor
            from invoice i
            cross join lateral (
              select coalesce(sum(x.amount_minor), 0)::bigint as minor from dispute x
              where x.seller_id = i.seller_id and x.invoice_id = i.id and x.settled_on is null
            ) d
            where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.kind = 'invoice'
              and i.open_minor > 0 and i.due_on < %(today)s
            group by i.currency order by i.currency
            """,
            {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today},
        )
        rates = per_dollar([*(line["currency"] for line in found), "EUR"], ctx.today)
    return [_outlook(ctx, buyer, str(home), line, rates) for line in found]


def _outlook(
    ctx: Context, buyer: Buyer, home: str, line: dict[str, Any], rates: dict[str, Fraction]
) -> Outlook:
    place = jurisdictions().get(buyer.country)
    disputed = Money(line["disputed_minor"], line["currency"])
    until = None
    if place and place.limitation_years:
        until = limitation(buyer.country, place.limitation_years, line["first_due_on"], ctx.today)
    matter = Matter(
        seller_country=home,
        buyer_country=buyer.country,
        undisputed=Money(line["open_minor"], line["currency"]) - disputed,
        disputed=disputed,
        disputed_euro=_in_euro(disputed, rates),
        order=place.court_order if place else "",
        order_verified=bool(place and place.standing(Cell.COURT_ORDER) is Standing.CHECKED),
        insolvent=buyer.insolvent_on is not None,
        time_barred=bool(until and until.barred),
    )
    return Outlook(
        currency=line["currency"],
        routes=routes(matter),
        limitation=until,
        limitation_verified=bool(place and place.standing(Cell.LIMITATION) is Standing.CHECKED),
        first_due_on=line["first_due_on"],
        owed=Money(line["open_minor"], line["currency"]),
        limitation_note=place.limitation_note if place else "",
    )


def _in_euro(money: Money, rates: dict[str, Fraction]) -> Money | None:
    if money.currency == "EUR" or not money.minor:
        return Money(money.minor if money.currency == "EUR" else 0, "EUR")
    if money.currency not in rates or "EUR" not in rates:
        return None
    whole = Fraction(money.minor, 10 ** exponent(money.currency))
    return Money(half_up(whole / rates[money.currency] * rates["EUR"] * 100), "EUR")


def partners(ctx: Context, *, ended: bool = False) -> list[Partner]:
    """Agencies and lawyers by name; those that ended only when asked for."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, kind, name, email, country, fee_schedule, note, added_on, ended_on"
            " from collection_partner where seller_id = %(seller)s"
            " and (%(ended)s or ended_on is null) order by name",
            {"seller": ctx.seller, "ended": ended},
        )
    return sql.typed(found, Partner)


def papers_of(ctx: Context, buyer_id: UUID) -> list[PaperLine]:
    """Files kept for a hand-over of a buyer."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, paper, name, kind, length(content) as bytes, added_by, added_at"
            " from case_paper where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " order by paper, id",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return sql.typed(found, PaperLine)


def hand_overs_of(ctx: Context, buyer_id: UUID) -> list[HandOverLine]:
    """Hand-overs of a buyer, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select h.id, p.name as partner_name, p.kind as partner_kind, h.handed_on,"
            " h.handed_by, h.reasons, h.asked, h.sha256, h.taken_back_on, h.taken_back_why"
            " from hand_over h join collection_partner p"
            " on p.seller_id = h.seller_id and p.id = h.partner_id"
            " where h.seller_id = %(seller)s and h.buyer_id = %(buyer)s order by h.id desc",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return sql.typed(found, HandOverLine)


def archive(ctx: Context, hand_over_id: UUID) -> tuple[str, bytes]:
    """Buyer number and archive of a hand-over; NOT_FOUND. It names people: READ_PERSONAL."""
    ctx.require(Permission.READ_PERSONAL)
    with book(ctx):
        found = sql.row(
            "select b.buyer_number, h.archive from hand_over h join buyer b"
            " on b.seller_id = h.seller_id and b.id = h.buyer_id"
            " where h.seller_id = %(seller)s and h.id = %(id)s",
            {"seller": ctx.seller, "id": hand_over_id},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="hand_over", value=str(hand_over_id))
    return found["buyer_number"], bytes(found["archive"])


COUNTS = """
select
  (select count(*) from invoice where seller_id = %(seller)s and buyer_id = %(buyer)s
   and kind = 'invoice' and open_minor > 0) as invoices,
  (select count(*) from payment where seller_id = %(seller)s and buyer_id = %(buyer)s) as payments,
  (select count(*) from journal_entry where seller_id = %(seller)s and buyer_id = %(buyer)s)
    as journal,
  (select count(*) from letter where seller_id = %(seller)s and buyer_id = %(buyer)s)
  + (select count(*) from mail_message where seller_id = %(seller)s and buyer_id = %(buyer)s)
  + (select count(*) from collection_action where seller_id = %(seller)s and buyer_id = %(buyer)s
     and state = 'done') as correspondence,
  (select count(*) from dispute d join invoice i on i.seller_id = d.seller_id
   and i.id = d.invoice_id where d.seller_id = %(seller)s and i.buyer_id = %(buyer)s) as disputes,
  (select count(*) from promise where seller_id = %(seller)s and buyer_id = %(buyer)s) as promises,
  (select count(*) from insured_limit where seller_id = %(seller)s and buyer_id = %(buyer)s)
    as insurance,
  (select count(*) from buyer_identifier where seller_id = %(seller)s and buyer_id = %(buyer)s)
  + (select count(*) from buyer where seller_id = %(seller)s and id = %(buyer)s
     and coalesce(registration_number, '') <> '') as debtor
"""


def checklist(ctx: Context, buyer_id: UUID) -> dict[Paper, int]:
    """How many of each paper a pack would hold today (COL-07). NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        buyer = buyer_of(ctx, buyer_id)
        counts = sql.row(COUNTS, {"seller": ctx.seller, "buyer": buyer_id})
        assert counts is not None
        brought = papers_of(ctx, buyer_id)
    place = jurisdictions().get(buyer.country)
    there = {Paper(name): int(count) for name, count in counts.items()}
    there |= {paper: sum(line.paper == paper for line in brought) for paper in BROUGHT}
    there[Paper.STATEMENT] = int(there[Paper.JOURNAL] > 0)
    # A calculation, or the reason why there is none: both are in the pack.
    there[Paper.INTEREST] = int(there[Paper.INVOICES] > 0)
    there[Paper.LIMITATION] = int(bool(place and place.limitation_years))
    return {paper: there[paper] for paper in Paper}
