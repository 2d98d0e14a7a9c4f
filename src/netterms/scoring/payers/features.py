"""The features of an invoice, in the order the model knows them: columns of `sql/features.sql`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

QUESTION = "scoring.payers/features"
FEATURES = (
    "amount",
    "amount_to_usual",
    "terms_days",
    "due_weekday",
    "due_day",
    "issued_weekday",
    "paid_count",
    "late_shrunk",
    "late_mean",
    "late_median",
    "late_median_20",
    "late_median_45_days",
    "late_least_20",
    "late_most_20",
    "late_spread",
    "late_last",
    "late_mean_3",
    "late_mean_5",
    "late_mean_10",
    "late_mean_30_days",
    "late_weighted",
    "paid_30_days",
    "late_share",
    "late_share_20",
    "late_7_share",
    "late_30_share",
    "taken_median",
    "taken_beyond_terms",
    "run_age",
    "run_count",
    "run_late",
    "run_gap",
    "runs_60_days",
    "weekday_count",
    "weekday_mean",
    "weekday_median",
    "weekday_median_45_days",
    "month_day_mean",
    "month_day_median",
    "terms_count",
    "terms_mean",
    "terms_median",
    "pays_on_due_weekday",
    "pays_1_after",
    "pays_2_after",
    "pays_3_after",
    "pays_4_after",
    "pays_5_after",
    "pays_6_after",
    "size_count",
    "size_mean",
    "size_median",
    "open_count",
    "open_amount",
    "overdue_count",
    "overdue_amount",
    "overdue_worst",
    "overdue_mean",
    "open_median",
    "posted_count",
    "posted_amount",
    "all_mean",
    "all_late_share",
)
# The more of these, the more likely late: whatever the training rows say.
RISING = frozenset({"late_shrunk", "late_median", "late_share", "late_share_20", "late_30_share"})


def values_of(row: Mapping[str, Any]) -> list[float | None]:
    """The values of a row of the question; None is not known."""
    return [None if row[name] is None else float(row[name]) for name in FEATURES]
