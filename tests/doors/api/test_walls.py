"""Every operation of the schema, asked with another seller's key: nothing read, nothing changed.

The same requests with the seller's own key work, so that it is the wall that refuses them.
"""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connections

from netterms.access.actions import create_key
from netterms.buyers import duplicates, particulars
from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.entering import NewAlias, enter
from netterms.buyers.insolvency import Notice, NoticeKind, record_notice
from netterms.buyers.particulars import Address, Contact
from netterms.buyers.queries import buyer
from netterms.checkout.moves import OrderMove
from netterms.collection.instalments import Acceptance, accept, propose
from netterms.collection.ladder_versions import draft, shipped
from netterms.collection.letters.actions import Wanted, write_letter
from netterms.collection.letters.rules import Template
from netterms.collection.plan_offers import standard_offer
from netterms.collection.plan_reads import plan as plan_of
from netterms.collection.promises import Channel
from netterms.connectors.letters import press
from netterms.doors.api.hot import MOVES
from netterms.early_payment import queries as early_payment
from netterms.early_payment.actions import Acceptance as EarlyAcceptance
from netterms.early_payment.actions import accept as accept_offer
from netterms.early_payment.actions import set_policy
from netterms.early_payment.rules import Channel as EarlyChannel
from netterms.early_payment.rules import Policy as OfferPolicy
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.queries import limits_of
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.clock import FixedClock, SystemClock
from netterms.kernel.events import plain
from netterms.kernel.money import Money
from netterms.limits.formulas import Formula
from netterms.limits.policy import LimitPolicy, set_limit_policy
from netterms.receivables.matching.queries import statements
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.reports.actions import order_report
from netterms.webhooks.actions import add_endpoint, deliver
from netterms.webhooks.queries import DeliveryFilter, deliveries
from tests.actions.books import fingerprint, rows
from tests.actions.connectors.test_banks import GERMAN
from tests.actions.receivables.test_matching import line, load
from tests.actions.small_book import put
from tests.doors.api.test_schema import OPERATIONS
from tests.doors.api.test_statements import ASKED
from tests.doors.api.test_webhooks import Ear
from tests.doors.credit import ask, credit, do
from tests.doors.gateway.servers import Caller, fresh
from tests.doors.papers import papers
from tests.doors.seed import fill

SCOPES = [
    "read",
    "read_personal",
    "book",
    "collect",
    "set_limit",
    "checkout",
    "manage_access",
    "import",
    "manage_policy",
]
URL = "https://example.com/hook"
INVOICE = {"country": "CH", "currency": "CHF", "amount_minor": 20_000_00, "due_on": "2026-01-02"}
# What a stranger may do, for itself: it names a buyer that it does not have, or nobody.
FOR_ITSELF = {
    ("POST", "/v1/orders/batch"),
    ("POST", "/v1/orders/new-buyer"),
    ("POST", "/v1/webhooks"),
    ("POST", "/v1/bank-statements"),
    ("POST", "/v1/insurance/policies"),
    ("POST", "/v1/limit-policies"),
    ("POST", "/v1/early-payment/policies"),
}
# Facts of countries, and the rates and the ladder that come along, are no seller's.
FOR_EVERYBODY = {
    "/v1/ladder",
    "/v1/terms/jurisdictions",
    "/v1/terms/jurisdictions/{country}",
    "/v1/terms/interest",
    "/v1/terms/rates",
}
# No id in the address, and yet of one seller only.
BY_QUERY_OR_BODY = {
    ("PUT", "/v1/caps"),
    ("DELETE", "/v1/caps"),
    ("POST", "/v1/invoices"),
    ("POST", "/v1/orders"),
    ("POST", "/v1/payments"),
    ("POST", "/v1/plans"),
    *(("POST", f"/v1/duplicates/{word}") for word in ("merge", "undo", "part")),
}
# Addresses whose query names something of the book.
QUERIED = {
    ("DELETE", "/v1/caps"),
    ("GET", "/v1/buyers/search"),
    ("GET", "/v1/terms/interest"),
    ("DELETE", "/v1/buyers/{buyer_id}/identifiers"),
}
LADDER_WHY = "Only for those within"
PLAN_WORDS = ("accept", "cancel", "replan", "money")
IBANS = ("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606")


