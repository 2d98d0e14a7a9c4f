"""Paying early for less: offered, accepted, paid in time or late, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from netterms.early_payment import queries
from netterms.early_payment.actions import Acceptance, accept, set_buyer, set_policy
from netterms.early_payment.rules import Channel, Hindrance, Policy, Step
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.receivables.matching.actions import match_lines, undo
from netterms.receivables.matching.loading import load_statements
from netterms.receivables.matching.statement import Line, Report, Statement
from tests.actions.receivables.test_matching import ACCOUNT, balances, opens
from tests.actions.small_book import kinds, put, rows

TODAY = date(2026, 6, 1)
DUE = date(2026, 7, 1)
BY = date(2026, 6, 11)
POLICY = Policy(offered=True, yearly_percent=Decimal(12), least_days=5, least_minor=100)
# 10,000.00 ÷ (1 + 0.12 × 20 ÷ 365).
PAY, OFF = 993_468, 6_532


@pytest.fixture
def owed(ctx: Context) -> tuple[UUID, UUID]:
    """A buyer and its invoice of 10,000.00, under a policy."""
    set_policy(ctx, POLICY, TODAY, "cash")
    return put(ctx, "1", "INV-2026-00042", 1_000_000, due_on=DUE)


def on(ctx: Context, day: date) -> Context:
    return replace(ctx, today=day, now=ctx.now + (day - ctx.today))


def yes(*invoices: UUID, pay: int = PAY, by: date = BY, currency: str = "EUR") -> Acceptance:
    return Acceptance(invoices, by, Money(pay, currency), "A. Lindqvist", Channel.PAGE)


def refused(code: Code, act, *arguments, **named) -> dict[str, object]:
    with pytest.raises(Refusal) as no:
        act(*arguments, **named)
    assert no.value.code is code
    return no.value.facts


def money(ctx: Context, minor: int, day: date, words: str = "INV-2026-00042") -> Context:
    """A bank line of that day, matched a week later."""
    before = sum(line["amount_minor"] for line in rows(ctx, "select amount_minor from bank_line"))
    line = Line(day, minor, text=words, name="Buyer 1")
    told = Statement(
        Report.STATEMENT, "camt.053", ACCOUNT, "EUR", "1", before, before + minor, (line,)
    )
    later = on(ctx, day + timedelta(days=7))
    load_statements(later, [told], "day.xml", f"{minor:064}")
    match_lines(later)
    return later


def states(ctx: Context) -> list[str]:
    return [one.state for one in queries.acceptances(ctx)]


def test_money_in_time_settles_the_whole_invoice_and_the_discount_is_booked(ctx, owed):
    buyer, invoice = owed
    accept(ctx, buyer, yes(invoice))
    later = money(ctx, PAY, BY)
    assert opens(later) == {"INV-2026-00042": (0, "paid")}
    assert balances(later)["discount"] == OFF
    [match] = rows(later, "select * from bank_match")
    assert (match["state"], "amount_agreed" in match["reasons"]) == ("posted", True)
    [one] = queries.acceptances(later)
    assert (one.state, one.paid_on, one.off_minor) == ("taken", BY, OFF)
    [standing] = queries.standing(later)
    assert (standing.taken, standing.brought_minor, standing.off_minor) == (1, PAY, OFF)
    assert standing.money_days == 20
    assert round(standing.yearly_percent, 2) == 12
    assert standing.dso_days == 20

    undo(later, match["id"], "another's money")
    assert opens(later) == {"INV-2026-00042": (1_000_000, "open")}
    assert "discount" not in balances(later)
    # The day is past by now: what was accepted lapsed.
    assert states(later) == ["lapsed"]
    assert states(on(ctx, BY)) == ["accepted"]


@pytest.mark.parametrize(
    ("minor", "day", "opened", "state"),
    [
        (PAY, BY + timedelta(days=1), OFF, "lapsed"),
        (PAY - 1, BY, OFF + 1, "lapsed"),
        (1_000_000, BY, 0, "settled"),
    ],
    ids=["late", "short", "whole"],
)
def test_money_that_is_not_what_was_agreed_settles_what_it_is(ctx, owed, minor, day, opened, state):
    buyer, invoice = owed
    accept(ctx, buyer, yes(invoice))
    later = money(ctx, minor, day)
    assert opens(later)["INV-2026-00042"][0] == opened
    assert "discount" not in balances(later)
    assert states(later) == [state]


def test_a_small_discount_missed_by_a_day_is_no_small_difference(ctx, owed):
    buyer, _ = owed
    _, small = put(ctx, "1", "INV-2026-00043", 100_000, due_on=DUE)
    by = DUE - timedelta(days=5)
    accept(ctx, buyer, yes(small, pay=99_836, by=by))
    later = money(ctx, 99_836, by + timedelta(days=1), "INV-2026-00043")
    assert opens(later)["INV-2026-00043"] == (164, "part_paid")


def test_the_amount_alone_finds_what_was_agreed_and_beside_it_the_whole_of_others(ctx, owed):
    buyer, invoice = owed
    put(ctx, "1", "INV-2026-00043", 50_000, due_on=DUE)
    accept(ctx, buyer, yes(invoice))
    later = money(ctx, PAY + 50_000, BY, "INV-2026-00042 INV-2026-00043")
    assert {state for _, state in opens(later).values()} == {"paid"}
    assert balances(later)["discount"] == OFF


def test_an_acceptance_is_a_fact_and_the_last_one_counts(ctx, owed):
    buyer, invoice = owed
    first = accept(ctx, buyer, yes(invoice))
    step = queries.offer(ctx, invoice_id=invoice)
    [debt] = step.debts
    sooner = step.step(debt, TODAY)
    assert isinstance(sooner, Step)
    second = accept(ctx, buyer, yes(invoice, pay=sooner.pay.minor, by=TODAY))
    assert [(one.agreed_id, one.state) for one in queries.acceptances(ctx)] == [
        (second, "accepted"), (first, "replaced"),
    ]  # fmt: skip
    assert kinds(ctx)[-2:] == ["early_payment.offer_accepted"] * 2
    [one] = queries.agreed(ctx, buyer, TODAY).values()
    assert one.agreed_id == second
    assert queries.agreed(ctx, buyer, BY) == {}


def test_what_cannot_be_accepted(ctx, owed):
    buyer, invoice = owed
    stranger, theirs = put(ctx, "2", "INV-2026-00050", 1_000_000, due_on=DUE)
    refused(Code.NOT_FOUND, accept, ctx, buyer, yes(theirs))
    refused(Code.NOT_FOUND, accept, ctx, buyer, yes(uuid4()))
    facts = refused(Code.OFFER_CHANGED, accept, ctx, buyer, yes(invoice, pay=PAY - 1))
    assert facts["amount"] == "9934.68 EUR"
    refused(Code.VALUE_INVALID, accept, ctx, buyer, yes(invoice, currency="USD"))
    refused(Code.VALUE_INVALID, accept, ctx, buyer, yes())
    refused(Code.VALUE_INVALID, accept, ctx, buyer, yes(invoice, invoice))
    refused(Code.VALUE_INVALID, accept, ctx, buyer, replace(yes(invoice), by=" "))
    only_read = replace(ctx, may=frozenset({Permission.READ}))
    refused(Code.NOT_ALLOWED, accept, only_read, buyer, yes(invoice))
    facts = refused(Code.NOT_OFFERED, accept, ctx, buyer, yes(invoice, by=DUE))
    assert facts == {"number": "INV-2026-00042", "not_offered": "day"}
    raise_dispute(ctx, theirs, DisputeReason.PRICE, Money(1, "EUR"), "")
    facts = refused(Code.NOT_OFFERED, accept, ctx, stranger, yes(theirs))
    assert facts["not_offered"] == "disputed"
    assert states(ctx) == []


def test_to_whom_it_is_offered(ctx, owed):
    buyer, invoice = owed

    def why() -> object:
        offer = queries.offer(ctx, invoice_id=invoice)
        said = offer.step(offer.debts[0], BY)
        return said if isinstance(said, Hindrance) else None

    assert why() is None
    set_policy(ctx, replace(POLICY, grades=(1, 2)), TODAY, "the best only")
    assert why() is Hindrance.GRADE
    set_buyer(ctx, buyer, offered=True)
    assert why() is None
    set_policy(ctx, POLICY, TODAY, "all")
    set_buyer(ctx, buyer, offered=False)
    assert why() is Hindrance.BUYER
    assert queries.offer(ctx).debts == []
    set_buyer(ctx, buyer, offered=None)
    assert why() is None
    assert [debt.invoice_id for debt in queries.offer(ctx).debts] == [invoice]
    assert kinds(ctx).count("early_payment.buyer_set") == 3
    refused(Code.NOT_FOUND, set_buyer, ctx, uuid4(), offered=True)


def test_the_budget_of_a_month_is_spent_once(ctx, owed):
    buyer, invoice = owed
    _, other = put(ctx, "1", "INV-2026-00043", 1_000_000, due_on=DUE)
    set_policy(ctx, replace(POLICY, budget_minor=OFF + 1), TODAY, "no more")
    facts = refused(Code.NOT_OFFERED, accept, ctx, buyer, yes(invoice, other, pay=2 * PAY))
    assert facts["not_offered"] == "budget"
    accept(ctx, buyer, yes(invoice))
    facts = refused(Code.NOT_OFFERED, accept, ctx, buyer, yes(other))
    assert facts["not_offered"] == "budget"
    # What lapsed is free again, and so is the next month.
    accept(on(ctx, BY + timedelta(days=1)), buyer, yes(other, pay=996_723, by=date(2026, 6, 21)))


def test_a_policy_counts_from_its_day(ctx):
    assert not queries.policy(ctx).policy.offered
    july = date(2026, 7, 1)
    assert set_policy(ctx, POLICY, july, "later")
    assert set_policy(ctx, replace(POLICY, yearly_percent=Decimal(9)), TODAY, "now")
    assert not set_policy(ctx, POLICY, july, "again")
    assert [one.number for one in queries.policies(ctx)] == [1, 2]
    assert queries.policy(ctx).policy.yearly_percent == 9
    assert queries.policy(ctx, july).policy == POLICY
    for field, value in (
        ("yearly_percent", Decimal(0)), ("yearly_percent", Decimal("0.0001")), ("least_days", 0),
        ("most_days", 4), ("least_minor", -1), ("budget_minor", -1), ("grades", (2, 1)),
    ):  # fmt: skip
        facts = refused(
            Code.VALUE_INVALID, set_policy, ctx, replace(POLICY, **{field: value}), TODAY, "x"
        )
        assert facts["field"] == field
    refused(Code.VALUE_INVALID, set_policy, ctx, POLICY, TODAY, " ")
    refused(Code.VALUE_INVALID, set_policy, ctx, POLICY, TODAY - timedelta(days=1), "x")
    only_read = replace(ctx, may=frozenset({Permission.READ}))
    refused(Code.NOT_ALLOWED, set_policy, only_read, POLICY, TODAY, "x")
