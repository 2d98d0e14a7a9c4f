"""Scores as stored are the card's answer to the attributes stored beside them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from netterms.scoring.actions import refresh_scores
from netterms.scoring.blocks import Combined, combination, combine
from netterms.scoring.scorecard import CARD, Scored, built_in, evaluate
from tests.actions.books import Line, bring_in, fingerprint, insolvent, on, pay, rows

TODAY = date(2026, 6, 1)


def history(buyer: str, dice: random.Random, currency: str = "EUR") -> list[Line]:
    """A year and a half of invoices of a buyer with habits of its own."""
    habit, lines = dice.choice([-10, 0, 3, 20, 45, 100]), []
    for n in range(dice.randrange(1, 14)):
        due = TODAY - timedelta(days=35 * n - 20)
        settled = due + timedelta(days=habit + dice.randrange(-5, 6))
        is_paid = settled <= TODAY and dice.random() < 0.9
        lines.append(
            Line(
                buyer, due, dice.randrange(1_000, 900_000), currency=currency,
                issued_on=due - timedelta(days=30), settled_on=settled if is_paid else None,
            )
        )  # fmt: skip
    return lines


def random_book(ctx, buyers: int = 30) -> None:
    dice = random.Random(11)
    lines = [x for n in range(buyers) for x in history(str(n), dice, dice.choice(["EUR", "USD"]))]
    bring_in(ctx, *lines)


def scores(ctx):
    return rows(
        ctx,
        "select b.buyer_number as buyer, s.*, b.insolvent_on from score s"
        " join buyer b on b.id = s.buyer_id order by b.buyer_number, s.currency, s.scored_on",
    )


def known(value):
    """A number as the card reads it."""
    return None if value is None else Decimal(str(value))


def test_every_score_is_what_the_card_says_of_its_attributes(ctx):
    random_book(ctx)
    insolvent(ctx, "3")
    card = built_in(CARD)
    assert refresh_scores(ctx)["buyers"] == 30
    found = scores(ctx)
    assert len({(s["score"], s["grade"]) for s in found}) > 5
    for s in found:
        facts = {name: known(value) for name, value in s["attributes"].items()}
        failed = s["insolvent_on"] is not None
        said: Scored | Combined = (
            combine(combination(), facts, defaulted=True) if failed else evaluate(card, facts)
        )
        assert (s["score"], s["pd"], s["grade"]) == (said.score, said.pd, said.grade)
        assert s["confidence"] == said.confidence
        assert s["reasons"] == [reason.code for reason in said.reasons]
        assert s["payment_index"] == known(s["attributes"]["payment_index"])
        assert s["scorecard"] == ("blocks_v2" if failed else CARD)


def test_scoring_twice_on_a_day_changes_nothing(ctx):
    random_book(ctx, 5)
    refresh_scores(ctx)
    before = fingerprint(ctx)
    assert refresh_scores(ctx, since=TODAY) == {"buyers": 0, "grades_changed": 0}
    assert fingerprint(ctx) == before


def test_everybody_has_a_turn_within_ten_business_days(ctx):
    random_book(ctx, 12)
    refresh_scores(ctx)
    seen = set()
    for n in range(1, 15):
        refresh_scores(on(ctx, TODAY + timedelta(days=n)), since=TODAY + timedelta(days=n - 1))
    for s in scores(ctx):
        if s["scored_on"] > TODAY:
            seen.add(s["buyer"])
    assert seen == {str(n) for n in range(12)}


def test_money_and_lateness_and_insolvency_bring_a_new_score_at_once(ctx):
    paid = Line("paid", TODAY + timedelta(days=300))
    late = Line("late", TODAY + timedelta(days=10))
    failed = Line("failed", TODAY + timedelta(days=300))
    quiet = Line("quiet", TODAY + timedelta(days=300))
    issued = TODAY - timedelta(days=5)
    bring_in(ctx, *(Line(x.buyer, x.due_on, number=x.buyer, issued_on=issued)
                    for x in (paid, late, failed, quiet)))  # fmt: skip
    refresh_scores(ctx)
    on_day = {}
    for n in range(1, 13):
        day = on(ctx, TODAY + timedelta(days=n))
        if n == 4:
            pay(day, Line("paid", paid.due_on, number="paid", issued_on=issued))
            insolvent(day, "failed")
        refresh_scores(day, since=TODAY + timedelta(days=n - 1))
        on_day[n] = {s["buyer"] for s in scores(ctx) if s["scored_on"] == day.today}
    assert {"paid", "failed"} <= on_day[4]
    assert "late" in on_day[11]  # the first day past due
    assert sum("quiet" in buyers for buyers in on_day.values()) <= 2


def test_a_grade_that_moved_is_told(ctx):
    bring_in(ctx, Line("1", TODAY + timedelta(days=1), number="A", issued_on=TODAY))
    refresh_scores(ctx)
    insolvent(on(ctx, TODAY + timedelta(days=3)), "1")
    done = refresh_scores(on(ctx, TODAY + timedelta(days=3)), since=TODAY)
    assert done["grades_changed"] == 1
    before, after = (s["grade"] for s in scores(ctx))
    [event] = rows(ctx, "select facts from event where kind = 'scoring.grade_changed'")
    assert event["facts"] == {
        "currency": "EUR", "before": before, "after": after, "scorecard": "blocks_v2",
    }  # fmt: skip
    assert after == 10
