"""The ladder as use cases: the daily climb, the letters that leave, the tasks that people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.ladder import LADDER, POLICY_NOTICE_DAYS, StepKind
from netterms.collection.moves import ACTION_MOVES, ActionMove, ActionState
from netterms.collection.ports import Letter, Mailer, MailError
from netterms.collection.rules import LadderSettings
from netterms.insurance.actions import prepare_claims
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book

Row = dict[str, Any]
WriteReminder = Callable[[Row, Context], Letter]

LETTERS_AT_ONCE = 500
TRIES = 3


def _params(ctx: Context) -> Row:
    settings = LadderSettings()
    return stamp(ctx) | {
        "small_balance": settings.small_balance_minor,
        "kept_share": settings.kept_share,
        "grace_days": settings.grace_days,
        "notice_days": POLICY_NOTICE_DAYS,
        "stages": [step.stage for step in LADDER],
        "steps": [step.step.value for step in LADDER],
        "after_days": [step.after_days for step in LADDER],
    }


def judge_promises(ctx: Context) -> dict[str, Plain]:
    """Close promises that were kept, or broken with their grace over (COL-02)."""
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        counts = sql.row(sql.statement("collection/judge_promises"), _params(ctx)) or {}
    return {"kept": counts["kept"], "broken": counts["broken"]}


def climb_ladder(ctx: Context) -> dict[str, Plain]:
    """Move every invoice and case to its stage, and plan what the ladder asks for (section 0.1)."""
    ctx.require(Permission.RUN_DAY)
    params = _params(ctx)
    with book(ctx):
        sql.execute(sql.statement("collection/late_items"), params)
        sql.execute("analyze late_item (buyer_id, stage)")
        invoices = sql.row(sql.statement("collection/move_invoices"), params) or {}
        sql.execute(sql.statement("collection/standing"), params)
        sql.execute("analyze standing")
        cases = sql.row(sql.statement("collection/move_cases"), params) or {}
        actions = sql.row(sql.statement("collection/plan_actions"), params) or {}
        notices = sql.row(sql.statement("collection/plan_notices"), params) or {}
        # Their rows would be carried along by later steps of this connection's session.
        sql.execute("drop table late_item, standing")
    return {
        "invoices_moved": invoices["climbed"],
        "invoices_left": invoices["left_ladder"],
        "cases_opened": cases["opened"],
        "cases_moved": cases["moved"],
        "cases_closed": cases["closed"],
        "planned": actions["planned"],
        "policy_notices": notices["planned"],
    }


def prepare_claim_files(ctx: Context) -> dict[str, Plain]:
    """Give every planned claim step its claim file with the amount (TCI-14, TCI-15)."""
    ctx.require(Permission.RUN_DAY)
    params = _params(ctx)
    with book(ctx):
        waiting = sql.rows(
            "select id, buyer_id from collection_action where seller_id = %(seller)s"
            " and step = 'claim_file' and state = 'planned' and not facts ? 'claim'"
            " and not facts ? 'uninsured' for update",
            params,
        )
        claims = prepare_claims(ctx, [line["buyer_id"] for line in waiting])
        sql.execute(
            """
            update collection_action a
            set facts = a.facts || case when c.claim is null then '{"uninsured": true}'::jsonb
                                        else jsonb_build_object('claim', c.claim) end
            from unnest(%(actions)s::uuid[], %(claims)s::uuid[]) as c(action, claim)
            where a.seller_id = %(seller)s and a.id = c.action
            """,
            params
            | {
                "actions": [line["id"] for line in waiting],
                "claims": [claims.get(line["buyer_id"]) for line in waiting],
            },
        )
    return {"claims": len(claims), "uninsured": len(waiting) - len(claims)}


def send_reminders(ctx: Context, mailer: Mailer, write: WriteReminder) -> dict[str, Plain]:
    """Send the reminders that are due. Nothing outside is called inside a transaction.

    Each is marked before it is handed over and again after. One that was marked but not finished
    when the process died is sent again under the same Message-ID: at least once, never lost.
    """
    ctx.require(Permission.RUN_DAY)
    counts = {"sent": 0, "failed": 0, "later": 0, "dropped": 0}
    seen: set[UUID] = set()
    while True:
        with book(ctx):
            due = sql.rows(
                sql.statement("collection/reminders_due"),
                _params(ctx) | {"most": LETTERS_AT_ONCE + len(seen)},
            )
            fresh = [line for line in due if line["action_id"] not in seen]
            _move(ctx, [line["action_id"] for line in fresh], ActionState.SENDING)
        if not fresh:
            return dict(counts)
        for line in fresh:
            seen.add(line["action_id"])
            counts[_send_one(ctx, line, mailer, write)] += 1


def _send_one(ctx: Context, line: Row, mailer: Mailer, write: WriteReminder) -> str:
    action, buyer = line["action_id"], line["buyer_id"]
    if not line["invoices"]:
        return _close(ctx, action, ActionState.CANCELLED, "paid", None)
    if not line["email"]:
        told = events.ReminderFailed(buyer, action, "no_address")
        return _close(ctx, action, ActionState.FAILED, "no_address", told)
    try:
        mailer.send(write(line, ctx))
    except MailError as error:
        if error.temporary and line["attempts"] + 1 < TRIES:
            return _try_later(ctx, action)
        told = events.ReminderFailed(buyer, action, error.reason)
        return _close(ctx, action, ActionState.FAILED, error.reason, told)
    sent = events.ReminderSent(buyer, action, line["email"])
    return _close(ctx, action, ActionState.DONE, "sent", sent)


_COUNTED = {
    ActionState.DONE: "sent",
    ActionState.FAILED: "failed",
    # Paid in between: there is nothing left to remind of.
    ActionState.CANCELLED: "dropped",
}


def _close(
    ctx: Context,
    action: UUID,
    state: ActionState,
    outcome: str,
    told: events.ReminderSent | events.ReminderFailed | None,
) -> str:
    with book(ctx):
        sql.execute(
            "update collection_action set state = %(state)s, outcome = %(outcome)s,"
            " done_at = %(now)s, attempts = attempts + 1"
            " where seller_id = %(seller)s and id = %(id)s",
            {
                "state": state.value,
                "outcome": outcome,
                "now": ctx.now,
                "seller": ctx.seller,
                "id": action,
            },
        )
        if told is not None:
            record(ctx, told)
    return _COUNTED[state]


def _try_later(ctx: Context, action: UUID) -> str:
    with book(ctx):
        sql.execute(
            "update collection_action set state = 'planned', attempts = attempts + 1"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": action},
        )
    return "later"


def _move(ctx: Context, actions: list[UUID], state: ActionState) -> None:
    sql.execute(
        "update collection_action set state = %(state)s"
        " where seller_id = %(seller)s and id = any(%(actions)s)",
        {"state": state.value, "seller": ctx.seller, "actions": actions},
    )


def complete_action(ctx: Context, action_id: UUID, outcome: str) -> None:
    """A person reports a task as done. NOT_FOUND, or MOVE_NOT_ALLOWED when it is closed already."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select buyer_id, step, state from collection_action"
            " where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": action_id},
        )
        if found is None or found["step"] == StepKind.EMAIL_REMINDER:
            raise Refusal(Code.NOT_FOUND, what="task", id=str(action_id))
        state = after(ACTION_MOVES, ActionState(found["state"]), ActionMove.FINISH)
        sql.execute(
            "update collection_action set state = %(state)s, outcome = %(outcome)s,"
            " done_at = %(now)s where seller_id = %(seller)s and id = %(id)s",
            {
                "state": state.value,
                "outcome": outcome,
                "now": ctx.now,
                "seller": ctx.seller,
                "id": action_id,
            },
        )
        record(ctx, events.ActionDone(found["buyer_id"], action_id, found["step"], outcome))
