"""Lists of notices and of other suppliers' limits into the book, as whole processes."""

from __future__ import annotations

from datetime import date

from tests.actions.small_book import put
from tests.doors.cli.commands import netterms


def test_a_list_of_notices_goes_in_when_no_row_of_it_is_bad(database, ctx, tmp_path):
    put(ctx, "B-1", "I-1", 100_00, due_on=date(2026, 1, 1))
    path = tmp_path / "notices.csv"
    words = ("buyers", "load-notices", path, "--seller", ctx.seller)
    good = f"buyer_number,kind,dated_on,source\nB-1,sign,{ctx.today},Gazette\n"
    path.write_text(f"{good}B-9,sign,{ctx.today},Gazette\nB-1,sign,May,Gazette\n")
    bad = netterms(database, *words)
    assert bad.returncode == 2
    assert bad.stdout.index("B-9") < bad.stdout.index("May")
    path.write_text(good)
    assert "Notices entered: 1. Known: 0." in netterms(database, *words).stdout


def test_limits_of_other_suppliers_go_in_and_are_shown(database, ctx, tmp_path):
    put(ctx, "B-1", "I-1", 100_00, due_on=date(2026, 1, 1))
    path = tmp_path / "limits.csv"
    heads = "buyer_number,supplier,currency,limit,given_on"
    path.write_text(f"{heads}\nB-1,Nord,EUR,1000,{ctx.today}\n")
    words = ("limits", "load-references", path, "--seller", ctx.seller)
    assert "Limits entered: 1. Known already: 0." in netterms(database, *words).stdout
    shown = netterms(database, "limits", "references", "B-1", "--seller", ctx.seller)
    assert "Nord" in shown.stdout
