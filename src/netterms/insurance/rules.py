"""What a policy pays for a loss: each step of the calculation, in the order of TCI-15."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from netterms.insurance.terms import (
    CoverKind,
    DeductibleBasis,
    PolicyTerms,
    PreLossAllocation,
)
from netterms.kernel.money import Money, half_up
from netterms.kernel.sentence import gettext_noop


class StepCode(StrEnum):
    """A step of the calculation; every one is in the working, also where it changes nothing."""

    INSURABLE = "insurable"
    VAT = "vat"
    RECEIPTS = "receipts"
    LIMIT = "limit"
    THRESHOLD = "threshold"
    DEDUCTIBLE = "deductible"
    PERCENTAGE = "percentage"
    MINIMUM_RETENTION = "minimum_retention"
    AGGREGATE_FIRST_LOSS = "aggregate_first_loss"
    ANNUAL_CAP = "annual_cap"
    UNPAID_PREMIUM = "unpaid_premium"


class ClaimReason(StrEnum):
    """Why less than the whole debt is paid."""

    NOT_INSURABLE = "not_insurable"
    VAT_NOT_COVERED = "vat_not_covered"
    OVER_LIMIT = "over_limit"
    NO_LIMIT = "no_limit"
    DCL_NOT_JUSTIFIED = "dcl_not_justified"
    BELOW_THRESHOLD = "below_threshold"
    DEDUCTIBLE = "deductible"
    MINIMUM_RETENTION = "minimum_retention"
    AGGREGATE_FIRST_LOSS = "aggregate_first_loss"
    ANNUAL_CAP = "annual_cap"
    UNPAID_PREMIUM = "unpaid_premium"


SENTENCES: Mapping[ClaimReason, str] = MappingProxyType(
    {
        ClaimReason.NOT_INSURABLE: gettext_noop(
            "A part of the debt is disputed or not insurable under the policy."
        ),
        ClaimReason.VAT_NOT_COVERED: gettext_noop("The policy does not cover value added tax."),
        ClaimReason.OVER_LIMIT: gettext_noop("The debt is above the credit limit."),
        ClaimReason.NO_LIMIT: gettext_noop("There was no credit limit for these deliveries."),
        ClaimReason.DCL_NOT_JUSTIFIED: gettext_noop(
            "The discretionary limit is not justified by evidence from before the delivery."
        ),
        ClaimReason.BELOW_THRESHOLD: gettext_noop(
            "The loss is not above the threshold of the policy."
        ),
        ClaimReason.DEDUCTIBLE: gettext_noop("The first loss of every claim is yours."),
        ClaimReason.MINIMUM_RETENTION: gettext_noop("The minimum retention of a claim is yours."),
        ClaimReason.AGGREGATE_FIRST_LOSS: gettext_noop(
            "The aggregate first loss of the year is not used up yet."
        ),
        ClaimReason.ANNUAL_CAP: gettext_noop(
            "The insurer's maximum liability of the year is reached."
        ),
        ClaimReason.UNPAID_PREMIUM: gettext_noop("Unpaid premium was set off."),
    }
)
_STEP_REASONS = {
    StepCode.INSURABLE: ClaimReason.NOT_INSURABLE,
    StepCode.VAT: ClaimReason.VAT_NOT_COVERED,
    StepCode.THRESHOLD: ClaimReason.BELOW_THRESHOLD,
    StepCode.DEDUCTIBLE: ClaimReason.DEDUCTIBLE,
    StepCode.MINIMUM_RETENTION: ClaimReason.MINIMUM_RETENTION,
    StepCode.AGGREGATE_FIRST_LOSS: ClaimReason.AGGREGATE_FIRST_LOSS,
    StepCode.ANNUAL_CAP: ClaimReason.ANNUAL_CAP,
    StepCode.UNPAID_PREMIUM: ClaimReason.UNPAID_PREMIUM,
}


@dataclass(frozen=True, slots=True)
class ClaimInvoice:
    """A debt at the date of loss before receipts: minor units, VAT and the disputed part inside.

    Transport, packing and insurance billed on it belong to it; late interest, penalties and
    collection costs do not (TCI-14).
    """

    number: str
    due_on: date
    gross_minor: int
    vat_minor: int = 0
    disputed_minor: int = 0
    insurable: bool = True

    def __post_init__(self) -> None:
        assert 0 <= self.vat_minor <= self.gross_minor
        assert 0 <= self.disputed_minor <= self.gross_minor


@dataclass(frozen=True, slots=True)
class Cover:
    """Cover in force for the deliveries. A base cover needs no limit; the others do.

    `justified` is for a discretionary limit: evidence existed at shipment (TCI-05).
    """

    kind: CoverKind
    limit_minor: int | None = None
    justified: bool = True


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One buyer's debts, all in the policy's currency.

    `receipts_minor` is everything that reduced them up to the date of loss: payments, credit
    notes, set-off, realised security, returned goods.
    """

    invoices: tuple[ClaimInvoice, ...]
    cover: Cover
    receipts_minor: int = 0


