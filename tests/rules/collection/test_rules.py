"""The ladder's boundaries, its overrides in order, and promises."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.collection import rules
from netterms.collection.rules import (
    LadderSettings,
    OpenInvoice,
    Override,
    Promise,
    PromiseObjection,
    PromiseVerdict,
    Stage,
)
from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.money import Money

SETTINGS = LadderSettings()
WEEKDAYS = BusinessCalendar()
DUE = date(2026, 4, 30)


def usd(amount):
    return Money.of(amount, "USD")


def invoice(days_late=0, amount=100, disputed=0, as_of=DUE, **more):
    due_on = as_of - timedelta(days_late)
    return OpenInvoice("1", due_on, usd(amount), usd(disputed), **more)


def position(inv, as_of=DUE, *, insolvent=False):
    return rules.invoice_position(inv, as_of, SETTINGS, WEEKDAYS, insolvent=insolvent)


def buyer(*positions, settings=SETTINGS):
    return rules.buyer_stage(positions, "USD", settings)


@pytest.mark.parametrize(
    ("days", "as_of", "at"),
    [
        (0, date(2026, 4, 30), 0),
        (1, date(2026, 5, 1), 1),
        (30, date(2026, 5, 30), 1),
        (31, date(2026, 5, 31), 2),
        (60, date(2026, 6, 29), 2),
        (61, date(2026, 6, 30), 3),
        (90, date(2026, 7, 29), 3),
        (91, date(2026, 7, 30), 4),
    ],
)
def test_ladder_boundaries(days, as_of, at):
    got = position(OpenInvoice("1", DUE, usd(1), usd(0)), as_of)
    assert (got.days_past_due, got.stage) == (days, at)
    assert rules.stage(days) is Stage(at)


def test_stage_before_the_due_date_and_long_after():
    assert (rules.stage(-5), rules.stage(4000)) == (Stage.NOT_LATE, Stage.CLAIM)


def test_next_stage_is_the_first_day_of_the_next_one():
    assert position(invoice(0)).next_stage_on == DUE + timedelta(1)
    assert position(invoice(30)).next_stage_on == DUE + timedelta(1)
    assert position(invoice(31)).next_stage_on == DUE + timedelta(30)
    assert position(invoice(91)).next_stage_on is None


def test_override_1_insolvency_takes_every_invoice_to_stage_4_due_or_not():
    for inv in (invoice(-30), invoice(5, disputed=100), invoice(40, plan_since=DUE)):
        got = position(inv, insolvent=True)
        assert (got.stage, got.collectable) == (Stage.CLAIM, inv.open)
        assert got.overrides == (Override.INSOLVENT,)


def test_override_2_the_disputed_part_leaves_the_ladder_the_rest_stays():
    part, whole = position(invoice(40, disputed=30)), position(invoice(40, disputed=100))
    assert (part.stage, part.collectable) == (Stage.PERSONAL_CONTACT, usd(70))
    assert (whole.stage, whole.collectable) == (Stage.NOT_LATE, usd(0))
    assert part.overrides == whole.overrides == (Override.DISPUTED,)


def test_override_3_a_plan_in_good_standing_freezes_the_stage_but_not_the_days():
    got = position(invoice(70, plan_since=DUE - timedelta(30)))
    assert (got.stage, got.frozen, got.days_past_due) == (Stage.PERSONAL_CONTACT, True, 70)
    assert got.next_stage_on is None
    found = buyer(got, position(invoice(10)))
    assert (found.stage, found.step_stage) == (Stage.PERSONAL_CONTACT, Stage.REMINDERS)


def test_override_4_an_open_promise_pauses_reminders_and_the_stage_still_ages():
    promise = Promise(usd(100), date(2026, 4, 24), date(2026, 4, 30))
    inv = OpenInvoice("1", DUE - timedelta(29), usd(100), usd(0), promise=promise)
    on_the_day, in_grace, after = (position(inv, DUE + timedelta(n)) for n in (0, 4, 5))
    # 30 April 2026 is a Thursday: two business days of grace end on Monday 4 May.
    assert on_the_day.paused_until == in_grace.paused_until == date(2026, 5, 4)
    assert after.paused_until is None
    assert (on_the_day.stage, in_grace.stage) == (Stage.REMINDERS, Stage.PERSONAL_CONTACT)
    assert buyer(in_grace).paused_until == date(2026, 5, 4)
    assert buyer(in_grace, position(invoice(3))).paused_until is None


def test_override_5_highest_stage_above_the_small_balance():
    small = replace(SETTINGS, small_balance_minor=5_000)
    old_and_small, younger = position(invoice(95, amount=50)), position(invoice(10, amount=51))
    assert buyer(old_and_small, younger).stage is Stage.CLAIM
    found = buyer(old_and_small, younger, settings=small)
    assert found.stage is Stage.REMINDERS
    assert found.overrides == (Override.SMALL_BALANCE,)
    assert (found.overdue, found.oldest_days_past_due) == (usd(101), 95)


def test_an_insolvent_buyers_small_balance_counts():
    small = replace(SETTINGS, small_balance_minor=50_000)
    assert buyer(position(invoice(1), insolvent=True), settings=small).stage is Stage.CLAIM


def test_a_buyer_who_owes_nothing_late():
    assert buyer().stage is Stage.NOT_LATE
    found = buyer(position(invoice(-10)))
    assert (found.stage, found.overdue, found.next_stage_on) == (
        Stage.NOT_LATE,
        usd(0),
        DUE + timedelta(11),
    )


PROMISE = Promise(usd(10_000), date(2026, 6, 1), date(2026, 6, 5))
TUESDAY, WEDNESDAY = date(2026, 6, 9), date(2026, 6, 10)


def verdict(receipts, as_of=WEDNESDAY):
    return rules.promise_verdict(PROMISE, receipts, as_of, SETTINGS, WEEKDAYS)


@pytest.mark.parametrize(
    ("amount", "day", "wanted"),
    [
        ("9500", TUESDAY, PromiseVerdict.KEPT),
        ("9499.99", TUESDAY, PromiseVerdict.BROKEN),
        ("10000", WEDNESDAY, PromiseVerdict.BROKEN),
    ],
)
def test_ex_6_1_promise_kept_or_broken(amount, day, wanted):
    assert verdict([(day, usd(amount))]) is wanted


def test_col_02_a_promise_is_pending_through_its_grace():
    assert verdict([], TUESDAY) is PromiseVerdict.PENDING
    assert verdict([], WEDNESDAY) is PromiseVerdict.BROKEN
    assert verdict([(TUESDAY, usd(10_000))], date(2026, 6, 8)) is PromiseVerdict.PENDING


def test_col_02_several_receipts_add_up_and_earlier_ones_do_not_count():
    halves = [(date(2026, 6, 3), usd(5_000)), (TUESDAY, usd(4_500))]
    assert verdict(halves) is PromiseVerdict.KEPT
    assert verdict([(date(2026, 5, 31), usd(10_000))]) is PromiseVerdict.BROKEN


def test_col_02_a_holiday_lengthens_the_grace():
    closed = BusinessCalendar(closed={date(2026, 6, 8)})
    assert rules.grace_ends(PROMISE, SETTINGS, closed) == WEDNESDAY


def objections(promised_for, broken=(), policy=None):
    promise = Promise(usd(1), date(2026, 6, 1), promised_for)
    return rules.promise_objections(promise, broken, policy, SETTINGS, WEEKDAYS)


def test_col_02_which_promises_are_acceptable():
    ten_days = date(2026, 6, 15)
    assert objections(ten_days) == ()
    assert objections(date(2026, 6, 16)) == (PromiseObjection.TOO_FAR_AHEAD,)
    assert objections(date(2026, 5, 29)) == (PromiseObjection.IN_THE_PAST,)
    assert objections(ten_days, policy=date(2026, 6, 14)) == (
        PromiseObjection.PAST_POLICY_DEADLINE,
    )
    once, twice = [date(2026, 5, 1)], [date(2026, 5, 1), date(2026, 5, 20)]
    assert objections(date(2026, 6, 8), once) == ()
    assert objections(date(2026, 6, 9), once) == (PromiseObjection.TOO_FAR_AHEAD,)
    assert objections(date(2026, 6, 2), twice) == (PromiseObjection.NO_MORE_PROMISES,)
    assert objections(date(2026, 6, 2), [date(2026, 1, 1)] * 2) == ()


@given(st.integers(-100, 400))
def test_stages_only_rise_with_age(days):
    assert rules.stage(days) <= rules.stage(days + 1)


INVOICES = st.builds(
    invoice,
    days_late=st.integers(-60, 200),
    amount=st.integers(1, 1000),
    plan_since=st.none() | st.just(DUE - timedelta(20)),
)


@given(st.lists(INVOICES), st.integers(0, 50_000))
def test_a_buyer_is_never_above_its_worst_invoice_nor_does_a_threshold_raise_it(many, small):
    positions = [position(inv) for inv in many]
    found = buyer(*positions, settings=replace(SETTINGS, small_balance_minor=small))
    assert found.step_stage <= found.stage <= max((p.stage for p in positions), default=0)
    assert found.stage <= buyer(*positions).stage


@given(st.integers(1, 10**9), st.decimals("0.01", 1, places=2))
def test_a_full_payment_on_the_day_keeps_any_promise(minor, share):
    promise = replace(PROMISE, amount=Money(minor, "USD"))
    settings = replace(SETTINGS, kept_share=Decimal(share))
    paid = [(promise.promised_for, promise.amount)]
    got = rules.promise_verdict(promise, paid, WEDNESDAY, settings, WEEKDAYS)
    assert got is PromiseVerdict.KEPT
