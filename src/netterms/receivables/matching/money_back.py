"""What a line of money that goes back may be, and how sure that is. Pure; points: `points.toml`.

A payment that the bank returns (at times less a charge), a refund of what a buyer has to its
credit, or a refund that came back. Amounts are minor units of the line's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from netterms.receivables.matching.points import Reason, confidence, rules, total

# The next best makes the best doubtful unless it lies so many points behind: those of a reference.
SURELY_BEFORE = 50


class MatchKind(StrEnum):
    """What a match says of its line: a buyer paid, or money went back."""

    PAYMENT = "payment"
    RETURNED = "returned"
    REFUND = "refund"
    REFUND_BACK = "refund_back"


@dataclass(frozen=True, slots=True)
class Back:
    """One thing a line may be.

    `of_payment`: the payment returned or given back, or the refund that came back; `invoice`: the
    credit note paid out. `referred`: a reference of the line is that of the payment or note.
    `payers`: how its other side is known as the buyer. `contradicts`: it is known as another one.
    """

    line: UUID
    kind: MatchKind
    buyer_id: UUID
    of_payment: UUID | None
    invoice: UUID | None
    minor: int
    charge: int
    referred: bool
    reversal: bool
    payers: Sequence[str]
    contradicts: bool
    booked_on: date


@dataclass(frozen=True, slots=True)
class Judged:
    """The likeliest for its line, and why."""

    back: Back
    reasons: frozenset[Reason]

    @property
    def score(self) -> int:
        """The sum of its reasons' points, 0 to 100."""
        return confidence(self.reasons)

    @property
    def sure(self) -> bool:
        """Whether it is posted without a person.

        A payment is sure to be returned only where the bank marks it so, and nothing is where only
        the amount says it.
        """
        marked = Reason.BANK_REVERSAL in self.reasons or self.back.kind is MatchKind.REFUND
        known = marked and (self.back.referred or bool(self.back.payers))
        return known and self.score >= rules().post_from and Reason.RIVAL not in self.reasons


def judged(found: Iterable[Back]) -> list[Judged]:
    """The likeliest for each line that has one; what two lines want goes to the surer, or first."""
    by_line: dict[UUID, list[Judged]] = {}
    for back in found:
        if back.kind is MatchKind.REFUND and not (back.referred or back.payers):
            continue  # whoever was paid just that much
        by_line.setdefault(back.line, []).append(Judged(back, _reasons(back)))
    best = [_best(some) for some in by_line.values()]
    likely = [one for one in best if one.score >= rules().propose_from]
    likely.sort(key=lambda one: (not one.sure, -one.score, one.back.booked_on, one.back.line))
    taken: set[UUID] = set()
    kept = []
    for one in likely:
        wanted = one.back.of_payment or one.back.invoice
        assert wanted is not None
        if wanted not in taken:
            kept.append(one)
        if one.sure:
            taken.add(wanted)
    return kept


def _reasons(back: Back) -> frozenset[Reason]:
    found = {Reason.AMOUNT_CHARGE if back.charge else Reason.AMOUNT_EXACT}
    if back.reversal:
        found.add(Reason.BANK_REVERSAL)
    if back.referred:
        found.add(Reason.SAME_REFERENCE)
    known = [Reason(how) for how in back.payers]
    if known:
        found.add(max(known, key=lambda reason: rules().points[reason]))
    elif back.contradicts:
        found.add(Reason.PAYER_CONTRADICTS)
    return frozenset(found)


def _best(some: list[Judged]) -> Judged:
    """The first of one line's, with what the next best says of it."""
    some.sort(key=lambda one: (-total(one.reasons), one.back.of_payment or one.back.invoice))
    first = some[0]
    if len(some) == 1:
        return Judged(first.back, first.reasons | {Reason.ONLY_ONE})
    behind = total(first.reasons) - total(some[1].reasons)
    return Judged(first.back, first.reasons | {Reason.RIVAL}) if behind < SURELY_BEFORE else first
