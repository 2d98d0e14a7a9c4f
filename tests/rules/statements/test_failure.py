"""The failure models against the rule book's worked examples (EX-3.1 to EX-3.5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from netterms.statements.chart import NAMES
from netterms.statements.failure import (
    MODELS,
    Firm,
    Lack,
    Model,
    Settings,
    Want,
    Zone,
    fitting,
    is_manufacturer,
    scores,
    zmijewski,
)
from netterms.statements.rules import Accounts, rounded
from tests.rules.statements.books import YEAR_BEFORE, accounts, any_accounts, first_example


def value_and_zone(found, model):
    return str(found[model].value), found[model].zone


def test_ex_3_1_the_same_accounts_stand_in_two_zones():
    found = scores(first_example())
    assert value_and_zone(found, Model.Z) == ("2.6556", Zone.GREY)
    assert value_and_zone(found, Model.Z_PRIVATE) == ("2.2338", Zone.GREY)
    assert value_and_zone(found, Model.Z_SERVICES) == ("2.9408", Zone.SAFE)
    assert value_and_zone(found, Model.Z_EMERGING) == ("6.1908", Zone.SAFE)


def test_ex_3_1_with_the_weight_of_common_use():
    found = scores(first_example(), settings=Settings(sales_weight=Fraction(1)))
    assert value_and_zone(found, Model.Z) == ("2.6570", Zone.GREY)


def test_ex_3_2_a_firm_in_distress():
    found = scores(
        accounts(
            total_assets=800_000, current_assets=100_000, current_liabilities=140_000,
            retained_earnings=-60_000, ebit=-24_000, total_liabilities=760_000, revenue=720_000,
            equity=40_000,
        )
    )  # fmt: skip
    assert value_and_zone(found, Model.Z_PRIVATE) == ("0.7277", Zone.DISTRESS)
    assert value_and_zone(found, Model.Z_SERVICES) == ("-0.7188", Zone.DISTRESS)


def test_ex_3_3_ohlson():
    before = accounts(YEAR_BEFORE, net_income=40_000)
    found = scores(first_example(), before, Settings(price_index=Fraction(100)))[Model.OHLSON]
    assert (found.value, found.pd, found.zone) == (
        Decimal("-2.0350"), Decimal("0.1156"), Zone.SAFE,
    )  # fmt: skip


def test_ohlson_counts_assets_in_dollars():
    before = accounts(YEAR_BEFORE, net_income=40_000)
    in_euro = replace(first_example(), currency="EUR"), replace(before, currency="EUR")
    assert scores(*in_euro)[Model.OHLSON].wants == (Want(Lack.RATE),)
    at_par = Settings(price_index=Fraction(100), per_dollar=Fraction(1))
    assert scores(*in_euro, at_par)[Model.OHLSON].value == Decimal("-2.0350")


@pytest.mark.parametrize(("sign", "expected"), [("0.004", "-1.14825"), ("-0.004", "-1.16025")])
def test_ex_3_4_zmijewski(sign, expected):
    settings = Settings(zmijewski_current=Fraction(sign))
    value, pd, zone = zmijewski(Fraction("0.05"), Fraction("0.6"), Fraction("1.5"), settings)
    assert rounded(value, 5) == Decimal(expected)
    assert zone is Zone.SAFE
    if sign == "0.004":
        assert pd == Decimal("0.1254")


@pytest.mark.parametrize("nothing", ["total_assets", "total_liabilities"])
def test_ex_3_5_nothing_below_the_line_is_not_computable(nothing):
    example = first_example()
    found = scores(replace(example, items={**example.items, nothing: 0}))
    for model in (Model.Z, Model.Z_PRIVATE, Model.Z_SERVICES, Model.Z_EMERGING, Model.OHLSON):
        assert found[model].value is None
        assert found[model].zone is None
        assert Want(Lack.ZERO, nothing) in found[model].wants


def strong(end_shares: int = 100) -> tuple[Accounts, Accounts]:
    """A year that beats the one before it in every test of Piotroski's."""
    before = accounts(
        YEAR_BEFORE, total_assets=1000, net_income=10, long_term_debt=200, current_assets=300,
        current_liabilities=200, shares_outstanding=100, gross_profit=200, revenue=1000,
    )  # fmt: skip
    now = accounts(
        total_assets=1000, net_income=40, operating_cash_flow=60, long_term_debt=150,
        current_assets=350, current_liabilities=200, shares_outstanding=end_shares,
        gross_profit=270, revenue=1200,
    )  # fmt: skip
    return now, before


def test_piotroski_counts_nine_points():
    found = scores(*strong())[Model.PIOTROSKI]
    assert (found.value, found.zone) == (9, Zone.SAFE)


def test_piotroski_takes_a_point_for_new_shares():
    assert scores(*strong(end_shares=101))[Model.PIOTROSKI].value == 8


def test_a_tie_gives_no_point():
    now, _ = strong()
    before = replace(now, period_end=YEAR_BEFORE)
    # Earns, brings cash, more cash than earnings, no new shares.
    assert scores(now, before)[Model.PIOTROSKI].value == 4


def test_without_the_year_before_it_says_so():
    assert scores(strong()[0])[Model.PIOTROSKI].wants == (Want(Lack.YEAR_BEFORE),)
    assert scores(first_example())[Model.OHLSON].wants == (Want(Lack.YEAR_BEFORE),)


@given(any_accounts(), any_accounts(YEAR_BEFORE))
def test_a_model_has_a_value_and_a_zone_or_says_what_it_wants(now, before):
    for model, score in scores(now, before).items():
        assert score.rule == MODELS[model][0]
        assert (score.value is None) == (score.zone is None) == bool(score.wants)
        assert score.pd is None or 0 <= score.pd <= 1
        for want in score.wants:
            assert want.item in NAMES or want.lack in {Lack.YEAR_BEFORE, Lack.RATE}
            if want.lack is Lack.MISSING:
                assert want.item not in now.items


@given(any_accounts(), any_accounts(YEAR_BEFORE))
def test_the_unit_of_the_accounts_changes_nothing_but_ohlsons_size(now, before):
    def larger(a):
        return replace(a, items={name: value * 1000 for name, value in a.items.items()})

    there = scores(larger(now), larger(before))
    for model, score in scores(now, before).items():
        if model is not Model.OHLSON:
            assert there[model] == score


@pytest.mark.parametrize(
    ("firm", "model"),
    [
        (Firm("DE", "C28", listed=True), Model.Z),
        (Firm("DE", "Manufacturer of pumps"), Model.Z_PRIVATE),
        (Firm("DE", "46.90"), Model.Z_SERVICES),
        (Firm("DE", "Wholesale", listed=True), Model.Z_SERVICES),
        (Firm("DE"), Model.Z_SERVICES),
        (Firm("CN", "制造业", listed=True), Model.Z_EMERGING),
        (Firm("", "25"), Model.Z_PRIVATE),
    ],
)
def test_the_model_fits_the_firm(firm, model):
    choice = fitting(firm)
    assert choice.model is model
    assert choice.why


@pytest.mark.parametrize(
    ("sector", "expected"),
    [("", None), ("C", True), ("c10.1", True), ("33", True), ("45", False), ("chemist", False)],
)
def test_what_counts_as_manufacturing(sector, expected):
    assert is_manufacturer(sector) is expected
