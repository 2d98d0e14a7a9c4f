"""What a buyer does on its page, and the walls around it, tried."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from netterms.collection import portal
from netterms.collection.links import make_link, open_link
from netterms.collection.page import (
    PageSettings,
    PayAccount,
    page_settings,
    pay_accounts,
    set_page_settings,
    set_pay_account,
)
from netterms.collection.plan_reads import plan
from netterms.collection.queries import disputes_of, promises_of
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import DisputeReason
from tests.actions.books import fingerprint
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)
PDF, PNG = b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n x"
IBAN = "DE89370400440532013000"


@pytest.fixture
def visit(ctx):
    buyer, _ = put(ctx, "B1", "A", 10_000_00, due_on=DUE)
    put(ctx, "B1", "B", 2_000_00, due_on=ctx.today + timedelta(days=10))
    put(ctx, "B2", "OTHER", 77_00, due_on=DUE)
    return open_link(make_link(ctx, buyer), ctx.now)


def refused(code, act, *arguments, **named):
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **named)
    assert refusal.value.code is code
    return refusal.value.facts


def invoice(ctx, number):
    [line] = rows(ctx, "select id from invoice where invoice_number = %(n)s", n=number)
    return line["id"]


def test_the_page_has_the_buyers_own_account(ctx, visit):
    shown = portal.account(visit)
    assert [line.number for line in shown.lines] == ["A", "B"]
    assert [line.days_late for line in shown.lines] == [(ctx.today - DUE).days, 0]
    [due] = shown.dues
    assert (due.open_minor, due.late_minor, due.to) == (12_000_00, 10_000_00, None)
    # Interest is shown where the law gives it and the rates are known, never guessed.
    claim = shown.lines[0].claim
    assert (due.interest_minor > 0) == (claim is not None and claim.why is None)
    assert shown.lines[1].claim is None
    assert [s.closing_minor for s in portal.statement(visit)] == [12_000_00]


def test_a_promise_by_the_page_is_one_of_col_02(ctx, visit):
    by = ctx.today + timedelta(days=7)
    for _ in range(2):
        portal.promise(visit, "k", Money(500_00, "EUR"), by, "A. Lindqvist")
    [made] = promises_of(ctx, visit.buyer_id)
    assert (made.amount_minor, made.payer, made.promised_for) == (500_00, "A. Lindqvist", by)
    [row] = rows(ctx, "select channel from promise")
    assert row["channel"] == "page"
    [event] = rows(ctx, "select actor from event where kind = 'collection.promise_made'")
    assert event["actor"] == visit.ctx.actor
    late = ctx.today + timedelta(days=60)
    facts = refused(
        Code.VALUE_INVALID, portal.promise, visit, "l", Money(1, "EUR"), late, "A. Lindqvist"
    )
    assert facts["objections"] == ["too_far_ahead"]
    for amount in (Money(0, "EUR"), Money(12_000_01, "EUR"), Money(1, "USD")):
        refused(Code.AMOUNT_OUT_OF_RANGE, portal.promise, visit, "m", amount, by, "A")
    refused(Code.KEY_REUSED, portal.promise, visit, "k", Money(1_00, "EUR"), by, "A. Lindqvist")


def test_a_part_is_disputed_with_files_or_nothing_is_written(ctx, visit):
    mine = invoice(ctx, "A")
    before = fingerprint(ctx)
    for files in ([("x.exe", b"MZ")], [("a.pdf", PDF)] * 4):
        refused(
            Code.VALUE_INVALID, portal.dispute, visit, "k", mine, DisputeReason.PRICE,
            Money(1_00, "EUR"), "", files,
        )  # fmt: skip
    assert fingerprint(ctx) == before
    for _ in range(2):
        portal.dispute(
            visit, "k", mine, DisputeReason.QUALITY, Money(1_000_00, "EUR"), "two are broken",
            [("../../etc/pass.pdf", PDF), ("p.png", PNG)],
        )  # fmt: skip
    [noted] = disputes_of(ctx, visit.buyer_id)
    assert (noted.invoice_number, noted.amount_minor, noted.state) == ("A", 1_000_00, "raised")
    files = rows(ctx, "select name, kind from dispute_file order by name")
    assert [f["name"] for f in files] == ["p.png", "pass.pdf"]
    portal.dispute(visit, "rest", mine, DisputeReason.PRICE, None, "")
    assert {d.amount_minor for d in disputes_of(ctx, visit.buyer_id)} == {9_000_00, 1_000_00}


def test_nothing_of_another_buyer_or_seller_is_reached(ctx, visit, new_seller):
    stranger = new_seller()
    put(stranger, "B1", "THEIRS", 5_00, due_on=DUE)
    theirs = [invoice(ctx, "OTHER"), invoice(stranger, "THEIRS"), uuid4()]
    before = fingerprint(ctx), fingerprint(stranger)
    for each in theirs:
        refused(
            Code.NOT_FOUND, portal.dispute, visit, "k", each, DisputeReason.PRICE,
            Money(1, "EUR"), "",
        )  # fmt: skip
    offer = replace(portal.plan_offer(visit, "EUR", None, None), invoices=(theirs[0],))
    refused(Code.NOT_FOUND, portal.draw_plan, visit, offer)
    [other] = rows(ctx, "select id from buyer where buyer_number = 'B2'")
    theirs_too = replace(offer, buyer_id=other["id"])
    refused(Code.NOT_FOUND, portal.draw_plan, visit, theirs_too)
    assert (fingerprint(ctx), fingerprint(stranger)) == before
    their_link = open_link(make_link(ctx, other["id"]), ctx.now)
    made = portal.propose_plan(
        their_link, "k", portal.PlanChosen("EUR"), "B", lambda *_: "I owe it"
    )
    refused(Code.NOT_FOUND, portal.plan_of, visit, made)
    refused(Code.NOT_FOUND, portal.accept_plan, visit, made, "A", "I owe it")
    text = str(portal.account(visit)) + str(portal.statement(visit))
    assert "OTHER" not in text
    assert "THEIRS" not in text
    assert "B2" not in text


def test_a_visit_itself_holds_no_permission(visit):
    from netterms.collection.promises import Channel, PromiseGiven, record_promise

    given = PromiseGiven(visit.buyer_id, Money(1, "EUR"), visit.ctx.today, "A", Channel.PAGE)
    refused(Code.NOT_ALLOWED, record_promise, visit.ctx, given)


def test_a_buyer_proposes_within_what_is_offered(ctx, visit):
    set_page_settings(ctx, PageSettings(most_months=4, least_down_percent=25))
    for months, down in ((5, 25), (0, 25), (4, 24), (4, 91)):
        refused(Code.VALUE_INVALID, portal.plan_offer, visit, "EUR", months, down)
    refused(Code.NOT_FOUND, portal.plan_offer, visit, "USD", None, None)
    offer = portal.plan_offer(visit, "EUR", 3, 25)
    drawn = portal.draw_plan(visit, offer)
    assert (drawn.debt, drawn.down) == (Money(10_000_00, "EUR"), Money(2_500_00, "EUR"))
    chosen, told = portal.PlanChosen("EUR", 3, 25), []

    def owing(*what):
        told.append(what)
        return "We owe it"

    refused(Code.VALUE_INVALID, portal.propose_plan, visit, "k", chosen, "A", lambda *_: "")
    made = portal.propose_plan(visit, "k", chosen, "A. Lindqvist", owing)
    assert portal.propose_plan(visit, "k", chosen, "A. Lindqvist", owing) == made
    assert told == [(offer, drawn)]
    fewer = replace(chosen, months=2)
    refused(Code.KEY_REUSED, portal.propose_plan, visit, "k", fewer, "A. Lindqvist", owing)
    found = plan(ctx, made)
    assert (found.state, found.accepted_by, found.accepted_how) == (
        "proposed", "A. Lindqvist", "page",
    )  # fmt: skip
    assert (found.acknowledged_text, found.approved_by) == ("We owe it", None)
    # What is in a plan cannot be put into another.
    refused(Code.NOT_FOUND, portal.plan_offer, visit, "EUR", None, None)


def test_a_seller_that_offers_no_plans_has_none_proposed(ctx, visit):
    set_page_settings(ctx, PageSettings(plans_offered=False))
    refused(Code.NOT_FOUND, portal.plan_offer, visit, "EUR", None, None)


def test_a_buyer_asks_and_a_person_answers(ctx, visit):
    for _ in range(2):
        portal.ask(visit, "k", portal.RequestKind.INVOICE_COPY, "A", "A. Lindqvist", "x@b.example")
    [asked] = portal.requests_of(ctx, visit.buyer_id)
    assert (asked.kind, asked.note, asked.answered_at) == ("invoice_copy", "A", None)
    refused(Code.VALUE_INVALID, portal.ask, visit, "l", portal.RequestKind.OTHER, "", " ", "")
    for _ in range(2):
        portal.answer_request(ctx, asked.id)
    assert portal.requests_of(ctx, visit.buyer_id)[0].answered_at == ctx.now
    assert kinds(ctx).count("collection.buyer_answered") == 1
    refused(Code.NOT_FOUND, portal.answer_request, ctx, uuid4())
    for n in range(portal.MOST_REQUESTS - 1):
        portal.ask(visit, f"m{n}", portal.RequestKind.OTHER, "", "A", "")
    refused(Code.VALUE_INVALID, portal.ask, visit, "n", portal.RequestKind.OTHER, "", "A", "")


def test_the_account_to_pay_to_is_the_owners_to_name(ctx, visit):
    told = PayAccount("EUR", "Seller AG", "de89 3704 0044 0532 0130 00", "cobadeff")
    for each in (told, told, replace(told, holder="Seller GmbH")):
        set_pay_account(ctx, each)
    [due] = portal.account(visit).dues
    assert due.to == PayAccount("EUR", "Seller GmbH", IBAN, "COBADEFF", "", iban=True)
    assert len(rows(ctx, "select id from pay_account")) == 2
    facts = rows(ctx, "select facts from event where kind = 'collection.pay_account_changed'")
    assert [f["facts"]["before"] for f in facts] == ["", IBAN]
    manager = replace(ctx, may=ctx.may - {Permission.MANAGE_ACCESS})
    refused(Code.NOT_ALLOWED, set_pay_account, manager, told)
    for wrong in (
        replace(told, number="DE89 3704 0044 0532 0130 01"),
        replace(told, holder=""),
        replace(told, number=""),
        replace(told, currency="XXX"),
    ):
        refused(Code.VALUE_INVALID, set_pay_account, ctx, wrong)
    set_pay_account(ctx, PayAccount("USD", "Seller Inc", "123456789", "021000021"))
    assert sorted(pay_accounts(ctx)) == ["EUR", "USD"]


def test_settings_of_the_page(ctx):
    assert page_settings(ctx) == PageSettings()
    wanted = PageSettings("Ms X", "x@y.example", "+49 1", 30, False, 12, 10, Decimal("7.5"))
    for _ in range(2):
        set_page_settings(ctx, wanted)
    assert page_settings(ctx) == wanted
    assert kinds(ctx).count("collection.page_changed") == 1
    for wrong in (
        replace(wanted, most_months=13),
        replace(wanted, least_down_percent=9),
        replace(wanted, yearly_percent=Decimal(-1)),
        replace(wanted, link_days=0),
        replace(wanted, contact_name="x" * 121),
    ):
        refused(Code.VALUE_INVALID, set_page_settings, ctx, wrong)
    refused(
        Code.NOT_ALLOWED, set_page_settings, replace(ctx, may=frozenset({Permission.COLLECT})),
        wanted,
    )  # fmt: skip
