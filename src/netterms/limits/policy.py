"""How a seller's limits are recommended: data the seller edits, each version from a day on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import invalid
from netterms.kernel.versions import Version, check_day, in_force, version
from netterms.limits import events
from netterms.limits.formulas import Formula
from netterms.limits.rules import SHARE_PLACES, LimitSettings
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book

_BEFORE_ANY = LimitSettings()


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """What a seller decides of `rules.LimitSettings`, with what every seller starts with.

    Shares are fractions with at most 4 decimals. `net_worth_rule` None is off.
    """

    formulas: frozenset[Formula] = _BEFORE_ANY.formulas
    net_worth_rule: Decimal | None = _BEFORE_ANY.net_worth_rule
    concentration_share: Decimal = _BEFORE_ANY.concentration_share
    tolerated_uninsured_share: Decimal = _BEFORE_ANY.tolerated_uninsured_share

    @property
    def settings(self) -> LimitSettings:
        """As the rules ask for it."""
        return LimitSettings(
            formulas=self.formulas,
            net_worth_rule=self.net_worth_rule,
            concentration_share=self.concentration_share,
            tolerated_uninsured_share=self.tolerated_uninsured_share,
        )


STARTING = Version(0, LimitPolicy())


def limit_policies(ctx: Context) -> list[Version[LimitPolicy]]:
    """Every policy the seller set, the one that counts last first."""
    ctx.require(Permission.READ)
    with book(ctx):
        return [_version(line) for line in sql.rows(_READ, {"seller": ctx.seller})]


def limit_policy(ctx: Context, day: date | None = None) -> Version[LimitPolicy]:
    """The policy in force on `day`, today if not said, or the one every seller starts with."""
    return in_force(limit_policies(ctx), day or ctx.today, STARTING)


def set_limit_policy(
    ctx: Context, policy: LimitPolicy, in_force_on: date, why: str, *, key: str = ""
) -> bool:
    """Let limits be recommended so from a day on, today or later; whether `key` had done it before.

    On its first day every buyer's limit is looked at again. What counts on that day already changes
    nothing. VALUE_INVALID names the field.
    """
    ctx.require(Permission.MANAGE_POLICY)
    check_day(ctx.today, in_force_on)
    _check(policy)
    reason = checked_reason(why)

    def act() -> None:
        # Numbers are counted by one at a time.
        sql.execute("select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))",
                    {"key": f"limit_policy/{ctx.seller}"})  # fmt: skip
        if limit_policy(ctx, in_force_on).policy == policy:
            return
        sql.execute(_INSERT, _line(ctx, policy, in_force_on, reason))
        told = events.LimitPolicySet(
            ctx.seller,
            in_force_on,
            tuple(sorted(policy.formulas)),
            policy.net_worth_rule,
            policy.concentration_share,
            policy.tolerated_uninsured_share,
            reason,
        )
        record(ctx, told)

    asked = {"limit_policy": asdict(policy) | {"formulas": sorted(policy.formulas)},
             "in_force_on": in_force_on, "why": reason}  # fmt: skip
    return done_once(ctx, key, asked, act)[1]


def _check(policy: LimitPolicy) -> None:
    for name in ("net_worth_rule", "concentration_share", "tolerated_uninsured_share"):
        share = getattr(policy, name)
        if share is None:
            continue
        # A tolerated share of 1 would be no bound at all.
        most = Decimal("0.9999") if name == "tolerated_uninsured_share" else Decimal(1)
        if not share.is_finite() or not 0 <= share <= most or share != round(share, SHARE_PLACES):
            raise invalid(name, share, Mend.BETWEEN, least=0, most=most)


def _line(ctx: Context, policy: LimitPolicy, in_force_on: date, why: str) -> dict[str, Any]:
    return asdict(policy) | {
        "formulas": sorted(formula.value for formula in policy.formulas),
        "seller": ctx.seller,
        "in_force_on": in_force_on,
        "actor": ctx.actor,
        "now": ctx.now,
        "why": why,
    }


def _version(line: dict[str, Any]) -> Version[LimitPolicy]:
    names = ("net_worth_rule", "concentration_share", "tolerated_uninsured_share")
    policy = LimitPolicy(
        frozenset(map(Formula, line["formulas"])), **{name: line[name] for name in names}
    )
    return version(policy, line)


_READ = """
select number, in_force_on, formulas, net_worth_rule, concentration_share,
       tolerated_uninsured_share, set_by, set_at, why
from limit_policy where seller_id = %(seller)s
order by in_force_on desc, number desc
"""
_INSERT = """
insert into limit_policy (seller_id, number, in_force_on, formulas, net_worth_rule,
                          concentration_share, tolerated_uninsured_share, set_by, set_at, why)
select %(seller)s, coalesce(max(number), 0) + 1, %(in_force_on)s, %(formulas)s::text[],
       %(net_worth_rule)s, %(concentration_share)s, %(tolerated_uninsured_share)s, %(actor)s,
       %(now)s, %(why)s
from limit_policy where seller_id = %(seller)s
"""
