"""Payment plans with a schedule: proposed, agreed by both sides, started (TRM-03, TRM-04).

A plan starts once the buyer has accepted it and acknowledged the debt in writing, the seller has
approved it, and the insurer has consented where the last instalment lies past the maximum extension
period. Its tracking is the business day's (`sql/track_plans.sql`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from netterms.access.queries import same_person
from netterms.buyers.known import Lock, require_buyer
from netterms.collection import events
from netterms.collection.given import checked_text
from netterms.collection.moves import PLAN_MOVES, PlanMove, PlanState
from netterms.collection.plan_offers import Drawn, Offer, check_figures, debts_of, worked_out
from netterms.collection.plan_settling import settle_running, take_back_interest
from netterms.collection.promises import Channel
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits.lines import hold_buyer
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book, once_more
from netterms.terms.schedules import (
    EIGHTH_RULE,
    GRACE_BUSINESS_DAYS,
    NO_ACCELERATION,
    Check,
    Proposal,
    checks,
)

LONGEST_NAME, LONGEST_NOTE, LONGEST_TEXT = 120, 500, 2_000
ON_TABLE = "('proposed', 'awaiting_insurer_consent')"
# A person with the right to set limits has to agree to these.
TO_APPROVE = frozenset({Check.TENOR_NEEDS_APPROVAL, Check.DOWN_PAYMENT_SMALL, Check.SECOND_REPLAN})


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted for the buyer and how, and the words by which the debt was acknowledged."""

    name: str
    how: Channel
    text: str


@once_more
def propose(ctx: Context, offer: Offer, *, approved: bool = True) -> UUID:
    """Put an offer on the table; returns the plan. Errors as of `draw_up`.

    The seller's own offer is approved with it, unless a check asks for another person's approval.
    """
    ctx.require(Permission.COLLECT)
    check_figures(offer)
    with book(ctx):
        require_buyer(ctx, offer.buyer_id, Lock.KEY_SHARE)
        drawn = worked_out(ctx, offer, debts_of(ctx, offer))
        state = PlanState.PROPOSED
        if Check.NEEDS_INSURER_CONSENT in drawn.checks:
            state = after(PLAN_MOVES, state, PlanMove.ASK_INSURER)
        plan = new_id(ctx.now)
        _insert(ctx, plan, offer, drawn, state)
        told = tuple(check.value for check in drawn.checks)
        record(
            ctx,
            events.PlanScheduled(
                offer.buyer_id, plan, drawn.debt, offer.months, drawn.ends_on, told
            ),
        )
        if approved and not TO_APPROVE & set(drawn.checks):
            _agree(ctx, plan, "approved")
    return plan


@once_more
def accept(ctx: Context, plan_id: UUID, acceptance: Acceptance) -> PlanState:
    """Note that the buyer accepts a plan and acknowledges the debt; it starts if nothing lacks.

    NOT_FOUND; MOVE_NOT_ALLOWED where it is not on the table any more; VALUE_INVALID where no name
    or no words of acknowledgment are given, or its first payment is past.
    """
    ctx.require(Permission.COLLECT)
    name = checked_text("accepted_by", acceptance.name, LONGEST_NAME, least=1)
    text = checked_text("acknowledgment", acceptance.text, LONGEST_TEXT, least=1)
    with book(ctx):
        plan = _on_table(ctx, plan_id)
        if plan["accepted_by"] is not None:
            return PlanState(plan["state"])
        if ctx.today > plan["first_due_on"]:
            raise invalid("ends_on", plan["first_due_on"], Mend.TODAY_OR_LATER)
        sql.execute(
            """
            update payment_plan set accepted_by = %(name)s, accepted_how = %(how)s,
                   accepted_at = %(now)s, acknowledged_text = %(text)s
            where seller_id = %(seller)s and id = %(id)s
            """,
            {
                "seller": ctx.seller,
                "id": plan_id,
                "name": name,
                "how": Channel(acceptance.how).value,
                "now": ctx.now,
                "text": text,
            },
        )
        how = Channel(acceptance.how).value
        record(ctx, events.PlanAgreed(plan["buyer_id"], plan_id, "buyer", name, how))
        return _start_if_agreed(ctx, plan_id)


