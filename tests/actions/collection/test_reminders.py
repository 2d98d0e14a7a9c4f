"""Reminders leave the house: through a real SMTP server, at least once, never while they rest."""

from __future__ import annotations

import email
import email.policy
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import pytest
from aiosmtpd.controller import Controller
from django.db import DatabaseError, connection

from netterms.collection import actions as collection
from netterms.collection.actions import climb_ladder, judge_promises, send_reminders
from netterms.collection.ports import MailError, MailServerAwayError
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.collection.work_settings import set_work_setting
from netterms.connectors.mail.smtp import SmtpMailer
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.store import sql
from netterms.wiring import run_day, send_held, write_reminder
from tests.actions.books import (
    Line,
    Postbag,
    actions,
    bring_in,
    buyer_id,
    change,
    invoice_id,
    kinds,
    on,
    pay,
    rows,
)
from tests.actions.collection.test_ladder import running_plan

TODAY = date(2026, 6, 2)  # a Tuesday
DUE = date(2026, 6, 1)


@pytest.fixture
def late(new_seller):
    """A seller whose only buyer is one day late; the reminder is planned."""
    ctx = new_seller(name="Harbour & Vale", today=TODAY)
    bring_in(ctx, Line(number="R-1", due_on=DUE, amount=123_456))
    climb_ladder(ctx)
    return ctx


class Postbox:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(
            email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        )
        return "250 OK"


@pytest.fixture
def smtp():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    with SmtpMailer("127.0.0.1", port, tls=False) as mailer:
        yield mailer, box
    controller.stop(no_assert=True)


@pytest.mark.parametrize(
    ("language", "said", "amount"),
    [("en", "Payment reminder", "EUR 1,234.56"), ("zh-hans", "付款", "EUR 1,234.56")],
)
def test_a_letter_in_the_buyers_language_through_smtp(late, smtp, language, said, amount):
    mailer, box = smtp
    change(late, "update buyer set language = %(language)s", language=language)
    assert send_reminders(late, mailer, write_reminder)["sent"] == 1
    [letter] = box.letters
    [action] = actions(late)
    assert letter["To"] == "ap@buyer.example"
    assert said in letter["Subject"]
    assert letter["Message-ID"].startswith(f"<{action['id']}@")
    text = letter.get_content()
    assert "R-1" in text
    assert amount in text
    assert (action["state"], action["outcome"], action["attempts"]) == ("done", "sent", 1)
    assert kinds(late)[-1] == "collection.reminder_sent"


def test_sent_once_however_often_asked(late):
    bag = Postbag()
    send_reminders(late, bag, write_reminder)
    assert send_reminders(late, bag, write_reminder) == {
        "sent": 0, "failed": 0, "later": 0, "dropped": 0, "held": 0,
    }  # fmt: skip
    assert len(bag.letters) == 1


def test_more_letters_than_one_handful(late, monkeypatch):
    monkeypatch.setattr(collection, "LETTERS_AT_ONCE", 2)
    bring_in(late, *(Line(str(n), DUE, email=f"b{n}@buyer.example") for n in range(5)))
    climb_ladder(late)
    bag = Postbag()
    assert send_reminders(late, bag, write_reminder)["sent"] == 6
    assert len({letter.message_id for letter in bag.letters}) == 6


def test_a_crash_between_sending_and_noting_sends_the_same_letter_again(late, monkeypatch):
    bag = Postbag()

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(collection, "_close", dies)
        with pytest.raises(KeyboardInterrupt):
            send_reminders(late, bag, write_reminder)
    assert [a["state"] for a in actions(late)] == ["sending"]
    send_reminders(late, bag, write_reminder)
    first, second = bag.letters
    assert first == second
    assert [a["state"] for a in actions(late)] == ["done"]


def test_a_crash_before_sending_loses_nothing(late):
    class Dies:
        def send(self, message):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_reminders(late, Dies(), write_reminder)
    bag = Postbag()
    send_reminders(late, bag, write_reminder)
    assert len(bag.letters) == 1


