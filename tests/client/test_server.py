"""Both clients against `netterms serve` as it is run, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections

from netterms.access.actions import create_key
from netterms.client import (
    AmountOutOfRange,
    ChangedMeanwhile,
    KeyReused,
    LineStatus,
    LineWanted,
    Money,
    MoveNotAllowed,
    NewBuyer,
    NewOrder,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OrderNumberTaken,
    OrderState,
    Retries,
    Terms,
    TopUp,
    ValueInvalid,
)
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from tests.client.conftest import Both
from tests.doors.credit import buyer
from tests.doors.gateway.servers import serving

PATIENT = Retries(deadline=60, timeout=30)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture(scope="session")
def address(database: Path) -> Iterator[str]:
    with serving(database) as server:
        yield server.address


class Seller:
    """A seller's book, a buyer in it without a line, and a client with a key of that seller."""

    def __init__(self, ctx: Context, address: str, connect: Callable[..., Both]) -> None:
        now = SystemClock().now()
        self.ctx = replace(ctx, now=now, today=now.date())
        self.buyer = buyer(self.ctx, "B-1", "Nordlicht GmbH")
        self.address, self.connect = address, connect

    def client(self, *scopes: str) -> Both:
        secret = create_key(self.ctx, f"till {uuid4()}", scopes)
        connections.close_all()
        return self.connect(self.address, secret, PATIENT)


@pytest.fixture
def seller(
    new_seller: Callable[..., Context], address: str, connect: Callable[..., Both]
) -> Seller:
    return Seller(new_seller(), address, connect)


@pytest.fixture
def client(seller: Seller) -> Both:
    found = seller.client("checkout", "set_limit", "read")
    found.set_line(seller.buyer, LineWanted(eur(10_000_00)))
    return found


def test_a_line_is_opened_read_and_changed_by_its_version(seller):
    client = seller.client("set_limit", "read")
    assert client.lines(seller.buyer) == ()
    until = datetime.now(UTC).date() + timedelta(days=30)
    wanted = LineWanted(
        eur(5_000_00),
        top_up=TopUp(eur(500_00), until),
        insured=eur(4_000_00),
        terms=Terms(net_days=45, instalments=3, discount_percent=Decimal("2.25"), discount_days=7),
    )
    line = client.set_line(seller.buyer, wanted, why="credit report")
    assert line.wanted == wanted
    assert line.available == eur(5_500_00)
    assert [change.why for change in line.history] == ["credit report"]
    held = client.set_line(
        seller.buyer, replace(line.wanted, status=LineStatus.ON_HOLD), version=line.version
    )
    assert (held.status, held.terms) == (LineStatus.ON_HOLD, wanted.terms)
    assert client.line(seller.buyer, "EUR") == held
    [listed] = client.lines(seller.buyer)
    [found] = client.find_buyers("Nordlicht")
    assert (found.id, found.name) == (seller.buyer, "Nordlicht GmbH")
    assert listed.version == held.version
    with pytest.raises(ChangedMeanwhile):
        client.set_line(seller.buyer, wanted, version=line.version)
    with pytest.raises(ValueInvalid):
        client.set_line(seller.buyer, wanted)
    with pytest.raises(NotFound):
        client.line(seller.buyer, "USD")


