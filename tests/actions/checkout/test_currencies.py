"""Orders in another currency than their line's: one line and one rate from hold to payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.checkout.actions import authorise, move
from netterms.checkout.books import check_books
from netterms.checkout.moves import OrderMove
from netterms.checkout.newcomers import authorise_newcomer
from netterms.checkout.pending import Approval, approve
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.checkout.rules import lined_minor
from netterms.kernel.context import Context
from netterms.kernel.money import Money, half_up
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.caps import refresh_exposure
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import change, rows, value
from tests.actions.checkout.test_newcomers import ask as newcomer

NONE_WRONG = {"held_wrong": 0, "owed_wrong": 0, "caps_wrong": 0}
# Rates are every seller's. Those of this day are given here alone: it is a Sunday, of which the
# European Central Bank, whose rates the tests of the demo load, publishes none.
DAY = date(2026, 8, 2)
DATED = {"USD": "1.1", "GBP": "0.85", "KWD": "0.34", "JPY": "163.21"}


@pytest.fixture
def ctx(new_seller) -> Context:
    return new_seller(today=DAY)


@pytest.fixture
def buyer(ctx) -> UUID:
    """A buyer without a line, on a day with rates."""
    for code, per_euro in DATED.items():
        change(
            ctx,
            "insert into exchange_rate values (%(code)s, %(day)s, %(rate)s, 'test')"
            " on conflict do nothing",
            code=code,
            day=ctx.today,
            rate=per_euro,
        )
    return new_buyer(ctx)


def new_buyer(ctx) -> UUID:
    made = uuid4()
    change(
        ctx,
        "insert into buyer (seller_id, id, buyer_number, name)"
        " values (%(seller)s, %(id)s, %(number)s, 'B')",
        id=made,
        number=str(made),
    )
    return made


def rate(ctx, a: str, b: str) -> Fraction:
    return Fraction(value(ctx, "select minor_rate(%(a)s, %(b)s, %(day)s)", a=a, b=b, day=ctx.today))


def ask(ctx, buyer: UUID, minor: int, code: str, **more) -> dict:
    [answer] = authorise(
        ctx, [OrderRequest(str(uuid4()), str(uuid4()), buyer, Money(minor, code), **more)]
    )
    return answer.order


def go_on(ctx, order: dict, kind: OrderMove, minor: int | None = None, **more) -> dict:
    [answer] = move(ctx, [MoveRequest(str(uuid4()), UUID(order["id"]), kind, minor, **more)])
    return answer.order


def line(ctx, buyer: UUID, code: str) -> tuple[int, int, int]:
    found = lines_of(ctx, buyer)[code]
    return found.held_minor, found.owed_minor, found.available_minor


def test_what_an_order_became_stays_on_its_line_when_one_in_its_own_currency_is_opened(ctx, buyer):
    set_line(ctx, buyer, "EUR", LineTerms(20_000))
    order = ask(ctx, buyer, 10_000, "USD")
    assert order["line"]["held_minor"] == 9_091
    set_line(ctx, buyer, "USD", LineTerms(20_000))
    go_on(ctx, order, OrderMove.CAPTURE, 4_000)
    go_on(ctx, order, OrderMove.CAPTURE)
    go_on(ctx, order, OrderMove.REFUND, 1_000)
    assert line(ctx, buyer, "EUR") == (0, 9_091 - 909, 20_000 - 9_091 + 909)
    assert line(ctx, buyer, "USD") == (0, 0, 20_000)
    assert ask(ctx, buyer, 20_000, "USD")["line"]["currency"] == "USD"
    assert check_books(ctx) == NONE_WRONG
    # The same when it is captured before.
    set_line(ctx, buyer, "GBP", LineTerms(1))
    assert check_books(ctx) == NONE_WRONG


def test_each_of_an_array_that_had_no_line_gets_the_line_it_would_get_alone(buyer, new_seller):
    american = new_seller(currency="USD", today=DAY)
    for together in (True, False):
        customer = new_buyer(american)
        orders = [ask(american, customer, 100, code, review=True) for code in ("EUR", "GBP")]
        assert [order["line"] for order in orders] == [None, None]
        for code in ("USD", "GBP"):
            set_line(american, customer, code, LineTerms(1_000))
        asked = [
            MoveRequest(str(uuid4()), UUID(order["id"]), OrderMove.APPROVE) for order in orders
        ]
        groups = [asked] if together else [[one] for one in asked]
        answers = [answer.order for group in groups for answer in move(american, group)]
        assert [answer["line"]["currency"] for answer in answers] == ["USD", "GBP"]


def test_a_higher_limit_is_set_on_the_line_the_order_is_held_on(ctx, buyer):
    set_line(ctx, buyer, "EUR", LineTerms(1_000))
    order = ask(ctx, buyer, 2_200, "USD", review=True)
    assert (order["state"], order["line"]["currency"]) == ("pending", "EUR")
    set_line(ctx, buyer, "USD", LineTerms(1))
    yes = Approval("yes", UUID(order["id"]), limit_minor=2_000, seen_minor=1_000)
    said = approve(replace(ctx, why="known for years"), yes)
    assert said.order["state"] == "authorised"
    assert line(ctx, buyer, "EUR") == (2_000, 0, 0)
    assert line(ctx, buyer, "USD") == (0, 0, 1)


def test_a_day_of_its_own_choice_gives_a_paper_no_rate_of_its_own(ctx, buyer):
    before = ctx.today - timedelta(days=31)
    change(
        ctx,
        "insert into exchange_rate values ('USD', %(day)s, 1.9, 'test') on conflict do nothing",
        day=before,
    )
    set_line(ctx, buyer, "EUR", LineTerms(20_000))
    order = ask(ctx, buyer, 10_000, "USD")
    go_on(ctx, order, OrderMove.CAPTURE, 5_000, issued_on=before)
    go_on(ctx, order, OrderMove.CAPTURE, issued_on=ctx.today + timedelta(days=1))
    assert line(ctx, buyer, "EUR") == (0, 9_091, 20_000 - 9_091)
    assert refresh_exposure(ctx)["recounted"] == 0
    assert check_books(ctx) == NONE_WRONG


def test_the_smallest_amount_counts_for_something(ctx, buyer):
    set_line(ctx, buyer, "EUR", LineTerms(3))
    assert [ask(ctx, buyer, 1, "KWD")["state"] for _ in range(4)] == ["authorised"] * 3 + [
        "declined"
    ]
    assert line(ctx, buyer, "EUR") == (3, 0, 0)


@pytest.mark.parametrize("code", ["ZZZ", "eur", "EURO", ""])
def test_a_currency_nobody_has_is_no_currency(ctx, buyer, code):
    class Odd(Money):
        def __post_init__(self) -> None:
            """Whatever a door lets in."""

    for act in (
        lambda: authorise(ctx, [OrderRequest("k", "n", buyer, Odd(1, code))]),
        lambda: authorise_newcomer(ctx, replace(newcomer(), amount=Odd(1, code))),
        lambda: set_line(ctx, buyer, code, LineTerms(1)),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.VALUE_INVALID
        assert refused.value.facts["field"] == "currency"


parts = st.lists(st.integers(1, 400), min_size=1, max_size=4)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    code=st.sampled_from(["USD", "KWD", "JPY"]),
    instalments=st.sampled_from([1, 3, 12]),
    shipped=parts,
    back=st.integers(1, 2_000),
    paid=st.integers(0, 100),
)
def test_capture_takes_no_more_of_the_line_than_was_held(
    ctx, buyer, code, instalments, shipped, back, paid
):
    customer = new_buyer(ctx)
    set_line(ctx, customer, "EUR", LineTerms(100_000, instalments=instalments))
    whole = sum(shipped) + 1
    order = ask(ctx, customer, whole, code)
    used = lined_minor(whole, rate(ctx, code, "EUR"))
    for part in shipped:
        go_on(ctx, order, OrderMove.CAPTURE, part)
        held, owed, _ = line(ctx, customer, "EUR")
        assert held + owed == used
    go_on(ctx, order, OrderMove.VOID)
    back = min(back, sum(shipped))
    go_on(ctx, order, OrderMove.REFUND, back)
    if back < sum(shipped):
        go_on(ctx, order, OrderMove.REFUND)
    assert line(ctx, customer, "EUR") == (0, 0, 100_000)
    assert check_books(ctx) == NONE_WRONG
    # A paper that is paid in part counts for that part, and for nothing when it is paid.
    change(
        ctx,
        "update invoice set open_minor = amount_minor * %(paid)s / 100,"
        " state = case when amount_minor * %(paid)s / 100 = 0 then 'paid'"
        " when %(paid)s = 100 then 'open' else 'part_paid' end,"
        " settled_on = case when amount_minor * %(paid)s / 100 = 0 then issued_on end"
        " where kind = 'invoice' and buyer_id = %(buyer)s",
        buyer=customer,
        paid=paid,
    )
    with book(ctx):
        sql.value("select refresh_owed(array[%(buyer)s]::uuid[])", {"buyer": customer})
    papers = rows(
        ctx,
        "select kind, amount_minor, open_minor, coalesce(line_minor, 0) as line_minor from invoice"
        " where buyer_id = %(buyer)s",
        buyer=customer,
    )
    assert sum(p["line_minor"] for p in papers if p["kind"] == "invoice") == lined_minor(
        sum(shipped), rate(ctx, code, "EUR")
    )
    assert lines_of(ctx, customer)["EUR"].owed_minor == sum(
        (1 if p["kind"] == "invoice" else -1)
        * half_up(Fraction(p["open_minor"] * p["line_minor"], p["amount_minor"]))
        for p in papers
    )
    assert check_books(ctx) == NONE_WRONG
