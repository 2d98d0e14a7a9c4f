"""Blocks of a score: what each moves, and the same in one buyer's Python and a population's SQL."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import scorecard
from netterms.scoring.blocks import (
    HIGHEST,
    LOWEST,
    NOTHING_KNOWN,
    Block,
    Combination,
    combination,
    combine,
    named,
    pd_of,
)
from netterms.scoring.blocks_sql import compile_sql
from netterms.scoring.rules import HOUSE_SCALING, grade
from netterms.scoring.scorecard import MICRO, TIE_MARGIN, evaluate
from tests.rules.scoring.companies import (
    ACCOUNTS,
    BLOCKS,
    FACTORS,
    as_row,
    companies,
    table,
)

D = Decimal
NAMES = [b.name for b in BLOCKS.blocks]
PAYMENT = scorecard.built_in("payment_behaviour_v1")
GOOD_ACCOUNTS = {
    "net_income_to_assets": D("0.0900"),
    "equity_to_liabilities": D("3"),
    "current_ratio": D("5"),
    "statement_age_months": 6,
}
BAD_ACCOUNTS = {
    "net_income_to_assets": D("-0.3"),
    "equity_to_liabilities": D("-0.2"),
    "current_ratio": D("0.2"),
    "statement_age_months": 6,
}
PAYS = {
    "payment_index": D("75.10"),
    "payment_experiences": 22,
    "late_share": D("0.4200"),
    "average_days_late_recent": D("7.00"),
    "worst_open_days_past_due": 9,
    "overdue_share_of_open": D("0.1800"),
    "trend_days_late": D("1.00"),
    "relationship_months": 30,
}
BAD_NEWS = {
    "insolvency_signals": 1,
    "bounced_payments": 1,
    "broken_promises": 2,
    "disputes_lost": 1,
    "legal_actions": 1,
}


def payments():
    def values(a):
        near = [b.up_to for b in a.bins if b.up_to is not None]
        return st.none() | st.sampled_from(near) | st.decimals(-50, 300, places=2)

    known = st.fixed_dictionaries({a.name: values(a) for a in PAYMENT.attributes})
    return known.filter(lambda facts: facts["payment_experiences"] is not None)


@given(payments(), st.booleans())
def test_payments_alone_give_exactly_what_their_card_gives(facts, defaulted):
    want = evaluate(PAYMENT, facts, defaulted=defaulted)
    got = combine(BLOCKS, facts, defaulted=defaulted)
    assert (got.score, got.pd, got.grade) == (want.score, want.pd, want.grade)
    assert got.confidence == want.confidence
    assert got.reasons == want.reasons


def test_of_whom_nothing_is_known_is_the_prior_without_confidence():
    got = combine(BLOCKS, {})
    assert got.pd == pd_of(BLOCKS.prior) == D("0.019998")
    assert (got.confidence, got.prior_share) == (0, 1)
    assert [reason.code for reason in got.reasons] == [NOTHING_KNOWN]
    # News alone do not make a company known.
    news = combine(BLOCKS, {"visit_verdict": 4, "broken_promises": 3})
    assert [reason.code for reason in news.reasons] == [
        NOTHING_KNOWN,
        "visit_poor",
        "promises_broken",
    ]
    assert combine(BLOCKS, {}, defaulted=True).reasons[0].code == scorecard.DEFAULTED


def test_accounts_move_a_payers_score_by_their_share():
    alone = combine(BLOCKS, PAYS)
    both = combine(BLOCKS, PAYS | GOOD_ACCOUNTS)
    shares = {c.block: c.share for c in both.contributions}
    scores = {c.block: c.score for c in both.contributions}
    assert shares["payment"] == (D(95) / (95 + 90)).quantize(D("0.0001"), ROUND_HALF_UP)
    exact = D(95 * scores["payment"] + 90 * scores["accounts"]) / (95 + 90)
    assert both.score == exact.quantize(D("0.01"), ROUND_HALF_UP)
    assert both.confidence == D("1.00")  # 1 - 0.05 x 0.10, half-up
    assert combine(BLOCKS, PAYS | BAD_ACCOUNTS).score < alone.score < both.score


def test_a_block_of_which_little_is_known_leans_on_the_prior():
    old = combine(BLOCKS, GOOD_ACCOUNTS | {"statement_age_months": 24})
    fresh = combine(BLOCKS, GOOD_ACCOUNTS)
    assert (old.prior_share, fresh.prior_share) == (D("0.2000"), 0)
    assert D(BLOCKS.prior) / 100 < old.score < fresh.score
    assert old.confidence < fresh.confidence


def test_accounts_of_more_than_two_years_are_as_if_there_were_none():
    stale = GOOD_ACCOUNTS | {"statement_age_months": 25}
    got, plain = combine(BLOCKS, PAYS | stale), combine(BLOCKS, PAYS)
    assert replace(got, contributions=()) == replace(plain, contributions=())
    assert all(c.share == 0 for c in got.contributions if c.block == "accounts")
    assert combine(BLOCKS, PAYS | GOOD_ACCOUNTS).score != plain.score


@pytest.mark.parametrize(("verdict", "off"), [(None, 0), (1, 0), (2, 0), (3, 10), (4, 30), (5, 80)])
def test_the_verdict_of_a_visit_takes_its_points_off_the_whole(verdict, off):
    plain, got = combine(BLOCKS, PAYS), combine(BLOCKS, PAYS | {"visit_verdict": verdict})
    assert got.score == plain.score - off
    assert (got.reasons[0].code == "visit_poor") == (off > 20)
    assert got.confidence == plain.confidence


def test_bad_news_takes_its_points_off_the_whole():
    got = combine(BLOCKS, PAYS | BAD_NEWS)
    assert got.score == combine(BLOCKS, PAYS).score - (60 + 15 + 18 + 5 + 20)
    assert got.reasons[0].code == "insolvency_signalled"
    quiet = combine(BLOCKS, PAYS | dict.fromkeys(BAD_NEWS, 0))
    assert quiet.reasons == combine(BLOCKS, PAYS).reasons


@given(companies())
def test_bad_news_never_raises_a_score(company):
    facts = company.attributes | dict.fromkeys(BAD_NEWS, 0)
    assert combine(BLOCKS, facts | BAD_NEWS).score <= combine(BLOCKS, facts).score


@given(companies())
def test_better_accounts_never_lower_a_score(company):
    worse = combine(BLOCKS, company.attributes | BAD_ACCOUNTS)
    assert worse.score <= combine(BLOCKS, company.attributes | GOOD_ACCOUNTS).score


@given(companies())
def test_a_mean_lies_between_its_parts(company):
    facts = company.attributes | dict.fromkeys([*BAD_NEWS, "visit_verdict"])
    got = combine(BLOCKS, facts)
    parts = [D(c.score) for c in got.contributions if c.share]
    parts += [D(BLOCKS.prior) / 100] if got.prior_share else []
    assert min(parts) <= got.score <= max(parts)
    assert sum((c.share for c in got.contributions), got.prior_share) == pytest.approx(
        D(1), abs=D("0.0003")
    )


def test_scr_16_factors_multiply_the_odds():
    plain = combine(BLOCKS, PAYS)
    there = combine(BLOCKS, PAYS, country="TR", sector="F", overlay=FACTORS)
    odds = plain.pd / (1 - plain.pd) * D("2.2") * D("1.25")
    assert there.pd == pytest.approx(odds / (1 + odds), rel=D("0.0005"))
    assert combine(BLOCKS, PAYS, country="CN", sector="x", overlay=FACTORS) == plain


def test_only_a_default_gives_grade_10_and_no_pd_is_certain():
    worst = {a.name: D(10**6) for a in PAYMENT.attributes} | BAD_ACCOUNTS | BAD_NEWS
    got = combine(BLOCKS, worst, country="TR", sector="G", overlay=FACTORS)
    assert got.grade == 9
    assert got.pd < 1
    got = combine(BLOCKS, PAYS, defaulted=True)
    assert (got.pd, got.grade, got.reasons[0].code) == (1, 10, scorecard.DEFAULTED)


def in_sql(some, **options):
    connection = duckdb.connect()
    table(connection, some)
    text = compile_sql(BLOCKS, "company", ["place"], defaulted="in_default", **options)
    found = connection.execute(f"SELECT * FROM ({text}) AS s ORDER BY place")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def by_python(company, **given):
    facts = {"country": company.country, "sector": company.sector, "defaulted": company.defaulted}
    return combine(BLOCKS, company.attributes, overlay=FACTORS, **(facts | given))


@settings(max_examples=40, deadline=None)
@given(st.lists(companies(), min_size=1, max_size=25))
def test_python_and_sql_agree_exactly(some):
    found = in_sql(some, overlay=FACTORS, parts=True)
    for company, got in zip(some, found, strict=True):
        want = by_python(company)
        assert {name: got[name] for name in as_row(want)} == as_row(want)
        total = got["weight_prior"] + sum(got[f"weight_{b.name}"] for b in BLOCKS.levels)
        for c in want.contributions:
            assert got[f"score_{c.block}"] == c.score
        shares = [D(got[f"weight_{b.name}"]) / total for b in BLOCKS.levels]
        assert shares == pytest.approx([c.share for c in want.contributions][:3], abs=D("0.00006"))
        assert D(got["overlay_hundredths"]) / 100 == want.overlay_points


@settings(max_examples=20, deadline=None)
@given(st.lists(companies(), min_size=1, max_size=15), st.sets(st.sampled_from(NAMES)))
def test_a_block_left_out_of_the_statement_is_a_block_not_known(some, blocks):
    found = in_sql(some, overlay=FACTORS, blocks=blocks, raised=False, fence="")
    for company, got in zip(some, found, strict=True):
        names = {a.name for b in BLOCKS.blocks if b.name in blocks for a in b.card.attributes}
        known = {name: value for name, value in company.attributes.items() if name in names}
        want = as_row(by_python(replace(company, attributes=known)))
        assert {name: got[name] for name in got if name != "place"} == {
            name: value for name, value in want.items() if not name.startswith("raised")
        }


def test_every_score_there_can_be_has_the_same_pd_and_grade_in_sql():
    """No score may be so near a rounding tie that engines could differ."""
    scores = range(LOWEST, HIGHEST + 1)
    exact = [HOUSE_SCALING.pd(D(s).scaleb(-2)) / MICRO for s in scores]
    assert min(abs(pd % 1 - D("0.5")) for pd in exact) > TIE_MARGIN
    text = compile_sql(BLOCKS, "company", ["place"], blocks=[])
    # The statement's own last step, over every score.
    tree = sqlglot.parse_one(text, read="duckdb")
    said = {e.alias: e.sql("duckdb") for e in tree.expressions if e.alias in {"pd", "grade"}}
    rows = duckdb.connect().execute(
        f"SELECT score_hundredths, {said['pd']}, {said['grade']} FROM"
        " (SELECT i AS score_hundredths, FALSE AS is_defaulted"
        f" FROM range({LOWEST}, {HIGHEST + 1}) t(i))"
    )
    found = rows.fetchall()
    assert len(found) == len(scores)
    for score, pd, number in found:
        assert (pd, number) == (pd_of(score), grade(pd_of(score)))


def test_the_sql_is_understood_by_the_other_engines():
    for dialect in ("postgres", "spark"):
        text = compile_sql(BLOCKS, "company", ["place"], overlay=FACTORS, parts=True)
        translated = sqlglot.transpile(text, read="duckdb", write=dialect)
        assert sqlglot.parse_one(translated[0], read=dialect)


def test_the_combination_shipped_is_whole():
    shipped = combination()
    assert shipped.name == "blocks_v2"
    assert [b.name for b in shipped.blocks] == ["payment", "accounts", "company", "events", "visit"]
    for b in shipped.blocks:
        assert b.card.provenance["statement"]
    assert set(named("payment_behaviour_v1").meanings) <= set(shipped.meanings)


def test_a_score_of_an_earlier_combination_is_what_it_was():
    first = combination("blocks_v1")
    assert [b.name for b in first.blocks] == ["payment", "company", "events"]
    said = combine(first, PAYS | {"company_age_months": 434, "company_employees": 400})
    assert (said.score, said.pd) == (D("622.57"), D("0.009065"))
    assert set(first.meanings) <= set(named("blocks_v2").meanings)


@given(companies())
def test_without_accounts_and_a_visit_the_score_is_that_of_the_combination_before(company):
    """So a book of which neither is known keeps its grades."""
    first = combination("blocks_v1")
    facts = {name: company.attributes[name] for name in first.attributes}
    place = {"country": company.country, "sector": company.sector, "overlay": FACTORS}
    now, then = combine(BLOCKS, facts, **place), combine(first, facts, **place)
    parts = [c for c in now.contributions if c.block not in {"accounts", "visit"}]
    assert replace(now, contributions=tuple(parts)) == then


def _changed(card, **changes):
    return Block("accounts", replace(card, **changes))


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (_changed(ACCOUNTS, scaling=replace(HOUSE_SCALING, pdo=D(40))), "scaling"),
        (_changed(ACCOUNTS, base_points=100), "points"),
        (Block("accounts", ACCOUNTS, weight=0), "accounts.weight"),
        (Block("accounts", PAYMENT), "attributes"),
        (
            _changed(ACCOUNTS, attributes=(replace(ACCOUNTS.attributes[0], missing_points=99),)),
            "net_income_to_assets.missing_points",
        ),
    ],
)
def test_blocks_that_cannot_be_combined_are_refused_by_field(block, field):
    own = combination().blocks[0]
    with pytest.raises(Refusal) as refused:
        Combination("blocks", 1, (own, block), 60000, 5000)
    assert refused.value.code is Code.SCORECARD_INVALID
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"]


def test_cards_shipped_are_json_that_parses():
    for name in ("company_facts_v1", "trade_events_v1", "site_visit_v1"):
        card = scorecard.built_in(name)
        assert card.provenance["kind"] == "expert"
        assert json.dumps(dict(card.provenance))
