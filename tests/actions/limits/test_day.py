"""Recommended limits as stored are what `limits.rules` says of the same facts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.calendar import add_months
from netterms.kernel.money import Money, half_up
from netterms.limits.actions import refresh_limits
from netterms.limits.queries import decisions_in_force
from netterms.limits.rules import (
    LimitFacts,
    LimitSettings,
    busiest_pace,
    limit_needed,
    recommend,
)
from netterms.scoring.actions import refresh_scores
from tests.actions.books import (
    Line,
    bring_in,
    buyer_id,
    change,
    fingerprint,
    insolvent,
    kinds,
    on,
    rows,
    sanctioned,
)
from tests.actions.scoring.test_day import TODAY, history

YEAR_AGO = add_months(TODAY, -12)


def wealthy(lines: list[Line], dice: random.Random) -> list[Line]:
    """The same lines with accounts of their buyers, of most of them."""
    worth = {line.buyer: dice.choice([None, -5_000, 900_000, 90_000_000]) for line in lines}
    return [
        replace(line, net_worth=worth[line.buyer], turnover=worth[line.buyer] and 8_000_000)
        for line in lines
    ]


def random_book(ctx) -> list[Line]:
    dice = random.Random(5)
    lines = [x for n in range(25) for x in history(str(n), dice)]
    lines = wealthy(lines, dice)
    bring_in(ctx, *lines)
    return lines


def decisions(ctx):
    return rows(
        ctx,
        """
        select b.buyer_number as buyer, d.recommended_minor, d.granted_minor, d.grade, d.reasons,
               d.decided_on
        from limit_decision d join buyer b on b.id = d.buyer_id
        order by b.buyer_number, d.decided_on, d.id
        """,
    )


def sold(lines: list[Line]) -> list[Line]:
    return [x for x in lines if YEAR_AGO < x.issued_on <= TODAY]


def days_taken(line: Line) -> int:
    until = line.settled_on or max(line.due_on, TODAY)
    return max(0, (until - line.issued_on).days)


def need_of(lines: list[Line]) -> Money:
    sales = sum(x.amount for x in lines)
    weighted = sum(x.amount * days_taken(x) for x in lines)
    months = Counter[tuple[int, int]]()
    for line in lines:
        months[line.issued_on.year, line.issued_on.month] += line.amount
    pace = busiest_pace(Money(sales, "EUR"), Money(max(months.values()), "EUR"))
    return limit_needed(pace, half_up(Fraction(weighted, sales)))


def stage_of(lines: list[Line]) -> int:
    late = max(((TODAY - x.due_on).days for x in lines if x.left), default=0)
    return sum(late >= first for first in (1, 31, 61, 91))


def test_every_recommendation_is_what_the_rules_say(ctx):
    lines = random_book(ctx)
    policy = open_policy(
        ctx, PolicySchedule("N", "1", YEAR_AGO, date(2026, 12, 31), PolicyTerms("EUR"))
    )
    cover = {"2": 0, "4": 150_000, "6": 10**9}
    grant_limits(ctx, policy, [GrantedLimit(b, minor, YEAR_AGO) for b, minor in cover.items()])
    insolvent(ctx, "1")
    sanctioned(ctx, "8")
    refresh_scores(ctx)
    refresh_limits(ctx)
    all_sales = Money(sum(x.amount for x in sold(lines)), "EUR")
    by_buyer = {line.buyer: [x for x in lines if x.buyer == line.buyer] for line in lines}
    found = {d["buyer"]: d for d in decisions(ctx)}
    assert set(found) == {b for b, theirs in by_buyer.items() if sold(theirs)}
    for buyer, d in found.items():
        theirs = by_buyer[buyer]
        last = theirs[-1]
        said = recommend(
            LimitFacts(
                need=need_of(sold(theirs)),
                grade=d["grade"],
                tangible_net_worth=money(last.net_worth),
                annual_turnover=money(last.turnover),
                seller_annual_sales=all_sales,
                insured_limit=money(cover.get(buyer)),
                sanctions_hit=buyer == "8",
                open_stage=stage_of(theirs),
            ),
            LimitSettings(),
        )
        assert d["recommended_minor"] == said.limit.minor
        assert d["reasons"] == [reason.code.value for reason in said.reasons]
        assert d["granted_minor"] is None
    assert len({d["reasons"][0] for d in found.values()}) > 3


def money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, "EUR")


def test_a_recommendation_is_stored_where_it_changed_only(ctx):
    random_book(ctx)
    refresh_scores(ctx)
    many = refresh_limits(ctx)["changed"]
    assert kinds(ctx).count("limits.limit_recommended") == many > 0
    before = fingerprint(ctx)
    assert refresh_limits(ctx) == {"changed": 0}
    assert fingerprint(ctx) == before
    # Long enough that what is unpaid grows old.
    for n in range(1, 8):
        day = on(ctx, TODAY + timedelta(days=20 * n))
        refresh_scores(day, since=TODAY + timedelta(days=20 * (n - 1)))
        refresh_limits(day)
    by_buyer = {}
    for d in decisions(ctx):
        by_buyer.setdefault(d["buyer"], []).append((d["recommended_minor"], d["reasons"]))
    assert max(map(len, by_buyer.values())) > 1
    for said in by_buyer.values():
        assert all(said[n] != said[n + 1] for n in range(len(said) - 1))


def test_what_a_person_granted_stays_granted(ctx):
    random_book(ctx)
    refresh_scores(ctx)
    refresh_limits(ctx)
    change(
        ctx,
        """
        insert into limit_decision (seller_id, buyer_id, currency, decided_on, recommended_minor,
                                    granted_minor, grade, decided_by, reasons)
        select seller_id, buyer_id, currency, decided_on, recommended_minor, 7777, grade, 'Anna',
               reasons
        from limit_decision
        """,
    )
    day = on(ctx, TODAY + timedelta(days=40))
    refresh_scores(day, since=TODAY)
    assert refresh_limits(day)["changed"] > 0
    newest = {d["buyer"]: d["granted_minor"] for d in decisions(ctx)}
    assert set(newest.values()) == {7777}
    # What is recommended since says who granted what is in force, and when.
    moved = [d for d in decisions(ctx) if d["decided_on"] == day.today]
    assert moved
    for decided in moved:
        buyer = buyer_id(ctx, decided["buyer"])
        held = decisions_in_force(ctx, buyer, day.today)["EUR"]
        assert (held.decided_by, held.recommended_minor, held.limit_minor) == (
            "recommendation",
            decided["recommended_minor"],
            7777,
        )
        assert (held.granted_by, held.granted_on) == ("Anna", TODAY)


def test_a_recommendation_was_granted_by_nobody(ctx):
    random_book(ctx)
    refresh_scores(ctx)
    refresh_limits(ctx)
    for decided in decisions(ctx):
        held = decisions_in_force(ctx, buyer_id(ctx, decided["buyer"]), ctx.today)["EUR"]
        assert (held.granted_minor, held.granted_by, held.granted_on) == (None, None, None)
