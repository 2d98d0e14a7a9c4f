"""`netterms insurance`: the insurer's list into the book, as a whole process."""

from __future__ import annotations

from datetime import date

from netterms.insurance.policies import PolicySchedule, open_policy
from netterms.insurance.queries import limits_of
from netterms.insurance.terms import PolicyTerms
from tests.actions.small_book import put
from tests.doors.cli.commands import netterms

FIRST, LAST = date(2026, 1, 1), date(2036, 12, 31)


def test_a_list_goes_in_once_and_what_is_wrong_is_named(database, ctx, tmp_path):
    put(ctx, "B-1", "I-1", 100_00, due_on=FIRST)
    policy = open_policy(ctx, PolicySchedule("N", "NL-7", FIRST, LAST, PolicyTerms("EUR")))
    path = tmp_path / "limits.csv"
    words = ("insurance", "limits", path, "--policy", "NL-7", "--seller", ctx.seller)
    path.write_text("Debtor,Limit\nB-1,1000\nB-9,5\n", encoding="utf-8")
    bad = netterms(database, *words, "--from", "2026-01-01")
    assert bad.returncode == 2
    assert "B-9" in bad.stdout
    path.write_text("Debtor,Limit\nB-1,1000\n", encoding="utf-8")
    words = (*words, "--from", "2026-01-01")
    assert "1" in netterms(database, *words, "--dry-run").stdout
    assert limits_of(ctx, policy, FIRST)[1] == 0
    assert "Limits entered: 1. Known already: 0." in netterms(database, *words).stdout
    assert "Limits entered: 0. Known already: 1." in netterms(database, *words).stdout
    listed = netterms(database, "insurance", "list", "--seller", ctx.seller)
    assert "NL-7" in listed.stdout
