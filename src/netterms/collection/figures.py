"""How well collection works: cured by stage, promises kept, right parties, days of people, cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from netterms.collection.work_settings import work_settings
from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.portable import to_postgres
from netterms.store.tenancy import book

# The relations that the questions read, on the live book.
STEP_COST = (
    "select * from unnest(%(setting_steps)s::text[], %(setting_costs)s::numeric[])"
    " as told(step, cost)"
)


@dataclass(frozen=True, slots=True)
class StageCure:
    """Cases that came as far as a stage, those paid while at it, and those still there."""

    stage: int
    reached: int
    cured: int
    still_open: int

    @property
    def rate(self) -> Decimal | None:
        """The share paid at this stage of those that came as far."""
        return Decimal(self.cured) / self.reached if self.reached else None


@dataclass(frozen=True, slots=True)
class PromiseRate:
    """Promises that ended, in one currency (minor units)."""

    currency: str
    promises: int
    kept: int
    promised_minor: int
    kept_minor: int

    @property
    def rate(self) -> Decimal | None:
        """COL-02: kept amount / promised amount."""
        return Decimal(self.kept_minor) / self.promised_minor if self.promised_minor else None


@dataclass(frozen=True, slots=True)
class CollectorDay:
    """A person's day; amounts in minor units of the seller's currency."""

    made_by: str
    made_on: date
    cases: int
    attempts: int
    calls: int
    right_parties: int
    minutes: int
    promised_minor: int
    collected_minor: int


@dataclass(frozen=True, slots=True)
class StepCost:
    """Steps of a kind that were done and what they cost besides time, in the seller's currency."""

    step: str
    steps: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Collection from `since` to `until`."""

    since: date
    until: date
    cures: tuple[StageCure, ...]
    promises: tuple[PromiseRate, ...]
    days: tuple[CollectorDay, ...]
    costs: tuple[StepCost, ...]
    minutes: int
    minutes_cost_minor: int

    @property
    def first_two(self) -> Decimal | None:
        """The share of the cases that ended or went on which was paid in stages 1 and 2."""
        reached = self.cures[0].reached if self.cures else 0
        cured = sum(c.cured for c in self.cures if c.stage <= 2)
        return Decimal(cured) / reached if reached else None

    @property
    def attempts(self) -> int:
        """Attempts to reach somebody."""
        return sum(day.attempts for day in self.days)

    @property
    def right_party_rate(self) -> Decimal | None:
        """COL-03: right-party contacts / attempts."""
        met = sum(day.right_parties for day in self.days)
        return Decimal(met) / self.attempts if self.attempts else None

    @property
    def cost_minor(self) -> int:
        """Steps and minutes together."""
        return self.minutes_cost_minor + sum(cost.cost_minor for cost in self.costs)


def collection_figures(ctx: Context, since: date, until: date) -> Figures:
    """How collection went; everything in it is asked anew."""
    ctx.require(Permission.READ)
    settings = work_settings(ctx)
    params = {"seller": ctx.seller, "since": since, "until": until, **settings.steps()}
    with book(ctx):
        cures = _ask("cure", params, case_fact=_relation("case_fact"))
        promises = _ask("promise_rates", params, promise_fact=_relation("promise_fact"))
        days = _ask(
            "collector_days",
            params,
            contact_fact=_relation("contact_fact"),
            receipt_fact=_relation("receipt_fact"),
        )
        costs = _ask("step_costs", params, done_fact=_relation("done_fact"), step_cost=STEP_COST)
    worked = sql.typed(days, CollectorDay)
    minutes = sum(day.minutes for day in worked)
    return Figures(
        since,
        until,
        tuple(sql.typed(cures, StageCure)),
        tuple(sql.typed(promises, PromiseRate)),
        tuple(worked),
        tuple(sql.typed(costs, StepCost)),
        minutes,
        int(minutes * settings["cost_minute"]),
    )


def _relation(name: str) -> str:
    return sql.statement(f"collection/{name}")


def _ask(question: str, params: dict[str, Any], **relations: str) -> list[dict[str, Any]]:
    return sql.rows(_question(question, tuple(relations.items())), params)


@cache
def _question(question: str, relations: tuple[tuple[str, str], ...]) -> str:
    heads = ", ".join(f"{name} as ({text})" for name, text in relations)
    body = to_postgres(sql.statement(f"collection/{question}"))
    rest = body.removeprefix("WITH ")
    return f"with {heads}, {rest}" if rest != body else f"with {heads} {body}"
