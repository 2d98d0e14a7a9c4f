"""The policy for limits held against the seller's own book: the same answer as for its file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from netterms.kernel.money import Money
from netterms.portfolio.live import replay_book
from netterms.portfolio.replay import Outcome, as_data
from netterms.portfolio.replay import replay as replay_file
from netterms.receivables.write_offs import WriteOffReason, decide_write_off, write_off
from tests.actions.books import Line, bring_in, on, value
from tests.rules.portfolio.staged_file import Line as FileLine
from tests.rules.portfolio.staged_file import staged

START = date(2025, 1, 1)
UNTIL = date(2026, 5, 29)


def day(number: int) -> date:
    return START + timedelta(days=number)


def told() -> list[tuple[str, int, int, int | None]]:
    """Buyer, day of issue, amount, day of payment: a good payer, and one that stops paying."""
    good = [("good", n, 100_000, n + 30) for n in range(0, 450, 10)]
    paid = [("bad", n, 100_000, n + 45) for n in range(0, 200, 10)]
    return good + paid + [("bad", n, 1_000_000, None) for n in range(200, 300, 10)]


def book_lines() -> list[Line]:
    return [
        Line(
            buyer, day(issued + 30), amount, number=f"{buyer}-{issued}", issued_on=day(issued),
            settled_on=None if paid is None else day(paid),
        )
        for buyer, issued, amount, paid in told()
    ]  # fmt: skip


def file_lines() -> list[FileLine]:
    return [
        FileLine(
            buyer, day(issued), day(issued + 30), amount, 0 if paid else amount,
            None if paid is None else day(paid),
        )
        for buyer, issued, amount, paid in told()
    ]  # fmt: skip


def test_the_book_answers_as_its_file_does(ctx):
    bring_in(ctx, *book_lines())
    mine = as_data(replay_book(on(ctx, UNTIL), UNTIL), UNTIL)["currencies"]["EUR"]
    files = as_data(replay_file(staged(file_lines()).connection, UNTIL), UNTIL)["currencies"]["EUR"]
    assert mine["limits"] == files["limits"]
    assert mine["judged"] == files["judged"]
    assert mine["judged"]["lost"] == "100000.00"
    assert {each["buyer"] for each in mine["stopped"] if each["outcome"] == "lost"} == {"bad"}


def test_what_was_written_off_is_lost_and_not_paid(ctx):
    bring_in(ctx, *book_lines())
    later = on(ctx, UNTIL)
    number = "bad-290"
    invoice = value(ctx, "select id from invoice where invoice_number = %(n)s", n=number)
    proposed, _ = write_off(later, invoice, Money(1_000_000, "EUR"), WriteOffReason.UNCOLLECTABLE)
    decide_write_off(replace(later, actor="second"), proposed, agree=True)
    assert value(ctx, "select state from invoice where id = %(id)s", id=invoice) == "written_off"
    [found] = replay_book(later, UNTIL)
    assert found.judged.lost_minor == 10_000_000
    [one] = [each for each in found.stopped if each.document.invoice_number == number]
    assert one.document.outcome(UNTIL) is Outcome.LOST
    assert one.document.open_minor == 1_000_000


def test_an_empty_book_is_no_answer(ctx):
    assert replay_book(ctx, UNTIL) == []
