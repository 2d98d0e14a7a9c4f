"""What the names in the tables are called on a page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from netterms.buyers.identifiers import KINDS

STEPS = {
    "email_reminder": _("Send a reminder by e-mail"),
    "call": _("Call the buyer"),
    "letter": _("Send a formal letter"),
    "legal_step": _("Take the first legal step"),
    "claim_file": _("Prepare the insurance claim"),
    "policy_notice": _("Notify the insurer"),
}
# What would let an order through, in the words of `would_change`.
HINTS = {
    "ask_less": _("Ask for less"),
    "ask_review": _("Let a person look at it: the shop asks for a review"),
    "introduce_buyer": _("Introduce the buyer, so that a credit line can be opened"),
    "open_line": _("Open the credit line again"),
    "load_rates": _("Load exchange rates"),
    "send_accounts": _("The buyer sends its annual accounts"),
    "send_register_extract": _("The buyer sends an extract of its company register"),
    "give_company_email": _("The buyer gives an e-mail address of the company"),
    "load_lists": _("Load the sanctions lists"),
}
FORMULAS = {
    "capacity": _("A share of net worth and of turnover, by grade"),
    "three_way": _("The mean of a tenth of net worth, trade references and need"),
    "heuristic": _("A share of net worth by how the buyer trades"),
}
WORK_SETTINGS = {
    "cost_minute": _("Cost of a minute of a collector"),
    "self_pay_1": _("Chance to pay by itself without a forecast, stage 1"),
    "self_pay_2": _("Chance to pay by itself without a forecast, stage 2"),
    "self_pay_3": _("Chance to pay by itself without a forecast, stage 3"),
    "self_pay_4": _("Chance to pay by itself without a forecast, stage 4"),
    "deadline_weight": _("Share of the insured part that a missed deadline loses"),
    "promise_weight": _("Share of a promise that a call on its day brings"),
    "call_from_hour": _("Calls from, hour of the buyer's clock"),
    "call_to_hour": _("Calls until, hour of the buyer's clock"),
    "mail_from_hour": _("Reminders by e-mail from, hour of the buyer's clock"),
    "mail_to_hour": _("Reminders by e-mail until, hour of the buyer's clock"),
}
CHANNELS = {
    "phone": _("telephone"),
    "email": _("e-mail"),
    "letter": _("letter"),
    "visit": _("visit"),
    "page": _("web page"),
}
OBJECTIONS = {
    "too_far_ahead": _("It is too many business days ahead."),
    "past_policy_deadline": _("It lies after the next deadline of the policy."),
    "in_the_past": _("It lies in the past."),
    "no_more_promises": _("Two promises were broken: no more are taken for now."),
}
QUIET = {
    "closed_day": _("not a business day there"),
    "too_early": _("too early to call"),
    "too_late": _("too late to call"),
}
DUTIES = {
    "overdue_notice": _("notice to the insurer"),
    "hand_over": _("hand-over for collection"),
    "claim_filing": _("claim to the insurer"),
}
WAYS = {
    "email": _("e-mail"),
    "phone": _("telephone"),
    "letter": _("letter"),
    "page": _("web page"),
}
DOERS = {
    "machine": _("by itself"),
    "collector": pgettext_lazy("does a step", "collector"),
    "legal": _("legal department"),
}
SEGMENTS = {
    "key_account": _("key accounts"),
    "others": _("all but key accounts"),
}
CASE_STATES = {
    "open": _("open"),
    "promised": _("payment promised"),
    "in_plan": _("in a payment plan"),
    "disputed": _("disputed"),
    "handed_over": _("handed over"),
    "claimed": _("claimed"),
    "closed_paid": _("closed, paid"),
    "closed_written_off": _("closed, written off"),
}
DEADLINES = {
    "stop_shipment": _("Last day of insured deliveries"),
    "overdue_notice": _("Overdue notice to the insurer"),
    "hand_over": _("Hand-over for collection"),
    "date_of_loss": _("Date of loss"),
    "claim_filing": _("Claim to be filed"),
}
IF_MISSED = {
    "stop_shipment": _("Deliveries after this day are not insured."),
    "overdue_notice": _("Cover of this buyer may end and a claim may be refused."),
    "hand_over": _("The insurer may refuse a claim for this debt."),
    "date_of_loss": _("Nothing is lost: from this day on a claim can be filed."),
    "claim_filing": _("The claim is refused as late."),
}
ALERTS = {
    "grade_worse": _("Grade got worse"),
    "over_limit": _("Over the credit limit"),
    "late_first_time": _("Late for the first time"),
    "deadline_near": _("Policy deadline is near"),
    "concentration": _("Large share of the book"),
    "review_due": _("Review is due"),
    "payment_slower": _("Pays slower than before"),
    "bank_account_changed": _("Bank account changed: confirm by a call to a known number"),
    "insolvency_signalled": _("Signs of an insolvency"),
    "late_disputes": _("Disputes invoices again and again, only once they are due"),
}
# A kind without a word of its own is called by its own letters: CNPJ, SIREN, UEN.
NUMBER_KINDS: dict[str, Any] = {kind: kind.upper() for kind in KINDS} | {
    "companies_house": "Companies House",
    "duns": "D-U-N-S",
    "registration": _("Company register"),
    "tax": _("Tax number"),
    "vat": _("VAT number"),
}
NUMBER_CHECKS = {
    "valid": _("check digits fit"),
    "unchecked": _("not checked"),
}
ALIAS_KINDS = {
    "other": pgettext_lazy("name", "other"),
    "former": pgettext_lazy("name", "former"),
    "script": _("in another script"),
    "merged": _("of a merged buyer"),
}
ADDRESS_KINDS = {
    "registered": _("Registered office"),
    "billing": _("Billing address"),
    "delivery": _("Delivery address"),
    "other": _("Other address"),
}
PARTICULARS = {
    "alias": _("Other name"),
    "contact": _("Contact"),
    "address": _("Address"),
}
FORM_RANKS = {
    "1": _("Owner liable: sole trader, partnership"),
    "2": _("Limited by little capital: Ltd, GmbH"),
    "3": _("Limited by much capital, audited: plc, AG"),
}
MASTER_FIELDS = {
    "country": _("Country"),
    "sector": _("Sector"),
    "language": _("Language"),
    "email": _("E-mail"),
    "key_account": _("Key account"),
    "insolvent_on": _("Insolvent since"),
    "parent_id": _("Parent"),
}
# How far a country's rule is trusted.
TRUST = {
    "high": _("high: the interest rule was read in a public text"),
    "medium": _("medium: the statute is named from knowledge, or read in part"),
    "low": _("low: weak or mostly empty"),
}
LIKENESS = {
    "identifier": _("same number"),
    "bank_account": _("same bank account"),
    "email": _("same e-mail address"),
    "address": _("same address"),
    "domain": _("same mail domain"),
    "same_name": _("same name"),
    "similar_name": _("similar name"),
    "same_country": _("same country"),
}
PROMISES = {
    "open": _("open"),
    "kept": _("kept"),
    "broken": _("broken"),
    "replaced": _("replaced"),
}
PAPER_KINDS = {
    "invoice": _("Invoice"),
    "debit_note": _("Debit note"),
    "credit_note": _("Credit note"),
}
# Codes of UNCL5305 as EN 16931 uses them.
TAX_CATEGORIES = {
    "S": pgettext_lazy("VAT category", "taxed"),
    "Z": _("zero rate"),
    "E": _("exempt"),
    "AE": _("reverse charge"),
    "K": _("supply within the European Union"),
    "G": _("export"),
    "O": _("outside the scope of VAT"),
    "L": _("Canary Islands (IGIC)"),
    "M": _("Ceuta and Melilla (IPSI)"),
}
MOVEMENTS = {
    "opening": _("Opening balance"),
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "payment": _("Payment"),
    "receipt": _("Money received"),
    "refund": _("Refund"),
    "offset": _("Credit note set off"),
    "allocation": _("Discount or difference"),
    "undo": _("Taken back"),
    "write_off": _("Write-off"),
    "recovery": _("Recovery of bad debt"),
}
ACCOUNTS = {
    "receivable": _("Receivables"),
    "sales": _("Sales"),
    "sales_tax": _("Tax on sales"),
    "interest": _("Interest of agreements"),
    "bank": _("Bank"),
    "unallocated": _("Unallocated payments"),
    "discount": _("Discounts"),
    "small_difference": _("Small differences"),
    "bad_debt": _("Bad debt"),
    "bank_charges": _("Bank charges"),
    "exchange": _("Exchange of currencies"),
    "exchange_difference": _("Exchange differences"),
}
INVOICE_STATES = {
    "open": pgettext_lazy("state of an invoice", "open"),
    "part_paid": _("partly paid"),
    "paid": _("paid"),
    "written_off": _("written off"),
    "recovered": _("recovered"),
}
WRITE_OFF_REASONS = {
    "insolvent": _("the buyer is insolvent"),
    "uncollectable": _("cannot be collected"),
    "time_barred": _("time-barred"),
    "settlement": _("settlement with the buyer"),
    "not_worth_it": _("costs more than it brings"),
}
WRITE_OFF_STATES = {
    "proposed": _("waits for a second person"),
    "done": _("booked"),
    "refused": _("refused"),
}
DISPUTE_CLOCKS = {
    "acknowledge": _("Acknowledge"),
    "owner": _("Put somebody in charge"),
    "position": _("State our position"),
    "resolve": _("Settle"),
}
DISPUTE_MOVES = {
    "acknowledge": _("Acknowledge"),
    "assign": _("Put somebody in charge"),
    "state_position": _("State our position"),
    "litigate": _("Bring it to court"),
    "credited": _("Credit the buyer"),
    "confirmed": _("Confirm the invoice"),
}
DISPUTE_REASONS = {
    "price": _("price"),
    "quantity": _("quantity"),
    "quality": _("quality"),
    "delivery": _("delivery"),
    "terms": _("terms"),
    "duplicate": _("invoiced twice"),
    "no_purchase_order": _("no purchase order"),
}
COVER = {
    "named": _("named limit"),
    "discretionary": _("discretionary limit"),
    "base_cover": _("base cover"),
}
POLICY_STATES = {
    "to_come": pgettext_lazy("an insurance policy", "starts later"),
    "running": pgettext_lazy("an insurance policy", "in force"),
    "ended": pgettext_lazy("an insurance policy", "ended"),
}
ROLES = {
    "owner": _("Owner"),
    "credit_manager": _("Credit manager"),
    "collector": _("Collector"),
    "reader": _("Reader"),
}
OUTCOMES = {
    "promised": _("Payment promised"),
    "reached": _("Reached, no promise"),
    "not_reached": _("Not reached"),
    "sent": _("Sent"),
    "disputes": _("Buyer disputes the debt"),
    "no_need": _("No longer needed"),
}
VERDICTS = {
    "approve": _("approved at once"),
    "review": _("sent to a person"),
    "decline": _("declined at once"),
}
LINE_STATES = {
    "open": pgettext_lazy("a credit line", "open"),
    "on_hold": pgettext_lazy("a credit line", "on hold"),
    "closed": pgettext_lazy("a credit line", "closed"),
}
CAP_KINDS = {
    "group": _("Group"),
    "country": _("Country"),
    "sector": _("Sector"),
    "grade": _("Grade"),
}
LINE_FIELDS = {
    "limit_minor": _("Limit"),
    "status": _("Status"),
    "top_up_minor": _("Top-up"),
    "top_up_until": _("Top-up until"),
    "insured_minor": _("Insured part"),
    "net_days": _("Days to pay"),
    "discount_percent": _("Discount in percent"),
    "discount_days": _("Days for the discount"),
    "instalments": _("Instalments"),
}
ORDER_REASONS = {
    "no_line": _("The buyer has no credit line."),
    "line_on_hold": _("The credit line is on hold."),
    "line_closed": _("The credit line is closed."),
    "no_rate": _("No exchange rate of the last seven days is known."),
    "over_limit": _("It is more than the credit line has left."),
    "over_group_cap": _("The cap on the buyer's group has no room."),
    "over_country_cap": _("The cap on the buyer's country has no room."),
    "over_sector_cap": _("The cap on the buyer's sector has no room."),
    "over_grade_cap": _("The cap on the buyer's grade has no room."),
    "sanctions_hit": _("The buyer is on a sanctions list."),
    "insolvent": _("The buyer is insolvent."),
    "newcomers_not_served": _("New buyers get no credit."),
    "country_not_served": _("Buyers of this country get no credit."),
    "grade_too_weak": _("The grade is too weak."),
    "not_screened": _("Nobody has looked at sanctions lists yet."),
    "no_grade": _("Nothing is known of the buyer that a grade could rest on."),
    "name_differs": _("The name is not the one known for this registration number."),
    "name_known": _("A buyer of this name is known under another number, or none."),
    "number_unchecked": _("The country's registration numbers have no check digits."),
    "free_mail": _("The e-mail address is of a free provider."),
    "no_email": _("There is no e-mail address."),
    "email_differs": _("The e-mail domain is not the one known for the buyer."),
    "over_largest_order": _("The order is larger than any that passes without a person."),
    "over_auto_approval": _("Amount and grade are outside what is approved by itself."),
    "no_starter_limit": _("The policy has no starter limit for this buyer."),
    "over_starter_limit": _("The order is more than the starter limit."),
}
DELIVERY_STATES = {
    "pending": _("waiting"),
    "delivered": _("received"),
    "failed": _("given up"),
}
DELIVERY_ERRORS = {
    "address": _("the name leads to an address that may not be called"),
    "name": _("no such name"),
    "connection": _("no connection"),
    "certificate": _("the certificate is not valid"),
    "timeout": _("no answer in time"),
    "response": _("the answer is not HTTP"),
}
DISABLED_WHY = {
    "failing": _("Switched off: nothing but failures for five days."),
    "gone": _("Switched off: the endpoint said that it is gone (410)."),
}
REPORT_MISSING = {
    "registration_number": _("The registration number: without it the company is only a name."),
    "address": _("An address: letters and courts need it."),
    "country": _("The country."),
    "sector": _("The sector: with it the buyer stands beside others of its trade."),
    "screening": _("A look at sanctions lists."),
    "accounts": _("Annual accounts: they tell more of a company that pays late."),
    "payments": _("Payments of the last 24 months."),
    "score": _("A score: the business day gives it."),
    "email": _("An e-mail address for reminders."),
    "visit": _("A site visit: it is a key account."),
}
NOTICES = {
    "sign": _("Sign of an insolvency"),
    "opened": _("Insolvency proceedings opened"),
}
WATCHLISTS = {
    "ofac": _("US Treasury (OFAC)"),
    "un": _("United Nations"),
    "eu": _("European Union"),
    "opensanctions": _("OpenSanctions list"),
}
SCREENING_POINTS = {
    "name": _("How alike the names are"),
    "number": _("The same number"),
    "same_country": _("A country in common"),
    "other_country": _("Known in other countries only"),
    "other_kind": _("The listed party is a person"),
}


def plain(name: str) -> str:
    """A name without a word of its own, as readable text: `a.b_c` is `b c`."""
    return name.rpartition(".")[2].replace("_", " ")


TEMPLATES = {
    "reminder_1": _("First reminder"),
    "reminder_2": _("Second reminder"),
    "reminder_3": _("Third reminder"),
    "call_follow_up": _("After a telephone call"),
    "formal_notice": _("Formal notice, with interest"),
    "final_notice": _("Final notice before a legal step, with interest"),
    "statement": _("Statement of account"),
    "plan_proposal": _("Proposal of a payment plan"),
    "thank_you": _("Thank you for the payment"),
}
# Each in its own words, as its readers look for it.
LANGUAGE_NAMES = {
    "en": "English", "zh": "中文", "de": "Deutsch", "fr": "Français", "es": "Español",
    "it": "Italiano", "pt": "Português", "nl": "Nederlands", "pl": "Polski", "tr": "Türkçe",
    "ja": "日本語", "ko": "한국어", "ar": "العربية",
}  # fmt: skip
LETTER_WARNINGS = {
    "notice_by_post": _(
        "In many countries a notice counts only when its arrival can be proven: send it by"
        " registered post, too."
    ),
}
MAIL_KINDS = {
    "reply": _("reply"),
    "bounce": _("came back"),
    "automatic": _("automatic answer"),
}
MAIL_LEFT_OUT = {
    "kind": _("not kept: not a PDF, JPEG, PNG or WebP"),
    "size": _("not kept: too large"),
    "number": _("not kept: too many files"),
}
LEGAL_STEPS = {
    "european_order": _("European order for payment (Form A)"),
    "small_claims": _("European small claims procedure"),
    "national_order": _("National order for payment"),
    "counsel": _("Lawyer in the buyer's country"),
    "lodge_claim": _("Lodge the claim in the insolvency proceedings"),
}
LEGAL_REASONS = {
    "cross_border_undisputed": _("Both parties are in member states, and this part is undisputed."),
    "cross_border_disputed_small": _("Both are in member states; disputed, at most EUR 5,000."),
    "cross_border_disputed_large": _("Disputed and more than EUR 5,000: no simple procedure."),
    "euro_value_unknown": _("Disputed, and no exchange rate to the euro is known."),
    "not_taking_part": _("Denmark takes no part in the European procedures."),
    "same_country": _("Seller and buyer are in the same country."),
    "no_order_known": _("No order for payment of this country is on file."),
    "order_not_verified": _("Nobody has verified that this procedure fits: ask first."),
    "disputed_at_home": _("An order for payment is for undisputed claims."),
    "outside_union": _("One of the two is outside the European Union."),
    "country_unknown": _("The country of the buyer is not known."),
    "insolvent": _("The buyer is insolvent: courts stop single claims."),
    "time_barred": _("The limitation period seems to be over: have it looked at first."),
}
COUNTINGS = {
    "from_due": _("counted from the due day"),
    "from_year_end": _("counted from the end of the year in which it fell due"),
    "to_year_end": _("runs to the end of its last calendar year"),
}
PARTNER_KINDS = {
    "agency": _("Collection agency"),
    "lawyer": _("Lawyer"),
}
