"""Every date a policy asks for, in the styles the market knows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.insurance.deadlines import DeadlineKind, Dispute, Happened, date_of_loss, deadlines
from netterms.insurance.terms import (
    ClaimBasis,
    DisputeClock,
    MepBasis,
    NoticeBasis,
    PolicyTerms,
    WaitingBasis,
    days,
    months,
)

# EX-1.1: 60 days from the invoice.
ISSUED, DUE = date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=60)
AFTER_MEP = PolicyTerms("EUR", mep=60, overdue_notice_days=30, hand_over_days=30)
AFTER_DUE = replace(AFTER_MEP, notice_basis=NoticeBasis.DUE_DATE)
EXPORT_AGENCY = replace(
    AFTER_DUE,
    overdue_notice_days=90,
    hand_over_days=None,
    stop_days=90,
    claim_deadline=days(240),
    claim_basis=ClaimBasis.DUE_DATE,
)


def test_ex_1_1_due_date():
    assert date(2026, 4, 30) == DUE


def test_ex_1_1_mep_ends_and_deliveries_are_uninsured_from_the_next_day():
    got = deadlines(ISSUED, DUE, AFTER_MEP)
    assert got.mep_ends_on == got.covered_until == date(2026, 6, 29)
    assert got.uninsured_from == date(2026, 6, 30)


def test_ex_1_1_notice_and_hand_over_30_days_after_the_mep():
    got = deadlines(ISSUED, DUE, AFTER_MEP)
    assert got.notice_by == got.hand_over_by == date(2026, 7, 29)


def test_ex_1_1_notice_30_days_after_the_due_date():
    got = deadlines(ISSUED, DUE, AFTER_DUE)
    assert got.notice_by == date(2026, 5, 30)
    assert got.earliest.kind is DeadlineKind.OVERDUE_NOTICE
    assert (got.earliest.on, got.earliest.rule) == (date(2026, 5, 30), "TCI-10")


def test_ex_1_1_export_agency_report_and_stop_at_90_and_last_filing_at_240_days():
    got = deadlines(ISSUED, DUE, EXPORT_AGENCY)
    assert got.notice_by == got.covered_until == date(2026, 7, 29)
    assert got.file_by == date(2026, 12, 26)
    assert got.hand_over_by is None


def test_ex_1_1_date_of_loss_six_months_from_the_due_date():
    got = deadlines(ISSUED, DUE, replace(AFTER_MEP, waiting_period=months(6)))
    assert got.date_of_loss == date(2026, 10, 30)
    assert got.file_by == date(2027, 10, 30)


def test_ex_1_1_date_of_loss_six_months_from_notice_received():
    terms = replace(AFTER_MEP, waiting_basis=WaitingBasis.NOTICE_RECEIVED)
    assert deadlines(ISSUED, DUE, terms).date_of_loss is None
    noted = Happened(notice_received_on=date(2026, 7, 29))
    assert deadlines(ISSUED, DUE, terms, noted).date_of_loss == date(2027, 1, 29)


def test_tci_11_waiting_from_the_start_of_collection():
    terms = replace(AFTER_MEP, waiting_basis=WaitingBasis.COLLECTION_START)
    got = date_of_loss(DUE, terms, Happened(collection_started_on=date(2026, 8, 31)))
    assert got == date(2027, 2, 28)


def test_tci_11_an_insolvency_is_the_date_of_loss_and_wants_notice_within_days():
    got = deadlines(ISSUED, DUE, AFTER_MEP, Happened(insolvent_on=date(2026, 5, 4)))
    assert got.date_of_loss == got.covered_until == date(2026, 5, 4)
    assert got.notice_by == date(2026, 5, 11)


def test_mep_counted_from_the_invoice_date():
    terms = replace(AFTER_MEP, mep_basis=MepBasis.INVOICE_DATE, mep=90)
    assert deadlines(ISSUED, DUE, terms).mep_ends_on == date(2026, 5, 30)


def test_tci_13_filing_counted_from_the_end_of_the_policy():
    terms = replace(AFTER_MEP, claim_basis=ClaimBasis.POLICY_END)
    assert deadlines(ISSUED, DUE, terms).file_by is None
    ended = Happened(policy_ends_on=date(2026, 12, 31))
    assert deadlines(ISSUED, DUE, terms, ended).file_by == date(2027, 12, 31)


def test_the_next_duty_and_none_when_all_have_passed():
    got = deadlines(ISSUED, DUE, AFTER_DUE)
    assert got.next_from(date(2026, 5, 30)).kind is DeadlineKind.OVERDUE_NOTICE
    assert got.next_from(date(2026, 5, 31)).kind is DeadlineKind.STOP_SHIPMENT
    assert got.next_from(date(2026, 8, 1)).kind is DeadlineKind.CLAIM_FILING
    assert got.next_from(date(2030, 1, 1)) is None
    assert DeadlineKind.DATE_OF_LOSS not in {d.kind for d in got.duties}


NOTED, SETTLED = date(2026, 5, 20), date(2026, 7, 19)


def loss(*disputes, clock=DisputeClock.RESUME):
    terms = replace(AFTER_MEP, dispute_clock=clock)
    return date_of_loss(DUE, terms, Happened(disputes=disputes))


def test_ex_1_14_the_undisputed_part_keeps_its_date():
    assert loss() == date(2026, 10, 30)


def test_ex_1_14_resume_adds_the_days_in_dispute():
    assert (SETTLED - NOTED).days == 60
    assert loss(Dispute(NOTED, SETTLED)) == date(2026, 12, 29)


def test_ex_1_14_restart_begins_the_waiting_period_again():
    assert loss(Dispute(NOTED, SETTLED), clock=DisputeClock.RESTART) == date(2027, 1, 19)


def test_tci_12_an_open_dispute_holds_the_clock():
    assert loss(Dispute(NOTED)) is None
    assert loss(Dispute(NOTED, SETTLED), Dispute(date(2026, 9, 1))) is None


def test_tci_12_a_dispute_after_the_date_of_loss_is_too_late():
    assert loss(Dispute(date(2026, 10, 31))) == date(2026, 10, 30)


def test_tci_12_only_days_of_the_waiting_period_count():
    assert loss(Dispute(date(2026, 4, 1), date(2026, 4, 20))) == date(2026, 10, 30)
    assert loss(Dispute(date(2026, 4, 1), date(2026, 5, 10))) == date(2026, 11, 9)


@pytest.mark.parametrize(
    "disputes",
    [
        (Dispute(NOTED, SETTLED), Dispute(date(2026, 6, 1), date(2026, 7, 1))),
        (Dispute(NOTED, date(2026, 6, 15)), Dispute(date(2026, 6, 1), SETTLED)),
        (Dispute(date(2026, 6, 15), SETTLED), Dispute(NOTED, date(2026, 6, 15))),
    ],
)
def test_tci_12_overlapping_disputes_count_once(disputes):
    assert loss(*disputes) == date(2026, 12, 29)


def test_tci_12_an_open_dispute_inside_another_stays_open():
    assert loss(Dispute(NOTED, SETTLED), Dispute(date(2026, 6, 1))) is None
    assert loss(Dispute(NOTED), Dispute(date(2026, 6, 1), SETTLED)) is None


def test_tci_12_two_disputes_apart_add_up():
    second = Dispute(date(2026, 9, 1), date(2026, 9, 11))
    assert loss(Dispute(NOTED, SETTLED), second) == date(2027, 1, 8)


DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))
DISPUTES = st.lists(
    st.builds(lambda d, n: Dispute(d, d + timedelta(n)), DAYS, st.integers(0, 400)), max_size=5
)


@given(DAYS, st.integers(0, 120), st.integers(0, 120), st.integers(0, 60), DISPUTES)
def test_dates_come_in_their_order(issued, credit, mep, notice, disputes):
    terms = replace(AFTER_MEP, mep=mep, overdue_notice_days=notice)
    due = issued + timedelta(credit)
    got = deadlines(issued, due, terms, Happened(disputes=tuple(disputes)))
    assert due <= got.mep_ends_on <= got.notice_by
    assert months(6).after(due) <= got.date_of_loss <= got.file_by
    assert list(got.all) == sorted(got.all, key=lambda d: d.on)
    assert got.earliest == min(got.duties, key=lambda d: d.on)


@given(DAYS, DISPUTES)
def test_a_dispute_never_brings_the_date_of_loss_forward(due, disputes):
    happened = Happened(disputes=tuple(disputes))
    resumed = date_of_loss(due, AFTER_MEP, happened)
    restarted = date_of_loss(due, replace(AFTER_MEP, dispute_clock=DisputeClock.RESTART), happened)
    assert months(6).after(due) <= resumed
    assert months(6).after(due) <= restarted
