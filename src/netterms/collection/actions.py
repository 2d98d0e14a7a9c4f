"""The ladder as use cases: the daily climb, the letters that leave, the tasks that people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.ladder import (
    POLICY_NOTICE_DAYS,
    Doer,
    LadderStep,
    StepKind,
    Way,
    as_columns,
)
from netterms.collection.ladder_versions import live_steps
from netterms.collection.moves import ACTION_MOVES, ActionMove, ActionState
from netterms.collection.ports import Letter, Mailer, MailError, MailServerAwayError
from netterms.collection.quiet import Reach, clock_of
from netterms.collection.rules import STAGE_STARTS, LadderSettings
from netterms.insurance.actions import prepare_claims
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import hold_for_promises
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.runs import alone
from netterms.store.tenancy import book

Row = dict[str, Any]
WriteReminder = Callable[[Row, Context], Letter]
# Notes in the book how a letter ended, and names the count it belongs to.
Note = Callable[[], str]

LETTERS_AT_ONCE = 500
TRIES = 3


def _params(ctx: Context) -> Row:
    settings = LadderSettings()
    return stamp(ctx) | {
        "small_balance": settings.small_balance_minor,
        "kept_share": settings.kept_share,
        "grace_days": settings.grace_days,
        "notice_days": POLICY_NOTICE_DAYS,
        "broken_limit": settings.broken_limit,
        "broken_window_days": settings.broken_window_days,
        "stage_starts": [day for day, _ in STAGE_STARTS],
    }


def judge_promises(ctx: Context) -> dict[str, Plain]:
    """Close promises that were kept, or broken with their grace over (COL-02)."""
    ctx.require(Permission.RUN_DAY)
    params = _params(ctx)
    with book(ctx):
        every = {"buyer": None, "currency": None, "instead": None}
        counts = sql.row(sql.statement("collection/judge_promises"), params | every) or {}
        following = {
            "stages": [stage.value for _, stage in STAGE_STARTS],
            **_next_step(live_steps(ctx, ctx.today)),
        }
        sql.execute(sql.statement("collection/broken_promises"), params | following)
        freeze = sql.rows(sql.statement("collection/broken_twice"), params)
        hold_for_promises(ctx, [line["buyer_id"] for line in freeze])
    return {"kept": counts["kept"], "broken": counts["broken"]}


def _next_step(steps: Sequence[LadderStep]) -> dict[str, list[str]]:
    """By stage the first step that people do, wherever it is for everybody; else a call."""
    found = {
        stage: next(
            (s for s in steps if s.stage == stage and s.step is not StepKind.EMAIL_REMINDER),
            LadderStep(stage, StepKind.CALL, 0, Way.PHONE, Doer.COLLECTOR),
        )
        for _, stage in STAGE_STARTS
    }
    return {
        "next_steps": [step.step.value for step in found.values()],
        "next_channels": [step.channel.value for step in found.values()],
        "next_doers": [step.who.value for step in found.values()],
    }


def climb_ladder(ctx: Context) -> dict[str, Plain]:
    """Move every invoice and case to its stage, and plan what the ladder asks for (section 0.1)."""
    ctx.require(Permission.RUN_DAY)
    params = _params(ctx)
    with book(ctx):
        # A read of the whole book with a small answer: worth sharing among workers.
        sql.execute("set local parallel_tuple_cost = 0")
        # Of a table of the moment the planner must know how large it is, and little more.
        sql.execute("set local default_statistics_target = 10")
        sql.execute(sql.statement("collection/moved_invoices"), params)
        sql.execute("analyze moved_invoice")
        invoices = sql.row(sql.statement("collection/move_invoices"), params) or {}
        sql.execute(sql.statement("collection/standing"), params)
        sql.execute("analyze standing")
        cases = sql.row(sql.statement("collection/move_cases"), params) or {}
        steps = as_columns(live_steps(ctx, ctx.today))
        actions = sql.row(sql.statement("collection/plan_actions"), params | steps) or {}
        notices = sql.row(sql.statement("collection/plan_notices"), params) or {}
        # Their rows would be carried along by later steps of this connection's session.
        sql.execute("drop table moved_invoice, standing")
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
        prepared = prepare_claims(ctx, [line["buyer_id"] for line in waiting])
        claims = prepared.files
        # Whose debts are disputed is asked again once that is settled.
        waiting = [line for line in waiting if line["buyer_id"] not in prepared.held]
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

    Each is claimed, with the time, before it is handed over, and how it ended is noted with the
    claim of the next. So a crash leaves one letter in doubt at most. It is sent once more under the
    same Message-ID: at least once, never lost. One that is in doubt after TRIES claims goes to
    people. On a closed day of the buyer, or outside the hours of the settings, one is held and goes
    with a later run. So does what is left when the mail server is away, which counts as no try.
    ALREADY_RUNNING while another process sends for this seller: only the one who sends may take a
    claimed letter for one that a crash left behind.
    """
    ctx.require(Permission.RUN_DAY)
    counts = {"sent": 0, "failed": 0, "later": 0, "dropped": 0, "held": 0}
    clocks: dict[str, bool] = {}
    with alone(ctx, "reminders"):
        note: Note | None = None
        away = False
        for line in _due(ctx):
            if away:
                counts["later"] += 1
                continue
            if _is_quiet(ctx, line["country"], clocks):
                counts["held"] += 1
                continue
            with book(ctx):
                if note is not None:
                    counts[note()] += 1
                claimed = _claim(ctx, line)
            try:
                note = _deliver(ctx, line, mailer, write) if claimed else None
            except MailServerAwayError:
                note, away = partial(_try_later, ctx, line["action_id"], tries=0), True
        if note is not None:
            with book(ctx):
                counts[note()] += 1
    return dict(counts)


