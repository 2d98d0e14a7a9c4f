"""Reads of early payment: policies, what is offered, what was accepted and what it brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.early_payment.rules import (
    Brought,
    Debt,
    Hindrance,
    Offer,
    Policy,
    State,
    dso_days,
    yearly_cost,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.versions import Version, in_force, version
from netterms.store import sql
from netterms.store.tenancy import book

MOST_DEBTS = 500
YEAR = timedelta(days=364)
LONG_AGO = date(1990, 1, 1)
# These count against the month's budget: what is given away, or may still be.
GIVEN = (State.ACCEPTED, State.TAKEN)
# What every seller starts with: nothing is offered.
STARTING = Version(0, Policy())


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An invoice of which a buyer accepted to pay less by a day, and what became of it."""

    agreed_id: UUID
    invoice_id: UUID
    invoice_number: str
    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    number: int
    pay_by: date
    due_on: date
    currency: str
    open_minor: int
    pay_minor: int
    home_minor: int
    yearly_percent: Decimal
    accepted_on: date
    accepted_by: str
    channel: str
    paid_on: date | None
    state: str
    open_now_minor: int

    @property
    def off_minor(self) -> int:
        """What is given away."""
        return self.open_minor - self.pay_minor


@dataclass(frozen=True, slots=True)
class Standing:
    """What early payment did in one currency, of acceptances of the last 365 days.

    `money_days`: how many days early the money came, by what it was. `yearly_percent` is what the
    discounts cost a year (TRM-01), `dso_days` by how many days DSO is shorter.
    """

    currency: str
    accepted: int
    accepted_minor: int
    taken: int
    brought_minor: int
    off_minor: int
    lapsed: int
    money_days: Decimal | None
    yearly_percent: Decimal | None
    dso_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A buyer that is always (or never) offered it."""

    buyer_id: UUID
    buyer_number: str
    buyer_name: str
    offered: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What of the month's budget is given away or promised, in the seller's currency."""

    given_minor: int
    left_minor: int | None


def policies(ctx: Context) -> list[Version[Policy]]:
    """Every policy the seller set, the one that counts last first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from early_payment_policy where seller_id = %(seller)s"
            " order by in_force_on desc, number desc",
            {"seller": ctx.seller},
        )
    return [_version(line) for line in found]


def policy(ctx: Context, day: date | None = None) -> Version[Policy]:
    """The policy in force on `day`, today if not said, or the one every seller starts with."""
    return in_force(policies(ctx), day or ctx.today, STARTING)


def chosen(ctx: Context) -> list[Chosen]:
    """Buyers that are always or never offered it, by name."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select c.buyer_id, b.buyer_number, b.name as buyer_name, c.offered"
            " from early_payment_buyer c"
            " join buyer b on b.seller_id = c.seller_id and b.id = c.buyer_id"
            " where c.seller_id = %(seller)s and c.offered is not null order by b.name",
            {"seller": ctx.seller},
        )
    return sql.typed(found, Chosen)


def month(ctx: Context, policy: Policy) -> Month:
    """What is left of the budget in the calendar month of `ctx.today`."""
    first = ctx.today.replace(day=1)
    given = sum(one.home_minor for one in acceptances(ctx, since=first) if one.state in GIVEN)
    budget = policy.budget_minor
    return Month(given, None if budget is None else max(0, budget - given))


def offer(
    ctx: Context,
    *,
    buyer_id: UUID | None = None,
    invoice_id: UUID | None = None,
    most: int = MOST_DEBTS,
    skip: int = 0,
) -> Offer:
    """What a buyer may pay early, or what is offered for one invoice: the first due first.

    With neither, the largest debts of the whole book that something is offered for.
    """
    ctx.require(Permission.READ)
    told = policy(ctx).policy
    whole_book = buyer_id is None and invoice_id is None
    if whole_book and not told.offered:
        return Offer(told, ctx.today, None, ())
    with book(ctx):
        found = sql.rows(
            sql.statement("early_payment/candidates"),
            {
                "seller": ctx.seller,
                "as_of": ctx.today,
                "grades": list(told.grades),
                "buyer": buyer_id,
                "invoice": invoice_id,
                "whole_book": whole_book,
                "earliest_due": ctx.today + timedelta(days=told.least_days),
                "most": most,
                "skip": skip,
            },
        )
    left = None if told.budget_minor is None else month(ctx, told).left_minor
    debts = [_debt(line) for line in found]
    if whole_book:
        debts = [debt for debt in debts if debt.hindrance is None]
    return Offer(told, ctx.today, left, debts)


