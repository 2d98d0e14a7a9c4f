"""The states of a case, an action, a promise and a plan, and every move between them.

A cell that is missing here does not exist: `kernel.moves.after` refuses it, and the database's
CHECK constraints know the same names.
"""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """One collection case a buyer, from the first late day until the money is in or lost."""

    OPEN = "open"
    PROMISED = "promised"
    IN_PLAN = "in_plan"
    DISPUTED = "disputed"
    HANDED_OVER = "handed_over"
    CLAIMED = "claimed"
    CLOSED_PAID = "closed_paid"
    CLOSED_WRITTEN_OFF = "closed_written_off"


class CaseMove(StrEnum):
    """What may happen to a case."""

    PROMISE = "promise"
    BREAK_PROMISE = "break_promise"
    START_PLAN = "start_plan"
    BREAK_PLAN = "break_plan"
    DISPUTE = "dispute"
    SETTLE_DISPUTE = "settle_dispute"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    CLAIM = "claim"
    REFUSE_CLAIM = "refuse_claim"
    PAY = "pay"
    WRITE_OFF = "write_off"


CASE_MOVES: dict[tuple[CaseState, CaseMove], CaseState] = {
    (CaseState.OPEN, CaseMove.PROMISE): CaseState.PROMISED,
    (CaseState.OPEN, CaseMove.START_PLAN): CaseState.IN_PLAN,
    (CaseState.OPEN, CaseMove.DISPUTE): CaseState.DISPUTED,
    (CaseState.OPEN, CaseMove.HAND_OVER): CaseState.HANDED_OVER,
    (CaseState.OPEN, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.OPEN, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.OPEN, CaseMove.WRITE_OFF): CaseState.CLOSED_WRITTEN_OFF,
    (CaseState.PROMISED, CaseMove.BREAK_PROMISE): CaseState.OPEN,
    (CaseState.PROMISED, CaseMove.START_PLAN): CaseState.IN_PLAN,
    (CaseState.PROMISED, CaseMove.DISPUTE): CaseState.DISPUTED,
    # A policy deadline or an insolvency does not wait for a promise or a plan (TCI-08).
    (CaseState.PROMISED, CaseMove.HAND_OVER): CaseState.HANDED_OVER,
    (CaseState.PROMISED, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.PROMISED, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.IN_PLAN, CaseMove.BREAK_PLAN): CaseState.OPEN,
    (CaseState.IN_PLAN, CaseMove.HAND_OVER): CaseState.HANDED_OVER,
    (CaseState.IN_PLAN, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.IN_PLAN, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.DISPUTED, CaseMove.SETTLE_DISPUTE): CaseState.OPEN,
    (CaseState.DISPUTED, CaseMove.HAND_OVER): CaseState.HANDED_OVER,
    (CaseState.DISPUTED, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.DISPUTED, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.DISPUTED, CaseMove.WRITE_OFF): CaseState.CLOSED_WRITTEN_OFF,
    (CaseState.HANDED_OVER, CaseMove.TAKE_BACK): CaseState.OPEN,
    (CaseState.HANDED_OVER, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.HANDED_OVER, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.HANDED_OVER, CaseMove.WRITE_OFF): CaseState.CLOSED_WRITTEN_OFF,
    (CaseState.CLAIMED, CaseMove.REFUSE_CLAIM): CaseState.OPEN,
    (CaseState.CLAIMED, CaseMove.PAY): CaseState.CLOSED_PAID,
    (CaseState.CLAIMED, CaseMove.WRITE_OFF): CaseState.CLOSED_WRITTEN_OFF,
}


class ActionState(StrEnum):
    """One thing to do: a reminder to send, a call to make."""

    PLANNED = "planned"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ActionMove(StrEnum):
    """What may happen to an action."""

    SEND = "send"
    FINISH = "finish"
    FAIL = "fail"
    RETRY = "retry"
    CANCEL = "cancel"


