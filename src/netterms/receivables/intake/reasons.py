"""What intake says to people: why a cell is bad, what was noticed, what would mend a refusal.

Codes are stable and meant for programs; the sentences are gettext msgids held as data and are
resolved in the reader's language when they are asked for.
"""

from __future__ import annotations

from enum import StrEnum

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext

from netterms.kernel.refusal import Code, Refusal


def gettext_noop(sentence: str) -> str:
    """Mark `sentence` for translation. (Django's own looks at the settings while importing.)"""
    return sentence


class Reason(StrEnum):
    """Why a cell keeps its row out of `staged`."""

    AMOUNT_MISSING = "amount_missing"
    AMOUNT_UNREADABLE = "amount_unreadable"
    AMOUNT_ZERO = "amount_zero"
    BUYER_MISSING = "buyer_missing"
    CURRENCY_CONFLICT = "currency_conflict"
    CURRENCY_UNKNOWN = "currency_unknown"
    DATE_IMPLAUSIBLE = "date_implausible"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATES_FAR_APART = "dates_far_apart"
    ISSUED_IN_FUTURE = "issued_in_future"
    PAID_IN_FUTURE = "paid_in_future"
    DUE_DATE_MISSING = "due_date_missing"
    FORMULA_WITHOUT_RESULT = "formula_without_result"
    NOT_AN_INVOICE = "not_an_invoice"
    NUMBER_USED_TWICE = "number_used_twice"
    OPEN_AMOUNT_UNKNOWN = "open_amount_unknown"
    OPEN_EXCEEDS_AMOUNT = "open_exceeds_amount"
    PAID_EXCEEDS_AMOUNT = "paid_exceeds_amount"
    PAID_ON_MISSING = "paid_on_missing"
    ROW_TOO_WIDE = "row_too_wide"
    SIGN_CONFLICT = "sign_conflict"
    STATUS_CONFLICT = "status_conflict"
    STATUS_UNKNOWN = "status_unknown"
    TERMS_UNKNOWN = "terms_unknown"


REASON_TEXTS: dict[Reason, str] = {
    Reason.AMOUNT_MISSING: gettext_noop("The amount is empty. Enter the amount of the invoice."),
    Reason.AMOUNT_UNREADABLE: gettext_noop(
        "This is not an amount. Write a plain number such as 1234.56."
    ),
    Reason.AMOUNT_ZERO: gettext_noop(
        "The amount is zero. Enter the amount of the invoice or delete the row."
    ),
    Reason.BUYER_MISSING: gettext_noop(
        "The buyer is empty. Enter the buyer's number or name in this row."
    ),
    Reason.CURRENCY_CONFLICT: gettext_noop(
        "The amount, its heading and the currency column name different currencies. Make them "
        "agree."
    ),
    Reason.CURRENCY_UNKNOWN: gettext_noop(
        "This is not a currency. Write a three-letter code such as USD or CNY."
    ),
    Reason.DATE_IMPLAUSIBLE: gettext_noop(
        "This date is before 1990 or after 2100. Correct the date."
    ),
    Reason.DATE_MISSING: gettext_noop(
        "The invoice date and the due date are both empty. Enter at least one of them."
    ),
    Reason.DATE_UNREADABLE: gettext_noop("This is not a date. Write it as 2026-03-31."),
    Reason.DATES_FAR_APART: gettext_noop(
        "The due date is more than ten years from the invoice date. Correct one of them."
    ),
    Reason.ISSUED_IN_FUTURE: gettext_noop(
        "The invoice date is later than tomorrow. Correct it, or bring the invoice in on its day."
    ),
    Reason.PAID_IN_FUTURE: gettext_noop(
        "The date of payment is yet to come. Correct it, or leave it out until the invoice is paid."
    ),
    Reason.DUE_DATE_MISSING: gettext_noop(
        "The due date is empty. Enter it, or the payment terms in days."
    ),
    Reason.FORMULA_WITHOUT_RESULT: gettext_noop(
        "The cell holds a formula without a result. Open the file in a spreadsheet program, "
        "correct the formula if it shows an error, and save the file again."
    ),
    Reason.NOT_AN_INVOICE: gettext_noop(
        "This row is a payment or a posting, not an invoice or a credit note. Delete the row."
    ),
    Reason.NUMBER_USED_TWICE: gettext_noop(
        "Two different rows carry this invoice number. Number them apart, or add the lines of "
        "one invoice up to one row."
    ),
    Reason.OPEN_AMOUNT_UNKNOWN: gettext_noop(
        "The invoice is partly paid, but nothing says how much is open. Enter the open amount."
    ),
    Reason.OPEN_EXCEEDS_AMOUNT: gettext_noop(
        "The open amount is larger than the amount of the invoice. Correct one of them."
    ),
    Reason.PAID_EXCEEDS_AMOUNT: gettext_noop(
        "The paid amount is larger than the amount of the invoice. Correct one of them."
    ),
    Reason.PAID_ON_MISSING: gettext_noop(
        "The invoice is paid, but the date of payment is missing. Enter the date of payment."
    ),
    Reason.ROW_TOO_WIDE: gettext_noop(
        "The row has more cells than there are headings. Put an amount or text with a comma in it "
        "in quotes, or give the column a heading."
    ),
    Reason.SIGN_CONFLICT: gettext_noop(
        "The amount and the open amount have different signs. Correct one of them."
    ),
    Reason.STATUS_CONFLICT: gettext_noop(
        "The status does not agree with the amounts or the date of payment. Correct one of them."
    ),
    Reason.STATUS_UNKNOWN: gettext_noop(
        "This status is not known. Write open or paid, or add the open amount."
    ),
    Reason.TERMS_UNKNOWN: gettext_noop(
        "These payment terms are not known and there is no due date. Enter the due date, or the "
        "terms in days such as 30."
    ),
}


