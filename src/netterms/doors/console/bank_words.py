"""Words of bank lines: their states, what a match says of them, and why."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

BANK_LINE_STATES = {
    "open": pgettext_lazy("bank line", "Unknown"),
    "proposed": pgettext_lazy("bank line", "Proposed"),
    "posted": pgettext_lazy("bank line", "Posted"),
    "set_aside": pgettext_lazy("bank line", "Set aside"),
    "notice": pgettext_lazy("bank line", "Notice"),
}
MATCH_KINDS = {
    "returned": _("The bank returns a payment: what it settled is open again"),
    "refund": _("Refund of what the buyer has to its credit"),
    "refund_back": _("A refund came back: it stands to the buyer's credit"),
}
MATCH_REASONS = {
    "reference": _("The invoice's number stands in the payer's words"),
    "reference_digits": _("The digits of the number stand there"),
    "reference_close": _("The number stands there with a typing error"),
    "amount_exact": _("Just the open amount"),
    "amount_agreed": _("What was agreed for payment by this day"),
    "amount_discount": _("The open amount less a discount"),
    "amount_small_difference": _("The open amount less a small difference"),
    "amount_over": _("More than is open"),
    "amount_part": _("Less than is open"),
    "instalment": _("Just the next instalments of its payment plan"),
    "payer_account": _("From an account the buyer has told"),
    "payer_learned": _("From an account the buyer has paid from before"),
    "payer_name": _("The payer's name is the buyer's"),
    "payer_name_alike": _("The payer's name is like the buyer's"),
    "only_one": _("Nothing else comes to this amount"),
    "whole_account": _("All that the buyer has open"),
    "several": _("Several invoices that no number names"),
    "payer_differs": _("Somebody else's name"),
    "payer_contradicts": _("Another buyer's account"),
    "other_number": _("The words name another number"),
    "payer_group": _("Another firm of the group pays"),
    "rival": _("Something else is as likely"),
    "bank_reversal": _("The bank marks it as a reversal"),
    "same_reference": _("The same reference"),
    "amount_charge": _("The amount with a charge of the bank"),
    "by_hand": _("By hand"),
}
