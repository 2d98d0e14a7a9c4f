"""A refusal: an expected "no" to a misuse, with a stable code and the facts of the case.

Doors catch it once and turn the code into a sentence (`netterms.doors.look.sentences`) or an
RFC 9457 answer. The rooms know neither HTTP nor a language.
"""

from __future__ import annotations

from enum import StrEnum

from netterms.kernel.mends import Mend


class Code(StrEnum):
    """Every refusal there is. Each has a sentence in two languages and a test."""

    ALREADY_RUNNING = "already_running"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    BANK_STATEMENT_CURRENCIES = "bank_statement_currencies"
    BANK_STATEMENT_INCOMPLETE = "bank_statement_incomplete"
    BANK_STATEMENT_INTERIM = "bank_statement_interim"
    BANK_STATEMENT_OVERLAPS = "bank_statement_overlaps"
    BANK_STATEMENT_UNBALANCED = "bank_statement_unbalanced"
    BANK_STATEMENT_VALUE_UNREADABLE = "bank_statement_value_unreadable"
    BODY_TOO_LARGE = "body_too_large"
    BODY_UNREADABLE = "body_unreadable"
    BUSY = "busy"
    CHANGED_MEANWHILE = "changed_meanwhile"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    CONFLICTING_NUMBER = "conflicting_number"
    DAY_OUT_OF_ORDER = "day_out_of_order"
    EINVOICE_INVALID = "einvoice_invalid"
    EINVOICE_VALUE_UNREADABLE = "einvoice_value_unreadable"
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_UNREADABLE = "file_unreadable"
    FONT_MISSING = "font_missing"
    HAND_OVER_INCOMPLETE = "hand_over_incomplete"
    INTEREST_NOT_COMPUTED = "interest_not_computed"
    INVOICE_NUMBER_TAKEN = "invoice_number_taken"
    ISSUED_ON_OUT_OF_RANGE = "issued_on_out_of_range"
    KEY_REUSED = "key_reused"
    LETTER_INCOMPLETE = "letter_incomplete"
    MEDIA_TYPE_UNKNOWN = "media_type_unknown"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    MOVE_NOT_ALLOWED = "move_not_allowed"
    NO_ANSWER_IN_TIME = "no_answer_in_time"
    NO_HEADER = "no_header"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    NOT_INSTALLED = "not_installed"
    NOT_OFFERED = "not_offered"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_YET_EXPIRED = "not_yet_expired"
    OFFER_CHANGED = "offer_changed"
    ORDER_EXPIRED = "order_expired"
    ORDER_NUMBER_TAKEN = "order_number_taken"
    PERIOD_CLOSED = "period_closed"
    POLICY_INVALID = "policy_invalid"
    RATE_BEFORE_FIRST_DATE = "rate_before_first_date"
    RATE_MISSING = "rate_missing"
    RATE_PAST_LAST_DATE = "rate_past_last_date"
    ROWS_BAD = "rows_bad"
    SAME_PERSON = "same_person"
    SCORECARD_INVALID = "scorecard_invalid"
    TOO_EARLY = "too_early"
    TOO_MANY_REQUESTS = "too_many_requests"
    VALUE_INVALID = "value_invalid"


class Refusal(Exception):  # noqa: N818 - not an error: an answer
    """An expected "no". `facts` name the field, the value and what would mend it."""

    def __init__(self, code: Code, **facts: object) -> None:
        super().__init__(code.value, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code.value}: {facts}" if facts else self.code.value


def invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    """The refusal of a value: VALUE_INVALID with the field, the value as text, and its mend."""
    return Refusal(Code.VALUE_INVALID, field=field, value=str(value), mend=mend, **facts)
