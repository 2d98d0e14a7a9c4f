"""Random lives of invoices: whatever is booked, the journal, the open items and the line agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from netterms.access.actions import open_seller
from netterms.kernel.context import EVERYTHING, Context
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.receivables.invoicing import issue, offset
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import (
    Part,
    PaymentIn,
    allocate,
    record_payment,
    undo_allocation,
)
from netterms.receivables.write_offs import WriteOffReason, recover, write_off
from tests.actions.books import Line, bring_in, buyer_id, rows, value

EXPECTED = {Code.AMOUNT_OUT_OF_RANGE, Code.NOT_FOUND, Code.VALUE_INVALID}
TODAY = date(2026, 6, 1)
amounts = st.integers(1, 30_000)


class Life(RuleBasedStateMachine):
    """One buyer of one seller."""

    invoices = Bundle("invoices")
    notes = Bundle("notes")
    payments = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        now = datetime(2026, 6, 1, 9, tzinfo=UTC)
        seller = open_seller(name="Life", country="DE", currency="EUR", now=now)
        self.ctx = Context(seller=seller, actor="test", today=TODAY, now=now, may=EVERYTHING)
        bring_in(self.ctx, Line(number="FIRST", amount=10_000))
        self.buyer = buyer_id(self.ctx)
        set_line(self.ctx, self.buyer, "EUR", LineTerms(10**9))
        self.made = 0

    def paper(self, kind: str, minor: int, note_of=None):
        self.made += 1
        line = LineIn("goods", Decimal(1), Money(minor, "EUR").major, Decimal(19))
        return PaperIn(
            self.buyer, f"N{self.made}", "EUR", date(2026, 5, 1), TODAY, (line,), kind,
            note_of=note_of, reason="test",
        )  # fmt: skip

    def tried(self, act, *args):
        """The act, or an expected refusal that leaves the book as it was."""
        before = self.standing()
        try:
            return act(self.ctx, *args)
        except Refusal as refusal:
            code = refusal.code
        assert code in EXPECTED
        assert self.standing() == before
        return None

    def standing(self):
        return (
            rows(self.ctx, "select id, open_minor, state, settled_on from invoice order by id"),
            rows(self.ctx, "select id, unallocated_minor from payment order by id"),
        )

    @rule(target=invoices, minor=amounts)
    def invoice(self, minor):
        return issue(self.ctx, self.paper("invoice", minor))

    @rule(target=notes, minor=amounts)
    def free_credit(self, minor):
        return issue(self.ctx, self.paper("credit_note", minor))

    @rule(of=invoices, minor=amounts)
    def credit_for(self, of, minor):
        self.tried(issue, self.paper("credit_note", minor, of))

    @rule(of=invoices, minor=amounts)
    def debit_for(self, of, minor):
        self.tried(issue, self.paper("debit_note", minor, of))

    @rule(target=payments, minor=amounts, kind=st.sampled_from(["receipt", "receipt", "refund"]))
    def payment(self, minor, kind):
        return record_payment(
            self.ctx, PaymentIn(self.buyer, Money(minor, "EUR"), date(2026, 5, 20), kind=kind)
        )

    @rule(
        payment=payments,
        parts=st.dictionaries(invoices, st.tuples(amounts, st.integers(0, 60)), max_size=3),
        back=st.dictionaries(notes, amounts, max_size=1),
    )
    def allocate(self, payment, parts, back):
        self.tried(
            allocate,
            payment,
            [
                Part(number, Money(minor, "EUR"), discount=Money(off, "EUR"))
                for number, (minor, off) in parts.items()
            ]
            + [Part(number, Money(minor, "EUR")) for number, minor in back.items()],
        )

    @rule(note=notes, of=invoices, minor=amounts)
    def set_off(self, note, of, minor):
        self.tried(offset, note, [Part(of, Money(minor, "EUR"))])

    @rule(of=invoices, minor=amounts)
    def write_off(self, of, minor):
        self.tried(write_off, of, Money(minor, "EUR"), WriteOffReason.UNCOLLECTABLE)

    @rule(payment=payments, of=invoices, minor=amounts)
    def recover(self, payment, of, minor):
        self.tried(recover, payment, of, Money(minor, "EUR"))

    @rule(payment=payments, of=st.none() | invoices)
    def undo(self, payment, of):
        self.tried(undo_allocation, payment, of, "test")

    @rule(kind=st.sampled_from(["offset", "write_off"]))
    def undo_without_money(self, kind):
        found = value(
            self.ctx, "select id from payment where kind = %(k)s order by id limit 1", k=kind
        )
        if found:
            self.tried(undo_allocation, found, None, "test")

    @rule(payment=payments, of=invoices, minor=amounts)
    def undo_restores_every_balance(self, payment, of, minor):
        before, accounts = self.standing(), self.accounts()
        try:
            allocate(self.ctx, payment, [Part(of, Money(minor, "EUR"))])
        except Refusal:
            return
        standing = rows(
            self.ctx,
            "select count(*)::int as n from allocation where payment_id = %(p)s",
            p=payment,
        )
        if standing[0]["n"] == 1:
            undo_allocation(self.ctx, payment, of, "test")
            assert self.standing() == before
            assert self.accounts() == accounts

    def accounts(self):
        return {
            line["account"]: line["minor"]
            for line in rows(
                self.ctx,
                """
                select account, sum(minor)::bigint as minor from (
                  select debit_account as account, amount_minor as minor from journal_entry
                  union all select credit_account, -amount_minor from journal_entry) x
                group by 1 having sum(minor) <> 0
                """,
            )
        }

    @invariant()
    def the_journal_is_the_open_items(self):
        accounts = self.accounts()
        signed = "sum(case kind when 'invoice' then open_minor else -open_minor end)::bigint"
        owed = value(self.ctx, f"select {signed} from invoice")
        assert accounts.get("receivable", 0) == owed
        left = value(
            self.ctx,
            "select coalesce(sum(case kind when 'refund' then -unallocated_minor"
            " else unallocated_minor end), 0)::bigint from payment",
        )
        assert -accounts.get("unallocated", 0) == left
        assert value(self.ctx, "select owed_minor from credit_line") == owed

    @invariant()
    def every_invoice_is_its_amount_less_its_allocations(self):
        wrong = rows(
            self.ctx,
            """
            select i.id from invoice i left join allocation a on a.invoice_id = i.id
            group by i.id, i.amount_minor, i.open_minor
            having i.open_minor <> i.amount_minor - coalesce(sum(a.amount_minor), 0)
            """,
        )
        assert wrong == []


@pytest.mark.usefixtures("database")
class TestLife(Life.TestCase):
    settings = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
