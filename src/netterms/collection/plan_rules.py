"""What money of a buyer does for its running plan, and which interest is owed by when. Pure.

All amounts are minor units of the plan's currency. A payment pays interest that is booked first,
then the plan's oldest invoice (TRM-04 check 6): so the open principal follows the schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from netterms.kernel.money import half_up
from netterms.terms.rules import DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: what is paid, the interest within it, and whether that is a paper already."""

    number: int
    due_on: date
    payment: int
    interest: int
    booked: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """A paper of the plan with something open that nobody disputes. `number`: of a note's part.

    `bears_none`: interest of an earlier plan, which bears no interest in this one.
    """

    id: UUID
    due_on: date
    open: int
    number: int | None = None
    bears_none: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money of the buyer that settles nothing yet.

    `untouched`: nobody has allocated anything of it, or taken that back. `names_other`: its words
    name an open invoice that is not in the plan.
    """

    id: UUID
    left: int
    untouched: bool
    names_other: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A running plan as it stands. `received`: what has settled its papers since it began.

    `owes_elsewhere`: the buyer owes something in this currency that is not in the plan.
    """

    parts: tuple[Part, ...]
    debts: tuple[Debt, ...]
    received: int
    owes_elsewhere: bool

    @property
    def lacking(self) -> int:
        """What the schedule still asks for."""
        return max(0, sum(part.payment for part in self.parts) - self.received)


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan asks to be written: interest by instalment, and what each receipt settles."""

    interest: tuple[Part, ...] = ()
    uses: Mapping[UUID, Mapping[UUID, int]] = field(default_factory=dict)


def is_sure(plan: Running, receipt: Receipt) -> bool:
    """Whether a receipt is the plan's without a person saying so.

    It is when nobody has handled it, it names nothing else, and either it is to the cent what one
    or more of the next instalments lack, or the buyer owes nothing besides. Convention.
    """
    if not receipt.untouched or receipt.names_other or not plan.lacking:
        return False
    return not plan.owes_elsewhere or receipt.left in next_sums(plan)


def next_sums(plan: Running) -> frozenset[int]:
    """What the next instalment lacks, the next two together, and so on to the end."""
    so_far, found = -plan.received, set()
    for part in _in_order(plan.parts):
        so_far += part.payment
        found.add(so_far)
    return frozenset(minor for minor in found if minor > 0)


def step(
    plan: Running,
    receipts: Sequence[Receipt],
    today: date,
    notes: Mapping[int, UUID],
    chosen: UUID | None = None,
) -> Step:
    """What is to be written today: see `Step`.

    `receipts` in the order they came. `notes` gives the id that the note of an instalment would
    have. `chosen` is a receipt that a person has said is the plan's.
    """
    taken: dict[UUID, int] = {}
    now = plan
    for receipt in receipts:
        if receipt.id == chosen or is_sure(now, receipt):
            taken[receipt.id] = min(receipt.left, now.lacking)
            now = replace(now, received=now.received + taken[receipt.id])
    booked = reached(plan, now.received if taken else 0, today)
    debts = [*plan.debts, *(Debt(notes[p.number], p.due_on, p.interest, p.number) for p in booked)]
    return Step(booked, spread(taken, debts))


def reached(plan: Running, received: int, today: date) -> tuple[Part, ...]:
    """Instalments whose interest is to be booked: they are due, or money reaches into them."""
    before, found = 0, []
    for part in _in_order(plan.parts):
        if part.interest and not part.booked and (part.due_on <= today or before < received):
            found.append(part)
        before += part.payment
    return tuple(found)


def spread(money: Mapping[UUID, int], debts: Iterable[Debt]) -> dict[UUID, dict[UUID, int]]:
    """What each receipt (or credit note) settles: interest, that of earlier plans last; then
    the oldest invoice.
    """
    waiting = sorted(debts, key=_turn)
    left = {debt.id: debt.open for debt in waiting}
    found: dict[UUID, dict[UUID, int]] = {}
    for source, minor in money.items():
        used: dict[UUID, int] = {}
        for debt in waiting:
            part = min(minor, left[debt.id])
            if part > 0:
                used[debt.id] = part
                left[debt.id] -= part
                minor -= part
        if used:
            found[source] = used
    return found


def unearned_from(plan: Running, today: date) -> int:
    """The first instalment whose interest is not earned today: not due yet, or not paid.

    One past the last where all of it is. Of what is due and unpaid the days until today are booked
    instead (`interest_until`).
    """
    so_far = 0
    for part in _in_order(plan.parts):
        so_far += part.payment
        if so_far > plan.received or part.due_on > today:
            return part.number
    return max(part.number for part in plan.parts) + 1


def interest_until(
    plan: Running, principal: int, yearly_percent: Decimal, started_on: date, today: date
) -> int:
    """Interest on the open principal since the last due date that was kept (EX-5.6), ACT/365."""
    first = unearned_from(plan, today)
    kept = [part.due_on for part in plan.parts if 0 < part.number < first]
    days = (today - max(kept, default=started_on)).days
    return half_up(principal * Fraction(yearly_percent) / 100 * days / DAYS_A_YEAR)


def _turn(debt: Debt) -> tuple[bool, bool, int, date, UUID]:
    is_ours = debt.number is not None
    return not is_ours, not debt.bears_none, debt.number or 0, debt.due_on, debt.id


def _in_order(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.number)
