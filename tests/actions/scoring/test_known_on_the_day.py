"""Accounts and visits in the day's score: what was known on that day, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.insolvency import Notice, NoticeKind, record_notice, withdraw_notice
from netterms.kernel.money import Money
from netterms.receivables.matching.actions import Matched, match_lines, undo
from netterms.receivables.matching.statement import Line as BankLine
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.receivables.returns import return_payment, returned, returns_of
from netterms.scoring.actions import refresh_scores
from netterms.scoring.scorecard import CARD, DEFAULTED
from netterms.statements.actions import record_statement
from netterms.statements.visits import Visit, record_visit
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in, on, pay
from tests.actions.receivables.test_matching import load
from tests.actions.scoring.test_blocks_day import (
    TODAY,
    buyer_id,
    is_what_the_rule_says,
    known,
    lines,
    scores,
)
from tests.actions.small_book import rows
from tests.actions.statements.test_record import told

DAY = timedelta(days=1)
# Turns of everybody: ten business days.
ALL_TURNS = [timedelta(days=n) for n in range(14)]


def parts(line) -> dict[str, dict]:
    return {part["block"]: part for part in line["blocks"] or []}


def test_accounts_count_from_the_day_they_are_entered(ctx):
    bring_in(ctx, *lines("sound", "weak", "silent"))
    refresh_scores(ctx)
    before = scores(ctx)
    day = on(ctx, TODAY + timedelta(days=1))
    strong = {"net_income": 120, "equity": 700, "total_liabilities": 300, "current_assets": 600}
    losses = {"net_income": -150, "equity": 50, "total_liabilities": 950}
    record_statement(day, buyer_id(ctx, "sound"), told(**strong))
    record_statement(day, buyer_id(ctx, "weak"), told(**losses))
    assert refresh_scores(day, since=TODAY)["buyers"] >= 2
    after = scores(ctx)
    for number in ("sound", "weak"):
        line = after[number]
        assert (line["scored_on"], line["scorecard"]) == (day.today, "blocks_v2")
        assert line["attributes"]["statement_age_months"] == 5
        assert parts(line)["accounts"]["card"] == "financial_accounts_v1"
        assert line["confidence"] > before[number]["confidence"]
        is_what_the_rule_says(line)
    assert after["sound"]["score"] > before["sound"]["score"] > after["weak"]["score"]
    assert "weak_net_income_to_assets" in after["weak"]["reasons"]
    assert "strong_net_income_to_assets" in after["sound"]["reasons"]
    assert known(after["weak"]["attributes"]["equity_to_liabilities"]) == Decimal("0.0526")
    assert after["silent"]["scorecard"] == CARD


def test_accounts_of_more_than_two_years_drop_out(ctx):
    bring_in(ctx, *lines("firm"))
    record_statement(ctx, buyer_id(ctx, "firm"), told())
    refresh_scores(ctx)
    assert "accounts" in parts(scores(ctx)["firm"])
    for last, counts in ((date(2027, 12, 20), True), (date(2028, 2, 20), False)):
        for n in ALL_TURNS:
            refresh_scores(on(ctx, last - ALL_TURNS[-1] + n), since=last - ALL_TURNS[-1] + n)
        found = scores(ctx)["firm"]
        assert ("accounts" in parts(found)) == counts
        # Payments are then all that is known: the score is their card's again.
        assert (found["scorecard"] == CARD) != counts


@pytest.mark.parametrize(("verdict", "points"), [(1, 0), (4, -30), (5, -80)])
def test_the_newest_visit_of_the_last_12_months_counts(ctx, verdict, points):
    bring_in(ctx, *lines("firm"))
    firm = buyer_id(ctx, "firm")
    # The one before said something else.
    record_visit(ctx, firm, Visit(date(2026, 1, 10), "Ms Example", 3), key="v1")
    refresh_scores(ctx)
    first = scores(ctx)["firm"]
    assert parts(first)["visit"]["points"] == -10
    is_what_the_rule_says(first)
    day = on(ctx, TODAY + timedelta(days=1))
    record_visit(day, firm, Visit(date(2026, 6, 2), "Ms Example", verdict), key="v2")
    refresh_scores(day, since=TODAY)
    found = scores(ctx)["firm"]
    assert found["scored_on"] == day.today
    assert parts(found).get("visit", {"points": 0})["points"] == points
    assert ("visit_poor" in found["reasons"]) == (points < 0)
    for n in ALL_TURNS:
        refresh_scores(on(ctx, date(2027, 6, 2) + n), since=date(2027, 6, 2) + n)
    later = scores(ctx)["firm"]
    assert later["attributes"].get("visit_verdict") is None
    assert "visit" not in parts(later)


class UndoneError(Exception):
    """Takes back what was written to look at it."""


def scored_again(ctx, since: date | None = None) -> list[dict]:
    """The scores a pass on the day of `ctx` gives now; they are not kept."""
    found: list[dict] = []
    try:
        with book(ctx):
            refresh_scores(ctx, since=since or ctx.today)
            found += sql.rows("select * from score order by buyer_id, currency, scored_on")
            raise UndoneError
    except UndoneError:
        return found


def test_what_comes_later_changes_nothing_of_a_days_scores(ctx):
    """Newer accounts, corrections, visits and payments of a shifted future: the day is the same."""
    owed = Line("other", date(2026, 5, 20), 70_000, number="P1")
    bring_in(ctx, *lines("firm", "other"), owed)
    firm, other = buyer_id(ctx, "firm"), buyer_id(ctx, "other")
    record_statement(ctx, firm, told())
    record_visit(ctx, firm, Visit(date(2026, 5, 20), "Ms Example", 3), key="v1")
    sign, _ = record_notice(ctx, other, Notice(NoticeKind.SIGN, TODAY, "a petition"))
    receipt = record_payment(ctx, PaymentIn(firm, Money(500, "EUR"), TODAY - DAY))
    before = scored_again(ctx)
    signs = {line["buyer_id"]: line["attributes"].get("insolvency_signals") for line in before}
    assert signs == {firm: None, other: 1}
    assert {parts(line).get("accounts", {}).get("card") for line in before} == {
        None,
        "financial_accounts_v1",
    }
    later = on(ctx, TODAY + timedelta(days=40))
    for of in (firm, other):
        # A correction of the same period, and a newer period.
        record_statement(later, of, told(net_income=-200))
        record_statement(later, of, told(date(2026, 6, 30), 6, net_income=-300, equity=400))
        record_visit(later, of, Visit(date(2026, 5, 30), "Ms Example", 5), key=f"a{of}")
        record_visit(later, of, Visit(date(2026, 7, 10), "Ms Example", 5), key=f"b{of}")
    pay(later, owed)
    # A notice and a return of before that day, of which nobody had heard; a notice known then that
    # was taken back later.
    record_notice(later, firm, Notice(NoticeKind.OPENED, TODAY - DAY, "The Gazette"))
    return_payment(later, receipt, TODAY - DAY, "no funds")
    withdraw_notice(later, sign, "dismissed")
    assert scored_again(ctx) == before
    then = scored_again(later)
    assert {line["attributes"]["net_income_to_assets"] for line in then} == {-0.6}
    assert {line["buyer_id"]: line["grade"] == 10 for line in then} == {firm: True, other: False}
    [failed, dismissed] = sorted(then, key=lambda line: line["buyer_id"] != firm)
    news = ("insolvency_signals", "bounced_payments")
    assert [failed["attributes"][name] for name in news] == [1, 1]
    assert [dismissed["attributes"][name] for name in news] == [None, None]


def test_a_notice_and_a_return_score_at_once_and_its_withdrawal_does_too(ctx):
    bring_in(ctx, *lines("failed", "warned", "bounced", "quiet"))
    refresh_scores(ctx)
    before = scores(ctx)
    day = on(ctx, TODAY + DAY)
    opened = Notice(NoticeKind.OPENED, TODAY, "The Gazette", "4711")
    notice, _ = record_notice(day, buyer_id(ctx, "failed"), opened)
    for reference in ("1", "2"):
        sign = Notice(NoticeKind.SIGN, TODAY, "a court", reference)
        record_notice(day, buyer_id(ctx, "warned"), sign)
    receipt = record_payment(day, PaymentIn(buyer_id(ctx, "bounced"), Money(500, "EUR"), TODAY))
    return_payment(day, receipt, day.today, "no funds")
    refresh_scores(day, since=TODAY)
    after = scores(ctx)
    failed = after["failed"]
    assert (failed["grade"], failed["pd"], failed["reasons"][0]) == (10, 1, DEFAULTED)
    assert "insolvency_signalled" in failed["reasons"]
    for number, attribute, count, points in (
        ("warned", "insolvency_signals", 2, -90), ("bounced", "bounced_payments", 1, -15),
    ):  # fmt: skip
        line = after[number]
        assert line["scored_on"] == day.today
        assert line["attributes"][attribute] == count
        assert parts(line)["events"]["points"] == points
        assert line["score"] < before[number]["score"]
        is_what_the_rule_says(line)
    # The court takes it back: the score is another the next day, and what was given stands.
    later = on(ctx, TODAY + 2 * DAY)
    withdraw_notice(later, notice, "The order was set aside")
    refresh_scores(later, since=day.today)
    again = scores(ctx)["failed"]
    assert (again["scored_on"], again["scorecard"]) == (later.today, CARD)
    assert again["grade"] == after["quiet"]["grade"] < 10
    # A sign is one for a year; opened proceedings are a default however old.
    record_notice(later, buyer_id(ctx, "failed"), replace(opened, reference="4712"))
    for n in ALL_TURNS:
        refresh_scores(on(ctx, date(2027, 6, 14) + n), since=date(2027, 6, 14) + n)
    late = scores(ctx)
    assert late["failed"]["grade"] == 10
    assert "events" not in parts(late["warned"])


def test_a_return_by_the_banks_line_scores_until_it_is_undone_and_when_it_comes_again(ctx):
    bring_in(ctx, *lines("bounced", "quiet"))
    firm, iban = buyer_id(ctx, "bounced"), "DE89370400440532013000"
    set_bank_account(ctx, firm, BankAccount(iban))
    receipt = record_payment(ctx, PaymentIn(firm, Money(500, "EUR"), TODAY))
    refresh_scores(ctx)

    def comes(n: int):
        """The bank's line of a day on which it takes the receipt back."""
        day = on(ctx, TODAY + n * DAY)
        load(day, BankLine(day.today, -500, reversal=True, account=iban), opening=10_000 * n)
        assert match_lines(day) == Matched(1, 1, 0)
        return day

    def counted(day) -> tuple:
        """What the score, the report and the payment's page know of it."""
        refresh_scores(day, since=day.today - DAY)
        line = scores(ctx)["bounced"]
        assert line["scored_on"] == day.today
        told = line["attributes"].get("bounced_payments"), len(returns_of(day, firm))
        return *told, returned(day, receipt) is not None

    first = comes(1)
    assert counted(first) == (1, 1, True)
    between, undone = on(ctx, TODAY + 2 * DAY), on(ctx, TODAY + 3 * DAY)
    [match] = rows(ctx, "select id from bank_match where seller_id = %(seller)s")
    undo(undone, match["id"], "the bank was wrong")
    assert counted(undone) == (None, 0, False)
    # On the day before nobody knew that yet.
    assert returns_of(between, firm) == [first.today]
    [then] = [
        one
        for one in scored_again(between, since=TODAY)
        if (one["buyer_id"], one["scored_on"]) == (firm, between.today)
    ]
    assert then["attributes"].get("bounced_payments") == 1
    assert counted(comes(4)) == (1, 1, True)
