"""What would mend a refused value, as a code. Facts of the refusal say with which figures.

The sentences are the door's (`netterms.doors.look.mends`): a room knows no language.
"""

from __future__ import annotations

from enum import StrEnum


class Mend(StrEnum):
    """Every way to mend a value. In brackets: the facts its sentence names."""

    # Figures, amounts and times.
    AMOUNT = "amount"  # (currency)
    AT_LEAST = "at_least"  # (least)
    AT_MOST = "at_most"  # (most)
    BETWEEN = "between"  # (least, most)
    LESS_THAN = "less_than"  # (most)
    MORE_THAN = "more_than"  # (least)
    NOT_DISPUTED = "not_disputed"  # (most)
    NUMBER = "number"
    STEPS_OF = "steps_of"  # (step)
    WHOLE_NUMBER = "whole_number"
    DAY = "day"
    AFTER_START = "after_start"
    AFTER_TODAY = "after_today"
    EARLIER_OR_NONE = "earlier_or_none"
    FIRST_AND_LAST_DAY = "first_and_last_day"
    INSTANT = "instant"
    TIME_TO_COME = "time_to_come"
    TODAY_OR_EARLIER = "today_or_earlier"
    TODAY_OR_LATER = "today_or_later"
    WITHIN_DAYS = "within_days"  # (days)
    # Texts and names.
    CHARACTERS = "characters"  # (least, most)
    CHECK_DIGITS = "check_digits"
    COUNTRY_CODE = "country_code"
    CURRENCY_CODE = "currency_code"
    EMAIL = "email"
    ETAG = "etag"
    FITTING = "fitting"  # (pattern)
    GIVE_IT = "give_it"
    INSTALL = "install"  # (extra)
    ID = "id"
    LETTERS_AND_DIGITS = "letters_and_digits"  # (most)
    ONE_OF = "one_of"  # (allowed)
    PASSWORD = "password"  # (least)  # noqa: S105 - no password
    SAY_WHY = "say_why"
    SET_UP_APP = "set_up_app"
    CODE_OF_APP = "code_of_app"
    TEXT = "text"
    TIME_ZONE = "time_zone"
    # Shapes of what programs send.
    AS_DOCUMENTED = "as_documented"
    ITEMS = "items"  # (least, most)
    LEAVE_OUT = "leave_out"
    LEAVE_OUT_OR = "leave_out_or"  # (allowed)
    LIST = "list"
    ONCE = "once"
    OBJECT = "object"
    TRUE_OR_FALSE = "true_or_false"
    # Things that there are, or are not.
    ANOTHER_ADDRESS = "another_address"
    ANOTHER_BUYER = "another_buyer"
    ANOTHER_PERSON = "another_person"
    BUYER_AND_LIMIT = "buyer_and_limit"
    DECIDE_FIRST = "decide_first"
    COMPANY_ON_TOP = "company_on_top"
    EVENT_KIND = "event_kind"
    FEWER_ENDPOINTS = "fewer_endpoints"  # (most)
    HTTPS_ADDRESS = "https_address"  # (most)
    INSTALL_FONT = "install_font"  # (fonts)
    KNOWN_BUYER = "known_buyer"
    KEEP_SHUT = "keep_shut"
    NOT_BELOW_IT = "not_below_it"
    ONCE_EACH = "once_each"
    ONE_CURRENCY = "one_currency"
    ONE_PLAN_RUNS = "one_plan_runs"
    ONE_LIMIT_A_BUYER = "one_limit_a_buyer"
    PUBLIC_ADDRESS = "public_address"
    OTHER_STEP = "other_step"
    TOP_UP_WHOLE = "top_up_whole"
    WORKING_ADDRESS = "working_address"
    UNPLANNED_INVOICE = "unplanned_invoice"
    # Annual accounts.
    BALANCED = "balanced"  # (expected)
    LOOK_AT_UNIT = "look_at_unit"  # (expected)
    SUM_OF_PARTS = "sum_of_parts"  # (expected)
    # Files of a population.
    ADD_COLUMNS = "add_columns"  # (file, columns)
    NUMBERS_IN_FILE = "numbers_in_file"  # (file)
    OWN_FILE_NAMES = "own_file_names"
    OTHER_FOLDER = "other_folder"
    BOTH_OUTCOMES = "both_outcomes"  # (least)
    READABLE_CSV = "readable_csv"  # (why)
    READABLE_PARQUET = "readable_parquet"  # (file, why)
    # Policies and scorecards kept as data.
    AN_ATTRIBUTE = "an_attribute"
    AS_BUILT_IN = "as_built_in"
    AS_OTHER_POLICIES = "as_other_policies"
    ASCENDING = "ascending"
    LAST_BIN = "last_bin"
    LENGTH_AND_UNIT = "length_and_unit"
    LOWER_CASE = "lower_case"
    MORE_DEFAULTS = "more_defaults"  # (least)
    NO_CERTAIN_DEFAULT = "no_certain_default"
    OWN_CODES = "own_codes"
    OTHER_NUMBER_OR_DAYS = "other_number_or_days"
    OWN_NAMES = "own_names"  # (most)
    RENEW_POLICY = "renew_policy"
    SHIFT_BASE = "shift_base"
    # Models trained on a seller's own book.
    MORE_PAID_INVOICES = "more_paid_invoices"  # (least, missing)