@dataclass(frozen=True, slots=True)
class PolicyYear:
    """Where the insurance year stands before the claim, in minor units."""

    premium_paid_minor: int = 0
    premium_unpaid_minor: int = 0
    first_loss_used_minor: int = 0
    indemnified_minor: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working."""

    code: StepCode
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Indemnity:
    """The result with its working.

    `insurable` is the debt that counts after receipts, `insured` the part within the limit,
    `qualifying` what passes the threshold, `payable` the indemnity before the year's cap and
    unpaid premium, `paid` what arrives. `year_after` is the year with this claim in it.
    """

    steps: tuple[Step, ...]
    insurable: Money
    insured: Money
    qualifying: Money
    payable: Money
    paid: Money
    first_loss_used: Money
    reasons: tuple[ClaimReason, ...]
    year_after: PolicyYear

    @property
    def uninsured(self) -> Money:
        """The debt above the limit."""
        return self.insurable - self.insured

    @property
    def own_share(self) -> Money:
        """What the insured bears of the insured loss."""
        return self.insured - self.payable


@dataclass(slots=True)
class _Working:
    """The running amount, exact, and the lines written so far."""

    currency: str
    amount: Fraction
    steps: list[Step] = field(default_factory=list)

    def to(self, code: StepCode, amount: Fraction) -> None:
        before, after = self.money(self.amount), self.money(amount)
        self.steps.append(Step(code, before, after))
        self.amount = amount

    def money(self, amount: Fraction) -> Money:
        return Money(half_up(amount), self.currency)


def receipts_by_part(gross: Sequence[int], receipts: int) -> list[int]:
    """What of a buyer's receipts the debts of each policy take, those of the oldest first (TCI-18).

    Which policy covered a debt does not matter; what is more than all debts is with the last.
    """
    taken = []
    for minor in gross[:-1]:
        taken.append(min(minor, receipts))
        receipts -= taken[-1]
    return [*taken, receipts]


def indemnity(facts: ClaimFacts, terms: PolicyTerms, year: PolicyYear) -> Indemnity:
    """TCI-15, all nine steps in order; exact until the payable amount, which is rounded once."""
    debt = Fraction(sum(invoice.gross_minor for invoice in facts.invoices))
    work = _Working(terms.currency, debt)
    insurable = _insured_loss(work, facts, terms)
    insured = work.amount
    # 4. A franchise: at or below it nothing, above it the whole amount.
    work.to(StepCode.THRESHOLD, insured if insured > terms.threshold_minor else Fraction(0))
    qualifying = work.amount
    base = _own_share(work, facts, terms)
    used = _first_loss(work, base, terms.insured_share(facts.cover.kind), terms, year)
    payable = work.money(work.amount)
    work.amount = Fraction(payable.minor)
    # 8 and 9. From here on whole minor units: the year's books are kept in them.
    capped = min(payable.minor, _room(terms, year, payable.minor))
    work.to(StepCode.ANNUAL_CAP, Fraction(capped))
    offset = min(capped, year.premium_unpaid_minor)
    work.to(StepCode.UNPAID_PREMIUM, Fraction(capped - offset))
    return Indemnity(
        steps=tuple(work.steps),
        insurable=work.money(insurable),
        insured=work.money(insured),
        qualifying=work.money(qualifying),
        payable=payable,
        paid=Money(capped - offset, terms.currency),
        first_loss_used=work.money(used),
        reasons=_reasons(work.steps, facts.cover),
        year_after=PolicyYear(
            premium_paid_minor=year.premium_paid_minor + offset,
            premium_unpaid_minor=year.premium_unpaid_minor - offset,
            first_loss_used_minor=year.first_loss_used_minor + half_up(used),
            indemnified_minor=year.indemnified_minor + capped,
        ),
    )


def _insured_loss(work: _Working, facts: ClaimFacts, terms: PolicyTerms) -> Fraction:
    """Steps 1 to 3 (TCI-14, TCI-18): returns the insurable debt left, works to the insured."""
    invoices = facts.invoices
    work.to(StepCode.INSURABLE, sum((_undisputed(i, 0) for i in invoices), Fraction(0)))
    work.to(StepCode.VAT, sum((_counted(i, 0, terms) for i in invoices), Fraction(0)))
    if terms.pre_loss_allocation is PreLossAllocation.PRO_RATA:
        debt = sum(invoice.gross_minor for invoice in invoices)
        left = 1 - Fraction(min(facts.receipts_minor, debt), debt) if debt else Fraction(0)
        insurable = work.amount * left
        work.to(StepCode.LIMIT, _within_limit(work.amount, facts.cover))
        work.to(StepCode.RECEIPTS, work.amount * left)
        return insurable
    settled = first_in_first_out(invoices, facts.receipts_minor)
    counted = (_counted(i, paid, terms) for i, paid in zip(invoices, settled, strict=True))
    insurable = sum(counted, Fraction(0))
    work.to(StepCode.RECEIPTS, insurable)
    work.to(StepCode.LIMIT, _within_limit(insurable, facts.cover))
    return insurable


def first_in_first_out(invoices: Sequence[ClaimInvoice], receipts_minor: int) -> list[int]:
    """How much of the receipts settles each invoice: oldest due first, insured or not (TCI-18)."""
    oldest_first = sorted(
        range(len(invoices)), key=lambda i: (invoices[i].due_on, invoices[i].number)
    )
    settled, rest = [0] * len(invoices), receipts_minor
    for i in oldest_first:
        settled[i] = min(rest, invoices[i].gross_minor)
        rest -= settled[i]
    return settled


def _undisputed(invoice: ClaimInvoice, settled: int) -> Fraction:
    if not invoice.insurable:
        return Fraction(0)
    return Fraction(max(0, invoice.gross_minor - settled - invoice.disputed_minor))


def _counted(invoice: ClaimInvoice, settled: int, terms: PolicyTerms) -> Fraction:
    """What is left of an invoice that the policy looks at; VAT leaves in proportion."""
    left = _undisputed(invoice, settled)
    if terms.vat_covered or not invoice.vat_minor:
        return left
    return left * (invoice.gross_minor - invoice.vat_minor) / invoice.gross_minor


def _within_limit(amount: Fraction, cover: Cover) -> Fraction:
    if cover.kind is CoverKind.DISCRETIONARY and not cover.justified:
        return Fraction(0)
    if cover.limit_minor is None:
        return amount if cover.kind is CoverKind.BASE_COVER else Fraction(0)
    return min(amount, Fraction(cover.limit_minor))


def _own_share(work: _Working, facts: ClaimFacts, terms: PolicyTerms) -> Fraction:
    """Steps 5 and 6 (TCI-16, minimum retention).

    Returns the loss net of the deductible when the deductible comes first: what an aggregate
    first loss is eroded by under that reading.
    """
    loss, share = work.amount, terms.insured_share(facts.cover.kind)
    deductible = terms.each_and_every_first_loss_minor
    if terms.deductible_basis is DeductibleBasis.BEFORE_PCT:
        work.to(StepCode.DEDUCTIBLE, max(Fraction(0), loss - deductible))
        base = work.amount
        work.to(StepCode.PERCENTAGE, work.amount * share)
    else:
        base = loss
        work.to(StepCode.PERCENTAGE, loss * share)
        work.to(StepCode.DEDUCTIBLE, max(Fraction(0), work.amount - deductible))
    kept = max(Fraction(0), loss - terms.minimum_retention_minor)
    work.to(StepCode.MINIMUM_RETENTION, min(work.amount, kept))
    return base


def _first_loss(
    work: _Working, base: Fraction, share: Fraction, terms: PolicyTerms, year: PolicyYear
) -> Fraction:
    """Step 7 (TCI-17): returns what this claim uses of the aggregate first loss.

    Under BEFORE_PCT the loss erodes it and the percentage is paid on the excess; under AFTER_PCT
    the indemnity does. Either way the minimum retention still holds.
    """
    left = Fraction(max(0, terms.aggregate_first_loss_minor - year.first_loss_used_minor))
    if terms.deductible_basis is DeductibleBasis.BEFORE_PCT:
        used = min(base, left)
        work.to(StepCode.AGGREGATE_FIRST_LOSS, min(work.amount, share * (base - used)))
    else:
        used = min(work.amount, left)
        work.to(StepCode.AGGREGATE_FIRST_LOSS, work.amount - used)
    return used


def _room(terms: PolicyTerms, year: PolicyYear, otherwise: int) -> int:
    """What the year's maximum liability leaves: a multiple of the premium paid (step 8)."""
    if terms.max_liability is None:
        return otherwise
    most = half_up(terms.max_liability * year.premium_paid_minor)
    return max(0, most - year.indemnified_minor)


def _reasons(steps: Sequence[Step], cover: Cover) -> tuple[ClaimReason, ...]:
    found = []
    for step in steps:
        if step.after >= step.before:
            continue
        if step.code is StepCode.LIMIT:
            found.append(_limit_reason(cover))
        elif step.code in _STEP_REASONS:
            found.append(_STEP_REASONS[step.code])
    return tuple(found)


def _limit_reason(cover: Cover) -> ClaimReason:
    if cover.kind is CoverKind.DISCRETIONARY and not cover.justified:
        return ClaimReason.DCL_NOT_JUSTIFIED
    return ClaimReason.NO_LIMIT if cover.limit_minor is None else ClaimReason.OVER_LIMIT
