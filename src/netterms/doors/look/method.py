"""How each figure of the report is computed: its name, formula and id in the rule book."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the method notes."""

    rule: str
    name: str | Promise
    formula: str | Promise
    note: str | Promise = ""


METHOD: tuple[Figure, ...] = (
    Figure(
        "AR-01",
        _("DSO, simple"),
        _("receivables ÷ credit sales × days of the period"),
        _("Days sales outstanding: how long a sale waits to become cash."),
    ),
    Figure(
        "AR-02",
        _("DSO, count-back"),
        _(
            "take the latest month's sales off the receivables, count its days, go back month by "
            "month"
        ),
        _("The last month counts in proportion."),
    ),
    Figure(
        "AR-03",
        _("Best possible DSO and average days delinquent"),
        _("receivables not yet due ÷ credit sales × days; average days delinquent = simple − best"),
    ),
    Figure(
        "AR-04",
        _("Receivables turnover"),
        _("credit sales ÷ average receivables"),
        _("365 ÷ turnover gives days."),
    ),
    Figure(
        "AR-05",
        _("Collection effectiveness index"),
        _("(opening + sales − closing) ÷ (opening + sales − closing not yet due) × 100"),
        _("100 means everything that fell due was collected."),
    ),
    Figure(
        "AR-06",
        _("Ageing"),
        _("open amounts by days past the due date"),
        _("Credit notes are shown apart and never netted against a bucket."),
    ),
    Figure(
        "AR-14",
        _("Concentration (HHI)"),
        _("sum of squared shares in percent; normalised = (HHI − 10,000/n) ÷ (10,000 − 10,000/n)"),
        _("0 is evenly spread, 10,000 is a single buyer."),
    ),
    Figure("AR-15", _("Top 20 share"), _("the 20 largest balances ÷ all open balances")),
    Figure(
        "—",
        _("Late rate"),
        _("invoices settled after the due date or open past it ÷ invoices settled or past due"),
        _("Our convention; also by amount."),
    ),
    Figure(
        "SCR-07",
        _("Payment index"),
        _(
            "amount-weighted points: 80 on the due date, 70 at 15 days late, 50 at 30, 40 at 60, "
            "20 at 120"
        ),
        _("Linear between these points. 80 and more is low risk, below 50 high."),
    ),
    Figure(
        "SCR-14",
        _("Score and probability of default"),
        _("score = offset + factor × ln((1 − PD) ÷ PD); factor = points to double the odds ÷ ln 2"),
        _(
            "Probability of default within 12 months. The scorecard delivered with netterms is "
            "expert judgement; train one on your own book when you have enough defaults."
        ),
    ),
    Figure(
        "SCR-14",
        _("Grade"),
        _(
            "by probability of default (PD): 1 below 0.1%, 2 below 0.25%, 3 below 0.5%, 4 below "
            "1%, 5 below 2%, 6 below 4%, 7 below 8%, 8 below 16%, 9 above, 10 in default"
        ),
    ),
    Figure(
        "SCR-08, SCR-13",
        _("Recommended limit"),
        _(
            "the smallest of need, share of net worth, share of turnover, insured limit and "
            "concentration cap, as far as they are known"
        ),
        _("Zero at grade 9 or 10, or while stage 3 or 4 of collection is open."),
    ),
    Figure(
        "COL",
        _("Collection stage"),
        _("days past due: 1–30 stage 1, 31–60 stage 2, 61–90 stage 3, from 91 stage 4"),
        _("Disputed amounts leave the ladder until the dispute is settled."),
    ),
)

FIELDS: dict[str, str | Promise] = {
    "company_code": _("Company code"),
    "buyer_number": _("Buyer number"),
    "buyer_name": _("Buyer name"),
    "country": _("Country"),
    "email": _("E-mail"),
    "currency": _("Currency"),
    "invoice_number": _("Invoice number"),
    "sequence": _("Sequence number within the buyer"),
    "kind": _("Kind of document"),
    "issued_on": _("Invoice date"),
    "due_on": _("Due date"),
    "terms": _("Payment terms"),
    "amount": _("Amount"),
    "amount_minor": _("Amount"),
    "open": _("Open amount"),
    "open_amount": _("Open amount"),
    "open_minor": _("Open amount"),
    "paid_amount": _("Paid amount"),
    "status": _("Payment status"),
    "settled_on": _("Date settled"),
    "paid_on": _("Date settled"),
    "tangible_net_worth": _("Tangible net worth"),
    "tangible_net_worth_minor": _("Tangible net worth"),
    "annual_turnover": _("Annual turnover"),
    "annual_turnover_minor": _("Annual turnover"),
}
