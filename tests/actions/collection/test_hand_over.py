"""Handing a case over: nothing missing without a reason, one archive, and the way back."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.buyers.entering import enter
from netterms.buyers.particulars import Contact
from netterms.collection.actions import climb_ladder
from netterms.collection.legal import queries
from netterms.collection.legal.actions import add_partner, hand_over, keep_paper, take_back
from netterms.collection.legal.pack import safe
from netterms.collection.legal.rules import Paper, Reason, Step
from netterms.collection.letters.actions import Wanted, write_letter
from netterms.collection.letters.rules import Template
from netterms.collection.mail.actions import fetch_mail
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import DisputeReason, raise_dispute
from tests.actions.books import (
    Line,
    actions,
    bring_in,
    buyer_id,
    cases,
    invoice_id,
    kinds,
    on,
    value,
)
from tests.actions.collection.test_letters import press, refused
from tests.actions.collection.test_mail import Mailbox
from tests.actions.connectors.test_imap import PDF, message

ALL = dict.fromkeys(Paper, "the file is with the branch")


@pytest.fixture
def late(ctx):
    """An open case of a German buyer, 40 days late."""
    bring_in(
        ctx,
        Line(due_on=date(2026, 4, 22), number="=R-1"),
        Line(due_on=date(2026, 4, 22), number="R-0", settled_on=date(2026, 5, 2)),
    )
    climb_ladder(ctx)
    return ctx


@pytest.fixture
def agency(late):
    return add_partner(late, "agency", "Inkasso AG", fee_schedule="msccm", country="DE")


def opened(ctx, made):
    number, archive = queries.archive(ctx, made)
    assert number == "100"
    return zipfile.ZipFile(io.BytesIO(archive))


def test_what_is_missing_blocks_until_there_is_a_reason_or_a_file(late, agency):
    of = buyer_id(late)
    missing = ["correspondence", "debtor", "contract", "orders", "delivery", "guarantees"]
    refused(
        Code.HAND_OVER_INCOMPLETE,
        lambda: hand_over(late, of, agency, {}, "k", press),
        papers=missing,
    )
    keep_paper(late, of, Paper.CONTRACT, "../../terms.pdf", PDF)
    keep_paper(late, of, Paper.CONTRACT, "again.pdf", PDF)
    write_letter(late, Wanted(of, Template.REMINDER_1), "k", press)
    reasons = {Paper.DEBTOR: "not registered", Paper.ORDERS: "by telephone"}
    refused(
        Code.HAND_OVER_INCOMPLETE,
        lambda: hand_over(late, of, agency, reasons | {Paper.DELIVERY: " "}, "k", press),
        papers=["delivery", "guarantees"],
    )
    assert cases(late)[0]["state"] == "open"


def test_a_pack_has_everything_in_one_archive(late, agency):
    of = buyer_id(late)
    enter(late, of, Contact("Ms Li", email="li@buyer.example"))
    raise_dispute(late, invoice_id(late, "=R-1"), DisputeReason.PRICE, Money(10_000, "EUR"))
    given = PromiseGiven(of, Money(1_000, "EUR"), date(2026, 6, 5), "Ms Li", Channel.PHONE)
    record_promise(late, given)
    write_letter(late, Wanted(of, Template.REMINDER_1), "k", press)
    made = message()
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="=note.pdf")
    fetch_mail(late, Mailbox(made))
    keep_paper(late, of, Paper.DELIVERY, "pod.pdf", PDF)
    given = hand_over(late, of, agency, ALL, "k", press)
    pack = opened(late, given)
    assert pack.testzip() is None
    names = pack.namelist()
    assert names[:2] == ["index.json", "index.txt"]
    assert all(not name.startswith("/") and ".." not in name for name in names)
    index = json.loads(pack.read("index.json"))
    assert index["handed_over_to"] == "Inkasso AG"
    assert index["papers"]["contract"] == {
        "files": [], "reason_missing": "the file is with the branch",
    }  # fmt: skip
    # There is a proof of delivery, so that its reason is not told.
    assert index["papers"]["delivery"] == {
        "files": ["14-delivery/001-pod.pdf"], "reason_missing": "",
    }  # fmt: skip
    files = {name for paper in index["papers"].values() for name in paper["files"]}
    assert files == set(names[2:])
    read = {name: pack.read(name).decode("utf-8-sig") for name in names if name.endswith("csv")}
    # A table never holds a formula.
    assert "'=R-1" in read["02-invoices/invoices.csv"]
    assert ",=R-1" not in read["02-invoices/invoices.csv"]
    assert "price" in read["07-disputes/disputes.csv"]
    assert "Ms Li" in read["08-promises/promises.csv"]
    assert "receivable" in read["04-journal/journal.csv"]
    assert "2026-05-02" in read["03-payments/payments.csv"]
    assert "rate_past_last_date" in read["05-interest/interest.csv"]
    assert b"We pay on Friday" in pack.read("06-correspondence/mail/001-reply.txt")
    assert pack.read("06-correspondence/mail/001-01-_note.pdf") == PDF
    debtor = json.loads(pack.read("09-debtor/debtor.json"))
    assert debtor["contacts"][0]["name"] == "Ms Li"
    [until] = json.loads(pack.read("10-limitation/limitation.json"))
    assert (until["last_day"], until["counted"]) == ("2029-12-31", "from_year_end")


def test_the_case_moves_and_nobody_else_chases(late, agency):
    of = buyer_id(late)
    assert any(one["state"] == "planned" for one in actions(late))
    given = hand_over(late, of, agency, ALL, "k", press)
    assert hand_over(late, of, agency, ALL, "k", press) == given
    assert cases(late)[0]["state"] == "handed_over"
    assert not any(one["state"] == "planned" for one in actions(late))
    refused(Code.MOVE_NOT_ALLOWED, lambda: hand_over(late, of, agency, ALL, "k2", press))
    [line] = queries.hand_overs_of(late, of)
    assert (line.partner_name, line.asked) == ("Inkasso AG", {"EUR": 100_000})
    assert line.reasons["contract"] == "the file is with the branch"
    take_back(late, of, "no success")
    assert cases(late)[0]["state"] == "open"
    assert queries.hand_overs_of(late, of)[0].taken_back_why == "no success"
    refused(Code.MOVE_NOT_ALLOWED, lambda: take_back(late, of, "again"))
    assert kinds(late)[-2:] == ["collection.case_handed_over", "collection.case_taken_back"]


def test_the_ladder_asks_nothing_of_a_case_that_others_have_but_the_claim(late, agency):
    of = buyer_id(late)
    hand_over(late, of, agency, ALL, "k", press)
    for days in (10, 30, 60):
        climb_ladder(on(late, late.today + timedelta(days=days)))
    planned = [one["step"] for one in actions(late) if one["state"] == "planned"]
    assert planned == ["claim_file"]
    assert cases(late)[0]["state"] == "handed_over"


def test_the_same_pack_is_the_same_bytes(late, agency):
    first = hand_over(late, buyer_id(late), agency, ALL, "k", press)
    before = queries.archive(late, first)[1]
    take_back(late, buyer_id(late), "a slip")
    second = hand_over(late, buyer_id(late), agency, ALL, "k2", press)
    index = [json.loads(zipfile.ZipFile(io.BytesIO(one)).read("index.json"))
             for one in (before, queries.archive(late, second)[1])]  # fmt: skip
    assert index[0] == index[1]


def test_without_a_case_or_a_partner_nothing_is_handed_over(late, agency):
    bring_in(late, Line(buyer="200", due_on=date(2027, 1, 1)))
    refused(
        Code.NOT_FOUND,
        lambda: hand_over(late, buyer_id(late, "200"), agency, ALL, "k", press),
        field="case",
    )
    refused(
        Code.NOT_FOUND,
        lambda: hand_over(late, buyer_id(late), buyer_id(late), ALL, "k", press),
        field="partner",
    )


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("kind", {"kind": "friend"}),
        ("name", {"name": " "}),
        ("email", {"email": "x"}),
        ("country", {"country": "Germany"}),
        ("fee_schedule", {"fee_schedule": "none"}),
    ],
)
def test_a_partner_that_cannot_be_is_refused(ctx, field, told):
    given = {"kind": "lawyer", "name": "Kanzlei"} | told
    refused(Code.VALUE_INVALID, lambda: add_partner(ctx, **given), field=field)


def test_a_program_is_no_paper(late):
    refused(
        Code.VALUE_INVALID,
        lambda: keep_paper(late, buyer_id(late), Paper.CONTRACT, "a.pdf", b"MZ"),
        field="file",
    )
    refused(
        Code.VALUE_INVALID,
        lambda: keep_paper(late, buyer_id(late), Paper.JOURNAL, "a.pdf", PDF),
        field="paper",
    )


def test_who_may_not_see_people_hands_nothing_over(late, agency):
    for may in ({Permission.READ}, {Permission.READ, Permission.COLLECT}):
        reader = replace(late, may=frozenset(may))
        with pytest.raises(Refusal) as caught:
            hand_over(reader, buyer_id(late), agency, ALL, "k", press)
        assert caught.value.code is Code.NOT_ALLOWED


def test_the_outlook_of_a_claim_at_home_and_across_a_border(ctx):
    bring_in(ctx, Line(due_on=date(2023, 5, 1)), Line(buyer="200", country="FR"),
             Line(buyer="300", country="US", currency="USD"))  # fmt: skip
    [home] = queries.outlooks(ctx, buyer_id(ctx))
    assert home.routes[0].step is Step.NATIONAL_ORDER
    assert home.routes[0].order.startswith("Mahnverfahren")
    assert (home.limitation.last_day, home.limitation.warning) == (date(2026, 12, 31), None)
    [across] = queries.outlooks(ctx, buyer_id(ctx, "200"))
    assert across.routes[0].step is Step.EUROPEAN_ORDER
    [far] = queries.outlooks(ctx, buyer_id(ctx, "300"))
    assert far.routes[0].reasons == (Reason.OUTSIDE_UNION,)
    late = replace(ctx, today=date(2026, 7, 4))
    assert queries.outlooks(late, buyer_id(ctx))[0].limitation.warning == 180
    barred = replace(ctx, today=date(2027, 1, 1))
    assert queries.outlooks(barred, buyer_id(ctx))[0].routes[0].reasons == (Reason.TIME_BARRED,)


def test_what_was_handed_over_cannot_be_changed(late, agency):
    hand_over(late, buyer_id(late), agency, ALL, "k", press)
    with pytest.raises(Exception, match="permission denied"):
        value(late, "update hand_over set archive = '' returning id")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.pdf", "b.pdf"), ("..", "file"), ("a\0b", "a_b"),
     ("=cmd.pdf", "_cmd.pdf"), ("发票.pdf", "发票.pdf"), (".hidden", "hidden")],
)  # fmt: skip
def test_names_in_an_archive_are_safe(given, kept):
    assert safe(given) == kept
