"""Letters as use cases: what they ask for on the real book, once a key, sent and noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from netterms.buyers.entering import enter
from netterms.buyers.particulars import Address
from netterms.collection.letters import queries
from netterms.collection.letters.actions import (
    Wanted,
    draft,
    mark_posted,
    send_letter,
    set_buyer_letters,
    set_letterhead,
    write_letter,
)
from netterms.collection.letters.queries import BuyerLetters, Letterhead
from netterms.collection.letters.rules import Template
from netterms.collection.ports import MailError
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.actions import load_rates, set_terms_policy
from netterms.terms.queries import TermsPolicy
from netterms.terms.rates import Rate
from netterms.terms.rules import OneRate
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, kinds, on, rows

HEAD = Letterhead(
    legal_name="Example Tools Ltd",
    address="1 High Street\nLondon EC1A 1AA",
    payee="Example Tools Ltd\nGB29 NWBK 6016 1331 9268 19",
    contact="credit@tools.example",
    signatory="J. Smith",
    contract_language="en",
)


class Box:
    """A mailer that keeps what it is given, or fails."""

    def __init__(self, *errors):
        self.sent, self.errors = [], list(errors)

    def send(self, message):
        if self.errors and (error := self.errors.pop(0)):
            raise error
        self.sent.append(message)


def press(documents):
    return b"%PDF-" + "/".join(one.language for one in documents).encode()


@pytest.fixture
def uk(new_seller):
    """The book of EX-6.2: GBP 12,500 of a company in the United Kingdom, due 2026-03-31."""
    ctx = new_seller(country="GB", currency="GBP", today=date(2026, 6, 9))
    bring_in(
        ctx,
        Line(due_on=date(2026, 3, 31), amount=1_250_000, number="INV-42", currency="GBP",
             country="GB"),
    )  # fmt: skip
    load_rates(
        ctx,
        [
            Rate("GB_BASE", date(2025, 12, 18), Decimal("3.75"), date(2026, 12, 31), "test"),
        ],
    )
    set_terms_policy(ctx, TermsPolicy(one_rate=OneRate.START))
    set_letterhead(ctx, HEAD)
    enter(ctx, buyer_id(ctx), Address("registered", "2 Station Road", "LS1 1AA", "Leeds", "GB"))
    return ctx


def wanted(ctx, template=Template.FORMAL_NOTICE, **changes):
    return replace(Wanted(buyer_id(ctx), template), **changes)


def refused(code, act, **facts):
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code is code
    assert {name: caught.value.facts[name] for name in facts} == facts


def test_ex_6_2_on_the_book(uk):
    made = draft(uk, wanted(uk))
    [item] = made.facts.items
    assert item.claimed.interest == Money(28_168, "GBP")
    assert item.claimed.compensation == Money(10_000, "GBP")
    assert item.claimed.daily == Money(402, "GBP")
    assert (item.claimed.basis.percent, item.claimed.basis.reference) == (
        Decimal("11.75"), Decimal("3.75"),
    )  # fmt: skip
    assert made.asked == {"GBP": 1_288_168}
    assert made.facts.deadline == date(2026, 6, 23)
    assert [one.language for one in made.documents] == ["en"]


def test_a_letter_is_kept_once_a_key_with_the_version_of_its_words(uk):
    first = write_letter(uk, wanted(uk), "k-1", press)
    assert write_letter(uk, wanted(uk), "k-1", press) == first
    refused(
        Code.KEY_REUSED,
        lambda: write_letter(uk, wanted(uk, Template.REMINDER_1), "k-1", press),
    )
    kept = queries.letter(uk, first)
    assert (kept.template, kept.language, kept.state) == ("formal_notice", "en", "written")
    assert kept.content[0]["version"] == 1
    assert kept.asked == {"GBP": 1_288_168}
    assert queries.letter_pdf(uk, first) == b"%PDF-en"
    assert [line.id for line in queries.letters_of(uk, buyer_id(uk))] == [first]
    assert kinds(uk).count("collection.letter_written") == 1


def test_what_is_missing_is_named_all_at_once(ctx):
    bring_in(ctx, Line(due_on=date(2026, 4, 1)))
    refused(
        Code.LETTER_INCOMPLETE,
        lambda: draft(ctx, wanted(ctx)),
        missing=["seller_address", "buyer_address", "payee", "contact", "signatory"],
    )
    # A reminder needs none of it.
    assert draft(ctx, wanted(ctx, Template.REMINDER_1)).documents[0].language == "de"


def test_what_is_disputed_is_not_asked_for_and_its_interest_neither(uk):
    raise_dispute(uk, invoice_id(uk, "INV-42"), DisputeReason.QUALITY, Money(250_000, "GBP"))
    made = draft(uk, wanted(uk))
    [item] = made.facts.items
    assert (item.open, item.claimed) == (Money(1_000_000, "GBP"), None)
    assert made.asked == {"GBP": 1_000_000}
    raise_dispute(uk, invoice_id(uk, "INV-42"), DisputeReason.QUALITY, Money(1_000_000, "GBP"))
    refused(Code.LETTER_INCOMPLETE, lambda: draft(uk, wanted(uk)), missing=["items"])


def test_interest_that_cannot_be_enforced_is_never_printed(new_seller):
    ctx = new_seller(currency="SAR", today=date(2026, 6, 9))
    bring_in(ctx, Line(due_on=date(2026, 3, 31), currency="SAR", country="SA"))
    set_letterhead(ctx, HEAD)
    enter(ctx, buyer_id(ctx), Address("registered", "King Fahd Road", "", "Riyadh", "SA"))
    made = draft(ctx, wanted(ctx))
    assert made.asked == {"SAR": 100_000}
    assert [one.language for one in made.documents] == ["ar", "en"]
    assert "interest" not in str(made.documents[1]).lower()


def test_interest_of_unproven_scope_is_not_printed(new_seller):
    ctx = new_seller(currency="CNY", today=date(2026, 6, 9))
    bring_in(ctx, Line(due_on=date(2026, 3, 31), currency="CNY", country="CN"))
    set_letterhead(ctx, HEAD)
    enter(ctx, buyer_id(ctx), Address("registered", "人民路1号", "", "上海", "CN"))
    made = draft(ctx, wanted(ctx))
    assert made.asked == {"CNY": 100_000}
    assert [one.language for one in made.documents] == ["zh", "en"]


def test_a_person_has_longer_and_nobody_has_less(uk):
    set_buyer_letters(uk, buyer_id(uk), BuyerLetters(is_person=True, contract_language="de"))
    made = draft(uk, wanted(uk))
    assert made.facts.deadline == date(2026, 7, 9)
    assert [one.language for one in made.documents] == ["en", "de"]
    refused(
        Code.VALUE_INVALID,
        lambda: draft(uk, wanted(uk, deadline=date(2026, 7, 8))),
        field="deadline",
    )
    assert draft(uk, wanted(uk, deadline=date(2026, 7, 31))).facts.deadline == date(2026, 7, 31)


def test_a_statement_closes_with_what_is_owed(uk):
    made = draft(uk, wanted(uk, Template.STATEMENT, since=date(2026, 1, 1)))
    [account] = made.facts.accounts
    assert account.closing == Money(1_250_000, "GBP")


def test_a_letter_is_sent_with_its_pdf_and_noted(uk):
    letter = write_letter(uk, wanted(uk), "k", press)
    box = Box()
    assert send_letter(uk, letter, box, "Tools <ar@tools.example>") == "sent"
    [message] = box.sent
    assert message.to == "ap@buyer.example"
    assert message.message_id == f"<{letter}@tools.example>"
    assert "GBP\u00a012,881.68" in message.text
    [file] = message.attachments
    assert (file.name, file.content) == ("formal-notice-2026-06-09.pdf", b"%PDF-en")
    kept = queries.letter(uk, letter)
    assert (kept.state, kept.sent_to, kept.sent_at) == ("sent", "ap@buyer.example", uk.now)
    refused(Code.MOVE_NOT_ALLOWED, lambda: send_letter(uk, letter, box, "ar@tools.example"))
    mark_posted(uk, letter)
    assert queries.letter(uk, letter).state == "posted"
    assert kinds(uk)[-2:] == ["collection.letter_sent", "collection.letter_posted"]


def test_a_letter_that_did_not_leave_may_be_sent_again(uk):
    letter = write_letter(uk, wanted(uk), "k", press)
    box = Box(
        MailError("connection", "down", temporary=True), MailError("refused", "no", temporary=False)
    )
    assert send_letter(uk, letter, box, "ar@tools.example") == "written"
    assert send_letter(uk, letter, box, "ar@tools.example") == "failed"
    assert queries.letter(uk, letter).outcome == "refused"
    assert send_letter(uk, letter, box, "ar@tools.example", "other@buyer.example") == "sent"
    assert box.sent[0].to == "other@buyer.example"


def test_a_letter_without_an_address_is_not_sent(uk):
    with book(uk):
        sql.execute("update buyer set email = '' where seller_id = %(s)s", {"s": uk.seller})
    letter = write_letter(uk, wanted(uk), "k", press)
    refused(
        Code.VALUE_INVALID, lambda: send_letter(uk, letter, Box(), "a@b.example"), field="email"
    )
    assert queries.letter(uk, letter).state == "written"


def test_what_was_written_cannot_be_changed(uk):
    write_letter(uk, wanted(uk), "k", press)
    with pytest.raises(Exception, match="permission denied"), book(uk):
        sql.execute("update letter set title = 'x'")


def test_who_may_not_collect_writes_no_letter(uk):
    reader = replace(uk, may=frozenset({Permission.READ}))
    refused(Code.NOT_ALLOWED, lambda: write_letter(reader, wanted(uk), "k", press))
    refused(Code.NOT_ALLOWED, lambda: set_letterhead(reader, HEAD))
    refused(Code.NOT_ALLOWED, lambda: set_buyer_letters(reader, buyer_id(uk), BuyerLetters()))


@pytest.mark.parametrize(
    ("field", "head"),
    [
        ("legal_name", replace(HEAD, legal_name=" ")),
        ("address", replace(HEAD, address="x" * 1001)),
        ("contract_language", replace(HEAD, contract_language="xx")),
    ],
)
def test_a_letterhead_that_cannot_be_is_refused(uk, field, head):
    refused(Code.VALUE_INVALID, lambda: set_letterhead(uk, head), field=field)


def test_the_same_letterhead_twice_is_one_change(uk):
    before = kinds(uk).count("collection.letterhead_changed")
    set_letterhead(uk, HEAD)
    assert kinds(uk).count("collection.letterhead_changed") == before == 1


def test_another_sellers_letters_are_not_seen(uk, new_seller):
    letter = write_letter(uk, wanted(uk), "k", press)
    other = new_seller()
    refused(Code.NOT_FOUND, lambda: queries.letter(other, letter))
    refused(Code.NOT_FOUND, lambda: queries.letter_pdf(other, letter))
    assert rows(other, "select id from letter") == []


def test_the_ladders_reminders_are_letters_once_somebody_signs_them(ctx, monkeypatch):
    from netterms import wiring
    from netterms.collection.actions import climb_ladder, send_reminders
    from tests.actions.books import actions

    monkeypatch.setattr(wiring, "press", press)
    bring_in(ctx, Line(due_on=date(2026, 5, 30), country="FR"))
    climb_ladder(ctx)
    box = Box()
    assert send_reminders(ctx, box, wiring.write_reminder)["sent"] == 1
    assert box.sent[0].attachments == ()
    set_letterhead(ctx, HEAD)
    later = on(ctx, date(2026, 6, 11))
    climb_ladder(later)
    assert send_reminders(later, box, wiring.write_reminder)["sent"] == 1
    [file] = box.sent[1].attachments
    assert file.content == b"%PDF-fr"
    assert box.sent[1].subject.startswith("Deuxième rappel de paiement")
    planned = actions(ctx, "email_reminder")[-1]["id"]
    assert box.sent[1].message_id.startswith(f"<{planned}@")
    [kept] = queries.letters_of(ctx, buyer_id(ctx))
    assert (kept.template, kept.state, kept.sent_to) == ("reminder_2", "sent", "ap@buyer.example")


def test_the_ladder_writes_to_no_address_that_mail_came_back_from(ctx, monkeypatch):
    from netterms import wiring
    from netterms.collection.actions import climb_ladder, send_reminders
    from netterms.collection.mail.actions import fetch_mail
    from tests.actions.collection.test_mail import Mailbox
    from tests.actions.connectors.test_imap import bounce

    monkeypatch.setattr(wiring, "press", press)
    set_letterhead(ctx, HEAD)
    bring_in(ctx, Line(due_on=date(2026, 5, 30)))
    fetch_mail(ctx, Mailbox(bounce()))
    climb_ladder(ctx)
    assert send_reminders(ctx, Box(), wiring.write_reminder)["failed"] == 1