def test_an_order_from_the_question_to_the_refund(seller, client):
    key = f"key {uuid4()}"
    order = client.authorise("N-1", seller.buyer, eur(100_00), idempotency_key=key)
    assert (order.state, order.line.available) == (OrderState.AUTHORISED, eur(9_900_00))
    assert order.terms.net_days == 30
    again = client.authorise("N-1", seller.buyer, eur(100_00), idempotency_key=key)
    assert again == order
    assert (order.replayed, again.replayed) == (False, True)
    with pytest.raises(KeyReused):
        client.authorise("N-1", seller.buyer, eur(100_01), idempotency_key=key)
    with pytest.raises(OrderNumberTaken):
        client.authorise("N-1", seller.buyer, eur(100_00))

    assert client.amend(order.id, eur(120_00)).order.amount == eur(120_00)
    much = client.amend(order.id, eur(20_000_00))
    assert (much.done, much.order.amount) == (False, eur(120_00))
    part = client.capture(order.id, eur(50_00))
    assert (part.done, part.order.state) == (True, OrderState.PART_CAPTURED)
    assert [paper.amount for paper in part.invoices] == [eur(50_00)]
    with pytest.raises(AmountOutOfRange) as raised:
        client.capture(order.id, eur(999_00))
    assert raised.value.facts["most_minor"] == 70_00
    assert client.capture(order.id, invoice_number="R-77").invoices[0].invoice_number == "R-77"
    assert client.refund(order.id, eur(20_00)).order.refunded == eur(20_00)
    with pytest.raises(MoveNotAllowed) as raised:
        client.void(order.id)
    assert raised.value.facts["state"] == "captured"

    told = client.order(order.id)
    assert (told.state, told.captured) == (OrderState.CAPTURED, eur(120_00))
    assert {paper.kind for paper in told.invoices} == {"invoice", "credit_note"}
    assert sorted(moment.kind for moment in told.events)[0].startswith("checkout.order_")
    assert told.credit_line.held == eur(0)
    assert client.void(client.authorise("N-2", seller.buyer, eur(1)).id).order.state == "voided"


def test_a_decline_says_why_and_what_there_is(seller, client):
    order = client.authorise("N-1", seller.buyer, eur(10_000_01))
    assert (order.state, order.reasons) == (OrderState.DECLINED, ("over_limit",))
    assert order.line.available == eur(10_000_00)
    part = client.authorise("N-2", seller.buyer, eur(10_000_01), partial=True)
    assert (part.state, part.authorised) == (OrderState.AUTHORISED, eur(10_000_00))


def test_people_say_yes_and_no_to_what_is_pending(seller, client):
    many = [client.authorise(f"N-{n}", seller.buyer, eur(20_000_00), review=True) for n in (1, 2)]
    assert {order.state for order in many} == {OrderState.PENDING}
    assert client.decline(many[0].id).order.state is OrderState.DECLINED
    line = client.line(seller.buyer, "EUR")
    client.set_line(seller.buyer, replace(line.wanted, limit=eur(30_000_00)), version=line.version)
    assert client.approve(many[1].id).order.state is OrderState.AUTHORISED


def test_a_company_that_nobody_knows_waits_for_a_person(seller, client):
    company = NewBuyer("DE", "HRB 12345", "Werkzeugbau Kühn GmbH", "einkauf@kuehn.example")
    order = client.new_buyer_order(company, "N-1", eur(300_00))
    assert order.state is OrderState.PENDING
    assert order.reasons
    assert (order.score.grade, order.score.confidence) == (5, 0)
    assert [reason.code for reason in order.score.reasons] == ["nothing_known"]
    with pytest.raises(ValueInvalid):
        client.new_buyer_order(replace(company, country="FI"), "N-2", eur(300_00))


def test_a_batch_answers_each_and_may_be_asked_again(seller, client):
    asked = [
        NewOrder(f"N-{n}", seller.buyer, eur(1_000_00), idempotency_key=f"{n}/{seller.buyer}")
        for n in range(12)
    ]
    asked.append(NewOrder("N-0", seller.buyer, eur(1)))
    found = client.authorise_many(asked)
    states = [each.order.state for each in found[:-1]]
    assert states == [OrderState.AUTHORISED] * 10 + [OrderState.DECLINED] * 2
    assert isinstance(found[-1].answer, OrderNumberTaken)
    again = client.authorise_many(asked[:-1])
    assert [each.order for each in again] == [each.order for each in found[:-1]]
    assert all(each.order.replayed for each in again)
    pages = client.orders(page_size=5)
    assert {order.order_number for order in pages} == {f"N-{n}" for n in range(12)}
    assert len(client.orders(state="declined", buyer_id=seller.buyer)) == 2


def test_what_a_key_may_not_do(seller, client):
    with pytest.raises(NotAllowed):
        seller.client("read").authorise("N-1", seller.buyer, eur(1))
    with pytest.raises(NotFound):
        client.order(uuid4())
    with pytest.raises(NotSignedIn):
        seller.connect(seller.address, "nt_nobody", PATIENT).orders()
