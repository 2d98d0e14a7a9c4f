"""`netterms statements`: the template, and accounts from a workbook, as whole processes."""

from __future__ import annotations

import pytest

from netterms.statements.queries import statements_of
from tests.actions.connectors.test_accounts import BEFORE, END, GB, changed, workbook
from tests.actions.statements.test_record import buyer
from tests.doors.cli.commands import netterms


@pytest.fixture
def run(database):
    return lambda *words, **more: netterms(database, *words, **more)


def ends(ctx, of):
    return [one.accounts.period_end for one in statements_of(ctx, of)]


def test_accounts_go_in_once_and_a_dry_run_writes_nothing(run, ctx, tmp_path):
    of, path = buyer(ctx), workbook(tmp_path, GB)
    words = ("statements", "import", path, "--buyer", "B-1", "--seller", ctx.seller)
    assert run(*words, "--dry-run").returncode == 0
    assert ends(ctx, of) == []
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert ends(ctx, of) == [END, BEFORE]
    assert done.stdout.count("yes") == 2
    assert run(*words).stdout.count("no ") == 2


def test_nothing_goes_in_while_a_line_is_wrong_unless_its_period_is_skipped(run, ctx, tmp_path):
    of = buyer(ctx)
    path = workbook(tmp_path, changed(GB, "资产负债表", 10, 2, 590))
    words = ("statements", "import", path, "--buyer", "B-1", "--seller", ctx.seller)
    done = run(*words)
    assert done.returncode == 2
    for told in ("资产负债表", "11", "流动资产合计", "5900000.00", "2025-12-31", "5000000.00"):
        assert told in done.stdout
    assert ends(ctx, of) == []
    assert run(*words, "--skip-bad").returncode == 0
    assert ends(ctx, of) == [BEFORE]


def test_the_template_is_written(run, tmp_path):
    path = tmp_path / "accounts.xlsx"
    done = run("statements", "template", "--out", path, "--lang", "zh", "--currency", "CNY")
    assert done.returncode == 0, done.stderr
    assert path.exists()
