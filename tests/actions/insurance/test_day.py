"""What the policy asks by when, and what a claim is worth, on the book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.collection.actions import climb_ladder, prepare_claim_files
from netterms.insurance.actions import refresh_deadlines
from netterms.insurance.policies import (
    GrantedLimit,
    PolicySchedule,
    grant_limits,
    open_policy,
    renew_policy,
)
from netterms.insurance.rules import ClaimFacts, ClaimInvoice, Cover, PolicyYear, indemnity
from netterms.insurance.terms import (
    CoverKind,
    NoticeBasis,
    PolicyTerms,
    WaitingBasis,
    days,
    months,
)
from netterms.kernel.money import Money
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from tests.actions.books import (
    Line,
    actions,
    bring_in,
    buyer_id,
    insolvent,
    invoice_id,
    kinds,
    on,
    pay,
    rows,
)

ISSUED, DUE = date(2026, 3, 1), date(2026, 4, 30)
TERMS = PolicyTerms(currency="EUR", insured_pct_named=Decimal(90))
BEFORE = date(2026, 1, 1)
STAGE_4 = DUE + timedelta(days=91)


def insure(ctx, limit: int | None = 100_000, terms: PolicyTerms = TERMS, buyer: str = "100"):
    policy = open_policy(ctx, PolicySchedule("N", "P-1", BEFORE, date(2026, 12, 31), terms))
    if limit is not None:
        grant_limits(ctx, policy, [GrantedLimit(buyer, limit, BEFORE)])
    return policy


def line(number: str = "A", amount: int = 120_000, **changes) -> Line:
    return replace(Line(number=number, issued_on=ISSUED, due_on=DUE, amount=amount), **changes)


def dated(ctx) -> dict[str, date]:
    return {d["kind"]: d["due_on"] for d in rows(ctx, "select kind, due_on from policy_deadline")}


def states(ctx) -> dict[str, str]:
    return {d["kind"]: d["state"] for d in rows(ctx, "select kind, state from policy_deadline")}


def claim_day(ctx, day: date = STAGE_4):
    climb_ladder(on(ctx, day))
    return prepare_claim_files(on(ctx, day))


def claims(ctx):
    return rows(ctx, "select * from claim order by id")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (
            TERMS,
            {
                "stop_shipment": date(2026, 6, 29),
                "overdue_notice": date(2026, 7, 29),
                "hand_over": date(2026, 7, 29),
                "date_of_loss": date(2026, 10, 30),
            },
        ),
        (
            replace(TERMS, notice_basis=NoticeBasis.DUE_DATE),
            {"overdue_notice": date(2026, 5, 30)},
        ),
        (
            replace(TERMS, stop_days=90, claim_basis="due_date", claim_deadline=days(240)),
            {"stop_shipment": date(2026, 7, 29), "claim_filing": date(2026, 12, 26)},
        ),
    ],
)
def test_ex_1_1_the_dates_stand_in_the_book(ctx, terms, expected):
    bring_in(on(ctx, ISSUED), line())
    insure(ctx, terms=terms)
    assert refresh_deadlines(on(ctx, DUE))["set"] == 0
    assert refresh_deadlines(on(ctx, DUE + timedelta(days=1)))["set"] > 0
    assert {kind: dated(ctx)[kind] for kind in expected} == expected
    assert refresh_deadlines(on(ctx, DUE + timedelta(days=1)))["set"] == 0


@pytest.mark.parametrize(
    ("disputed", "expected"),
    [(50_000, date(2026, 12, 29)), (10_000, date(2026, 10, 30))],
)
def test_ex_1_14_the_clock_stands_still_for_what_is_disputed_whole(ctx, disputed, expected):
    bring_in(on(ctx, ISSUED), line(amount=50_000))
    insure(ctx)
    refresh_deadlines(on(ctx, DUE + timedelta(days=1)))
    noted, settled = on(ctx, date(2026, 5, 20)), on(ctx, date(2026, 7, 19))
    dispute = raise_dispute(
        noted, invoice_id(ctx, "A"), DisputeReason.QUALITY, Money(disputed, "EUR")
    )
    # Not settled yet: every day that passes moves the end by a day.
    refresh_deadlines(on(ctx, date(2026, 6, 19)))
    moved = timedelta(days=30 if disputed == 50_000 else 0)
    assert dated(ctx)["date_of_loss"] == date(2026, 10, 30) + moved
    settle_dispute(settled, dispute, DisputeOutcome.CONFIRMED)
    refresh_deadlines(settled)
    assert dated(ctx)["date_of_loss"] == expected
    # And it stays there.
    refresh_deadlines(on(ctx, date(2026, 8, 19)))
    assert dated(ctx)["date_of_loss"] == expected


def test_beside_a_debt_that_is_disputed_whole_the_next_has_its_own_clock(ctx):
    next_due = DUE + timedelta(days=5)
    bring_in(on(ctx, ISSUED), line("A", amount=50_000), line("B", amount=1_000, due_on=next_due))
    insure(ctx)
    raise_dispute(on(ctx, DUE), invoice_id(ctx, "A"), DisputeReason.QUALITY, Money(50_000, "EUR"))
    losses = """
        select i.invoice_number, d.due_on
        from policy_deadline d join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
        where d.kind = 'date_of_loss'
        """
    for days_later in (10, 40):
        refresh_deadlines(on(ctx, DUE + timedelta(days=days_later)))
        found = {one["invoice_number"]: one["due_on"] for one in rows(ctx, losses)}
        held = timedelta(days=days_later)
        assert found == {"A": date(2026, 10, 30) + held, "B": date(2026, 11, 5)}


def test_only_the_oldest_unpaid_invoice_runs_a_clock_and_the_next_follows(ctx):
    older, newer = line("A"), line("B", due_on=DUE + timedelta(days=5))
    bring_in(on(ctx, ISSUED), older, newer)
    insure(ctx)
    day = on(ctx, DUE + timedelta(days=10))
    refresh_deadlines(day)
    running = """
        select distinct i.invoice_number
        from policy_deadline d join invoice i on i.id = d.invoice_id where d.state = 'open'
        """
    assert [r["invoice_number"] for r in rows(ctx, running)] == ["A"]
    pay(day, older)
    refresh_deadlines(on(ctx, day.today + timedelta(days=1)))
    assert [r["invoice_number"] for r in rows(ctx, running)] == ["B"]
    assert "insurance.deadline_lapsed" not in kinds(ctx)


def test_a_missed_duty_lapses_with_an_event_and_a_fact_is_done(ctx):
    bring_in(on(ctx, ISSUED), line())
    insure(ctx)
    refresh_deadlines(on(ctx, DUE + timedelta(days=1)))
    refresh_deadlines(on(ctx, date(2026, 7, 29)))
    assert states(ctx)["overdue_notice"] == "open"  # its last day is still a day
    closed = refresh_deadlines(on(ctx, date(2026, 7, 30)))
    assert (closed["closed"], closed["lapsed"]) == (2, 2)
    refresh_deadlines(on(ctx, date(2026, 10, 31)))
    assert states(ctx) == {
        "stop_shipment": "done", "overdue_notice": "lapsed", "hand_over": "lapsed",
        "date_of_loss": "done", "claim_filing": "open",
    }  # fmt: skip
    assert kinds(ctx).count("insurance.deadline_lapsed") == 2


@pytest.mark.parametrize("basis", list(WaitingBasis))
def test_an_insolvency_brings_the_duties_forward(ctx, basis):
    bring_in(on(ctx, ISSUED), line())
    insure(ctx, terms=replace(TERMS, waiting_basis=basis, waiting_period=months(6)))
    refresh_deadlines(on(ctx, DUE + timedelta(days=1)))
    failed = on(ctx, DUE + timedelta(days=5))
    insolvent(failed)
    refresh_deadlines(failed)
    assert dated(ctx)["overdue_notice"] == failed.today + timedelta(days=7)
    assert dated(ctx)["date_of_loss"] == failed.today
    assert refresh_deadlines(on(ctx, failed.today + timedelta(days=1)))["set"] == 0


def test_no_clock_for_who_is_not_insured(ctx):
    bring_in(on(ctx, ISSUED), line(), line("B", buyer="200"), line("C", buyer="300"),
             line("D", buyer="400", currency="USD"))  # fmt: skip
    policy = insure(ctx, limit=None)
    grant_limits(
        ctx,
        policy,
        [
            GrantedLimit("200", 0, BEFORE),
            GrantedLimit("300", 1_000, DUE),
            GrantedLimit("400", 1_000, BEFORE),
        ],
    )
    assert refresh_deadlines(on(ctx, DUE + timedelta(days=1)))["set"] == 0


def test_a_limit_withdrawn_leaves_older_debt_its_duties_and_its_cover(ctx):
    bring_in(on(ctx, ISSUED), line(amount=60_000))
    policy = insure(ctx)
    grant_limits(ctx, policy, [GrantedLimit("100", 0, date(2026, 4, 1))])
    bring_in(on(ctx, DUE), line("later", 30_000, issued_on=date(2026, 4, 2)))
    assert refresh_deadlines(on(ctx, DUE + timedelta(days=1)))["set"] > 0
    claim_day(ctx)
    [claim] = claims(ctx)
    assert (claim["insured_minor"], claim["indemnity_minor"]) == (60_000, 54_000)


@pytest.mark.parametrize(
    ("lines", "limit", "expected"),
    [
        ([line()], 100_000, (120_000, 100_000, 90_000)),  # EX-1.2
        ([line(open=70_000)], 100_000, (70_000, 70_000, 63_000)),
        (
            [line(), line("C", 30_000, kind="credit_note")],
            100_000,
            (90_000, 90_000, 81_000),
        ),
        # EX-1.6: what was paid goes to the oldest.
        (
            [line(amount=60_000), line("B", 50_000, open=10_000), line("C", 30_000)],
            100_000,
            (100_000, 100_000, 90_000),
        ),
        ([line(), line("B", 500_000, currency="USD")], 200_000, (120_000, 120_000, 108_000)),
        # Debts not due yet are lost with the others.
        (
            [line(), line("B", 30_000, due_on=date(2027, 1, 1))],
            200_000,
            (150_000, 150_000, 135_000),
        ),
    ],
)
def test_stage_4_prepares_a_claim_worth_what_the_rules_say(ctx, lines, limit, expected):
    bring_in(on(ctx, ISSUED), *lines)
    insure(ctx, limit)
    assert claim_day(ctx) == {"claims": 1, "uninsured": 0}
    [claim] = claims(ctx)
    assert (claim["gross_minor"], claim["insured_minor"], claim["indemnity_minor"]) == expected
    assert (claim["peril"], claim["state"]) == ("protracted_default", "preparing")
    assert claim["date_of_loss"] == date(2026, 10, 30)
    euros = [x for x in lines if x.currency == "EUR"]
    facts = ClaimFacts(
        tuple(ClaimInvoice(x.number, x.due_on, x.amount) for x in euros if x.kind == "invoice"),
        Cover(CoverKind.NAMED, limit),
        sum(x.amount - x.left for x in euros if x.kind == "invoice")
        + sum(x.left for x in euros if x.kind == "credit_note"),
    )
    ruled = indemnity(facts, TERMS, PolicyYear())
    assert expected == (ruled.insurable.minor, ruled.insured.minor, ruled.paid.minor)
    [action] = actions(ctx, "claim_file")
    assert action["facts"]["claim"] == str(claim["id"])
    assert kinds(ctx).count("insurance.claim_prepared") == 1


def test_the_disputed_part_is_not_claimed(ctx):
    bring_in(on(ctx, ISSUED), line())
    insure(ctx)
    raise_dispute(on(ctx, DUE), invoice_id(ctx, "A"), DisputeReason.QUALITY, Money(50_000, "EUR"))
    claim_day(ctx)
    [claim] = claims(ctx)
    assert (claim["gross_minor"], claim["indemnity_minor"]) == (70_000, 63_000)
    assert "not_insurable" in claim["working"]["reasons"]


def test_an_uninsured_buyer_is_told_so_once(ctx):
    bring_in(on(ctx, ISSUED), line())
    assert claim_day(ctx) == {"claims": 0, "uninsured": 1}
    assert claim_day(ctx) == {"claims": 0, "uninsured": 0}
    [action] = actions(ctx, "claim_file")
    assert action["facts"]["uninsured"] is True


def test_late_dollars_are_no_claim_on_a_policy_in_euros(ctx):
    bring_in(on(ctx, ISSUED), line(currency="USD"), line("B", due_on=date(2026, 12, 1)),
             line("C", kind="credit_note", amount=5_000))  # fmt: skip
    insure(ctx)
    assert claim_day(ctx) == {"claims": 0, "uninsured": 1}
    assert claims(ctx) == []


def test_insolvency_claims_everything_at_once_under_its_own_peril(ctx):
    bring_in(on(ctx, ISSUED), line(), line("B", 30_000, due_on=date(2026, 12, 1)))
    insure(ctx, 200_000)
    failed = date(2026, 3, 20)
    insolvent(on(ctx, failed))
    claim_day(ctx, failed)
    [claim] = claims(ctx)
    assert (claim["peril"], claim["date_of_loss"]) == ("insolvency", failed)
    assert claim["gross_minor"] == 150_000
    assert claim["working"]["invoices"] == ["A", "B"]


def test_back_at_stage_4_the_running_claim_is_found_again(ctx):
    first, second = line("A"), line("B", due_on=DUE + timedelta(days=20))
    bring_in(on(ctx, ISSUED), first, second)
    insure(ctx, 500_000)
    claim_day(ctx)
    pay(on(ctx, STAGE_4 + timedelta(days=1)), first)
    claim_day(ctx, STAGE_4 + timedelta(days=1))
    claim_day(ctx, STAGE_4 + timedelta(days=25))
    [claim] = claims(ctx)
    found = [a["facts"].get("claim") for a in actions(ctx, "claim_file")]
    assert found == [str(claim["id"])] * 2


def test_after_the_policy_its_deliveries_stay_covered(ctx):
    bring_in(on(ctx, ISSUED), line())
    insure(ctx)
    day = date(2027, 1, 15)
    assert refresh_deadlines(on(ctx, day))["set"] > 0
    assert claim_day(ctx, day) == {"claims": 1, "uninsured": 0}
    assert buyer_id(ctx) == claims(ctx)[0]["buyer_id"]


def renewed(ctx, ends_on: date, limit: int = 100_000):
    """The limit's policy until `ends_on`, and the next year's with the same limit."""
    first = open_policy(ctx, PolicySchedule("N", "P-1", BEFORE, ends_on, TERMS))
    grant_limits(ctx, first, [GrantedLimit("100", limit, BEFORE)])
    start = ends_on + timedelta(days=1)
    schedule = PolicySchedule("N", "P-2", start, start + timedelta(days=364), TERMS)
    return first, renew_policy(ctx, first, schedule)


def test_one_file_with_a_part_for_each_policy_year_and_one_limit_for_both(ctx):
    """The loss belongs to the policy in whose time was delivered; receipts and limit are one."""
    bring_in(on(ctx, ISSUED), line("OLD", 70_000))
    first, second = renewed(ctx, date(2026, 3, 31))
    later = date(2026, 4, 10)
    bring_in(
        on(ctx, later),
        line("NEW", 60_000, issued_on=later, due_on=later + timedelta(days=30)),
        line("CREDIT", 10_000, issued_on=later, due_on=later, kind="credit_note"),
    )
    claim_day(ctx)
    old, new = rows(ctx, "select c.* from claim c order by c.policy_id = %(s)s", s=second)
    assert (old["policy_id"], new["policy_id"]) == (first, second)
    assert {old["file_id"], new["file_id"]} == {old["id"]}
    # 10,000 of credit goes to the oldest debt, once; what is left of the limit is the newer year's.
    assert (old["gross_minor"], old["insured_minor"]) == (60_000, 60_000)
    assert (new["gross_minor"], new["insured_minor"]) == (60_000, 40_000)
    [event] = rows(ctx, "select facts from event where kind = 'insurance.claim_prepared'")
    assert event["facts"]["claim"] == str(old["id"])
    assert event["facts"]["insured"]["minor"] == 100_000
    assert event["facts"]["indemnity"]["minor"] == 90_000
    assert claim_day(ctx, STAGE_4 + timedelta(days=1))["claims"] == 0
    assert len(claims(ctx)) == 2


@pytest.mark.parametrize(
    ("disputed", "expected"),
    [(50_000, date(2026, 12, 29)), (10_000, date(2026, 10, 30))],
)
def test_ex_1_14_the_date_of_loss_of_the_claim_file_waits_for_what_was_disputed(
    ctx, disputed, expected
):
    bring_in(on(ctx, ISSUED), line(amount=50_000))
    insure(ctx)
    dispute = raise_dispute(
        on(ctx, date(2026, 5, 20)),
        invoice_id(ctx, "A"),
        DisputeReason.QUALITY,
        Money(disputed, "EUR"),
    )
    settle_dispute(on(ctx, date(2026, 7, 19)), dispute, DisputeOutcome.CONFIRMED)
    claim_day(ctx)
    assert [claim["date_of_loss"] for claim in claims(ctx)] == [expected]


def test_what_is_disputed_whole_has_no_claim_file_until_that_is_settled(ctx):
    bring_in(on(ctx, ISSUED), line(amount=50_000))
    insure(ctx)
    climb_ladder(on(ctx, STAGE_4))
    dispute = raise_dispute(
        on(ctx, STAGE_4), invoice_id(ctx, "A"), DisputeReason.QUALITY, Money(50_000, "EUR")
    )
    assert prepare_claim_files(on(ctx, STAGE_4)) == {"claims": 0, "uninsured": 0}
    settled = on(ctx, STAGE_4 + timedelta(days=5))
    settle_dispute(settled, dispute, DisputeOutcome.CONFIRMED)
    assert prepare_claim_files(settled) == {"claims": 1, "uninsured": 0}
