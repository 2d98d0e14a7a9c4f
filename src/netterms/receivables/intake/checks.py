"""What can be wrong with a row: the reason, the fields whose cell is shown, the condition in SQL.

The conditions speak of the columns made in `typed`. The order is the order in which bad cells of
one row are told.
"""

from __future__ import annotations

from dataclasses import dataclass

from netterms.receivables.intake.dates import FIRST_DAY, LAST_DAY
from netterms.receivables.intake.reasons import Reason
from netterms.receivables.intake.synonyms import AMOUNT_FIELDS, DATE_FIELDS, FIELDS

MOST_DAYS = 3650  # between the invoice date and the due date


@dataclass(frozen=True, slots=True)
class Check:
    """A row for which `condition` is true is bad; the first of `fields` in the file is shown.

    Without `fields` it is not a cell that is wrong: the end of the row is shown.
    """

    reason: Reason
    fields: tuple[str, ...]
    condition: str


_MONEY = ("amount", "open_amount")
_NO_DUE_DATE = "due_on IS NULL AND NOT due_on_bad AND issued_on_read IS NOT NULL"

_UNREADABLE = [
    Check(Reason.ROW_TOO_WIDE, (), "surplus IS NOT NULL"),
    *(Check(Reason.FORMULA_WITHOUT_RESULT, (name,), f"{name}_formula") for name in FIELDS),
    Check(Reason.BUYER_MISSING, ("buyer_number", "buyer_name"), "buyer_number IS NULL"),
    *(
        Check(
            Reason.AMOUNT_UNREADABLE,
            (name,),
            f"{name}_set AND {name}_signed IS NULL AND NOT {name}_formula",
        )
        for name in AMOUNT_FIELDS
    ),
    *(
        Check(Reason.DATE_UNREADABLE, (name,), f"{name}_bad AND NOT {name}_formula")
        for name in DATE_FIELDS
    ),
    *(
        Check(
            Reason.DATE_IMPLAUSIBLE,
            (name,),
            f"{name}_read IS NOT NULL AND {name}_read NOT BETWEEN {FIRST_DAY} AND {LAST_DAY}",
        )
        for name in DATE_FIELDS
    ),
]
_MISSING = [
    Check(
        Reason.AMOUNT_MISSING,
        _MONEY,
        "whole IS NULL AND NOT (amount_set AND amount_signed IS NULL) "
        "AND NOT (open_amount_set AND open_amount_signed IS NULL)",
    ),
    Check(Reason.AMOUNT_ZERO, _MONEY, "amount_minor = 0"),
    Check(
        Reason.DATE_MISSING,
        ("issued_on", "due_on"),
        "issued_on_read IS NULL AND due_on_read IS NULL AND NOT issued_on_bad AND NOT due_on_bad",
    ),
    Check(Reason.TERMS_UNKNOWN, ("terms",), f"{_NO_DUE_DATE} AND terms_set"),
    Check(Reason.DUE_DATE_MISSING, ("due_on", "terms"), f"{_NO_DUE_DATE} AND NOT terms_set"),
    Check(
        Reason.DATES_FAR_APART,
        ("due_on", "issued_on"),
        f"issued_on_read BETWEEN {FIRST_DAY} AND {LAST_DAY} "
        f"AND due_on_read BETWEEN {FIRST_DAY} AND {LAST_DAY} "
        f"AND abs(date_diff('day', issued_on_read, due_on_read)) > {MOST_DAYS}",
    ),
    # `today` is NULL where a file is only looked at: no condition on it is true then.
    Check(Reason.ISSUED_IN_FUTURE, ("issued_on",), "issued_on_read > today + 1"),
    Check(Reason.PAID_IN_FUTURE, ("paid_on",), "paid_on_read > today"),
]
_CONTRADICTORY = [
    Check(Reason.CURRENCY_UNKNOWN, ("currency",), "currency_set AND currency_word IS NULL"),
    Check(
        Reason.CURRENCY_CONFLICT,
        _MONEY,
        "currency_word <> strong_sign "
        "OR heading_sign <> currency_word OR heading_sign <> strong_sign",
    ),
    Check(Reason.NOT_AN_INVOICE, ("kind",), "kind_word = 'payment'"),
    Check(
        Reason.STATUS_UNKNOWN,
        ("status",),
        "status_set AND status_word IS NULL AND open_amount_signed IS NULL "
        "AND paid_amount_signed IS NULL AND paid_on_read IS NULL",
    ),
    Check(
        Reason.SIGN_CONFLICT,
        ("open_amount",),
        "amount_signed <> 0 AND open_amount_signed <> 0 "
        "AND coalesce(kind_word, '') <> 'credit_note' "
        "AND (amount_signed > 0) <> (open_amount_signed > 0)",
    ),
    Check(
        Reason.OPEN_EXCEEDS_AMOUNT,
        ("open_amount",),
        "open_amount_signed IS NOT NULL AND open_minor > amount_minor",
    ),
    Check(
        Reason.PAID_EXCEEDS_AMOUNT,
        ("paid_amount",),
        "open_amount_signed IS NULL AND open_minor < 0",
    ),
    Check(
        Reason.OPEN_AMOUNT_UNKNOWN,
        ("status",),
        "status_word = 'partial' AND open_amount_signed IS NULL AND paid_amount_signed IS NULL",
    ),
    Check(
        Reason.STATUS_CONFLICT,
        ("status",),
        "amount_minor > 0 AND ((status_word = 'closed' AND open_minor > 0) "
        "OR (status_word = 'open' AND open_minor = 0))",
    ),
    Check(
        Reason.PAID_ON_MISSING,
        ("paid_on", "status", "open_amount", "paid_amount"),
        "amount_minor > 0 AND open_minor = 0 AND paid_on_read IS NULL AND NOT paid_on_bad",
    ),
    Check(Reason.NUMBER_USED_TWICE, ("invoice_number", "sequence"), "false"),  # set afterwards
]

CHECKS = [*_UNREADABLE, *_MISSING, *_CONTRADICTORY]
TWICE_BIT = len(CHECKS) - 1
BIT_OF = {check.reason: bit for bit, check in enumerate(CHECKS)}
