"""Say what is offered for early payment and to whom; and accept an offer for a buyer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.buyers.known import Lock, require_buyer
from netterms.early_payment import events, queries
from netterms.early_payment.rules import Channel, Hindrance, Policy, Step
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, total
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.kernel.versions import check_day
from netterms.receivables.payments import locked_invoices
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

MOST_PERCENT, PERCENT_PLACES = Decimal(100), 3
MOST_DAYS = 365
MOST_MINOR = 10**15
GRADES = range(1, 11)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A buyer's yes: it will pay `pay` for these invoices by a day. `by` is who said so.

    `pay` is what the buyer was shown, all invoices together.
    """

    invoice_ids: tuple[UUID, ...]
    pay_by: date
    pay: Money
    by: str
    channel: Channel


@once_more
def set_policy(ctx: Context, policy: Policy, in_force_on: date, why: str) -> bool:
    """Let a policy count from a day on, today or later; False where it counts then already.

    VALUE_INVALID names the field.
    """
    ctx.require(Permission.MANAGE_POLICY)
    check_day(ctx.today, in_force_on)
    _check(policy)
    reason = checked_reason(why)
    with book(ctx):
        _one_at_a_time(ctx)
        if queries.policy(ctx, in_force_on).policy == policy:
            return False
        number = sql.value(
            """
            insert into early_payment_policy (seller_id, number, in_force_on, offered,
              yearly_percent, least_days, most_days, least_minor, grades, budget_minor, set_by,
              set_at, why)
            select %(seller)s, coalesce(max(number), 0) + 1, %(in_force_on)s, %(offered)s,
              %(yearly_percent)s, %(least_days)s, %(most_days)s, %(least_minor)s,
              %(grades)s::smallint[], %(budget_minor)s, %(actor)s, %(now)s, %(why)s
            from early_payment_policy where seller_id = %(seller)s
            returning number
            """,
            asdict(policy)
            | {
                "grades": list(policy.grades),
                "seller": ctx.seller,
                "in_force_on": in_force_on,
                "actor": ctx.actor,
                "now": ctx.now,
                "why": reason,
            },
        )
        record(ctx, events.PolicySet(ctx.seller, number, in_force_on, asdict(policy), reason))
    return True


def set_buyer(ctx: Context, buyer_id: UUID, *, offered: bool | None) -> None:
    """Always (or never) offer it to a buyer; None: by its grade again. NOT_FOUND."""
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)
        params = {"seller": ctx.seller, "buyer": buyer_id, "offered": offered}
        before = sql.value(
            "select offered from early_payment_buyer"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s",
            params,
        )
        if before == offered:
            return
        sql.execute(
            "insert into early_payment_buyer (seller_id, buyer_id, offered)"
            " values (%(seller)s, %(buyer)s, %(offered)s)"
            " on conflict (seller_id, buyer_id) do update set offered = excluded.offered",
            params,
        )
        record(ctx, events.BuyerSet(buyer_id, before, offered))


@once_more
def accept(ctx: Context, buyer_id: UUID, acceptance: Acceptance) -> UUID:
    """Note that a buyer accepts to pay less by a day: all of its invoices or none.

    Returns what was agreed. An earlier acceptance of an invoice is replaced. NOT_FOUND for an
    invoice that is not open or not the buyer's; NOT_OFFERED with why; OFFER_CHANGED where another
    amount is offered now than the one accepted; VALUE_INVALID names the field.
    """
    ctx.require(Permission.COLLECT)
    by = acceptance.by.strip()
    if not by or len(by) > LONGEST_NAME or not by.isprintable():
        raise invalid("accepted_by", by[:20], Mend.CHARACTERS, least=1, most=LONGEST_NAME)
    wanted = acceptance.invoice_ids
    if not wanted or len(wanted) > queries.MOST_DEBTS:
        raise invalid("invoices", len(wanted), Mend.ITEMS, least=1, most=queries.MOST_DEBTS)
    if len(set(wanted)) < len(wanted):
        raise invalid("invoices", next(i for i in wanted if wanted.count(i) > 1), Mend.ONCE_EACH)
    with book(ctx):
        require_buyer(ctx, buyer_id)
        # Two at once could spend the same budget.
        _one_at_a_time(ctx)
        held = locked_invoices(ctx, buyer_id, wanted)
        steps = _steps(ctx, buyer_id, acceptance, held)
        agreed = new_id(ctx.now)
        _keep(ctx, agreed, acceptance, steps)
        owed = total((step.debt.open for step in steps), acceptance.pay.currency)
        record(
            ctx,
            events.OfferAccepted(
                agreed,
                buyer_id,
                tuple(str(step.debt.invoice_id) for step in steps),
                acceptance.pay_by,
                owed,
                acceptance.pay,
                by,
            ),
        )
    return agreed


