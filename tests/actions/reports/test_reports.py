"""A credit report gathers what the book knows, says what is missing, and never changes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.particulars import add_identifier
from netterms.kernel.refusal import Code, Refusal
from netterms.reports.actions import order_report
from netterms.reports.queries import reports_of
from netterms.scoring.actions import refresh_scores
from netterms.statements.actions import record_statement
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in
from tests.actions.small_book import kinds, rows
from tests.actions.statements.test_record import buyer as new_buyer
from tests.actions.statements.test_record import told

LINES = [
    Line("1", due_on=date(2026, 3, 10), amount=40_000, number="A1", settled_on=date(2026, 3, 20)),
    Line("1", due_on=date(2026, 3, 20), amount=10_000, number="A2", settled_on=date(2026, 3, 20)),
    Line("1", due_on=date(2026, 4, 30), amount=70_000, number="A3"),
    Line("2", due_on=date(2026, 4, 30), amount=5_000, number="B1"),
]


@pytest.fixture
def buyer(ctx):
    bring_in(ctx, *LINES)
    refresh_scores(ctx, since=None)
    [found] = rows(ctx, "select id from buyer where buyer_number = '1'")
    return found["id"]


def test_it_says_what_the_book_says(ctx, buyer):
    report, repeated = order_report(ctx, buyer, "key-1")
    assert not repeated
    [paid] = report.content["payment"]
    # Weighted by amount: (10 x 400 + 0 x 100) / 500.
    assert paid["months"] == [
        {"month": "2026-03-01", "invoices": 2, "amount_minor": 50_000, "days_late": "8.0",
         "late_share": "0.5000"}
    ]  # fmt: skip
    assert (paid["balance"]["open_minor"], paid["balance"]["overdue_minor"]) == (70_000, 70_000)
    [score] = report.content["scores"]
    [stored] = rows(ctx, "select * from score where buyer_id = %(b)s", b=buyer)
    assert (score["grade"], score["attributes"]) == (stored["grade"], stored["attributes"])
    assert score["history"] == [
        {"scored_on": "2026-06-01", "grade": stored["grade"], "pd": str(stored["pd"])}
    ]
    assert kinds(ctx)[-1] == "reports.report_ordered"


def test_a_number_of_any_kind_says_which_company_it_is(ctx, buyer):
    add_identifier(ctx, buyer, "duns", "150483782")
    content = order_report(ctx, buyer, "key-1")[0].content
    assert content["identity"]["numbers"] == [{"kind": "duns", "country": "", "value": "150483782"}]
    assert "registration_number" not in content["missing"]


def test_what_is_missing_is_named(ctx, buyer):
    report, _ = order_report(ctx, buyer, "key-1")
    assert report.content["missing"] == ["registration_number", "screening", "accounts"]


def test_a_group_is_shown_up_to_the_company_on_top(ctx, buyer):
    bring_in(ctx, Line("3", number="C1"))
    update_facts(ctx, [BuyerFacts("1", parent="2"), BuyerFacts("2", parent="3")])
    group = order_report(ctx, buyer, "key-1")[0].content["identity"]["group"]
    assert [each["buyer_number"] for each in group["above"]] == ["2", "3"]
    assert group["members"] == 3


def test_a_key_orders_once_and_only_one_buyer(ctx, buyer):
    first, _ = order_report(ctx, buyer, "key-1")
    assert order_report(ctx, buyer, "key-1") == (first, True)
    [other] = rows(ctx, "select id from buyer where buyer_number = '2'")
    with pytest.raises(Refusal) as refused:
        order_report(ctx, other["id"], "key-1")
    assert refused.value.code is Code.KEY_REUSED
    assert [each.id for each in reports_of(ctx, buyer)] == [first.id]


def test_a_report_stays_as_it_was(ctx, buyer):
    before, _ = order_report(ctx, buyer, "key-1")
    update_facts(ctx, [BuyerFacts("1", email="new@buyer.example")])
    after, _ = order_report(ctx, buyer, "key-2")
    assert before.content["identity"]["email"] != after.content["identity"]["email"]
    assert order_report(ctx, buyer, "key-1")[0] == before
    for text in ("update credit_report set as_of = '2026-01-01'", "delete from credit_report"):
        with pytest.raises(DatabaseError), book(ctx):
            sql.execute(text)


def test_annual_accounts_stand_beside_those_of_the_sector(ctx, buyer):
    others = [new_buyer(ctx, f"S-{n}") for n in range(5)]
    with book(ctx):
        sql.execute(
            "update buyer set sector = 'steel' where seller_id = %(seller)s"
            " and id = any(%(buyers)s)",
            {"seller": ctx.seller, "buyers": [buyer, *others]},
        )
    for n, each in enumerate([buyer, *others]):
        record_statement(ctx, each, told(), key=f"accounts-{n}")
    content = order_report(ctx, buyer, "key-1")[0].content
    [period] = content["statements"]["periods"]
    assert period["items"]["total_assets"] == 1000_00
    assert content["statements"]["sector"]["buyers"] == 5
    # All of them have the same accounts: the median is the buyer's own.
    assert content["statements"]["sector"]["median"] == period["ratios"]
    assert {"altman_z_private", "ohlson_o"} <= period["models"].keys()
    assert "accounts" not in content["missing"]


def test_a_sector_of_few_says_nothing(ctx, buyer):
    record_statement(ctx, buyer, told(), key="accounts-1")
    assert order_report(ctx, buyer, "key-1")[0].content["statements"]["sector"] == {}
