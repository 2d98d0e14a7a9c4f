"""The built-in cards' sentences, written once more where the message extractor can find them.

Cards are JSON; a test keeps this list equal to theirs. Sentences of attributes that a card can be
trained on stand with them in `training/attributes.py`.
"""

from __future__ import annotations

from netterms.kernel.sentence import gettext_noop
from netterms.scoring.training.attributes import FINANCIAL, STATEMENT_AGE

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
    gettext_noop("The company is only %(value)s months old."),
    gettext_noop("The company is %(value)s months old."),
    gettext_noop("The age of the company is not known."),
    gettext_noop("The company has only %(value)s employees."),
    gettext_noop("The company has %(value)s employees."),
    gettext_noop("It is not known how many people the company employs."),
    gettext_noop("The legal form asks for little capital and few accounts (rank %(value)s of 3)."),
    gettext_noop("The legal form asks for capital and audited accounts (rank %(value)s of 3)."),
    gettext_noop("The legal form of the company is not known."),
    gettext_noop("The company stands alone or in a small group (%(value)s known companies)."),
    gettext_noop("The company belongs to a group of %(value)s known companies."),
    gettext_noop("It is not known whether the company belongs to a group."),
    gettext_noop("Only %(value)s register or tax numbers of the company are known."),
    gettext_noop("%(value)s register or tax numbers of the company are known."),
    gettext_noop("No register has been asked for the company."),
    gettext_noop("Signs of an insolvency in the last 12 months: %(value)s."),
    gettext_noop("There was no sign of an insolvency in the last 12 months."),
    gettext_noop("Nobody watches for signs of an insolvency."),
    gettext_noop("Payments that came back in the last 12 months: %(value)s."),
    gettext_noop("No payment came back in the last 12 months."),
    gettext_noop("It is not known whether payments came back."),
    gettext_noop("Promises to pay broken in the last 12 months: %(value)s."),
    gettext_noop("No promise to pay was broken in the last 12 months."),
    gettext_noop("It is not known whether promises to pay were kept."),
    gettext_noop("Disputes of the last 12 months settled against the buyer: %(value)s."),
    gettext_noop("No dispute of the last 12 months was settled against the buyer."),
    gettext_noop("It is not known how disputes ended."),
    gettext_noop("Legal actions against the buyer in the last 12 months: %(value)s."),
    gettext_noop("No legal action was taken against the buyer in the last 12 months."),
    gettext_noop("It is not known whether legal action was taken."),
    gettext_noop(
        "The last visit to the buyer's place ended with the verdict %(value)s; 1 is best, 5 worst."
    ),
    gettext_noop("The last visit to the buyer's place ended with the good verdict %(value)s of 5."),
    gettext_noop("Nobody has visited the buyer's place in the last 12 months."),
    *(wording.text for a in (*FINANCIAL, STATEMENT_AGE) for wording in a.wordings),
)
