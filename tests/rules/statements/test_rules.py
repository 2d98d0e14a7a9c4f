"""Annual accounts: what follows from what, what does not hold together, and the ratios."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.statements.chart import BY_NAME, ITEMS, NAMES
from netterms.statements.rules import (
    CAP,
    RATIOS,
    Accounts,
    Finding,
    Flaw,
    age_months,
    annual_turnover,
    completed,
    findings,
    ratios,
    tangible_net_worth,
)
from tests.rules.statements.books import YEAR_BEFORE, accounts, any_accounts


def whole() -> Accounts:
    """Accounts that hold together."""
    return accounts(
        cash=100, receivables=200, inventory=150, other_current_assets=50, current_assets=500,
        tangible_fixed_assets=300, intangible_assets=100, other_non_current_assets=100,
        total_assets=1000, short_term_debt=100, payables=150, other_current_liabilities=50,
        current_liabilities=300, long_term_debt=200, other_non_current_liabilities=100,
        total_liabilities=600, share_capital=100, retained_earnings=250, equity=400,
        revenue=1500, cost_of_goods_sold=900, gross_profit=600, operating_expenses=450,
        depreciation_amortisation=50, ebit=150, interest=30, tax=20, net_income=100,
        operating_cash_flow=140, shares_outstanding=10, market_value=800,
    )  # fmt: skip


def without(told: Accounts, *names: str) -> Accounts:
    return replace(told, items={k: v for k, v in told.items.items() if k not in names})


def having(told: Accounts, **changed: int) -> Accounts:
    return replace(told, items={**told.items, **changed})


def test_the_chart_names_each_line_once_and_totals_lines_that_there_are():
    assert len(BY_NAME) == len(ITEMS)
    assert {name for item in ITEMS for name in item.sum_of + item.less} <= set(NAMES)


def test_ratios_read_lines_that_there_are():
    assert {name for ratio in RATIOS for name in ratio.items} <= set(NAMES)


def test_accounts_that_hold_together_have_no_flaw():
    assert findings(whole()) == []


def test_assets_are_liabilities_and_equity():
    told = having(whole(), equity=38_500)
    assert findings(told) == [Finding(Flaw.BALANCE, "total_assets", 100_000, 98_500)]


@pytest.mark.parametrize(("scale", "flaws"), [(1, 1), (1000, 0)])
def test_one_unit_of_the_stated_scale_is_rounding(scale, flaws):
    told = replace(having(whole(), equity=40_000 - 50_000), scale=scale)
    told = having(told, total_liabilities=60_000, equity=40_000 + 200)
    assert len(findings(told)) == flaws


def test_a_total_that_its_parts_do_not_add_up_to():
    told = having(whole(), cash=50_000)
    assert findings(told) == [Finding(Flaw.TOTAL, "current_assets", 50_000, 90_000)]


def test_what_cannot_be_below_zero():
    told = having(without(whole(), "current_assets"), inventory=-100)
    assert findings(told) == [Finding(Flaw.NEGATIVE, "inventory", -100)]
    assert findings(having(whole(), retained_earnings=-100)) == []


@pytest.mark.parametrize("factor", [1000, 10_000])
def test_a_jump_by_a_unit_is_asked_about(factor):
    larger = replace(whole(), items={k: v * factor for k, v in whole().items.items()})
    before = replace(whole(), period_end=YEAR_BEFORE)
    for now, then in ((larger, before), (before, larger)):
        found = findings(now, then)
        assert {f.flaw for f in found} == {Flaw.SCALE_JUMP}
        assert all(f.is_question for f in found)
        assert "revenue" in {f.item for f in found}
    assert findings(having(whole(), revenue=whole().items["revenue"] * 3), before)[0].flaw is (
        Flaw.TOTAL
    )


def test_accounts_without_assets_and_revenue_say_nothing():
    assert [f.flaw for f in findings(accounts(cash=5))] == [Flaw.NOTHING]


def test_what_follows_is_filled_in():
    told = without(
        whole(),
        *("current_assets", "total_assets", "other_non_current_assets", "equity", "gross_profit"),
        *("ebit", "current_liabilities"),
    )
    told = having(told, total_assets=100_000)
    assert completed(told).items == whole().items


@given(any_accounts())
def test_filling_in_changes_nothing_that_is_given_and_ends_at_once(told):
    full = completed(told)
    assert {name: full.items[name] for name in told.items} == told.items
    assert completed(full).items == full.items


@given(st.sets(st.sampled_from(NAMES)))
def test_what_is_filled_in_holds_together(absent):
    told = completed(without(whole(), *absent))
    # Each line filled in is the one that was left out, where accounts have no other lines.
    same = {n: v for n, v in told.items.items() if n != "ebit"}
    assert same == {n: whole().items[n] for n in same}


def test_the_ratios_of_accounts():
    assert ratios(whole()) == {
        "working_capital_to_assets": Decimal("0.2"),
        "retained_earnings_to_assets": Decimal("0.25"),
        "ebit_to_assets": Decimal("0.15"),
        "equity_to_liabilities": Decimal("0.6667"),
        "sales_to_assets": Decimal("1.5"),
        "liabilities_to_assets": Decimal("0.6"),
        "net_income_to_assets": Decimal("0.1"),
        "current_ratio": Decimal("1.6667"),
        "quick_ratio": Decimal("1.1667"),
        "ebit_margin": Decimal("0.1"),
        "gross_margin": Decimal("0.4"),
        "ffo_to_liabilities": Decimal("0.25"),
        "long_term_debt_to_assets": Decimal("0.2"),
        "receivable_days": Decimal("48.7"),
        "inventory_days": Decimal("60.8"),
    }


def test_half_a_year_counts_at_the_pace_of_a_year():
    half = replace(whole(), months=6)
    assert ratios(half)["sales_to_assets"] == Decimal("3.0000")
    assert ratios(half)["ebit_margin"] == Decimal("0.1000")
    assert ratios(half)["receivable_days"] == Decimal("24.3")
    assert annual_turnover(half) == 300_000


def test_without_what_stands_below_the_line_there_is_no_ratio():
    assert ratios(having(whole(), revenue=0))["ebit_margin"] is None
    assert ratios(without(whole(), "inventory"))["quick_ratio"] is None


@given(any_accounts())
def test_a_ratio_is_exact_to_its_places(told):
    for ratio in RATIOS:
        value = ratios(told)[ratio.name]
        if value is not None:
            top = sum(told.items[n] for n in ratio.top) - sum(told.items[n] for n in ratio.less)
            exact = Fraction(top, told.items[ratio.bottom])
            exact *= Fraction(12, told.months) if ratio.flow else 1
            exact *= Fraction(365 * told.months, 12) if ratio.days else 1
            exact = min(max(exact, Fraction(-CAP)), Fraction(CAP))
            assert abs(Fraction(value) - exact) <= Fraction(1, 2 * 10**ratio.places)


@pytest.mark.parametrize(
    ("as_of", "months"),
    [
        (date(2025, 12, 31), 0), (date(2026, 1, 30), 0), (date(2026, 1, 31), 1),
        (date(2026, 6, 30), 6), (date(2026, 6, 29), 5),
    ],
)  # fmt: skip
def test_the_age_of_accounts(as_of, months):
    assert age_months(date(2025, 12, 31), as_of) == months


def test_net_worth_is_tangible():
    assert tangible_net_worth(whole()) == 30_000
    assert tangible_net_worth(without(whole(), "intangible_assets")) == 40_000
    assert tangible_net_worth(without(whole(), "equity")) is None
