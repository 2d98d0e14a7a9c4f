"""The policy replayed on a ledger's past: decisions from what was known, outcomes from the end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from netterms.portfolio.replay import (
    Document,
    Outcome,
    Setting,
    Tally,
    as_data,
    replay,
    reviews,
    stopped,
)
from tests.rules.portfolio.staged_file import Line, staged

UNTIL = date(2026, 5, 31)
START = date(2025, 1, 1)


def on(day: int) -> date:
    return START + timedelta(days=day)


def document(
    day: int, amount: int, *, settled: int | None = None, left: int | None = None,
    limit: int | None = 1_000, buyer: str = "B", terms: int = 30,
) -> Document:  # fmt: skip
    paid_on = None if settled is None else on(settled)
    still = (0 if paid_on else abs(amount)) if left is None else left
    return Document(
        buyer, buyer, "EUR", f"I{day}", on(day), on(day + terms), paid_on, amount, still, 5, limit
    )


def numbers(documents: list[Document], percent: int = 100) -> list[str]:
    return [each.document.invoice_number for each in stopped(documents, percent)]


def test_an_invoice_is_stopped_above_the_limit_and_not_at_it():
    assert numbers([document(0, 1_000)]) == []
    assert numbers([document(0, 1_001)]) == ["I0"]


def test_what_is_owed_that_day_counts_until_it_is_paid():
    documents = [document(0, 600, settled=20), document(10, 500, settled=50), document(20, 500)]
    [only] = stopped(documents)
    assert (only.document.invoice_number, only.owed_minor, only.limit_minor) == ("I10", 600, 1_000)


def test_what_was_stopped_takes_up_no_limit():
    documents = [document(0, 2_000), document(1, 900)]
    assert numbers(documents) == ["I0"]


def test_of_what_is_never_settled_the_open_part_is_owed():
    documents = [document(0, 1_000, left=300), document(1, 700), document(2, 1)]
    assert numbers(documents) == ["I2"]


def test_a_credit_note_gives_back_until_it_is_set_off():
    note = document(1, -400, settled=5)
    documents = [document(0, 1_000), note, document(2, 400), document(6, 1)]
    assert numbers(documents) == ["I6"]


def test_without_a_limit_nothing_is_stopped_but_all_is_owed():
    documents = [document(0, 5_000, limit=None), document(1, 1)]
    assert numbers(documents) == ["I1"]


def test_a_wider_limit_is_taken_in_hundredths():
    assert numbers([document(0, 1_500)], 150) == []
    assert numbers([document(0, 1_501)], 150) == ["I0"]


def test_each_buyer_has_its_own_limit():
    assert numbers([document(0, 900, buyer="A"), document(0, 900, buyer="B")]) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.integers(1, 500), st.none() | st.integers(0, 200)),
        max_size=30,
    ),
    st.integers(1, 2_000),
)
def test_what_goes_through_never_exceeds_the_limit(told, limit):
    documents = sorted(
        (
            document(day, amount, settled=None if days is None else day + days, limit=limit)
            for day, amount, days in told
        ),
        key=lambda each: each.issued_on,
    )
    left_out = [id(each.document) for each in stopped(documents)]
    through = [each for each in documents if id(each) not in left_out]
    for each in through:
        owed = sum(
            other.amount_minor
            for other in through
            if other.issued_on <= each.issued_on
            and (other.settled_on is None or other.settled_on > each.issued_on)
        )
        # One that is paid on its own day takes up the limit when it is issued, and none after.
        assert owed <= limit


def test_outcomes_turn_after_ninety_days():
    until = on(200)
    assert document(0, 1, settled=120).outcome(until) is Outcome.PAID
    assert document(0, 1, settled=121).outcome(until) is Outcome.PAID_LATE
    assert document(79, 1).outcome(until) is Outcome.LOST
    assert document(80, 1).outcome(until) is Outcome.OPEN


def test_of_a_lost_invoice_only_what_is_open_is_lost():
    tally = Tally()
    tally.add(document(0, 1_000, left=300), on(400))
    assert (tally.minor, tally.lost_minor, tally.paid_minor) == (1_000, 300, 700)


def test_at_a_margin_stopping_saves_the_cost_of_what_is_lost_and_gives_up_the_margin_of_the_paid():
    tally = Tally()
    tally.add(document(0, 1_000, left=300), on(400))
    setting = Setting(100, tally)
    assert setting.break_even_margin == Decimal("0.3")
    gains = [setting.gain_minor(Decimal(margin)) for margin in ("0", "0.2", "0.3", "0.5", "1")]
    assert gains == [300, 100, 0, -200, -700]


def test_limits_begin_with_a_month_after_three_that_taught():
    assert reviews(date(2026, 1, 1), date(2026, 5, 31)) == [date(2026, 4, 1), date(2026, 5, 1)]
    assert reviews(date(2026, 1, 2), date(2026, 5, 31)) == [date(2026, 5, 1)]
    assert reviews(date(2026, 4, 1), date(2026, 5, 31)) == []


def ledger() -> list[Line]:
    """A payer of years, and one that stops paying and then orders ten times as much."""
    lines = [
        Line("good", on(day), on(day + 30), 1_000_00, 0, on(day + 30)) for day in range(0, 450, 10)
    ]
    lines += [
        Line("bad", on(day), on(day + 30), 1_000_00, 0, on(day + 45)) for day in range(0, 200, 10)
    ]
    return lines + [
        Line("bad", on(day), on(day + 30), 10_000_00, 10_000_00) for day in range(200, 300, 10)
    ]


def test_a_buyer_that_stops_paying_is_stopped():
    [found] = replay(staged(ledger()).connection, UNTIL)
    at = {each.percent: each.stopped for each in found.settings}
    assert found.judged.lost_minor == 100_000_00
    assert at[100].lost_minor == 90_000_00  # its first, when it had paid all before
    # A wider limit never avoids more, here.
    assert [at[p].count for p in sorted(at)] == sorted((at[p].count for p in at), reverse=True)
    assert found.unjudged.count == 18
    assert found.judged.count + found.unjudged.count == len(ledger())


def test_nothing_known_later_enters_a_decision():
    """What happened after a day changes nothing of what was stopped until then."""
    cut = date(2025, 10, 1)
    [whole] = replay(staged(ledger()).connection, UNTIL)
    known = [
        Line(
            line.buyer, line.issued_on, line.due_on, line.amount,
            0 if line.settled_on and line.settled_on < cut else line.amount,
            line.settled_on if line.settled_on and line.settled_on < cut else None,
        )
        for line in ledger()
        if line.issued_on < cut
    ]  # fmt: skip
    [then] = replay(staged(known).connection, cut - timedelta(days=1))
    # Rows keep their order, so the first of each buyer keep their place; numbers do not.
    early = [(s.document.buyer, s.document.issued_on) for s in whole.stopped
             if s.document.issued_on < cut]  # fmt: skip
    assert early == [(s.document.buyer, s.document.issued_on) for s in then.stopped]
    assert early


def test_the_break_even_margin_weighs_lost_against_paid():
    lines = [
        *ledger(),
        Line("good", on(460), on(490), 90_000_00, 0, on(480)),
    ]
    [found] = replay(staged(lines).connection, UNTIL)
    [setting] = [each for each in found.settings if each.percent == 100]
    lost, paid = setting.stopped.lost_minor, setting.stopped.paid_minor
    assert paid >= 90_000_00
    assert setting.break_even_margin == (Decimal(lost) / (lost + paid)).quantize(Decimal("0.0001"))


def test_as_data_adds_up_and_names_every_stopped_invoice():
    found = replay(staged(ledger()).connection, UNTIL)
    told = as_data(found, UNTIL)["currencies"]["EUR"]
    [recommended] = [each for each in told["limits"] if each["percent"] == 100]
    assert len(told["stopped"]) == recommended["stopped"]["invoices"] > 0
    assert sum(Decimal(each["amount"]) for each in told["stopped"]) == Decimal(
        recommended["stopped"]["amount"]
    )
    assert {each["outcome"] for each in told["stopped"]} <= {"paid", "lost", "paid_late", "open"}


def test_a_list_too_short_judges_nothing():
    [found] = replay(staged([Line("a", UNTIL, UNTIL, 100, 100)]).connection, UNTIL)
    assert (found.judged.count, found.unjudged.count, found.stopped) == (0, 1, ())
    assert replay(staged([]).connection, UNTIL) == []
