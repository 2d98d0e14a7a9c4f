"""Receivables metrics as plain formulas: what the SQL questions are checked against.

Amounts are minor units of one currency (the ratios do not care); results are half-up Decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from netterms.kernel.money import half_up

DAYS_IN_YEAR = 365
FULL_SHARE = 10_000


class Bucket(StrEnum):
    """Ageing buckets by days past due (AR-06); the values are the keys of a report."""

    CURRENT = "current"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    TO_120 = "91-120"
    OVER_120 = "over-120"


# Last day past due of each bucket, in order; the rest is over 120 days.
BUCKET_ENDS: tuple[tuple[int, Bucket], ...] = (
    (0, Bucket.CURRENT),
    (30, Bucket.TO_30),
    (60, Bucket.TO_60),
    (90, Bucket.TO_90),
    (120, Bucket.TO_120),
)


@dataclass(frozen=True, slots=True)
class Month:
    """Credit sales of one month and the days counted for it."""

    sales: int
    days: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """Herfindahl-Hirschman index 0..10,000 and the same from 0 to 1 for the number of buyers."""

    hhi: Decimal
    normalised: Decimal


def ageing_bucket(days_past_due: int) -> Bucket:
    """The bucket of an open item (AR-06); 0 and less is current."""
    return next((b for end, b in BUCKET_ENDS if days_past_due <= end), Bucket.OVER_120)


def dso(receivables: int, credit_sales: int, days: int) -> Decimal | None:
    """AR-01, days sales outstanding: receivables / credit sales x days; None without sales."""
    return _ratio(receivables * days, credit_sales)


def best_possible_dso(current: int, credit_sales: int, days: int) -> Decimal | None:
    """AR-03: what DSO would be if nothing were past due."""
    return dso(current, credit_sales, days)


def average_days_delinquent(
    receivables: int, current: int, credit_sales: int, days: int
) -> Decimal | None:
    """AR-03, ADD = DSO - best possible DSO, from unrounded figures."""
    return dso(receivables - current, credit_sales, days)


def dso_countback(receivables: int, months: Sequence[Month]) -> Decimal | None:
    """AR-02: take months of sales off the receivables, latest first, and count their days.

    The last month counts in part: rest / sales x days. A month without sales (or with more
    credits than sales) counts its days and takes nothing off. None when all months given do not
    cover the receivables: the history is too short to say.
    """
    rest, counted = receivables, Fraction(0)
    for month in months:
        if rest <= 0:
            break
        if month.sales >= rest:
            return _rounded(counted + Fraction(rest * month.days, month.sales), 2)
        rest -= max(0, month.sales)
        counted += month.days
    return _rounded(counted, 2) if rest <= 0 else None


def turnover(credit_sales: int, opening: int, closing: int) -> Decimal | None:
    """AR-04, receivables turnover: credit sales / average receivables; None without any."""
    return _ratio(2 * credit_sales, opening + closing)


def turnover_days(credit_sales: int, opening: int, closing: int) -> Decimal | None:
    """AR-04: 365 / turnover."""
    return _ratio(DAYS_IN_YEAR * (opening + closing), 2 * credit_sales)


def collection_effectiveness(
    opening: int, credit_sales: int, closing: int, closing_current: int, months: int = 1
) -> Decimal | None:
    """AR-05, CEI in percent: collected of what could have been collected.

    (opening + sales - closing) / (opening + sales - closing current) x 100. `months` above 1 is
    the variant that takes the average month's sales. None when nothing could be collected.
    """
    sales = Fraction(credit_sales, months)
    could = opening + sales - closing_current
    return _rounded(100 * (opening + sales - closing) / could, 2) if could > 0 else None


def concentration(exposures: Sequence[int]) -> Concentration | None:
    """AR-14 over the buyers' exposures (those above 0); None when nobody owes anything."""
    owed = [amount for amount in exposures if amount > 0]
    return concentration_of(len(owed), sum(owed), sum(amount**2 for amount in owed))


def concentration_of(buyers: int, total: int, squares: int) -> Concentration | None:
    """AR-14 from sums over the exposures above 0: how many, their sum, the sum of their squares.

    A single buyer is full concentration: normalised 1 by our convention (the formula is 0 / 0).
    """
    if not buyers:
        return None
    hhi = Fraction(FULL_SHARE * squares, total**2)
    even = Fraction(FULL_SHARE, buyers)
    normal = (hhi - even) / (FULL_SHARE - even) if buyers > 1 else Fraction(1)
    return Concentration(_rounded(hhi, 2), _rounded(normal, 4))


def top_share(exposures: Sequence[int], count: int = 20) -> Decimal | None:
    """AR-15: share (0..1) of the `count` largest exposures; None when nobody owes anything."""
    owed = sorted((amount for amount in exposures if amount > 0), reverse=True)
    return _ratio(sum(owed[:count]), sum(owed), 4)


def roll_rates(last_month: Sequence[int], this_month: Sequence[int]) -> list[Fraction | None]:
    """AR-07: what of each bucket of last month stands in the next one this month, exact.

    Buckets in order, not yet due first; `this_month` begins one bucket later. None where the bucket
    was empty.
    """
    return [
        Fraction(after, before) if before > 0 else None
        for before, after in zip(last_month, this_month, strict=True)
    ]


def rolled_to_loss(rates: Sequence[Fraction | None]) -> Fraction | None:
    """AR-07: the product of roll rates, the share of what is not yet due that ends as a loss."""
    product = Fraction(1)
    for rate in rates:
        if rate is None:
            return None
        product *= rate
    return product


def bad_debt_to_sales(write_offs: int, recoveries: int, credit_sales: int) -> Decimal | None:
    """AR-08 in percent: write-offs net of recoveries / credit sales; None without sales."""
    return _ratio(100 * (write_offs - recoveries), credit_sales)


def cash_ratio(
    cash: int,
    investments: int,
    current_liabilities: int,
    insured: int = 0,
    insured_share: Fraction = Fraction(0),
) -> Decimal | None:
    """AR-09: (cash + short-term investments) / current liabilities.

    With `insured` receivables and the share insured of them it is the variant for internal use,
    which no accounting standard knows: say so where it is shown.
    """
    if current_liabilities <= 0:
        return None
    top = cash + investments + insured * insured_share
    return _rounded(Fraction(top) / current_liabilities, 2)


def historic_loss_rates(paid: Sequence[int], lost: int) -> list[Fraction | None]:
    """AR-11: finally lost / what reached each bucket, exact; the last is what was lost itself.

    `paid` is what was paid of the sales while it stood in each bucket, not yet due first.
    """
    reached = sum(paid) + lost
    rates: list[Fraction | None] = []
    for amount in (*paid, 0):
        rates.append(Fraction(lost, reached) if reached > 0 else None)
        reached -= amount
    return rates


def expected_credit_losses(open_minor: Sequence[int], rates: Sequence[Fraction]) -> list[int]:
    """AR-10: the provision of each bucket, open amount times lifetime loss rate, half-up.

    The simplified approach of IFRS 9. Insurance counts only where it is part of the contract's
    terms and not recognised apart (IFRS 9 B5.5.55): then the rates given are net of it.
    """
    return [half_up(amount * rate) for amount, rate in zip(open_minor, rates, strict=True)]


def _ratio(top: int, bottom: int, places: int = 2) -> Decimal | None:
    return _rounded(Fraction(top, bottom), places) if bottom > 0 else None


def _rounded(value: Fraction, places: int) -> Decimal:
    return Decimal(half_up(value * 10**places)).scaleb(-places)
