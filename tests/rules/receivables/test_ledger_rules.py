"""Rules of the ledger in pure figures: totals, tax of credit notes, clocks of disputes."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.clocks import Clock, clocks, escalation
from netterms.receivables.papers import LineIn, PaperIn, totals
from netterms.receivables.rules import (
    InvoiceKind,
    OpenInvoice,
    Part,
    PaymentKind,
    Tolerance,
    realised,
    settle,
    sign,
)
from netterms.receivables.tax import credit_lines

FRIDAY = date(2026, 6, 5)
BUYER = UUID(int=1)
rates = st.sampled_from([Decimal(0), Decimal(7), Decimal("5.5"), Decimal(19), Decimal("25")])
lines = st.builds(
    LineIn,
    st.just("goods"),
    st.decimals("0.001", "999", places=3),
    st.decimals("0", "9999", places=4),
    rates,
)


def paper(*told, currency="EUR"):
    return PaperIn(BUYER, "1", currency, FRIDAY, FRIDAY, told)


@given(st.lists(lines, min_size=1, max_size=8), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_tax_of_lines_is_the_tax_of_their_groups(told, currency):
    try:
        found = totals(paper(*told, currency=currency))
    except Refusal:
        # Nothing is to be paid for it.
        return
    assert found.net.minor == sum(line.net_minor for line in found.lines)
    for rate in {line.tax_rate for line in told}:
        group = [line for line in found.lines if line.told.tax_rate == rate]
        net = sum(line.net_minor for line in group)
        exact = net * rate / 100
        assert abs(sum(line.tax_minor for line in group) - exact) <= Decimal("0.5")
        assert all(line.tax_minor >= 0 for line in group)


@given(
    st.integers(1, 10**7),
    st.dictionaries(rates, st.integers(1, 10**7), max_size=4),
)
def test_a_credit_note_comes_to_its_amount_with_the_tax_of_its_invoice(minor, groups):
    told = [
        {"tax_category": "S", "tax_rate": rate, "amount_minor": amount}
        for rate, amount in groups.items()
    ]
    found = totals(paper(*credit_lines(Money(minor, "EUR"), told, "back")))
    assert found.amount == Money(minor, "EUR")


def test_ex_col_01_the_clocks_of_a_dispute():
    monday = FRIDAY + timedelta(days=3)
    calendar = BusinessCalendar(closed=frozenset({monday}))
    found = clocks(FRIDAY, {Clock.ACKNOWLEDGE: FRIDAY + timedelta(days=5)}, calendar)
    assert [due.due_on for due in found] == [
        date(2026, 6, 9),
        date(2026, 6, 10),
        date(2026, 6, 15),
        date(2026, 7, 5),
    ]
    assert [due.late_days(date(2026, 6, 12)) for due in found] == [1, 2, 0, 0]


@pytest.mark.parametrize(("days", "steps"), [(29, 0), (30, 1), (44, 1), (45, 2), (400, 2)])
def test_an_open_dispute_goes_up_after_30_and_45_days(days, steps):
    assert escalation(FRIDAY, None, FRIDAY + timedelta(days=days)) == steps
    assert escalation(FRIDAY, FRIDAY, FRIDAY + timedelta(days=days)) == 0


@given(st.data())
def test_an_allocation_conserves_every_cent(data):
    amount = data.draw(st.integers(1, 10_000))
    left = data.draw(st.integers(0, amount))
    kind = data.draw(st.sampled_from([PaymentKind.RECEIPT, PaymentKind.REFUND]))
    invoices, parts = {}, []
    for _ in range(data.draw(st.integers(1, 4))):
        number = uuid4()
        total = data.draw(st.integers(1, 10_000))
        invoices[number] = OpenInvoice(
            data.draw(st.sampled_from(InvoiceKind)),
            Money(total, "EUR"),
            Money(data.draw(st.integers(0, total)), "EUR"),
        )
        parts.append(
            Part(
                number,
                Money(data.draw(st.integers(0, 10_000)), "EUR"),
                Money(data.draw(st.integers(0, 50)), "EUR"),
                Money(data.draw(st.integers(0, 50)), "EUR"),
            )
        )
    try:
        found = settle(kind, Money(left, "EUR"), Money(amount, "EUR"), invoices, parts, Tolerance())
    except Refusal:
        return
    for line in found:
        invoice = invoices[line.invoice_id]
        assert 0 < line.settled.minor <= invoice.open.minor
        beside = line.discount_minor + line.write_off_minor
        assert line.settled.minor == line.taken.minor + beside
        assert line.write_off_minor <= Tolerance().of(invoice).minor
    used = sum(sign(kind, invoices[line.invoice_id].kind) * line.taken.minor for line in found)
    assert 0 <= left - used <= amount


def test_no_discount_is_given_for_money_that_goes_out():
    number, euro = uuid4(), Money(1, "EUR")
    invoices = {number: OpenInvoice(InvoiceKind.INVOICE, Money(786, "EUR"), Money(786, "EUR"))}
    with pytest.raises(Refusal) as refused:
        settle(PaymentKind.REFUND, euro, euro, invoices, [Part(number, euro, euro)], Tolerance())
    assert (refused.value.code, refused.value.facts["field"]) == (Code.VALUE_INVALID, "discount")


def test_a_realised_difference_is_what_came_less_what_was_owed():
    taken, settled = Money(12_600, "USD"), Money(10_000, "EUR")
    found = realised(taken, settled, Decimal("0.8"), Decimal(1), "EUR")
    assert found == Money(80, "EUR")
    assert realised(taken, settled, Decimal("0.7"), Decimal(1), "EUR") == Money(-1_180, "EUR")
