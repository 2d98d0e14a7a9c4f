"""What an offer of instalments comes to: debts, schedule, and what stands against it (TRM-04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from netterms.collection.given import check_within
from netterms.collection.page import page_settings
from netterms.insurance.deadlines import deadlines
from netterms.insurance.terms import terms_from
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, half_up
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.jurisdictions import Compound, InterestOnInterest, jurisdictions
from netterms.terms.schedules import (
    MOST_MONTHS,
    Check,
    Instalment,
    Proposal,
    Shape,
    checks,
    schedule,
)

# Convention: so long after a proposal the down payment is due.
DOWN_DAYS = 7
MOST_PERCENT = 100
LIVING = "('proposed', 'awaiting_insurer_consent', 'accepted', 'running')"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is put on the table: `months` instalments after a down payment, interest a year.

    `retention` is the price of a sale with retention of title, where there is one.
    """

    buyer_id: UUID
    invoices: tuple[UUID, ...]
    months: int
    down_percent: int
    yearly_percent: Decimal
    shape: Shape = Shape.LEVEL
    retention: Money | None = None


@dataclass(frozen=True, slots=True)
class EarlierInterest:
    """Interest of earlier plans within the debt, and whether it bears interest in this one.

    `rule` is that of the buyer's country. Simple interest, unless the seller says otherwise and the
    country is not known to forbid it.
    """

    amount: Money
    bears: bool
    rule: Compound


@dataclass(frozen=True, slots=True)
class Drawn:
    """An offer worked out: what is owed, what is paid when, and what stands against it."""

    debt: Money
    down: Money
    down_due_on: date
    instalments: tuple[Instalment, ...]
    checks: tuple[Check, ...]
    extension_ends_on: date | None
    replans: int
    earlier: EarlierInterest

    @property
    def ends_on(self) -> date:
        """The day of the last instalment."""
        return self.instalments[-1].due_on

    @property
    def interest(self) -> Money:
        """All interest of the plan."""
        return Money(sum(one.interest.minor for one in self.instalments), self.debt.currency)


def standard_offer(ctx: Context, buyer_id: UUID, invoices: Sequence[UUID]) -> Offer:
    """The seller's own conditions, at their longest. For use cases: asks for no permission."""
    settings = page_settings(ctx)
    return Offer(
        buyer_id,
        tuple(invoices),
        settings.most_months,
        settings.least_down_percent,
        settings.yearly_percent,
        settings.shape,
    )


def draw_up(ctx: Context, offer: Offer) -> Drawn:
    """Work an offer out without writing anything.

    NOT_FOUND names an invoice that is not an open one of this buyer; VALUE_INVALID one that is in
    another plan, wholly disputed or of another currency, and the figure that cannot be.
    """
    ctx.require(Permission.READ)
    check_figures(offer)
    with book(ctx):
        return worked_out(ctx, offer, debts_of(ctx, offer))


def check_figures(offer: Offer) -> None:
    """VALUE_INVALID for a figure that no offer can have."""
    if not offer.invoices:
        raise invalid("invoice", "", Mend.GIVE_IT)
    check_within("months", offer.months, 1, MOST_MONTHS)
    check_within("down_percent", offer.down_percent, 0, MOST_PERCENT - 1)
    check_within("yearly_percent", offer.yearly_percent, 0, MOST_PERCENT)


def debts_of(ctx: Context, offer: Offer) -> list[dict[str, Any]]:
    """The invoices of an offer, locked: what is open of each and not in dispute."""
    found = sql.rows(
        f"""
        select i.id, i.currency::text as currency, i.issued_on, i.due_on,
               i.open_minor - coalesce((
                 select sum(d.amount_minor) from dispute d
                 where d.seller_id = i.seller_id and d.invoice_id = i.id
                   and d.settled_on is null), 0)::bigint as minor,
               exists (
                 select from plan_interest n
                 where n.seller_id = i.seller_id and n.invoice_id = i.id) as is_interest,
               exists (
                 select from payment_plan_invoice x
                 join payment_plan p on p.seller_id = x.seller_id and p.id = x.plan_id
                 where x.seller_id = i.seller_id and x.invoice_id = i.id and p.state in {LIVING}
               ) as is_planned
        from invoice i
        where i.seller_id = %(seller)s and i.buyer_id = %(buyer)s and i.id = any(%(invoices)s)
          and i.kind <> 'credit_note' and i.open_minor > 0
        order by i.id for update of i
        """,  # noqa: S608 - the states are ours
        {"seller": ctx.seller, "buyer": offer.buyer_id, "invoices": list(offer.invoices)},
    )
    known = {line["id"]: line for line in found}
    for invoice in offer.invoices:
        line = known.get(invoice)
        if line is None:
            raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice))
        if line["is_planned"] or line["minor"] <= 0:
            raise invalid("invoice", invoice, Mend.UNPLANNED_INVOICE)
        if line["currency"] != found[0]["currency"]:
            raise invalid("currency", line["currency"], Mend.ONE_CURRENCY)
    return found