class NoteCode(StrEnum):
    """What intake noticed or decided and a person should know."""

    AMOUNT_AMBIGUOUS = "amount_ambiguous"
    AMOUNT_MIXED = "amount_mixed"
    AMOUNT_ROUNDED = "amount_rounded"
    AMOUNT_UNIT = "amount_unit"
    BUYER_FILLED_DOWN = "buyer_filled_down"
    BUYER_NUMBER_MADE = "buyer_number_made"
    CANCELLED_SKIPPED = "cancelled_skipped"
    CONTENT_GUESSED = "content_guessed"
    COUNTRY_UNKNOWN = "country_unknown"
    COLUMNS_UNUSED = "columns_unused"
    CURRENCY_ASSUMED = "currency_assumed"
    CURRENCY_OF_SELLER = "currency_of_seller"
    DATE_MIXED = "date_mixed"
    DATE_ORDER_ASSUMED = "date_order_assumed"
    DATE_ORDER_BY_TERMS = "date_order_by_terms"
    DATE_YEAR_FIRST = "date_year_first"
    DUE_BEFORE_ISSUED = "due_before_issued"
    DUE_FROM_TERMS = "due_from_terms"
    ENCODING_DAMAGED = "encoding_damaged"
    FOOTER_SKIPPED = "footer_skipped"
    ISSUE_DATE_MADE = "issue_date_made"
    KIND_UNKNOWN = "kind_unknown"
    NUMBER_FROM_SEQUENCE = "number_from_sequence"
    NUMBER_MADE = "number_made"
    RECORDS_COUNTED = "records_counted"
    REPEATS_SKIPPED = "repeats_skipped"
    SHEETS_UNREAD = "sheets_unread"
    SIGN_ASSUMED = "sign_assumed"
    TOTALS_SKIPPED = "totals_skipped"
    ZERO_SKIPPED = "zero_skipped"


