"""Words of payment plans and of what buyers ask for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PLAN_SHAPES = {
    "level": _("level payments"),
    "equal_principal": _("equal principal"),
}
PLAN_CHECKS = {
    "no_acknowledgment": _("The debt is not acknowledged in writing yet."),
    "down_payment_small": _("The down payment is below a tenth: another person has to approve."),
    "tenor_needs_approval": _("It runs for more than six months: another person has to approve."),
    "tenor_too_long": _("It runs for more than twelve months."),
    "needs_insurer_consent": _(
        "It ends after the maximum extension period: the insurer has to consent in writing."
    ),
    "second_replan": _("It is the second new plan for this debt: another person has to approve."),
}
CHANNELS = {
    "phone": _("by telephone"),
    "email": _("by e-mail"),
    "letter": _("by letter"),
    "visit": _("at a visit"),
    "page": _("on the buyer's page"),
}
BUYER_REQUESTS = {
    "invoice_copy": _("Copy of an invoice"),
    "delivery_proof": _("Proof of delivery"),
    "statement": _("Statement of account"),
    "tax_document": _("Document for taxes"),
    "call_back": _("Call back"),
    "other": _("Something else"),
}
