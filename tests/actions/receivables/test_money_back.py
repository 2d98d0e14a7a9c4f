"""Bank lines of money that goes back: returned payments, refunds, refunds that came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.kernel.context import Context
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code
from netterms.receivables.matching.actions import (
    Matched,
    confirm,
    decline,
    match_lines,
    set_aside,
    undo,
)
from netterms.receivables.matching.statement import Line
from netterms.receivables.payments import PaymentIn, allocate, record_payment
from netterms.receivables.rules import Part
from tests.actions.receivables.test_matching import (
    DAY,
    DUE,
    balances,
    line,
    load,
    opens,
    refusal,
    states,
)
from tests.actions.small_book import kinds, put, rows

IBAN = "DE89370400440532013000"
LATER = DAY + timedelta(days=9)


def out(minor: int, text: str = "", **more: object) -> Line:
    return replace(line(-minor, text, **more), booked_on=LATER)


def left(ctx: Context) -> list[int]:
    found = rows(
        ctx,
        "select unallocated_minor from payment where seller_id = %(seller)s and kind in"
        " ('receipt', 'refund')",
    )
    return sorted(one["unallocated_minor"] for one in found)


@pytest.fixture
def paid(ctx: Context) -> Context:
    """An invoice that a bank line has paid; the day is one on which the bank may return it."""
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00042", end_to_end="E2E-77", account=IBAN))
    assert match_lines(ctx) == Matched(1, 1, 0)
    return ctx


def test_a_payment_that_the_bank_returns_opens_its_invoice_again_and_is_announced(paid: Context):
    load(paid, out(50_350, "RETURN", reversal=True, end_to_end="E2E-77"), opening=50_000)
    assert match_lines(paid) == Matched(1, 1, 0)
    assert opens(paid)["INV-2026-00042"] == (50_000, "open")
    assert left(paid) == [0, 0]
    # The charge is the seller's cost; nothing of the payment is left anywhere.
    assert balances(paid) == {
        "receivable": 50_000,
        "sales": -50_000,
        "bank": -350,
        "bank_charges": 350,
    }
    assert kinds(paid)[-4:-1] == [
        "receivables.allocation_undone",
        "receivables.refund_recorded",
        "receivables.payment_returned",
    ]
    assert match_lines(paid) == Matched(0, 0, 0)


def test_a_return_taken_back_restores_every_balance_and_is_not_proposed_again(paid: Context):
    before, was = balances(paid), opens(paid)
    load(paid, out(50_350, reversal=True, end_to_end="E2E-77"), opening=50_000)
    match_lines(paid)
    undo(paid, standing_of(paid, "returned"), "the bank was wrong")
    assert (balances(paid), opens(paid), left(paid)) == (before, was, [0, 0, 0])
    assert states(paid) == ["posted", "open"]
    assert match_lines(paid) == Matched(0, 0, 0)
    # The payment itself can still be taken back.
    undo(paid, standing_of(paid, "payment"), "another buyer's")
    assert opens(paid)["INV-2026-00042"] == (50_000, "open")
    assert "bank" not in balances(paid)


def test_a_return_is_not_taken_back_over_what_has_been_paid_since(paid: Context):
    load(paid, out(50_000, reversal=True, end_to_end="E2E-77"), opening=50_000)
    match_lines(paid)
    load(paid, replace(line(50_000, "INV-2026-00042"), booked_on=LATER + timedelta(days=1)))
    assert match_lines(paid).posted == 1
    with refusal(Code.AMOUNT_OUT_OF_RANGE):
        undo(paid, standing_of(paid, "returned"), "the bank was wrong")


def test_one_statement_may_bring_a_payment_and_its_return(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    came = line(50_000, "INV-2026-00042", end_to_end="E2E-77")
    load(ctx, came, out(50_000, reversal=True, end_to_end="E2E-77"))
    assert match_lines(ctx) == Matched(2, 2, 0)
    assert opens(ctx)["INV-2026-00042"] == (50_000, "open")
    assert left(ctx) == [0, 0]


def test_without_a_mark_or_a_reference_a_return_is_for_a_person(paid: Context):
    load(paid, out(50_000, "back", end_to_end="E2E-77"), opening=50_000)
    assert match_lines(paid) == Matched(1, 0, 1), "the bank has not marked it"
    decline(paid, standing_of(paid, "returned"))
    assert match_lines(paid) == Matched(0, 0, 0)
    load(paid, replace(out(50_000, "x", reversal=True), booked_on=LATER + timedelta(days=1)))
    assert match_lines(paid) == Matched(1, 0, 1), "only the amount says it"
    confirm(paid, standing_of(paid, "returned"))
    assert opens(paid)["INV-2026-00042"] == (50_000, "open")


def test_what_was_paid_without_a_statement_is_returned_too(ctx: Context):
    buyer, invoice = put(ctx, "1", "A", 50_000, due_on=DUE)
    set_bank_account(ctx, buyer, BankAccount(IBAN))
    payment = record_payment(ctx, PaymentIn(buyer, Money(50_000, "EUR"), ctx.today))
    allocate(ctx, payment, [Part(invoice, Money(50_000, "EUR"))])
    load(ctx, replace(line(-50_000, reversal=True, account=IBAN), booked_on=ctx.today))
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert opens(ctx)["A"] == (50_000, "open")


def test_a_refund_settles_the_credit_note_it_names_and_comes_back(ctx: Context):
    buyer, _ = put(ctx, "1", "CN-2026-7", 20_000, due_on=DUE, kind="credit_note")
    set_bank_account(ctx, buyer, BankAccount(IBAN))
    before = balances(ctx)
    load(ctx, out(20_000, "credit CN-2026-7", account=IBAN, end_to_end="R-1"))
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert opens(ctx)["CN-2026-7"] == (0, "paid")
    # It bounces: the money stands to the buyer's credit.
    back = replace(line(20_000, reversal=True, end_to_end="R-1"), booked_on=LATER)
    load(ctx, back, opening=-20_000)
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert left(ctx) == [0, 20_000]
    assert balances(ctx) == {"sales": 20_000, "unallocated": -20_000}
    undo(ctx, standing_of(ctx, "refund_back"), "no")
    undo(ctx, standing_of(ctx, "refund"), "no")
    assert (balances(ctx), opens(ctx)["CN-2026-7"]) == (before, (20_000, "open"))


def test_a_refund_that_came_back_says_nothing_of_who_pays_from_an_account(paid: Context):
    put(paid, "1", "CN-2026-7", 20_000, due_on=DUE, kind="credit_note")
    known = "select times from known_payer where seller_id = %(seller)s"
    assert rows(paid, known) == [{"times": 1}]
    load(paid, out(20_000, "credit CN-2026-7", account=IBAN, end_to_end="R-1"), opening=50_000)
    assert match_lines(paid) == Matched(1, 1, 0)
    back = replace(line(20_000, reversal=True, end_to_end="R-1", account=IBAN), booked_on=LATER)
    load(paid, back, opening=30_000)
    assert match_lines(paid) == Matched(1, 1, 0)
    undo(paid, standing_of(paid, "refund_back"), "no")
    assert rows(paid, known) == [{"times": 1}]


def test_a_refund_gives_back_what_was_paid_too_much(ctx: Context):
    buyer, _ = put(ctx, "1", "A", 50_000, due_on=DUE)
    set_bank_account(ctx, buyer, BankAccount(IBAN))
    record_payment(ctx, PaymentIn(buyer, Money(700, "EUR"), DAY))
    load(ctx, out(700, "sorry", account=IBAN), out(900, "rent", account=IBAN), out(700, "rent"))
    assert match_lines(ctx) == Matched(1, 1, 0), "others were paid by somebody's word only"
    assert left(ctx) == [0, 0]
    undo(ctx, standing_of(ctx, "refund"), "no")
    assert left(ctx) == [0, 0, 700]


def test_of_two_returns_of_like_payments_none_is_sure(ctx: Context):
    for number in "12":
        put(ctx, number, f"INV-2026-0004{number}", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00041"), line(50_000, "INV-2026-00042"))
    match_lines(ctx)
    load(ctx, out(50_000, reversal=True), opening=100_000)
    assert match_lines(ctx) == Matched(1, 0, 1)
    (back,) = rows(
        ctx, "select id from bank_line where seller_id = %(seller)s and amount_minor < 0"
    )
    set_aside(ctx, back["id"], aside=True)
    assert match_lines(ctx) == Matched(0, 0, 0)


def standing_of(ctx: Context, kind: str, states: str = "'proposed', 'posted'"):
    (found,) = rows(
        ctx,
        f"select id from bank_match where seller_id = %(seller)s and kind = '{kind}'"
        f" and state in ({states})",
    )
    return found["id"]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    amounts=st.lists(st.integers(1_000, 90_000), min_size=1, max_size=3, unique=True),
    charge=st.integers(0, 900),
    moves=st.lists(st.booleans(), min_size=1, max_size=5),
)
def test_returns_conserve_every_cent_and_undo_restores_every_balance(
    new_seller, amounts, charge, moves
):
    ctx = new_seller()
    for n, minor in enumerate(amounts):
        put(ctx, str(n), f"INV-2026-0010{n}", minor, due_on=DUE)
    came = [
        line(minor, f"INV-2026-0010{n}", end_to_end=f"E{n}00") for n, minor in enumerate(amounts)
    ]
    load(ctx, *came)
    assert match_lines(ctx).posted == len(amounts)
    total = sum(amounts)
    paid = balances(ctx), opens(ctx)
    for turn, taken_back in enumerate(moves):
        one = replace(
            out(amounts[0] + charge, reversal=True, end_to_end="E000"),
            booked_on=LATER + timedelta(days=turn),
        )
        load(ctx, one, opening=total + 10_000 * turn)
        if match_lines(ctx).posted == 0:
            break  # returned already
        assert opens(ctx)["INV-2026-00100"] == (amounts[0], "open")
        found = balances(ctx)
        assert sum(found.values()) == 0
        assert found.get("bank", 0) == total - amounts[0] - charge
        if taken_back:
            undo(ctx, standing_of(ctx, "returned", "'posted'"), "no")
            assert (balances(ctx), opens(ctx)) == paid
