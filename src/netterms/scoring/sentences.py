"""The built-in cards' sentences, written once more where the message extractor can find them.

Cards are JSON; a test keeps this list equal to theirs.
"""

from __future__ import annotations

from netterms.kernel.sentence import gettext_noop

SENTENCES: tuple[str, ...] = (
    gettext_noop("The oldest open invoice is %(value)s days past due."),
    gettext_noop("No open invoice is past due."),
    gettext_noop("It is not known whether open invoices are past due."),
    gettext_noop("The payment index is %(value)s; 80 means paid on the due date."),
    gettext_noop("The payment index is %(value)s: by amount, invoices are on time on average."),
    gettext_noop("No payment has been seen in the last 24 months."),
    gettext_noop("Invoices settled in the last 6 months were paid %(value)s days late on average."),
    gettext_noop("Invoices settled in the last 6 months were paid on time on average."),
    gettext_noop("No invoice has been settled in the last 6 months."),
    gettext_noop("%(value)s of the invoices of the last 12 months were late."),
    gettext_noop("Hardly any invoice of the last 12 months was late."),
    gettext_noop("No invoice was settled or past due in the last 12 months."),
    gettext_noop("%(value)s of the open amount is past due."),
    gettext_noop("The whole open amount is not yet due."),
    gettext_noop("Nothing is open."),
    gettext_noop("Only %(value)s payments are known."),
    gettext_noop("%(value)s payments are known."),
    gettext_noop("No payments are known."),
    gettext_noop("The first invoice is only %(value)s months old."),
    gettext_noop("The first invoice is %(value)s months old."),
    gettext_noop("There has been no invoice yet."),
    gettext_noop("Payments come %(value)s days later than in the year before."),
    gettext_noop("Payments come no later than in the year before."),
    gettext_noop("There are too few payments to see a trend."),
)
