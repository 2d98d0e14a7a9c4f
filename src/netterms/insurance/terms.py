"""A policy's schedule as data: the fields of rule book section 1.2, none of them a constant.

The defaults are the public examples or our conventions; a real policy sets each of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from netterms.kernel.calendar import add_months
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import Code, Refusal


class CoverKind(StrEnum):
    """Under which kind of cover a delivery was made (TCI-04). One per buyer and day."""

    NAMED = "named"
    DISCRETIONARY = "discretionary"
    BASE_COVER = "base_cover"
    EXPORT = "export"


class MepBasis(StrEnum):
    """From which date the maximum extension period runs."""

    DUE_DATE = "due_date"
    INVOICE_DATE = "invoice_date"


class NoticeBasis(StrEnum):
    """From which date the days to give notice of an overdue run (TCI-10)."""

    MEP_END = "mep_end"
    DUE_DATE = "due_date"


class WaitingBasis(StrEnum):
    """From which date the waiting period of a protracted default runs (TCI-11)."""

    DUE_DATE = "due_date"
    NOTICE_RECEIVED = "notice_received"
    COLLECTION_START = "collection_start"


class ClaimBasis(StrEnum):
    """From which date the time to file a claim runs (TCI-13)."""

    DUE_DATE = "due_date"
    DATE_OF_LOSS = "date_of_loss"
    POLICY_END = "policy_end"


class DisputeClock(StrEnum):
    """What the waiting period does when a dispute is settled for the seller (TCI-12)."""

    RESUME = "resume"
    RESTART = "restart"


class DeductibleBasis(StrEnum):
    """Whether the deductible comes off before or after the insured percentage (TCI-16)."""

    BEFORE_PCT = "before_pct"
    AFTER_PCT = "after_pct"


class PreLossAllocation(StrEnum):
    """What receipts before the date of loss are set against (TCI-18)."""

    FIFO = "fifo"
    PRO_RATA = "pro_rata"


class PremiumBasis(StrEnum):
    """What the premium is a rate of (TCI-23)."""

    TURNOVER = "turnover"
    BALANCES = "balances"


class PeriodUnit(StrEnum):
    """Unit of a period."""

    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: calendar days, or months that keep the day of the month."""

    length: int
    unit: PeriodUnit

    def after(self, day: date) -> date:
        """`day` plus this period."""
        if self.unit is PeriodUnit.MONTHS:
            return add_months(day, self.length)
        return day + timedelta(days=self.length)


def days(length: int) -> Period:
    """A period of calendar days."""
    return Period(length, PeriodUnit.DAYS)


def months(length: int) -> Period:
    """A period of months."""
    return Period(length, PeriodUnit.MONTHS)


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """Percentages are percent (90 is 90 %); `*_minor` amounts are in `currency`; periods in days
    where no unit is given. `hand_over_days` counts from the end of the MEP, `stop_days` from the
    due date (None: deliveries stop at the end of the MEP). `max_liability` is a multiple of the
    premium paid; None is no cap.
    """

    currency: str
    insured_pct_named: Decimal = Decimal(90)
    insured_pct_self_check: Decimal = Decimal(80)
    insured_pct_base_cover: Decimal = Decimal(60)
    insured_pct_export: Decimal = Decimal(95)
    max_credit_period: int = 90
    max_invoicing_period: int = 30
    mep: int = 60
    mep_basis: MepBasis = MepBasis.DUE_DATE
    overdue_notice_days: int = 30
    notice_basis: NoticeBasis = NoticeBasis.MEP_END
    hand_over_days: int | None = 30
    stop_days: int | None = None
    insolvency_notice_days: int = 7
    waiting_period: Period = Period(6, PeriodUnit.MONTHS)
    waiting_basis: WaitingBasis = WaitingBasis.DUE_DATE
    dispute_clock: DisputeClock = DisputeClock.RESUME
    claim_deadline: Period = Period(12, PeriodUnit.MONTHS)
    claim_basis: ClaimBasis = ClaimBasis.DATE_OF_LOSS
    threshold_minor: int = 0
    each_and_every_first_loss_minor: int = 0
    aggregate_first_loss_minor: int = 0
    minimum_retention_minor: int = 0
    max_liability: Decimal | None = None
    vat_covered: bool = False
    premium_basis: PremiumBasis = PremiumBasis.TURNOVER
    minimum_premium_minor: int = 0
    deductible_basis: DeductibleBasis = DeductibleBasis.BEFORE_PCT
    pre_loss_allocation: PreLossAllocation = PreLossAllocation.FIFO

    def insured_share(self, kind: CoverKind) -> Fraction:
        """Insured fraction under a kind of cover."""
        percent = {
            CoverKind.NAMED: self.insured_pct_named,
            CoverKind.DISCRETIONARY: self.insured_pct_self_check,
            CoverKind.BASE_COVER: self.insured_pct_base_cover,
            CoverKind.EXPORT: self.insured_pct_export,
        }[kind]
        return Fraction(percent) / 100