class Book:
    """A seller's book with an example of everything, and how each operation asks for it."""

    def __init__(self, seller):
        now = SystemClock().now()
        self.ctx = ctx = replace(fill(seller, buyers=3).ctx, now=now, today=now.date())
        draft(ctx, shipped().steps[:-1], LADDER_WHY)
        made = credit(ctx)
        self.buyer = str(made.buyer)
        self.buyer_name = buyer(ctx, made.buyer).name
        self.orders = {word: self.order(word, made.buyer) for word in MOVES}
        self.papers = papers(ctx, made.buyer)
        heuristic = LimitPolicy(frozenset({Formula.HEURISTIC}))
        set_limit_policy(ctx, heuristic, ctx.today, "trial")
        self.early = self.accepted(made.buyer)
        endpoint = add_endpoint(ctx, fresh(), URL, []).endpoint
        create_key(ctx, "something that happens", ["read"])
        with ThreadPoolExecutor(2) as pool:
            deliver(ctx, Ear(), pool, FixedClock(ctx.now))
        self.ids = {
            "buyer_id": self.buyer,
            "currency": "EUR",
            "invoice_id": str(self.papers.invoices[1]),
            "payment_id": str(self.papers.payments[0]),
            "dispute_id": str(self.papers.disputes[0]),
            "file_id": str(self.papers.files[0]),
            "country": "DE",
            "order_id": str(made.orders["captured"]),
            "report_id": str(order_report(ctx, made.buyer, fresh())[0].id),
            "webhook_id": str(endpoint.id),
            "statement_id": str(self.statement()),
            "delivery_id": str(deliveries(ctx, DeliveryFilter(), most=1)[0].id),
            "letter_id": str(
                write_letter(ctx, Wanted(made.buyer, Template.STATEMENT), fresh(), press)
            ),
            **self.particulars(made.buyer),
            "plan_id": str(self.plan("W-1")),
            **self.insured(),
        }
        # Each has a policy of its own: what was renewed or ended takes no limit and ends no more.
        self.ended = {
            template: self.insured()
            for template in (
                "/v1/insurance/policies/{policy_id}/end",
                "/v1/insurance/policies/{policy_id}/renewals",
                "/v1/insurance/limits/{limit_id}/end",
            )
        }
        # Of an operation that a plan has to be in a state for, a plan of its own.
        self.plans = {word: self.plan(f"W-{word}", runs=word != "accept") for word in PLAN_WORDS}
        self.money = self.receipt(self.plans["money"])
        self.bounced = self.receipt(self.plans["money"])
        self.unplanned = tuple(map(str, self.late("W-none")))
        self.other = str(made.lineless)
        duplicates.merge(ctx, made.buyer, made.lineless, "twice")
        duplicates.unmerge(ctx, made.lineless)
        connections.close_all()

    def accepted(self, buyer):
        """Two invoices of which one is accepted to be paid early; how the other is."""
        set_policy(ctx := self.ctx, OfferPolicy(offered=True, least_minor=0), ctx.today, "trial")
        due = ctx.today + timedelta(days=30)
        number = rows(ctx, "select buyer_number from buyer where id = %(id)s", id=buyer)[0]
        asked = []
        for name in ("W-early", "W-sooner"):
            _, invoice = put(ctx, number["buyer_number"], name, 900_00, due_on=due)
            offer = early_payment.offer(ctx, invoice_id=invoice)
            step = offer.step(offer.debts[0], ctx.today)
            asked.append(
                EarlyAcceptance((invoice,), ctx.today, step.pay, "A person", EarlyChannel.API)
            )
        accept_offer(ctx, buyer, asked[0])
        return plain(
            {
                "invoice_ids": asked[1].invoice_ids,
                "pay_by": asked[1].pay_by,
                "pay": asked[1].pay,
                "accepted_by": "A person",
            }
        )

    def insured(self):
        """A policy by which nothing counts, with a limit."""
        policy = open_policy(self.ctx, self.schedule())
        starts_on = self.ctx.today
        grant_limits(self.ctx, policy, [GrantedLimit("walls-W-1", 5, starts_on)])
        return {
            "policy_id": str(policy),
            "limit_id": str(limits_of(self.ctx, policy, starts_on)[0][0].id),
        }

    def schedule(self):
        """A policy of this year, with a number of its own."""
        starts_on = self.ctx.today - timedelta(days=30)
        ends_on = starts_on + timedelta(days=364)
        return PolicySchedule("Northlight", fresh(), starts_on, ends_on, PolicyTerms("EUR"))

    def late(self, number):
        """An invoice that is late, of a buyer of its own: (buyer, invoice)."""
        late = self.ctx.today - timedelta(days=40)
        return put(self.ctx, f"walls-{number}", number, 1_000_00, due_on=late)

    def plan(self, number, *, runs=False):
        """Instalments for an invoice that is late."""
        buyer, invoice = self.late(number)
        made = propose(self.ctx, standard_offer(self.ctx, buyer, [invoice]))
        if runs:
            accept(self.ctx, made, Acceptance("A person", Channel.LETTER, "owed"))
        return made

    def receipt(self, plan):
        """Money of a plan's buyer that settles nothing yet."""
        amount = Money(5_00, "EUR")
        return record_payment(
            self.ctx, PaymentIn(plan_of(self.ctx, plan).buyer_id, amount, self.ctx.today)
        )

    def particulars(self, buyer):
        """One of each kind; of the accounts two that somebody is to confirm or reject."""
        particulars.add_identifier(self.ctx, buyer, "duns", "150483782")
        told = {
            "alias_id": NewAlias("Nordwind"),
            "contact_id": Contact("Ms Example"),
            "address_id": Address("billing", "1 Road"),
        }
        found = {name: enter(self.ctx, buyer, one)[0] for name, one in told.items()}
        somebody = replace(self.ctx, actor="somebody")
        self.accounts = [
            str(set_bank_account(somebody, buyer, BankAccount(number))) for number in IBANS
        ]
        sign = Notice(NoticeKind.SIGN, self.ctx.today, "a court")
        notice = str(record_notice(self.ctx, buyer, sign)[0])
        return found | {"account_id": self.accounts[1], "notice_id": notice}

    def statement(self):
        load(self.ctx, line(12_300, "something"))
        return statements(self.ctx, most=1, skip=0)[0].id

    def order(self, word, buyer):
        """An order that the move can be done to."""
        waits = word in {"approve", "decline"}
        minor = 90_000_00 if waits else 10_00
        made = ask(self.ctx, buyer, f"wall-{word}", minor, review=waits)
        if word == "refund":
            do(self.ctx, made, OrderMove.CAPTURE)
        return str(made)

    def path(self, template):
        """The address with this book's ids; KeyError for one that nobody thought of."""
        word = template.rpartition("/")[2]
        ids = self.ids | ({"order_id": self.orders[word]} if word in MOVES else {})
        if word == "reject":
            ids |= {"account_id": self.accounts[2]}
        ids |= self.ended.get(template, {})
        if template.startswith("/v1/plans/") and word in PLAN_WORDS:
            ids |= {"plan_id": str(self.plans[word])}
        if template.endswith("/return"):
            ids |= {"payment_id": str(self.bounced)}
        if template.endswith("/set-off"):
            ids |= {"invoice_id": str(self.papers.invoices[3])}
        found = template.format_map(ids)
        asked = {
            "/v1/caps": {"kind": "group", "key": self.buyer},
            "/v1/buyers/search": {"q": self.buyer_name},
            "/v1/buyers/{buyer_id}/identifiers": {"kind": "duns", "value": "150483782"},
            "/v1/terms/interest": INVOICE,
        }
        query = asked.get(template, {})
        return found, f"?{urlencode(query)}"

    def body(self, method, template):
        """What is sent; KeyError for an operation that nobody thought of."""
        order = {
            "order_number": fresh(),
            "buyer_id": self.buyer,
            "amount": {"minor": 100, "currency": "EUR"},
        }
        introduced = {"country": "DE", "registration_number": "HRB 4711", "name": "Neu GmbH"}
        span = {
            "since": (self.ctx.now - timedelta(days=1)).isoformat(),
            "until": (self.ctx.now + timedelta(days=1)).isoformat(),
        }
        moves = {f"/v1/orders/{{order_id}}/{word}": {} for word in MOVES}
        moves["/v1/orders/{order_id}/amend"] = {"amount_minor": 11_00}
        pair = {"keep": self.buyer, "other": self.other}
        at = "/v1/buyers/{buyer_id}"
        cents = {"minor": 5, "currency": "EUR"}
        day = self.ctx.today.isoformat()
        line = {"description": "Goods", "quantity": "1", "unit_price": "10.00"}
        of = {"invoice_id": str(self.papers.invoices[0]), "amount": cents}
        paper = {"buyer_id": self.buyer, "currency": "EUR", "issued_on": day, "due_on": day}
        disputed = {"amount": cents, "reason": "price"}
        plan = {"months": 3, "down_percent": 20, "yearly_percent": "8"}
        late_buyer, late = self.unplanned
        agreed = {"name": "A person", "how": "letter", "acknowledgment": "owed"}
        paid = {"buyer_id": self.buyer, "amount": cents, "paid_on": day}
        schedule = plain(self.schedule()) | {"terms": {"mep": 30}, "currency": "EUR"}
        renewal = schedule | {"starts_on": day}
        granted = {"buyer_number": "walls-W-1", "amount_minor": 7, "starts_on": day}
        until = (self.ctx.today + timedelta(days=9)).isoformat()
        under = "/v1/insurance/policies/{policy_id}"
        return {
            ("POST", "/v1/insurance/policies"): schedule,
            ("POST", f"{under}/terms"): {"mep": 45},
            ("POST", f"{under}/limits"): {"limits": [granted]},
            ("POST", f"{under}/renewals"): renewal,
            ("POST", f"{under}/end"): {"ends_on": until},
            ("POST", "/v1/insurance/limits/{limit_id}/end"): {"ends_on": until},
            ("POST", f"{at}/identifiers"): {"kind": "lei", "value": "5493001KJTIIGC8Y1R12"},
            ("POST", f"{at}/aliases"): {"name": "Boreas"},
            ("POST", f"{at}/contacts"): {"name": "Mr Example"},
            ("POST", f"{at}/addresses"): {"kind": "other", "lines": "2 Road"},
            ("POST", f"{at}/bank-accounts"): {"number": "NL91ABNA0417164300"},
            ("POST", f"{at}/bank-accounts/{{account_id}}/confirm"): {"how": "called"},
            ("POST", f"{at}/bank-accounts/{{account_id}}/reject"): {"how": "called"},
            ("PATCH", f"{at}/master-data"): {"sector": "steel"},
            ("PUT", f"{at}/facts"): {"employees": 7, "source": "report"},
            ("PUT", f"{at}/parent"): {"parent_id": None},
            ("POST", f"{at}/letters"): {"template": "statement", "language": "en"},
            ("POST", "/v1/duplicates/merge"): pair,
            ("POST", "/v1/duplicates/undo"): pair,
            ("POST", "/v1/duplicates/part"): pair,
            ("POST", "/v1/invoices"): paper | {"invoice_number": fresh(), "lines": [line]},
            ("POST", "/v1/invoices/{invoice_id}/set-off"): of,
            ("POST", "/v1/invoices/{invoice_id}/write-off"): disputed | {"reason": "not_worth_it"},
            ("POST", "/v1/invoices/{invoice_id}/disputes"): disputed,
            ("POST", "/v1/payments"): paid,
            ("POST", "/v1/plans"): plan | {"buyer_id": late_buyer, "invoice_ids": [late]},
            ("POST", "/v1/plans/{plan_id}/accept"): agreed,
            ("POST", "/v1/plans/{plan_id}/cancel"): {"note": "sold"},
            ("POST", "/v1/plans/{plan_id}/replan"): plan,
            ("POST", "/v1/plans/{plan_id}/money"): {"payment_id": str(self.money)},
            ("POST", "/v1/payments/{payment_id}/allocations"): {"parts": [of]},
            ("POST", "/v1/payments/{payment_id}/recoveries"): of,
            ("POST", "/v1/payments/{payment_id}/undo"): {"reason": "test"},
            ("POST", "/v1/payments/{payment_id}/return"): {"returned_on": day, "reason": "test"},
            ("POST", f"{at}/insolvency-notices"): {
                "kind": "sign",
                "dated_on": day,
                "source": "walls",
            },
            ("POST", f"{at}/insolvency-notices/{{notice_id}}/withdraw"): {"why": "test"},
            ("POST", "/v1/disputes/{dispute_id}/moves"): {"move": "assign", "owner": "me"},
            ("POST", "/v1/disputes/{dispute_id}/evidence"): {
                "file_name": "photo.exe",
                "content": base64.b64encode(b"%PDF-1.7 walls").decode(),
            },
            ("POST", "/v1/limit-policies"): {
                "formulas": ["capacity", "three_way"],
                "in_force_on": day,
                "why": "trial",
            },
            ("POST", f"{at}/trade-references"): {
                "supplier": "A",
                "currency": "EUR",
                "limit_minor": 5,
                "given_on": day,
            },
            ("POST", "/v1/early-payment/policies"): {
                "offered": True,
                "yearly_percent": "10",
                "least_minor": 0,
                "why": "trial",
            },
            ("POST", f"{at}/early-payment"): self.early,
            ("PUT", "/v1/caps"): {"kind": "group", "key": self.buyer, "limit_minor": 9_999_00},
            ("PUT", "/v1/buyers/{buyer_id}/lines/{currency}"): {"limit_minor": 9_000_00},
            ("POST", "/v1/orders"): order,
            ("POST", "/v1/orders/batch"): {"orders": [order | {"idempotency_key": fresh()}]},
            ("POST", "/v1/orders/new-buyer"): {
                "buyer": introduced,
                "order_number": fresh(),
                "amount": order["amount"],
            },
            ("POST", "/v1/buyers/{buyer_id}/statements"): ASKED,
            ("POST", "/v1/bank-statements"): {
                "file_name": "list.csv",
                "content": base64.b64encode(GERMAN.encode("cp1252")).decode(),
            },
            ("POST", "/v1/webhooks"): {"url": f"https://example.com/{fresh()}"},
            ("POST", "/v1/webhooks/{webhook_id}/replay"): span,
            **{("POST", path): body for path, body in moves.items()},
        }[method, template]

    def asks(self, caller, method, template, operation, tag):
        """The answer to the operation about this book."""
        path, query = self.path(template)
        body = self.body(method, template) if "requestBody" in operation else None
        headers = {"idempotency-key": fresh()}
        if template.endswith("/{currency}") and method == "PUT":
            headers["if-match"] = tag
        if (method, template) not in QUERIED:
            query = ""
        return caller.send(method, path + query, body, **headers)


