"""Mail that comes in: once each, to whose it is, and never trusted with more than being read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netterms.buyers.entering import enter
from netterms.buyers.particulars import Contact
from netterms.collection.letters.actions import Wanted, send_letter, write_letter
from netterms.collection.letters.rules import Template
from netterms.collection.mail import queries
from netterms.collection.mail.actions import attach_mail, clear_bounce, fetch_mail, put_mail_away
from netterms.collection.mail.ports import Fetched
from netterms.connectors.mail.incoming import read
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from tests.actions.books import Line, bring_in, buyer_id, kinds, rows
from tests.actions.collection.test_letters import Box, press, refused
from tests.actions.connectors.test_imap import PDF, bounce, message


class Mailbox:
    """A mailbox without a server."""

    def __init__(self, *raw, validity=1):
        self.raw, self.uid_validity, self.box = list(raw), validity, "ar@host/INBOX"

    def after(self, uid):
        for number, raw in enumerate(self.raw, 1):
            if number > uid:
                yield Fetched(number, read(bytes(raw)))


@pytest.fixture
def sent(ctx):
    """A reminder that was sent, and its Message-ID."""
    bring_in(ctx, Line())
    letter = write_letter(ctx, Wanted(buyer_id(ctx), Template.REMINDER_1), "k", press)
    box = Box()
    send_letter(ctx, letter, box, "ar@tools.example")
    return ctx, letter, box.sent[0].message_id


def test_a_reply_is_attached_by_what_it_answers_whoever_wrote_it(sent):
    ctx, letter, answered = sent
    made = message(In_Reply_To=answered, From="somebody@else.example")
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="note.pdf")
    assert fetch_mail(ctx, Mailbox(made))["attached"] == 1
    [kept] = queries.mail_of(ctx, buyer_id(ctx))
    assert (kept.letter_id, kept.found_by, kept.state) == (letter, "reference", "attached")
    [file] = queries.files_of(ctx, [kept.id])[kept.id]
    assert queries.file_content(ctx, kept.id, file.place) == ("note.pdf", "application/pdf", PDF)
    assert kinds(ctx)[-1] == "collection.mail_received"


def test_a_message_is_kept_once_whatever_the_mailbox_says(sent):
    ctx, _, answered = sent
    made = message(In_Reply_To=answered)
    fetch_mail(ctx, Mailbox(made))
    assert fetch_mail(ctx, Mailbox(made)) == {"attached": 0, "waiting": 0, "bounced": 0, "known": 0}
    # Its numbers mean something new: all is read again, and known.
    assert fetch_mail(ctx, Mailbox(made, validity=2))["known"] == 1
    assert len(queries.mail_of(ctx, buyer_id(ctx))) == 1


def test_without_a_reference_the_address_decides_where_it_is_one_buyers(sent):
    ctx, _, _ = sent
    made = message(From="AP@Buyer.example")
    assert fetch_mail(ctx, Mailbox(made))["attached"] == 1
    assert queries.mail_of(ctx, buyer_id(ctx))[0].found_by == "address"


def test_an_address_of_two_buyers_and_of_none_waits_for_a_person(sent):
    ctx, _, _ = sent
    bring_in(ctx, Line(buyer="200"))
    box = Mailbox(message(number="1"), message(number="2", From="who@nowhere.example"))
    assert fetch_mail(ctx, box)["waiting"] == 2
    first, second = queries.waiting_mail(ctx)
    attach_mail(ctx, first.id, buyer_id(ctx, "200"))
    put_mail_away(ctx, second.id)
    assert queries.waiting_mail(ctx) == []
    [kept] = queries.mail_of(ctx, buyer_id(ctx, "200"))
    assert (kept.found_by, kept.handled_by) == ("person", "test")
    refused(Code.NOT_FOUND, lambda: attach_mail(ctx, first.id, buyer_id(ctx)))
    refused(Code.NOT_FOUND, lambda: put_mail_away(ctx, second.id))
    assert kinds(ctx)[-2:] == ["collection.mail_received", "collection.mail_put_away"]


def test_a_contact_is_known_by_its_address(ctx):
    bring_in(ctx, Line(email=""))
    enter(ctx, buyer_id(ctx), Contact("Ann", email="ann@buyer.example"))
    fetch_mail(ctx, Mailbox(message(From="ann@buyer.example")))
    assert len(queries.mail_of(ctx, buyer_id(ctx))) == 1


def test_an_address_that_mail_came_back_from_is_marked_until_cleared(sent):
    ctx, _, answered = sent
    assert fetch_mail(ctx, Mailbox(bounce(original=answered)))["bounced"] == 1
    assert "no such user" in queries.bounced(ctx, ["AP@buyer.example"])["ap@buyer.example"]
    assert kinds(ctx).count("collection.address_bounced") == 1
    again = write_letter(ctx, Wanted(buyer_id(ctx), Template.REMINDER_2), "k2", press)
    refused(
        Code.VALUE_INVALID, lambda: send_letter(ctx, again, Box(), "a@b.example"), field="email"
    )
    clear_bounce(ctx, "ap@buyer.example")
    assert send_letter(ctx, again, Box(), "a@b.example") == "sent"
    refused(Code.NOT_FOUND, lambda: clear_bounce(ctx, "ap@buyer.example"))


def test_a_forged_report_marks_no_address_we_never_wrote_to(sent):
    ctx, _, _ = sent
    fetch_mail(ctx, Mailbox(bounce("ceo@other.example")))
    assert queries.bounced(ctx, ["ceo@other.example"]) == {}
    assert "collection.address_bounced" not in kinds(ctx)


def test_an_answer_to_anothers_letter_is_not_attached(sent, new_seller):
    _, _, answered = sent
    other = new_seller()
    assert fetch_mail(other, Mailbox(message(In_Reply_To=answered)))["waiting"] == 1
    assert rows(other, "select buyer_id from mail_message") == [{"buyer_id": None}]


def test_a_crash_in_the_middle_goes_on_where_it_stopped(sent):
    ctx, _, _ = sent

    class Breaking(Mailbox):
        def after(self, uid):
            for number, one in enumerate(super().after(uid), 1):
                if number == 2 and uid == 0:
                    raise RuntimeError("cut")
                yield one

    box = Breaking(message(number="1"), message(number="2"), message(number="3"))
    with pytest.raises(RuntimeError):
        fetch_mail(ctx, box)
    assert fetch_mail(ctx, box) == {"attached": 2, "waiting": 0, "bounced": 0, "known": 0}


def test_who_may_not_collect_or_see_people_does_neither(sent):
    ctx, _, _ = sent
    reader = replace(ctx, may=frozenset({Permission.READ}))
    for act in (
        lambda: fetch_mail(reader, Mailbox()),
        lambda: queries.waiting_mail(reader),
        lambda: queries.mail_of(reader, buyer_id(ctx)),
        lambda: clear_bounce(reader, "x@y.example"),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code is Code.NOT_ALLOWED
