"""A payment plan as a collector puts it to a buyer: for what is late and in no other plan, once."""

from __future__ import annotations

import re

import pytest

from netterms.collection.instalments import propose
from netterms.collection.plan_offers import standard_offer
from tests.actions.books import rows
from tests.doors.seed import fill


@pytest.fixture
def mine(new_seller):
    return fill(new_seller(), buyers=12)


def late_buyer(mine):
    """A buyer with two late invoices of one currency, in no plan and not disputed."""
    [found] = rows(
        mine.ctx,
        "select i.buyer_id, array_agg(i.id order by i.due_on) as invoices from invoice i"
        " where i.open_minor > 100 and i.kind = 'invoice' and i.due_on < %(today)s"
        " and not exists (select from dispute d where d.invoice_id = i.id)"
        " and not exists (select from payment_plan p where p.buyer_id = i.buyer_id)"
        " group by i.buyer_id, i.currency having count(*) > 1 order by i.buyer_id limit 1",
        today=mine.ctx.today,
    )
    return found


def proposal(page):
    [form] = re.findall(r'<form[^>]*method="post"(?:(?!</form>).)*name="months".*?</form>',
                        page, re.DOTALL)  # fmt: skip
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


def test_a_plan_put_to_a_buyer_twice_is_one_plan(mine, signed_in):
    buyer, client = late_buyer(mine), signed_in(mine.ctx, "collector")
    address = f"/buyers/{buyer['buyer_id']}/plans/new/"
    sent = proposal(client.get(address).content.decode())
    first, again = (client.post(address, sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    made = rows(mine.ctx, "select id from payment_plan where buyer_id = %(b)s", b=buyer["buyer_id"])
    assert [f"/plans/{plan['id']}/" for plan in made] == [first["Location"]]


def test_what_is_late_besides_a_plan_can_still_be_looked_at_and_planned(mine, signed_in):
    buyer, client = late_buyer(mine), signed_in(mine.ctx, "collector")
    propose(mine.ctx, standard_offer(mine.ctx, buyer["buyer_id"], buyer["invoices"][:1]))
    address = f"/buyers/{buyer['buyer_id']}/plans/new/"
    page = client.get(address)
    assert page.status_code == 200
    client.post(address, proposal(page.content.decode()))
    planned = rows(
        mine.ctx,
        "select x.invoice_id from payment_plan_invoice x join payment_plan p on p.id = x.plan_id"
        " where p.buyer_id = %(b)s and x.invoice_id = any(%(i)s)",
        b=buyer["buyer_id"], i=buyer["invoices"],
    )  # fmt: skip
    assert sorted(line["invoice_id"] for line in planned) == sorted(buyer["invoices"])
    assert "Nothing is late" in client.get(address).content.decode()