def lists(said):
    """Every list in an answer."""
    if isinstance(said, dict):
        return [found for value in said.values() for found in lists(value)]
    return [said] if isinstance(said, list) else []


@pytest.fixture
def walls(new_seller, address):
    book = Book(new_seller(name="Within the walls"))
    stranger = new_seller(name="Stranger")
    mine, theirs = (
        Caller(address, create_key(each, "walls", SCOPES)) for each in (book.ctx, stranger)
    )
    connections.close_all()
    return book, stranger, mine, theirs


def test_another_sellers_key_reads_and_changes_nothing_by_any_operation(walls):
    book, stranger, mine, theirs = walls
    line = mine.send("GET", f"/v1/buyers/{book.buyer}/lines/EUR")
    tag, before = line.headers["etag"], fingerprint(book.ctx)
    names = {str(row["id"]) for row in rows(book.ctx, "select id from buyer")}
    # Reading comes first: what the stranger writes for itself it may read.
    for path, method, operation in sorted(OPERATIONS, key=lambda each: each[1] != "GET"):
        said = book.asks(theirs, method, path, operation, tag)
        where = f"{method} {path}: {said.status} {said.body}"
        if path in FOR_EVERYBODY:
            assert (method, said.status) == ("GET", 200), where
            assert not (names | {LADDER_WHY}) & set(json.dumps(said.body).split('"')), where
        elif "{" in path or (method, path) in BY_QUERY_OR_BODY:
            assert said.status == 404, where
            assert said.body["code"] == "not_found", where
        elif (method, path) in FOR_ITSELF:
            assert said.status in {200, 201}, where
            # Of what it said itself, its own words at most.
            assert not names & set(json.dumps(said.body).split('"')) - {book.buyer}, where
            assert '"authorised"' not in json.dumps(said.body), where
        else:
            assert (method, said.status) == ("GET", 200), where
            assert lists(said.body), where
            assert not any(lists(said.body)), where
        connections.close_all()
    assert fingerprint(book.ctx) == before
    assert not rows(stranger, "select from credit_line")


def test_the_same_requests_work_with_the_sellers_own_key(walls):
    book, _, mine, _ = walls
    # What removes a thing comes after what needs it.
    for path, method, operation in sorted(OPERATIONS, key=lambda each: each[1] == "DELETE"):
        tag = mine.send("GET", f"/v1/buyers/{book.buyer}/lines/EUR").headers["etag"]
        said = book.asks(mine, method, path, operation, tag)
        assert 200 <= said.status < 300, f"{method} {path}: {said.status} {said.body}"
        if method == "GET":
            assert any(lists(said.body)) or "{" in path or path == "/v1/caps", path
