"""hledger and beancount accept the journal, and their balances are ours."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from netterms.doors.cli.account_text import as_csv, as_text
from netterms.kernel.money import Money
from netterms.receivables import queries
from netterms.receivables.invoicing import issue
from netterms.receivables.ledger_text import ACCOUNTS, Format
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import Part, PaymentIn, allocate, record_payment, undo_allocation
from netterms.receivables.write_offs import WriteOffReason, recover, write_off
from tests import debian
from tests.actions.books import Line, bring_in, buyer_id, invoice_id
from tests.doors.cli.commands import netterms

NAME = 'Odd; "quoted" | name \\ of 100'


@pytest.fixture
def busy(ctx):
    """A book with something in every account but those of exchange, in three currencies."""
    bring_in(
        ctx,
        Line(number="A; |\"'\\", amount=100_000),
        Line(number="B", amount=50_000, settled_on=ctx.today),
        Line(number="C", amount=7_000, kind="credit_note"),
        Line(number="Y", amount=12_345, currency="JPY"),
        Line(number="K", amount=12_345, currency="KWD"),
    )
    buyer = buyer_id(ctx)
    line = LineIn("Goods", Decimal(3), Decimal("33.33"), Decimal(19))
    due = ctx.today + timedelta(days=9)
    invoice = issue(ctx, PaperIn(buyer, "T", "EUR", ctx.today, due, (line,)))
    a = invoice_id(ctx, "A; |\"'\\")
    payment = record_payment(
        ctx, PaymentIn(buyer, Money(90_000, "EUR"), ctx.today, 'ref "x"; y | z\nw')
    )
    allocate(ctx, payment, [Part(a, Money(50_000, "EUR"), Money(999, "EUR"), Money(900, "EUR"))])
    undo_allocation(ctx, payment, a, "no")
    allocate(ctx, payment, [Part(a, Money(50_000, "EUR"), Money(999, "EUR"), Money(900, "EUR"))])
    write_off(ctx, invoice, Money(5_000, "EUR"), WriteOffReason.SETTLEMENT)
    recover(ctx, payment, invoice, Money(2_000, "EUR"))
    yen = record_payment(ctx, PaymentIn(buyer, Money(12_345, "JPY"), ctx.today))
    # Between two currencies without a rate.
    allocate(ctx, yen, [Part(a, Money(345, "JPY"), invoice_amount=Money(211, "EUR"))])
    return ctx


def ours(ctx):
    """The balance of every account in major units."""
    return {
        (ACCOUNTS[line["account"]], line["currency"]): Money(
            line["balance_minor"], line["currency"]
        ).major
        for line in queries.trial_balance(ctx, ctx.today)
        if line["balance_minor"]
    }


def text(ctx, wanted):
    return "\n".join(queries.journal_text(ctx, ctx.today, wanted)) + "\n"


def test_hledger_accepts_the_journal_with_our_balances(busy, tmp_path):
    if not shutil.which("hledger"):
        debian.install("hledger", "hledger")
    if not shutil.which("hledger"):
        pytest.skip("hledger is not installed, and cannot be installed here")
    file = tmp_path / "book.journal"
    file.write_text(text(busy, Format.HLEDGER), encoding="utf-8")

    def asked(*words):
        done = subprocess.run(
            ["hledger", "-f", str(file), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    asked("check", "--strict")
    said = csv.reader(io.StringIO(asked("balance", "--flat", "--no-total", "-O", "csv")))
    next(said)
    theirs = {
        (account, amount.split()[1]): Decimal(amount.split()[0])
        for account, amounts in said
        for amount in amounts.split(", ")
    }
    assert theirs == ours(busy)


def test_beancount_accepts_the_journal_with_our_balances(busy, tmp_path):
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed")
    from beancount.core.data import Transaction

    file = tmp_path / "book.beancount"
    file.write_text(text(busy, Format.BEANCOUNT), encoding="utf-8")
    entries, errors, _options = loader.load_file(str(file))
    assert errors == []
    theirs: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                key = posting.account, posting.units.currency
                theirs[key] = theirs.get(key, Decimal(0)) + posting.units.number
    assert {key: value for key, value in theirs.items() if value} == ours(busy)


def test_the_command_writes_the_file_whole(busy, database, tmp_path):
    out = tmp_path / "book.journal"
    done = netterms(database, "export", "journal", "--out", out, "--seller", busy.seller)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Assets:Receivable +1000\.00 EUR", out.read_text("utf-8"))
    assert list(tmp_path.iterdir()) == [out]
    done = netterms(database, "export", "journal", "--format", "beancount", "--seller", busy.seller)
    assert "open Assets:Receivable" in done.stdout


def test_names_do_not_break_out_of_their_line(busy):
    for wanted in Format:
        said = text(busy, wanted)
        assert "\nw" not in said


def test_a_statement_of_account_is_text_csv_and_pdf(busy, database, tmp_path):
    asked = ("export", "account", "100", "--seller", busy.seller, "--since", "2026-01-01")
    asked += ("--until", busy.today)
    done = netterms(database, *asked, "--format", "csv")
    assert done.returncode == 0, done.stderr
    lines = list(csv.DictReader(io.StringIO(done.stdout)))
    for code in ("EUR", "JPY", "KWD"):
        mine = [line for line in lines if line["currency"] == code]
        opening, *moves, closing = mine
        assert (opening["kind"], closing["kind"]) == ("opening", "closing")
        moved = sum(Decimal(line["amount"]) for line in moves)
        assert Decimal(opening["balance"]) + moved == Decimal(closing["balance"])
        [statement] = [
            each
            for each in queries.buyer_statement(busy, buyer_id(busy), date(2026, 1, 1), busy.today)
            if each.currency == code
        ]
        assert Money.of(closing["balance"], code).minor == statement.closing_minor
    out = tmp_path / "account.pdf"
    done = netterms(database, *asked, "--format", "pdf", "--out", out)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF-")
    assert list(tmp_path.iterdir()) == [out]
    assert netterms(database, *asked, "--format", "pdf").returncode == 2


def test_a_statement_of_account_reads_and_holds_no_formula(busy):
    since = date(2026, 1, 1)
    found = queries.buyer_statement(busy, buyer_id(busy), since, busy.today)
    said = as_text("Buyer\x1b[2J", since, busy.today, found)
    assert "\x1b" not in said
    assert "Opening balance" in said
    assert max(map(len, said.splitlines())) <= 100
    [first, *_] = found
    odd = replace(first, lines=(replace(first.lines[0], document="=cmd()"),))
    assert ",'=cmd()," in as_csv([odd])
    assert "Nothing moved" in as_text("x", since, busy.today, [])
