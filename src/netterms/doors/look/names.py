"""What fields, states, moves and permissions are called in a sentence for people.

A program reads the names themselves; these are for the console and the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from netterms.statements.chart import ITEMS

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
}
CARD_STATES = {
    "candidate": _("candidate"),
    "champion": _("in force"),
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
    # Of a sanctions hit.
    "agree": _("agreement"),
    "disagree": _("disagreement"),
    "propose_clear": _("proposal: another party"),
    "propose_confirm": _("proposal: the same party"),
    # Of a scorecard.
    "retire": _("retirement"),
    # Of a dispute.
    "credited": _("credit note"),
    "confirmed": _("confirmation"),
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
}
FIELDS = {
    "Date": _("day"),
    "account": _("bank account"),
    "address": _("address"),
    "alias": _("other name"),
    "approver": _("approver"),
    "amount": _("amount"),
    "amount_minor": _("amount"),
    "as_of": _("day"),
    "attributes": _("attributes"),
    "bank_code": _("bank code"),
    "base_points": _("base points"),
    "buyer": _("buyer"),
    "buyer_name": _("buyer's name"),
    "buyer_number": _("buyer number"),
    "cap": _("cap"),
    "city": _("city"),
    "central_tendency": _("mean default probability"),
    "code": _("code"),
    "confidence": _("confidence"),
    "contact": _("contact"),
    "country": _("country"),
    "currency": _("currency"),
    "decline_from_grade": _("grade declined at once"),
    "defaults": _("number of defaults"),
    "delivery": _("delivery of a webhook"),
    "discount_days": _("days for the discount"),
    "discount_percent": _("discount in percent"),
    "dispute": _("dispute"),
    "due_on": _("due date"),
    "email": _("e-mail address"),
    "employees": _("employees"),
    "ends_on": _("last day"),
    "expires_at": _("end"),
    "hit": _("sanctions hit"),
    "holder": _("holder of the account"),
    "iban": _("IBAN"),
    "files": _("files"),
    "form_rank": _("rank of the legal form"),
    "founded_on": _("day of foundation"),
    "file": _("file"),
    "folds": _("folds"),
    "idempotency_key": _("key of the request"),
    "identifier": _("number of the company"),
    "instalments": _("instalments"),
    "insolvent_on": _("day of insolvency"),
    "insured_minor": _("insured part"),
    "insurer": _("insurer"),
    "invoice": _("invoice"),
    "invoice_number": _("invoice number"),
    "issued_on": _("invoice date"),
    "key": _("key"),
    "kind": _("kind"),
    "kinds": _("kinds of events"),
    "language": _("language"),
    "library": _("library"),
    "limit_minor": _("limit"),
    "line": _("credit line"),
    "move": _("step"),
    "name": _("name"),
    "net_days": _("days to pay"),
    "old_until": _("end of the old secret"),
    "order": _("order"),
    "order_number": _("order number"),
    "out": _("folder"),
    "parent": _("parent company"),
    "paid_invoices": _("number of paid invoices"),
    "password": _("password"),
    "payer": _("payer"),
    "phone": _("phone number"),
    "plan": _("payment plan"),
    "policy": pgettext_lazy("of credit insurance or for new buyers", "policy"),
    "policy_number": _("policy number"),
    "points": _("points"),
    "postal_code": _("postal code"),
    "promised_for": _("promised day"),
    "registration_number": _("registration number"),
    "report": _("credit report"),
    "registry": _("register of companies"),
    "requests_per_second": _("requests a second"),
    "role": _("role"),
    "rows": _("number of rows"),
    "scaling": _("scaling"),
    "scopes": _("permissions"),
    "scorecard": _("scorecard"),
    "sector": _("sector"),
    "source": _("source"),
    "seller": _("seller"),
    "status": _("status"),
    "task": _("task"),
    "time_zone": _("time zone"),
    "top_up_minor": _("top-up"),
    "top_up_until": _("end of the top-up"),
    "url": _("web address"),
    "webhook": _("webhook"),
    "why": _("reason"),
    "worst_grade": _("grade"),
}
# Of invoices and payments.
FIELDS |= {
    "allocation": _("allocation"),
    "channel": _("channel"),
    "discount": _("discount"),
    "invoice_amount": _("amount of the invoice"),
    "paid_on": _("day of payment"),
    "parts": _("parts"),
    "payment": _("payment"),
    "realised": _("exchange difference"),
    "reason": _("reason"),
    "reference": _("reference"),
    "refund_of": _("payment given back"),
    "write_off": _("difference written off"),
}
FIELDS |= {
    "consolidated": _("group accounts"),
    "items": _("lines of the accounts"),
    "months": _("months of the period"),
    "period_end": _("end of the period"),
    "scale": _("unit of the amounts"),
    "source": _("source"),
    "standard": _("accounting standard"),
    "statement": _("annual accounts"),
    "visited_on": _("day of the visit"),
    "visitor": _("visitor"),
    "verdict": _("verdict"),
    "staff": _("staff"),
    "premises": _("premises"),
    "stock": _("stock seen"),
    "machines": _("machines"),
    "order_book": _("order book"),
    "management": _("management"),
    "notes": _("notes"),
    "photos": _("photographs"),
    # A line is marked for translation where the chart names it.
    **{item.name: _(item.caption) for item in ITEMS},
}
FIELDS |= {
    "bank_account": _("account of the statement"),
    "bank_line": _("bank movement"),
    "bank_statement": _("bank statement"),
    "closing_balance": _("closing balance"),
    "match": _("match"),
    "opening_balance": _("opening balance"),
    "compensation": _("compensation"),
    "contract_percent": _("agreed interest in percent"),
    "cost_of_money": _("cost of money in percent"),
    "creditor_small": _("whether the seller is a small enterprise"),
    "days": _("days"),
    "debtor_large": _("whether the buyer is a large enterprise"),
    "known_until": _("day the table is known to"),
    "rate_pct": _("rate in percent"),
    "series": _("reference rate"),
    "valid_from": _("first day of the rate"),
}
# Reasons that the program gives itself; a person's reason is in the person's own words.
WHYS: Words = {
    "insolvency": _("Insolvency proceedings were opened"),
    "sanctions": _("Found to be a party on a sanctions list"),
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
# By the name of the fact in a refusal.
OF_FACTS: Mapping[str, Words] = {
    "field": FIELDS,
    "what": FIELDS,
    "move": MOVES,
    "permission": PERMISSIONS,
    "run": RUNS,
    "no_interest": NO_INTEREST,
    "series": SERIES,
    "state": HIT_STATES | ORDER_STATES | ACTION_STATES | CARD_STATES | DISPUTES | PLAN_STATES,
}
