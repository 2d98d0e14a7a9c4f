"""Numbers and days of invoices and credit notes: none twice, none from another time."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError

from netterms.checkout import actions
from netterms.checkout.actions import authorise, move, order_of
from netterms.checkout.books import check_books
from netterms.checkout.moves import OrderMove
from netterms.checkout.queries import order_answer, papers_of
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.receivables.payments import PaymentIn, allocate, record_payment
from netterms.receivables.periods import close_period
from netterms.receivables.rules import Part
from tests.actions.books import Line, bring_in, buyer_id, invoice_id, rows, value


@pytest.fixture
def buyer(ctx) -> UUID:
    bring_in(ctx, Line(buyer="7", number="I-7"))
    made = buyer_id(ctx, "7")
    set_line(ctx, made, "EUR", LineTerms(10_000_000, instalments=3))
    return made


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Where nobody else is under way, nothing breaks a unique key."""
    real = actions.sql.rows

    def strict(statement, params):
        try:
            return real(statement, params)
        except IntegrityError as error:
            raise AssertionError("a number was taken that nobody looked for") from error

    monkeypatch.setattr(actions.sql, "rows", strict)


def order(ctx, buyer: UUID, number: str, minor: int = 900) -> UUID:
    return order_of(authorise(ctx, [OrderRequest(number, number, buyer, Money(minor, "EUR"))])[0])


def capture(key: str, order_id: UUID, number: str | None = None, minor: int | None = 300):
    return MoveRequest(key, order_id, OrderMove.CAPTURE, minor, number)


def refund(key: str, order_id: UUID, number: str | None = None, minor: int | None = 1):
    return MoveRequest(key, order_id, OrderMove.REFUND, minor, number)


def said(answers) -> list[tuple[int, bool]]:
    return [(a.status, "invoice_number_taken" in a.body) for a in answers]


TAKEN, DONE = (409, True), (201, False)


@pytest.mark.parametrize("label", ["X", "X.1", "X.2", "X.3"])
def test_the_number_of_any_instalment_may_be_taken(ctx, buyer, label):
    one, other = order(ctx, buyer, "one"), order(ctx, buyer, "other")
    assert said(move(ctx, [capture("a", one)])) == [DONE]
    assert said(move(ctx, [refund("b", one, label)])) == [DONE]
    # `X` itself is the number of no instalment.
    due = DONE if label == "X" else TAKEN
    assert said(move(ctx, [capture("c", other, "X")])) == [due]
    # Every paper of a single unit has the number as it stands.
    assert said(move(ctx, [capture("d", other, label, 1), capture("e", other, label, 1)])) == [
        TAKEN,
        TAKEN,
    ]


def test_numbers_taken_in_the_same_array_are_taken(ctx, buyer):
    one, other = order(ctx, buyer, "one"), order(ctx, buyer, "other")
    move(ctx, [capture("a", one, "A")])
    asked = [
        refund("1", one, "X.2"),
        capture("2", other, "X"),
        capture("3", other, "Y"),
        capture("4", one, "Y"),
        refund("5", one, "Y.3"),
        refund("6", one, "I-7"),
        capture("7", other, "Z"),
    ]
    assert said(move(ctx, asked)) == [DONE, TAKEN, DONE, TAKEN, TAKEN, TAKEN, DONE]


def test_a_number_of_ours_may_be_taken_by_one_that_was_given(ctx, buyer):
    """Without a number it follows from the order's version, which the array itself moves on."""
    one, other = order(ctx, buyer, "one"), order(ctx, buyer, "other")
    move(ctx, [capture("a", other)])
    for n, label in enumerate(("one-2.3", "one-3.1")):
        assert said(move(ctx, [refund(f"r{n}", other, label)])) == [DONE]
    asked = [capture(f"c{n}", one, minor=100) for n in range(2)]
    amended = MoveRequest("more", one, OrderMove.AMEND, 901)
    assert said(move(ctx, [asked[0], asked[1], amended, capture("last", one, minor=100)])) == [
        DONE,
        TAKEN,
        DONE,
        TAKEN,
    ]
    assert said(move(ctx, [MoveRequest("less", one, OrderMove.AMEND, 900)])) == [DONE]
    assert said(move(ctx, [capture("end", one)])) == [DONE]
    papers = rows(ctx, "select invoice_number from invoice where invoice_number like 'one-%%'")
    assert len(papers) == 3 + 3 + 2


def test_an_order_number_refused_under_one_key_is_free_once_under_others(ctx, buyer):
    order(ctx, buyer, "known")
    asked = [
        OrderRequest(key, "new", buyer, Money(minor, "EUR"))
        for key, minor in (("known", 1), ("a", 2), ("b", 3))
    ]
    assert [answer.status for answer in authorise(ctx, asked)] == [409, 201, 409]


def test_what_another_took_in_between_is_found_by_calling_again(ctx, buyer, monkeypatch):
    one = order(ctx, buyer, "one")
    lost = iter([IntegrityError("somebody was faster")])
    real = actions.sql.rows

    def racing(statement, params):
        for error in lost:
            raise error
        return real(statement, params)

    monkeypatch.setattr(actions.sql, "rows", racing)
    assert said(move(ctx, [capture("a", one)])) == [DONE]