# The rule that counts with a field; the others are kept as the schedule has them.
RULES: Mapping[str, str] = {
    "insured_pct_named": "TCI-04",
    "insured_pct_self_check": "TCI-04",
    "insured_pct_base_cover": "TCI-04",
    "insured_pct_export": "TCI-04",
    "vat_covered": "TCI-14",
    "max_credit_period": "TRM-02",
    "mep": "TCI-09",
    "mep_basis": "TCI-09",
    "stop_days": "TCI-09",
    "overdue_notice_days": "TCI-10",
    "notice_basis": "TCI-10",
    "hand_over_days": "TCI-10",
    "insolvency_notice_days": "TCI-10",
    "waiting_period": "TCI-11",
    "waiting_basis": "TCI-11",
    "dispute_clock": "TCI-12",
    "claim_deadline": "TCI-13",
    "claim_basis": "TCI-13",
    "threshold_minor": "TCI-15",
    "each_and_every_first_loss_minor": "TCI-16",
    "deductible_basis": "TCI-16",
    "aggregate_first_loss_minor": "TCI-17",
    "minimum_retention_minor": "TCI-15",
    "max_liability": "TCI-15",
    "pre_loss_allocation": "TCI-18",
}
# What a field may be, beyond its kind: a schedule outside of this is a slip of the pen.
MOST_DAYS, MOST_MONTHS = 3_660, 120
MOST_MINOR = 10**15
MOST_MULTIPLE = 1_000
MOST_DIGITS = 12

_ENUMS: dict[str, type[StrEnum]] = {
    "mep_basis": MepBasis,
    "notice_basis": NoticeBasis,
    "waiting_basis": WaitingBasis,
    "dispute_clock": DisputeClock,
    "claim_basis": ClaimBasis,
    "premium_basis": PremiumBasis,
    "deductible_basis": DeductibleBasis,
    "pre_loss_allocation": PreLossAllocation,
}
_PERIODS = frozenset({"waiting_period", "claim_deadline"})
_DECIMALS = {
    "insured_pct_named": 100,
    "insured_pct_self_check": 100,
    "insured_pct_base_cover": 100,
    "insured_pct_export": 100,
    "max_liability": MOST_MULTIPLE,
}
_SINGLE: dict[str, tuple[Callable[[object], bool], Mend]] = {
    "vat_covered": (lambda value: isinstance(value, bool), Mend.TRUE_OR_FALSE),
    "currency": (lambda value: value in CURRENCIES, Mend.CURRENCY_CODE),
}
FIELDS = tuple(f.name for f in dataclasses.fields(PolicyTerms))
OPTIONAL = frozenset({"hand_over_days", "stop_days", "max_liability"})


def terms_from(plain: Mapping[str, object]) -> PolicyTerms:
    """Terms from JSON as `kernel.events.plain` writes them; a field left out has its default.

    POLICY_INVALID names the field, its value and what mends it.
    """
    read = {name: _field(name, value) for name, value in plain.items()}
    if "currency" not in read:
        raise _invalid("currency", None, Mend.CURRENCY_CODE)
    return PolicyTerms(**read)  # type: ignore[arg-type]  # _field has read each by its kind


def _field(name: str, value: object) -> object:
    if name not in FIELDS:
        raise _invalid(name, value, Mend.LEAVE_OUT)
    if value is None:
        if name in OPTIONAL:
            return None
        raise _invalid(name, "", Mend.GIVE_IT)
    if name in _ENUMS:
        return _one_of(name, value, _ENUMS[name])
    if name in _PERIODS:
        return _period(name, value)
    if name in _SINGLE:
        fits, mend = _SINGLE[name]
        if not fits(value):
            raise _invalid(name, value, mend)
        return value
    if name in _DECIMALS:
        return _decimal(name, value, _DECIMALS[name])
    return _whole(name, value, MOST_MINOR if name.endswith("_minor") else MOST_DAYS)


def _one_of(name: str, value: object, allowed: type[StrEnum]) -> StrEnum:
    if value not in list(allowed):
        raise _invalid(name, value, Mend.ONE_OF, allowed=", ".join(allowed))
    return allowed(str(value))


def _period(name: str, value: object) -> Period:
    if not isinstance(value, Mapping):
        raise _invalid(name, value, Mend.LENGTH_AND_UNIT)
    if value.keys() != {"length", "unit"} or value["unit"] not in list(PeriodUnit):
        raise _invalid(name, dict(value), Mend.LENGTH_AND_UNIT)
    unit = PeriodUnit(str(value["unit"]))
    most = MOST_MONTHS if unit is PeriodUnit.MONTHS else MOST_DAYS
    return Period(_whole(name, value["length"], most), unit)


def _decimal(name: str, value: object, most: int) -> Decimal:
    try:
        # Digits without end are no percentage, and take the memory of one who computes with them.
        number = Decimal(str(value)[: MOST_DIGITS + 1])
    except InvalidOperation:
        raise _invalid(name, value, Mend.NUMBER) from None
    if not number.is_finite() or len(str(value)) > MOST_DIGITS:
        raise _invalid(name, value, Mend.NUMBER)
    if not 0 <= number <= most:
        raise _invalid(name, value, Mend.BETWEEN, least=0, most=most)
    return number


def _whole(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid(name, value, Mend.WHOLE_NUMBER)
    if not 0 <= value <= most:
        raise _invalid(name, value, Mend.BETWEEN, least=0, most=most)
    return value


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.POLICY_INVALID, field=field, value=value, mend=mend, **facts)