def acceptances(
    ctx: Context,
    *,
    buyer_id: UUID | None = None,
    invoice_id: UUID | None = None,
    since: date = LONG_AGO,
    most: int | None = None,
    skip: int = 0,
) -> list[Acceptance]:
    """What was accepted from `since` on, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            f"select * from ({sql.statement('early_payment/acceptances')}) a"  # noqa: S608 - ours
            " order by accepted_on desc, number desc, agreed_id desc, due_on, invoice_number"
            " limit %(most)s offset %(skip)s",
            {
                "seller": ctx.seller,
                "buyer": buyer_id,
                "invoice": invoice_id,
                "since": since,
                "as_of": ctx.today,
                "most": most,
                "skip": skip,
            },
        )
    return sql.typed(found, Acceptance)


def agreed(ctx: Context, buyer_id: UUID, paid_on: date) -> dict[UUID, Acceptance]:
    """By invoice, what settles it if money that came on `paid_on` is that much."""
    found = acceptances(ctx, buyer_id=buyer_id)
    # Known late, money still came on its day.
    stands = {State.ACCEPTED, State.LAPSED}
    return {
        one.invoice_id: one
        for one in found
        if one.state in stands and paid_on <= one.pay_by and one.open_now_minor == one.open_minor
    }


def standing(ctx: Context) -> list[Standing]:
    """What it did in the last 365 days, by currency."""
    since = ctx.today - YEAR
    found = acceptances(ctx, since=since)
    sales = _sales(ctx, since) if found else {}
    return [
        _standing([one for one in found if one.currency == currency], sales.get(currency, 0))
        for currency in sorted({one.currency for one in found})
    ]


def _standing(found: list[Acceptance], sales_minor: int) -> Standing:
    counted = [one for one in found if one.state != State.REPLACED]
    taken = [
        Brought(one.open_minor, one.pay_minor, (one.due_on - one.paid_on).days)
        for one in counted
        if one.state == State.TAKEN and one.paid_on
    ]
    money = sum(one.paid_minor for one in taken)
    early = sum(one.paid_minor * one.days for one in taken)
    return Standing(
        currency=found[0].currency,
        accepted=len(counted),
        accepted_minor=sum(one.open_minor for one in counted),
        taken=len(taken),
        brought_minor=money,
        off_minor=sum(one.owed_minor - one.paid_minor for one in taken),
        lapsed=sum(one.state == State.LAPSED for one in counted),
        money_days=Decimal(early) / money if money else None,
        yearly_percent=yearly_cost(taken),
        dso_days=dso_days(taken, sales_minor) if taken else None,
    )


def _sales(ctx: Context, since: date) -> dict[str, int]:
    """What was invoiced less what was credited in the same days, by currency."""
    with book(ctx):
        found = sql.rows(
            "select currency::text as currency, sum(case kind when 'invoice' then amount_minor"
            " else -amount_minor end)::bigint as minor from invoice"
            " where seller_id = %(seller)s and issued_on between %(since)s and %(as_of)s"
            " group by currency",
            {"seller": ctx.seller, "since": since, "as_of": ctx.today},
        )
    return {line["currency"]: line["minor"] for line in found}


def _version(line: dict[str, Any]) -> Version[Policy]:
    told = Policy(
        line["offered"],
        line["yearly_percent"],
        line["least_days"],
        line["most_days"],
        line["least_minor"],
        tuple(line["grades"]),
        line["budget_minor"],
    )
    return version(told, line)


def _debt(line: dict[str, Any]) -> Debt:
    return Debt(
        line["invoice_id"],
        line["buyer_id"],
        line["buyer_name"],
        line["invoice_number"],
        line["due_on"],
        Money(line["open_minor"], line["currency"]),
        line["rate"],
        Hindrance(line["hindrance"]) if line["hindrance"] else None,
    )
