"""Whom to work on first: expected money a minute, who works on whom, and the list in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from netterms.collection import events
from netterms.collection.ladder import POLICY_NOTICE_DAYS
from netterms.collection.rules import STAGE_STARTS, LadderSettings
from netterms.collection.work_settings import Settings, work_settings
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.portable import to_postgres
from netterms.store.tenancy import book

QUESTION = "collection/worth"
STEP_SETTING = """
select * from unnest(%(setting_steps)s::text[], %(setting_minutes)s::numeric[],
                     %(setting_effects)s::numeric[]) as told(step, minutes, effect)
"""
KEEP = """
update collection_action a
set worth = w.worth,
    worth_facts = jsonb_build_object(
      'open_minor', w.open_minor::bigint, 'at_stake_minor', w.at_stake_minor::bigint,
      'in_danger_minor', w.in_danger_minor::bigint, 'promise_minor', w.promise_minor::bigint,
      'foretold', w.is_foretold = 1)
from worthy w
where a.seller_id = %(seller)s and a.id = w.action_id and a.worth is distinct from w.worth
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing for people to do, with the case it is of.

    `worth` is the expected money a minute in minor units of the seller's currency; None where it
    was not worked out. `worth_facts` is what it was made of. `deadline_on` is the next duty under
    the policy, `promised_for` of the open promise.
    """

    id: UUID
    case_id: UUID
    buyer_id: UUID
    buyer_name: str
    country: str
    stage: int
    step: str
    channel: str
    who: str
    state: str
    planned_on: date
    due_on: date
    owner: str
    case_state: str
    facts: dict[str, Any]
    worth: Any
    worth_facts: dict[str, Any] | None
    deadline_on: date | None
    duty: str | None
    promised_for: date | None


@dataclass(frozen=True, slots=True)
class CollectorRule:
    """Buyers of a segment and country (empty: any) are worked on by `owner`."""

    owner: str
    segment: str = ""
    country: str = ""


def rank_work(ctx: Context, buyer_id: UUID | None = None) -> dict[str, Plain]:
    """Give every task for people its worth a minute, and every case without one an owner.

    Of one buyer only the worth, when a person asks.
    """
    ctx.require(Permission.COLLECT if buyer_id else Permission.RUN_DAY)
    settings = work_settings(ctx)
    with book(ctx):
        params = _params(ctx, settings) | {"buyer": buyer_id}
        assigned = 0
        if buyer_id is None:
            assigned = sql.execute(sql.statement("collection/assign_cases"), params)
            # A table of its own: the pass over the book may then be shared by several workers.
            sql.execute(f"create temp table owed on commit drop as {_owed()}", params)
            with sql.by_hash():
                ranked = sql.execute(f"with {_ranking()}", params)
        else:
            ranked = sql.execute(f"with owed as materialized ({_owed()}),\n{_ranking()}", params)
    return {"ranked": ranked, "assigned": assigned}


def tasks(
    ctx: Context,
    as_of: date,
    *,
    stage: int | None = None,
    owner: str | None = None,
    most: int = 50,
    skip: int = 0,
) -> list[Task]:
    """What people are to do on `as_of`, the most money a minute first; `owner` "" is nobody's."""
    ctx.require(Permission.READ)
    params = _asked(ctx, as_of, stage, owner) | {"case": None, "most": most, "skip": skip}
    with book(ctx):
        return sql.read("collection/tasks", Task, params)


def task_counts(ctx: Context, as_of: date, owner: str | None = None) -> dict[int, int]:
    """How many tasks people have on `as_of`, by stage."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(sql.statement("collection/task_counts"), _asked(ctx, as_of, None, owner))
    return {line["stage"]: line["things"] for line in found}


def next_case(ctx: Context, as_of: date, owner: str | None, after: UUID) -> UUID | None:
    """The case at the top of the list that is not `after`; None when nothing else is left."""
    for task in tasks(ctx, as_of, owner=owner, most=20):
        if task.case_id != after:
            return task.case_id
    return None


def assign_case(ctx: Context, case_id: UUID, owner: str, seen: str | None = None) -> None:
    """Give an open case to a person, or to nobody (empty).

    NOT_FOUND; CHANGED_MEANWHILE where `seen` is given and another owns it by now.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select buyer_id, owner from collection_case where seller_id = %(seller)s"
            " and id = %(case)s and closed_on is null for update",
            {"seller": ctx.seller, "case": case_id},
        )
        if found is None:
            raise Refusal(Code.NOT_FOUND, field="case", value=str(case_id))
        if found["owner"] == owner:
            return
        if seen is not None and found["owner"] != seen:
            raise Refusal(Code.CHANGED_MEANWHILE, field="owner", value=found["owner"])
        sql.execute(
            "update collection_case set owner = %(owner)s"
            " where seller_id = %(seller)s and id = %(case)s",
            {"seller": ctx.seller, "case": case_id, "owner": owner},
        )
        record(ctx, events.CaseAssigned(found["buyer_id"], case_id, found["owner"], owner))


def collector_rules(ctx: Context) -> list[CollectorRule]:
    """Who works on whom, the first that fits first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select owner, segment, country from collector_rule"
            " where seller_id = %(seller)s order by position, id",
            {"seller": ctx.seller},
        )
    return sql.typed(found, CollectorRule)


def set_collector_rules(ctx: Context, rules: Sequence[CollectorRule]) -> None:
    """Replace who works on whom; cases that have an owner keep it."""
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        sql.execute(
            "delete from collector_rule where seller_id = %(seller)s", {"seller": ctx.seller}
        )
        sql.execute_many(
            "insert into collector_rule (seller_id, position, segment, country, owner)"
            " values (%(seller)s, %(position)s, %(segment)s, %(country)s, %(owner)s)",
            [
                {
                    "seller": ctx.seller,
                    "position": at,
                    "segment": rule.segment,
                    "country": rule.country,
                    "owner": rule.owner,
                }
                for at, rule in enumerate(rules)
            ],
        )


def _asked(ctx: Context, as_of: date, stage: int | None, owner: str | None) -> dict[str, Any]:
    return {"seller": ctx.seller, "as_of": as_of, "stage": stage, "owner": owner}


def _params(ctx: Context, settings: Settings) -> dict[str, Any]:
    names = ("self_pay_1", "self_pay_2", "self_pay_3", "self_pay_4", "deadline_weight")
    return {
        "seller": ctx.seller,
        "as_of": ctx.today,
        "small_balance": LadderSettings().small_balance_minor,
        "stage_starts": [day for day, _ in STAGE_STARTS],
        "notice_days": POLICY_NOTICE_DAYS,
        "promise_weight": settings["promise_weight"],
        **{name: settings[name] for name in names},
        **settings.steps(),
    }


@cache
def _owed() -> str:
    late = sql.statement("collection/worth_late")
    return f"with late as ({late})\n{to_postgres(sql.statement('collection/worth_owed'))}"


@cache
def _ranking() -> str:
    """The rest of a statement that has `owed`, as a table or as its first relation."""
    parts = {
        "rate": sql.statement("collection/worth_rate"),
        "task": sql.statement("collection/worth_task"),
        "step_setting": STEP_SETTING,
        "worthy": to_postgres(sql.statement(QUESTION)),
    }
    relations = ",\n".join(f"{name} as materialized ({text})" for name, text in parts.items())
    return f"{relations}\n{KEEP}"
