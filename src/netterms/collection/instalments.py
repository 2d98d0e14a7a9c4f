"""Payment plans in instalments: offered with interest, checked, judged by the day (TRM-04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.collection.moves import PlanMove, PlanState
from netterms.collection.plans import move_plan, propose_plan
from netterms.insurance.queries import open_deadlines
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, zero
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.calendars import calendar_of
from netterms.store.tenancy import book
from netterms.terms.schedules import (
    NO_ACCELERATION,
    Check,
    Instalment,
    Proposal,
    Shape,
    checks,
    missed,
    schedule,
)

MOST_MONTHS_ASKED = 120
MOST_PERCENT = 1000
# Enough to look past the grace of any instalment.
CALENDAR_DAYS = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """How a debt is to be paid: a part now, the rest in monthly instalments from today on.

    `acknowledged_on` is the day of the buyer's written acknowledgment of the debt.
    """

    months: int
    yearly_percent: Decimal
    down_minor: int
    acknowledged_on: date | None
    shape: Shape = Shape.LEVEL


@dataclass(frozen=True, slots=True)
class Offered:
    """A plan as it was put to the buyer, and what of TRM-04 somebody had to approve."""

    id: UUID
    state: PlanState
    debt: Money
    instalments: tuple[Instalment, ...]
    approved: tuple[Check, ...]


def offer_plan(
    ctx: Context,
    buyer_id: UUID,
    invoices: Sequence[UUID],
    offer: Offer,
    *,
    replaces: UUID | None = None,
) -> Offered:
    """Put open invoices of one currency into a plan of instalments; see `propose_plan`.

    PLAN_BLOCKED names the check of TRM-04 that stands against it; some may be waived by who may
    manage policies. VALUE_INVALID for figures out of range or invoices of two currencies. With
    `replaces` a running or accelerated plan is ended by this one.
    """
    ctx.require(Permission.COLLECT)
    _within("months", offer.months, 1, MOST_MONTHS_ASKED)
    _within("percent", offer.yearly_percent, 0, MOST_PERCENT)
    with book(ctx):
        replans = _end_replaced(ctx, replaces)
        debt = _debt(ctx, invoices)
        if not 0 <= offer.down_minor < debt.minor:
            raise Refusal(
                Code.VALUE_INVALID, field="amount", value=offer.down_minor,
                mend=Mend.LESS_THAN, most=debt.minor,
            )  # fmt: skip
        rest = Money(debt.minor - offer.down_minor, debt.currency)
        told = schedule(offer.shape, rest, offer.yearly_percent, offer.months, ctx.today)
        approved = _checked(ctx, buyer_id, debt, offer, told[-1].due_on, replans)
        plan, state = propose_plan(ctx, buyer_id, invoices, told[-1].due_on)
        _keep(ctx, plan, debt, offer, replaces, told)
    return Offered(plan, state, debt, told, approved)


def _within(name: str, value: int | Decimal, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refusal(
            Code.VALUE_INVALID, field=name, value=str(value), mend=Mend.BETWEEN,
            least=least, most=most,
        )  # fmt: skip


def _end_replaced(ctx: Context, replaces: UUID | None) -> int:
    """End the plan that is replaced; how many plans in a row the new one makes beyond the first."""
    if replaces is None:
        return 0
    move_plan(ctx, replaces, PlanMove.REPLAN)
    return int(
        sql.value(
            """
            with recursive line(id, replaces_id) as (
              select plan_id, replaces_id from plan_offer
              where seller_id = %(seller)s and plan_id = %(plan)s
              union all
              select o.plan_id, o.replaces_id from plan_offer o
              join line on o.plan_id = line.replaces_id where o.seller_id = %(seller)s
            )
            select count(*) from line
            """,
            {"seller": ctx.seller, "plan": replaces},
        )
    )


def _debt(ctx: Context, invoices: Sequence[UUID]) -> Money:
    found = sql.rows(
        "select currency::text as currency, sum(open_minor)::bigint as minor from invoice"
        " where seller_id = %(seller)s and id = any(%(ids)s) and open_minor > 0 group by currency",
        {"seller": ctx.seller, "ids": list(invoices)},
    )
    if len(found) != 1:
        codes = ", ".join(sorted(line["currency"] for line in found))
        raise Refusal(Code.VALUE_INVALID, field="invoice", value=codes, mend=Mend.CURRENCY_CODE)
    return Money(found[0]["minor"], found[0]["currency"])


def _checked(
    ctx: Context, buyer_id: UUID, debt: Money, offer: Offer, last: date, replans: int
) -> tuple[Check, ...]:
    """What was waived; PLAN_BLOCKED for what this person may not, or nobody may."""
    found = checks(
        Proposal(
            debt=debt,
            down_payment=Money(offer.down_minor, debt.currency),
            months=offer.months,
            last_due_on=last,
            acknowledged=offer.acknowledged_on is not None and offer.acknowledged_on <= ctx.today,
            extension_ends_on=_extension_end(ctx, buyer_id),
            replans=replans,
        )
    )
    # An insured buyer's plan waits for the insurer by itself (TCI-08).
    asked = [check for check in found if check is not Check.NEEDS_INSURER_CONSENT]
    for check in asked:
        hard = check in (Check.NO_ACKNOWLEDGMENT, Check.TENOR_TOO_LONG)
        if hard or Permission.MANAGE_POLICY not in ctx.may:
            raise Refusal(Code.PLAN_BLOCKED, check=check.value)
    return found


def _extension_end(ctx: Context, buyer_id: UUID) -> date | None:
    """The end of the maximum extension period of the oldest unpaid debt; None where not insured."""
    due = [
        line.due_on
        for line in open_deadlines(ctx, buyer_id=buyer_id)
        if line.kind == "stop_shipment"
    ]
    return min(due, default=None)


def _keep(
    ctx: Context,
    plan: UUID,
    debt: Money,
    offer: Offer,
    replaces: UUID | None,
    told: Sequence[Instalment],
) -> None:
    sql.execute(
        """
        insert into plan_offer (seller_id, plan_id, currency, debt_minor, down_minor,
                                yearly_percent, shape, acknowledged_on, replaces_id)
        values (%(seller)s, %(plan)s, %(currency)s, %(debt)s, %(down)s, %(percent)s, %(shape)s,
                %(acknowledged)s, %(replaces)s)
        """,
        {
            "seller": ctx.seller, "plan": plan, "currency": debt.currency, "debt": debt.minor,
            "down": offer.down_minor, "percent": offer.yearly_percent,
            "shape": offer.shape.value, "acknowledged": offer.acknowledged_on,
            "replaces": replaces,
        },
    )  # fmt: skip
    down = [(ctx.seller, plan, 0, ctx.today, 0, offer.down_minor)] if offer.down_minor else []
    sql.execute_many(
        "insert into plan_instalment (seller_id, plan_id, number, due_on, interest_minor,"
        " principal_minor) values (%s, %s, %s, %s, %s, %s)",
        [
            *down,
            *(
                (ctx.seller, plan, i.number, i.due_on, i.interest.minor, i.principal.minor)
                for i in told
            ),
        ],
    )


def judge_instalments(ctx: Context) -> dict[str, Plain]:
    """End running plans that are paid, and call in those that missed an instalment (TRM-04).

    An instalment is kept when what came in on the plan's invoices covers the principal due until
    then. Five business days of grace; where the law forbids it nothing is called in (LAW-07).
    """
    ctx.require(Permission.RUN_DAY)
    done = {PlanMove.COMPLETE: 0, PlanMove.ACCELERATE: 0}
    with book(ctx):
        found = sql.rows(sql.statement("collection/running_plans"), {"seller": ctx.seller})
        first, last = ctx.today - timedelta(days=CALENDAR_DAYS), ctx.today
        calendars = {
            country: calendar_of(country, first, last)
            for country in {line["country"] for line in found}
        }
        for line in found:
            plan = [_instalment(each, line["currency"]) for each in line["instalments"]]
            paid = Money(line["paid_minor"], line["currency"])
            if paid.minor >= sum(each.principal.minor for each in plan):
                move_plan(_collecting(ctx), line["id"], PlanMove.COMPLETE)
                done[PlanMove.COMPLETE] += 1
            elif line["country"] not in NO_ACCELERATION and missed(
                plan, paid, ctx.today, calendars[line["country"]]
            ):
                move_plan(_collecting(ctx), line["id"], PlanMove.ACCELERATE)
                done[PlanMove.ACCELERATE] += 1
    return {"completed": done[PlanMove.COMPLETE], "accelerated": done[PlanMove.ACCELERATE]}


def _collecting(ctx: Context) -> Context:
    """The day's context with what moving a plan asks for."""
    return replace(ctx, may=ctx.may | {Permission.COLLECT})


def _instalment(told: dict[str, Any], currency: str) -> Instalment:
    principal = Money(told["principal_minor"], currency)
    return Instalment(
        number=told["number"],
        due_on=date.fromisoformat(told["due_on"]),
        # Interest is billed apart: what counts here is what came in on the invoices.
        payment=principal,
        interest=zero(currency),
        principal=principal,
        balance=zero(currency),
    )