def _is_quiet(ctx: Context, country: str, known: dict[str, bool]) -> bool:
    """Whether no reminder leaves for a country now; asked once a country and run."""
    if country not in known:
        clock = clock_of(ctx, country, Reach.MAIL)
        known[country] = clock is not None and bool(clock.quiet)
    return known[country]


def _due(ctx: Context) -> Iterator[Row]:
    last = None
    while True:
        with book(ctx):
            due = sql.rows(
                sql.statement("collection/reminders_due"),
                _params(ctx) | {"most": LETTERS_AT_ONCE, "last": last},
            )
        if not due:
            return
        yield from due
        last = due[-1]["action_id"]


def _claim(ctx: Context, line: Row) -> bool:
    """Mark a letter as about to leave; False when it was closed since it was read."""
    return bool(
        sql.execute(
            "update collection_action set state = 'sending', attempts = attempts + 1,"
            " attempted_at = %(now)s"
            " where seller_id = %(seller)s and id = %(id)s and state in ('planned', 'sending')",
            {"now": ctx.now, "seller": ctx.seller, "id": line["action_id"]},
        )
    )


def _deliver(ctx: Context, line: Row, mailer: Mailer, write: WriteReminder) -> Note:
    """Hand over one letter that is claimed; returns what notes how that ended."""
    action, buyer = line["action_id"], line["buyer_id"]

    def failed(reason: str) -> Note:
        told = events.ReminderFailed(buyer, action, reason)
        return partial(_close, ctx, action, ActionState.FAILED, reason, told)

    if not line["invoices"]:
        return partial(_close, ctx, action, ActionState.CANCELLED, "paid", None)
    if not line["email"]:
        return failed("no_address")
    if line["attempts"] >= TRIES:
        # It was claimed as often and never noted: whatever it is, sending it ends in a crash.
        return failed("interrupted")
    try:
        mailer.send(write(line, ctx))
    except MailServerAwayError:
        raise
    except MailError as error:
        if error.temporary and line["attempts"] + 1 < TRIES:
            return partial(_try_later, ctx, action)
        return failed(error.reason)
    sent = events.ReminderSent(buyer, action, line["email"])
    return partial(_close, ctx, action, ActionState.DONE, "sent", sent)


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
    sql.execute(
        "update collection_action set state = %(state)s, outcome = %(outcome)s, done_at = %(now)s"
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


def _try_later(ctx: Context, action: UUID, tries: int = 1) -> str:
    """Back to those that are due; the claim counts as so many `tries`."""
    sql.execute(
        "update collection_action set state = 'planned', attempts = attempts - 1 + %(tries)s"
        " where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": action, "tries": tries},
    )
    return "later"


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
