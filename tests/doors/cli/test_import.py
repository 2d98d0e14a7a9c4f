"""`netterms import` and what goes with it, as whole processes on the session's database."""

from __future__ import annotations

import re

import pytest

from netterms import __version__
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.receivables.ledgers import counts, ledger, line
from tests.doors.cli.commands import netterms


@pytest.fixture
def run(database):
    return lambda *words, **more: netterms(database, *words, **more)


def numbers(text: str) -> list[str]:
    """New buyers, invoices and payments of the last table shown."""
    return re.findall(r"│ +(\d+) +│ +(\d+) +│ +(\d+) +│", text)[-1]


def kept(ctx) -> list[int]:
    """Rows of every table an import writes to."""
    tables = ("buyer", "invoice", "payment", "import_run", "event")
    with book(ctx):
        return [sql.value(f"select count(*) from {table}") for table in tables]


def test_a_file_goes_in_once(run, ctx, tmp_path):
    path = ledger(tmp_path, line("I-1", left="40.00"), line("I-2", buyer="K2"))
    done = run("import", path, "--seller", ctx.seller, "--yes")
    assert done.returncode == 0, done.stderr
    assert "Customer number" in done.stdout
    assert numbers(done.stdout) == ("2", "2", "1")
    assert numbers(run("import", path, "--seller", ctx.seller).stdout) == ("0", "0", "0")
    with book(ctx):
        kept = sql.row("select file_name, length(trim(file_sha256)) as n, mapping from import_run")
        assert (
            sql.value("select actor from event where kind like '%%imported' limit 1")[:4] == "cli:"
        )
    assert kept["file_name"] == "ledger.csv"
    assert kept["n"] == 64


def test_a_bad_row_stops_everything_unless_skipped(run, ctx, tmp_path):
    path = ledger(tmp_path, line("I-1"), line("I-2", amount="1o0.00"))
    refused = run("import", path, "--seller", ctx.seller)
    assert refused.returncode == 2
    assert re.search(r"│ 3 +│ Amount +│ 1o0.00", refused.stdout)
    assert "Nothing was imported" in refused.stderr
    assert counts(ctx)["invoice"] == 0
    done = run("import", path, "--seller", ctx.seller, "--skip-bad")
    assert done.returncode == 0
    assert numbers(done.stdout) == ("1", "1", "0")


def test_a_contradiction_is_told(run, ctx, tmp_path):
    assert run("import", ledger(tmp_path, line("I-1")), "--seller", ctx.seller).returncode == 0
    path = ledger(tmp_path, line("I-1", amount="90.00", left="90.00"), line("I-2"))
    refused = run("import", path, "--seller", ctx.seller)
    assert refused.returncode == 2
    assert "I-1" in refused.stderr
    told = r"│ 2 +│ I-1 +│ Amount +│ 90.00 +│ 100.00 "
    assert re.search(told, refused.stdout)
    assert counts(ctx)["invoice"] == 1
    done = run("import", path, "--seller", ctx.seller, "--skip-bad")
    assert re.search(told, done.stdout)
    assert counts(ctx)["invoice"] == 2


def test_what_comes_first_in_a_date_can_be_said(run, ctx, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Buyer,Invoice,Date,Due date,Amount\nA,1,01/03/2026,10/03/2026,5\n")
    told = run("import", path, "--seller", ctx.seller, "--dry-run")
    assert "--dates month-first" in told.stdout
    assert run("import", path, "--seller", ctx.seller, "--dates", "month-first").returncode == 0
    with book(ctx):
        assert str(sql.value("select due_on from invoice")) == "2026-10-03"


def test_a_day_that_has_not_come_is_not_run(run, ctx):
    refused = run("day", "--date", "2999-01-04", "--seller", ctx.seller)
    assert refused.returncode == 2
    assert "today or an earlier day" in refused.stderr


def test_a_dry_run_tells_what_would_change_and_writes_nothing(run, ctx, tmp_path):
    before = kept(ctx)
    path = ledger(tmp_path, line("I-1", left="40.00"), line("I-2", buyer="K2"))
    done = run("import", path, "--dry-run", "--seller", ctx.seller)
    assert done.returncode == 0, done.stderr
    assert numbers(done.stdout) == ("2", "2", "1")
    assert "dry run" in done.stdout
    assert kept(ctx) == before


def test_a_dry_run_tells_contradictions_as_an_import_does(run, ctx, tmp_path):
    assert run("import", ledger(tmp_path, line("I-1")), "--seller", ctx.seller).returncode == 0
    before = kept(ctx)
    path = ledger(tmp_path, line("I-1", amount="90.00", left="90.00"), line("I-2"))
    refused = run("import", path, "--dry-run", "--seller", ctx.seller)
    assert refused.returncode == 2
    assert re.search(r"│ 2 +│ I-1 +│ Amount +│ 90.00 +│ 100.00 ", refused.stdout)
    assert kept(ctx) == before


def test_a_file_without_a_currency_is_in_the_sellers(run, new_seller, tmp_path):
    ctx = new_seller(currency="CHF")
    path = tmp_path / "list.csv"
    path.write_text("Buyer,Invoice no,Due date,Amount\nAcme,1,2026-03-01,5\n")
    done = run("import", path, "--seller", ctx.seller, "--yes")
    assert done.returncode == 0, done.stderr
    assert "taken as CHF, the seller's own: 1" in done.stdout
    with book(ctx):
        assert sql.value("select currency::text from invoice") == "CHF"
    assert "taken as USD" in run("report", path, "--out", tmp_path, "--lang", "en").stdout


def test_which_seller(run, new_seller, tmp_path):
    new_seller()
    new_seller()
    path = ledger(tmp_path, line("I-1"))
    unsaid = run("import", path)
    assert unsaid.returncode == 2
    assert "--seller" in unsaid.stderr
    unknown = run("import", path, "--seller", "nobody at all")
    assert unknown.returncode == 2
    assert "nobody at all" in unknown.stderr


def test_a_refusal_is_a_sentence(run, ctx, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("")
    refused = run("import", path, "--seller", ctx.seller)
    assert refused.returncode == 2
    assert "empty" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_sellers_people_and_keys(run, tmp_path):
    opened = run("seller", "add", f"Käufer {tmp_path.name}", "--country", "de", "--currency", "eur")
    assert opened.returncode == 0, opened.stderr
    seller = opened.stdout.strip()
    assert seller in run("seller", "list").stdout
    email = f"{seller}@example.com"
    added = run(
        "user", "add", email, "--role", "owner", "--seller", seller, given="a long Passw0rd\n"
    )
    assert added.returncode == 0, added.stderr
    weak = run("user", "add", f"x{email}", "--seller", seller, given="123\n")
    assert weak.returncode == 2
    assert "123" not in weak.stderr
    key = run("key", "add", "robot", "--scope", "read", "--seller", seller)
    assert re.fullmatch(r"nt_\S{40,}\n", key.stdout)
    assert run("key", "add", "robot", "--scope", "rob", "--seller", seller).returncode == 2


def test_help_and_version_need_nothing(tmp_path):
    home = tmp_path / "none"
    assert netterms(home, "--version").stdout.strip() == __version__
    said = netterms(home, "--help").stdout
    for name in ("report", "demo", "serve", "import", "day", "migrate", "seller", "user", "key"):
        assert name in said
        assert netterms(home, name, "--help").returncode == 0
    assert not home.exists()
