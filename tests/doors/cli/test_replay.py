"""`netterms replay` from the command line: a table, a file, or a refusal that says what to mend."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from openpyxl import load_workbook
from typer.testing import CliRunner

from netterms.doors.cli.replaying import replay
from tests.doors.cli.commands import netterms

HEADINGS = (
    "Customer number,Customer name,Country,Currency,Invoice number,Invoice date,Due date,Amount,"
    "Open amount,Payment date"
)
Run = Callable[..., Result]


def row(number: int, buyer: str, issued: date, amount: int, paid: date | None) -> str:
    left = 0 if paid else amount
    return (
        f"{buyer},Firm {buyer},DE,EUR,I-{number},{issued},{issued + timedelta(days=30)},{amount},"
        f"{left},{paid or ''}"
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A year of a good payer, and one that stops paying after half a year."""
    start, rows = date(2025, 1, 1), []
    for number in range(52):
        issued = start + timedelta(days=7 * number)
        rows.append(row(number, "A1", issued, 1000, issued + timedelta(days=30)))
        lost = number > 26
        paid = None if lost else issued + timedelta(days=50)
        rows.append(row(1000 + number, "B1", issued, 5000 if lost else 1000, paid))
    path = tmp_path / "ledger.csv"
    path.write_text("\n".join([HEADINGS, *rows]), encoding="utf-8")
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    app = typer.Typer()
    app.command()(replay)

    def invoke(*given: object) -> Result:
        return CliRunner().invoke(app, [*map(str, given), "--as-of", "2026-06-01"])

    return invoke


def test_it_shows_what_would_have_been_stopped_and_keeps_every_invoice(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    done = run(ledger, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert "Bad debt avoided" in done.stdout
    assert "lost: more than 90 days past due" in done.stdout
    kept: dict[str, Any] = json.loads((tmp_path / "out" / "replay.json").read_text("utf-8"))
    block = kept["currencies"]["EUR"]
    assert kept["as_of"] == "2026-06-01"
    assert block["judged"]["lost"] == "125000.00"
    [recommended] = [each for each in block["limits"] if each["percent"] == 100]
    # 3 of its 25 invoices go through before the month that stops it.
    assert recommended["share_of_bad_debt"] == 0.88
    assert len(block["stopped"]) == recommended["stopped"]["invoices"]


def test_the_workbook_has_every_invoice_and_the_gain_at_the_margin_that_is_told(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    done = run(ledger, "--out", tmp_path / "out", "--margin", "12.5")
    assert "Gain at your margin" in done.stdout
    kept = json.loads((tmp_path / "out" / "replay.json").read_text("utf-8"))["currencies"]["EUR"]
    book = load_workbook(tmp_path / "out" / "replay.xlsx")
    limits, stopped = book["Limits"], book["Invoices stopped"]
    [recommended] = [row for row in limits.iter_rows(min_row=2, values_only=True) if row[4] == 1]
    lost, paid, margin, gain = (recommended[at] for at in (7, 8, 10, 11))
    assert (lost, margin) == (110_000, 0.125)
    assert gain == pytest.approx(0.875 * lost - 0.125 * paid)
    assert stopped.max_row - 1 == len(kept["stopped"])
    assert [row[0] for row in stopped.iter_rows(min_row=2, values_only=True)] == [
        each["invoice_number"] for each in kept["stopped"]
    ]


@pytest.mark.parametrize("typed", ["-1", "100.1", "much", "nan", "inf"])
def test_a_margin_that_is_none_is_refused(run: Run, ledger: Path, typed: str) -> None:
    done = run(ledger, f"--margin={typed}")
    assert done.exit_code == 2
    assert "from 0 to 100" in " ".join(done.stderr.split())


def test_it_speaks_chinese(run: Run, ledger: Path) -> None:
    done = run(ledger, "--lang", "zh")
    assert "避免的坏账" in done.stdout


def test_bad_rows_are_refused_or_left_out(run: Run, ledger: Path) -> None:
    with ledger.open("a", encoding="utf-8") as file:
        file.write("\nC1,Firm,DE,EUR,I-9999,2025-01-01,someday,100,0,2025-02-01")
    assert run(ledger).exit_code == 2
    assert run(ledger, "--skip-bad").exit_code == 0


def test_a_short_list_says_why_nothing_is_judged(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    line = row(1, "A1", date(2026, 5, 1), 100, None)
    path.write_text(f"{HEADINGS}\n{line}", encoding="utf-8")
    done = run(path)
    assert done.exit_code == 0
    assert "more than three months" in " ".join(done.stderr.split())


def test_a_folder_that_cannot_be_made_is_told(run: Run, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = run(ledger, "--out", tmp_path / "taken")
    assert done.exit_code == 2
    assert "cannot be written" in " ".join(done.stderr.split())


def test_without_a_file_the_book_is_replayed(ledger: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert (
        netterms(home, "seller", "add", "N", "--country", "DE", "--currency", "EUR").returncode == 0
    )
    assert netterms(home, "import", ledger, "--yes").returncode == 0
    done = netterms(home, "replay", "--as-of", "2026-06-01", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    kept = json.loads((tmp_path / "out" / "replay.json").read_text("utf-8"))
    assert kept["currencies"]["EUR"]["judged"]["lost"] == "125000.00"
    assert "避免的坏账" in netterms(home, "replay", "--as-of", "2026-06-01", "--lang", "zh").stdout
    assert netterms(home, "replay", "--seller", "nobody").returncode == 2
