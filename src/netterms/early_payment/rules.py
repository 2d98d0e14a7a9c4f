"""What a buyer may pay instead of what it owes, by the day it pays. Pure.

The discount slides by the day and costs the seller the same yearly rate on each (TRM-01,
`terms.offers.dynamic_discount`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from netterms.kernel.money import Money, half_up
from netterms.terms.offers import DAYS_A_YEAR, dynamic_discount


class Hindrance(StrEnum):
    """Why nothing is offered for an invoice, or not for that day."""

    OFF = "off"
    BUYER = "buyer"
    GRADE = "grade"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    IN_PLAN = "in_plan"
    RATE = "rate"
    DAY = "day"
    TOO_SMALL = "too_small"
    BUDGET = "budget"


class Channel(StrEnum):
    """How a buyer accepted: on its page, to a person of the seller, through a program."""

    PAGE = "page"
    PERSON = "person"
    API = "api"


class State(StrEnum):
    """What became of an acceptance."""

    ACCEPTED = "accepted"
    TAKEN = "taken"
    LAPSED = "lapsed"
    REPLACED = "replaced"
    # What is open is another amount than the one that was agreed on.
    CHANGED = "changed"
    # Paid or settled without the discount.
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the seller is ready to give. Amounts in minor units of its own currency.

    `yearly_percent` is simple, over 365 days, of the amount paid (TRM-01). Days beyond `most_days`
    give no more. Nothing under `least_minor` an invoice is worth the trouble. No `grades`: every
    buyer. `budget_minor` bounds what is given away in the offers accepted in a calendar month.
    What it starts with is our convention: nothing is offered.
    """

    offered: bool = False
    yearly_percent: Decimal = Decimal(10)
    least_days: int = 5
    most_days: int = 60
    least_minor: int = 1_000
    grades: tuple[int, ...] = ()
    budget_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """An open invoice. `rate`: minor units of the seller's currency for one; None where unknown.

    `hindrance` is what the book says against an offer for it, whatever the day.
    """

    invoice_id: UUID
    buyer_id: UUID
    buyer_name: str
    invoice_number: str
    due_on: date
    open: Money
    rate: Decimal | None
    hindrance: Hindrance | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Pay `pay` by `pay_by` instead of the whole: `off` less, `home_minor` at home."""

    debt: Debt
    pay_by: date
    pay: Money
    off: Money
    home_minor: int

    @property
    def days(self) -> int:
        """How many days before it is due."""
        return (self.debt.due_on - self.pay_by).days


@dataclass(frozen=True, slots=True)
class Offer:
    """Debts under a policy on a day; `left_minor` is left of the month's budget, None: no bound."""

    policy: Policy
    today: date
    left_minor: int | None
    debts: Sequence[Debt]

    def step(self, debt: Debt, pay_by: date) -> Step | Hindrance:
        """What is offered for `debt` if the money comes by `pay_by`, or why nothing is."""
        policy = self.policy
        if not policy.offered:
            return Hindrance.OFF
        if debt.hindrance is not None:
            return debt.hindrance
        if debt.rate is None:
            return Hindrance.RATE
        if not self.today <= pay_by <= self.last_day(debt):
            return Hindrance.DAY
        counted_from = max(pay_by, debt.due_on - timedelta(days=policy.most_days))
        off = dynamic_discount(debt.open, debt.due_on, counted_from, policy.yearly_percent)
        home = half_up(Fraction(debt.rate) * off.minor)
        # Neither a gift of nothing, nor of everything.
        if home < policy.least_minor or not 0 < off.minor < debt.open.minor:
            return Hindrance.TOO_SMALL
        if self.left_minor is not None and home > self.left_minor:
            return Hindrance.BUDGET
        return Step(debt, pay_by, debt.open - off, off, home)

    def last_day(self, debt: Debt) -> date:
        """The last day on which paying is still early enough."""
        return debt.due_on - timedelta(days=self.policy.least_days)

    def scale(self, debt: Debt) -> list[Step]:
        """Each day from today on for which something is offered, the earliest and largest first."""
        wait = max(-1, (self.last_day(debt) - self.today).days)
        steps = (self.step(debt, self.today + timedelta(days=n)) for n in range(wait + 1))
        return [step for step in steps if isinstance(step, Step)]

    def on(self, pay_by: date) -> list[Step]:
        """What is offered for that day, as far as the budget goes: the first due come first."""
        found, left = [], self.left_minor
        for debt in self.debts:
            step = self.step(debt, pay_by)
            if isinstance(step, Step) and (left is None or step.home_minor <= left):
                found.append(step)
                left = None if left is None else left - step.home_minor
        return found

    def days(self) -> list[date]:
        """Every day from today on for which anything is offered."""
        last = max((self.last_day(debt) for debt in self.debts), default=self.today)
        wait = (last - self.today).days if self.policy.offered else -1
        every = (self.today + timedelta(days=n) for n in range(wait + 1))
        return [
            day
            for day in every
            if any(isinstance(self.step(debt, day), Step) for debt in self.debts)
        ]


@dataclass(frozen=True, slots=True)
class Brought:
    """A discount that was taken: what was owed, what came, and how many days before it was due."""

    owed_minor: int
    paid_minor: int
    days: int


def yearly_cost(taken: Iterable[Brought]) -> Decimal | None:
    """TRM-01 over many: discounts ÷ (money × days it came early) × 365, in percent a year.

    Of one it is TRM-01's simple rate over 365 days. None where nothing came early.
    """
    off = early = 0
    for one in taken:
        off += one.owed_minor - one.paid_minor
        early += one.paid_minor * one.days
    return Decimal(100 * DAYS_A_YEAR * off) / early if early > 0 else None


def dso_days(taken: Iterable[Brought], sales_minor: int) -> Decimal | None:
    """By how many days DSO (AR-01) over the period of `sales_minor` is shorter for it.

    What was owed would have been open until its due date: that much less was open on average
    (owed × days ÷ days of the period), and DSO is it ÷ sales × days of the period (convention).
    """
    owed = sum(one.owed_minor * one.days for one in taken)
    return Decimal(owed) / sales_minor if sales_minor > 0 else None
