"""Cards and models trained on accounts: what they read, what they may see, what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from itertools import pairwise

import pytest

pytest.importorskip("optbinning")
pytest.importorskip("lightgbm")

import numpy as np
import pandas as pd

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import scorecard, training
from netterms.scoring.training import (
    accounts,
    candidates,
    cards,
    challenger,
    compare,
    measures,
    polish,
    ratios,
    samples,
)
from netterms.scoring.training.attributes import FINANCIAL
from tests.rules.scoring.training.firms import american, table

SHIPPED = resources.files("netterms.scoring") / "data" / "financial_accounts_v1.json"
FIRMS = american()


@pytest.fixture(scope="module")
def card_and_columns():
    columns = candidates.columns_for_card(FIRMS, listed=False)
    known = candidates.candidates_for_card(FIRMS, listed=False)
    return cards.fit(columns, FIRMS.failed, known, central_tendency=0.03), columns


# Reading


def test_a_name_and_a_year_change_nothing(tmp_path):
    rows = table(FIRMS)
    rows.to_csv(tmp_path / "a.csv", index=False)
    rows.assign(company_name="same", year=1999, more="x").to_csv(tmp_path / "b.csv", index=False)
    first, second = samples.read(tmp_path / "a.csv"), samples.read(tmp_path / "b.csv")
    assert first.names == second.names
    assert np.array_equal(first.raw, second.raw, equal_nan=True)
    assert not {"year", "company_name"} & set(first.names)


def test_missing_values_and_our_own_headings_are_read(tmp_path):
    found = ratios.financial(ratios.items(FIRMS))
    rows = table(FIRMS, "failed")[["failed"]].assign(
        ebit_margin=found["ebit_margin"], current_ratio=found["current_ratio"]
    )
    rows = rows.astype(object)
    rows.loc[3, "ebit_margin"], rows.loc[4, "ebit_margin"] = "?", ""
    rows.to_csv(tmp_path / "own.csv", index=False)
    sample = samples.read(tmp_path / "own.csv")
    assert sample.shape is samples.Shape.GENERIC
    assert set(sample.names) == {"ebit_margin", "current_ratio"}
    assert np.isnan(sample.column("ebit_margin")[[3, 4]]).all()


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda t: t.drop(columns="bankrupt"), Code.COLUMN_MISSING, "bankrupt"),
        (lambda t: t.drop(columns="X7"), Code.COLUMN_MISSING, "X7"),
        (lambda t: t[["bankrupt", "X1"]], Code.COLUMN_MISSING, FINANCIAL[0].name),
        (lambda t: t.assign(X7="much"), Code.VALUE_INVALID, "X7, 2"),
        (lambda t: t.assign(bankrupt=2), Code.VALUE_INVALID, "bankrupt, 2"),
        (lambda t: t.assign(bankrupt=0), Code.VALUE_INVALID, "bankrupt"),
        (lambda t: t.assign(bankrupt=1), Code.VALUE_INVALID, "bankrupt"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_column_and_row(tmp_path, change, code, said):
    change(table(FIRMS)).to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(Refusal) as refused:
        samples.read(tmp_path / "bad.csv")
    assert refused.value.code is code
    assert said in refused.value.facts["field"]


@pytest.mark.parametrize(
    "write",
    [
        lambda t, to: t[t.columns[::-1]].to_csv(to, index=False),
        lambda t, to: t.to_csv(to, index=False, encoding="utf-8-sig"),
        lambda t, to: t.rename(columns=lambda c: f" {c.swapcase()}").to_csv(to, index=False),
        lambda t, to: t.to_csv(to, index=False, sep="\t"),
        lambda t, to: t.to_csv(to, index=False, sep=";", decimal=","),
        lambda t, to: t.assign(bankrupt=t.bankrupt.map({0: "alive", 1: "Failed"})).to_csv(to),
        lambda t, to: t.assign(bankrupt=t.bankrupt == 1).to_csv(to),
    ],
    ids=["order", "mark", "capitals", "tabs", "semicolons", "words", "truth"],
)
def test_the_same_firms_are_read_however_the_file_is_written(tmp_path, write):
    rows = table(FIRMS)
    rows.to_csv(tmp_path / "plain.csv", index=False)
    write(rows, tmp_path / "other.csv")
    plain, other = (samples.read(tmp_path / f"{name}.csv") for name in ("plain", "other"))
    assert plain.names == other.names
    assert np.array_equal(plain.failed, other.failed)
    assert np.array_equal(plain.raw, other.raw)


def test_a_column_called_otherwise_is_named(tmp_path):
    rows = table(FIRMS)
    rows.to_csv(tmp_path / "plain.csv", index=False)
    rows.rename(columns={"bankrupt": "status", "X7": "debtors"}).to_csv(
        tmp_path / "other.csv", index=False
    )
    named = {"failed": "status", "X7": "debtors"}
    plain, other = (
        samples.read(tmp_path / f"{name}.csv", mapping=named) for name in ("plain", "other")
    )
    assert np.array_equal(plain.raw, other.raw)
    assert np.array_equal(plain.failed, other.failed)
    for mapping, code in (
        ({"failed": "nothing"}, Code.COLUMN_UNKNOWN),
        ({"X99": "debtors"}, Code.VALUE_INVALID),
    ):
        with pytest.raises(Refusal) as refused:
            samples.read(tmp_path / "other.csv", mapping=mapping)
        assert refused.value.code is code


def test_headings_alone_are_an_empty_file(tmp_path):
    table(FIRMS).head(0).to_csv(tmp_path / "empty.csv", index=False)
    with pytest.raises(Refusal) as refused:
        samples.read(tmp_path / "empty.csv")
    assert refused.value.code is Code.FILE_EMPTY


def test_what_stopped_the_reading_is_said(tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"bankrupt,X1\n\xff\xfe,1\n")
    with pytest.raises(Refusal) as refused:
        samples.read(tmp_path / "bad.csv")
    assert refused.value.code is Code.FILE_UNREADABLE
    assert "utf-8" in refused.value.facts["why"]


def test_a_file_to_measure_on_may_have_few_failures_but_not_none(tmp_path):
    rows = table(FIRMS)
    failed = rows[rows["bankrupt"] == 1].head(2)
    few = pd.concat([failed, rows[rows["bankrupt"] == 0]])
    few.to_csv(tmp_path / "few.csv", index=False)
    assert samples.read(tmp_path / "few.csv", fewest=1).failed.sum() == 2
    with pytest.raises(Refusal):
        samples.read(tmp_path / "few.csv")
    few.assign(bankrupt=0).to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(Refusal):
        samples.read(tmp_path / "none.csv", fewest=1)


def test_without_the_extra_the_refusal_says_what_to_install(monkeypatch):
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    with pytest.raises(Refusal) as refused:
        training.require_extra()
    assert refused.value.code is Code.NOT_INSTALLED
    assert refused.value.facts["mend"] is Mend.INSTALL
    assert refused.value.facts["extra"] == "netterms[train]"


# Measures


def test_calibration_and_stability_are_nothing_where_nothing_differs():
    failed = np.tile([0, 0, 0, 1], 100)
    assert measures.calibration_error(failed, np.full(400, 0.25)) == pytest.approx(0, abs=0.05)
    score = np.arange(1000.0)
    assert measures.stability_index(score, score) == pytest.approx(0)
    assert measures.stability_index(score, score + 400) > 0.25


def test_measures_of_a_perfect_and_of_a_useless_order():
    failed = np.array([0, 0, 1, 1])
    perfect = measures.measured(failed, np.array([0.0, 0.0, 1.0, 1.0]))
    assert (perfect.auc, perfect.gini, perfect.ks, perfect.brier) == (1, 1, 1, 0)
    useless = measures.measured(failed, np.full(4, 0.5))
    assert (useless.auc, useless.ks, useless.brier) == (0.5, 0, 0.25)


def test_a_bare_score_has_no_level():
    assert (
        measures.measured(np.array([0, 1]), np.array([-3.0, 2.0]), probability=False).brier is None
    )


# Cards


def test_every_bin_goes_the_way_of_the_trade(card_and_columns):
    card, _ = card_and_columns
    direction = {a.name: a.more_is for a in FINANCIAL}
    assert len(card.attributes) >= 2
    for a in card.attributes:
        rising = all(low <= high for low, high in pairwise(a.points))
        falling = all(low >= high for low, high in pairwise(a.points))
        wanted = {"safer": rising, "riskier": falling, None: rising or falling}
        assert wanted[direction[a.binned.candidate.name]]
        assert len(a.points) <= cards.Settings().most_bins
    assert len(card.attributes) <= cards.Settings().most_attributes


def test_the_mean_default_probability_is_the_central_tendency(card_and_columns):
    card, columns = card_and_columns
    # Whole points: half a point is 2 % of the odds.
    assert card.risk(columns).mean() == pytest.approx(0.03, rel=0.02)


def test_the_json_scores_every_firm_as_the_fitted_card_does(tmp_path):
    table(FIRMS).to_csv(tmp_path / "firms.csv", index=False)
    trained = accounts.train(tmp_path / "firms.csv", "2026-01-01", 0.03)
    card = scorecard.parse(trained.text)
    columns = candidates.columns_for_card(FIRMS, listed=False)
    fitted = cards.fit(
        columns,
        FIRMS.failed,
        candidates.candidates_for_card(FIRMS, listed=False),
        central_tendency=0.03,
    )
    scores = fitted.score(columns)
    places = {a.name: a.decimals for a in FINANCIAL}
    for row in range(0, len(scores), 7):
        values = {
            name: None if np.isnan(column[row]) else Decimal(f"{column[row]:.{places[name]}f}")
            for name, column in columns.items()
        }
        assert scorecard.evaluate(card, values | {"statement_age_months": 5}).score == scores[row]


def test_training_twice_gives_the_same_bytes(tmp_path):
    table(FIRMS).to_csv(tmp_path / "firms.csv", index=False)
    first, second = (accounts.train(tmp_path / "firms.csv", "2026-01-01") for _ in range(2))
    assert first.text == second.text


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1])
def test_a_level_that_is_no_probability_is_refused(tmp_path, level):
    with pytest.raises(Refusal) as refused:
        accounts.train(tmp_path / "none.csv", "2026-01-01", level)
    assert refused.value.facts["field"] == "central_tendency"


# Comparing


@pytest.mark.parametrize("name", sorted(compare.MODELS))
def test_no_model_sees_what_happened_to_the_firms_it_is_measured_on(name):
    train, test = FIRMS.rows(np.arange(400)), FIRMS.rows(np.arange(400, 600))
    seen = compare.MODELS[name](train, test, 1)
    turned = compare.MODELS[name](train, replace(test, failed=1 - test.failed), 1)
    assert np.array_equal(seen, turned)


def test_what_a_firm_is_given_depends_on_no_other_firm_of_the_test():
    train, test = FIRMS.rows(np.arange(400)), FIRMS.rows(np.arange(400, 600))
    together = challenger.fit(train, 1).risk(test)
    alone = challenger.fit(train, 1).risk(test.rows(np.arange(3)))
    assert np.allclose(together[:3], alone, rtol=1e-9)


def test_models_that_learn_beat_a_coin_in_the_same_folds():
    lines = {line.model: line for line in compare.in_folds(FIRMS, 3, 1)}
    assert set(lines) == set(compare.MODELS)
    for name in (compare.SCORECARD, compare.CHALLENGER, compare.LOGISTIC, compare.LIGHTGBM):
        assert lines[name].auc > 0.6
        assert len(lines[name].folds) == 3
    assert lines[compare.ALTMAN].brier is None
    assert lines[compare.ALTMAN].calibration is None


def test_a_test_file_of_another_shape_is_refused():
    other = replace(
        FIRMS, shape=samples.Shape.GENERIC, names=("ebit_margin",), raw=FIRMS.raw[:, :1]
    )
    with pytest.raises(Refusal) as refused:
        compare.on_test(FIRMS, other, 1)
    assert refused.value.code is Code.COLUMN_MISSING


@pytest.mark.parametrize("folds", [1, 21])
def test_a_number_of_folds_that_cannot_be_is_refused(folds):
    with pytest.raises(Refusal) as refused:
        compare.in_folds(FIRMS, folds, 1)
    assert refused.value.facts["field"] == "folds"


def test_altman_z_of_the_worked_example():
    """EX-3.1: Z 2.6556 with the original factor for sales."""
    row = dict.fromkeys(samples.COLUMNS[samples.Shape.AMERICAN], 0.0) | {
        "X1": 450_000, "X14": 300_000, "X15": 200_000, "X12": 90_000, "X8": 500_000,
        "X17": 600_000, "X9": 1_400_000, "X10": 1_000_000,
    }  # fmt: skip
    firm = samples.Sample(
        samples.Shape.AMERICAN, tuple(row), np.array([list(row.values())]), np.array([0])
    )
    assert round(float(ratios.altman(firm)[0]), 4) == 2.6556


def test_a_ratio_over_nothing_is_not_known():
    nothing = replace(FIRMS, raw=np.zeros_like(FIRMS.raw))
    assert all(np.isnan(c).all() for c in ratios.financial(ratios.items(nothing)).values())


def test_implied_columns_of_the_polish_ratios_have_names_of_their_own():
    raw = np.random.default_rng(1).normal(size=(5, 64))
    sample = samples.Sample(
        samples.Shape.POLISH, samples.COLUMNS[samples.Shape.POLISH], raw, np.zeros(5, np.int64)
    )
    assert not set(polish.implied(sample)) & set(sample.names)


# The card delivered


def test_the_card_delivered_says_what_it_was_trained_on_and_to_which_level():
    said = scorecard.parse(SHIPPED.read_text("utf-8")).provenance
    assert said["kind"] == "trained"
    assert "Lombardo" in said["data"]
    assert "CC BY 4.0" in said["data"]
    assert "S&P" in said["central_tendency_source"]
    assert said["central_tendency"] == str(accounts.CENTRAL_TENDENCY)


def test_a_sound_firm_is_graded_well_above_a_failing_one():
    card = scorecard.parse(SHIPPED.read_text("utf-8"))
    names = [a.name for a in card.attributes]
    unknown = scorecard.evaluate(card, dict.fromkeys(names))
    sound = scorecard.evaluate(card, _values(names, best=True))
    failing = scorecard.evaluate(card, _values(names, best=False))
    assert sound.grade <= 2
    assert failing.grade >= 8
    assert sound.grade < unknown.grade < failing.grade
    assert unknown.confidence == Decimal("0.10")


def _values(names, *, best):
    good = {
        "net_income_to_assets": "0.15", "equity_to_liabilities": "3", "ebit_margin": "0.25",
        "current_ratio": "3", "long_term_debt_to_assets": "0", "gross_margin": "0.6",
        "sales_to_assets": "1.5", "statement_age_months": "4",
    }  # fmt: skip
    bad = {
        "net_income_to_assets": "-0.3", "equity_to_liabilities": "-0.1", "ebit_margin": "-0.4",
        "current_ratio": "0.4", "long_term_debt_to_assets": "0.7", "gross_margin": "0.05",
        "sales_to_assets": "0.2", "statement_age_months": "30",
    }  # fmt: skip
    return {name: Decimal((good if best else bad)[name]) for name in names}


@pytest.mark.ledger
def test_the_card_delivered_is_what_the_command_makes(ledger):
    shipped = SHIPPED.read_text("utf-8")
    data = ledger.parent / "bankruptcy-american" / "companies_2015_2018.csv"
    assert accounts.train(data, json.loads(shipped)["provenance"]["date"]).text == shipped


def test_a_card_that_is_there_is_measured_as_it_is():
    card = scorecard.parse(SHIPPED.read_text("utf-8"))
    line = compare.of_card(card, FIRMS)
    columns = candidates.columns_for_card(FIRMS, listed=False)
    for row in range(0, len(FIRMS.failed), 37):
        known = {
            name: None if np.isnan(column[row]) else Decimal(f"{column[row]:.4f}")
            for name, column in columns.items()
        }
        pd_ = scorecard.evaluate(card, known | {"statement_age_months": None}).pd
        assert line.risk[row] == float(pd_)
    other = replace(FIRMS, failed=1 - FIRMS.failed)
    assert np.array_equal(compare.of_card(card, other).risk, line.risk)
    assert compare.of_card(card, other).auc == pytest.approx(1 - line.auc)


def test_a_card_is_not_measured_on_a_file_without_what_it_weighs():
    card = scorecard.parse(SHIPPED.read_text("utf-8"))
    few = samples.Sample(
        samples.Shape.GENERIC, ("current_ratio",), np.ones((4, 1)), np.array([0, 1, 0, 1])
    )
    with pytest.raises(Refusal) as refused:
        compare.of_card(card, few)
    assert "net_income_to_assets" in str(refused.value.facts["field"])
    assert "current_ratio" not in str(refused.value.facts["field"])


def test_a_test_file_may_have_more_columns_than_was_learned_of():
    names = ("current_ratio", "ebit_margin", "gross_margin")
    columns = ratios.financial(ratios.items(FIRMS))
    raw = np.column_stack([columns[name] for name in names])
    more = samples.Sample(samples.Shape.GENERIC, names, raw, FIRMS.failed)
    less = samples.Sample(samples.Shape.GENERIC, names[1::-1], raw[:, 1::-1], FIRMS.failed)
    same, wider = (compare.on_test(less, test, 1) for test in (less, more))
    assert [line.auc for line in same] == [line.auc for line in wider]
    with pytest.raises(Refusal) as refused:
        compare.on_test(more, less, 1)
    assert refused.value.facts["field"] == "gross_margin"


def test_forecasts_stand_in_the_order_of_the_file_whatever_the_folds():
    lines = compare.in_folds(FIRMS, 2, 1)
    told = compare.forecasts(lines)
    assert told["row"].tolist() == list(range(2, len(FIRMS.failed) + 2))
    assert told["failed"].tolist() == FIRMS.failed.tolist()
    assert list(told.columns[2:]) == [line.model for line in lines]
    card = next(line for line in lines if line.model == compare.SCORECARD)
    for place, risk in zip(card.rows, card.risk, strict=True):
        assert told[compare.SCORECARD][place - 2] == risk


def test_the_calibration_error_is_the_mean_gap_of_tenths():
    pd_ = np.repeat(np.linspace(0.05, 0.95, 10), 20)
    failed = np.tile([1] * 5 + [0] * 15, 10)
    found = measures.tenths(failed, pd_)
    assert [t.rows for t in found] == [20] * 10
    assert [t.observed for t in found] == [0.25] * 10
    assert [round(t.forecast, 2) for t in found] == [round(0.05 + n / 10, 2) for n in range(10)]
    # |0.05 - 0.25|, |0.15 - 0.25| ... |0.95 - 0.25|, by hand.
    assert measures.calibration_error(failed, pd_) == pytest.approx(0.31)
