"""The portable questions against the reference rules, on random books in DuckDB."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.collection.rules import stage
from netterms.kernel.calendar import add_months
from netterms.kernel.money import half_up
from netterms.portfolio import rules
from netterms.portfolio.figures import all_figures, amount_writer, months_back
from netterms.portfolio.queries import FileBook, ask_all, window_start
from tests.rules.portfolio.staged_file import Line, staged

AS_OF = date(2026, 5, 31)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    issued_on = AS_OF + timedelta(days=draw(st.integers(-700, 20)))
    due_on = issued_on + timedelta(days=draw(st.sampled_from([0, 14, 30, 60, 90])))
    amount = draw(st.integers(1, 10**9))
    settled_on = draw(st.none() | st.integers(0, 200).map(lambda d: issued_on + timedelta(days=d)))
    return Line(
        buyer=draw(st.sampled_from("ABCDEFG")),
        issued_on=issued_on,
        due_on=due_on,
        amount=amount,
        open=0 if settled_on else draw(st.integers(1, amount)),
        settled_on=settled_on,
        currency=draw(st.sampled_from(["EUR", "JPY"])),
        kind=draw(st.sampled_from(["invoice", "invoice", "invoice", "credit_note"])),
        country=draw(st.sampled_from(["DE", "CN", ""])),
    )


BOOKS = st.lists(lines(), min_size=1, max_size=40)


def known(book: list[Line]) -> list[Line]:
    """The invoices of a book as known on AS_OF, credit notes left out."""
    found = []
    for line in book:
        if line.issued_on > AS_OF or line.kind == "credit_note":
            continue
        later = line.settled_on is not None and line.settled_on > AS_OF
        found.append(
            Line(
                line.buyer, line.issued_on, line.due_on, line.amount,
                line.amount if later else line.open, None if later else line.settled_on,
                line.currency, country=line.country,
            )
        )  # fmt: skip
    return found


def late(line: Line, day: date = AS_OF) -> int:
    return (day - line.due_on).days


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_ageing_and_totals_agree_with_the_rules(book: list[Line]) -> None:
    answers = ask_all(FileBook(staged(book).connection, AS_OF).ask, AS_OF)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for line in known(book):
        if line.open:
            expected[line.currency, rules.ageing_bucket(late(line))] += line.open
    aged = {
        (row["currency"], row["bucket"]): row["open_minor"]
        for row in answers.ageing
        if row["bucket"] != "credits"
    }
    assert aged == expected
    for row in answers.totals:
        mine = [line for line in known(book) if line.currency == row["currency"] and line.open]
        assert row["open_minor"] == sum(line.open for line in mine)
        assert row["overdue_minor"] == sum(line.open for line in mine if late(line) > 0)
        assert row["overdue_count"] == len([line for line in mine if late(line) > 0])
        assert row["credits_minor"] <= 0


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_buyers_and_whom_to_chase_agree_with_the_ladder(book: list[Line]) -> None:
    found = FileBook(staged(book).connection, AS_OF)
    owed: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in known(book):
        if line.open:
            owed[line.buyer, line.currency].append(line)
    for row in found.ask("portfolio/buyers"):
        mine = owed.get((row["buyer"], row["currency"]), [])
        oldest = max((late(line) for line in mine), default=0)
        assert row["open_minor"] == sum(line.open for line in mine)
        assert row["oldest_days_past_due"] == max(0, oldest)
        assert row["stage"] == stage(oldest)
    chased = found.ask("portfolio/chase")
    assert {(row["buyer"], row["currency"]) for row in chased} == {
        key for key, mine in owed.items() if any(late(line) > 0 for line in mine)
    }
    assert all(row["stage"] == stage(row["oldest_days_past_due"]) for row in chased)
    order = [(row["currency"], -row["stage"], -row["overdue_minor"]) for row in chased]
    assert order == sorted(order)


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_concentration_and_largest_agree_with_the_rules(book: list[Line]) -> None:
    answers = ask_all(FileBook(staged(book).connection, AS_OF).ask, AS_OF)
    figures = all_figures(answers, AS_OF)
    for currency, block in figures.items():
        owed: dict[str, int] = defaultdict(int)
        for line in known(book):
            if line.currency == currency:
                owed[line.buyer] += line.open
        expected = rules.concentration(list(owed.values()))
        assert block["hhi"] == (float(expected.hhi) if expected else None)
        assert block["hhi_normalised"] == (float(expected.normalised) if expected else None)
        top = [row for row in answers.top20 if row["currency"] == currency]
        assert [row["open_minor"] for row in top] == sorted(filter(None, owed.values()))[::-1]
        assert not top or top[-1]["running_minor"] == top[-1]["total_minor"]


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_movement_and_late_rate_agree_with_a_plain_count(book: list[Line]) -> None:
    answers = ask_all(FileBook(staged(book).connection, AS_OF).ask, AS_OF)
    since = add_months(AS_OF, -3)
    for row in answers.quarter:
        mine = [line for line in known(book) if line.currency == row["currency"]]
        before = [line for line in mine if line.issued_on <= since]
        unpaid = [line for line in before if line.settled_on is None]
        paid = [line for line in before if line.settled_on and line.settled_on > since]
        assert row["opening_minor"] == sum(x.open for x in unpaid) + sum(x.amount for x in paid)
        assert row["sales_minor"] == sum(x.amount for x in mine if x.issued_on > since)
        assert row["closing_minor"] == sum(x.open for x in mine)
        assert row["closing_current_minor"] == sum(x.open for x in mine if late(x) <= 0)
    for row in answers.late_rate:
        mine = [line for line in known(book) if line.currency == row["currency"]]
        days = [late(x, x.settled_on or AS_OF) for x in mine if x.settled_on or late(x) > 0]
        assert row["judged_count"] == len(days)
        assert row["late_count"] == len([d for d in days if d > 0])
        assert row["late_days"] == sum(d for d in days if d > 0)


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_credit_days_are_rounded_half_up(book: list[Line]) -> None:
    since = window_start(AS_OF)
    found = FileBook(staged(book).connection, AS_OF)
    for row in found.ask("limits/credit_use", since=since):
        mine = [
            line
            for line in known(book)
            if (line.buyer, line.currency) == (row["buyer"], row["currency"])
            and line.issued_on > since
        ]
        sales = sum(line.amount for line in mine)
        ends = [line.settled_on or max(line.due_on, AS_OF) for line in mine]
        days = sum(x.amount * (end - x.issued_on).days for x, end in zip(mine, ends, strict=True))
        assert row["sales_minor"] == sales
        months = Counter[tuple[int, int]]()
        for line in mine:
            months[line.issued_on.year, line.issued_on.month] += line.amount
        assert row["peak_minor"] == max(months.values())
        assert row["credit_days"] == half_up(Fraction(days, sales))


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_months_add_up_to_the_book(book: list[Line]) -> None:
    answers = ask_all(FileBook(staged(book).connection, AS_OF).ask, AS_OF)
    for total in answers.totals:
        mine = [line for line in known(book) if line.currency == total["currency"]]
        months = [row for row in answers.monthly if row["currency"] == total["currency"]]
        assert sum(row["sales_minor"] for row in months) == sum(line.amount for line in mine)
        assert sum(row["collected_minor"] for row in months) == sum(
            line.amount for line in mine if line.settled_on
        )


def test_countback_takes_whole_months_and_part_of_the_last() -> None:
    """AR-02: 31 days of May and 15/30 of April for receivables of May's sales and half April's."""
    months = [
        {"month": date(2026, 5, 1), "sales_minor": 3_000},
        {"month": date(2026, 4, 1), "sales_minor": 2_000},
    ]
    back = months_back(months, date(2026, 3, 20), AS_OF)
    assert [(month.sales, month.days) for month in back] == [(3_000, 31), (2_000, 30), (0, 31)]
    assert rules.dso_countback(4_000, back) == 46


@pytest.mark.parametrize(
    ("currency", "minor", "shown"),
    [
        ("EUR", 12345, "123.45"),
        ("EUR", -5, "-0.05"),
        ("EUR", 0, "0.00"),
        ("JPY", 12345, "12345"),
        ("KWD", -12345, "-12.345"),
    ],
)
def test_amounts_keep_their_currency_s_places(currency: str, minor: int, shown: str) -> None:
    assert amount_writer(currency)(minor) == shown
