"""Scorecards in the console: seen by all, put in force by another person than who trained them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from netterms.access.rules import Role
from netterms.kernel.clock import SystemClock
from netterms.scoring.actions import refresh_scores
from netterms.scoring.moves import CardState
from netterms.scoring.shadow import refresh_shadow
from netterms.scoring.versions import keep_candidate, versions
from tests.actions.books import Line, bring_in, on
from tests.actions.scoring.test_own_card import TODAY, card, kept


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_card_is_put_in_force_and_retired_on_the_page(ctx, signed_in, language):
    kept(replace(ctx, actor="trainer"))
    client = signed_in(ctx, language=language)
    html = client.get("/scores/").content.decode()
    assert "/scores/1/approve/" in html
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']", html)
    assert client.post("/scores/1/approve/").url == "/scores/"
    assert versions(ctx)[0].state is CardState.CHAMPION
    html = client.get("/scores/").content.decode()
    assert "/scores/1/approve/" not in html
    client.post("/scores/1/retire/")
    assert versions(ctx)[0].state is CardState.RETIRED


def test_a_move_that_is_none_and_a_card_that_is_none_are_not_found(ctx, signed_in):
    kept(ctx)
    client = signed_in(ctx)
    assert client.post("/scores/1/delete/").status_code == 404
    assert client.post("/scores/9/approve/").status_code == 404
    assert client.post("/scores/1/approve/", follow=True).status_code == 200


def test_a_reader_sees_the_page_and_decides_nothing(ctx, signed_in):
    kept(ctx)
    client = signed_in(ctx, role=Role.READER)
    assert "/scores/1/approve/" not in client.get("/scores/").content.decode()
    assert client.post("/scores/1/approve/").status_code == 403


def test_the_page_shows_forecast_and_outcome_of_scores_a_year_old(ctx, signed_in):
    day = TODAY - timedelta(days=366)
    due = day + timedelta(days=10)
    bring_in(ctx, *(Line(f"{n}", due, issued_on=day - timedelta(days=40)) for n in range(8)))
    refresh_scores(on(ctx, day))
    html = signed_in(ctx).get("/scores/").content.decode()
    assert "forecast too low" in html
    assert "100.00" in html


@pytest.mark.parametrize(("defaults", "told"), [(9, False), (10, True)])
def test_without_old_scores_the_invoices_tell_and_no_auc_of_few_defaults(
    ctx, signed_in, defaults, told
):
    """That would be mostly chance. One look sees them: a quarter before, no invoice was issued."""
    day = SystemClock().now().date() - timedelta(days=368)
    due, before = day + timedelta(days=10), {"issued_on": day - timedelta(days=40)}
    bring_in(
        ctx,
        *(Line(f"bad {n}", due, **before) for n in range(defaults)),
        *(Line(f"good {n}", due, settled_on=due, **before) for n in range(3)),
    )
    client = signed_in(ctx)
    html = client.get("/scores/").content.decode()
    assert "No score is a year old yet." in html
    assert "forecast too low" not in html
    html = client.get("/scores/?history").content.decode()
    assert "forecast too low" in html
    assert "Accounts, facts and news of those days are left out." in html
    assert ("AUC of the grades" in html) is told


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_challenger_in_shadow_is_compared_on_its_page(ctx, signed_in, language):
    bring_in(ctx, Line())
    keep_candidate(ctx, card(1, 380), {"buyers": 1, "defaults": 1}, "")
    client = signed_in(ctx, language=language)
    assert "badge-bad" not in client.get("/scores/shadow/").content.decode()
    client.post("/scores/1/shadow/")
    assert versions(ctx)[0].state is CardState.SHADOW
    refresh_scores(ctx)
    refresh_shadow(ctx)
    html = client.get("/scores/shadow/").content.decode()
    # The weak card of the trial would turn the only buyer away.
    assert html.count("badge-bad") == 2
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=[\"']", html)
    assert "/scores/shadow/" in client.get("/scores/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_months_are_drawn_told_on_the_overview_and_taken_away(shop, signed_in, language):
    client = signed_in(shop.ctx, language=language)
    html = client.get("/scores/").content.decode()
    # The shift of the scores, of both cards.
    assert html.count("0.310") >= 2
    assert html.count('class="bound"') >= 2
    assert "0.51% – 4.32%" in html
    assert "/scores/#months" in client.get("/").content.decode()
    lines = client.get("/scores/months.csv").content.decode().splitlines()
    assert lines[0].startswith("month,role,card,figure,part,value")
    told = client.get("/scores/months.json").json()["figures"]
    assert len(told) == len(lines) - 1 == 16
    assert {f["value"] for f in told} == {"0.3100", "0.0200", None, "0.0150"}


def test_grades_are_followed_over_a_month_or_a_year(ctx, signed_in):
    # The page is of the day on which it is asked for.
    today = SystemClock().now().date()
    due = today - timedelta(days=400)
    bring_in(ctx, *(Line(f"{n}", due, issued_on=due - timedelta(days=30)) for n in range(31)))
    for day in (today - timedelta(days=390), today - timedelta(days=40), today):
        refresh_scores(on(ctx, day), since=due - timedelta(days=60))
    client = signed_in(ctx)
    month, year = (client.get(f"/scores/?span={s}").content.decode() for s in ("month", "year"))
    assert "31 buyers scored on both days" in year
    # Everybody was ten days past due a year ago and is in the worst grade now.
    assert '<td class="num">100%</td>' in year
    assert '<td class="num">100%</td>' not in month
