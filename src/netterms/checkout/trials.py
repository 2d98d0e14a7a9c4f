"""Try a policy on past orders before it counts: what it would have said, and how those ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from netterms.checkout.policy import FREE_MAIL, Doubt, Policy
from netterms.kernel.context import Context, Permission
from netterms.scoring.blocks import combination
from netterms.store import sql
from netterms.store.tenancy import book

LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Orders with one verdict in one currency. Late: invoiced, and not paid by the due date."""

    verdict: str
    currency: str
    orders: int
    amount_minor: int
    late_orders: int
    late_minor: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many orders a reason of a verdict was given for; one order may have several."""

    verdict: str
    reason: str
    orders: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A policy on the orders since `since`, each as if its buyer had been new."""

    since: date
    outcomes: list[Outcome]
    reasons: list[ReasonCount]


def try_policy(ctx: Context, policy: Policy) -> Trial:
    """What `policy` would have said of the seller's orders of the last year. Changes nothing."""
    ctx.require(Permission.READ)
    policy.check()
    since = ctx.today - LOOKED_BACK
    params = verdict_params(policy) | {
        "seller": ctx.seller,
        "since": since,
        "today": ctx.today,
        "free_mail": sorted(FREE_MAIL),
        "unknown_grade": combination().prior_grade,
    }
    with book(ctx):
        sql.execute("create temporary table judged_order as " + verdicts("order_facts"), params)
        outcomes = sql.read("checkout/trial_outcome", Outcome, params)
        reasons = sql.rows(
            "select verdict, reason, count(*) as orders from judged_order, unnest(reasons) reason"
            " group by verdict, reason order by verdict, count(*) desc, reason"
        )
        sql.execute("drop table judged_order")
    return Trial(since, outcomes, sql.typed(reasons, ReasonCount))


def verdicts(facts: str) -> str:
    """The statement that judges the rows of `checkout/sql/<facts>.sql`."""
    return judge(sql.statement(f"checkout/{facts}"))


def judge(facts: str) -> str:
    """The statement that judges the rows of the query `facts`."""
    return sql.statement("checkout/policy_verdicts").replace("/* facts */", facts)


def verdict_params(policy: Policy) -> dict[str, Any]:
    """The policy as the parameters of `judge`."""
    return {
        "serve": policy.serve_newcomers,
        "countries": list(policy.countries),
        "decline_from": policy.decline_from_grade,
        "bound_currency": [row.currency for row in policy.auto_approve],
        "bound_grade": [row.worst_grade for row in policy.auto_approve],
        "bound_most": [row.most_minor for row in policy.auto_approve],
        "starter_currency": [row.currency for row in policy.starter],
        "starter_country": [row.country for row in policy.starter],
        "starter_grade": [row.worst_grade for row in policy.starter],
        "starter_limit": [row.limit_minor for row in policy.starter],
        "largest_currency": [row.currency for row in policy.largest],
        "largest_most": [row.most_minor for row in policy.largest],
        "review": [doubt.value for doubt in Doubt if doubt in policy.review],
    }
