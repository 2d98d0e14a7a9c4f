"""Attributes of annual accounts that a card can be trained on, with their words.

`more_is` says what a higher value means by the rules of the trade: bins are only ever fitted in
that direction, so that a card never rewards what no credit manager would. None: let the data say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netterms.kernel.sentence import gettext_noop
from netterms.scoring.scorecard import Wording


@dataclass(frozen=True, slots=True)
class Trainable:
    """One attribute: its unit, its decimals as the statements give them, and its three reasons."""

    name: str
    unit: str
    decimals: int
    more_is: Literal["safer", "riskier"] | None
    lowered: str
    raised: str
    missing: str

    @property
    def wordings(self) -> tuple[Wording, Wording, Wording]:
        """Lowered, raised and missing, with codes made of the name."""
        return (
            Wording(f"weak_{self.name}", self.lowered),
            Wording(f"strong_{self.name}", self.raised),
            Wording(f"unknown_{self.name}", self.missing),
        )


FINANCIAL: tuple[Trainable, ...] = (
    Trainable(
        "working_capital_to_assets", "share", 4, "safer",
        gettext_noop("Working capital is %(value)s of total assets."),
        gettext_noop("Working capital is a comfortable %(value)s of total assets."),
        gettext_noop("Working capital is not known."),
    ),
    Trainable(
        "retained_earnings_to_assets", "share", 4, "safer",
        gettext_noop("Retained earnings are %(value)s of total assets."),
        gettext_noop("Retained earnings have grown to %(value)s of total assets."),
        gettext_noop("Retained earnings are not known."),
    ),
    Trainable(
        "ebit_to_assets", "share", 4, "safer",
        gettext_noop("Earnings before interest and taxes are %(value)s of total assets."),
        gettext_noop("Earnings before interest and taxes are a strong %(value)s of total assets."),
        gettext_noop("Earnings before interest and taxes are not known."),
    ),
    Trainable(
        "equity_to_liabilities", "share", 4, "safer",
        gettext_noop("Equity is only %(value)s of liabilities."),
        gettext_noop("Equity is %(value)s of liabilities."),
        gettext_noop("Equity or liabilities are not known."),
    ),
    Trainable(
        "sales_to_assets", "share", 4, None,
        gettext_noop(
            "Sales are %(value)s of total assets, a level at which firms failed more often."
        ),
        gettext_noop("Sales are %(value)s of total assets, a level at which firms seldom failed."),
        gettext_noop("Sales or total assets are not known."),
    ),
    Trainable(
        "liabilities_to_assets", "share", 4, "riskier",
        gettext_noop("Liabilities are %(value)s of total assets."),
        gettext_noop("Liabilities are no more than %(value)s of total assets."),
        gettext_noop("Liabilities or total assets are not known."),
    ),
    Trainable(
        "net_income_to_assets", "share", 4, "safer",
        gettext_noop("Net income is %(value)s of total assets."),
        gettext_noop("Net income is a strong %(value)s of total assets."),
        gettext_noop("Net income is not known."),
    ),
    Trainable(
        "current_ratio", "times", 4, "safer",
        gettext_noop("Current assets are %(value)s times current liabilities."),
        gettext_noop("Current assets are a comfortable %(value)s times current liabilities."),
        gettext_noop("Current assets or current liabilities are not known."),
    ),
    Trainable(
        "quick_ratio", "times", 4, "safer",
        gettext_noop("Current assets without stock are %(value)s times current liabilities."),
        gettext_noop(
            "Current assets without stock are a comfortable %(value)s times current liabilities."
        ),
        gettext_noop("Current assets without stock are not known."),
    ),
    Trainable(
        "ebit_margin", "share", 4, "safer",
        gettext_noop("Earnings before interest and taxes are %(value)s of sales."),
        gettext_noop("Earnings before interest and taxes are a strong %(value)s of sales."),
        gettext_noop("The operating margin is not known."),
    ),
    Trainable(
        "gross_margin", "share", 4, "safer",
        gettext_noop("The gross profit is %(value)s of sales."),
        gettext_noop("The gross profit is a strong %(value)s of sales."),
        gettext_noop("The gross profit is not known."),
    ),
    Trainable(
        "ffo_to_liabilities", "share", 4, "safer",
        gettext_noop("Funds from operations are %(value)s of liabilities."),
        gettext_noop("Funds from operations are a strong %(value)s of liabilities."),
        gettext_noop("Funds from operations are not known."),
    ),
    Trainable(
        "long_term_debt_to_assets", "share", 4, "riskier",
        gettext_noop("Long-term debt is %(value)s of total assets."),
        gettext_noop("Long-term debt is no more than %(value)s of total assets."),
        gettext_noop("Long-term debt is not known."),
    ),
    Trainable(
        "receivable_days", "days", 1, "riskier",
        gettext_noop("Its own customers take %(value)s days to pay."),
        gettext_noop("Its own customers pay within %(value)s days."),
        gettext_noop("How fast its own customers pay is not known."),
    ),
    Trainable(
        "inventory_days", "days", 1, "riskier",
        gettext_noop("Stock lies %(value)s days before it is sold."),
        gettext_noop("Stock is sold within %(value)s days."),
        gettext_noop("How long stock lies is not known."),
    ),
)  # fmt: skip
# It gives no points: no set says what old accounts cost. It says how far to trust the rest.
STATEMENT_AGE = Trainable(
    "statement_age_months", "months", 0, "riskier",
    gettext_noop("The newest accounts are %(value)s months old."),
    gettext_noop("The newest accounts are only %(value)s months old."),
    gettext_noop("There are no accounts."),
)  # fmt: skip
