"""Words of the page for codes: in the second person, without the trade's jargon."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

DONE: Words = {
    "promise": _("Thank you. Your promise to pay is noted."),
    "dispute": _("Thank you. Your objection is noted, and somebody will look at it."),
    "ask": _("Thank you. Your request has arrived."),
    "plan": _("Thank you. Your proposal has arrived; you will find the answer on this page."),
    "early": _("Thank you. Please send the agreed amount so that it arrives by the agreed day."),
    "accept": _("Thank you. You have accepted the payment plan."),
}
REASONS: Words = {
    "price": _("The price is wrong"),
    "quantity": _("The quantity is wrong"),
    "quality": _("The goods or services are faulty"),
    "delivery": _("It was not delivered, or late"),
    "terms": _("The terms of payment are wrong"),
    "duplicate": _("It was invoiced twice"),
    "no_purchase_order": _("We ordered nothing of the kind"),
}
REQUESTS: Words = {
    "invoice_copy": _("A copy of an invoice"),
    "delivery_proof": _("A proof of delivery"),
    "statement": _("A statement of account"),
    "tax_document": _("A document for our taxes"),
    "call_back": _("A call"),
    "other": _("Something else"),
}
PROMISES: Words = {
    "open": _("open"),
    "kept": _("kept"),
    "broken": _("not kept"),
    "replaced": _("replaced by a later one"),
}
DISPUTES: Words = {
    "raised": _("received"),
    "acknowledged": _("being looked at"),
    "investigating": _("being looked at"),
    "credited": _("settled: credit note"),
    "confirmed": _("settled: the invoice stands"),
    "litigated": _("in court"),
}
PLANS: Words = {
    "proposed": _("proposed"),
    "awaiting_insurer_consent": _("proposed"),
    "accepted": _("agreed"),
    "running": _("running"),
    "completed": _("paid"),
    "accelerated": _("ended: the whole rest is due"),
}
MOVES: Words = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "payment": _("Payment"),
    "allocation": _("Payment"),
    "undo": _("Correction"),
    "write_off": _("Adjustment"),
    "recovery": _("Adjustment"),
}
