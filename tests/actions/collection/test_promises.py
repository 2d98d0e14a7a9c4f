"""Promises kept and broken (COL-02), and the calendar of SQL against the kernel's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from netterms.collection.actions import judge_promises
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.kernel.money import Money
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.store import sql
from netterms.store.calendars import ClosedDay, calendar_of, keep_closed_days
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in, buyer_id, kinds, on, pay, rows

MADE = date(2026, 5, 28)
FRIDAY, TUESDAY, WEDNESDAY = date(2026, 6, 5), date(2026, 6, 9), date(2026, 6, 10)


def promised(ctx):
    bring_in(on(ctx, MADE), Line(number="before", country="ZZ"), Line(number="A", country="ZZ"))
    given = PromiseGiven(buyer_id(ctx), Money(1_000_000, "EUR"), FRIDAY, "Anna", Channel.PHONE)
    record_promise(on(ctx, MADE), given)


@pytest.mark.parametrize(
    ("minor", "paid_on", "state"),
    [
        (950_000, TUESDAY, "kept"),
        (949_999, TUESDAY, "broken"),
        (1_000_000, WEDNESDAY, "broken"),
        (1_000_000, MADE, "kept"),
        (1_000_000, MADE - timedelta(days=1), "broken"),
    ],
)
def test_ex_6_1(ctx, minor, paid_on, state):
    promised(ctx)
    bring_in(on(ctx, paid_on), Line(number="paid", amount=minor, settled_on=paid_on, country="ZZ"))
    judge_promises(on(ctx, TUESDAY))
    judge_promises(on(ctx, WEDNESDAY))
    found = rows(ctx, "select state, closed_on from promise")
    assert [p["state"] for p in found] == [state]
    assert [p["closed_on"] for p in found] == [TUESDAY if state == "kept" else WEDNESDAY]
    assert kinds(ctx)[-1] == f"collection.promise_{state}"


def test_it_stays_open_through_its_grace_and_other_money_does_not_count(ctx):
    promised(ctx)
    bring_in(
        on(ctx, MADE),
        Line(number="dollars", amount=2_000_000, settled_on=MADE, currency="USD", country="ZZ"),
        Line("2", number="other", amount=2_000_000, settled_on=MADE, country="ZZ"),
        Line(number="refund", amount=2_000_000, settled_on=MADE, kind="credit_note", country="ZZ"),
    )
    assert judge_promises(on(ctx, TUESDAY)) == {"kept": 0, "broken": 0}
    assert judge_promises(on(ctx, WEDNESDAY)) == {"kept": 0, "broken": 1}
    assert judge_promises(on(ctx, WEDNESDAY)) == {"kept": 0, "broken": 0}


def test_parts_add_up(ctx):
    promised(ctx)
    pay(on(ctx, MADE), Line(number="A", country="ZZ"))
    bring_in(on(ctx, FRIDAY), Line(number="B", amount=850_000, settled_on=FRIDAY, country="ZZ"))
    assert judge_promises(on(ctx, FRIDAY)) == {"kept": 1, "broken": 0}


@pytest.mark.parametrize("country", ["DE", "SA", "AE", "NP", "CN", "ZZ", ""])
def test_business_days_in_sql_are_the_kernels(ctx, country):
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    with book(ctx):
        keep_closed_days(
            [ClosedDay("CN", date(2026, 10, day), "National Day") for day in range(1, 8)]
            + [ClosedDay("DE", date(2026, 5, 1), "Labour Day")]
        )
        calendar = calendar_of(country, first, last + timedelta(days=60))
        found = sql.rows(
            """
            select d::date as day, is_business_day(%(country)s, d::date) as is_open,
                   business_day_on_or_after(%(country)s, d::date) as following,
                   array(select business_days_after(%(country)s, d::date, n)
                         from generate_series(0, 10) n order by n) as after
            from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
            """,
            {"country": country, "first": first, "last": last},
        )
    for line in found:
        day = line["day"]
        assert line["is_open"] == calendar.is_open(day)
        assert line["following"] == calendar.on_or_after(day)
        assert line["after"] == [calendar.add(day, n) for n in range(11)]


def test_money_that_was_given_back_keeps_no_promise(ctx):
    promised(ctx)
    buyer = buyer_id(ctx)
    friday = on(ctx, FRIDAY)
    receipt = record_payment(friday, PaymentIn(buyer, Money(1_000_000, "EUR"), FRIDAY))
    back = PaymentIn(buyer, Money(60_000, "EUR"), FRIDAY, kind="refund", refund_of=receipt)
    record_payment(friday, back)
    assert judge_promises(on(ctx, TUESDAY)) == {"kept": 0, "broken": 0}
    assert judge_promises(on(ctx, WEDNESDAY)) == {"kept": 0, "broken": 1}


@pytest.mark.parametrize(
    ("paid", "asked_on", "promised_for", "state"),
    [
        # Before its day it may be put off; what came by then kept it.
        (0, FRIDAY, WEDNESDAY, "replaced"),
        (950_000, FRIDAY, WEDNESDAY, "kept"),
        # After its day a promise beyond its grace says that it was not kept.
        (0, date(2026, 6, 8), TUESDAY, "replaced"),
        (0, date(2026, 6, 8), WEDNESDAY, "broken"),
    ],
)
def test_a_later_promise_does_not_undo_an_earlier_one(ctx, paid, asked_on, promised_for, state):
    promised(ctx)
    buyer, then = buyer_id(ctx), on(ctx, asked_on)
    if paid:
        record_payment(then, PaymentIn(buyer, Money(paid, "EUR"), FRIDAY))
    given = PromiseGiven(buyer, Money(500_000, "EUR"), promised_for, "Anna", Channel.PHONE)
    record_promise(then, given)
    found = rows(ctx, "select state from promise order by made_on")
    assert [one["state"] for one in found] == [state, "open"]
