"""The numbers that the work list, the call screen and the figures count with: kept as data.

Every one of them is a convention, to be changed by the seller: what a step takes and brings
differs from business to business. A new value is a new row; the newest counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from netterms.collection.ladder import StepKind
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.tenancy import book

D = Decimal
# Minutes a step takes, the share of what would stay unpaid that it brings in, and what it costs
# besides a person's time, in minor units of the seller's currency.
STEPS: dict[StepKind, tuple[str, str, str]] = {
    StepKind.EMAIL_REMINDER: ("2", "0.05", "5"),
    StepKind.CALL: ("8", "0.30", "50"),
    StepKind.LETTER: ("6", "0.15", "400"),
    StepKind.LEGAL_STEP: ("30", "0.40", "15000"),
    StepKind.CLAIM_FILE: ("45", "0.60", "1000"),
    StepKind.POLICY_NOTICE: ("10", "0.05", "100"),
}
DEFAULTS: dict[str, Decimal] = {
    **{f"minutes_{step}": D(told[0]) for step, told in STEPS.items()},
    **{f"effect_{step}": D(told[1]) for step, told in STEPS.items()},
    **{f"cost_{step}": D(told[2]) for step, told in STEPS.items()},
    # What a minute of a collector costs, in minor units of the seller's currency.
    "cost_minute": D(60),
    # The chance that an invoice of a stage pays by itself, where no forecast speaks for it.
    "self_pay_1": D("0.70"),
    "self_pay_2": D("0.40"),
    "self_pay_3": D("0.20"),
    "self_pay_4": D("0.05"),
    # The insured part is at stake in full on the last day of a duty, less before it.
    "deadline_weight": D("1"),
    # The share of a promise that a call on its day brings in.
    "promise_weight": D("0.20"),
    # Hours of the buyer's own clock between which one may call.
    "call_from_hour": D(9),
    "call_to_hour": D(18),
    # The same for letters that leave by themselves; on business days only, whatever the hours.
    "mail_from_hour": D(0),
    "mail_to_hour": D(24),
}
SHARES = ("effect_", "self_pay_", "deadline_weight", "promise_weight")
HOURS = frozenset({"call_from_hour", "call_to_hour", "mail_from_hour", "mail_to_hour"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The values that count. `own` names those that the seller set."""

    values: Mapping[str, Decimal]
    own: frozenset[str]

    def __getitem__(self, name: str) -> Decimal:
        return self.values[name]

    def steps(self) -> dict[str, list[object]]:
        """What a step takes and brings, as columns for the statements."""
        return {
            "setting_steps": [step.value for step in STEPS],
            "setting_minutes": [self[f"minutes_{step}"] for step in STEPS],
            "setting_effects": [self[f"effect_{step}"] for step in STEPS],
            "setting_costs": [self[f"cost_{step}"] for step in STEPS],
        }


@dataclass(frozen=True, slots=True)
class CallHours:
    """Between which hours of its own clock buyers of a country are called: whole hours, 0 to 24."""

    country: str
    from_hour: int
    to_hour: int

    def check(self) -> None:
        """VALUE_INVALID for no country's code, or where the last hour is not after the first."""
        if not re.fullmatch("[A-Z]{2}", self.country):
            raise invalid("country", self.country, Mend.COUNTRY_CODE)
        if self.to_hour <= self.from_hour:
            raise invalid("call_to_hour", self.to_hour, Mend.MORE_THAN, least=self.from_hour)


def call_hours(ctx: Context) -> list[CallHours]:
    """Countries with hours of their own, by their codes; the others have the general ones."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select country, max(value) filter (where name = 'call_from_hour')::int as from_hour,
                   max(value) filter (where name = 'call_to_hour')::int as to_hour
            from (
              select distinct on (country, name) country, name, value from work_setting
              where seller_id = %(seller)s and country <> ''
                and name in ('call_from_hour', 'call_to_hour')
              order by country, name, id desc
            ) newest
            group by country order by country
            """,
            {"seller": ctx.seller},
        )
        usual = work_settings(ctx)
    return [
        CallHours(
            line["country"],
            int(usual["call_from_hour"]) if line["from_hour"] is None else line["from_hour"],
            int(usual["call_to_hour"]) if line["to_hour"] is None else line["to_hour"],
        )
        for line in found
    ]


def set_call_hours(ctx: Context, told: Sequence[CallHours]) -> None:
    """Let hours count for countries from now on: all of them or none.

    VALUE_INVALID for what is no country's code, or where the last hour is not after the first.
    """
    ctx.require(Permission.MANAGE_POLICY)
    for each in told:
        each.check()
    with book(ctx):
        for each in told:
            set_work_setting(ctx, "call_from_hour", D(each.from_hour), each.country)
            set_work_setting(ctx, "call_to_hour", D(each.to_hour), each.country)


def work_settings(ctx: Context, country: str = "") -> Settings:
    """What counts, for buyers of a country where it has values of its own."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select distinct on (name) name, value from work_setting
            where seller_id = %(seller)s and country in ('', %(country)s)
            order by name, country desc, id desc
            """,
            {"seller": ctx.seller, "country": country},
        )
    own = {line["name"]: line["value"] for line in found if line["name"] in DEFAULTS}
    return Settings(DEFAULTS | own, frozenset(own))


def set_work_setting(ctx: Context, name: str, value: Decimal, country: str = "") -> None:
    """Let a number count from now on; VALUE_INVALID for an unknown name or a value out of range."""
    ctx.require(Permission.MANAGE_POLICY)
    if name not in DEFAULTS:
        raise Refusal(
            Code.VALUE_INVALID,
            field="name",
            value=name,
            mend=Mend.ONE_OF,
            allowed=", ".join(DEFAULTS),
        )
    least = D("0.1") if name.startswith("minutes_") else D(0)
    most = D(1) if name.startswith(SHARES) else D(24) if name in HOURS else D(10_000_000)
    if not value.is_finite() or not least <= value <= most:
        raise Refusal(
            Code.VALUE_INVALID,
            field=name,
            value=str(value),
            mend=Mend.BETWEEN,
            least=least,
            most=most,
        )
    if country and name not in HOURS:
        raise Refusal(Code.VALUE_INVALID, field="country", value=country, mend=Mend.LEAVE_OUT)
    with book(ctx):
        if work_settings(ctx, country)[name] == value:
            return
        sql.execute(
            "insert into work_setting (seller_id, name, country, value, set_at, set_by)"
            " values (%(seller)s, %(name)s, %(country)s, %(value)s, %(now)s, %(actor)s)",
            {
                "seller": ctx.seller,
                "name": name,
                "country": country,
                "value": value,
                "now": ctx.now,
                "actor": ctx.actor,
            },
        )
