"""`netterms score`: a card is trained and models are measured from a file, without a database."""

from __future__ import annotations

import pytest

pytest.importorskip("optbinning")
pytest.importorskip("lightgbm")

import numpy as np
import pandas as pd

from netterms.scoring.scorecard import parse
from netterms.scoring.training.compare import MODELS
from tests.doors.cli.commands import netterms
from tests.rules.scoring.test_payer_lists import invoices, write
from tests.rules.scoring.training.firms import american, table


def test_a_card_is_trained_into_a_folder(tmp_path):
    table(american()).to_csv(tmp_path / "firms.csv", index=False)
    done = netterms(
        tmp_path, "score", "train", "accounts", "--data", tmp_path / "firms.csv",
        "--out", tmp_path / "made", "--central-tendency", "0.03",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    card = parse((tmp_path / "made" / "financial_accounts_v1.json").read_text("utf-8"))
    assert card.provenance["central_tendency"] == "0.03"
    assert card.provenance["data"] != ""


def test_models_are_measured_on_a_file_held_out(tmp_path):
    table(american()).to_csv(tmp_path / "a.csv", index=False)
    table(american(200, seed=6)).to_csv(tmp_path / "b.csv", index=False)
    done = netterms(
        tmp_path, "score", "measure", "accounts", tmp_path / "a.csv", "--test", tmp_path / "b.csv"
    )
    assert done.returncode == 0, done.stderr
    assert [name for name in MODELS if name not in done.stdout] == []
    assert "600 firm-years" in done.stdout
    assert "200 firm-years" in done.stdout


def test_an_own_card_is_trained_from_a_file(tmp_path):
    dice = np.random.default_rng(2)
    days = dice.integers(0, 80, 600)
    rows = pd.DataFrame(
        {
            "worst_open_days_past_due": days,
            "payment_index": np.round(80 - days / 2 + dice.normal(0, 8, 600), 2),
            "default": (dice.uniform(0, 100, 600) < days).astype(int),
        }
    )
    rows.to_csv(tmp_path / "own.csv", index=False)
    done = netterms(
        tmp_path, "score", "train", "own", "--file", tmp_path / "own.csv", "--out", tmp_path
    )
    assert done.returncode == 0, done.stderr
    card = parse((tmp_path / "own_v1.json").read_text("utf-8"))
    points = {a.name: [b.points for b in a.bins] for a in card.attributes}
    assert points["worst_open_days_past_due"] == sorted(
        points["worst_open_days_past_due"], reverse=True
    )
    # What the file does not have is kept, and weighs nothing.
    assert points["late_share"] == [0]


def test_a_file_without_a_mark_of_failure_is_refused(tmp_path):
    table(american()).drop(columns="bankrupt").to_csv(tmp_path / "bad.csv", index=False)
    done = netterms(tmp_path, "score", "measure", "accounts", tmp_path / "bad.csv")
    assert done.returncode == 2
    assert "bankrupt" in done.stderr


def test_a_card_is_measured_as_it_is_and_its_forecasts_are_written(tmp_path):
    rows = table(american(80, seed=6)).rename(columns={"bankrupt": "status"})
    rows.to_csv(tmp_path / "new.csv", index=False)
    done = netterms(
        tmp_path, "score", "measure", "accounts", tmp_path / "new.csv",
        "--card", "financial_accounts_v1", "--map", "failed=status", "--out", tmp_path / "out.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "80 firm-years" in done.stdout
    assert "challenger" not in done.stdout
    told = pd.read_csv(tmp_path / "out.csv")
    assert list(told.columns) == ["row", "failed", "financial_accounts_v1"]
    assert told["failed"].tolist() == rows["status"].tolist()


def test_a_card_stands_beside_the_models_that_a_test_file_measures(tmp_path):
    table(american()).to_csv(tmp_path / "a.csv", index=False)
    table(american(200, seed=6)).to_csv(tmp_path / "b.csv", index=False)
    made = netterms(
        tmp_path, "score", "train", "accounts", "--data", tmp_path / "a.csv", "--out", tmp_path
    )
    assert made.returncode == 0, made.stderr
    done = netterms(
        tmp_path, "score", "measure", "accounts", tmp_path / "a.csv", "--test", tmp_path / "b.csv",
        "--card", tmp_path / "financial_accounts_v1.json", "--out", tmp_path / "out.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = pd.read_csv(tmp_path / "out.csv")
    assert list(told.columns) == ["row", "failed", "financial_accounts_v1", *MODELS]
    assert len(told) == 200


@pytest.mark.parametrize("card", ["nowhere.json", "blocks_v1"])
def test_what_is_no_card_is_refused(tmp_path, card):
    table(american(80)).to_csv(tmp_path / "new.csv", index=False)
    done = netterms(tmp_path, "score", "measure", "accounts", tmp_path / "new.csv", "--card", card)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_payment_model_is_measured_on_a_list_with_other_headings(tmp_path):
    headings = ("cust_number", "amount", "due_date", "paid", "posting_date_est")
    write(tmp_path / "list.csv", invoices(), headings)
    done = netterms(
        tmp_path, "score", "payers", "measure", tmp_path / "list.csv",
        "--map", "clear_date=paid", "--out", tmp_path / "out.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = pd.read_csv(tmp_path / "out.csv")
    off = (told["payers_v1_days"] - told["days_late"]).abs().mean()
    assert f"{off:.2f}" in done.stdout
