"""The import: once, whole or not at all, and the journal always agrees with the invoices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import actions
from netterms.receivables.actions import Conflict
from netterms.receivables.queries import receivable_balances
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import change
from tests.actions.receivables.ledgers import (
    bring,
    changes,
    counts,
    everything,
    large_ledger,
    ledger,
    line,
    open_totals,
)

TODAY = date(2026, 6, 1)


def balanced(ctx):
    """The journal alone comes to what the invoices say is open."""
    with book(ctx):
        return receivable_balances(ctx, date.max) == open_totals(ctx)


def test_paid_part_paid_and_open_invoices(ctx, tmp_path):
    path = ledger(
        tmp_path,
        line("I-1", left="0.00", paid_on="2026-02-10"),
        line("I-2", left="40.00"),
        line("I-3", buyer="K2"),
    )
    assert changes(bring(ctx, path)) == (2, 3, 2)
    assert counts(ctx) == {
        "buyer": 2, "invoice": 3, "payment": 2, "allocation": 2, "journal_entry": 5,
    }  # fmt: skip
    assert open_totals(ctx) == {"EUR": 14_000}
    assert balanced(ctx)
    with book(ctx):
        found = sql.rows(
            "select invoice_number, state, settled_on, p.paid_on, p.amount_minor"
            " from invoice i left join allocation a on a.invoice_id = i.id"
            " left join payment p on p.id = a.payment_id order by 1"
        )
    assert [tuple(row.values()) for row in found] == [
        ("I-1", "paid", date(2026, 2, 10), date(2026, 2, 10), 10_000),
        # The file does not tell the day of a part payment: it is the day of the import.
        ("I-2", "part_paid", None, TODAY, 6_000),
        ("I-3", "open", None, None, None),
    ]


def test_a_second_import_changes_nothing(ctx, tmp_path):
    path = large_ledger(tmp_path / "l.csv", 400)
    bring(ctx, path)
    before, held = counts(ctx), everything(ctx)
    assert changes(bring(ctx, path)) == (0, 0, 0)
    assert counts(ctx) == before
    assert everything(ctx) == held
    assert balanced(ctx)


def test_later_payments_are_added(ctx, tmp_path):
    bring(ctx, ledger(tmp_path, line("I-1"), line("I-2")))
    later = ledger(
        tmp_path,
        line("I-1", left="25.00"),
        line("I-2", left="0", paid_on="2026-05-01"),
        line("I-3"),
    )
    assert changes(bring(ctx, later)) == (0, 1, 2)
    assert open_totals(ctx) == {"EUR": 12_500}
    last = ledger(tmp_path, line("I-1", left="0", paid_on="2026-05-20"))
    assert changes(bring(ctx, last)) == (0, 0, 1)
    assert open_totals(ctx) == {"EUR": 10_000}
    assert balanced(ctx)
    with book(ctx):
        known = sql.row("select state, settled_on from invoice where invoice_number = 'I-1'")
        assert known == {"state": "paid", "settled_on": date(2026, 5, 20)}
        assert sql.value(
            "select array_agg(a.amount_minor order by a.amount_minor) from allocation a"
            " join invoice i on i.id = a.invoice_id where invoice_number = 'I-1'"
        ) == [2_500, 7_500]


def test_credit_notes_and_their_refunds_go_the_other_way(ctx, tmp_path):
    path = ledger(
        tmp_path,
        line("I-1"),
        line("C-1", amount="30.00", left="30.00", kind="Credit note"),
        line("C-2", amount="20.00", left="0", paid_on="2026-03-01", kind="Credit note"),
    )
    assert changes(bring(ctx, path)) == (1, 3, 1)
    assert open_totals(ctx) == {"EUR": 7_000}
    assert balanced(ctx)
    with book(ctx):
        assert sql.value("select kind from payment") == "refund"
        entries = sql.rows(
            "select source_kind, debit_account, credit_account from journal_entry"
            " where amount_minor in (3000, 2000) order by amount_minor, source_kind"
        )
    assert [tuple(row.values()) for row in entries] == [
        ("credit_note", "sales", "receivable"),
        ("payment", "receivable", "bank"),
        ("credit_note", "sales", "receivable"),
    ]


def test_currencies_keep_their_own_exponent_and_total(ctx, tmp_path):
    path = ledger(
        tmp_path,
        line("I-1"),
        line("I-2", amount="5000", left="5000", currency="JPY", buyer="K2"),
        line("I-3", amount="1.500", left="0.500", currency="KWD", buyer="K3"),
    )
    bring(ctx, path)
    assert open_totals(ctx) == {"EUR": 10_000, "JPY": 5_000, "KWD": 500}
    assert balanced(ctx)


@pytest.mark.parametrize(
    ("contradiction", "column", "in_file", "in_book"),
    [
        (line("I-1", buyer="K2"), "buyer_number", "K2", "K1"),
        (line("I-1", amount="90.00", left="40.00"), "amount", "90.00", "100.00"),
        (line("I-1", currency="USD", left="40.00"), "currency", "USD", "EUR"),
        (line("I-1", kind="Credit note", left="40.00"), "kind", "credit_note", "invoice"),
        (line("I-1", due="2026-06-30", left="40.00"), "due_on", "2026-06-30", "2026-02-04"),
        (line("I-1", left="60.00"), "open_amount", "60.00", "40.00"),
    ],
)
def test_a_contradiction_is_refused_whole_or_left_out(
    ctx, tmp_path, contradiction, column, in_file, in_book
):
    bring(ctx, ledger(tmp_path, line("I-1", left="40.00")))
    before = everything(ctx)
    path = ledger(tmp_path, line("I-8", buyer="K9"), contradiction)
    with pytest.raises(Refusal) as refused:
        bring(ctx, path)
    assert refused.value.code is Code.CONFLICTING_NUMBER
    assert refused.value.facts == {"rows": [3], "numbers": ["I-1"]}
    assert everything(ctx) == before
    done = bring(ctx, path, skip_bad=True)
    assert done.invoices_new == 1
    assert done.conflicts == refused.value.conflicts
    assert done.conflicts == (Conflict(3, "I-1", column, in_file, in_book),)
    assert balanced(ctx)
    assert everything(ctx)[0] == before[0]


def test_the_same_number_is_free_for_another_company_and_another_seller(new_seller, tmp_path):
    one, other = new_seller(), new_seller()
    path = ledger(tmp_path, line("I-1"))
    assert changes(bring(one, path)) == changes(bring(other, path)) == (1, 1, 0)


def test_the_import_is_told_and_kept(ctx, tmp_path):
    phases = []
    done = bring(ctx, ledger(tmp_path, line("I-1")), told=phases.append)
    assert phases == [
        "buyers", "copy", "invoices", "journal", "payments", "allocations", "commit",
    ]  # fmt: skip
    with book(ctx):
        kept = sql.row("select id, file_name, rows_read, invoices_new from import_run")
        event = sql.row("select kind, subject_id from event order by id desc limit 1")
        assert sql.value("select import_id from invoice") == done.import_run
    assert kept == {
        "id": done.import_run, "file_name": "ledger.csv", "rows_read": 1, "invoices_new": 1,
    }  # fmt: skip
    assert event == {"kind": "receivables.invoices_imported", "subject_id": done.import_run}


def test_ids_are_version_7_and_made_once(ctx, tmp_path):
    bring(ctx, large_ledger(tmp_path / "l.csv", 300))
    with book(ctx):
        ids = sql.rows("select id from invoice union all select id from payment")
    versions = {row["id"].version for row in ids}
    assert versions == {7}
    assert len({row["id"] for row in ids}) == len(ids)


def test_two_imports_of_one_file_at_once(ctx, tmp_path):
    path = large_ledger(tmp_path / "l.csv", 2_000)

    def go(_):
        try:
            return bring(ctx, path)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(go, range(2)))
    assert sorted(one.invoices_new for one in done) == [0, 2_000]
    assert sorted(one.buyers_new for one in done)[0] == 0
    assert balanced(ctx)


def test_who_may_not_import(ctx, tmp_path):
    reader = Context(ctx.seller, "reader", ctx.today, ctx.now, frozenset({Permission.READ}))
    with pytest.raises(Refusal) as refused:
        bring(reader, ledger(tmp_path, line("I-1")))
    assert refused.value.code is Code.NOT_ALLOWED


ORPHANS = {
    "invoice": "insert into invoice (seller_id, buyer_id, invoice_number, kind, currency,"
    " amount_minor, open_minor, issued_on, due_on, state) values (%(seller)s, %(none)s, 'X',"
    " 'invoice', 'EUR', 1, 1, '2026-01-01', '2026-01-01', 'open')",
    "payment": "insert into payment (seller_id, buyer_id, kind, currency, amount_minor, paid_on)"
    " values (%(seller)s, %(none)s, 'receipt', 'EUR', 1, '2026-01-01')",
    "allocation without payment": "insert into allocation (seller_id, invoice_id, payment_id,"
    " amount_minor, allocated_on) select seller_id, id, %(none)s, 1, '2026-01-01' from invoice",
    "allocation without invoice": "insert into allocation (seller_id, invoice_id, payment_id,"
    " amount_minor, allocated_on) select seller_id, %(none)s, id, 1, '2026-01-01' from payment",
}


@pytest.mark.parametrize("orphan", ORPHANS.values(), ids=list(ORPHANS))
def test_the_database_refuses_an_orphan(ctx, tmp_path, orphan):
    bring(ctx, ledger(tmp_path, line("I-1", left="40.00")))
    before = counts(ctx)
    with pytest.raises(IntegrityError), book(ctx):
        sql.execute(orphan, {"seller": ctx.seller, "none": uuid4()})
    assert counts(ctx) == before


def test_the_parent_of_another_seller_is_no_parent(new_seller, tmp_path):
    one, other = new_seller(), new_seller()
    bring(one, ledger(tmp_path, line("I-1")))
    with book(one):
        stranger = sql.value("select id from buyer")
    with pytest.raises(IntegrityError), book(other):
        sql.execute(ORPHANS["invoice"], {"seller": other.seller, "none": stranger})


@pytest.mark.parametrize("table", ["invoice", "payment", "journal_entry", "buyer", "allocation"])
def test_what_was_booked_is_never_deleted(ctx, tmp_path, table):
    bring(ctx, ledger(tmp_path, line("I-1", left="40.00")))
    with pytest.raises(Exception, match="permission denied"), book(ctx):
        sql.execute(f"delete from {table}")


def test_no_source_is_booked_twice(ctx, tmp_path):
    bring(ctx, ledger(tmp_path, line("I-1")))
    with pytest.raises(IntegrityError), book(ctx):
        sql.execute(
            "insert into journal_entry (seller_id, source_id, source_kind, booked_on,"
            " debit_account, credit_account, currency, amount_minor, buyer_id)"
            " select seller_id, source_id, source_kind, booked_on, debit_account, credit_account,"
            " currency, amount_minor, buyer_id from journal_entry"
        )


def test_a_later_file_completes_a_buyer_and_changes_nothing_known(ctx, tmp_path):
    bring(ctx, ledger(tmp_path, line("I-1", name="K1", country="")))
    bring(ctx, ledger(tmp_path, line("I-2", name="Nordwind", country="CN", email="ap@n.example")))
    bring(ctx, ledger(tmp_path, line("I-3", name="Other", country="DE", email="no@n.example")))
    with book(ctx):
        known = sql.row("select name, country, email from buyer")
        told = sql.rows("select facts from event where kind = 'buyers.facts_updated'")
    assert known == {"name": "Nordwind", "country": "CN", "email": "ap@n.example"}
    [event] = told
    assert event["facts"] == {
        "before": {"name": "K1", "country": "", "email": ""},
        "after": known,
    }


@pytest.mark.parametrize(("country", "language"), [("CN", "zh-hans"), ("", "en"), ("FR", "en")])
def test_a_new_buyer_is_written_to_in_a_language_of_its_country(ctx, tmp_path, country, language):
    bring(ctx, ledger(tmp_path, line("I-1", country=country)))
    with book(ctx):
        assert sql.value("select language from buyer") == language


def test_a_buyer_added_by_somebody_else_meanwhile_gets_its_invoices(ctx, tmp_path, monkeypatch):
    add, theirs = actions._add_buyers, uuid4()

    def somebody_adds():
        try:
            change(
                ctx,
                "insert into buyer (seller_id, id, buyer_number, name)"
                " values (%(seller)s, %(id)s, 'K2', 'Theirs')",
                id=theirs,
            )
        finally:
            connection.close()

    def late(params):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(somebody_adds).result()
        return add(params)

    monkeypatch.setattr(actions, "_add_buyers", late)
    path = ledger(tmp_path, line("I-1", left="0.00", paid_on="2026-02-10"), line("I-2", buyer="K2"))
    assert changes(bring(ctx, path)) == (1, 2, 1)
    with book(ctx):
        found = sql.rows("select buyer_id from invoice where invoice_number = 'I-2'")
    assert found == [{"buyer_id": theirs}]
    assert balanced(ctx)
