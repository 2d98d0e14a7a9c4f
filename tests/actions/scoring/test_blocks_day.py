"""The day's scores where more than payments is known: stored as the combination says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from netterms.scoring.actions import record_company_facts, refresh_scores
from netterms.scoring.blocks import combination, combine
from netterms.scoring.company import CompanyFacts
from netterms.scoring.overlay import overlay_on
from netterms.scoring.queries import score_history
from netterms.scoring.scorecard import CARD
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in, on, rows

TODAY = date(2026, 6, 1)
OLD_FIRM = CompanyFacts(date(1990, 3, 5), 400, 3, "register extract")


def lines(*buyers: str) -> list[Line]:
    return [
        Line(
            buyer, TODAY - timedelta(days=30 * n), 50_000,
            issued_on=TODAY - timedelta(days=30 * n + 30),
            settled_on=TODAY - timedelta(days=30 * n - 9) if n else None,
        )
        for buyer in buyers
        for n in range(6)
    ]  # fmt: skip


def buyer_id(ctx, number: str) -> UUID:
    return rows(ctx, f"select id from buyer where buyer_number = '{number}'")[0]["id"]


def scores(ctx) -> dict[str, dict]:
    found = rows(
        ctx,
        "select b.buyer_number, b.country, b.sector, s.* from score s"
        " join buyer b on b.id = s.buyer_id order by s.scored_on",
    )
    return {line["buyer_number"]: line for line in found}


def known(value):
    return None if value is None else Decimal(str(value))


def is_what_the_rule_says(line) -> None:
    """Anyone can run it again: the stored attributes give the stored answer."""
    facts = {name: known(value) for name, value in line["attributes"].items()}
    said = combine(
        combination(line["scorecard"]), facts, country=line["country"], sector=line["sector"],
        overlay=overlay_on(line["scored_on"]),
    )  # fmt: skip
    assert (line["score"], line["pd"], line["grade"]) == (said.score, said.pd, said.grade)
    assert line["confidence"] == said.confidence
    assert line["reasons"] == [reason.code for reason in said.reasons]
    for c in said.contributions:
        told = next((p for p in line["blocks"] if p["block"] == c.block), None)
        if c.share:
            assert (told["card"], told["score"]) == (c.card, c.score)
            assert known(told["share"]) == c.share
            assert known(told["confidence"]) == c.confidence
        else:
            assert (told["points"] if told else 0) == c.points


def test_facts_of_a_company_weigh_in_and_the_others_keep_their_cards_score(ctx):
    bring_in(ctx, *lines("old", "unknown"))
    record_company_facts(ctx, buyer_id(ctx, "old"), OLD_FIRM)
    refresh_scores(ctx)
    found = scores(ctx)
    assert found["unknown"]["scorecard"] == CARD
    assert found["unknown"]["blocks"] is None
    assert found["old"]["scorecard"] == "blocks_v2"
    assert found["old"]["attributes"]["company_age_months"] == 434
    assert {p["block"] for p in found["old"]["blocks"]} == {"payment", "company"}
    is_what_the_rule_says(found["old"])
    assert found["old"]["score"] != found["unknown"]["score"]
    assert found["old"]["confidence"] > found["unknown"]["confidence"]


def test_news_brings_a_new_score_at_once_and_never_a_better_one(ctx):
    bring_in(ctx, *lines("breaks", "loses", "sued", "quiet"))
    refresh_scores(ctx)
    before = scores(ctx)
    day = on(ctx, TODAY + timedelta(days=1))
    for number, kind in (("breaks", "promise_broken"), ("sued", "case_handed_over")):
        with book(day):
            sql.execute(
                "insert into event (seller_id, happened_at, business_date, actor, kind, subject_id,"
                " facts) values (%(seller)s, %(now)s, %(day)s, 'test', %(kind)s, %(buyer)s, '{}')",
                {
                    "seller": ctx.seller, "now": day.now, "day": day.today,
                    "kind": f"collection.{kind}", "buyer": buyer_id(ctx, number),
                },
            )  # fmt: skip
    [open_invoice] = rows(
        ctx,
        "select i.id from invoice i join buyer b on b.id = i.buyer_id"
        " where b.buyer_number = 'loses' and i.open_minor > 0",
    )
    dispute = raise_dispute(day, open_invoice["id"], DisputeReason.PRICE, Money(100, "EUR"))
    settle_dispute(day, dispute, DisputeOutcome.CONFIRMED)
    refresh_scores(day, since=TODAY)
    after = scores(ctx)
    for number, code in (
        ("breaks", "promises_broken"), ("loses", "disputes_often_lost"),
        ("sued", "legal_action_taken"),
    ):  # fmt: skip
        assert after[number]["scored_on"] == day.today
        assert after[number]["scorecard"] == "blocks_v2"
        assert after[number]["score"] < before[number]["score"]
        assert code in after[number]["reasons"] or after[number]["blocks"][-1]["points"] < 0
        is_what_the_rule_says(after[number])
    assert after["sued"]["attributes"]["legal_actions"] == 1
    # That the seller took none says nothing of others.
    assert after["breaks"]["attributes"]["legal_actions"] is None
    # A year later it is forgotten, once everybody had a turn.
    for n in range(14):
        refresh_scores(on(ctx, date(2027, 6, 7) + timedelta(days=n)), since=date(2027, 6, 7))
    forgotten = scores(ctx)["breaks"]
    assert forgotten["scored_on"] >= date(2027, 6, 7)
    # By its payments alone, as before the news.
    assert (forgotten["scorecard"], forgotten["blocks"]) == ("payment_behaviour_v1", None)
    assert "promises_broken" not in forgotten["reasons"]


def test_scr_16_the_sector_counts_from_the_day_of_its_table(ctx):
    bring_in(ctx, *lines("builder"))
    update_facts(ctx, [BuyerFacts("builder", sector="F")])
    refresh_scores(ctx)
    assert scores(ctx)["builder"]["scorecard"] == CARD
    for day, stale in ((date(2026, 12, 1), False), (date(2028, 2, 1), True)):
        refresh_scores(on(ctx, day), since=TODAY)
        found = scores(ctx)["builder"]
        assert found["scored_on"] == day
        [told] = [p for p in found["blocks"] if p["block"] == "overlay"]
        assert (told["card"], told["points"], told["stale"]) == ("overlay_v1", -6.44, stale)
        is_what_the_rule_says(found)


def test_the_newest_facts_count_as_a_whole(ctx):
    bring_in(ctx, *lines("firm"))
    firm = buyer_id(ctx, "firm")
    record_company_facts(ctx, firm, OLD_FIRM)
    record_company_facts(ctx, firm, CompanyFacts(date(2026, 1, 15), source="a new extract"))
    refresh_scores(ctx)
    stored = scores(ctx)["firm"]
    assert stored["attributes"]["company_age_months"] == 4
    assert stored["attributes"]["company_employees"] is None
    is_what_the_rule_says(stored)
    [history] = score_history(ctx, firm, TODAY).values()
    assert [p["block"] for p in history[-1].parts] == ["payment", "company"]
    recorded = rows(ctx, "select facts from event where kind = 'scoring.company_facts_recorded'")
    assert [r["facts"]["source"] for r in recorded] == ["register extract", "a new extract"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"founded_on": date(2026, 6, 2)}, "founded_on"),
        ({"employees": -1}, "employees"),
        ({"form_rank": 4}, "form_rank"),
        ({"source": ""}, "source"),
    ],
)
def test_impossible_facts_are_refused_by_field(ctx, change, field):
    bring_in(ctx, *lines("firm"))
    with pytest.raises(Refusal) as refused:
        record_company_facts(ctx, buyer_id(ctx, "firm"), replace(OLD_FIRM, **change))
    assert refused.value.code is Code.VALUE_INVALID
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"]


def test_facts_of_another_sellers_buyer_are_refused_and_so_is_who_may_not(ctx, new_seller):
    bring_in(ctx, *lines("firm"))
    firm = buyer_id(ctx, "firm")
    with pytest.raises(Refusal) as refused:
        record_company_facts(new_seller("Other"), firm, OLD_FIRM)
    assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as refused:
        record_company_facts(replace(ctx, may=frozenset()), firm, OLD_FIRM)
    assert refused.value.code is Code.NOT_ALLOWED
