"""Accounts of the rule book's examples, and random ones."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from netterms.statements.chart import BY_NAME, NAMES
from netterms.statements.rules import Accounts

END, YEAR_BEFORE = date(2025, 12, 31), date(2024, 12, 31)


def accounts(end: date = END, currency: str = "USD", months: int = 12, **items: int) -> Accounts:
    """Accounts with `items` in whole units of a currency with hundredths."""
    return Accounts(end, currency, {k: v * 100 for k, v in items.items()}, months=months)


def first_example() -> Accounts:
    """EX-3.1, with what EX-3.3 adds to it."""
    return accounts(
        total_assets=1_000_000, current_assets=450_000, current_liabilities=300_000,
        retained_earnings=200_000, ebit=90_000, market_value=500_000, total_liabilities=600_000,
        revenue=1_400_000, equity=400_000, net_income=50_000, depreciation_amortisation=30_000,
    )  # fmt: skip


AMOUNTS = st.integers(0, 10**13)
MONEY = {
    name: st.integers(-(10**13), 10**13) if BY_NAME[name].signed else AMOUNTS for name in NAMES
}


@st.composite
def any_accounts(draw: st.DrawFn, end: date = END) -> Accounts:
    """Accounts of any kind, some lines given and some not; they need not balance."""
    given = draw(st.sets(st.sampled_from(NAMES)))
    small = draw(st.booleans())
    items = {name: draw(MONEY[name]) // (10**9 if small else 1) for name in sorted(given)}
    return Accounts(end, "EUR", items, months=draw(st.sampled_from([6, 12, 15])))
