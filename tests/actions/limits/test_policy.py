"""A seller's own way to recommend limits: dated, on record, and read by the day's pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.actions import refresh_limits
from netterms.limits.formulas import Formula
from netterms.limits.policy import LimitPolicy, limit_policies, limit_policy, set_limit_policy
from netterms.limits.references import (
    EnteredReferences,
    ReferenceIn,
    enter_reference,
    enter_references,
    flaws,
    references_of,
)
from netterms.scoring.actions import record_company_facts, refresh_scores
from netterms.scoring.company import CompanyFacts
from netterms.statements.actions import Told, record_statement
from netterms.statements.rules import Accounts
from tests.actions.books import Line, bring_in, buyer_id, kinds, on, rows

TODAY = date(2026, 6, 1)
EVERY = LimitPolicy(formulas=frozenset(Formula))
MILLION = 1_000_000_00


def book_of_one(ctx) -> None:
    """A buyer that pays on the day, with accounts; another seller's buyers make the sales large."""
    lines = [
        Line(
            buyer=buyer, number=f"{buyer}-{n}", issued_on=day, due_on=day + timedelta(days=30),
            amount=amount, settled_on=day + timedelta(days=30),
        )
        for buyer, amount in (("1", 630_000_00), ("2", 90 * MILLION))
        for n, day in enumerate(TODAY - timedelta(days=60 + 30 * m) for m in range(10))
    ]  # fmt: skip
    bring_in(ctx, *lines)
    items = {
        "current_assets": 3 * MILLION, "tangible_fixed_assets": MILLION,
        "total_assets": 4 * MILLION,
        "payables": MILLION, "current_liabilities": 2 * MILLION, "total_liabilities": 3 * MILLION,
        "equity": MILLION, "revenue": 50 * MILLION, "net_income": MILLION,
    }  # fmt: skip
    accounts = Accounts(date(2025, 12, 31), "EUR", items)
    record_statement(ctx, buyer_id(ctx, "1"), Told(accounts))
    facts = CompanyFacts(date(2010, 1, 1), 40, None, "register")
    record_company_facts(ctx, buyer_id(ctx, "1"), facts)


def newest(ctx, number: str = "1"):
    found = rows(
        ctx,
        "select d.recommended_minor, d.reasons from limit_decision d"
        f" join buyer b on b.id = d.buyer_id where b.buyer_number = '{number}' order by d.id",
    )
    return found[-1]["recommended_minor"], found[-1]["reasons"]


def test_the_formula_chosen_bounds_the_limit_and_is_named_first(ctx):
    book_of_one(ctx)
    refresh_scores(ctx)
    refresh_limits(ctx)
    before, reasons = newest(ctx)
    assert reasons[0] not in ("three_way", "heuristic")

    # Another way from tomorrow on: everybody is looked at, though hardly anybody is scored then.
    tomorrow = on(ctx, TODAY + timedelta(days=1))
    set_limit_policy(ctx, EVERY, tomorrow.today, "The bank asks for it")
    assert limit_policy(ctx).policy == LimitPolicy()
    assert refresh_limits(ctx, since=TODAY - timedelta(days=1))["changed"] == 0
    refresh_limits(tomorrow, since=TODAY)
    # 25 % of a net worth of 1 M: more than half of its payables (10), on terms (5), 16 years (10),
    # margin 2 % (0), current ratio 1.5 (5), debt ratio 0.75 (-5).
    limit, reasons = newest(ctx)
    assert (limit, reasons) == (250_000_00, ["heuristic", "references_unknown"])
    assert limit < before

    # What other suppliers give comes into the mean; who was told of is looked at the next day.
    third = on(ctx, TODAY + timedelta(days=2))
    one = buyer_id(ctx, "1")
    enter_reference(third, one, "Supplier A", "EUR", 10_000_00, TODAY)
    enter_reference(third, one, "Supplier B Ltd", "EUR", 90_000_00, TODAY - timedelta(days=1))
    enter_reference(third, one, "SUPPLIER B", "EUR", 20_000_00, TODAY)
    refresh_limits(third, since=tomorrow.today)
    # The mean of 100,000, 15,000 and the need: at 630,000 a month, 7.56 M x 30 days / 365, up to
    # the next thousand.
    limit, reasons = newest(ctx)
    assert (limit, reasons) == (245_666_67, ["three_way"])

    # A reference that is taken back bounds nothing any more.
    fourth = on(ctx, TODAY + timedelta(days=3))
    for supplier in ("Supplier A", "Supplier B"):
        enter_reference(fourth, one, supplier, "EUR", None, fourth.today)
    refresh_limits(fourth, since=third.today)
    assert newest(ctx)[1] == ["heuristic", "references_unknown"]
    assert kinds(ctx).count("limits.trade_reference_entered") == 5
    assert [known.counts for known in references_of(fourth, one)] == [False] * 5


