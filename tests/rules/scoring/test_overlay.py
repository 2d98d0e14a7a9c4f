"""Factors of countries and sectors (SCR-16): dated tables, points, and what is out of date."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import rules
from netterms.scoring.overlay import NEUTRAL, overlay_on, parse, points_of

D = Decimal


def raw():
    file = resources.files("netterms.scoring") / "data" / "overlay.json"
    return json.loads(file.read_text("utf-8"))


@given(st.decimals("0.1", 10, places=2), st.decimals("0.0001", "0.9", places=4))
def test_scr_16_points_are_the_factor_on_the_odds(factor, pd):
    score = rules.HOUSE_SCALING.score(pd) + D(points_of(factor)) / 100
    want = rules.overlay(pd, factor, D(1))
    # Half a hundredth of a point is 0.017 % of the odds.
    assert rules.HOUSE_SCALING.pd(score) == pytest.approx(want, rel=D("0.0002"))


def test_a_factor_of_one_is_no_point_and_above_one_lowers():
    assert points_of(D(1)) == 0
    assert points_of(D(2)) == -2000
    assert points_of(D("0.5")) == 2000


def test_the_table_delivered_says_that_it_is_unverified():
    for table in raw()["tables"]:
        assert "unverified" in table["source"]
        assert date.fromisoformat(table["stated_on"])


def test_before_the_first_table_everything_is_neutral():
    assert overlay_on(date(2020, 1, 1)) is NEUTRAL


def test_a_day_within_a_table_has_its_factors():
    found = overlay_on(date(2026, 12, 1))
    assert (found.name, found.stale) == ("overlay_v1", False)
    assert found.points("DE", "F") == points_of(D("1.25"))
    assert found.points("", "") == found.points("CN", "retail") == 0


def test_past_the_last_day_the_factors_are_called_stale_or_refused():
    late = date(2028, 1, 1)
    assert overlay_on(late).stale
    with pytest.raises(Refusal) as refused:
        overlay_on(late, when_past="refuse")
    assert refused.value.code is Code.VALUE_INVALID
    assert refused.value.facts["value"] == "2028-01-01"
    assert refused.value.facts["most"] == "2027-12-31"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: r.pop("when_past"), "when_past"),
        (lambda r: r.update(when_past="guess"), "when_past"),
        (lambda r: r["tables"][0].pop("source"), "source"),
        (lambda r: r["tables"][0].update(starts_on="soon"), "json"),
        (lambda r: r["tables"][0].update(ends_on="2020-01-01"), "ends_on"),
        (lambda r: r["tables"][0]["countries"].update({"Germany": "1"}), "countries"),
        (lambda r: r["tables"][0]["countries"].update({"DE": "11"}), "countries.DE"),
        (lambda r: r["tables"][0]["sectors"].update({"it's": "1"}), "sectors"),
        (lambda r: r["tables"][0]["sectors"].update({"F": "0"}), "sectors.F"),
        (lambda r: r["tables"][0]["sectors"].update({"F": "x"}), "json"),
    ],
)
def test_a_wrong_table_is_refused_by_field(change, field):
    given = raw()
    change(given)
    with pytest.raises(Refusal) as refused:
        parse(json.dumps(given))
    assert refused.value.code is Code.SCORECARD_INVALID
    assert refused.value.facts["field"] == field
