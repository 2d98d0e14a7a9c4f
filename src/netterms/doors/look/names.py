"""What fields, states, moves and permissions are called in a sentence for people.

A program reads the names themselves; these are for the console and the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from netterms.doors.look import policy_names
from netterms.doors.look.field_names import FIELDS

Words = Mapping[str, str | Promise]

ORDER_STATES = {
    "pending": _("waits for a person"),
    "authorised": _("authorised"),
    "part_captured": _("partly invoiced"),
    "captured": _("invoiced"),
    "declined": _("declined"),
    "voided": _("cancelled"),
    "expired": _("expired"),
}
ACTION_STATES = {
    "planned": _("planned"),
    "sending": _("being sent"),
    "done": _("done"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
}
DISPUTES = {
    "raised": _("raised"),
    "acknowledged": _("acknowledged"),
    "investigating": _("under investigation"),
    "credited": _("credited"),
    "confirmed": _("seller confirmed"),
    "litigated": _("in court"),
}
HIT_STATES = {
    "open": _("Open"),
    "clearing": _("Proposed: another party"),
    "confirming": _("Proposed: the same party"),
    "cleared": _("Another party"),
    "confirmed": _("The same party"),
    "gone": _("No longer found"),
}
PLAN_STATES = {
    "proposed": _("proposed"),
    "awaiting_insurer_consent": _("waiting for the insurer's consent"),
    "accepted": _("accepted"),
    "running": _("running"),
    "completed": _("completed"),
    "accelerated": _("due at once"),
    "replanned": _("replaced by another plan"),
    "declined": _("declined"),
    "cancelled": _("ended early"),
}
CARD_STATES = {
    "candidate": _("candidate"),
    "champion": _("in force"),
    "shadow": _("in shadow"),
    "retired": _("retired"),
}
MOVES = {
    # Of an order.
    "amend": _("change of the amount"),
    "approve": _("approval"),
    "decline": _("refusal"),
    "capture": _("invoice"),
    "void": _("cancellation"),
    "expire": _("expiry"),
    "refund": _("credit note"),
    # Of a task.
    "send": _("sending"),
    "finish": _("completion"),
    "fail": _("failure"),
    "retry": _("second attempt"),
    "cancel": _("cancellation"),
    # Of a payment plan.
    "ask_insurer": _("question to the insurer"),
    "accept": _("acceptance"),
    "start": _("start"),
    "complete": _("completion"),
    "accelerate": _("calling in at once"),
    "replan": _("new plan"),
    "consent": _("consent of the insurer"),
    # Of a sanctions hit.
    "agree": _("agreement"),
    "disagree": _("disagreement"),
    "propose_clear": _("proposal: another party"),
    "propose_confirm": _("proposal: the same party"),
    # Of a scorecard.
    "retire": _("retirement"),
    "shadow": _("trial in shadow"),
    # Of a dispute.
    "credited": _("credit note"),
    "confirmed": _("confirmation"),
    "acknowledge": _("acknowledgement"),
    "assign": _("assignment"),
    "state_position": _("position"),
    "litigate": _("going to court"),
    # Of a closed period.
    "ask_to_reopen": _("request to open it again"),
    "reopen": _("opening again"),
}
PERMISSIONS = {
    "read": _("read everything but people and whole account numbers"),
    "read_personal": _("see people at buyers and whole account numbers"),
    "import": _("import invoices"),
    "checkout": _("ask for credit and move orders"),
    "run_day": _("run the business day"),
    "book": _("book invoices and payments"),
    "collect": _("collect"),
    "set_limit": _("set limits and decide orders"),
    "manage_policy": _("change policies"),
    "manage_access": _("manage keys and webhooks"),
    # Who works for no seller lacks them all.
    "member": _("membership"),
}
RUNS = {
    "day": _("the business day"),
    "reminders": _("sending reminders"),
    "mail": _("reading the mailbox"),
    "replay": _("limits held against the past"),
}
LETTER_STATES = {
    "written": _("written"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "posted": _("in the post"),
    "failed": _("failed"),
}
LETTER_MOVES = {
    "deliver": _("sending"),
    "post": _("posting"),
}
# What a hand-over pack holds.
PAPERS: Words = {
    "statement": _("statement of account"),
    "invoices": _("invoices"),
    "payments": _("payments received"),
    "journal": _("journal"),
    "interest": _("calculation of interest"),
    "correspondence": _("letters and mail"),
    "disputes": _("disputes"),
    "promises": _("promises to pay"),
    "debtor": _("registration number of the debtor"),
    "limitation": _("limitation period of the country"),
    "insurance": _("insurance cover"),
    "contract": _("contract and terms"),
    "orders": _("orders"),
    "delivery": _("proofs of delivery"),
    "guarantees": _("guarantees and retention of title"),
}
# What a letter lacks.
MISSING: Words = {
    "seller_name": _("the seller's legal name"),
    "seller_address": _("the seller's address"),
    "buyer_name": _("the buyer's legal name"),
    "buyer_address": _("the buyer's address"),
    "items": _("an invoice that is late and not disputed"),
    "payee": _("the account to pay to"),
    "contact": _("an address for questions and disputes"),
    "signatory": _("who signs"),
    "note": _("what was said on the telephone"),
    "instalments": _("the instalments"),
    "statement": _("any movement on the account"),
}
# Reasons that the program gives itself; a person's reason is in the person's own words.
WHYS: Words = {
    "insolvency": _("Insolvency proceedings were opened"),
    "other_day": _("another day was entered"),
    "unmerged": _("the merge that brought it was taken back"),
    "sanctions": _("Found to be a party on a sanctions list"),
    "promises_broken": _("Promises to pay were broken"),
    "payment_plan": _("A payment plan runs: new deliveries are for cash"),
    "starter_limit": _("Starter limit of the policy for new buyers"),
}
# References that late interest is measured by; the codes of a file of rates.
SERIES: Words = {
    "AT_BASE": _("base rate of Austria"),
    "BE_REFERENCE": _("published reference rate of Belgium"),
    "CN_LPR_1Y": _("one-year loan prime rate (LPR)"),
    "CZ_REPO": _("two-week repo rate of the Czech National Bank"),
    "DE_BASE": _("base rate of Germany"),
    "DK_LENDING": _("lending rate of Danmarks Nationalbank"),
    "ECB_MRO": _("main refinancing rate of the European Central Bank"),
    "FI_REFERENCE": _("reference rate of the Bank of Finland"),
    "FR_LEGAL": _("legal rate of France"),
    "GB_BASE": _("Bank of England base rate"),
    "HU_BASE": _("base rate of the central bank of Hungary"),
    "IN_BANK": _("bank rate of the Reserve Bank of India"),
    "JP_LEGAL": _("statutory rate of Japan"),
    "NO_POLICY": _("policy rate of Norges Bank"),
    "PL_REFERENCE": _("reference rate of the National Bank of Poland"),
    "RO_POLICY": _("policy rate of the National Bank of Romania"),
    "SE_REFERENCE": _("reference rate of Sveriges Riksbank"),
    "TR_NOTICE": _("yearly late-interest notice of the central bank of Türkiye"),
    "UEMOA_LEGAL": _("legal rate of the West African union (UEMOA)"),
    "ZA_REPO": _("repo rate of the South African Reserve Bank"),
}
# Facts of a country that were or were not checked.
CELLS: Words = {
    "interest": _("interest rule"),
    "margin": _("margin"),
    "reference": _("reference rate"),
    "compensation": _("compensation"),
    "max_term": _("longest term"),
    "limitation": _("limitation"),
    "retention": _("retention of title"),
    "court_order": _("court order for payment"),
}
# Why no interest is named.
NO_INTEREST: Words = {
    "ceiling_only": _("the law sets a ceiling, not a rate"),
    "choice_needed": _("sources differ on which half-year counts: choose one in the terms policy"),
    "contract_only": _("there is no statutory rate: only a contract can set one"),
    "country_unknown": _("no rule of this country is on file"),
    "court_only": _("only a court awards interest"),
    "index_needed": _("the rule adds an index that is not on file"),
    "margin_unknown": _("the margin above the reference is not on file"),
    "market_rate": _("the rule takes a market rate at the time of payment"),
    "not_enforceable": _("interest cannot be enforced there"),
    "not_in_force": _("its rule was not law yet when the invoice became late"),
    "rate_before_first_date": _("the reference rate is not known for days so early"),
    "rate_missing": _("the reference rate was never loaded"),
    "rate_past_last_date": _("the reference rate is not known for days so late: load newer rates"),
    "receipt_unknown": _("interest runs from the receipt of the goods, and that day is not known"),
    "reset_unknown": _("how the rate changes over time is not on file"),
    "rule_unknown": _("its statutory rule is not on file"),
    "scope_not_met": _(
        "the statutory rule is not for these parties: only a contract can set a rate"
    ),
    "scope_unproven": _("the size of seller and buyer decides, and nobody has said it"),
}
# Sections of NACE Rev. 2 (and ISIC Rev. 4), which many keep as a buyer's sector.
SECTORS: Words = {
    "A": _("Agriculture, forestry and fishing"),
    "B": _("Mining and quarrying"),
    "C": _("Manufacturing"),
    "D": _("Electricity, gas and steam"),
    "E": _("Water supply and waste"),
    "F": _("Construction"),
    "G": _("Wholesale and retail trade"),
    "H": _("Transport and storage"),
    "I": _("Hotels and restaurants"),
    "J": _("Information and communication"),
    "K": _("Finance and insurance"),
    "L": _("Real estate"),
    "M": _("Professional and technical services"),
    "N": _("Administrative and support services"),
    "O": _("Public administration"),
    "P": _("Education"),
    "Q": _("Health and social work"),
    "R": _("Arts and recreation"),
    "S": _("Other services"),
}
# By the name of the fact in a refusal.
OF_FACTS: Mapping[str, Words] = {
    "field": FIELDS,
    "what": FIELDS,
    "missing": MISSING,
    "papers": PAPERS,
    "move": MOVES | LETTER_MOVES | policy_names.POLICY_MOVES,
    "permission": PERMISSIONS,
    "run": RUNS,
    "no_interest": NO_INTEREST,
    "not_offered": policy_names.NOT_OFFERED,
    "series": SERIES,
    "state": HIT_STATES
    | ORDER_STATES
    | ACTION_STATES
    | CARD_STATES
    | DISPUTES
    | PLAN_STATES
    | LETTER_STATES
    | policy_names.STATES,
}


def sector(code: str) -> str:
    """As it stands with the buyer, and what the letter of a section means."""
    meant = SECTORS.get(code)
    return f"{code} · {meant}" if meant else code