NOTE_TEXTS: dict[NoteCode, str] = {
    NoteCode.AMOUNT_AMBIGUOUS: gettext_noop(
        "Column “%(heading)s”: a value such as %(example)s can be read in two ways; "
        "the separator was taken as %(taken)s."
    ),
    NoteCode.AMOUNT_MIXED: gettext_noop(
        "Column “%(heading)s” mixes decimal points and decimal commas; "
        "each cell was read by its own form."
    ),
    NoteCode.AMOUNT_ROUNDED: gettext_noop(
        "Amounts finer than the currency's smallest unit, rounded half up: %(count)s."
    ),
    NoteCode.AMOUNT_UNIT: gettext_noop(
        "Column “%(heading)s” is in units of %(unit)s; the amounts were multiplied."
    ),
    NoteCode.BUYER_FILLED_DOWN: gettext_noop(
        "Rows without a buyer, given to the buyer named above them: %(count)s."
    ),
    NoteCode.BUYER_NUMBER_MADE: gettext_noop(
        "The file has no buyer numbers; they were made from the names."
    ),
    NoteCode.CANCELLED_SKIPPED: gettext_noop("Cancelled rows and drafts left out: %(count)s."),
    NoteCode.CONTENT_GUESSED: gettext_noop(
        "Column “%(heading)s” was recognised by its content, not by its heading."
    ),
    NoteCode.COUNTRY_UNKNOWN: gettext_noop(
        "Some countries are not known and were left empty: %(examples)s."
    ),
    NoteCode.COLUMNS_UNUSED: gettext_noop("Columns that were not used: %(headings)s."),
    NoteCode.CURRENCY_ASSUMED: gettext_noop(
        "Rows that name no currency, taken as %(currency)s: %(count)s. Another one is named with "
        "--currency."
    ),
    NoteCode.CURRENCY_OF_SELLER: gettext_noop(
        "Rows that name no currency, taken as %(currency)s, the seller's own: %(count)s."
    ),
    NoteCode.DATE_MIXED: gettext_noop(
        "Column “%(heading)s” mixes day-first and month-first dates; the unclear ones were read "
        "%(order)s."
    ),
    NoteCode.DATE_ORDER_ASSUMED: gettext_noop(
        "Column “%(heading)s”: nothing shows whether day or month comes first in dates such as "
        "%(example)s; they were read %(order)s. The other way round: --dates %(other)s."
    ),
    NoteCode.DATE_ORDER_BY_TERMS: gettext_noop(
        "Column “%(heading)s”: dates such as %(example)s were read %(order)s, because the other "
        "way round due dates would not fit the invoice dates. To have it so: --dates %(other)s."
    ),
    NoteCode.DATE_YEAR_FIRST: gettext_noop(
        "Column “%(heading)s”: dates such as %(example)s were read with the year first. Otherwise: "
        "--dates day-first or --dates month-first."
    ),
    NoteCode.DUE_BEFORE_ISSUED: gettext_noop(
        "Invoices due before their own date: %(count)s. Look whether that is meant."
    ),
    NoteCode.DUE_FROM_TERMS: gettext_noop(
        "Due dates calculated from the payment terms: %(count)s."
    ),
    NoteCode.ENCODING_DAMAGED: gettext_noop(
        "Some characters could not be decoded as %(encoding)s and were replaced."
    ),
    NoteCode.FOOTER_SKIPPED: gettext_noop("Rows without any amount or date, left out: %(count)s."),
    NoteCode.ISSUE_DATE_MADE: gettext_noop(
        "Missing invoice dates, taken from the due date and the terms: %(count)s."
    ),
    NoteCode.KIND_UNKNOWN: gettext_noop(
        "Some document types are not known and were taken as invoices: %(examples)s."
    ),
    NoteCode.NUMBER_FROM_SEQUENCE: gettext_noop(
        "Invoice numbers were made from the buyer number and the sequence column."
    ),
    NoteCode.NUMBER_MADE: gettext_noop(
        "Rows without an invoice number; numbers were made from their content: %(count)s."
    ),
    NoteCode.RECORDS_COUNTED: gettext_noop(
        "Some cells hold line breaks: row numbers count records, not lines."
    ),
    NoteCode.REPEATS_SKIPPED: gettext_noop("Exact repeats of other rows left out: %(count)s."),
    NoteCode.SHEETS_UNREAD: gettext_noop(
        "Only the sheet “%(sheet)s” was read. Other sheets look like invoice lists, too: "
        "%(sheets)s. Read one of them with --sheet, or put all rows on one sheet."
    ),
    NoteCode.SIGN_ASSUMED: gettext_noop(
        "Signs that several currencies share, such as $ or ¥, were taken as %(currencies)s. "
        "Another one is named with --currency."
    ),
    NoteCode.TOTALS_SKIPPED: gettext_noop("Total rows left out: %(count)s."),
    NoteCode.ZERO_SKIPPED: gettext_noop(
        "Rows with a zero amount and nothing open, left out: %(count)s."
    ),
}