@pytest.mark.parametrize("kind", [OrderMove.CAPTURE, OrderMove.REFUND])
@pytest.mark.parametrize(
    ("days", "fine"), [(-32, False), (-31, True), (0, True), (1, True), (2, False)]
)
def test_a_paper_is_of_these_days(ctx, buyer, kind, days, fine):
    one = order(ctx, buyer, "one")
    move(ctx, [capture("a", one)])
    day = ctx.today + timedelta(days=days)
    [answer] = move(ctx, [MoveRequest("b", one, kind, 1, None, day)])
    if fine:
        assert answer.order["invoices"][0]["issued_on"] == day.isoformat()
        return
    with pytest.raises(Refusal) as refused:
        answer.order  # noqa: B018 - raises
    assert (answer.status, refused.value.code) == (422, Code.ISSUED_ON_OUT_OF_RANGE)
    assert refused.value.facts == {
        "field": "issued_on",
        "value": day.isoformat(),
        "earliest": (ctx.today - timedelta(days=31)).isoformat(),
        "latest": (ctx.today + timedelta(days=1)).isoformat(),
    }


@pytest.mark.parametrize("day", [date.min, date(9999, 12, 31)])
def test_no_day_of_a_paper_makes_an_order_unreadable(ctx, buyer, day):
    one = order(ctx, buyer, "one")
    asked = MoveRequest("a", one, OrderMove.CAPTURE, None, None, day)
    assert move(ctx, [asked])[0].status == 422
    assert order_answer(ctx, one)["state"] == "authorised"
    assert value(ctx, "select count(*) from invoice") == 1


@pytest.mark.parametrize("kind", [OrderMove.CAPTURE, OrderMove.REFUND])
def test_no_paper_is_of_a_closed_day(ctx, buyer, kind):
    one = order(ctx, buyer, "one")
    move(ctx, [capture("a", one)])
    closed = ctx.today - timedelta(days=3)
    close_period(ctx, closed)
    late, fine = (
        MoveRequest(f"p{day}", one, kind, 1, None, day)
        for day in (closed, closed + timedelta(days=1))
    )
    answers = move(ctx, [late, fine])
    assert [answer.status for answer in answers] == [409, 201]
    refusal = answers[0].refusal
    assert refusal.code is Code.PERIOD_CLOSED
    assert refusal.facts["closed_until"] == closed.isoformat()


def still_open(ctx, order_id: UUID) -> list[tuple[str, int]]:
    return [(paper.invoice_number, paper.open_minor) for paper in papers_of(ctx, order_id)]


def owed(ctx, buyer: UUID) -> int:
    return lines_of(ctx, buyer)["EUR"].owed_minor


def test_a_refund_is_set_off_against_what_its_own_order_has_open(ctx, buyer):
    """Who sent goods back is not asked to pay for them; the earliest instalment goes first."""
    one, other = order(ctx, buyer, "one"), order(ctx, buyer, "other")
    move(ctx, [capture("a", one, "A"), capture("b", other, "B")])
    before = owed(ctx, buyer)
    move(ctx, [refund("c", one, "C", 150)])
    assert dict(still_open(ctx, one)) == {"A.1": 0, "A.2": 50, "A.3": 100, "C": 0}
    # Two at once share what is left; beyond it the buyer has credit.
    pay(ctx, invoice_id(ctx, "A.3"), 100)
    move(ctx, [refund("d", one, "D", 30), refund("e", one, "E", 120)])
    assert dict(still_open(ctx, one)) == {"A.1": 0, "A.2": 0, "A.3": 0, "C": 0, "D": 0, "E": 100}
    assert sum(minor for _, minor in still_open(ctx, other)) == 300
    assert owed(ctx, buyer) == before - 150 - 100 - 150
    told = rows(ctx, "select facts from event where kind = 'receivables.payment_allocated'")
    assert sorted(len(each["facts"]["parts"]) for each in told) == [1, 2, 2, 3]
    move(ctx, [capture("f", one, "F", 90), refund("g", one, "G", 90)])
    assert dict(still_open(ctx, one))["G"] == 0
    assert check_books(ctx) == {"held_wrong": 0, "owed_wrong": 0, "caps_wrong": 0}
    # The journal of each set-off adds up to nothing.
    left = value(
        ctx,
        "select coalesce(sum(case when debit_account = 'unallocated' then amount_minor"
        " else -amount_minor end), 0)::bigint from journal_entry"
        " where source_kind = 'allocation' and source_id in"
        " (select entry_id from allocation a join payment p on p.id = a.payment_id"
        "  where p.kind = 'offset')",
    )
    assert left == 0


def pay(ctx, invoice: UUID, minor: int) -> None:
    amount = Money(minor, "EUR")
    money = record_payment(ctx, PaymentIn(buyer_id(ctx, "7"), amount, ctx.today))
    allocate(ctx, money, [Part(invoice, amount)])
