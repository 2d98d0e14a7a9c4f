"""`facts.trading` compiled to portable SQL: a whole book in one pass, equal to the Python."""

# Text is built from our own column names and numbers only.
# ruff: noqa: S608

from __future__ import annotations

from netterms.limits.facts import DISCOUNT_SHARE, MOST_RATIO, ON_TERMS, PLACES
from netterms.limits.formulas import Pays

_MONTHS = """
12 * (EXTRACT(YEAR FROM CAST($as_of AS DATE)) - EXTRACT(YEAR FROM founded_on))
+ EXTRACT(MONTH FROM CAST($as_of AS DATE)) - EXTRACT(MONTH FROM founded_on)
- CASE WHEN EXTRACT(DAY FROM CAST($as_of AS DATE)) < EXTRACT(DAY FROM founded_on) THEN 1 ELSE 0 END
"""


def trading_sql(source: str) -> str:
    """A SELECT of `buyer`, `currency` and the fields of `formulas.Trading`, each NULL if unknown.

    `source` is a table or a bracketed query, one row a buyer and currency, with need_minor,
    payment_index, settled_minor, discounted_minor, founded_on and, NULL for not known, the lines
    payables, net_income, revenue, current_assets, current_liabilities, total_liabilities and
    total_assets.
    """
    index = f"payment_index < {ON_TERMS} THEN '{Pays.LATE.value}'"
    taken = (
        f"{DISCOUNT_SHARE.denominator} * CAST(discounted_minor AS DECIMAL(38, 0))"
        f" >= {DISCOUNT_SHARE.numerator} * CAST(settled_minor AS DECIMAL(38, 0))"
    )
    return (
        "SELECT buyer, currency,"
        f" {_ratio('need_minor', 'payables')} AS share_of_need,"
        f" CASE WHEN payment_index IS NULL THEN NULL WHEN {index}"
        f" WHEN settled_minor > 0 AND {taken} THEN '{Pays.DISCOUNT.value}'"
        f" ELSE '{Pays.ON_TIME.value}' END AS pays,"
        f" {_ratio('age_months', '12')} AS age_years,"
        f" {_ratio('net_income', 'revenue')} AS margin,"
        f" {_ratio('current_assets', 'current_liabilities')} AS current_ratio,"
        f" {_ratio('total_liabilities', 'total_assets')} AS debt_ratio"
        f" FROM (SELECT *, CAST({_MONTHS} AS BIGINT) AS age_months FROM {source} AS known) AS aged"
    )


def _ratio(top: str, bottom: str) -> str:
    """Half away from zero: floor((2a + b) / 2b), by a division without a rest, as ratios.sql."""
    above, below = (f"CAST({name} AS DECIMAL(38, 0))" for name in (top, bottom))
    twice = f"(2 * {10**PLACES} * ABS({above}) + {below})"
    whole = (
        f"ROUND(CAST({twice} - MOD({twice}, 2 * {below}) AS DOUBLE) / CAST(2 * {below} AS DOUBLE))"
    )
    return (
        f"CASE WHEN {below} > 0 THEN"
        f" CASE WHEN {above} > {MOST_RATIO} * {below} THEN {MOST_RATIO}"
        f" WHEN {above} < -{MOST_RATIO} * {below} THEN -{MOST_RATIO}"
        f" ELSE CAST(SIGN({above}) * {whole} / {10**PLACES} AS DECIMAL(18, {PLACES})) END END"
    )