# Words that stand inside the sentences above.
WORDS: dict[str, str] = {
    "decimal": gettext_noop("decimal separator"),
    "dmy": gettext_noop("day first"),
    "mdy": gettext_noop("month first"),
    "thousands": gettext_noop("thousands separator"),
}

# What would mend a refusal, by a key that `refuse` is given.
MENDS: dict[str, str] = {
    "amount": gettext_noop("Name the column of the amounts, for example --map amount=Total."),
    "buyer": gettext_noop("Name the column of the buyers, for example --map buyer_name=Customer."),
    "constant_not_allowed": gettext_noop("A constant is allowed only for %(allowed)s."),
    "corrupt": gettext_noop(
        "The file is damaged or not what its name says. Open it in a spreadsheet program and "
        "save it as .xlsx or .csv."
    ),
    "currencies": gettext_noop(
        "The headings of the amounts name different currencies: %(currencies)s. Leave columns of "
        "one currency."
    ),
    "currency": gettext_noop("Use a three-letter currency code such as USD, EUR or CNY."),
    "due_on": gettext_noop(
        "Name the column of the due dates, for example --map due_on=Due, or give the terms in "
        "days, for example --map terms==30."
    ),
    "empty": gettext_noop("Choose a file with a row of column names and at least one invoice."),
    "field": gettext_noop("Use one of the fields: %(fields)s."),
    "heading": gettext_noop("Use one of the headings of the file."),
    "issued_on": gettext_noop(
        "Name the column of the invoice dates, for example --map issued_on=Date."
    ),
    "missing_file": gettext_noop("Check the path: there is no such file that can be read."),
    "no_header": gettext_noop(
        "Put a row of column names, such as Buyer, Amount, Due date, on top."
    ),
    "not_a_list": gettext_noop("Export the list as .xlsx or .csv and choose that file."),
    "one_field": gettext_noop("Give each column to one field only."),
    "password": gettext_noop("Remove the password and save the workbook again."),
    "sheet": gettext_noop("Use one of the sheets of the workbook."),
    "unit": gettext_noop(
        "The file says in one place that its amounts are in units of %(unit)s, in another that "
        "they are in units of %(other)s. Leave only what is right."
    ),
    "too_large": gettext_noop("Split the file, or save only the columns and rows that are needed."),
}


def say(msgid: str, **facts: object) -> str:
    """`msgid` in the active language with `facts` filled in; English where no site is set up."""
    try:
        text = gettext(msgid)
    except ImproperlyConfigured:  # used as a library, without Django settings
        text = msgid
    return text % facts if facts else text


def message(reason: Reason | str) -> str:
    """The sentence for a reason code: what is wrong with the cell and what mends it."""
    return say(REASON_TEXTS[Reason(reason)])


def _shown(value: object) -> object:
    """A fact as a sentence says it."""
    if isinstance(value, int):
        return f"{value:,}"
    return say(WORDS[value]) if isinstance(value, str) and value in WORDS else value


class Note(str):
    """A sentence for people that also carries its stable `code` and `facts`."""

    __slots__ = ("code", "facts")
    code: NoteCode
    facts: dict[str, object]

    def __new__(cls, code: NoteCode, **facts: object) -> Note:
        """Say `code` with `facts` in the active language."""
        shown = {k: _shown(v) for k, v in facts.items()}
        note = super().__new__(cls, say(NOTE_TEXTS[code], **shown))
        note.code, note.facts = code, facts
        return note


def refuse(code: Code, mend: str, **facts: object) -> Refusal:
    """A Refusal whose `mend` is the sentence for `mend`; `facts` may fill its blanks."""
    text = MENDS[mend]
    return Refusal(code, **facts, mend=say(text, **facts) if "%(" in text else say(text))
