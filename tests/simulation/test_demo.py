"""`netterms demo`, as a person calls it: once, twice, and again on a later day."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from rich.console import Console

from netterms.checkout.moves import OrderState
from netterms.connectors.rates import SHIPPED_UNTIL
from netterms.limits.rates import last_day
from netterms.screening.queries import lists_in_force
from netterms.wiring import run_day

CALL = "import typer; from netterms.doors.cli.demo import demo; typer.run(demo)"


def call(home):
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", CALL, "--no-serve", "--port", "8123"],
        env={**os.environ, "NETTERMS_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, time.monotonic() - started


@pytest.fixture
def home(tmp_path_factory):
    import shutil
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp(prefix="nt-demo-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_from_nothing_to_a_console_and_again(home):
    first, _ = call(home)
    # Nobody answers at an address: it says how to serve the console.
    assert "netterms serve" in first
    assert "http://" not in first
    assert "demo@netterms.example" in first
    file = home / "demo_sign_in"
    assert file.stat().st_mode & 0o777 == 0o600
    password = file.read_text().split()[1]
    assert password in first
    letters = {letter.name for letter in (home / "outbox").glob("*.eml")}
    assert len(letters) > 20
    again, seconds = call(home)
    assert password in again
    assert {letter.name for letter in (home / "outbox").glob("*.eml")} == letters
    # Alone on a machine it is two or three seconds; a busy one may take longer.
    assert seconds < 30


def test_on_a_later_day_it_catches_up(database):
    from netterms.access.queries import memberships_of
    from netterms.doors.cli.demo import _seller, _sign_in, prepare
    from netterms.store import sql
    from netterms.store.tenancy import book

    screen = Console(quiet=True)
    friday = datetime(2026, 6, 5, 8, tzinfo=UTC)
    tuesday = datetime(2026, 6, 9, 8, tzinfo=UTC)

    def days(now):
        prepare(now, database, screen)
        ctx = _seller(_sign_in(database), now)
        with book(ctx):
            found = sql.rows(
                "select distinct business_date from run_step where seller_id = %(seller)s"
                " and run = 'day' order by business_date",
                {"seller": ctx.seller},
            )
        return [line["business_date"].isoformat() for line in found], ctx

    before, ctx = days(friday)
    assert len(before) == 10
    # Whit Monday is a holiday where the seller is.
    assert "2026-05-25" not in before
    assert before[-1] == "2026-06-05"
    after, same = days(tuesday)
    assert after == [*before, "2026-06-08", "2026-06-09"]
    assert same.seller == ctx.seller
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(email="demo@netterms.example")
    assert user.check_password(_sign_in(database).password)
    assert len(memberships_of(user.pk)) == 1
    with book(ctx):
        states = {line["state"] for line in sql.rows("select distinct state from credit_order")}
        lines = sql.value("select count(*) from credit_line where held_minor + owed_minor > 0")
        strangers = sql.value(
            "select count(*) from newcomer_decision d join credit_order o on o.id = d.order_id"
            " where o.state = 'pending'"
        )
        hits = {line["state"] for line in sql.rows("select state from screening_hit")}
    assert states == {state.value for state in OrderState}
    assert lines > 100
    assert strangers > 0
    # One is confirmed, one proposed, and one stays for whoever looks at the demonstration.
    assert hits == {"open", "confirming", "confirmed"}
    # A list of made-up names is nobody else's: their buyers were held against nothing.
    assert [each.entries for each in lists_in_force(ctx.seller)] == [6]
    assert lists_in_force() == []
    assert last_day(SHIPPED_UNTIL) == SHIPPED_UNTIL
    # `netterms day` ran one of them, and none of the day before: it cannot be made up any more.
    thursday = datetime(2026, 6, 11, 8, tzinfo=UTC)
    run_day(_seller(_sign_in(database), thursday))
    assert days(thursday)[0] == [*after, "2026-06-11"]
