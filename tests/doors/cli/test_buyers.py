"""`netterms buyers` on a terminal."""

from __future__ import annotations

from datetime import date

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.entering import NewAlias, enter
from netterms.buyers.groups import set_parent
from netterms.buyers.particulars import Address, Contact
from netterms.scoring.actions import record_company_facts
from netterms.scoring.company import CompanyFacts
from tests.actions.small_book import put
from tests.actions.statements.test_record import buyer
from tests.doors.cli.commands import netterms


def test_a_company_is_looked_up_in_a_list(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("number,name,country\nHRB 4711,Nordwind GmbH,DE\n")
    for words in (["Nordwnd"], ["hrb4711", "--number"]):
        said = netterms(tmp_path, "buyers", "look-up", *words, "--file", path)
        assert (said.returncode, "Nordwind GmbH" in said.stdout) == (0, True), said.stderr
    said = netterms(tmp_path, "buyers", "look-up", "Zyxw", "--file", path)
    assert (said.returncode, "knows no such company" in said.stdout) == (0, True)


def test_what_cannot_be_asked_is_refused_with_what_mends_it(tmp_path):
    said = netterms(tmp_path, "buyers", "look-up", "X", "--in", "elsewhere")
    assert said.returncode == 2
    assert "gleif, companies-house" in said.stderr + said.stdout
    said = netterms(tmp_path, "buyers", "look-up", "123", "--number")
    assert said.returncode == 2


def test_a_buyer_is_found_and_shown(database, ctx):
    of = buyer(ctx)
    enter(ctx, of, NewAlias("Nordwind Handels GmbH"))
    enter(ctx, of, Contact("Ms Li", phone="+49 40 1"))
    enter(ctx, of, Address("billing", "Hafenstr. 1", "20457", "Hamburg", "DE"))
    for number in ("DE89370400440532013000", "GB82WEST12345698765432"):
        set_bank_account(ctx, of, BankAccount(number))
    record_company_facts(ctx, of, CompanyFacts(employees=40, source="register"))
    upper, _ = put(ctx, "2", "Upper", 100, due_on=date(2026, 3, 1))
    set_parent(ctx, of, upper)
    said = netterms(database, "buyers", "search", "Nordwnd", "--seller", ctx.seller)
    assert (said.returncode, "B-1" in said.stdout) == (0, True), said.stderr
    said = netterms(database, "buyers", "search", "Zyxwq", "--seller", ctx.seller)
    assert "No buyer matches" in said.stdout
    said = netterms(database, "buyers", "show", "B-1", "--seller", ctx.seller)
    assert said.returncode == 0, said.stderr
    for told in ("Nordwind Handels GmbH", "Ms Li, +49 40 1", "Hafenstr. 1, 20457 Hamburg, DE", "40",
                 "GB82WEST12345698765432, to be confirmed", "Group"):  # fmt: skip
        assert told in said.stdout
    said = netterms(database, "buyers", "show", "4711", "--seller", ctx.seller)
    assert said.returncode == 2
    assert "4711" in said.stdout + said.stderr
