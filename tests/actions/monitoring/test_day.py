"""Alerts are raised once, told once, and closed when their cause is gone."""

from __future__ import annotations

from datetime import date, timedelta

from netterms.insurance.actions import refresh_deadlines
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.money import Money
from netterms.limits.actions import grant_limit
from netterms.monitoring.actions import refresh_alerts
from netterms.receivables.disputes import DisputeReason, raise_dispute
from tests.actions.books import (
    Line,
    bring_in,
    buyer_id,
    change,
    fingerprint,
    invoice_id,
    kinds,
    on,
    pay,
    rows,
)

TODAY = date(2026, 6, 1)


def alerts(ctx, kind: str):
    return rows(
        ctx,
        """
        select b.buyer_number as buyer, a.severity, a.raised_on, a.closed_on, a.facts
        from alert a join buyer b on b.id = a.buyer_id
        where a.kind = %(kind)s order by b.buyer_number, a.raised_on
        """,
        kind=kind,
    )


def later(ctx, days: int):
    return on(ctx, TODAY + timedelta(days=days))


def test_over_a_granted_limit_raised_once_and_closed_when_paid(ctx):
    first, second = Line("1", number="A", amount=60_000), Line("1", number="B", amount=60_000)
    bring_in(ctx, first, second)
    grant_limit(ctx, buyer_id(ctx, "1"), Money(100_000, "EUR"), "known for years")
    assert refresh_alerts(ctx)["raised"] == 2  # the only buyer is the whole book, too
    before = fingerprint(ctx)
    assert refresh_alerts(ctx) == {"raised": 0, "closed": 0}
    assert fingerprint(ctx) == before
    [alert] = alerts(ctx, "over_limit")
    assert alert["facts"] == {"currency": "EUR", "owed_minor": 120_000, "limit_minor": 100_000}
    assert (alert["severity"], alert["closed_on"]) == (2, None)
    refresh_alerts(later(ctx, 1))
    assert len(alerts(ctx, "over_limit")) == 1
    pay(later(ctx, 2), first)
    assert refresh_alerts(later(ctx, 2)) == {"raised": 0, "closed": 1}
    assert alerts(ctx, "over_limit")[0]["closed_on"] == TODAY + timedelta(days=2)
    # It comes back: a new alert, the old one stays as it was.
    bring_in(later(ctx, 3), Line("1", number="C", amount=900_000, issued_on=TODAY))
    refresh_alerts(later(ctx, 3))
    assert [(a["severity"], a["closed_on"]) for a in alerts(ctx, "over_limit")] == [
        (2, TODAY + timedelta(days=2)), (3, None),
    ]  # fmt: skip
    assert kinds(ctx).count("monitoring.alert_raised") == 3


def test_a_fifth_of_the_book_is_a_concentration_and_credits_count_against_it(ctx):
    bring_in(
        ctx,
        *(Line(str(n), amount=minor) for n, minor in enumerate([21, 20, 19, 20, 20, 50], 1)),
        Line("6", amount=50, kind="credit_note"),
        Line("7", amount=999, currency="USD"),
    )
    refresh_alerts(ctx)
    found = alerts(ctx, "concentration")
    assert [(a["buyer"], a["facts"]["share"]) for a in found] == [("1", 0.21), ("7", 1)]


def test_a_duty_of_the_policy_near_its_day(ctx):
    bring_in(ctx, Line("1", date(2026, 4, 30), issued_on=date(2026, 3, 1)))
    policy = open_policy(
        ctx,
        PolicySchedule("N", "1", date(2026, 1, 1), date(2026, 12, 31), PolicyTerms("EUR")),
    )
    grant_limits(ctx, policy, [GrantedLimit("1", 1, date(2026, 1, 1))])
    seen = {}
    for day in (date(2026, 7, 14), date(2026, 7, 15), date(2026, 7, 29), date(2026, 7, 30)):
        refresh_deadlines(on(ctx, day))
        refresh_alerts(on(ctx, day))
        seen[day.isoformat()] = [a["closed_on"] for a in alerts(ctx, "deadline_near")]
    assert seen == {
        "2026-07-14": [], "2026-07-15": [None], "2026-07-29": [None],
        "2026-07-30": [date(2026, 7, 30)],
    }  # fmt: skip


def test_two_grades_worse_than_a_week_ago(ctx):
    bring_in(ctx, Line("1"), Line("2"), Line("3"), Line("4"))
    graded = {
        "1": {-30: 4, 0: 6},
        "2": {-30: 4, 0: 5},
        "3": {-3: 4, 0: 9},  # both within the week
        "4": {-100: 2, -20: 7, 0: 8},  # the old one is too old
    }
    for buyer, grades in graded.items():
        for days, grade in grades.items():
            change(
                ctx,
                """
                insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd,
                                   grade, confidence, attributes, reasons)
                select %(seller)s, id, 'EUR', %(day)s, 'x', 500, 0.1, %(grade)s, 1, '{}', '[]'
                from buyer where buyer_number = %(buyer)s
                """,
                buyer=buyer,
                day=TODAY + timedelta(days=days),
                grade=grade,
            )
    refresh_alerts(ctx)
    found = alerts(ctx, "grade_worse")
    assert [(a["buyer"], a["severity"]) for a in found] == [("1", 2)]
    assert found[0]["facts"] == {"currency": "EUR", "before": 4, "after": 6}


def test_disputes_raised_only_after_the_due_date_are_told(ctx):
    due = TODAY - timedelta(days=10)
    bring_in(
        ctx,
        *(Line("1", number=number, due_on=due) for number in "AB"),
        Line("2", number="X", due_on=due),
        Line("2", number="Y", due_on=TODAY + timedelta(days=10)),
    )
    for number in "AX":
        raise_dispute(ctx, invoice_id(ctx, number), DisputeReason.PRICE, Money(1, "EUR"))
    refresh_alerts(ctx)
    assert alerts(ctx, "late_disputes") == []
    for number in "BY":
        raise_dispute(ctx, invoice_id(ctx, number), DisputeReason.PRICE, Money(1, "EUR"))
    refresh_alerts(ctx)
    [alert] = alerts(ctx, "late_disputes")
    # Buyer 2 disputed one before it was due.
    assert (alert["buyer"], alert["facts"]) == ("1", {"disputes": 2})