@once_more
def approve(ctx: Context, plan_id: UUID) -> PlanState:
    """Agree to a plan for the seller; it starts if nothing is missing.

    One that is long, has a small down payment or is a second re-plan takes the right to set limits,
    and another person than proposed it (SAME_PERSON). NOT_FOUND, MOVE_NOT_ALLOWED.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        plan = _on_table(ctx, plan_id)
        if plan["approved_by"] is None:
            if TO_APPROVE & set(_standing_checks(plan)):
                ctx.require(Permission.SET_LIMIT)
                if same_person(ctx, plan["proposed_by"], ctx.actor):
                    raise Refusal(Code.SAME_PERSON)
            _agree(ctx, plan_id, "approved")
            record(
                ctx, events.PlanAgreed(plan["buyer_id"], plan_id, "seller", ctx.actor, "console")
            )
        return _start_if_agreed(ctx, plan_id)


@once_more
def note_consent(ctx: Context, plan_id: UUID, note: str) -> PlanState:
    """Note the insurer's written consent (TCI-08): `note` says where it is filed.

    NOT_FOUND; MOVE_NOT_ALLOWED where none is waited for.
    """
    ctx.require(Permission.COLLECT)
    note = checked_text("note", note, LONGEST_NOTE, least=1)
    with book(ctx):
        plan = _on_table(ctx, plan_id)
        state = after(PLAN_MOVES, PlanState(plan["state"]), PlanMove.CONSENT)
        _set_state(ctx, plan_id, state, consent_note=note, consented_on=ctx.today)
        record(ctx, events.PlanAgreed(plan["buyer_id"], plan_id, "insurer", note, "letter"))
        return _start_if_agreed(ctx, plan_id)


def decline(ctx: Context, plan_id: UUID, note: str) -> PlanState:
    """Turn a plan down; its invoices are free again. Errors as of `accept`."""
    ctx.require(Permission.COLLECT)
    note = checked_text("note", note, LONGEST_NOTE, least=1)
    with book(ctx):
        plan = _on_table(ctx, plan_id)
        state = after(PLAN_MOVES, PlanState(plan["state"]), PlanMove.DECLINE)
        _set_state(ctx, plan_id, state, close_note=note, closed_on=ctx.today)
        record(ctx, events.PlanDeclined(plan["buyer_id"], plan_id, note))
    return state


def standing_checks(ctx: Context, plan_id: UUID) -> tuple[Check, ...]:
    """What stands against a plan that is on the table (TRM-04); nothing for any other."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            f"select p.*, p.currency::text as code from payment_plan p"  # noqa: S608 - our states
            " where p.seller_id = %(seller)s and p.id = %(id)s and p.currency is not null"
            f" and p.state in {ON_TABLE}",
            {"seller": ctx.seller, "id": plan_id},
        )
    return _standing_checks(found) if found else ()


def track_plans(ctx: Context) -> dict[str, Plain]:
    """Count what came in for running plans; accelerate and complete them (TRM-04 checks 5, 6)."""
    ctx.require(Permission.RUN_DAY)
    params = stamp(ctx) | {
        "grace_days": GRACE_BUSINESS_DAYS,
        "no_acceleration": sorted(NO_ACCELERATION),
        "eighth_rule": sorted(EIGHTH_RULE),
    }
    with book(ctx):
        settle_running(ctx)
        sql.execute(sql.statement("collection/plan_receipts"), params | {"plan": None})
        found = sql.row(sql.statement("collection/track_plans"), params)
        sql.execute("drop table plan_receipt")
        assert found is not None
        called = [(UUID(line["plan"]), line) for line in found.pop("called")]
        take_back_interest(
            ctx,
            {plan: line["number"] for plan, line in called},
            {plan: line["interest_minor"] for plan, line in called},
        )
    return dict(found)


def _insert(ctx: Context, plan: UUID, offer: Offer, drawn: Drawn, state: PlanState) -> None:
    params = {
        "seller": ctx.seller,
        "id": plan,
        "buyer": offer.buyer_id,
        "state": state.value,
        "today": ctx.today,
        "ends": drawn.ends_on,
        "currency": drawn.debt.currency,
        "shape": offer.shape.value,
        "debt": drawn.debt.minor,
        "down": drawn.down.minor,
        "months": offer.months,
        "percent": offer.yearly_percent,
        "retention": offer.retention.minor if offer.retention else None,
        "extension": drawn.extension_ends_on,
        "replans": drawn.replans,
        "bears": drawn.earlier.bears,
        "actor": ctx.actor,
        "now": ctx.now,
    }
    sql.execute(
        """
        insert into payment_plan (seller_id, id, buyer_id, state, started_on, ends_on, currency,
                                  shape, debt_minor, down_minor, months, yearly_percent,
                                  retention_minor, extension_ends_on, replans,
                                  interest_on_interest, proposed_by, proposed_at)
        values (%(seller)s, %(id)s, %(buyer)s, %(state)s, %(today)s, %(ends)s, %(currency)s,
                %(shape)s, %(debt)s, %(down)s, %(months)s, %(percent)s, %(retention)s,
                %(extension)s, %(replans)s, %(bears)s, %(actor)s, %(now)s)
        """,
        params,
    )
    sql.execute(
        "insert into payment_plan_invoice (seller_id, plan_id, invoice_id)"
        " select %(seller)s, %(id)s, unnest(%(invoices)s::uuid[])",
        params | {"invoices": list(offer.invoices)},
    )
    left = drawn.debt.minor - drawn.down.minor
    first = (0, drawn.down_due_on, drawn.down.minor, 0, drawn.down.minor, left)
    rows = [first] if drawn.down else []
    rows += [
        (one.number, one.due_on, one.payment.minor, one.interest.minor, one.principal.minor,
         one.balance.minor)
        for one in drawn.instalments
    ]  # fmt: skip
    sql.execute_many(
        "insert into plan_instalment (seller_id, plan_id, number, due_on, payment_minor,"
        " interest_minor, principal_minor, balance_minor) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [(ctx.seller, plan, *row) for row in rows],
    )


