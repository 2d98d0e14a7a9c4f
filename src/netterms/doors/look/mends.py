"""What would mend a refused value, as a person reads it: one sentence part for each code."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from netterms.kernel.mends import Mend

# They end a sentence: "To mend it: give 1 to 12."
MENDS: dict[Mend, str] = {
    Mend.AMOUNT: gettext_noop("an amount like 1234.50, in %(currency)s"),
    Mend.AT_LEAST: gettext_noop("give %(least)s or more"),
    Mend.AT_MOST: gettext_noop("give %(most)s or less"),
    Mend.BETWEEN: gettext_noop("give %(least)s to %(most)s"),
    Mend.LESS_THAN: gettext_noop("give less than %(most)s"),
    Mend.MORE_THAN: gettext_noop("give more than %(least)s"),
    Mend.NOT_DISPUTED: gettext_noop(
        "more than nothing and at most %(most)s, which is open and not disputed"
    ),
    Mend.NUMBER: gettext_noop("a number like 2.5"),
    Mend.STEPS_OF: gettext_noop("give a multiple of %(step)s"),
    Mend.WHOLE_NUMBER: gettext_noop("a whole number"),
    Mend.DAY: gettext_noop("a date like 2026-06-30"),
    Mend.AFTER_START: gettext_noop("a day after the policy starts"),
    Mend.AFTER_TODAY: gettext_noop("a day after today"),
    Mend.EARLIER_OR_NONE: gettext_noop("an earlier day, or no promise at all"),
    Mend.FIRST_AND_LAST_DAY: gettext_noop("a first and a last day"),
    Mend.INSTANT: gettext_noop("a time with its zone, like 2026-06-30T12:00:00Z"),
    Mend.TIME_TO_COME: gettext_noop("a time to come"),
    Mend.TODAY_OR_EARLIER: gettext_noop("today or an earlier day"),
    Mend.TODAY_OR_LATER: gettext_noop("today or a later day"),
    Mend.WITHIN_DAYS: gettext_noop("a time from now until in %(days)s days"),
    Mend.CHARACTERS: gettext_noop("give %(least)s to %(most)s printable characters"),
    Mend.CHECK_DIGITS: gettext_noop("the check digits do not fit: look at the number again"),
    Mend.COUNTRY_CODE: gettext_noop("two capital letters of ISO 3166, such as DE"),
    Mend.CURRENCY_CODE: gettext_noop("three capital letters of ISO 4217, such as EUR"),
    Mend.EMAIL: gettext_noop("an address like name@company.example"),
    Mend.ETAG: gettext_noop("send the ETag of the line as If-Match, as it was read"),
    Mend.FITTING: gettext_noop("text that fits %(pattern)s"),
    Mend.GIVE_IT: gettext_noop("it has to be given"),
    Mend.INSTALL: gettext_noop("install %(extra)s"),
    Mend.ID: gettext_noop("an id as it was answered"),
    Mend.LETTERS_AND_DIGITS: gettext_noop("give 1 to %(most)s letters and digits"),
    Mend.ONE_OF: gettext_noop("use one of: %(allowed)s"),
    Mend.PASSWORD: gettext_noop(
        "at least %(least)s characters, not digits alone, and none that many people use"
    ),
    Mend.SET_UP_APP: gettext_noop("set up an authenticator app under Second factor first"),
    Mend.CODE_OF_APP: gettext_noop(
        "the six digits that your authenticator app shows now, each used once"
    ),
    Mend.SAY_WHY: gettext_noop("say why, for those who ask"),
    Mend.TEXT: gettext_noop("send text"),
    Mend.TIME_ZONE: gettext_noop("a name of the IANA, such as Asia/Shanghai"),
    Mend.AS_DOCUMENTED: gettext_noop("send it as the description of the API says"),
    Mend.ITEMS: gettext_noop("send a list of %(least)s to %(most)s"),
    Mend.LEAVE_OUT: gettext_noop("leave it out: there is no such field"),
    Mend.LEAVE_OUT_OR: gettext_noop("leave it out, or use one of: %(allowed)s"),
    Mend.LIST: gettext_noop("send a list"),
    Mend.OBJECT: gettext_noop("send an object with fields"),
    Mend.TRUE_OR_FALSE: gettext_noop("send true or false"),
    Mend.ANOTHER_ADDRESS: gettext_noop("this address has an account: take another"),
    Mend.ANOTHER_BUYER: gettext_noop("another buyer's number"),
    Mend.ANOTHER_PERSON: gettext_noop(
        "another person than who trained the scorecard must approve it"
    ),
    Mend.BUYER_AND_LIMIT: gettext_noop(
        "put a row of headings on top with at least a buyer number and a limit"
    ),
    Mend.DECIDE_FIRST: gettext_noop(
        "that account waits to be confirmed: confirm or reject it first, or name another"
    ),
    Mend.COMPANY_ON_TOP: gettext_noop("the id of the company on top of the group"),
    Mend.EVENT_KIND: gettext_noop("a kind of the reference, such as checkout.order_authorised"),
    Mend.FEWER_ENDPOINTS: gettext_noop("remove an endpoint first: %(most)s are the most"),
    Mend.HTTPS_ADDRESS: gettext_noop(
        "an https address with a host, without a user and without #, up to %(most)s characters"
    ),
    Mend.INSTALL_FONT: gettext_noop(
        "let the operator install one of %(fonts)s (Debian: fonts-noto-cjk), or ask in English"
    ),
    Mend.KNOWN_BUYER: gettext_noop("the number of a buyer that is in the book"),
    Mend.KEEP_SHUT: gettext_noop(
        "the buyer is on a sanctions list: keep its line on hold or closed"
    ),
    Mend.NOT_BELOW_IT: gettext_noop("a company that does not itself stand below this one"),
    Mend.ONCE: gettext_noop("give it once"),
    Mend.ONCE_EACH: gettext_noop("name each invoice once"),
    Mend.ONE_CURRENCY: gettext_noop("invoices of one currency"),
    Mend.ONE_PLAN_RUNS: gettext_noop("end the plan that runs first: one at a time in a currency"),
    Mend.ONE_LIMIT_A_BUYER: gettext_noop("one limit a buyer"),
    Mend.PUBLIC_ADDRESS: gettext_noop("an address of the public internet, in its usual spelling"),
    Mend.OTHER_STEP: gettext_noop("each step once: change it or leave it out"),
    Mend.TOP_UP_WHOLE: gettext_noop("a top-up has an amount and an end"),
    Mend.WORKING_ADDRESS: gettext_noop(
        "mail to it came back: give another address, or clear the mark when it works again"
    ),
    Mend.UNPLANNED_INVOICE: gettext_noop("an invoice that no other plan holds"),
    Mend.BALANCED: gettext_noop("liabilities and equity make %(expected)s: assets are the same"),
    Mend.LOOK_AT_UNIT: gettext_noop(
        "the year before it was %(expected)s: look at the unit, or confirm that it is so"
    ),
    Mend.SUM_OF_PARTS: gettext_noop("its parts make %(expected)s"),
    Mend.ADD_COLUMNS: gettext_noop("give %(file)s these columns: %(columns)s"),
    Mend.NUMBERS_IN_FILE: gettext_noop("let this column of %(file)s hold numbers"),
    Mend.OWN_FILE_NAMES: gettext_noop("give every file a name of its own"),
    Mend.OTHER_FOLDER: gettext_noop(
        "take an empty folder: the grades in this one were made with other cards or settings"
    ),
    Mend.BOTH_OUTCOMES: gettext_noop(
        "of the rows at least %(least)s must be marked 1 (failed) and as many 0"
    ),
    Mend.READABLE_CSV: gettext_noop("make it a CSV file with a row of headings (%(why)s)"),
    Mend.READABLE_PARQUET: gettext_noop("make %(file)s a whole Parquet file (%(why)s)"),
    Mend.AN_ATTRIBUTE: gettext_noop("name an attribute of the scorecard"),
    Mend.AS_BUILT_IN: gettext_noop("write it as the built-in card does"),
    Mend.AS_OTHER_POLICIES: gettext_noop("write it as the other policies do"),
    Mend.ASCENDING: gettext_noop("put the bounds in ascending order"),
    Mend.LAST_BIN: gettext_noop("only the last bin has no upper bound"),
    Mend.LENGTH_AND_UNIT: gettext_noop("a length with its unit, days or months"),
    Mend.LOWER_CASE: gettext_noop("use lower-case letters, digits and underscores"),
    Mend.MORE_DEFAULTS: gettext_noop("it takes %(least)s defaults, and as many buyers without one"),
    Mend.NO_CERTAIN_DEFAULT: gettext_noop("no bin may make default certain"),
    Mend.OWN_CODES: gettext_noop("give each reason its own code"),
    Mend.OTHER_NUMBER_OR_DAYS: gettext_noop(
        "a policy of this number runs in that time: take another number, or days outside of it"
    ),
    Mend.OWN_NAMES: gettext_noop("give 1 to %(most)s attributes, each name once"),
    Mend.RENEW_POLICY: gettext_noop(
        "deadlines or claims count by these terms already: renew the policy with the new ones"
    ),
    Mend.SHIFT_BASE: gettext_noop("shift the base by a point"),
    Mend.MORE_PAID_INVOICES: gettext_noop(
        "at least %(least)s paid invoices are needed, so %(missing)s are missing"
    ),
}
