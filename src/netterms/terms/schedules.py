"""Instalment plans: what is paid when (TRM-03), what must hold before and after (TRM-04). Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from netterms.kernel.calendar import BusinessCalendar, add_months
from netterms.kernel.money import Money, half_up
from netterms.terms.rules import DAYS_A_YEAR, MONTHS_A_YEAR

# TRM-04: settings of the platform's convention.
LEAST_DOWN_PERCENT = 10
USUAL_MONTHS = 6
MOST_MONTHS = 12
GRACE_BUSINESS_DAYS = 5
MOST_REPLANS = 1
# LAW-07: default interest on the missed instalment only; a contrary term is void.
NO_ACCELERATION = frozenset({"TH"})
# LAW-10: a sale with retention of title is not ended by one instalment of an eighth of its price.
EIGHTH_RULE = frozenset({"IT"})


class Shape(StrEnum):
    """LEVEL: one payment, monthly interest. EQUAL_PRINCIPAL: interest by days, ACT/365."""

    LEVEL = "level"
    EQUAL_PRINCIPAL = "equal_principal"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan: interest and principal, and what is left of the principal."""

    number: int
    due_on: date
    payment: Money
    interest: Money
    principal: Money
    balance: Money


def schedule(
    shape: Shape,
    principal: Money,
    yearly_percent: Decimal,
    months: int,
    start: date,
    *,
    free: Money | None = None,
) -> tuple[Instalment, ...]:
    """A plan of monthly instalments from `start` on (TRM-03).

    Interest is rounded half-up each period, the last instalment takes the residue. `free` is the
    part of `principal` that bears none, being interest itself: it is spread evenly.
    """
    assert months > 0, months
    assert principal.minor > 0, principal
    rate = Fraction(yearly_percent) / 100
    spare = free.minor if free else 0
    assert 0 <= spare <= principal.minor, free
    balance, before, found = principal.minor - spare, start, []
    level = _level_payment(balance, rate / MONTHS_A_YEAR, months)
    share = half_up(Fraction(balance, months))
    spare_share = half_up(Fraction(spare, months))
    for number in range(1, months + 1):
        due_on = add_months(start, number)
        if shape is Shape.LEVEL:
            interest = half_up(balance * rate / MONTHS_A_YEAR)
            paid = level - interest
        else:
            interest = half_up(balance * rate * (due_on - before).days / DAYS_A_YEAR)
            paid = share
        paid = balance if number == months else min(max(paid, 0), balance)
        balance -= paid
        besides = spare if number == months else min(spare_share, spare)
        spare -= besides
        found.append(
            _instalment(
                number, due_on, interest, paid + besides, balance + spare, principal.currency
            )
        )
        before = due_on
    return tuple(found)


def _level_payment(minor: int, rate: Fraction, months: int) -> int:
    if not rate:
        return half_up(Fraction(minor, months))
    return half_up(minor * rate / (1 - (1 + rate) ** -months))


def _instalment(
    number: int, due_on: date, interest: int, paid: int, balance: int, currency: str
) -> Instalment:
    return Instalment(
        number, due_on, Money(interest + paid, currency), Money(interest, currency),
        Money(paid, currency), Money(balance, currency),
    )  # fmt: skip


class Check(StrEnum):
    """What stands against a plan (TRM-04)."""

    NO_ACKNOWLEDGMENT = "no_acknowledgment"
    DOWN_PAYMENT_SMALL = "down_payment_small"
    TENOR_NEEDS_APPROVAL = "tenor_needs_approval"
    TENOR_TOO_LONG = "tenor_too_long"
    NEEDS_INSURER_CONSENT = "needs_insurer_consent"
    SECOND_REPLAN = "second_replan"


# The plan cannot start while one of these holds; the others ask for a person's approval.
BLOCKING = frozenset({Check.NO_ACKNOWLEDGMENT, Check.TENOR_TOO_LONG, Check.NEEDS_INSURER_CONSENT})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan as it is checked. `replans` counts those the buyer had for this debt before."""

    debt: Money
    down_payment: Money
    months: int
    last_due_on: date
    acknowledged: bool
    extension_ends_on: date | None = None
    insurer_consented: bool = False
    replans: int = 0


def checks(plan: Proposal) -> tuple[Check, ...]:
    """What stands against `plan`, in the order of TRM-04.

    `extension_ends_on` is the end of the maximum extension period of the oldest debt (TCI-08).
    """
    found = []
    if not plan.acknowledged:
        found.append(Check.NO_ACKNOWLEDGMENT)
    if plan.down_payment.minor * 100 < plan.debt.minor * LEAST_DOWN_PERCENT:
        found.append(Check.DOWN_PAYMENT_SMALL)
    if plan.months > MOST_MONTHS:
        found.append(Check.TENOR_TOO_LONG)
    elif plan.months > USUAL_MONTHS:
        found.append(Check.TENOR_NEEDS_APPROVAL)
    if needs_consent(plan.last_due_on, plan.extension_ends_on) and not plan.insurer_consented:
        found.append(Check.NEEDS_INSURER_CONSENT)
    if plan.replans > MOST_REPLANS:
        found.append(Check.SECOND_REPLAN)
    return tuple(found)


def needs_consent(last_due_on: date, extension_ends_on: date | None) -> bool:
    """Whether a plan ends after the maximum extension period (EX-5.5)."""
    return extension_ends_on is not None and last_due_on > extension_ends_on


def missed(
    plan: Collection[Instalment], paid: Money, today: date, calendar: BusinessCalendar
) -> tuple[Instalment, ...]:
    """Instalments whose grace of five business days is over and that `paid` does not cover."""
    covered, found = paid.minor, []
    for each in sorted(plan, key=lambda one: one.number):
        covered -= each.payment.minor
        last_day = calendar.add(each.due_on, GRACE_BUSINESS_DAYS)
        if covered < 0 and today > last_day:
            found.append(each)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Accelerated:
    """The principal that is due at once, and interest on it since `interest_from`."""

    principal: Money
    interest_from: date
    interest: Money


def accelerate(
    plan: Collection[Instalment],
    first_missed: Instalment,
    today: date,
    yearly_percent: Decimal,
    *,
    country: str,
    retention_price: Money | None = None,
) -> Accelerated | None:
    """The whole balance, when an instalment was missed (TRM-04); None where the law forbids it.

    Interest runs from the last due date that was kept, ACT/365.
    """
    ordered = sorted(plan, key=lambda one: one.number)
    if country in NO_ACCELERATION:
        return None
    if (
        country in EIGHTH_RULE
        and retention_price is not None
        and first_missed.payment.minor * 8 <= retention_price.minor
    ):
        return None
    rest = [each for each in ordered if each.number >= first_missed.number]
    owed = sum(each.principal.minor for each in rest)
    kept = [each.due_on for each in ordered if each.number < first_missed.number]
    since = kept[-1] if kept else add_months(first_missed.due_on, -1)
    days = (today - since).days
    interest = half_up(owed * Fraction(yearly_percent) / 100 * days / DAYS_A_YEAR)
    currency = first_missed.payment.currency
    return Accelerated(Money(owed, currency), since, Money(interest, currency))