def _on_table(ctx: Context, plan_id: UUID) -> dict[str, Any]:
    """A plan with a schedule that is proposed and nothing else yet, locked."""
    found = sql.row(
        """
        select p.*, p.currency::text as code,
               (select min(i.due_on) from plan_instalment i
                where i.seller_id = p.seller_id and i.plan_id = p.id) as first_due_on
        from payment_plan p
        where p.seller_id = %(seller)s and p.id = %(id)s and p.currency is not null
        for update of p
        """,
        {"seller": ctx.seller, "id": plan_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="plan", value=str(plan_id))
    # What may be declined is on the table.
    after(PLAN_MOVES, PlanState(found["state"]), PlanMove.DECLINE)
    return found


def _standing_checks(plan: dict[str, Any]) -> tuple[Check, ...]:
    currency = plan["code"]
    return checks(
        Proposal(
            debt=Money(plan["debt_minor"], currency),
            down_payment=Money(plan["down_minor"], currency),
            months=plan["months"],
            last_due_on=plan["ends_on"],
            acknowledged=plan["accepted_by"] is not None,
            extension_ends_on=plan["extension_ends_on"],
            insurer_consented=plan["consented_on"] is not None,
            replans=plan["replans"],
        )
    )


def _agree(ctx: Context, plan_id: UUID, side: str) -> None:
    sql.execute(
        f"update payment_plan set {side}_by = %(actor)s, {side}_at = %(now)s"  # noqa: S608
        " where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": plan_id, "actor": ctx.actor, "now": ctx.now},
    )


def _set_state(ctx: Context, plan_id: UUID, state: PlanState, **changes: object) -> None:
    given = ", ".join(f"{column} = %({column})s" for column in ("state", *changes))
    sql.execute(
        f"update payment_plan set {given}"  # noqa: S608 - the columns are named above
        " where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": plan_id, "state": state.value, **changes},
    )


def _start_if_agreed(ctx: Context, plan_id: UUID) -> PlanState:
    plan = _on_table(ctx, plan_id)
    state = PlanState(plan["state"])
    agreed = plan["accepted_by"] is not None and plan["approved_by"] is not None
    if not agreed or state is not PlanState.PROPOSED:
        return state
    _end_earlier(ctx, plan)
    for move in (PlanMove.ACCEPT, PlanMove.START):
        state = after(PLAN_MOVES, state, move)
    _set_state(ctx, plan_id, state)
    debt = Money(plan["debt_minor"], plan["code"])
    record(ctx, events.PlanStarted(plan["buyer_id"], plan_id, debt, plan["ends_on"]))
    # TRM-04 check 4: new deliveries are for cash while a plan runs.
    hold_buyer(ctx, plan["buyer_id"], "payment_plan")
    return state


def _end_earlier(ctx: Context, plan: dict[str, Any]) -> None:
    """A plan for invoices of one that failed takes its place; one that runs is in its way."""
    params = {"seller": ctx.seller, "id": plan["id"], "buyer": plan["buyer_id"]}
    running = sql.value(
        "select id from payment_plan where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " and currency = %(currency)s and state in ('accepted', 'running') limit 1",
        params | {"currency": plan["code"]},
    )
    if running is not None:
        raise invalid("plan", running, Mend.ONE_PLAN_RUNS)
    sql.execute(
        """
        update payment_plan p set state = 'replanned', closed_on = coalesce(closed_on, %(today)s)
        where p.seller_id = %(seller)s and p.buyer_id = %(buyer)s and p.state = 'accelerated'
          and exists (
            select from payment_plan_invoice x
            join payment_plan_invoice y on y.seller_id = x.seller_id and y.invoice_id = x.invoice_id
            where x.seller_id = p.seller_id and x.plan_id = p.id and y.plan_id = %(id)s)
        """,
        params | {"today": ctx.today},
    )
