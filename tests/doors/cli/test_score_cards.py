"""`netterms score` on a seller's own cards: shadow, compare, months, migration, vintages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from netterms.kernel.clock import SystemClock
from netterms.scoring import versions
from netterms.scoring.actions import refresh_scores
from netterms.scoring.moves import CardState
from netterms.scoring.shadow import refresh_shadow
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in, on
from tests.actions.scoring.test_own_card import card
from tests.doors.cli.commands import netterms
from tests.doors.seed import measured


@pytest.fixture
def today(ctx):
    """The seller on the day on which the commands run."""
    now = SystemClock().now()
    return replace(ctx, now=now, today=now.date())


@pytest.fixture
def score(database, ctx):
    def run(*words: object):
        return netterms(database, "score", *words, "--seller", ctx.seller)

    return run


def test_a_card_goes_into_shadow_and_is_compared(today, score):
    due = today.today + timedelta(days=20)
    bring_in(today, *(Line(f"{n}", due, issued_on=today.today) for n in range(3)))
    none = score("compare")
    assert none.returncode == 2
    versions.keep_candidate(today, card(1, 380), {"buyers": 1, "defaults": 1}, "")
    said = score("shadow", 1)
    assert said.returncode == 0, said.stderr
    assert versions.versions(today)[0].state is CardState.SHADOW
    refresh_scores(today)
    refresh_shadow(today)
    said = score("compare")
    assert said.returncode == 0, said.stderr
    assert "Scored by both: 3." in said.stdout
    assert "let in 0 and turn away 3" in " ".join(said.stdout.split())


def test_a_card_that_is_none_is_refused(score):
    said = score("shadow", 7)
    assert said.returncode == 2
    assert "7" in said.stdout + said.stderr


def test_months_are_told_or_that_there_are_none(today, score):
    assert "Nothing measured" in score("months").stdout
    with book(today):
        measured(today)
    said = score("months")
    assert said.returncode == 0, said.stderr
    assert "0.0051-0.0432" in said.stdout
    assert said.stdout.count("0.3100") == 2
    assert score("months", "--months", 2).stdout.count("0.3100") == 4


def test_a_migration_tells_where_grades_went_and_that_a_few_say_little(today, score):
    assert "No buyer has scores" in score("migration").stdout
    due = today.today - timedelta(days=30)
    bring_in(today, *(Line(f"{n}", due, issued_on=due - timedelta(days=30)) for n in range(3)))
    for day in (due - timedelta(days=8), today.today):
        refresh_scores(on(today, day), since=due - timedelta(days=60))
    said = score("migration", "--months", 1)
    assert said.returncode == 0, said.stderr
    assert "Of fewer than 30 buyers" in said.stdout
    (row,) = [line for line in said.stdout.splitlines() if " 3 " in line and "–" in line]
    assert row.count("–") == 3


def test_vintages_hold_forecast_against_outcome(today, score):
    assert "No score is a year old yet." in score("vintages").stdout
    day = today.today - timedelta(days=366)
    due = day + timedelta(days=10)
    bring_in(today, *(Line(f"{n}", due, issued_on=day - timedelta(days=40)) for n in range(8)))
    assert "few buyers" in score("vintages", "--history").stdout
    refresh_scores(on(today, day))
    said = score("vintages")
    assert said.returncode == 0, said.stderr
    assert day.isoformat()[:7] in said.stdout
    assert "few buyers" in said.stdout