def test_a_crash_leaves_one_letter_in_doubt_with_the_time_of_its_claim(late):
    bring_in(late, *(Line(str(n), DUE, email=f"b{n}@buyer.example") for n in range(5)))
    climb_ladder(late)
    bag = Postbag()

    class Dies:
        def send(self, message):
            bag.send(message)
            if len(bag.letters) == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_reminders(late, Dies(), write_reminder)
    states = [a["state"] for a in actions(late)]
    assert [states.count(s) for s in ("done", "sending", "planned")] == [2, 1, 3]
    [claimed] = rows(late, "select * from collection_action where state = 'sending'")
    assert (claimed["attempted_at"], claimed["attempts"]) == (late.now, 1)
    assert send_reminders(late, bag, write_reminder)["sent"] == 4
    ids = [letter.message_id for letter in bag.letters]
    assert len(ids) == 7
    assert ids[2] == ids[3]
    assert len(set(ids)) == 6


def test_a_letter_whose_sending_always_crashes_goes_to_people(late):
    bring_in(late, Line("2", DUE, email="other@buyer.example"))
    climb_ladder(late)
    bag = Postbag()
    tried = []

    class Dies:
        def send(self, message):
            if message.to == "ap@buyer.example":
                tried.append(message)
                raise KeyboardInterrupt
            bag.send(message)

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            send_reminders(late, Dies(), write_reminder)
    assert send_reminders(late, Dies(), write_reminder)["failed"] == 1
    assert len(tried) == 3
    assert [letter.to for letter in bag.letters] == ["other@buyer.example"]
    assert {(a["buyer"], a["state"], a["outcome"]) for a in actions(late)} == {
        ("100", "failed", "interrupted"),
        ("2", "done", "sent"),
    }


def in_another_session(act, *arguments):
    def go():
        with closing(connection):
            return act(*arguments)

    with ThreadPoolExecutor(1) as other:
        return other.submit(go).result(30)


def test_two_who_send_at_once_send_every_letter_once(late):
    bag = Postbag()

    class Meets:
        def send(self, message):
            # The letter is claimed and not yet noted: another who sends now would send it again.
            with pytest.raises(Refusal) as no:
                in_another_session(send_reminders, late, bag, write_reminder)
            assert no.value.code is Code.ALREADY_RUNNING
            bag.send(message)

    assert send_reminders(late, Meets(), write_reminder)["sent"] == 1
    assert send_reminders(late, bag, write_reminder)["sent"] == 0
    assert len(bag.letters) == 1


def test_who_lost_the_database_sends_no_further_letter(late):
    bring_in(late, Line("2", DUE, email="other@buyer.example"))
    climb_ladder(late)
    bag = Postbag()

    class Loses:
        def send(self, message):
            bag.send(message)
            backend = {"pid": sql.value("select pg_backend_pid()")}
            end = "select pg_terminate_backend(%(pid)s, 5000)"
            assert in_another_session(sql.value, end, backend)

    with pytest.raises(DatabaseError):
        send_reminders(late, Loses(), write_reminder)
    connection.close()
    assert len(bag.letters) == 1
    send_reminders(late, bag, write_reminder)
    ids = [letter.message_id for letter in bag.letters]
    assert ids[0] == ids[1] != ids[2]
    assert len(ids) == 3


def test_a_temporary_failure_is_tried_on_the_next_days_and_then_given_up(late):
    bag = Postbag()
    later = []
    for n in range(3):
        bag.refusals = [MailError("connection", "busy", temporary=True)]
        later.append(send_reminders(on(late, TODAY + timedelta(days=n)), bag, write_reminder))
    assert [(d["later"], d["failed"]) for d in later] == [(1, 0), (1, 0), (0, 1)]
    [action] = actions(late)
    assert (action["state"], action["outcome"], action["attempts"]) == ("failed", "connection", 3)
    assert kinds(late)[-1] == "collection.reminder_failed"


def test_a_mail_server_that_is_away_is_asked_once_a_run_and_costs_no_letter_a_try(late):
    """Three runs within half an hour, as `netterms work` makes, gave all of them up to people."""
    bring_in(late, Line("2", DUE))
    climb_ladder(late)
    bag = Postbag()
    for _ in range(4):
        bag.refusals = [MailServerAwayError("connection refused")]
        assert send_reminders(late, bag, write_reminder)["later"] == 2
        assert (bag.refusals, bag.letters) == ([], [])
    assert {(a["state"], a["attempts"]) for a in actions(late)} == {("planned", 0)}
    assert send_reminders(late, bag, write_reminder)["sent"] == 2


