"""The policy for limits held against the seller's past, in the console."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from openpyxl import load_workbook

from netterms.store.runs import alone
from tests.actions.books import apart, bring_in
from tests.actions.portfolio.test_replay_book import book_lines

PAGE = "/limits/replay/"


@pytest.fixture
def past(ctx):
    """The book of a good payer, and of one that stopped paying."""
    bring_in(ctx, *book_lines())
    return ctx


def test_nothing_is_worked_out_before_it_is_asked_for(past, signed_in):
    html = signed_in(past).get(PAGE).content.decode()
    assert "Bad debt avoided" not in html
    assert "Work it out" in html


def test_it_shows_what_would_have_been_stopped_and_what_came_of_it(past, signed_in):
    html = signed_in(past, "reader").get(f"{PAGE}?run=1&margin=20").content.decode()
    assert "57 invoices over" in html
    assert "Gain at your margin" in html
    assert html.count("lost: more than 90 days past due") == 9
    chinese = signed_in(past, language="zh-hans").get(f"{PAGE}?run=1").content.decode()
    assert "逾期超过 90 天" in chinese
    assert "按您的毛利率" not in chinese


def test_every_invoice_comes_as_a_workbook(past, signed_in):
    answer = signed_in(past).get("/limits/replay.xlsx?margin=20")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    limits, stopped = load_workbook(BytesIO(answer.content)).worksheets
    assert limits.max_row == 6
    outcomes = {row[-1] for row in stopped.iter_rows(min_row=2, values_only=True)}
    assert "lost: more than 90 days past due" in outcomes


def test_a_short_book_is_told_so(ctx, signed_in):
    assert "more than three months" in signed_in(ctx).get(f"{PAGE}?run=1").content.decode()


@pytest.mark.parametrize("typed", ["101", "-1", "x"])
def test_a_margin_that_is_none_stays_in_the_form_and_is_named(past, signed_in, typed):
    html = signed_in(past).get(f"{PAGE}?run=1&margin={typed}").content.decode()
    assert f'value="{typed}"' in html
    assert "margin on sales" in html
    assert "Bad debt avoided" not in html


def test_two_at_once_are_told_to_wait(past, signed_in):
    client = signed_in(past)
    with ThreadPoolExecutor(1) as pool, alone(past, "replay"):
        html = pool.submit(apart, client.get, f"{PAGE}?run=1").result().content.decode()
    assert "right now" in html
    assert "Bad debt avoided" in client.get(f"{PAGE}?run=1").content.decode()
