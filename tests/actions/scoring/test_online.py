"""One buyer scored at once is stored as the day's pass would have stored it."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.insolvency import Notice, NoticeKind, record_notice
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.payments import PaymentIn, record_payment
from netterms.receivables.returns import return_payment
from netterms.scoring.actions import record_company_facts, refresh_scores
from netterms.scoring.blocks import NOTHING_KNOWN, combination, combine
from netterms.scoring.company import CompanyFacts
from netterms.scoring.online import score_at_once
from netterms.statements.actions import record_statement
from netterms.statements.visits import Visit, record_visit
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import bring_in, insolvent, on, rows
from tests.actions.scoring.test_blocks_day import OLD_FIRM, buyer_id, is_what_the_rule_says
from tests.actions.scoring.test_day import history
from tests.actions.scoring.test_known_on_the_day import UndoneError
from tests.actions.statements.test_record import buyer as new_buyer
from tests.actions.statements.test_record import told

TODAY = date(2026, 12, 7)


def a_book(ctx, dice: random.Random) -> None:
    """Buyers of whom more or less is known: payments, accounts, facts, groups, news, visits."""
    bring_in(ctx, *(x for n in range(24) for x in history(str(n), dice)))
    some = [BuyerFacts(str(n), sector=dice.choice(["", "F", "C"])) for n in range(24)]
    some[3] = replace(some[3], parent="4")
    some[5] = replace(some[5], parent="4")
    update_facts(ctx, some)
    for n in range(0, 24, 2):
        of = buyer_id(ctx, str(n))
        if dice.random() < 0.7:
            facts = CompanyFacts(dice.choice([None, date(2001, 4, 1)]), dice.choice([None, 12]), 2)
            record_company_facts(ctx, of, replace(facts, source="register"))
        if dice.random() < 0.7:
            record_statement(ctx, of, told(net_income=dice.randrange(-200, 200)))
        if dice.random() < 0.5:
            verdict = dice.randrange(1, 6)
            record_visit(ctx, of, Visit(TODAY, "Ms Example", verdict), key=f"visit {n}")
        if n % 8 == 0:
            sign = Notice(NoticeKind.SIGN, TODAY - timedelta(days=9), "a court", str(n))
            record_notice(ctx, of, sign)
            some_return(ctx, of)
    insolvent(ctx, "7")


def some_return(ctx, of) -> None:
    """The bank takes a new payment of the buyer back."""
    receipt = record_payment(ctx, PaymentIn(of, Money(100, "EUR"), TODAY))
    return_payment(ctx, receipt, TODAY, "no funds")


def scored_at_once(ctx) -> list[dict]:
    """Every buyer scored at once; nothing of it is kept."""
    known = rows(ctx, "select distinct buyer_id, currency::text as currency from invoice")
    found: list[dict] = []
    try:
        with book(ctx):
            for line in known:
                score_at_once(ctx, line["buyer_id"], line["currency"])
            found += sql.rows("select * from score order by buyer_id, currency")
            raise UndoneError
    except UndoneError:
        return found


def test_it_is_what_the_days_pass_says_of_every_buyer(ctx):
    ctx = on(ctx, TODAY)
    a_book(ctx, random.Random(3))
    at_once = scored_at_once(ctx)
    assert rows(ctx, "select * from score") == []
    refresh_scores(ctx)
    by_pass = rows(ctx, "select * from score order by buyer_id, currency")
    assert len(by_pass) == 24
    assert {s["scorecard"] for s in by_pass} == {"blocks_v2", "payment_behaviour_v1"}
    kinds = {part["block"] for s in by_pass for part in s["blocks"] or []}
    assert kinds == {"payment", "accounts", "company", "events", "visit", "overlay"}
    assert at_once == by_pass


def test_of_whom_nothing_is_known_has_the_prior_and_is_told_so(ctx):
    of = new_buyer(ctx)
    score = score_at_once(ctx, of, "EUR")
    assert (score.grade, score.confidence, score.scorecard) == (5, 0, "blocks_v2")
    assert score.reasons == [NOTHING_KNOWN]
    assert [part["block"] for part in score.parts] == ["prior"]
    assert score.parts[0]["share"] == 1
    assert score.pd == combine(combination(), {}).pd
    assert score_at_once(ctx, of, "EUR") == score
    assert len(rows(ctx, "select * from score")) == 1


def test_accounts_and_facts_of_a_buyer_without_invoices_make_its_score(ctx):
    of = new_buyer(ctx)
    record_company_facts(ctx, of, OLD_FIRM)
    record_statement(ctx, of, told(net_income=-100))
    score = score_at_once(ctx, of, "EUR")
    assert {part["block"] for part in score.parts} == {"accounts", "company"}
    assert score.confidence > 0
    assert "weak_net_income_to_assets" in score.reasons
    assert "company_old" in score.reasons
    [line] = rows(
        ctx, "select b.country, b.sector, s.* from score s join buyer b on b.id = s.buyer_id"
    )
    is_what_the_rule_says(line)


def test_a_first_score_is_kept_up_by_the_days_pass_until_there_are_payments(ctx):
    of = new_buyer(ctx)
    first = score_at_once(ctx, of, "EUR")
    day = on(ctx, ctx.today + timedelta(days=1))
    record_statement(day, of, told(net_income=-300))
    assert refresh_scores(day, since=ctx.today) == {"buyers": 1, "grades_changed": 1}
    [before, after] = rows(ctx, "select * from score order by scored_on")
    assert before["grade"] == first.grade < after["grade"]
    assert [part["block"] for part in after["blocks"]] == ["accounts"]
    assert after["payment_index"] is None


def test_it_needs_the_permission_of_checkout(ctx):
    of = new_buyer(ctx)
    with pytest.raises(Refusal) as refused:
        score_at_once(replace(ctx, may=frozenset({Permission.READ})), of, "EUR")
    assert refused.value.code is Code.NOT_ALLOWED


def test_computing_it_takes_less_than_a_millisecond(ctx):
    facts = dict.fromkeys(combination().attributes, 1)
    combine(combination(), facts)
    took = []
    for _ in range(200):
        started = time.perf_counter()
        combine(combination(), facts)
        took.append(time.perf_counter() - started)
    assert sorted(took)[100] < 0.001
