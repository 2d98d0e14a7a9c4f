"""The fields of a credit insurance policy and what they may be, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

# By the names of `insurance.terms.PolicyTerms`: labels of forms and fields of refusals.
TERMS = {
    "insured_pct_named": _("insured percentage, named limits"),
    "insured_pct_self_check": _("insured percentage, discretionary limits"),
    "insured_pct_base_cover": _("insured percentage, base cover"),
    "insured_pct_export": _("insured percentage, export"),
    "vat_covered": _("value added tax is insured"),
    "max_credit_period": _("longest credit period"),
    "max_invoicing_period": _("longest time from delivery to invoice"),
    "mep": _("maximum extension period"),
    "mep_basis": _("maximum extension period runs from"),
    "stop_days": _("deliveries stop after the due date"),
    "overdue_notice_days": _("time to give notice of an overdue"),
    "notice_basis": _("time to give notice runs from"),
    "hand_over_days": _("time to hand over for collection, from the end of the extension"),
    "insolvency_notice_days": _("time to give notice of an insolvency"),
    "waiting_period": _("waiting period"),
    "waiting_basis": _("waiting period runs from"),
    "dispute_clock": _("after a dispute the waiting period"),
    "claim_deadline": _("time to file a claim"),
    "claim_basis": _("time to file a claim runs from"),
    "threshold_minor": _("threshold: smaller losses are not paid"),
    "each_and_every_first_loss_minor": _("deductible of each loss"),
    "deductible_basis": _("deductible comes off"),
    "aggregate_first_loss_minor": _("aggregate first loss of a year"),
    "minimum_retention_minor": _("minimum retention of each loss"),
    "max_liability": _("most that is paid in a year, times the premium"),
    "pre_loss_allocation": _("receipts before the loss settle"),
    "premium_basis": _("premium is a rate of"),
    "minimum_premium_minor": _("minimum premium"),
}
FIELDS = {
    **TERMS,
    "budget_minor": _("budget of a month"),
    "choice": _("choice"),
    "early_payment": _("offer for early payment"),
    "grades": _("grades"),
    "invoices": _("invoices"),
    "least_days": _("least days early"),
    "least_minor": _("smallest discount"),
    "most_days": _("most days early"),
    "pay": _("amount to pay"),
    "pay_by": _("day to pay by"),
    "granted_until": _("last day of the limit"),
    "insured_limit": _("insured limit"),
    "limits": _("limits"),
    "starts_on": _("first day"),
    "terms": _("terms of the policy"),
}
# By the field, then by its value.
CHOICES: Mapping[str, Words] = {
    "mep_basis": {"due_date": _("the due date"), "invoice_date": _("the invoice date")},
    "notice_basis": {
        "mep_end": _("the end of the extension period"),
        "due_date": _("the due date"),
    },
    "waiting_basis": {
        "due_date": _("the due date"),
        "notice_received": _("the insurer's receipt of the notice"),
        "collection_start": _("the start of collection"),
    },
    "dispute_clock": {
        "resume": pgettext_lazy("the waiting period", "runs on"),
        "restart": pgettext_lazy("the waiting period", "starts again"),
    },
    "claim_basis": {
        "due_date": _("the due date"),
        "date_of_loss": _("the date of loss"),
        "policy_end": _("the end of the policy"),
    },
    "deductible_basis": {
        "before_pct": _("before the insured percentage"),
        "after_pct": _("after the insured percentage"),
    },
    "pre_loss_allocation": {
        "fifo": _("the oldest invoice first"),
        "pro_rata": _("all invoices in proportion"),
    },
    "premium_basis": {"turnover": _("insured sales"), "balances": _("balances at month end")},
}
# Where an optional field says nothing.
NOTHING: Words = {
    "stop_days": _("with the end of the extension period"),
    "hand_over_days": _("not asked for"),
    "max_liability": _("no cap"),
}
UNITS: Words = {
    "days": pgettext_lazy("unit of a period", "days"),
    "months": pgettext_lazy("unit of a period", "months"),
}
STATES = {"counted": _("in use")}
POLICY_MOVES = {"change_terms": _("change of terms")}
# Why no discount for early payment is offered (`early_payment.rules.Hindrance`).
NOT_OFFERED: Words = {
    "off": _("the seller offers none now"),
    "buyer": _("the seller offers none to this buyer"),
    "grade": _("the seller offers none to buyers of this grade"),
    "overdue": _("it is past due"),
    "disputed": _("it is disputed"),
    "in_plan": _("it is in a payment plan"),
    "rate": _("no exchange rate of its currency is known"),
    "day": _("the day is past, or not early enough"),
    "too_small": _("the discount would be too small"),
    "budget": _("the budget of this month is used up"),
}
EARLY_PAYMENT_STATES: Words = {
    "accepted": _("waits for the money"),
    "taken": _("paid in time"),
    "lapsed": _("lapsed"),
    "replaced": _("replaced by a later one"),
    "changed": _("something else was settled since"),
    "settled": _("settled without it"),
}
