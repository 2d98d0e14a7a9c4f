"""Lists by urgency or date are read page by page: each line once, in one order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from netterms.access.actions import create_key
from netterms.buyers.duplicates import find_duplicates
from netterms.early_payment import queries as early_payment
from netterms.early_payment.actions import Acceptance, accept, set_policy
from netterms.early_payment.rules import Channel, Policy
from netterms.kernel.money import Money
from netterms.receivables.disputes import DisputeReason, raise_dispute
from tests.actions.books import Line, bring_in, buyer_id, change, invoice_id
from tests.doors.conftest import visitor

NUMBERS = ("A", "B", "C")


def accept_first(ctx, buyer: UUID, day: date) -> None:
    """Accept what is offered for the first invoice; one accepted before it is replaced."""
    offer = early_payment.offer(ctx, buyer_id=buyer)
    step = offer.step(offer.debts[0], day)
    asked = Acceptance((step.debt.invoice_id,), day, step.pay, "A. Lindqvist", Channel.API)
    accept(ctx, buyer, asked)


@pytest.fixture
def read(ctx):
    """Gives the lines of an address; of each list the buyer and the book have three."""
    offered = Policy(offered=True, yearly_percent=Decimal(12), least_days=5, least_minor=100)
    set_policy(ctx, offered, ctx.today, "cash")
    due = ctx.today + timedelta(days=60)
    bring_in(ctx, *(Line(number=number, due_on=due, issued_on=ctx.today) for number in NUMBERS))
    buyer = buyer_id(ctx)
    for number in NUMBERS:
        invoice = invoice_id(ctx, number)
        raise_dispute(ctx, invoice, DisputeReason.PRICE, Money(5, "EUR"))
    bring_in(ctx, *(Line(buyer=number, number=number * 2, due_on=due) for number in "123"))
    change(
        ctx,
        "update buyer set name = 'Nordwind Handels GmbH' where seller_id = %(seller)s"
        " and buyer_number <> '100'",
    )
    find_duplicates(ctx)
    for days in range(3):
        accept_first(ctx, buyer_id(ctx, "1"), ctx.today + timedelta(days=days))
    key = create_key(ctx, "erp", ["read"])

    def ask(path: str, **asked: object) -> list[dict]:
        headers = {"authorization": f"Bearer {key}"}
        answer = visitor().get(f"/v1/{path.format(buyer=buyer)}", asked, headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]

    return ask


@pytest.mark.parametrize(
    "path", ["disputes", "duplicates", "early-payment", "buyers/{buyer}/early-payment"]
)
def test_a_list_is_read_page_by_page(read, path):
    whole = read(path)
    assert len(whole) == len(NUMBERS)
    assert [read(path, limit=1, skip=n) for n in range(4)] == [*([line] for line in whole), []]
