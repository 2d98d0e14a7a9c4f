"""Words of what scorecards read and of how they are watched."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCORE_ATTRIBUTES = {
    "worst_open_days_past_due": _("Days past due of the oldest open invoice"),
    "payment_index": _("Payment index"),
    "average_days_late_recent": _("Days late in the last half year"),
    "late_share": _("Share of invoices paid late"),
    "overdue_share_of_open": _("Overdue share of what is open"),
    "payment_experiences": _("Payments seen"),
    "relationship_months": _("Months as a customer"),
    "trend_days_late": _("Trend of days late"),
    "net_income_to_assets": _("Net income over assets"),
    "equity_to_liabilities": _("Equity over liabilities"),
    "ebit_margin": _("EBIT margin"),
    "current_ratio": _("Current ratio"),
    "long_term_debt_to_assets": _("Long-term debt over assets"),
    "gross_margin": _("Gross margin"),
    "sales_to_assets": _("Sales over assets"),
    "statement_age_months": _("Age of the accounts"),
    "company_age_months": _("Age of the company"),
    "company_employees": _("Employees"),
    "company_form_rank": _("Legal form"),
    "group_companies": _("Companies of the group"),
    "identifiers_known": _("Numbers known of the company"),
    "insolvency_signals": _("Signs of insolvency"),
    "bounced_payments": _("Payments that bounced"),
    "broken_promises": _("Promises broken"),
    "disputes_lost": _("Disputes lost"),
    "legal_actions": _("Legal actions"),
    "visit_verdict": _("Verdict of the site visit"),
}
SCORE_FIGURES = {
    "score_shift": _("Shift of the scores (PSI)"),
    "attribute_shift": _("Shift of an attribute (PSI)"),
    "auc": _("AUC"),
    "calibration": _("Forecast and outcome of a grade"),
}
SCORE_CONCERNS = {
    "ok": _("in order"),
    "watch": _("to watch"),
    "alarm": _("out of bounds"),
}
SCORE_ROLES = {
    "champion": _("Card in force"),
    "challenger": _("Challenger"),
}
SCORE_BLOCKS = {
    "payment": _("Payments"),
    "accounts": _("Annual accounts"),
    "company": _("Company facts"),
    "events": _("Bad news"),
    "visit": _("Visit"),
    "prior": _("Companies in general"),
    "overlay": _("Country and sector"),
}
# Where the factors of a table of countries and sectors come from, by its name.
OVERLAY_SOURCES = {
    "neutral": _("no table is in force yet"),
    "overlay_v1": _(
        "a convention, unverified: sectors whose companies become insolvent more often in most "
        "countries' statistics; no public factors exist"
    ),
}