def test_a_permanent_failure_or_no_address_goes_to_people_at_once(late):
    bring_in(late, Line("2", DUE, email=""))
    climb_ladder(late)
    bag = Postbag()
    bag.refusals = [MailError("refused", "550 no such user", temporary=False)]
    assert send_reminders(late, bag, write_reminder)["failed"] == 2
    assert {(a["buyer"], a["state"], a["outcome"]) for a in actions(late)} == {
        ("100", "failed", "refused"),
        ("2", "failed", "no_address"),
    }


def test_paid_before_it_was_sent_there_is_nothing_to_remind_of(late):
    pay(late, Line(number="R-1", due_on=DUE, amount=123_456))
    bag = Postbag()
    assert send_reminders(late, bag, write_reminder)["dropped"] == 1
    assert bag.letters == []
    assert [(a["state"], a["outcome"]) for a in actions(late)] == [("cancelled", "paid")]


def test_a_letter_asks_for_the_undisputed_part_and_leaves_plans_alone(late):
    bring_in(late, Line(number="R-2", due_on=DUE), Line(number="R-3", due_on=DUE))
    climb_ladder(late)
    raise_dispute(late, invoice_id(late, "R-1"), DisputeReason.PRICE, Money(23_456, "EUR"))
    raise_dispute(late, invoice_id(late, "R-2"), DisputeReason.PRICE, Money(100_000, "EUR"))
    running_plan(late, "R-3")
    bag = Postbag()
    send_reminders(late, bag, write_reminder)
    [letter] = bag.letters
    assert "R-1" in letter.text
    assert "EUR 1,000.00" in letter.text
    assert "R-2" not in letter.text
    assert "R-3" not in letter.text


def test_a_reminder_planned_before_a_promise_waits_for_it(new_seller):
    saturday = date(2026, 6, 6)
    ctx = new_seller(today=saturday)
    bring_in(ctx, Line(number="R-1", due_on=saturday - timedelta(days=1)))
    climb_ladder(ctx)
    monday = on(ctx, saturday + timedelta(days=2))
    promise = PromiseGiven(
        buyer_id(ctx), Money(100_000, "EUR"), monday.today, "Anna", Channel.PHONE
    )
    record_promise(ctx, promise)
    bag = Postbag()
    for n in range(2, 5):
        send_reminders(on(ctx, saturday + timedelta(days=n)), bag, write_reminder)
    assert bag.letters == []
    thursday = on(ctx, saturday + timedelta(days=5))
    assert judge_promises(thursday) == {"kept": 0, "broken": 1}
    climb_ladder(thursday)
    send_reminders(thursday, bag, write_reminder)
    assert len(bag.letters) == 1


@pytest.mark.parametrize(
    ("day", "hours", "held"),
    [
        # 9:00 UTC is 11:00 in Germany in June.
        (TODAY, (11, 18), 0),
        (TODAY, (12, 18), 1),
        (TODAY, (8, 11), 1),
        # A Saturday, at whatever hour.
        (date(2026, 6, 6), (0, 24), 1),
    ],
)
def test_a_reminder_leaves_on_business_days_and_within_the_buyers_hours(late, day, hours, held):
    for name, hour in zip(("mail_from_hour", "mail_to_hour"), hours, strict=True):
        set_work_setting(late, name, Decimal(hour), "DE")
    bag = Postbag()
    found = send_reminders(on(late, day), bag, write_reminder)
    assert (found["held"], len(bag.letters)) == (held, 1 - held)
    # Held, it goes with the next run.
    set_work_setting(late, "mail_from_hour", Decimal(0), "DE")
    set_work_setting(late, "mail_to_hour", Decimal(24), "DE")
    assert send_reminders(on(late, date(2026, 6, 8)), bag, write_reminder)["sent"] == held
    assert len(bag.letters) == 1


def test_what_the_day_held_leaves_when_the_buyers_hours_begin(late):
    set_work_setting(late, "mail_from_hour", Decimal(12))
    before = late.now
    assert send_held(late.seller, before) == 0, "the day has not sent its own yet"
    steps = {step.step: step.facts for step in run_day(late, mailer=Postbag())}
    assert steps["reminders"]["held"] == 1
    assert send_held(late.seller, before) == 0
    # 11:00 UTC is 13:00 in Germany.
    assert send_held(late.seller, before.replace(hour=11)) == 1
    assert send_held(late.seller, before.replace(hour=11)) == 0