ACTION_MOVES: dict[tuple[ActionState, ActionMove], ActionState] = {
    (ActionState.PLANNED, ActionMove.SEND): ActionState.SENDING,
    # A person's task is finished without a sending state between.
    (ActionState.PLANNED, ActionMove.FINISH): ActionState.DONE,
    (ActionState.PLANNED, ActionMove.CANCEL): ActionState.CANCELLED,
    (ActionState.SENDING, ActionMove.FINISH): ActionState.DONE,
    (ActionState.SENDING, ActionMove.FAIL): ActionState.FAILED,
    # Paid between the plan and the sending: there is nothing left to remind of.
    (ActionState.SENDING, ActionMove.CANCEL): ActionState.CANCELLED,
    # The mail server was busy: the action waits for the next day.
    (ActionState.SENDING, ActionMove.RETRY): ActionState.PLANNED,
    (ActionState.FAILED, ActionMove.RETRY): ActionState.PLANNED,
    (ActionState.FAILED, ActionMove.CANCEL): ActionState.CANCELLED,
}


class PromiseState(StrEnum):
    """A buyer's promise to pay an amount by a date (COL-02)."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"


class PromiseMove(StrEnum):
    """What may happen to a promise."""

    KEEP = "keep"
    BREAK = "break"
    REPLACE = "replace"


PROMISE_MOVES: dict[tuple[PromiseState, PromiseMove], PromiseState] = {
    (PromiseState.OPEN, PromiseMove.KEEP): PromiseState.KEPT,
    (PromiseState.OPEN, PromiseMove.BREAK): PromiseState.BROKEN,
    (PromiseState.OPEN, PromiseMove.REPLACE): PromiseState.REPLACED,
}


class PlanState(StrEnum):
    """A payment plan for invoices that are late (TRM-04)."""

    PROPOSED = "proposed"
    AWAITING_INSURER_CONSENT = "awaiting_insurer_consent"
    ACCEPTED = "accepted"
    RUNNING = "running"
    COMPLETED = "completed"
    ACCELERATED = "accelerated"
    REPLANNED = "replanned"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class PlanMove(StrEnum):
    """What may happen to a plan."""

    ASK_INSURER = "ask_insurer"
    ACCEPT = "accept"
    AMEND = "amend"
    START = "start"
    COMPLETE = "complete"
    ACCELERATE = "accelerate"
    REPLAN = "replan"
    CONSENT = "consent"
    DECLINE = "decline"
    CANCEL = "cancel"


PLAN_MOVES: dict[tuple[PlanState, PlanMove], PlanState] = {
    (PlanState.PROPOSED, PlanMove.ASK_INSURER): PlanState.AWAITING_INSURER_CONSENT,
    (PlanState.PROPOSED, PlanMove.ACCEPT): PlanState.ACCEPTED,
    (PlanState.AWAITING_INSURER_CONSENT, PlanMove.ACCEPT): PlanState.ACCEPTED,
    # The insurer wants other instalments: the plan goes back to the table.
    (PlanState.AWAITING_INSURER_CONSENT, PlanMove.AMEND): PlanState.PROPOSED,
    (PlanState.AWAITING_INSURER_CONSENT, PlanMove.CONSENT): PlanState.PROPOSED,
    (PlanState.PROPOSED, PlanMove.DECLINE): PlanState.DECLINED,
    (PlanState.AWAITING_INSURER_CONSENT, PlanMove.DECLINE): PlanState.DECLINED,
    (PlanState.ACCEPTED, PlanMove.START): PlanState.RUNNING,
    (PlanState.RUNNING, PlanMove.COMPLETE): PlanState.COMPLETED,
    (PlanState.RUNNING, PlanMove.ACCELERATE): PlanState.ACCELERATED,
    (PlanState.RUNNING, PlanMove.REPLAN): PlanState.REPLANNED,
    (PlanState.RUNNING, PlanMove.CANCEL): PlanState.CANCELLED,
    (PlanState.ACCELERATED, PlanMove.REPLAN): PlanState.REPLANNED,
    (PlanState.ACCELERATED, PlanMove.COMPLETE): PlanState.COMPLETED,
}