def _steps(
    ctx: Context, buyer_id: UUID, acceptance: Acceptance, held: dict[UUID, dict[str, Any]]
) -> list[Step]:
    offer = queries.offer(ctx, buyer_id=buyer_id)
    debts = {debt.invoice_id: debt for debt in offer.debts}
    steps = []
    for invoice_id in acceptance.invoice_ids:
        if invoice_id not in held or invoice_id not in debts:
            raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
        debt = debts[invoice_id]
        step = offer.step(debt, acceptance.pay_by)
        if isinstance(step, Hindrance):
            raise _not_offered(debt.invoice_number, step)
        if debt.open.currency != acceptance.pay.currency:
            raise invalid("pay", acceptance.pay, Mend.AMOUNT, currency=debt.open.currency)
        steps.append(step)
    given = sum(step.home_minor for step in steps)
    if offer.left_minor is not None and given > offer.left_minor:
        raise _not_offered(steps[-1].debt.invoice_number, Hindrance.BUDGET)
    pay = total((step.pay for step in steps), acceptance.pay.currency)
    if pay != acceptance.pay:
        raise Refusal(Code.OFFER_CHANGED, pay_by=acceptance.pay_by.isoformat(), amount=str(pay))
    return steps


def _not_offered(number: str, why: Hindrance) -> Refusal:
    return Refusal(Code.NOT_OFFERED, number=number, not_offered=why.value)


def _keep(ctx: Context, agreed: UUID, acceptance: Acceptance, steps: Sequence[Step]) -> None:
    version = queries.policy(ctx)
    sql.execute(
        """
        insert into early_payment (seller_id, invoice_id, number, agreed_id, buyer_id, pay_by,
          currency, open_minor, pay_minor, home_minor, yearly_percent, policy_number, accepted_on,
          accepted_at, accepted_by, channel)
        select %(seller)s, i.id,
          1 + (select count(*) from early_payment e
               where e.seller_id = i.seller_id and e.invoice_id = i.id),
          %(agreed)s, i.buyer_id, %(pay_by)s, i.currency, i.open_minor, s.pay, s.home,
          %(percent)s, %(policy)s, %(today)s, %(now)s, %(by)s, %(channel)s
        from unnest(%(invoices)s::uuid[], %(pay)s::bigint[], %(home)s::bigint[])
             s(invoice_id, pay, home)
        join invoice i on i.seller_id = %(seller)s and i.id = s.invoice_id
        """,
        {
            "seller": ctx.seller,
            "agreed": agreed,
            "pay_by": acceptance.pay_by,
            "percent": version.policy.yearly_percent,
            "policy": version.number,
            "today": ctx.today,
            "now": ctx.now,
            "by": acceptance.by.strip(),
            "channel": acceptance.channel.value,
            "invoices": [step.debt.invoice_id for step in steps],
            "pay": [step.pay.minor for step in steps],
            "home": [step.home_minor for step in steps],
        },
    )


def _one_at_a_time(ctx: Context) -> None:
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended('early_payment/' || %(seller)s, 0))",
        {"seller": str(ctx.seller)},
    )


def _check(policy: Policy) -> None:
    percent = policy.yearly_percent
    if not (percent.is_finite() and 0 < percent <= MOST_PERCENT):
        raise invalid("yearly_percent", percent, Mend.BETWEEN, least=0, most=MOST_PERCENT)
    if percent != round(percent, PERCENT_PLACES):
        raise invalid("yearly_percent", percent, Mend.STEPS_OF, step="0.001")
    if not 1 <= policy.least_days <= MOST_DAYS:
        raise invalid("least_days", policy.least_days, Mend.BETWEEN, least=1, most=MOST_DAYS)
    if not policy.least_days <= policy.most_days <= MOST_DAYS:
        raise invalid(
            "most_days", policy.most_days, Mend.BETWEEN, least=policy.least_days, most=MOST_DAYS
        )
    for field in ("least_minor", "budget_minor"):
        minor = getattr(policy, field)
        if minor is not None and not 0 <= minor <= MOST_MINOR:
            raise invalid(field, minor, Mend.BETWEEN, least=0, most=MOST_MINOR)
    if any(grade not in GRADES for grade in policy.grades) or list(policy.grades) != sorted(
        set(policy.grades)
    ):
        raise invalid("grades", policy.grades, Mend.ASCENDING)
