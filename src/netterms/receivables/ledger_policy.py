"""Who may write off how much alone, and which difference is small: data the seller edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import invalid
from netterms.receivables import events
from netterms.receivables.rules import Tolerance
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

MOST_MINOR = 10**15
MOST_PERCENT, PERCENT_PLACES = Decimal(10), 2


@dataclass(frozen=True, slots=True)
class LedgerPolicy:
    """Minor units of the seller's currency. What it starts with is our convention.

    `collector_minor` and `manager_minor`: what who may collect, or book, writes off without a
    second person. A difference is small within `small_percent` of the invoice and `small_minor`
    minor units of its currency.
    """

    collector_minor: int = 0
    manager_minor: int = 100_000
    small_percent: Decimal = Decimal(1)
    small_minor: int = 5_000

    @property
    def tolerance(self) -> Tolerance:
        """As the rule of allocation asks for it."""
        return Tolerance(self.small_percent, self.small_minor)


SETTINGS = ("collector_minor", "manager_minor", "small_percent", "small_minor")


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """A policy as somebody put it in force."""

    number: int
    policy: LedgerPolicy
    set_by: str
    set_at: datetime
    why: str


def policy_in_force(ctx: Context) -> LedgerPolicy:
    """The newest policy, or the one every seller starts with; call it inside `book(ctx)`."""
    found = sql.row(
        "select collector_minor, manager_minor, small_percent, small_minor from ledger_policy"
        " where seller_id = %(seller)s order by number desc limit 1",
        {"seller": ctx.seller},
    )
    return LedgerPolicy(**found) if found else LedgerPolicy()


def ledger_policies(ctx: Context, most: int = 50) -> list[SetPolicy]:
    """What was put in force, the newest first; none where the seller has what all start with."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select number, collector_minor, manager_minor, small_percent, small_minor, set_by,"
            " set_at, why from ledger_policy"
            " where seller_id = %(seller)s order by number desc limit %(most)s",
            {"seller": ctx.seller, "most": most},
        )
    return [_set_policy(line) for line in found]


def _set_policy(line: dict[str, Any]) -> SetPolicy:
    settings = {name: line.pop(name) for name in SETTINGS}
    return SetPolicy(policy=LedgerPolicy(**settings), **line)


def set_ledger_policy(ctx: Context, policy: LedgerPolicy, why: str) -> bool:
    """Put a policy in force from now on; False where it was in force already: nothing changes.

    VALUE_INVALID names the field.
    """
    ctx.require(Permission.MANAGE_POLICY)
    _check(policy)
    reason = checked_reason(why)
    with book(ctx):
        # Two at once would give their policies the same number.
        sql.value(
            "select pg_advisory_xact_lock(hashtextextended('ledger_policy/' || %(seller)s, 0))",
            {"seller": str(ctx.seller)},
        )
        if policy == policy_in_force(ctx):
            return False
        sql.execute(
            """
            insert into ledger_policy (seller_id, number, collector_minor, manager_minor,
                                       small_percent, small_minor, set_by, set_at, why)
            select %(seller)s, coalesce(max(number), 0) + 1, %(collector)s, %(manager)s,
                   %(percent)s, %(small)s, %(actor)s, %(now)s, %(why)s
            from ledger_policy where seller_id = %(seller)s
            """,
            {
                "seller": ctx.seller,
                "collector": policy.collector_minor,
                "manager": policy.manager_minor,
                "percent": policy.small_percent,
                "small": policy.small_minor,
                "actor": ctx.actor,
                "now": ctx.now,
                "why": reason,
            },
        )
        record(
            ctx,
            events.LedgerPolicySet(
                ctx.seller,
                policy.collector_minor,
                policy.manager_minor,
                policy.small_percent,
                policy.small_minor,
                reason,
            ),
        )
    return True


def _check(policy: LedgerPolicy) -> None:
    for field in ("collector_minor", "manager_minor", "small_minor"):
        if not 0 <= getattr(policy, field) <= MOST_MINOR:
            raise invalid(field, getattr(policy, field), Mend.BETWEEN, least=0, most=MOST_MINOR)
    if policy.collector_minor > policy.manager_minor:
        raise invalid(
            "collector_minor", policy.collector_minor, Mend.AT_MOST, most=policy.manager_minor
        )
    if not 0 <= policy.small_percent <= MOST_PERCENT:
        raise invalid(
            "small_percent", policy.small_percent, Mend.BETWEEN, least=0, most=MOST_PERCENT
        )
    if policy.small_percent != round(policy.small_percent, PERCENT_PLACES):
        raise invalid("small_percent", policy.small_percent, Mend.STEPS_OF, step="0.01")