def worked_out(ctx: Context, offer: Offer, debts: Sequence[dict[str, Any]]) -> Drawn:
    """The schedule and the checks; within a transaction, with the debts locked."""
    currency = debts[0]["currency"]
    debt = Money(sum(line["minor"] for line in debts), currency)
    down = Money(half_up(Fraction(debt.minor * offer.down_percent, 100)), currency)
    if debt.minor - down.minor < offer.months:
        raise invalid("months", offer.months, Mend.AT_MOST, most=max(1, debt.minor - down.minor))
    earlier = _earlier(ctx, offer.buyer_id, debts)
    # A payment settles interest first: what the down payment leaves of it bears none.
    free = 0 if earlier.bears else max(0, earlier.amount.minor - down.minor)
    parts = schedule(
        offer.shape,
        debt - down,
        Decimal(offer.yearly_percent),
        offer.months,
        ctx.today,
        free=Money(free, currency),
    )
    ends = _extension_ends(ctx, offer.buyer_id, debts)
    replans = _replans(ctx, offer.invoices)
    proposal = Proposal(
        debt=debt,
        down_payment=down,
        months=offer.months,
        last_due_on=parts[-1].due_on,
        # Before a plan starts the debt is acknowledged: `accept` takes no less.
        acknowledged=True,
        extension_ends_on=ends,
        replans=replans,
    )
    down_due = ctx.today + timedelta(days=DOWN_DAYS)
    return Drawn(debt, down, down_due, parts, checks(proposal), ends, replans, earlier)


def _earlier(ctx: Context, buyer_id: UUID, debts: Sequence[dict[str, Any]]) -> EarlierInterest:
    minor = sum(line["minor"] for line in debts if line["is_interest"])
    country = sql.value(
        "select country from buyer where seller_id = %(seller)s and id = %(buyer)s",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    place = jurisdictions().get(country)
    rule = place.interest_on_interest if place else InterestOnInterest()
    bears = page_settings(ctx).interest_on_interest and not rule.forbids
    return EarlierInterest(Money(minor, debts[0]["currency"]), bears, rule.rule)


def _extension_ends(ctx: Context, buyer_id: UUID, debts: Sequence[dict[str, Any]]) -> date | None:
    """The first end of the maximum extension period of these debts; None without cover (TCI-08)."""
    terms = sql.rows(
        """
        select p.terms from insurance_policy p
        where p.seller_id = %(seller)s and exists (
          select from insured_limit l
          where l.seller_id = p.seller_id and l.policy_id = p.id and l.buyer_id = %(buyer)s
            and l.amount_minor > 0 and l.starts_on <= %(today)s
            and (l.ends_on is null or l.ends_on >= %(today)s))
        """,
        {"seller": ctx.seller, "buyer": buyer_id, "today": ctx.today},
    )
    ends = [
        deadlines(debt["issued_on"], debt["due_on"], terms_from(line["terms"])).mep_ends_on
        for line in terms
        for debt in debts
    ]
    return min(ends, default=None)


def _replans(ctx: Context, invoices: Sequence[UUID]) -> int:
    """How many plans these invoices were in before: two mean that this is the second re-plan."""
    return int(
        sql.value(
            """
            select count(distinct p.id) from payment_plan p
            join payment_plan_invoice x on x.seller_id = p.seller_id and x.plan_id = p.id
            where p.seller_id = %(seller)s and x.invoice_id = any(%(invoices)s)
              and p.state in ('accelerated', 'replanned')
            """,
            {"seller": ctx.seller, "invoices": list(invoices)},
        )
    )
