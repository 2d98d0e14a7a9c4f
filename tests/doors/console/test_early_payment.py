"""The page of early payment, the form on an invoice, and what is suggested for its money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from netterms.early_payment import queries
from netterms.early_payment.actions import set_policy
from netterms.early_payment.rules import Policy
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context
from netterms.kernel.money import Money
from netterms.receivables.payments import PaymentIn, record_payment
from tests.actions.small_book import put

URL = "/terms/early-payment/"
FORM = {
    "offered": "yes", "yearly_percent": "9.5", "least_days": "3", "most_days": "45",
    "least_minor": "5", "budget_minor": "1,000", "grades": ["2", "1"], "why": "cash",
}  # fmt: skip


@pytest.fixture
def desk(new_seller) -> Context:
    now = SystemClock().now()
    seller = new_seller(name="Early")
    return Context(seller.seller, seller.actor, now.date(), now, seller.may)


def test_the_policy_is_put_in_force_and_what_is_wrong_stands_beside_its_field(desk, signed_in):
    client = signed_in(desk)
    today = desk.today.isoformat()
    wrong = client.post(URL, FORM | {"in_force_on": today, "yearly_percent": "x", "why": ""})
    assert wrong.status_code == 200
    assert wrong.content.decode().count('aria-invalid="true"') >= 1
    assert queries.policies(desk) == []
    assert client.post(URL, FORM | {"in_force_on": today}).status_code == 302
    assert queries.policy(desk).policy == Policy(
        True, Decimal("9.5"), 3, 45, 5_00, (1, 2), 1_000_00
    )
    reader = signed_in(desk, "reader")
    assert reader.post(URL, FORM | {"in_force_on": today}).status_code == 403
    assert reader.get(URL).status_code == 200


def test_a_buyer_is_chosen_by_its_number(desk, signed_in):
    put(desk, "4711", "R-1", 100_00, due_on=desk.today)
    client = signed_in(desk)
    client.post(f"{URL}buyer/", {"buyer": "4711", "choice": "never"})
    assert [one.offered for one in queries.chosen(desk)] == [False]
    client.post(f"{URL}buyer/", {"buyer": "4711", "choice": "grade"})
    client.post(f"{URL}buyer/", {"buyer": "nobody", "choice": "always"})
    client.post(f"{URL}buyer/", {"buyer": "4711", "choice": "x"})
    assert queries.chosen(desk) == []
    assert signed_in(desk, "reader").post(f"{URL}buyer/", {"choice": "never"}).status_code in {
        302, 403,
    }  # fmt: skip


def test_a_yes_by_telephone_is_noted_and_its_money_suggested_with_the_discount(desk, signed_in):
    set_policy(desk, Policy(offered=True), desk.today, "cash")
    due = desk.today + timedelta(days=30)
    buyer, invoice = put(desk, "4711", "R-1", 10_000_00, due_on=due)
    client = signed_in(desk)
    html = client.get(f"/invoices/{invoice}/").content.decode()
    # 10,000.00 ÷ (1 + 0.10 × 30 ÷ 365).
    assert f"{desk.today}/991848" in html
    yes = {"step": f"{desk.today}/991848", "accepted_by": "A. Lindqvist", "key": "k"}
    stale = client.post(f"/invoices/{invoice}/early/", yes | {"step": f"{desk.today}/1"})
    assert stale.status_code == 302
    assert queries.acceptances(desk) == []
    for _ in range(2):
        client.post(f"/invoices/{invoice}/early/", yes)
    [one] = queries.acceptances(desk)
    assert (one.channel, one.off_minor) == ("person", 81_52)
    payment = record_payment(desk, PaymentIn(buyer, Money(991_848, "EUR"), desk.today))
    html = client.get(f"/payments/{payment}/?suggest=1").content.decode()
    assert 'value="9918.48"' in html
    assert 'value="81.52"' in html
    form = {f"amount_{invoice}": "9918.48", f"discount_{invoice}": "81.52", "key": "a"}
    client.post(f"/payments/{payment}/allocate/", form)
    assert [one.state for one in queries.acceptances(desk)] == ["taken"]
