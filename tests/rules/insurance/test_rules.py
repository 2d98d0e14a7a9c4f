"""Indemnity: the worked examples and what must hold for every claim."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.insurance.rules import (
    SENTENCES,
    ClaimFacts,
    ClaimInvoice,
    ClaimReason,
    Cover,
    PolicyYear,
    StepCode,
    first_in_first_out,
    indemnity,
)
from netterms.insurance.terms import CoverKind, DeductibleBasis, PolicyTerms, PreLossAllocation
from netterms.kernel.money import Money

DUE = date(2026, 4, 30)
TERMS = PolicyTerms("EUR", insured_pct_named=Decimal(90))
PCT_85 = replace(TERMS, insured_pct_named=Decimal(85))
FRESH = PolicyYear()


def eur(amount):
    return Money.of(amount, "EUR")


def minor(amount):
    return eur(amount).minor


def debts(*amounts, **more):
    return tuple(
        ClaimInvoice(str(n), DUE + timedelta(n), minor(amount), **more)
        for n, amount in enumerate(amounts)
    )


def claim(*amounts, limit="1000000", receipts=0, kind=CoverKind.NAMED, justified=True):
    cover = Cover(kind, None if limit is None else minor(limit), justified)
    return ClaimFacts(debts(*amounts), cover, minor(receipts))


def step(result, code):
    return next(s for s in result.steps if s.code is code)


def test_ex_1_2_over_the_limit():
    got = indemnity(claim(120_000, limit=100_000), TERMS, FRESH)
    assert got.paid == eur(90_000)
    assert (got.own_share, got.uninsured) == (eur(10_000), eur(20_000))
    assert got.reasons == (ClaimReason.OVER_LIMIT,)


def test_ex_1_2_vat_is_left_out_and_counts_when_covered():
    facts = ClaimFacts(
        debts(119_000, vat_minor=minor(19_000)), Cover(CoverKind.NAMED, minor(150_000))
    )
    got = indemnity(facts, TERMS, FRESH)
    assert (got.paid, got.reasons) == (eur(90_000), (ClaimReason.VAT_NOT_COVERED,))
    assert indemnity(facts, replace(TERMS, vat_covered=True), FRESH).paid == eur(107_100)


def test_ex_1_2_self_check_80_percent():
    facts = claim(15_000, limit=20_000, kind=CoverKind.DISCRETIONARY)
    assert indemnity(facts, TERMS, FRESH).paid == eur(12_000)


def test_ex_1_2_base_cover_60_percent_without_a_limit():
    facts = claim(15_000, limit=None, kind=CoverKind.BASE_COVER)
    assert indemnity(facts, TERMS, FRESH).paid == eur(9_000)


def test_ex_1_2_discretionary_not_justified():
    facts = claim(15_000, limit=20_000, kind=CoverKind.DISCRETIONARY, justified=False)
    got = indemnity(facts, TERMS, FRESH)
    assert (got.paid, got.insured) == (eur(0), eur(0))
    assert ClaimReason.DCL_NOT_JUSTIFIED in got.reasons


def test_a_named_cover_without_a_limit_pays_nothing():
    got = indemnity(claim(15_000, limit=None), TERMS, FRESH)
    assert (got.paid, got.reasons) == (eur(0), (ClaimReason.NO_LIMIT,))


@pytest.mark.parametrize(("loss", "paid"), [("1000.00", "0"), ("1000.01", "850.01")])
def test_ex_1_3_threshold(loss, paid):
    got = indemnity(claim(loss), replace(PCT_85, threshold_minor=minor(1_000)), FRESH)
    assert got.paid == eur(paid)
    assert (ClaimReason.BELOW_THRESHOLD in got.reasons) == (paid == "0")


@pytest.mark.parametrize(("loss", "paid"), [(5_000, 4_000), (20_000, 17_000)])
def test_ex_1_3_minimum_retention(loss, paid):
    terms = replace(PCT_85, minimum_retention_minor=minor(1_000))
    assert indemnity(claim(loss), terms, FRESH).paid == eur(paid)


@pytest.mark.parametrize(
    ("basis", "paid"),
    [(DeductibleBasis.BEFORE_PCT, 49_500), (DeductibleBasis.AFTER_PCT, 49_000)],
)
def test_ex_1_4_each_and_every_first_loss(basis, paid):
    terms = replace(TERMS, each_and_every_first_loss_minor=minor(5_000), deductible_basis=basis)
    got = indemnity(claim(60_000), terms, FRESH)
    assert (got.paid, got.reasons) == (eur(paid), (ClaimReason.DEDUCTIBLE,))


def test_ex_1_5_aggregate_first_loss_and_annual_cap():
    terms = replace(TERMS, aggregate_first_loss_minor=minor(50_000), max_liability=Decimal(30))
    year, rows = PolicyYear(premium_paid_minor=minor(1_000)), []
    for loss in (30_000, 45_000, 10_000):
        got = indemnity(claim(loss), terms, year)
        year = got.year_after
        left = terms.aggregate_first_loss_minor - year.first_loss_used_minor
        rows.append(
            (got.qualifying, got.first_loss_used, Money(left, "EUR"), got.payable, got.paid)
        )
    assert rows == [
        (eur(30_000), eur(30_000), eur(20_000), eur(0), eur(0)),
        (eur(45_000), eur(20_000), eur(0), eur(22_500), eur(22_500)),
        (eur(10_000), eur(0), eur(0), eur(9_000), eur(7_500)),
    ]
    assert got.reasons == (ClaimReason.ANNUAL_CAP,)


def test_tci_17_after_the_percentage_the_indemnity_erodes_the_first_loss():
    terms = replace(
        TERMS,
        aggregate_first_loss_minor=minor(50_000),
        deductible_basis=DeductibleBasis.AFTER_PCT,
    )
    first = indemnity(claim(30_000), terms, FRESH)
    second = indemnity(claim(45_000), terms, first.year_after)
    assert (first.first_loss_used, first.paid) == (eur(27_000), eur(0))
    assert (second.first_loss_used, second.paid) == (eur(23_000), eur(17_500))


EX_1_6 = claim(60_000, 50_000, 30_000, limit=100_000, receipts=40_000)


def test_ex_1_6_receipts_before_loss_first_in_first_out():
    got = indemnity(EX_1_6, TERMS, FRESH)
    assert (got.insured, got.paid) == (eur(100_000), eur(90_000))
    assert got.insurable == eur(100_000)


def test_ex_1_6_what_is_left_of_each_invoice_first_in_first_out():
    settled = first_in_first_out(EX_1_6.invoices, EX_1_6.receipts_minor)
    left = [each.gross_minor - paid for each, paid in zip(EX_1_6.invoices, settled, strict=True)]
    assert left == [minor(20_000), minor(50_000), minor(30_000)]


def test_ex_1_6_receipts_before_loss_pro_rata():
    terms = replace(TERMS, pre_loss_allocation=PreLossAllocation.PRO_RATA)
    got = indemnity(EX_1_6, terms, FRESH)
    assert (got.insured, got.paid) == (eur("71428.57"), eur("64285.71"))
    assert (got.insurable, got.uninsured) == (eur(100_000), eur("28571.43"))


def test_ex_1_10_money_for_a_later_cash_delivery_goes_to_the_old_debt():
    old, later = debts(80_000, 15_000)
    facts = ClaimFacts(
        (old, replace(later, insurable=False)),
        Cover(CoverKind.NAMED, minor(100_000)),
        minor(15_000),
    )
    got = indemnity(facts, TERMS, FRESH)
    assert (got.insured, got.paid) == (eur(65_000), eur(58_500))


def test_tci_14_the_disputed_part_does_not_count():
    facts = ClaimFacts(
        debts(50_000, disputed_minor=minor(10_000)), Cover(CoverKind.NAMED, minor(100_000))
    )
    got = indemnity(facts, TERMS, FRESH)
    assert (got.paid, got.reasons) == (eur(36_000), (ClaimReason.NOT_INSURABLE,))


def test_tci_15_unpaid_premium_is_set_off_last():
    year = PolicyYear(premium_paid_minor=minor(1_000), premium_unpaid_minor=minor(400))
    got = indemnity(claim(10_000), TERMS, year)
    assert (got.payable, got.paid) == (eur(9_000), eur(8_600))
    assert got.year_after == PolicyYear(minor(1_400), 0, 0, minor(9_000))


def test_tci_15_the_steps_come_in_order_and_join():
    got = indemnity(EX_1_6, TERMS, FRESH)
    assert [s.code for s in got.steps] == list(StepCode)
    for before, after in zip(got.steps, got.steps[1:], strict=False):
        assert before.after == after.before


def test_tci_18_pro_rata_caps_before_it_takes_the_receipts():
    terms = replace(TERMS, pre_loss_allocation=PreLossAllocation.PRO_RATA)
    order = [s.code for s in indemnity(EX_1_6, terms, FRESH).steps]
    assert order.index(StepCode.LIMIT) < order.index(StepCode.RECEIPTS)


def test_a_claim_without_debt_pays_nothing():
    for allocation in PreLossAllocation:
        terms = replace(TERMS, pre_loss_allocation=allocation)
        assert indemnity(claim(receipts=5), terms, FRESH).paid == eur(0)


def test_every_reason_has_a_sentence():
    assert set(SENTENCES) == set(ClaimReason)


AMOUNT = st.integers(0, 10**9)


@st.composite
def invoices(draw):
    gross = draw(AMOUNT)
    return ClaimInvoice(
        number=str(draw(st.integers(0, 999))),
        due_on=DUE + timedelta(draw(st.integers(0, 200))),
        gross_minor=gross,
        vat_minor=draw(st.integers(0, gross // 4)),
        disputed_minor=draw(st.just(0) | st.integers(0, gross)),
        insurable=draw(st.booleans()),
    )


FACTS = st.builds(
    ClaimFacts,
    invoices=st.lists(invoices(), max_size=6).map(tuple),
    cover=st.builds(Cover, st.sampled_from(CoverKind), st.none() | AMOUNT, st.booleans()),
    receipts_minor=st.just(0) | AMOUNT,
)
ANY_TERMS = st.builds(
    PolicyTerms,
    currency=st.just("EUR"),
    insured_pct_named=st.integers(0, 100).map(Decimal),
    threshold_minor=st.just(0) | AMOUNT,
    each_and_every_first_loss_minor=st.just(0) | AMOUNT,
    aggregate_first_loss_minor=st.just(0) | AMOUNT,
    minimum_retention_minor=st.just(0) | AMOUNT,
    max_liability=st.none() | st.integers(0, 50).map(Decimal),
    vat_covered=st.booleans(),
    deductible_basis=st.sampled_from(DeductibleBasis),
    pre_loss_allocation=st.sampled_from(PreLossAllocation),
)
YEARS = st.builds(PolicyYear, AMOUNT, AMOUNT, AMOUNT, AMOUNT)


@given(FACTS, ANY_TERMS, YEARS)
def test_amounts_only_shrink_from_the_debt_to_what_is_paid(facts, terms, year):
    got = indemnity(facts, terms, year)
    zero = eur(0)
    assert zero <= got.paid <= got.payable <= got.qualifying <= got.insured <= got.insurable
    assert all(zero <= s.after <= s.before for s in got.steps)
    if facts.cover.limit_minor is not None:
        assert got.insured.minor <= facts.cover.limit_minor
    assert sorted(s.code for s in got.steps) == sorted(StepCode)


@given(FACTS, ANY_TERMS, YEARS)
def test_the_years_books_add_up(facts, terms, year):
    got = indemnity(facts, terms, year)
    after = got.year_after
    premium = year.premium_unpaid_minor - after.premium_unpaid_minor
    assert premium == after.premium_paid_minor - year.premium_paid_minor >= 0
    assert after.indemnified_minor - year.indemnified_minor == got.paid.minor + premium
    assert after.first_loss_used_minor <= max(
        terms.aggregate_first_loss_minor, year.first_loss_used_minor
    )
    if terms.max_liability is not None:
        most = int(terms.max_liability * year.premium_paid_minor)
        assert after.indemnified_minor <= max(most, year.indemnified_minor)


@given(FACTS, ANY_TERMS, YEARS, st.integers(0, 99))
def test_a_higher_percentage_never_pays_less(facts, terms, year, percent):
    facts = replace(facts, cover=replace(facts.cover, kind=CoverKind.NAMED))
    less, more = (
        indemnity(facts, replace(terms, insured_pct_named=Decimal(p)), year)
        for p in (percent, percent + 1)
    )
    assert less.payable <= more.payable
    assert less.paid <= more.paid


@given(FACTS, ANY_TERMS, YEARS, AMOUNT)
def test_more_receipts_never_pay_more(facts, terms, year, extra):
    more = replace(facts, receipts_minor=facts.receipts_minor + extra)
    assert indemnity(more, terms, year).paid <= indemnity(facts, terms, year).paid


@given(FACTS, ANY_TERMS, YEARS)
def test_the_deductible_before_the_percentage_never_pays_less_than_after(facts, terms, year):
    terms = replace(terms, aggregate_first_loss_minor=0)
    before, after = (
        indemnity(facts, replace(terms, deductible_basis=basis), year).paid
        for basis in DeductibleBasis
    )
    assert before >= after


@given(FACTS, ANY_TERMS, YEARS)
def test_the_order_of_invoices_does_not_matter(facts, terms, year):
    numbered = tuple(replace(i, number=str(n)) for n, i in enumerate(facts.invoices))
    turned = replace(facts, invoices=numbered[::-1])
    assert indemnity(replace(facts, invoices=numbered), terms, year) == indemnity(
        turned, terms, year
    )


@given(FACTS, ANY_TERMS)
def test_minimum_retention_is_always_kept(facts, terms):
    got = indemnity(facts, terms, FRESH)
    assert got.payable.minor <= max(0, got.qualifying.minor - terms.minimum_retention_minor)
