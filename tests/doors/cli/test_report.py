"""`netterms report` from the command line: three files or a refusal that says what to mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from netterms.doors.cli.report import beside, clean, replacing, report
from netterms.receivables.intake.reasons import Reason, message

LEDGER = """Customer number,Customer name,Country,Currency,Invoice number,Invoice date,Due date,\
Amount,Open amount,Payment date
C1,Acme & Sons <b>,DE,EUR,I-1,2026-01-05,2026-02-04,1000.00,0,2026-02-20
C1,Acme & Sons <b>,DE,EUR,I-2,2026-03-05,2026-04-04,500.00,500.00,
C2,=1+1,CN,EUR,I-3,2026-05-05,2026-06-04,250.00,250.00,
"""
FILES = ["report.html", "report.json", "report.xlsx"]
Run = Callable[..., Result]


@pytest.fixture
def ledger_file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command with a wide terminal, output into `tmp_path/out`."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    app = typer.Typer()
    app.command()(report)

    def invoke(*given: object) -> Result:
        return CliRunner().invoke(app, [*map(str, given), "--out", str(tmp_path / "out")])

    return invoke


def written(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out").glob("*"))


def load(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))


def test_it_says_why_a_list_of_open_invoices_has_no_late_rate(run, tmp_path):
    path = tmp_path / "open.csv"
    path.write_text("\n".join(LEDGER.splitlines()[::2]), encoding="utf-8")
    done = run(path)
    assert "add those paid" in " ".join(done.stderr.split())
    assert "add those paid" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_it_says_nothing_of_the_past_where_there_is_one(run, ledger_file, tmp_path):
    done = run(ledger_file)
    assert "add those paid" not in " ".join(done.stderr.split())
    assert "add those paid" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_it_writes_three_files_that_agree(run: Run, ledger_file: Path, tmp_path: Path) -> None:
    result = run(ledger_file, "--as-of", "2026-05-31")
    assert result.exit_code == 0, result.output
    assert written(tmp_path) == FILES
    euro = load(tmp_path)["currencies"]["EUR"]
    assert euro["open_total"] == "750.00"
    assert euro["overdue_total"] == "500.00"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Acme &amp; Sons &lt;b&gt;" in page
    assert "Send a formal letter" in page
    assert "€750.00" in page
    book = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")
    assert {row[2] for row in book["Buyers"].iter_rows(min_row=2, values_only=True)} == {
        "Acme & Sons <b>",
        "=1+1",
    }


def test_it_says_what_it_recognised(run: Run, ledger_file: Path) -> None:
    said = run(ledger_file, "--as-of", "2026-05-31").output
    assert "Customer number" in said
    assert "by its heading" in said
    assert "3 invoices were read." in said


def test_chinese_is_spoken_when_asked(run: Run, ledger_file: Path, tmp_path: Path) -> None:
    assert run(ledger_file, "--as-of", "2026-05-31", "--lang", "zh").exit_code == 0
    assert load(tmp_path)["lang"] == "zh-hans"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh' in page


def test_bad_rows_refuse_the_file_and_name_the_cell(
    run: Run, ledger_file: Path, tmp_path: Path
) -> None:
    with ledger_file.open("a", encoding="utf-8") as file:
        file.write("C3,Broken,DE,EUR,I-4,2026-05-05,2026-06-04,lots,1.00,\n")
    result = run(ledger_file, "--as-of", "2026-05-31")
    assert result.exit_code == 2
    assert "lots" in result.output
    assert set(message(Reason.AMOUNT_UNREADABLE).split()) <= set(result.output.split())
    assert "amount_unreadable" not in result.output
    assert "--skip-bad" in result.output
    assert not (tmp_path / "out").exists()


def test_bad_rows_are_left_out_when_asked(run: Run, ledger_file: Path, tmp_path: Path) -> None:
    with ledger_file.open("a", encoding="utf-8") as file:
        file.write("C3,Broken,DE,EUR,I-4,2026-05-05,2026-06-04,lots,1.00,\n")
    assert run(ledger_file, "--as-of", "2026-05-31", "--skip-bad").exit_code == 0
    source = load(tmp_path)["source"]
    assert (source["rows"], source["bad_rows"]) == (4, 1)
    book = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")
    assert book["Bad rows"]["A2"].value == 5
    assert book["Bad rows"]["C2"].value == "lots"
    assert book["Bad rows"]["D1"].value == "Reason"
    assert book["Bad rows"]["D2"].value == message(Reason.AMOUNT_UNREADABLE)
    assert book["Bad rows"].max_column == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nowhere.csv"], "Check the path"),
        (["ledger.csv", "--map", "amount=Sum"], "Headings of the file"),
        (["ledger.csv", "--map", "amount"], "FIELD=HEADING"),
        (["ledger.csv", "--lang", "tlh"], "--lang"),
        (["ledger.csv", "--as-of", "31.5.2026"], "--as-of"),
        (["empty.csv"], "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_mend(
    run: Run, ledger_file: Path, tmp_path: Path, given: list[str], said: str
) -> None:
    (tmp_path / "empty.csv").touch()
    result = run(tmp_path / given[0], *given[1:])
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(
    ledger_file: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "out").write_text("a file is in the way")
    result = run(ledger_file, "--as-of", "2026-05-31")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_an_old_file_gets_a_hint(run: Run, ledger_file: Path) -> None:
    assert "--as-of 2026-05-05" in run(ledger_file, "--as-of", "2026-12-31").output


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def break_off() -> None:
        with replacing(tmp_path, ("a", "b")) as paths:
            paths["a"].write_text("new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        break_off()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_name_sends_no_control_codes_to_the_terminal() -> None:
    assert clean("a\x1b[2Jb\u202ec") == "a\ufffd[2Jb\ufffdc"


def test_it_needs_no_database_and_no_home_folder(ledger_file: Path, tmp_path: Path) -> None:
    """In a process of its own, with a home folder that cannot be made."""
    script = (
        "import typer; from netterms.doors.cli.report import report; typer.run(report)"  # as main
    )
    home = tmp_path / "home"
    home.write_text("a file is in the way")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NETTERMS_HOME": str(home / "netterms"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-c", script, str(ledger_file), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [*command, "--as-of", "2026-05-31"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert written(tmp_path) == FILES


REAL = [
    ("closed_invoices.csv", date(2019, 6, 30), "posting_date_est", "due_date", "clear_date"),
    ("open_invoices_a.csv", date(2020, 5, 1), "posting_date", "due_in_date", None),
]


@pytest.mark.ledger
@pytest.mark.parametrize(("name", "as_of", "issued", "due", "paid"), REAL)
def test_the_real_ledger_adds_up(
    run: Run, ledger: Path, tmp_path: Path, name: str, as_of: date, issued: str, due: str,
    paid: str | None,
) -> None:  # fmt: skip
    """Totals and ageing against plain queries over the file that share no line with ours."""
    assert run(ledger / name, "--as-of", as_of, "--skip-bad").exit_code == 0
    report = load(tmp_path)
    amount = "amount" if paid else "total_open_amount"
    unpaid = f"({paid} IS NULL OR {paid} > DATE '{as_of}')" if paid else "TRUE"
    currency = "'USD'" if paid else "invoice_currency"
    rows = duckdb.sql(f"""
        SELECT {currency}, SUM(owed), COUNT(*),
               COALESCE(SUM(owed) FILTER (late > 0), 0), COUNT(*) FILTER (late > 0),
               COALESCE(SUM(owed) FILTER (late BETWEEN 31 AND 60), 0),
               COALESCE(SUM(owed) FILTER (late > 120), 0)
        FROM (SELECT *, CAST({amount} AS DECIMAL(18, 2)) AS owed, DATE '{as_of}' - {due} AS late
              FROM read_csv('{ledger / name}')
              WHERE {issued} <= DATE '{as_of}' AND {unpaid} AND {amount} > 0)
        GROUP BY ALL
    """).fetchall()
    assert {row[0] for row in rows} == set(report["currencies"])
    for code, owed, count, overdue, overdue_count, second, oldest in rows:
        block = report["currencies"][code]
        found = [block["open_total"], block["overdue_total"]]
        found += [block["ageing"]["31-60"], block["ageing"]["over-120"]]
        assert [Decimal(x) for x in found] == [owed, overdue, second, oldest]
        assert (block["open_count"], block["overdue_count"]) == (count, overdue_count)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_large_workbook_is_written_beside_and_a_failing_child_is_made_good(
    tmp_path: Path,
) -> None:
    writers = tmp_path / "writers"

    def write() -> None:
        with writers.open("a") as file:
            file.write(f"{os.getpid()}\n")

    def write_only_here(parent: int = os.getpid()) -> None:
        if os.getpid() != parent:
            raise OSError("no room")
        write()

    beside(write)()
    assert writers.read_text() != f"{os.getpid()}\n"
    writers.unlink()
    beside(write_only_here)()
    assert writers.read_text() == f"{os.getpid()}\n"


def test_a_report_loads_nothing_of_a_database(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Buyer,Invoice no,Due date,Amount\nAcme,1,2026-03-01,5\n")
    words = ["netterms", "report", str(path), "--out", str(tmp_path)]
    program = f"""
import sys
sys.argv = {words!r}
from netterms.doors.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert (__import__("pathlib").Path({str(tmp_path)!r}) / "report.html").exists()
sys.exit(int("psycopg" in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