def test_a_policy_counts_from_its_day_and_stays_on_record(ctx):
    later = TODAY + timedelta(days=10)
    tenth = replace(EVERY, net_worth_rule=Decimal("0.10"))
    assert set_limit_policy(ctx, EVERY, later, "Trial", key="k") is False
    assert set_limit_policy(ctx, EVERY, later, "Trial", key="k") is True
    set_limit_policy(ctx, EVERY, later, "Trial again")
    set_limit_policy(ctx, tenth, later, "Stricter")
    assert limit_policy(ctx).number == 0
    assert limit_policy(ctx, later).policy == tenth
    assert [(v.number, v.why, v.set_by) for v in limit_policies(ctx)] == [
        (2, "Stricter", ctx.actor),
        (1, "Trial", ctx.actor),
    ]
    assert kinds(ctx).count("limits.limit_policy_set") == 2


@pytest.mark.parametrize(
    ("policy", "days", "why", "field"),
    [
        (EVERY, -1, "x", "in_force_on"),
        (EVERY, 400, "x", "in_force_on"),
        (EVERY, 0, "  ", "why"),
        (replace(EVERY, concentration_share=Decimal("1.01")), 0, "x", "concentration_share"),
        (replace(EVERY, net_worth_rule=Decimal("0.12345")), 0, "x", "net_worth_rule"),
        (replace(EVERY, tolerated_uninsured_share=Decimal(1)), 0, "x", "tolerated_uninsured_share"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(ctx, policy, days, why, field):
    with pytest.raises(Refusal) as no:
        set_limit_policy(ctx, policy, ctx.today + timedelta(days=days), why)
    assert (no.value.code, no.value.facts["field"]) == (Code.VALUE_INVALID, field)
    assert limit_policies(ctx) == []


def test_a_reference_is_of_the_last_year_and_of_a_buyer_of_the_seller(ctx, new_seller):
    bring_in(ctx, Line(buyer="1", number="1", issued_on=TODAY, due_on=TODAY, amount=100))
    one = buyer_id(ctx, "1")
    for given_on in (TODAY + timedelta(days=1), date(2025, 6, 1)):
        with pytest.raises(Refusal) as no:
            enter_reference(ctx, one, "A", "EUR", 1, given_on)
        assert no.value.facts["mend"] is Mend.BETWEEN
    other = new_seller()
    with pytest.raises(Refusal) as no:
        enter_reference(other, one, "A", "EUR", 1, other.today)
    assert no.value.code is Code.NOT_FOUND
    assert references_of(other, one) == []


def test_a_list_of_references_is_entered_whole_and_once(ctx):
    bring_in(ctx, Line(buyer="1", number="1", issued_on=TODAY, due_on=TODAY, amount=100))
    one = buyer_id(ctx, "1")
    enter_reference(ctx, one, "ACME GmbH", "EUR", 100, TODAY)
    known = ReferenceIn("1", " acme ", "EUR", 100, TODAY)
    lines = [known, replace(known, limit_minor=200), replace(known, supplier="B", limit_minor=None)]
    bad = [replace(known, buyer_number="9"), replace(known, currency="XXZ")]
    assert [place for place, _ in flaws(ctx, [*lines, *bad])] == [3, 4]
    with pytest.raises(Refusal) as no:
        enter_references(ctx, [*lines, *bad])
    assert (no.value.facts["field"], no.value.facts["mend"]) == ("buyer_number", Mend.KNOWN_BUYER)
    assert len(references_of(ctx, one)) == 1
    assert enter_references(ctx, lines) == EnteredReferences(2, 1)
    assert enter_references(ctx, lines) == EnteredReferences(0, 3)
    kept = {(each.supplier, each.limit_minor) for each in references_of(ctx, one)}
    assert kept == {("ACME GmbH", 100), ("acme", 200), ("B", None)}
    assert kinds(ctx).count("limits.trade_reference_entered") == 3


def test_only_who_may_sets_a_policy_or_enters_a_reference(ctx):
    reader = replace(ctx, may=frozenset({Permission.READ, Permission.SET_LIMIT}))
    with pytest.raises(Refusal):
        set_limit_policy(reader, EVERY, ctx.today, "x")
    with pytest.raises(Refusal):
        enter_reference(reader, ctx.seller, "A", "EUR", 1, ctx.today)
    with pytest.raises(Refusal):
        enter_references(reader, [])
